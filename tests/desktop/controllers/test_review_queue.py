"""The queue of unreviewed rows: one key a row, its progress, its end, and what filters and undo make of it."""

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


async def all_done(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.at_once.show_value(100)
    app.window.actions_.run.trigger()
    await until(lambda: bool(app.window.model.snapshot.counts[Status.DONE]))
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


def one_step(chain: Path) -> Path:
    chain.write_text(
        "name: one\nid_column: ID\nsteps:\n  - name: text\n    model: demo/writer\n    prompt: 10 words on {{Topic}}\n",
        "utf-8",
    )
    return chain


def current(app: AppWindow) -> int:
    row = app.window.table.current_row()
    return row.number if row is not None else 0


async def test_a_thousand_rows_are_reviewed_by_a_thousand_keys(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app(SimulatorOptions(latency=0.0))
    window = app.window
    await all_done(app, jobs(1000), one_step(chain))
    session = app.workspace.session
    assert session is not None
    assert window.panel.progress.text() == "0 of 1,000 reviewed"
    asked = session.journal.usage_counts()["answer"]
    for number in range(2, 1002):
        assert current(app) == number
        qtbot.keyClick(window.table, Qt.Key.Key_R if number % 10 == 0 else Qt.Key.Key_A)
    assert "All done rows are reviewed." in window.progress_strip.figures.text()
    await until(lambda: window.panel.progress.text() == "All 1,000 reviewed")
    wanted = {n: Review.REJECTED if n % 10 == 0 else Review.APPROVED for n in range(2, 1002)}
    assert {number: session.ledger.state(number).review for number in wanted} == wanted
    assert session.journal.usage_counts()["answer"] == asked
    assert window.undo.count() == 1000
    window.actions_.undo.trigger()
    await until(lambda: window.panel.progress.text() == "999 of 1,000 reviewed")
    assert current(app) == 1001


async def test_the_walk_keeps_to_the_filter_and_tells_what_is_left_in_it(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(21), one_step(chain))
    window.progress_strip.search.setText("J-2")  # 2, 20 and 21: rows 3, 21 and 22
    await until(lambda: window.panel.progress.text() == "0 of 21 reviewed, 3 left in this filter")
    window.table.sortByColumn(window.model.columnCount() - 1, Qt.SortOrder.AscendingOrder)
    window.table.sortByColumn(-1, Qt.SortOrder.AscendingOrder)
    window.table.choose_row(3)
    for number in (3, 21, 22):
        assert current(app) == number
        qtbot.keyClick(window.table, Qt.Key.Key_A)
    assert "All done rows in this filter are reviewed." in window.progress_strip.figures.text()
    await until(lambda: window.panel.progress.text() == "3 of 21 reviewed, 0 left in this filter")
    window.progress_strip.clear_filter()
    await until(lambda: window.panel.progress.text() == "3 of 21 reviewed")
    window.panel.head.setFixedWidth(220)  # no room for it beside the whole title
    await until(lambda: window.panel.progress.text() == "18 left")


async def test_a_filter_of_unreviewed_rows_is_walked_to_its_end(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(4), one_step(chain))
    window.progress_strip.reviews.setCurrentText("Not reviewed")
    for left, number in ((3, 2), (2, 3), (1, 4), (0, 5)):
        assert current(app) == number
        qtbot.keyClick(window.table, Qt.Key.Key_A)
        await until(lambda left=left: window.model.rowCount() == left)
    window.progress_strip.clear_filter()
    assert window.model.rowCount() == 4
    for words, shown in (("Approved", 4), ("Rejected", 0), ("Edited", 0), ("Any review", 4)):
        window.progress_strip.reviews.setCurrentText(words)
        assert window.model.rowCount() == shown, words


async def test_a_second_word_on_a_row_stays_there_and_so_does_the_first_where_the_user_wants_it(
    qloop: DesktopLoop, qtbot: QtBot, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    await all_done(app, jobs(4), one_step(chain))
    review = lambda number: window.model.state_of(number).review  # noqa: E731
    qtbot.keyClick(window.table, Qt.Key.Key_A)
    assert current(app) == 3
    await until(lambda: review(2) is Review.APPROVED)
    window.table.choose_row(2)
    qtbot.keyClick(window.table, Qt.Key.Key_R)
    await until(lambda: review(2) is Review.REJECTED)
    assert current(app) == 2
    window.actions_.advance.trigger()
    assert not window.actions_.advance.isChecked()
    window.table.choose_row(3)
    qtbot.keyClick(window.table, Qt.Key.Key_A)
    await until(lambda: review(3) is Review.APPROVED)
    assert current(app) == 3
    qtbot.keyClick(window.table, Qt.Key.Key_N)
    assert current(app) == 4
    assert not make_app().window.actions_.advance.isChecked()
