"""A table whose first columns stay at the left edge while the others scroll below them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyleOptionViewItem, QTableView, QWidget

from chaindesk.desktop.grid.headers.header import GridHeader
from chaindesk.desktop.grid.model import RowTableModel

Index = QModelIndex | QPersistentModelIndex


class FrozenTableView(QTableView):
    """Shows a ``RowTableModel``; to keys, mouse and screen readers it is one table.

    The frozen columns are painted above what is scrolled below them, and each question where a cell lies is answered
    accordingly.

    Attributes:
        rows: the model.
        header: its columns' header, which knows what is frozen.
    """

    def __init__(self, model: RowTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self.header = GridHeader(model, self)
        self.setHorizontalHeader(self.header)
        self.setModel(model)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.header.viewport().update())
        self._pointed_at = False  # the mouse has moved over these rows: it aims at one of them
        self.setMouseTracking(True)
        model.modelReset.connect(self._begin_unaimed)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """From now on the rows stay under the mouse when a message comes."""
        self._pointed_at = True
        super().mouseMoveEvent(event)

    def _begin_unaimed(self) -> None:
        self._pointed_at = False

    @contextmanager
    def rows_in_place(self) -> Iterator[None]:
        """Keep the rows under the mouse where they are, as far as can be, while what stands above the table changes."""
        before = self._place_in_window()
        yield
        around: list[QWidget] = []
        while (parent := (around[-1] if around else self).parentWidget()) is not None:
            around.append(parent)
        for widget in reversed(around):
            if (layout := widget.layout()) is not None:
                layout.activate()  # now, and not with the next event
        moved = self._place_in_window() - before
        if self._pointed_at and self.viewport().underMouse() and moved:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + moved)

    def _place_in_window(self) -> int:
        return self.viewport().mapTo(self.window(), QPoint(0, 0)).y()

    def visualRect(self, index: Index) -> QRect:
        """Return where a cell is seen."""
        rect = super().visualRect(index)
        if self.header.offset() and index.column() in self.header.frozen():
            rect.moveLeft(self.header.sectionPosition(index.column()))
        return rect

    def indexAt(self, pos: QPoint) -> QModelIndex:
        """Return the cell that is seen at a place."""
        if not self.header.offset() or pos.x() >= self.header.frozen_width():
            return super().indexAt(pos)
        return self.rows.index(self.rowAt(pos.y()), self.header.section_at(pos.x()))

    def scrollTo(
        self, index: Index, hint: QAbstractItemView.ScrollHint = QAbstractItemView.ScrollHint.EnsureVisible
    ) -> None:
        """Bring a cell into sight: beside the frozen columns, not below them."""
        bar = self.horizontalScrollBar()
        before = bar.value()
        super().scrollTo(index, hint)
        if index.column() in self.header.frozen():
            bar.setValue(before)
        elif (covered := self.header.frozen_width() - super().visualRect(index).left()) > 0:
            bar.setValue(bar.value() - covered)

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Scroll; the frozen columns stay where they are."""
        super().scrollContentsBy(dx, dy)
        if dx:
            self.viewport().update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, and the frozen columns above them."""
        super().paintEvent(event)
        if self.header.offset() and event.rect().left() <= self.header.frozen_width():
            painter = QPainter(self.viewport())
            self._paint_frozen(painter, event.rect())
            painter.end()

    def _paint_frozen(self, painter: QPainter, area: QRect) -> None:
        """Paint the frozen columns above what has been scrolled below them."""
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        last = last if last >= 0 else self.rows.rowCount() - 1
        places, selection, style = self.header.frozen(), self.selectionModel(), self.style()
        current = self.currentIndex() if self.hasFocus() else QModelIndex()
        for position in range(max(first, 0), last + 1):
            for place in places:
                index = self.rows.index(position, place)
                option = QStyleOptionViewItem()  # a new one: delegates change it
                self.initViewItemOption(option)
                option.rect = self.visualRect(index)
                if selection.isSelected(index):
                    option.state |= QStyle.StateFlag.State_Selected
                if index == current:
                    option.state |= QStyle.StateFlag.State_HasFocus
                if position & 1:
                    option.features = QStyleOptionViewItem.ViewItemFeature.Alternate
                painter.fillRect(option.rect, option.palette.brush(QPalette.ColorRole.Base))
                style.drawPrimitive(QStyle.PrimitiveElement.PE_PanelItemViewRow, option, painter, self)
                self.itemDelegateForIndex(index).paint(painter, option, index)
        edge = self.header.frozen_width()
        painter.setPen(self.palette().color(QPalette.ColorRole.Dark))
        painter.drawLine(edge - 1, area.top(), edge - 1, area.bottom())
