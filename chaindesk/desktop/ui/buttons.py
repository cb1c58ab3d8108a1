"""The small buttons of the panel."""

from __future__ import annotations

from PySide6.QtWidgets import QPushButton, QToolButton

from chaindesk.desktop.ui import icons


def narrow_button(text: str, icon: str, tip: str, *, checkable: bool = False) -> QPushButton:
    """A button with its icon ("" for none) and words ("" for none: read aloud it is its tip)."""
    button = QPushButton(text)
    button.setToolTip(tip)
    button.setAccessibleName(text or tip)
    button.setCheckable(checkable)
    button.setProperty("narrow", "true")
    if icon:
        icons.give(button, icon)
    return button


def arrow_button(icon: str, tip: str) -> QToolButton:
    """A button that is only an icon; read aloud it is its tip without the keys in brackets."""
    button = QToolButton()
    button.setToolTip(tip)
    button.setAccessibleName(tip.partition(" (")[0])
    icons.give(button, icon)
    return button
