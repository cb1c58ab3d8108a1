"""How the window ends: asked once in a run, obeyed at once by the system's wish, and never before a file is whole."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from chaindesk.desktop.app import Desk
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session import unfinished_runs as under_way
from chaindesk.desktop.session.run_request import Phase
from chaindesk.domain.status import Status
from chaindesk.engine.session import ExportReport, Session
from chaindesk.simulator.options import SimulatorOptions

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Make = Callable[..., Desk]
Reach = Callable[..., Awaitable[None]]
Jobs = Callable[[int], Path]
SLOW = SimulatorOptions(latency=0.3, distribution="constant")


async def running(desk: Desk, workbook: Path, chain: Path, reach: Reach) -> None:
    desk.workspace.open_workbook(workbook, chain=chain)
    await reach(lambda: desk.workspace.session is not None)
    desk.window.actions_.run.trigger()
    await reach(lambda: desk.window.model.snapshot.counts[Status.RUNNING] == 5)


def questions(desk: Desk) -> list[QMessageBox]:
    return [box for box in desk.window.findChildren(QMessageBox) if box.isVisible()]


async def test_closing_asks_once_and_says_what_is_kept_and_what_is_cut_off(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, reach: Reach
) -> None:
    desk = make_desk(SLOW)
    await running(desk, jobs(20), chain, reach)
    desk.window.close()
    desk.window.close()
    (box,) = questions(desk)
    assert "of 20 rows are finished. Every answer that has arrived is kept." in box.text()
    assert "5 rows are under way: their calls are cancelled" in box.text()
    assert [button.text() for button in box.buttons()] == ["Stop and close", "Keep running"]
    box.buttons()[1].click()
    assert desk.window.isVisible()
    assert desk.controller.phase is Phase.RUNNING
    desk.window.close()
    assert len(questions(desk)) == 1


async def test_the_systems_wish_ends_the_run_without_a_question_and_it_is_offered_next_time(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, reach: Reach
) -> None:
    desk = make_desk(SLOW)
    path = jobs(20)
    await running(desk, path, chain, reach)
    desk.conductor.closing.close_now()
    assert not desk.window.isVisible()
    assert questions(desk) == []
    async with asyncio.timeout(5):
        await desk.close()
    assert [run.workbook for run in under_way.all_found()] == [path]


async def test_a_run_that_the_user_stops_by_closing_is_not_offered_as_cut_off(
    qloop: DesktopLoop, make_desk: Make, jobs: Jobs, chain: Path, reach: Reach
) -> None:
    desk = make_desk(SLOW)
    await running(desk, jobs(20), chain, reach)
    desk.window.close()
    questions(desk)[0].buttons()[0].click()
    await desk.close()
    assert under_way.all_found() == []


async def test_a_workbook_that_is_being_saved_is_whole_before_the_window_closes(
    qloop: DesktopLoop,
    make_desk: Make,
    jobs: Jobs,
    chain: Path,
    reach: Reach,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    desk = make_desk()
    path = jobs(3)
    desk.workspace.open_workbook(path, chain=chain)
    await reach(lambda: desk.workspace.session is not None)
    go = asyncio.Event()
    export = Session.export

    async def slow_export(self: Session, target: Path | None = None) -> ExportReport:
        await go.wait()
        return await export(self, target)

    monkeypatch.setattr(Session, "export", slow_export)
    desk.window.actions_.export.trigger()
    await reach(lambda: desk.controller.saving == 1)
    desk.window.close()
    assert desk.window.isVisible()
    assert "as soon as the workbook is saved" in desk.window.run_bar.figures.text()
    go.set()
    await reach(lambda: not desk.window.isVisible())
    assert path.with_name("jobs.completed.xlsx").is_file()


def test_a_thread_that_is_still_reading_does_not_hold_the_end_up(qloop: DesktopLoop) -> None:
    go = threading.Event()

    async def begin() -> None:
        qloop.run_in_executor(None, go.wait)

    qloop.run_until_complete(begin())
    assert not qloop.end_threads(0.05)
    go.set()


def test_idle_threads_end(qloop: DesktopLoop) -> None:
    qloop.run_until_complete(asyncio.to_thread(int))
    assert qloop.end_threads(10)
