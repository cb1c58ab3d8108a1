"""Reading what a row says: as it is written, plain, compared, large, with search words marked and its size told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.review import output_text
from chaindesk.desktop.review.dialogs.compare_dialog import CompareDialog
from chaindesk.desktop.review.row_head import StatusPill
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import OutputEdit, RunPhase
from chaindesk.domain.completion import Finish
from chaindesk.domain.status import Review, Status
from chaindesk.engine.answers.row_history import OutputState, StepOutput
from chaindesk.simulator.options import SimulatorOptions
from tests.support.journals import make_answer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


async def opened(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)


async def ran(app: AppWindow) -> None:
    app.window.actions_.run.trigger()
    await until(lambda: bool(app.window.model.snapshot.counts[Status.DONE]))
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


async def test_the_row_on_screen_shows_its_answer_as_it_is_written_and_never_as_an_answer(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=1.2, distribution="constant"))
    window, step = app.window, app.window.panel.step
    await opened(app, jobs(3), chain)
    session = app.workspace.session
    assert session is not None
    told: list[int] = []
    app.run_controller.text_grew.connect(lambda row, *_: told.append(row))
    window.actions_.run.trigger()
    await until(lambda: "being written" in step.marks.text() and bool(step.browser.toPlainText()))
    row = window.panel.row
    assert row is not None
    shown = session.outputs(row)[0]
    assert (shown.state, step.has_answer) == (OutputState.MISSING, False)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)
    await until(lambda: "being written" not in step.marks.text())
    assert step.browser.toPlainText() == session.outputs(row)[1].text
    assert set(told) == {row.number}


async def test_the_large_view_fills_the_window_and_is_walked_by_the_same_keys(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window, panel = app.window, app.window.panel
    await opened(app, jobs(4), chain)
    await ran(app)
    window.activateWindow()
    await until(window.isActiveWindow)
    window.actions_.reading.trigger()
    browser = panel.step.browser
    await until(lambda: panel.width() > window.width() - 60 and QApplication.focusWidget() is browser)
    assert not window.table.isVisible()
    assert browser.width() < 100 * browser.fontMetrics().averageCharWidth()
    assert browser.font().pointSizeF() > panel.font().pointSizeF()
    for button in (panel.approve, panel.reject, panel.edit, panel.rerun, panel.progress):
        assert button.isVisible()
    qtbot.keyClick(browser, Qt.Key.Key_A)
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    assert panel.row is not None
    assert panel.row.number == 3
    qtbot.keyClick(browser, Qt.Key.Key_J)
    assert panel.row.number == 4
    qtbot.keyClick(browser, Qt.Key.Key_E)
    assert panel.step.editing
    qtbot.keyClicks(panel.step.editor, "Mine. ")
    qtbot.keyClick(panel.step.editor, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    await until(lambda: window.model.state_of(4).review is Review.EDITED)
    await until(lambda: QApplication.focusWidget() is browser)
    qtbot.keyClick(browser, Qt.Key.Key_Escape)
    assert window.table.isVisible()
    assert not window.actions_.reading.isChecked()


async def test_steps_and_versions_are_compared_by_a_key(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await opened(app, jobs(2), chain)
    await ran(app)
    row = window.table.current_row()
    assert row is not None
    app.run_controller.writer.edit(row, OutputEdit("text", "One two four."))
    await until(lambda: window.model.state_of(2).review is Review.EDITED)
    app.run_controller.writer.edit(row, OutputEdit("text", "One two three."))
    await until(lambda: window.panel.step.browser.toPlainText() == "One two three.")
    window.table.setFocus()
    qtbot.keyClick(window.table, Qt.Key.Key_D)
    (dialog,) = window.findChildren(CompareDialog)
    names = [dialog.left.itemText(index) for index in range(dialog.left.count())]
    assert names[:2] == ["notes, now", "text, now"]
    assert dialog.right.currentText() == "text, now"
    assert "You" in dialog.left.currentText()
    assert "1 word gone, 1 word new" in dialog.facts.text()
    assert (dialog.old.toPlainText(), dialog.new.toPlainText()) == ("One two four.", "One two three.")
    dialog.side_by_side.setChecked(False)
    assert dialog.old.toPlainText() == "One two fourthree."
    assert not dialog.new.isVisible()
    dialog.swap.click()
    assert dialog.old.toPlainText() == "One two threefour."


async def test_search_words_are_marked_and_plain_text_is_remembered(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window, step = app.window, app.window.panel.step
    await opened(app, jobs(2), chain)
    await ran(app)
    window.progress_strip.search.setText("topic")
    await until(lambda: len(window.panel.inputs.extraSelections()) == 2)  # the header and the cell
    window.progress_strip.search.setText("simulated")
    await until(lambda: len(step.browser.extraSelections()) >= 1)
    window.progress_strip.clear_filter()
    await until(lambda: not step.browser.extraSelections())
    row = window.table.current_row()
    assert row is not None
    app.run_controller.writer.edit(row, OutputEdit("text", "**bold**"))
    await until(lambda: step.browser.toPlainText() == "bold")
    window.actions_.raw_text.trigger()
    assert step.browser.toPlainText() == "**bold**"
    assert make_app().window.actions_.raw_text.isChecked()


def test_what_is_odd_about_a_text_is_told_with_its_size() -> None:
    def output(text: str, finish: Finish = Finish.STOP) -> StepOutput:
        return StepOutput("text", OutputState.ANSWERED, make_answer(text=text, finish=finish), text)

    assert output_text.flags(output("Good.")) == []
    assert "Cut at the output limit" in output_text.flags(output("Good.", Finish.LENGTH))[0]
    assert "empty" in output_text.flags(output(" \n"))[0]
    assert "32,768 characters: a cell holds 32,767" in output_text.flags(output("x" * 32_766 + "\N{GRINNING FACE}"))[0]
    assert "2 control characters" in output_text.flags(output("a\x07b\x00"))[0]
    assert output_text.facts(output("It's 3.5 words, don't you see?")).startswith("6 words, 30 characters")


@pytest.mark.parametrize("points", [6, 9, 18])
def test_the_status_is_round_at_every_size_of_font(qapp: QApplication, points: int) -> None:
    pill = StatusPill()
    font = QFont(pill.font())
    font.setPointSize(points)
    pill.setFont(font)
    pill.show_status("Done", QColor("red"), QColor("black"))
    pill.resize(pill.sizeHint())
    image = pill.grab().toImage()
    middle = image.pixelColor(2, image.height() // 2)
    assert (middle.red(), middle.green()) == (255, 0)
    assert image.pixelColor(0, 0) != middle
    assert image.pixelColor(0, image.height() - 1) != middle


def test_an_outdated_answer_that_was_chosen_again_is_not_said_to_be_approved_or_edited() -> None:
    chosen = make_answer(text="Tea.", edited_text="Tea.")
    (said,) = output_text.flags(StepOutput("s1", OutputState.KEPT, chosen, "Tea."))
    assert said.startswith("✔ Chosen again by you, and kept")
    (said,) = output_text.flags(StepOutput("s1", OutputState.KEPT, make_answer(text="Tea."), "Tea."))
    assert said.startswith("✔ Approved by you")
