"""Workbooks to try things on, each in the test's own folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support import workbooks
from tests.support.workbooks import WorkbookMaker


@pytest.fixture
def rich(tmp_path: Path) -> Callable[..., Path]:
    """``WorkbookMaker.rich`` in the test's folder."""
    return WorkbookMaker(tmp_path).rich


@pytest.fixture
def table(tmp_path: Path) -> Callable[..., Path]:
    """``WorkbookMaker.table`` in the test's folder."""
    return WorkbookMaker(tmp_path).table


@pytest.fixture
def by_hand(tmp_path: Path) -> Callable[..., Path]:
    """``WorkbookMaker.by_hand`` in the test's folder."""
    return WorkbookMaker(tmp_path).by_hand


@pytest.fixture
def worksheet() -> Callable[..., str]:
    """The XML of a worksheet around its rows."""
    return workbooks.worksheet


@pytest.fixture
def cells() -> Callable[..., dict[str, Any]]:
    """The cells of a sheet by reference, as python-calamine reads them."""
    return workbooks.read_cells


@pytest.fixture
def books(tmp_path: Path) -> WorkbookMaker:
    """Makes workbooks in the test's folder."""
    return WorkbookMaker(tmp_path)
