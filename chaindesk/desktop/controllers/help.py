"""Shows the command palette, the lists of keys and statuses, and what the program is."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from chaindesk import settings
from chaindesk.desktop.help.about_dialog import AboutDialog
from chaindesk.desktop.help.command_palette import CommandPalette
from chaindesk.desktop.help.menu_commands import menu_commands, shortcut_groups
from chaindesk.desktop.help.shortcuts_dialog import ShortcutsDialog
from chaindesk.desktop.help.status_legend import StatusLegend
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError, InputError


class HelpController(QObject):
    """Ties the help commands to their dialogs.

    Attributes:
        palette: the command palette that was shown last, or None.
        open_url: opens an address in the user's browser, and returns whether it could.

    Signals:
        failed: a ``ChainDeskError``: what was used last could not be stored.
    """

    failed = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.palette: CommandPalette | None = None
        self.open_url: Callable[[QUrl], bool] = QDesktopServices.openUrl
        a = window.actions_
        a.palette.triggered.connect(self._show_palette)
        a.shortcuts.triggered.connect(self._show_shortcuts)
        a.legend.triggered.connect(lambda: StatusLegend(window, dark=window.theme.dark).open())
        a.guide.triggered.connect(self._show_guide)
        a.about.triggered.connect(lambda: AboutDialog(window).open())

    def _show_guide(self) -> None:
        try:
            page = settings.resource("guide/index.html")
        except InputError as error:
            self.failed.emit(error)
            return
        if not self.open_url(QUrl.fromLocalFile(str(page))):
            self.failed.emit(InputError(tr("No browser opened the guide. It is in {path}").format(path=page)))

    def _show_palette(self) -> None:
        if self.palette is not None:
            self.palette.reject()
            return
        own = self._window.actions_.palette
        commands = [command for command in menu_commands(self._window.menuBar()) if command.action is not own]
        self.palette = CommandPalette(commands, settings.load_preferences().recent_commands, self._window)
        self.palette.triggered.connect(self._remember)
        self.palette.finished.connect(self._forget)
        self.palette.open()

    def _forget(self) -> None:
        self.palette = None

    def _remember(self, name: str) -> None:
        if not name:
            return  # a command that comes and goes, such as a recent file
        try:
            settings.save_preferences(settings.load_preferences().with_recent_command(name))
        except ChainDeskError as error:
            self.failed.emit(error)

    def _show_shortcuts(self) -> None:
        groups = shortcut_groups(self._window.menuBar())
        groups[tr("In the table")] = [
            (tr("Next row, row before"), "J, K"),
            (tr("Approve, reject, reject with a reason"), "A, R, Shift+R"),
            (tr("Edit, rerun, rerun with a note"), "E, T, Shift+T"),
            (tr("Next unreviewed row"), "N"),
            (tr("History, compare, raw text"), "H, D, M"),
        ]
        groups[tr("While an output is edited")] = [(tr("Save an edit"), "Ctrl+Return"), (tr("Leave an edit"), "Esc")]
        ShortcutsDialog(groups, self._window).open()
