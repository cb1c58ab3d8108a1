"""What was guessed of a text file is shown, and can be changed with its rows in sight."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from chaindesk import settings
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.opening.text_reading_dialog import TextReadingDialog
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def dialog_of(app: AppWindow) -> TextReadingDialog:
    return next(found for found in app.window.findChildren(TextReadingDialog) if found.isVisible())


def cells(dialog: TextReadingDialog) -> list[str]:
    first_row = [dialog.table.item(0, column) for column in range(dialog.table.columnCount())]
    return [item.text() for item in first_row if item is not None]


async def test_a_guessed_reading_is_shown_and_another_one_is_tried_used_and_remembered(
    qloop: DesktopLoop, make_app: WindowMaker, tmp_path: Path
) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes("Item;Price\nCoat;£5.00\nHat;£7.50\n".encode("cp1252"))
    app = make_app()
    app.main.opening.open_path(path)
    await until(lambda: app.workspace.manifest is not None)
    button = app.window.source.text_reading
    assert button.isVisible()
    assert button.text() == "cp1252, semicolon?"
    assert "£5.00" in button.toolTip()
    button.click()
    dialog = dialog_of(app)
    await until(dialog.use.isEnabled)
    assert cells(dialog) == ["Coat", "£5.00"]
    dialog.encoding.setCurrentText("cp1250")
    await until(lambda: dialog.use.isEnabled() and cells(dialog) == ["Coat", "Ł5.00"])
    dialog.delimiter.setCurrentIndex(dialog.delimiter.findData(""))
    await until(lambda: dialog.use.isEnabled() and cells(dialog) == ["Coat;Ł5.00"])
    dialog.encoding.setCurrentText("no such thing")
    await until(lambda: dialog.message.text().startswith("✕"))
    assert not dialog.use.isEnabled()
    dialog.encoding.setCurrentText("cp1250")
    await until(dialog.use.isEnabled)
    dialog.use.click()
    await until(lambda: app.window.source.text_reading.text() == "cp1250, one column")
    assert app.workspace.manifest is not None
    assert [column.name for column in app.workspace.manifest.columns] == ["Item;Price"]
    assert settings.load_preferences().text_reading == {str(path): ("cp1250", "none")}


async def test_a_workbook_has_no_reading_to_change(
    qloop: DesktopLoop, make_app: WindowMaker, jobs: Callable[[int], Path]
) -> None:
    app = make_app()
    app.main.opening.open_path(jobs(2))
    await until(lambda: app.workspace.manifest is not None)
    assert not app.window.source.text_reading.isVisible()
