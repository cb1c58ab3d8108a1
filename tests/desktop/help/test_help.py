"""The command palette, the lists of keys and statuses, the page about the program."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

import chaindesk
from chaindesk import settings
from chaindesk.desktop.app import AppWindow
from chaindesk.desktop.help.about_dialog import AboutDialog
from chaindesk.desktop.help.command_palette import CommandPalette
from chaindesk.desktop.help.fuzzy import fuzzy_score
from chaindesk.desktop.help.shortcuts_dialog import ShortcutsDialog
from chaindesk.desktop.help.status_legend import StatusLegend
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.domain.status import Status
from tests.support.waiting import until
from tests.support.windows import WindowMaker

pytestmark = pytest.mark.qt_log_ignore("propagateSizeHints")


def palette_of(app: AppWindow) -> CommandPalette:
    app.window.actions_.palette.trigger()
    palette = app.main.help.palette
    assert palette is not None
    return palette


def names(palette: CommandPalette) -> list[str]:
    return [command.name for command in palette.shown()]


async def test_a_command_is_found_by_a_few_letters_carried_out_and_listed_first_from_then_on(
    qloop: DesktopLoop, make_app: WindowMaker
) -> None:
    app = make_app()
    panel = app.window.actions_.panel
    palette = palette_of(app)
    assert len(names(palette)) > 35
    QTest.keyClicks(palette.line, "rowpan")
    assert names(palette)[0] == "Row panel"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    await until(lambda: not panel.isChecked())
    assert app.main.help.palette is None
    assert settings.load_preferences().recent_commands == ("panel",)
    assert names(palette_of(app))[0] == "Row panel"


async def test_a_command_that_is_not_possible_shows_its_reason_and_does_nothing(
    qloop: DesktopLoop, make_app: WindowMaker
) -> None:
    app = make_app()
    palette = palette_of(app)
    QTest.keyClicks(palette.line, "export")
    first = palette.list.topLevelItem(0)
    assert first.text(0) == "Export – Open a workbook first."
    assert first.text(2) == "Ctrl+E"
    QTest.keyClick(palette.line, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.line.setText("zzzz")
    assert not palette.nothing.isHidden()
    QTest.keyClick(palette.line, Qt.Key.Key_Return)  # nothing is there to be carried out
    QTest.keyClick(palette.line, Qt.Key.Key_Escape)
    assert app.main.help.palette is None


async def test_the_arrows_of_the_palettes_line_move_in_the_list(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    palette = palette_of(make_app())
    first = palette.list.currentItem()
    QTest.keyClick(palette.line, Qt.Key.Key_Down)
    assert palette.list.currentItem() is not first
    QTest.keyClick(palette.line, Qt.Key.Key_Up)
    assert palette.list.currentItem() is first
    palette.reject()


def test_letters_at_the_beginnings_of_words_count_more() -> None:
    assert fuzzy_score("rf", "Retry failed") > fuzzy_score("rf", "Search the rows of it")
    assert fuzzy_score("export", "Export as…") > fuzzy_score("expo", "Examples of portraits")
    assert fuzzy_score("xyz", "Export") is None
    assert fuzzy_score("", "Export") == 0
    assert fuzzy_score("kn", "Keys") is None


async def test_the_list_of_keys_has_no_scroll_bar_where_the_screen_has_room(
    qloop: DesktopLoop, make_app: WindowMaker
) -> None:
    app = make_app()
    app.window.actions_.shortcuts.trigger()
    dialog = app.window.findChild(ShortcutsDialog)
    await until(dialog.isVisible)
    screen = dialog.screen().availableGeometry().height()
    inside = dialog.area.widget()
    assert not dialog.area.horizontalScrollBar().isVisible()
    assert inside.width() >= inside.sizeHint().width()  # nothing is cut
    if screen > inside.sizeHint().height() + 150:
        assert not dialog.area.verticalScrollBar().isVisible()
    texts = {label.text() for label in dialog.findChildren(QLabel)}
    assert {"File", "Export", "Ctrl+E", "In the table"} <= texts


@pytest.mark.parametrize("dark", [False, True])
def test_the_legend_says_what_each_status_means(qapp: object, dark: bool) -> None:
    legend = StatusLegend(dark=dark)
    texts = [label.text() for label in legend.findChildren(QLabel)]
    for status in Status:
        assert any(status.value in text.casefold() for text in texts), status
    assert all(texts)
    legend.deleteLater()


def test_the_page_about_the_program_names_versions_folders_and_licences(qapp: object) -> None:
    parent = QWidget()
    dialog = AboutDialog(parent)
    pages = [dialog.tabs.widget(place) for place in range(3)]
    versions, folders, licences = (page.toPlainText() for page in pages if isinstance(page, QPlainTextEdit))
    assert versions.startswith(f"ChainDesk {chaindesk.__version__}\nPython ")
    assert "aiohttp 3" in versions
    assert str(settings.journal_path()) in folders
    assert str(settings.log_folder()) in folders
    assert "MIT" in licences
    assert "aiohttp: Apache" in licences
    dialog.copy.click()
    assert str(settings.journal_path()) in QGuiApplication.clipboard().text()
    parent.deleteLater()


async def test_the_keys_of_the_palette_open_it_and_put_it_away(qloop: DesktopLoop, make_app: WindowMaker) -> None:
    app = make_app()
    action = app.window.findChild(QAction, "palette")
    assert action.shortcut().toString() == "Ctrl+K"
    palette_of(app)
    action.trigger()
    assert app.main.help.palette is None
