"""An approved row is not asked again when a prompt changes, unless the person says so."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Review, Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


async def ran(app: AppWindow) -> None:
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.RUNNING)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


def texts(app: AppWindow) -> list[str]:
    session = app.workspace.session
    assert session is not None
    return [session.outputs(row)[1].text for row in session.manifest.rows]


def reword(chain: Path) -> None:
    chain.write_text(chain.read_text("utf-8").replace("Three facts", "Four facts"), "utf-8")


async def test_a_changed_prompt_leaves_approved_rows_as_they_are_until_the_person_runs_them_too(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    app.workspace.open_workbook(jobs(5), chain=chain)
    await until(lambda: app.workspace.session is not None)
    await ran(app)
    window.table.select_rows([2, 3])
    window.actions_.approve.trigger()
    await until(lambda: window.model.state_of(3).review is Review.APPROVED)
    before = texts(app)
    reword(chain)
    app.workspace.open_chain(chain)
    await until(lambda: window.model.state_of(4).stale)
    for number in (2, 3):
        state = window.model.state_of(number)
        assert (state.status, state.review, state.kept, state.stale) == (Status.DONE, Review.APPROVED, True, False)
    window.table.choose_row(2)
    assert "Approved before the change" in window.panel.facts.text()
    assert "Approved by you before" in window.panel.step.marks.text()
    assert [button.text() for button in window.run_banner.buttons()] == ["Run the rest"]
    await ran(app)
    assert window.model.snapshot.calls_done == 6  # three rows of two steps
    assert texts(app)[:2] == before[:2]
    assert window.model.state_of(2).review is Review.APPROVED
    window.actions_.run.trigger()
    await until(lambda: "2 approved rows keep their answers" in window.run_banner.text)
    window.run_banner.buttons()[0].click()
    await until(lambda: "Run 2 rows: 4 calls" in window.run_banner.text)
    window.run_banner.press_primary()
    await until(lambda: window.model.snapshot.calls_done == 4 and app.run_controller.phase is RunPhase.IDLE)
    state = window.model.state_of(2)
    assert (state.status, state.review, state.kept) == (Status.DONE, Review.UNREVIEWED, False)


async def test_a_row_whose_approval_is_taken_back_after_the_change_is_asked_again_by_the_next_run(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    app.workspace.open_workbook(jobs(2), chain=chain)
    await until(lambda: app.workspace.session is not None)
    await ran(app)
    window.table.select_rows([2, 3])
    window.actions_.approve.trigger()
    await until(lambda: window.model.state_of(3).review is Review.APPROVED)
    reword(chain)
    app.workspace.open_chain(chain)
    await until(lambda: window.model.state_of(3).kept)
    window.table.choose_row(2)
    window.actions_.approve.trigger()
    await until(lambda: window.model.state_of(2).review is Review.UNREVIEWED)
    assert "Approved by you" not in window.panel.step.marks.text()
    window.undo.undo()
    await until(lambda: window.model.state_of(2).review is Review.APPROVED)
    assert "Approved by you" in window.panel.step.marks.text()
    window.undo.redo()
    await until(lambda: window.model.state_of(2).review is Review.UNREVIEWED)
    await ran(app)
    assert window.model.snapshot.calls_done == 2  # of this row; the other one is approved
    assert not window.model.state_of(2).kept
