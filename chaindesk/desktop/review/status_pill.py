"""A row's status as a pill that is round at every size of font."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QWidget

_MARGINS_PX = QSize(20, 6)


class StatusPill(QLabel):
    """Paints its background itself: a style sheet's radius is dropped where it is more than half the height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = self._colour = QColor()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_status(self, text: str, background: QColor, colour: QColor) -> None:
        """Show a status in its colours."""
        self.setText(text)
        self._background, self._colour = background, colour
        self.update()

    def sizeHint(self) -> QSize:
        """The text, and room for the round ends."""
        text = self.fontMetrics().size(0, self.text())
        return text + _MARGINS_PX

    def minimumSizeHint(self) -> QSize:
        """The whole text."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, then the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.sizeHint().height()
        pill = QRectF(0, (self.height() - height) / 2, self.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._background)
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(self._colour)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.end()
