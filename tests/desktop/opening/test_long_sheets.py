"""A long sheet shows its first rows at once and the rest as it is read; that can be watched, and cancelled."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.runtime.loop_idle import LoopIdle
from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.reading.grid import Grid
from chaindesk.workbook.reading.row_batches import FIRST_BATCH_ROWS, RowTeller
from tests.support.waiting import until
from tests.support.windows import WindowMaker, write_jobs

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
ROWS = 20 * FIRST_BATCH_ROWS
Jobs = Callable[[int], Path]


class Gate:
    """Holds the reader after each batch until it is let on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.told = 0
        self.failing = False
        self._let_on = threading.Semaphore(0)
        added = RowTeller.row_added
        gate = self

        def gated(teller: RowTeller, grid: Grid) -> None:
            before = teller._next
            added(teller, grid)
            if teller._watcher is not None and teller._next != before:
                gate.told += 1
                gate._let_on.acquire()
                if gate.failing:
                    raise WorkbookError("The sheet is damaged further down.")

        monkeypatch.setattr(RowTeller, "row_added", gated)

    def let_on(self, batches: int = 1000) -> None:
        for _ in range(batches):
            self._let_on.release()


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Gate:
    return Gate(monkeypatch)


def on_screen(app: AppWindow, position: int) -> int:
    """Where a row is in the window, in pixels from its top."""
    table = app.window.table
    rect = table.visualRect(app.window.model.index(position, 0))
    return table.viewport().mapTo(app.window, rect.topLeft()).y()


async def begun(app: AppWindow, path: Path, chain: Path | None) -> None:
    app.workspace.open_workbook(path, chain=chain)
    await until(lambda: app.window.model.reading and app.window.model.total >= FIRST_BATCH_ROWS - 1)


async def test_the_first_rows_are_shown_before_the_rest_is_read_and_run_says_to_wait(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, gate: Gate
) -> None:
    app = make_app()
    window = app.window
    await begun(app, jobs(ROWS), chain)
    assert gate.told == 1
    assert window.pages.currentIndex() == 1
    assert window.table.current_row() is not None
    assert window.model.index(0, 1).data() == "J-1"
    assert [column.title for column in window.model.columns][:2] == ["Status", "ID"]
    assert window.footer.rows.text() == f"Reading: {FIRST_BATCH_ROWS - 1} rows so far"
    assert window.footer.cancel.isVisible()
    assert "topic 1" in window.panel.inputs.toPlainText()
    assert app.workspace.session is None
    window.actions_.run.trigger()
    assert "still being read" in window.message_banner.text
    gate.let_on(1)
    await until(lambda: window.model.total > FIRST_BATCH_ROWS)
    assert window.model.rowCount() == window.model.total < ROWS
    gate.let_on()
    await until(lambda: app.workspace.session is not None)
    assert window.model.total == ROWS
    assert not window.footer.cancel.isVisible()
    assert window.footer.rows.text() == f"{ROWS:,} rows"
    row = window.model.row_at(0)
    assert row is not None
    assert row.key == "J-1"  # as the chain knows it, and no provisional key


async def test_what_is_chosen_searched_and_scrolled_meanwhile_stays_when_all_has_been_read(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, gate: Gate
) -> None:
    app = make_app()
    window = app.window
    await begun(app, jobs(ROWS), chain)
    window.table.choose_row(200)
    window.progress_strip.search.setText("topic 19")
    await until(lambda: window.model.order.filter.text == "topic 19")
    some = window.model.rowCount()
    gate.let_on()
    await until(lambda: app.workspace.session is not None)
    assert window.progress_strip.search.text() == "topic 19"
    assert window.model.rowCount() > some
    current = window.table.current_row()
    assert current is not None
    assert current.number == 200
    window.actions_.show_all.trigger()
    bar = window.table.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    middle = window.model.rowCount() // 2
    before = on_screen(app, middle)
    app.workspace.session_changed.emit(app.workspace.session.statuses() if app.workspace.session else {})
    assert on_screen(app, middle) == before


async def test_the_workbook_before_is_closed_with_the_first_rows_and_cancel_leaves_nothing_open(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path, chain: Path, gate: Gate
) -> None:
    app = make_app()
    app.workspace.open_workbook(write_jobs(tmp_path / "old.xlsx", 3), chain=chain)
    await until(lambda: app.workspace.session is not None)
    await begun(app, write_jobs(tmp_path / "long.xlsx", ROWS), chain)
    assert app.workspace.session is None
    assert app.workspace.manifest is None
    assert app.window.source.workbook.text() == "long.xlsx"
    app.window.footer.cancel.click()
    await until(lambda: app.window.pages.currentIndex() == 0)
    assert app.window.model.total == 0
    assert not app.workspace.is_opening
    told = gate.told
    gate.let_on()
    app.workspace.open_workbook(tmp_path / "old.xlsx")
    await until(lambda: app.workspace.session is not None)
    assert app.window.model.total == 3
    assert gate.told <= told + 1  # the reader stopped at its next batch


async def test_a_sheet_that_turns_out_damaged_is_closed_and_the_message_says_why(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, gate: Gate
) -> None:
    app = make_app()
    await begun(app, jobs(ROWS), chain)
    gate.failing = True
    gate.let_on()
    await until(lambda: "damaged further down" in app.window.message_banner.text)
    assert app.window.pages.currentIndex() == 0
    assert app.workspace.what_is_missing == "Open a workbook first."


async def test_a_chain_that_is_opened_meanwhile_begins_the_reading_anew(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path, gate: Gate
) -> None:
    app = make_app()
    await begun(app, jobs(ROWS), None)
    app.workspace.open_chain(chain)
    gate.let_on()
    await until(lambda: app.workspace.session is not None)
    assert app.workspace.chain_path == chain
    assert app.window.model.total == ROWS


def test_work_in_a_thread_gives_way_while_the_loop_is_busy(qtbot: QtBot) -> None:
    idle = LoopIdle()
    dispatcher = idle._dispatcher
    assert dispatcher is not None
    dispatcher.awake.emit()
    assert not idle._idle.is_set()
    dispatcher.aboutToBlock.emit()
    assert idle._idle.is_set()
    dispatcher.awake.emit()
    idle.close()
    assert idle._idle.is_set()
    dispatcher.awake.emit()
    assert idle._idle.is_set()


async def test_a_message_above_the_table_leaves_the_rows_under_the_mouse_where_they_are(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app = make_app()
    window = app.window
    app.workspace.open_workbook(jobs(200), chain=chain)
    await until(lambda: app.workspace.session is not None)
    window.message_banner.clear()
    top = on_screen(app, 0)
    window.table.viewport().setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    window.message_banner.show_message(Tone.INFO, "Something has happened.")
    assert on_screen(app, 0) > top  # the mouse just lay where the rows came: the first one stays in sight
    window.message_banner.clear()
    QTest.mouseMove(window.table.viewport(), window.table.visualRect(window.model.index(1, 0)).center())
    before = on_screen(app, 9)
    window.message_banner.show_message(Tone.INFO, "Something has happened.")
    assert window.message_banner.isVisible()
    assert on_screen(app, 9) == before
    window.message_banner.clear()
    assert on_screen(app, 9) == before
