"""Icons are drawn from our own files in the theme's colours."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.ui import icons


def test_an_icon_is_drawn_once_in_each_colour(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = icons.pixmap

    def counted(name: str, size: int, colour: str) -> QPixmap:
        drawn.append(colour)
        return draw(name, size, colour)

    monkeypatch.setattr(icons, "pixmap", counted)
    icons.icon("run", "#010203")
    once = len(drawn)
    for _ in range(10):
        icons.icon("run", "#010203")
    assert len(drawn) == once
    icons.icon("run", "#040506")
    assert {"#010203", "#040506"} <= set(drawn)
