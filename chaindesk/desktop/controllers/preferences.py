"""View settings: theme, rows at once, notifications; and where they are stored."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QTimer, Signal

from chaindesk import settings
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.ui.language import LANGUAGES, SYSTEM
from chaindesk.desktop.ui.translation import tr
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
        a = window.actions_
        a.notify.setChecked(settings.load_preferences().notify)
        a.notify.triggered.connect(self._remember_notify)
        a.raw_text.setChecked(settings.load_preferences().raw_text)
        a.raw_text.triggered.connect(
            lambda raw: self._save(settings.load_preferences().model_copy(update={"raw_text": raw}))
        )
        a.advance.setChecked(settings.load_preferences().go_on)
        a.advance.triggered.connect(lambda on: self._save(settings.load_preferences().model_copy(update={"go_on": on})))
        a.quit.triggered.connect(window.close)
        window.theme_button.clicked.connect(lambda: self._choose_theme("light" if window.theme.dark else "dark"))
        a.languages[_known_language()].setChecked(True)
        for name, action in a.languages.items():
            action.triggered.connect(partial(self._choose_language, name))
        for name, action in a.themes.items():
            action.triggered.connect(partial(self._choose_theme, name))

    def _choose_theme(self, name: str, *_: object) -> None:
        self._window.theme.choose(name)
        self._save(settings.load_preferences().model_copy(update={"theme": name}))

    def _choose_language(self, name: str, *_: object) -> None:
        self._save(settings.load_preferences().model_copy(update={"language": name}))
        words = tr("The new language is shown when ChainDesk is started again.")
        self._window.message_banner.show_message(Tone.INFO, words)

    def _remember_concurrency(self) -> None:
        rows = self._window.at_once.value()
        self._save(settings.load_preferences().model_copy(update={"concurrency": rows}))

    def _remember_notify(self) -> None:
        told = self._window.actions_.notify.isChecked()
        self._save(settings.load_preferences().model_copy(update={"notify": told}))

    def _save(self, preferences: settings.Preferences) -> None:
        try:
            settings.save_preferences(preferences)
        except ChainDeskError as error:
            self.failed.emit(error)


def _known_language() -> str:
    chosen = settings.load_preferences().language
    return chosen if chosen in LANGUAGES else SYSTEM
