"""The header at the left of the table: the sheet's own row numbers.

It paints them itself: all of them come anew with each page, and a style sheet takes ten times as long.
"""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPalette, QRegion
from PySide6.QtWidgets import QHeaderView, QWidget

from chaindesk.desktop.grid.cell_model import CellModel

_PADDING_PX = 8
_MIN_WIDTH_PX = 44
_BACK, _LINES, _TEXT = QPalette.ColorRole.Window, QPalette.ColorRole.Mid, QPalette.ColorRole.PlaceholderText


class RowNumbers(QHeaderView):
    """A vertical header of fixed heights."""

    def __init__(self, model: CellModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Vertical, parent)
        self._grid = model
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setMinimumWidth(_MIN_WIDTH_PX)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self._use_colours()

    def sizeHint(self) -> QSize:
        """Return the width of the last number; Qt would ask for two hundred of them, several questions each."""
        last = self._grid.last_number
        return QSize(self.fontMetrics().horizontalAdvance("0") * len(str(last)) + 2 * _PADDING_PX, 0)

    def _use_colours(self) -> None:
        palette = self.palette()
        self._back, self._lines, self._text = (palette.color(role) for role in (_BACK, _LINES, _TEXT))

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the numbers, all in the same colours."""
        self._use_colours()
        super().paintEvent(event)

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's own name
        """Paint a row's number and the lines beside it."""
        row = self._grid.row_at(logicalIndex)
        painter.fillRect(rect, self._back)
        painter.setPen(self._lines)
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        painter.drawLine(rect.topRight(), rect.bottomRight())
        if row is not None:
            painter.setPen(self._text)
            number = str(row.number)
            metrics = painter.fontMetrics()
            left = rect.right() - _PADDING_PX - metrics.horizontalAdvance(number)
            painter.drawText(left, rect.top() + (rect.height() - 1 - metrics.height()) // 2 + metrics.ascent(), number)

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Return nothing to be painted anew: a row's number looks the same when its row is selected."""
        return QRegion()
