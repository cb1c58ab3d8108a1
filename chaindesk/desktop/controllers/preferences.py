"""View settings: filter, columns, theme, rows at once; and where they are stored."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from chaindesk import settings
from chaindesk.desktop.grid.column_menu import ColumnMenu
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.ui import dialogs
from chaindesk.domain.errors import ChainDeskError

_DEFAULT_CONCURRENCY = 10
_SAVE_DELAY_MS = 1000  # milliseconds: a turned wheel is one change


class PreferencesController(QObject):
    """Ties view settings to the window, and stores them.

    Signals:
        failed: a ``ChainDeskError``: a setting could not be stored.
    """

    failed = Signal(object)

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self._remember = QTimer(self, interval=_SAVE_DELAY_MS, singleShot=True)
        self._remember.timeout.connect(self._remember_concurrency)
        window.at_once.show_value(settings.load_preferences().concurrency or _DEFAULT_CONCURRENCY)
        window.at_once.changed.connect(lambda _: self._remember.start())
        window.progress_strip.filter_requested.connect(window.model.set_filter)
        window.model.order_changed.connect(self._show_row_count)
        a = window.actions_
        self.columns = ColumnMenu(window.table, settings.load_preferences().hidden_columns)
        self.columns.changed.connect(self._remember_columns)
        a.notify.setChecked(settings.load_preferences().notify)
        a.notify.triggered.connect(self._remember_notify)
        a.advance.setChecked(settings.load_preferences().go_on)
        a.advance.triggered.connect(lambda on: self._save(settings.load_preferences().model_copy(update={"go_on": on})))
        a.find.triggered.connect(window.progress_strip.search.setFocus)
        a.show_all.triggered.connect(window.progress_strip.clear_filter)
        a.quit.triggered.connect(window.close)
        a.shortcuts.triggered.connect(lambda: dialogs.show_shortcuts(window, a.shortcut_list()))
        a.about.triggered.connect(lambda: dialogs.show_about(window))
        window.theme_button.clicked.connect(lambda: self._choose_theme("light" if window.theme.dark else "dark"))
        for name, action in a.themes.items():
            action.triggered.connect(partial(self._choose_theme, name))

    def _show_row_count(self) -> None:
        model = self._window.model
        self._window.progress_strip.show_count(model.rowCount(), filtered=model.order.filter.active)

    def _choose_theme(self, name: str, *_: object) -> None:
        self._window.theme.choose(name)
        self._save(settings.load_preferences().model_copy(update={"theme": name}))

    def _remember_concurrency(self) -> None:
        rows = self._window.at_once.value()
        self._save(settings.load_preferences().model_copy(update={"concurrency": rows}))

    def alert_run_ended(self) -> None:
        """Ask for attention in the system's way where a run ended behind other windows."""
        if self._window.actions_.notify.isChecked() and not self._window.isActiveWindow():
            QApplication.alert(self._window)

    def _remember_columns(self, hidden: Sequence[str]) -> None:
        self._save(settings.load_preferences().model_copy(update={"hidden_columns": tuple(hidden)}))

    def _remember_notify(self) -> None:
        told = self._window.actions_.notify.isChecked()
        self._save(settings.load_preferences().model_copy(update={"notify": told}))

    def _save(self, preferences: settings.Preferences) -> None:
        try:
            settings.save_preferences(preferences)
        except ChainDeskError as error:
            self.failed.emit(error)
