"""The language of the window: the user's choice or the system's, where there is a translation."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from chaindesk import settings
from chaindesk.domain.errors import InputError

SYSTEM = "system"
LANGUAGES = {SYSTEM: "", "en": "English", "de": "Deutsch"}
"""What can be chosen: each language by its own name, whatever the window's is."""


def install_language(app: QCoreApplication, choice: str) -> str:
    """Show the window's texts, and those of Qt's own buttons, in a language from now on.

    Args:
        app: the application.
        choice: a language such as ``de``, or ``system``.

    Returns:
        The language that is shown.
    """
    language = _system_language() if choice == SYSTEM else choice
    try:
        texts = settings.resource(f"translations/chaindesk_{language}.qm")
    except InputError:
        return "en"
    ours = QTranslator(app)
    if not ours.load(str(texts)):
        return "en"
    app.installTranslator(ours)
    buttons = QTranslator(app)  # without it, Qt's own buttons stay English
    if buttons.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(buttons)
    return language


def _system_language() -> str:
    """Return the first of the user's languages that the window has.

    The system's locale is not asked: on Windows and macOS it is the region's, of which numbers and dates are, and that
    may be another than the language of everything on the screen.
    """
    codes = (tag.partition("-")[0] for tag in QLocale.system().uiLanguages())
    return next((code for code in codes if code in LANGUAGES), "en")
