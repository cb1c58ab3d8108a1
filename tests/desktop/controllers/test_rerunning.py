"""Reject with a reason and rerun with a note, by keys: what is stored, what the model gets, and undo of both."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.review.dialogs.words_dialog import WordsDialog
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Review, Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]
SHIFT = Qt.KeyboardModifier.ShiftModifier


async def all_done(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: bool(app.window.model.snapshot.counts[Status.DONE]))
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


def dialog(app: AppWindow) -> WordsDialog:
    (found,) = [one for one in app.window.findChildren(WordsDialog) if one.isVisible()]
    return found


def texts(app: AppWindow, number: int) -> list[str]:
    session = app.workspace.session
    assert session is not None
    return [output.text for output in session.outputs(session.manifest.rows[number - 2])]


def shown(app: AppWindow, number: int) -> list[int]:
    """The answers that a row shows, by their numbers: the simulated models say the same to the same question."""
    session = app.workspace.session
    assert session is not None
    outputs = session.outputs(session.manifest.rows[number - 2])
    return [output.answer.id for output in outputs if output.answer is not None]


async def test_a_row_is_rejected_with_a_reason_by_two_keys_and_the_walk_goes_on(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    state = lambda number: window.model.state_of(number)  # noqa: E731
    await all_done(app, jobs(4), chain)
    qtbot.keyClick(window.table, Qt.Key.Key_R, SHIFT)
    qtbot.keyClick(dialog(app).text, "3")
    await until(lambda: state(2).review is Review.REJECTED)
    assert state(2).reason == "Too long"
    assert window.table.current_row().number == 3
    window.activateWindow()
    await until(window.isActiveWindow)
    qtbot.keyClick(window.table, Qt.Key.Key_R, SHIFT)
    asked = dialog(app).text
    qtbot.keyClicks(asked, "No, 3 facts are missing")
    qtbot.keyClick(asked, Qt.Key.Key_Return)
    await until(lambda: state(3).reason == "No, 3 facts are missing")
    window.table.choose_row(3)
    assert "Rejected: No, 3 facts are missing" in window.panel.facts.text()
    window.actions_.undo.trigger()
    await until(lambda: (state(3).review, state(3).reason) == (Review.UNREVIEWED, ""))
    window.actions_.redo.trigger()
    await until(lambda: state(3).reason == "No, 3 facts are missing")
    window.activateWindow()
    await until(window.isActiveWindow)
    window.table.setFocus()
    qtbot.keyClick(window.table, Qt.Key.Key_R, SHIFT)
    qtbot.keyClick(dialog(app).text, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is window.table
    assert app.workspace.session is not None
    app.workspace.session.refresh()
    assert app.workspace.session.ledger.state(2).reason == "Too long"


async def test_a_note_goes_to_the_model_and_undo_and_redo_pay_for_nothing(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(3), chain)
    session = app.workspace.session
    assert session is not None
    before = texts(app, 2)
    paid = lambda: session.journal.usage_counts()["answer"]  # noqa: E731
    assert paid() == 6
    window.panel.tabs.setCurrentIndex(0)
    window.actions_.approve.trigger()
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    window.table.choose_row(2)
    window.panel.tabs.setCurrentIndex(0)
    qtbot.keyClick(window.table, Qt.Key.Key_T, SHIFT)
    qtbot.keyClick(dialog(app).text, "1")
    await until(lambda: window.model.state_of(2).review is Review.UNREVIEWED and paid() < 8)
    await until(lambda: paid() == 8 and app.run_controller.phase is RunPhase.IDLE)
    (note,) = session.journal.notes(session.workbook_id)
    assert (note.step, note.text, note.answer) == ("notes", "Shorter", before[0])
    after = texts(app, 2)
    window.panel.tabs.setCurrentIndex(0)
    assert "After your note: “Shorter”" in window.panel.step.marks.text()
    assert window.model.state_of(2).review is Review.UNREVIEWED
    window.table.choose_row(4)
    window.actions_.undo.trigger()
    await until(lambda: texts(app, 2) == before)
    assert "Undone: Rerun of row 2 with a note." in window.progress_strip.figures.text()
    assert window.table.current_row().number == 2
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    window.actions_.redo.trigger()
    await until(lambda: texts(app, 2) == after)
    assert session.plan().calls == 0
    assert paid() == 8


async def test_more_rows_than_one_are_asked_about_with_what_they_cost(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(3), chain)
    session = app.workspace.session
    assert session is not None
    window.table.select_rows([2, 4])
    window.actions_.rerun_note.trigger()
    qtbot.keyClick(dialog(app).text, "1")
    await until(lambda: "Run 2 rows: 2 calls" in window.run_banner.text)
    assert not session.journal.notes(session.workbook_id), "nothing is stored before the answer"
    window.run_banner.press_primary()
    await until(lambda: session.journal.usage_counts()["answer"] == 8 and app.run_controller.phase is RunPhase.IDLE)
    assert len(session.journal.notes(session.workbook_id)) == 2
    window.actions_.undo.trigger()
    await until(lambda: session.plan().calls == 0 and not session.request_builder.notes)


async def test_rerun_has_a_key(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(2), chain)
    qtbot.keyClick(window.table, Qt.Key.Key_T)
    await until(lambda: window.model.snapshot.calls_done == 2 and window.model.snapshot.run_id == 2)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


async def test_a_plain_rerun_is_undone_and_redone_in_one_step_and_nothing_paid_is_lost(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(3), chain)
    session = app.workspace.session
    assert session is not None
    before = [shown(app, 2), shown(app, 3)]
    paid = lambda: session.journal.usage_counts()["answer"]  # noqa: E731
    window.table.choose_row(2)
    window.actions_.approve.trigger()
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    window.table.select_rows([2, 3])
    window.actions_.rerun.trigger()
    await until(lambda: "Run 2 rows" in window.run_banner.text)
    window.run_banner.press_primary()
    await until(lambda: paid() == 10 and app.run_controller.phase is RunPhase.IDLE)
    after = [shown(app, 2), shown(app, 3)]
    assert not set(after[0] + after[1]) & set(before[0] + before[1])
    assert window.undo.undoText() == "Rerun of 2 rows"
    window.actions_.undo.trigger()
    await until(lambda: [shown(app, 2), shown(app, 3)] == before)
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    assert "Undone: Rerun of 2 rows." in window.progress_strip.figures.text()
    row = session.manifest.rows[0]
    assert [(one.answer.id, one.shown, one.by_hand) for one in session.versions(row, "text")] == [
        (after[0][1], False, False),
        (before[0][1], True, False),
    ]
    window.table.choose_row(2)
    assert "Edited" not in window.panel.step.marks.text()
    assert session.plan().calls == 0
    assert session.refresh() or session.plan().calls == 0
    window.actions_.redo.trigger()
    await until(lambda: [shown(app, 2), shown(app, 3)] == after)
    window.actions_.undo.trigger()
    await until(lambda: [shown(app, 2), shown(app, 3)] == before)
    assert paid() == 10


async def test_what_came_back_by_undo_is_still_shown_when_the_workbook_is_opened_again(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    workbook = jobs(2)
    await all_done(app, workbook, chain)
    before = shown(app, 2)
    app.window.table.choose_row(2)
    app.window.panel.rerun_step_requested.emit("text")
    await until(lambda: shown(app, 2)[1] != before[1] and app.run_controller.phase is RunPhase.IDLE)
    app.window.actions_.undo.trigger()
    await until(lambda: shown(app, 2) == before)
    await app.run_controller.writer.written()
    session = app.workspace.session
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None and app.workspace.session is not session)
    assert shown(app, 2) == before
    assert app.workspace.session is not None
    assert app.workspace.session.plan().calls == 0
