"""Plain widgets that hold others, where a layout alone cannot be hidden or sized."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget


def above(table: QWidget, footer: QWidget) -> QWidget:
    """Return a table with its footer below."""
    both = QWidget()
    layout = QVBoxLayout(both)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(3)
    layout.addWidget(table, 1)
    layout.addWidget(footer)
    return both


def place_of(banner: QWidget) -> QWidget:
    """Return a widget that holds a banner: hidden, it covers it, and the banner keeps its message."""
    place = QWidget()
    layout = QVBoxLayout(place)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.addWidget(banner)
    place.hide()
    return place
