"""The line that shows where a dragged card would go."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QWidget

_HEIGHT_PX = 3


class DropLine(QWidget):
    """A line between two cards, hidden until ``show_at``."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()

    def show_at(self, y: int, width: int) -> None:
        """Show the line at this height."""
        self.setGeometry(0, max(y - 1, 0), width, _HEIGHT_PX)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw it in the accent's colour."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Accent))
        painter.end()
