"""The export dialog in the window: what is chosen is said before, written, offered to be opened, and remembered."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QListWidgetItem, QPushButton

from chaindesk import settings
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.exporting.dialog import ExportDialog
from chaindesk.desktop.exporting.offer import ExportKind, ExportOffer
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.domain.status import Review, Status
from chaindesk.settings import ExportChoice
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


def shown_dialog(app: AppWindow) -> ExportDialog:
    app.window.actions_.export_as.trigger()
    dialog = app.main.exporting.dialog
    assert dialog is not None
    return dialog


def choose(dialog: ExportDialog, kind: ExportKind) -> None:
    dialog.kind.setCurrentIndex(list(ExportKind).index(kind))


def items(dialog: ExportDialog) -> dict[str, QListWidgetItem]:
    listed = dialog.columns.list
    return {listed.item(row).text(): listed.item(row) for row in range(listed.count())}


async def test_approved_rows_with_chosen_columns_go_into_a_csv_and_the_choice_is_remembered(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(), jobs(3)
    await ran(app, workbook, chain)
    app.window.table.choose_row(3)
    app.window.actions_.approve.trigger()
    await until(lambda: app.window.model.state_of(3).review is Review.APPROVED)
    dialog = shown_dialog(app)
    assert [dialog.rows.itemText(row) for row in range(3)] == ["All: 3 rows", "Only approved: 1", "Selected: 1"]
    choose(dialog, ExportKind.CSV)
    assert dialog.target.text() == str(workbook.with_name("jobs.completed.csv"))
    dialog.rows.setCurrentIndex(1)
    items(dialog)["Audience"].setCheckState(Qt.CheckState.Unchecked)
    assert not dialog.export.isEnabled()  # until it is known what it would write
    await until(dialog.export.isEnabled)
    assert dialog.message.text().startswith("1 row → jobs.completed.csv, in ")
    dialog.export.click()
    await until(lambda: "Exported to jobs.completed.csv" in app.window.message_banner.text)
    buttons = [button.text() for button in app.window.message_banner.buttons() if isinstance(button, QPushButton)]
    assert buttons == ["Open", "Show in folder"]
    text = workbook.with_name("jobs.completed.csv").read_text("utf-8-sig")
    written = list(csv.reader(text.splitlines(keepends=True)))
    assert written[0] == ["ID", "Topic", "notes", "Text", "Status", "Error"]
    assert [record[0] for record in written[1:]] == ["J-2"]
    again = shown_dialog(app)
    assert again.kind.currentData() is ExportKind.CSV
    assert again.rows.currentIndex() == 1
    assert items(again)["Audience"].checkState() is Qt.CheckState.Unchecked
    await until(lambda: not again.replace.isHidden())
    assert not again.export.isEnabled()  # the file is there: it is replaced only if that is ticked
    again.replace.click()
    await until(again.export.isEnabled)
    again.reject()
    assert settings.load_preferences().export_of_workbook[str(workbook)].kind == "csv"


async def test_what_cannot_be_written_is_said_in_the_dialog(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(), jobs(3)
    await ran(app, workbook, chain)
    dialog = shown_dialog(app)
    for ending in ("csv", "xls", "ods"):
        dialog.target.setText(str(workbook.with_suffix(f".{ending}")))
        await until(lambda: "ends in .xlsx" in dialog.message.text())
        assert not dialog.export.isEnabled()
        dialog.target.setText(str(workbook.with_name("good.xlsx")))
        await until(dialog.export.isEnabled)
    choose(dialog, ExportKind.FILES)
    assert dialog.columns.ticked() == ("Text",)
    dialog.file_name.setText("{{Audience}}.md")
    await until(lambda: 'rows 2, 3, 4 would all be "gardeners.md"' in dialog.message.text())
    dialog.file_name.setText("{{ID}}-{{Topic}}.md")
    await until(dialog.export.isEnabled)
    assert "J-1-topic 1.md, J-2-topic 2.md" in dialog.message.text()
    dialog.export.click()
    await until(lambda: "Exported 3 files" in app.window.message_banner.text)
    assert len(list(workbook.with_name("jobs.rows").iterdir())) == 3


async def test_an_export_into_the_workbook_itself_keeps_a_backup(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Jobs, chain: Path
) -> None:
    app, workbook = make_app(), jobs(2)
    await ran(app, workbook, chain)
    dialog = shown_dialog(app)
    choose(dialog, ExportKind.SAME_FILE)
    assert not dialog.target.isEnabled()
    await until(dialog.export.isEnabled)
    assert "kept as a backup" in dialog.message.text()
    dialog.export.click()
    await until(lambda: "Exported to jobs.xlsx" in app.window.message_banner.text)
    assert workbook.with_name("jobs.backup.xlsx").exists()
    sheet = openpyxl.load_workbook(workbook).active
    assert sheet is not None
    assert [cell.value for cell in sheet[1]][3:] == ["notes", "Text", "Status", "Error"]


def test_a_csv_cannot_be_its_own_target_and_says_why(qapp: object) -> None:
    offer = ExportOffer(
        Path("jobs.csv"), ("ID",), ("Text",), ("Text",), 2, 0, frozenset(), "{{ID}}.md", "A .csv cannot."
    )
    dialog = ExportDialog(offer, ExportChoice(kind="same-file"))
    assert dialog.kind.currentData() is ExportKind.COPY
    same = dialog.kind.model().index(1, 0)
    assert not same.flags() & Qt.ItemFlag.ItemIsEnabled
    assert "A .csv cannot." in same.data(Qt.ItemDataRole.ToolTipRole)
    dialog.deleteLater()
