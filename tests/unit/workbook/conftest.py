"""Workbooks to try things on, each in the test's own folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.workbooks import WorkbookMaker


@pytest.fixture
def books(tmp_path: Path) -> WorkbookMaker:
    """Makes workbooks in the test's folder."""
    return WorkbookMaker(tmp_path)
