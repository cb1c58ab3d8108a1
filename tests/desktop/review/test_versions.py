"""The history of a cell: looking, comparing, using an older version again, and taking all of it back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.review.dialogs import text_diff
from chaindesk.desktop.review.dialogs.text_diff import Part
from chaindesk.desktop.review.dialogs.versions_dialog import VersionsDialog
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Review, Status
from chaindesk.engine.answers.row_history import OutputState
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


async def ready(app: AppWindow, jobs: Jobs, chain: Path, rows: int = 3) -> Any:
    """A window whose rows are done, with the first one in the panel."""
    app.workspace.open_workbook(jobs(rows), chain=chain)
    await until(lambda: app.workspace.session is not None)
    await ran(app)
    app.window.table.choose_row(2)
    return app.window


async def ran(app: AppWindow) -> None:
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase.in_run or bool(app.window.run_banner.text))
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


def session_of(app: AppWindow) -> Any:
    assert app.workspace.session is not None
    return app.workspace.session


def shown(app: AppWindow, step: int) -> str:
    return str(session_of(app).outputs(app.window.panel.row)[step].text)


@given(st.text("ab ,\n", max_size=60), st.text("ab ,\n", max_size=60))
def test_a_comparison_holds_both_texts(old: str, new: str) -> None:
    found = text_diff.compare(old, new)
    assert "".join(one.text for one in found if one.part is not Part.NEW) == old
    assert "".join(one.text for one in found if one.part is not Part.GONE) == new


def test_words_are_compared_and_nothing_is_read_as_html() -> None:
    found = text_diff.compare("Roses are <b>red</b>.", "Roses are <b>blue</b>.")
    assert [(one.part, one.text) for one in found if one.part is not Part.SAME] == [
        (Part.GONE, "red"),
        (Part.NEW, "blue"),
    ]
    page = text_diff.as_html(found, gone=("#fff", "#000"), new=("#fff", "#000"))
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert "line-through" in page
    beside = text_diff.as_html(text_diff.before(found), gone=("#fff", "#000"), new=("#fff", "#000"), beside=True)
    assert "line-through" not in beside  # its place tells that it is gone, and it can be read


async def test_every_version_of_a_cell_can_be_seen_compared_and_used_again(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = await ready(app, jobs, chain)
    model = shown(app, 1)
    for text in ("First of mine.", "Second of mine."):
        window.panel.edited.emit("text", text)
        await until(lambda text=text: shown(app, 1) == text)
    await app.run_controller.writer.written()
    window.panel.tabs.setCurrentIndex(1)
    window.panel.step.history.click()
    dialog = window.findChild(VersionsDialog)
    assert isinstance(dialog, VersionsDialog)
    assert dialog.list.count() == 3
    assert dialog.chosen is dialog.present
    assert not dialog.use.isEnabled()
    dialog.list.setCurrentRow(2)
    assert dialog.text.toPlainText().startswith("[simulated]")
    assert "tokens" in dialog.facts.text()
    dialog.list.setCurrentRow(1)
    assert dialog.text.toPlainText() == "First of mine."
    dialog.compare.setChecked(True)
    assert "First" in dialog.text.toPlainText()
    assert "Second" in dialog.text.toPlainText()
    dialog.use.click()
    await until(lambda: shown(app, 1) == "First of mine.")
    await until(lambda: dialog.list.count() == 4)
    dialog.restore.click()
    await until(lambda: shown(app, 1) == model)
    await until(lambda: not dialog.restore.isEnabled())
    dialog.leave.click()
    for expected in ("First of mine.", "Second of mine.", "First of mine.", model):
        window.actions_.undo.trigger()
        await until(lambda expected=expected: shown(app, 1) == expected)
    for expected in ("First of mine.", "Second of mine."):
        window.actions_.redo.trigger()
        await until(lambda expected=expected: shown(app, 1) == expected)


async def test_the_history_of_a_cell_survives_closing(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = await ready(app, jobs, chain)
    window.panel.edited.emit("text", "Mine.")
    await until(lambda: shown(app, 1) == "Mine.")
    path = session_of(app).manifest.path
    await app.close()
    again = make_app()
    again.workspace.open_workbook(path, chain=chain)
    await until(lambda: again.workspace.session is not None)
    versions = session_of(again).versions(session_of(again).manifest.rows[0], "text")
    assert [(version.text == "Mine.", version.by_hand, version.shown) for version in versions] == [
        (True, True, True),
        (False, False, False),
    ]


async def test_undo_of_an_edit_gives_the_review_back_and_makes_later_steps_fit_without_a_call(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = await ready(app, jobs, chain)
    state = lambda: window.model.state_of(2)  # noqa: E731
    before = shown(app, 1)
    window.actions_.advance.setChecked(False)
    window.actions_.approve.trigger()
    await until(lambda: state().review is Review.APPROVED)
    window.panel.edited.emit("notes", "Roses are red.")
    await until(lambda: state().stale)
    assert [output.state for output in session_of(app).outputs(window.panel.row)][1] is OutputState.STALE
    await ran(app)
    assert shown(app, 1) != before
    window.actions_.undo.trigger()
    await until(lambda: shown(app, 1) == before)
    assert not state().stale
    assert state().status is Status.DONE
    await until(lambda: state().review is Review.APPROVED)
    assert session_of(app).plan().calls == 0
    window.actions_.undo.trigger()
    await until(lambda: state().review is Review.UNREVIEWED)


async def test_rejected_rows_alone_are_paid_for_again_after_a_question(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = await ready(app, jobs, chain, rows=4)
    assert not window.actions_.run_rejected.isEnabled()
    window.actions_.reject.trigger()
    await until(lambda: window.model.state_of(2).review is Review.REJECTED)
    assert window.actions_.run_rejected.isEnabled()
    window.actions_.run_rejected.trigger()
    await until(lambda: "Run 1 row: 2 calls" in window.run_banner.text)
    assert app.run_controller.phase is RunPhase.IDLE, "it asks first"
    window.run_banner.buttons()[0].click()
    await until(lambda: window.model.snapshot.calls_done == 2 and app.run_controller.phase is RunPhase.IDLE)
    assert window.model.state_of(2).review is Review.UNREVIEWED
    assert not window.actions_.run_rejected.isEnabled()


async def test_a_step_is_run_again_from_the_panel_and_asks_before_it_replaces_own_words(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = await ready(app, jobs, chain)
    window.panel.edited.emit("text", "Mine.")
    await until(lambda: shown(app, 1) == "Mine.")
    window.panel.edited.emit("notes", "Roses are red.")
    await until(lambda: window.model.state_of(2).kept)
    assert "✎" in str(window.model.index(0, 0).data())
    assert "although its inputs or prompt have changed" in str(window.model.index(0, 0).data(3))
    await ran(app)
    assert shown(app, 1) == "Mine."
    window.panel.tabs.setCurrentIndex(1)
    assert "kept although" in window.panel.step.marks.text()
    window.panel.step.again.click()
    await until(lambda: "you wrote" in window.run_banner.text)
    window.run_banner.buttons()[0].click()
    await until(lambda: window.model.snapshot.calls_done == 1 and app.run_controller.phase is RunPhase.IDLE)
    assert shown(app, 1).startswith("[simulated]")
    assert not window.model.state_of(2).kept
    window.actions_.undo.trigger()
    await until(lambda: shown(app, 1) == "Mine.")


async def test_the_panel_says_what_a_run_of_its_row_would_take(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = await ready(app, jobs, chain)
    assert window.panel.missing.text() == ""
    window.panel.edited.emit("notes", "Roses are red.")
    await until(lambda: window.model.state_of(2).stale)
    assert (
        window.panel.missing.text()
        == "Its inputs, prompts or edits have changed since. A run of this row makes 1 call."
    )
    window.progress_strip.reviews.setCurrentText("Changed since")
    assert window.model.rowCount() == 1


async def test_what_another_program_did_is_shown_when_the_user_comes_back(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    app.workspace.open_workbook(jobs(3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    here = session_of(app)
    there = Session(here.manifest, here.chain, here.journal, here.keys, addresses=here.addresses)
    async with SimulatorServer(SimulatorOptions(latency=0.0, fail_containing="topic 2")) as server:
        there.addresses["demo:embedded"] = server.base_url
        await there.run(RunOptions(), lambda _: None)
    assert app.window.model.snapshot.counts[Status.PENDING] == 3
    window_app = QApplication.instance()
    assert isinstance(window_app, QApplication)
    window_app.applicationStateChanged.emit(Qt.ApplicationState.ApplicationActive)
    counts = app.window.model.snapshot.counts
    await until(lambda: (counts[Status.DONE], counts[Status.FAILED]) == (2, 1))
    assert session_of(app) is here
