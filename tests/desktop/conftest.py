"""Coroutine tests that take ``qloop`` run on a loop that is Qt's and asyncio's at once; and whole windows."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest
import xlsxwriter
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.app import Desk
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.theme import Theme
from chaindesk.simulator.options import SimulatorOptions


@pytest.fixture
def qloop(qapp: QApplication) -> Iterator[DesktopLoop]:
    """The application's loop, closed after the test."""
    loop = DesktopLoop(qapp)
    asyncio.set_event_loop(loop)
    yield loop
    loop.run_until_complete(loop.shutdown_asyncgens())
    loop.close()
    asyncio.set_event_loop(None)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run coroutine tests of this folder on their ``qloop``; 100 s is a hang."""
    loop = pyfuncitem.funcargs.get("qloop")
    if not inspect.iscoroutinefunction(pyfuncitem.obj) or not isinstance(loop, DesktopLoop):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}
    loop.run_until_complete(asyncio.wait_for(pyfuncitem.obj(**arguments), timeout=100))
    return True


class DeskMaker(Protocol):
    """Makes a window with everything behind it; its simulated provider behaves as the options say."""

    def __call__(self, options: SimulatorOptions = ...) -> Desk:
        """Make one."""
        ...


@pytest.fixture
def make_desk(qloop: DesktopLoop, qapp: QApplication, tmp_path: Path) -> Iterator[DeskMaker]:
    """Real windows that are closed after the test, run and all."""
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(tmp_path))
    qapp.setQuitOnLastWindowClosed(False)
    theme = Theme(qapp, "light")
    desks: list[Desk] = []

    def make(options: SimulatorOptions = SimulatorOptions(latency=0.02)) -> Desk:  # noqa: B008 - frozen
        desk = Desk(theme, Workspace(demo=options))
        desk.window.resize(1200, 760)
        desk.window.show()
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        qloop.run_until_complete(desk.close())
        desk.window.allow_close()
        desk.window.deleteLater()


@pytest.fixture
def jobs(tmp_path: Path) -> Callable[[int], Path]:
    """Makes a workbook with so many rows: ID, Topic, Audience."""

    def make(rows: int) -> Path:
        path = tmp_path / "jobs.xlsx"
        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet("Jobs")
        sheet.write_row(0, 0, ["ID", "Topic", "Audience"])
        for number in range(1, rows + 1):
            sheet.write_row(number, 0, [f"J-{number}", f"topic {number}", "gardeners"])
        book.close()
        return path

    return make


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


async def until(condition: Callable[[], bool], seconds: float = 30) -> None:
    """Wait until the window has got there."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - a window is looked at, as a user does
            await asyncio.sleep(0.01)


@pytest.fixture
def reach() -> Callable[..., Awaitable[None]]:
    """``until``, for tests."""
    return until
