"""Spin boxes that keep their text off the edge."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtWidgets import QAbstractSpinBox

_INSET_PX = 5
_Box = TypeVar("_Box", bound=QAbstractSpinBox)


def inset(box: _Box) -> _Box:
    """Leave some room before the text of a spin box, which is where Qt takes no padding from a style sheet."""
    box.lineEdit().setTextMargins(_INSET_PX, 0, 0, 0)
    return box
