"""The open workbook is changed by another program: the window says what is new, takes it in, and mixes no rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtWidgets import QPushButton

from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.session.sheet_changes import SheetChanges, sheet_changes
from chaindesk.domain.status import Status
from chaindesk.engine.exports.options import ExportOptions
from chaindesk.simulator.options import SimulatorOptions
from tests.support.engine import make_manifest
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")
Jobs = Callable[[int], Path]


async def ran(app: AppWindow, workbook: Path, chain: Path) -> None:
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: app.window.model.snapshot.counts[Status.DONE] == app.window.model.total)
    await until(lambda: app.run_controller.phase is RunPhase.IDLE)


def change(workbook: Path) -> None:
    """Insert a row above all others, change the last, and replace the file as Excel does."""
    book = openpyxl.load_workbook(workbook)
    sheet = book.active
    assert sheet is not None
    sheet.insert_rows(2)
    for column, text in enumerate(("J-0", "a new topic", "cooks"), 1):
        sheet.cell(2, column, text)
    sheet.cell(sheet.max_row, 2, "another topic")
    book.save(workbook.with_suffix(".tmp"))
    workbook.with_suffix(".tmp").replace(workbook)


def press(app: AppWindow, text: str) -> None:
    next(button for button in app.window.message_banner.buttons() if button.text() == text).click()


def button_texts(app: AppWindow) -> list[str]:
    return [button.text() for button in app.window.message_banner.buttons() if isinstance(button, QPushButton)]


async def test_new_rows_are_offered_taken_in_and_every_row_keeps_its_answers(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(), jobs(3)
    await ran(app, workbook, chain)
    session, window = app.workspace.session, app.window
    answers = {row.key: session.outputs(row)[-1].text for row in session.manifest.rows}
    window.table.choose_row(3)
    change(workbook)
    await until(lambda: "1 new row, 1 changed row" in window.message_banner.text)
    assert window.model.total == 3  # until it is asked for
    press(app, "Take the changes in")
    await until(lambda: window.model.total == 4 and app.workspace.session not in (None, session))
    now = app.workspace.session
    texts = {row.key: now.outputs(row)[-1].text for row in now.manifest.rows}
    assert {key: texts[key] for key in ("J-1", "J-2")} == {key: answers[key] for key in ("J-1", "J-2")}
    assert not texts["J-0"]
    assert window.table.current_row().key == "J-2"  # the row that was shown, though it stands elsewhere now
    states = {row.key: window.model.state_of(row.number).status for row in now.manifest.rows}
    assert states["J-0"] is Status.PENDING


async def test_our_own_export_into_the_file_is_no_change_and_what_comes_after_it_is(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(), jobs(2)
    await ran(app, workbook, chain)
    changed: list[object] = []
    app.main.workbook_changes.watcher.changed.connect(changed.append)
    app.run_controller.export(workbook, ExportOptions(), overwrite_source=True)
    await until(lambda: "Exported to jobs.xlsx" in app.window.message_banner.text)
    await until(lambda: len(app.main.workbook_changes._known.columns) > 3)
    app.main.workbook_changes.watcher.look()
    change(workbook)
    await until(lambda: "1 new row, 1 changed row." in app.window.message_banner.text)
    assert "edited there" not in app.window.message_banner.text
    assert len(changed) == 1


async def test_in_a_run_the_changes_wait_for_its_end(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(SimulatorOptions(latency=30.0)), jobs(3)
    app.workspace.open_workbook(workbook, chain=chain)
    await until(lambda: app.workspace.session is not None)
    app.window.actions_.run.trigger()
    await until(lambda: app.run_controller.phase is RunPhase.RUNNING)
    change(workbook)
    await until(lambda: "when it has ended" in app.window.message_banner.text)
    assert button_texts(app) == []
    app.run_controller.stop()
    await until(lambda: button_texts(app) == ["Take the changes in", "Not now"])


async def test_a_workbook_that_is_renamed_is_offered_under_its_new_name_and_a_deleted_one_is_told(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(), jobs(3)
    await ran(app, workbook, chain)
    window = app.window
    renamed = workbook.rename(workbook.with_name("better.xlsx"))
    await until(lambda: "jobs.xlsx is called better.xlsx now." in window.message_banner.text)
    press(app, "Open it there")
    await until(lambda: app.workspace.manifest.path == renamed and app.workspace.session is not None)
    assert window.model.snapshot.counts[Status.DONE] == 3  # known again
    renamed.unlink()
    await until(lambda: "better.xlsx is no longer in" in window.message_banner.text)
    assert window.model.total == 3


async def test_what_cannot_be_read_is_tried_again_and_then_told(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(), jobs(3)
    await ran(app, workbook, chain)
    good = workbook.read_bytes()
    workbook.write_bytes(good[:200])
    app.main.workbook_changes._again.setInterval(1)
    await until(lambda: "cannot be read now" in app.window.message_banner.text)
    assert app.window.model.total == 3


def test_rows_are_compared_by_their_id_or_else_by_their_inputs() -> None:
    before = make_manifest([{"ID": "1", "T": "a"}, {"ID": "2", "T": "b"}], key="ID")
    after = make_manifest([{"ID": "2", "T": "b"}, {"ID": "1", "T": "x"}, {"ID": "3", "T": "c"}], key="ID")
    assert sheet_changes(before, after) == SheetChanges(added=1, changed=1, moved=True)
    assert not sheet_changes(before, before)
    plain = make_manifest([{"T": "a"}, {"T": "b"}, {"T": "b"}])
    assert sheet_changes(plain, make_manifest([{"T": "a"}, {"T": "b"}, {"T": "z"}])) == SheetChanges(changed=1)
    assert sheet_changes(plain, make_manifest([{"T": "b"}, {"T": "b"}])) == SheetChanges(removed=1)
    assert sheet_changes(plain, make_manifest([{"T": "b"}, {"T": "a"}, {"T": "b"}])).text() == "rows in another order"
    assert sheet_changes(plain, make_manifest([{"Topic": "a"}])).columns
