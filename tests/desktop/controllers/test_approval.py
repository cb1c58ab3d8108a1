"""Approve, Reject and Rerun act on every selected row, say how many, and are one step of the undo stack."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Review, Status
from chaindesk.simulator.options import SimulatorOptions
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


def reviews(app: AppWindow) -> list[str]:
    model = app.window.model
    return [model.state_of(number).review.value for number in range(2, 2 + model.total)]


async def all_done(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: bool(app.window.model.snapshot.counts[Status.DONE]))
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


async def test_four_selected_rows_are_approved_by_one_key_and_undone_in_one_step(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(6), chain)
    window.table.select_rows([2, 3, 4, 5])
    assert window.panel.approve.text() == "Approve 4"
    qtbot.keyClick(window.table, Qt.Key.Key_A)
    await until(lambda: reviews(app) == ["approved"] * 4 + ["unreviewed"] * 2)
    assert "Approved 4 rows." in window.progress_strip.figures.text()
    assert window.undo.count() == 1
    window.table.choose_row(7)
    assert window.panel.approve.text() == "Approve"
    window.actions_.undo.trigger()
    await until(lambda: reviews(app) == ["unreviewed"] * 6)
    assert "Undone: Approval of 4 rows." in window.progress_strip.figures.text()
    assert window.table.selected_numbers() == [2, 3, 4, 5]
    window.actions_.redo.trigger()
    await until(lambda: reviews(app) == ["approved"] * 4 + ["unreviewed"] * 2)
    window.panel.approve.click()  # all of them are approved: this takes it back
    await until(lambda: reviews(app) == ["unreviewed"] * 6)


async def test_a_mixed_selection_gets_one_review_and_undo_gives_each_row_its_own_back(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.01, fail_containing="topic 3.", fail_status=400))
    window = app.window
    await all_done(app, jobs(3), chain)
    window.table.choose_row(2)
    window.actions_.reject.trigger()
    await until(lambda: reviews(app)[0] == "rejected")
    window.table.select_rows([2, 3, 4])
    window.panel.approve.click()
    await until(lambda: reviews(app) == ["approved", "approved", "unreviewed"])
    assert "Approved 2 rows. 1 selected row had no answer to review." in window.progress_strip.figures.text()
    window.actions_.undo.trigger()
    await until(lambda: reviews(app) == ["rejected", "unreviewed", "unreviewed"])


async def test_rerun_takes_every_selected_row(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(5), chain)
    window.table.select_rows([3, 4, 6])
    assert window.panel.rerun.text() == "Rerun 3"
    window.panel.rerun.click()
    await until(lambda: "Run 3 rows: 6 calls" in window.run_banner.text)
    assert window.model.state_of(3).review is Review.UNREVIEWED
