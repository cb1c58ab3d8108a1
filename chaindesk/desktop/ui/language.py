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
    language = QLocale.system().name().partition("_")[0] if choice == SYSTEM else choice
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
