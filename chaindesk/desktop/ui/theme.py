"""Light and dark: a palette and a style sheet from one table of colours each, over Qt's Fusion style.

The colours are ours on every system, because a bare X server knows none and ignores what Qt is asked for.
"""

from __future__ import annotations

import string
import tomllib
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

from chaindesk import settings
from chaindesk.desktop.ui import icons

SEARCH_HIT, SEARCH_HIT_TEXT = QColor("#FFE58A"), QColor("#1B1B1B")
"""The colours of a hit of a search, in the table and in the panel."""
_ROLES: dict[QPalette.ColorRole, str] = {
    QPalette.ColorRole.Window: "window",
    QPalette.ColorRole.WindowText: "text",
    QPalette.ColorRole.Base: "base",
    QPalette.ColorRole.AlternateBase: "alternate",
    QPalette.ColorRole.Text: "text",
    QPalette.ColorRole.Button: "raised",
    QPalette.ColorRole.ButtonText: "text",
    QPalette.ColorRole.BrightText: "error_text",
    QPalette.ColorRole.Highlight: "selection",
    QPalette.ColorRole.HighlightedText: "selection_text",
    QPalette.ColorRole.Accent: "accent",
    QPalette.ColorRole.Link: "link",
    QPalette.ColorRole.LinkVisited: "link",
    QPalette.ColorRole.ToolTipBase: "raised",
    QPalette.ColorRole.ToolTipText: "text",
    QPalette.ColorRole.PlaceholderText: "muted",
    QPalette.ColorRole.Light: "raised",
    QPalette.ColorRole.Midlight: "hover",
    QPalette.ColorRole.Mid: "border",
    QPalette.ColorRole.Dark: "strong_border",
    QPalette.ColorRole.Shadow: "strong_border",
}
_DISABLED = (QPalette.ColorRole.WindowText, QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText)


class Theme(QObject):
    """The application's look.

    Attributes:
        choice: what the user chose: ``system``, ``light`` or ``dark``.
        dark: whether the dark colours are shown now.

    Signals:
        changed: other colours are shown from now on.
    """

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._colours: Mapping[str, str] = {}
        self.choice = choice
        self.dark = False
        app.setStyle("Fusion")
        app.styleHints().colorSchemeChanged.connect(self._system_changed)
        self.choose(choice)

    def choose(self, choice: str) -> None:
        """Show ``light``, ``dark``, or what the system prefers (``system``)."""
        self.choice = choice
        self.dark = choice == "dark" or (choice == "system" and _system_is_dark(self._app))
        self._colours = _load("dark" if self.dark else "light")
        icons.set_colours(self.hex("text"), self.hex("faint"))
        self._app.setPalette(self._palette())
        self._app.setStyleSheet(self._style_sheet())
        self.changed.emit()

    def hex(self, name: str) -> str:
        """A colour by its name, as ``#RRGGBB``."""
        return f"#{self._colours[name]}"

    def _palette(self) -> QPalette:
        palette = QPalette()
        for role, name in _ROLES.items():
            palette.setColor(role, QColor(self.hex(name)))
        for role in _DISABLED:
            palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(self.hex("faint")))
        return palette

    def _style_sheet(self) -> str:
        drawn = {f"{name}_icon": icons.coloured_file(name, self.hex("muted")) for name in ("previous", "next")}
        drawn["tick_icon"] = icons.coloured_file("approve", self.hex("accent_text"))
        colours = {name: f"#{value}" for name, value in self._colours.items()}
        text = settings.resource("themes/style.qss").read_text("utf-8")
        return string.Template(text).safe_substitute(colours | drawn)

    def _system_changed(self) -> None:
        if self.choice == "system":
            self.choose("system")


def _system_is_dark(app: QApplication) -> bool:
    return app.styleHints().colorScheme() == Qt.ColorScheme.Dark


def _load(name: str) -> Mapping[str, str]:
    path: Path = settings.resource(f"themes/{name}.toml")
    return tomllib.loads(path.read_text("utf-8"))
