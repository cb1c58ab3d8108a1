"""How the window ends: asked once in a run, obeyed at once by the system, and never before a file is whole."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMessageBox

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.chain.editor import ChainEditor
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session import unfinished_runs
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Status
from chaindesk.engine.exports.source import ExportReport
from chaindesk.engine.session import Session
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]
SLOW = SimulatorOptions(latency=0.3, distribution="constant")


async def running(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.counts[Status.RUNNING] == 5)


def questions(app: AppWindow) -> list[QMessageBox]:
    return [box for box in app.window.findChildren(QMessageBox) if box.isVisible()]


async def test_closing_asks_once_and_says_what_is_kept_and_what_is_cut_off(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SLOW)
    await running(app, jobs(20), chain)
    app.window.close()
    app.window.close()
    (box,) = questions(app)
    assert "of 20 rows are finished. Every answer that has arrived is kept." in box.text()
    assert "5 rows are under way: their calls are cancelled" in box.text()
    assert [button.text() for button in box.buttons()] == ["Stop and close", "Keep running"]
    box.buttons()[1].click()
    assert app.window.isVisible()
    assert app.run_controller.phase is RunPhase.RUNNING
    app.window.close()
    assert len(questions(app)) == 1


async def test_the_systems_wish_ends_the_run_without_a_question_and_it_is_offered_next_time(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SLOW)
    path = jobs(20)
    await running(app, path, chain)
    app.main.closing.close_now()
    assert not app.window.isVisible()
    assert questions(app) == []
    await app.close()
    assert [run.workbook for run in unfinished_runs.load_all()] == [path]


async def test_a_run_that_the_user_stops_by_closing_is_not_offered_as_cut_off(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SLOW)
    await running(app, jobs(20), chain)
    app.window.close()
    questions(app)[0].buttons()[0].click()
    await app.close()
    assert unfinished_runs.load_all() == []


async def test_a_workbook_that_is_being_saved_is_whole_before_the_window_closes(
    qloop: DesktopLoop,
    make_app: WindowMaker,
    jobs: Jobs,
    chain: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = make_app()
    path = jobs(3)
    app.workspace.open_workbook(path, chain=chain)
    await until(lambda: app.workspace.session is not None)
    go = asyncio.Event()
    export = Session.export

    async def slow_export(self: Session, target: Path | None = None, *args: object, **kwargs: object) -> ExportReport:
        await go.wait()
        return await export(self, target)

    monkeypatch.setattr(Session, "export", slow_export)
    app.window.actions_.export.trigger()
    await until(lambda: app.run_controller.saving == 1)
    app.window.close()
    assert app.window.isVisible()
    assert "as soon as the workbook is saved" in app.window.progress_strip.figures.text()
    go.set()
    await until(lambda: not app.window.isVisible())
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


async def editing(app: AppWindow, workbook: Path, chain: Path) -> ChainEditor:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.edit_chain.trigger()
    editor = app.main.opening.editor
    assert editor is not None
    await until(lambda: editor.chain is not None)
    assert not editor.revert.isEnabled()
    editor.text.appendPlainText("# a note")
    assert editor.revert.isEnabled()
    return editor


def text_of(path: Path) -> str:
    return path.read_text("utf-8")


def press(app: AppWindow, words: str) -> None:
    (box,) = questions(app)
    next(button for button in box.buttons() if button.text() == words).click()


async def test_a_chain_that_is_not_saved_can_be_saved_as_the_window_closes(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    editor = await editing(app, jobs(2), chain)
    app.window.close()
    app.window.close()
    press(app, "Go on editing")
    assert app.window.isVisible()
    editor.close()
    press(app, "Go on editing")
    app.window.close()
    press(app, "Save")
    await until(lambda: not app.window.isVisible())
    assert "# a note" in text_of(chain)


async def test_an_editor_that_is_closed_later_closes_no_window(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    editor = await editing(app, jobs(2), chain)
    app.window.close()
    press(app, "Go on editing")
    editor.close()
    press(app, "Leave")
    await until(lambda: not editor.isVisible())
    assert app.window.isVisible()
    assert "# a note" not in text_of(chain)
