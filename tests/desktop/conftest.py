"""Coroutine tests that take ``qloop`` run on a loop that is Qt's and asyncio's at once; and whole windows."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.ui.theme import Theme
from tests.support.windows import WindowMaker, write_jobs


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[DesktopLoop]:
    """The application's loop, closed after the test. As in the program, no closing of a window ends it."""
    qapp.setQuitOnLastWindowClosed(False)
    loop = DesktopLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    loop.end_tasks()
    loop.close()
    asyncio.set_event_loop(None)


@pytest.fixture
def make_app(qloop: DesktopLoop, qapp: QApplication, tmp_path: Path) -> Iterator[WindowMaker]:
    """Real windows that are closed after the test, run and all."""
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path))
    windows = WindowMaker(Theme(qapp, "light"))
    yield windows
    qloop.run_until_complete(windows.close())


@pytest.fixture
def jobs(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a workbook with so many rows: ID, Topic, Audience."""
    return partial(write_jobs, tmp_path / "jobs.xlsx")


@pytest.fixture
def chain(tmp_path: Path) -> Path:
    """A chain of two steps for such a workbook."""
    path = tmp_path / "two.yaml"
    path.write_text(
        "name: two\nid_column: ID\nconcurrency: 5\nsteps:\n"
        "  - name: notes\n    model: demo/researcher\n    prompt: Three facts on {{Topic}}.\n"
        "  - name: text\n    model: demo/writer\n    prompt: 20 words for {{Audience}} from {{notes}}\n"
        "    output: Text\n",
        "utf-8",
    )
    return path
