"""A table whose first columns stay at the left edge while the others scroll below them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import cast

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, QTimer
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from chaindesk.desktop.grid.cell_painter import CellPainter, PlacedColumn
from chaindesk.desktop.grid.headers.header import GridHeader
from chaindesk.desktop.grid.headers.row_numbers import RowNumbers
from chaindesk.desktop.grid.model import RowTableModel
from chaindesk.domain.manifest import Row

Index = QModelIndex | QPersistentModelIndex
_MAX_FETCHED_IN_A_PAINT = 2  # rows whose outputs are read from the journal while they are painted; of more, none is
_MAX_FETCHED_IN_A_STEP = 5  # rows whose outputs are read in one step of the loop, before all of them are painted


class FrozenTableView(QTableView):
    """Shows a ``RowTableModel``; to keys, mouse and screen readers it is one table.

    The frozen columns are painted above what is scrolled below them, and each question where a cell lies is answered
    accordingly.

    Attributes:
        rows: the model.
        header: its columns' header, which knows what is frozen.
        cell_painter: paints the cells.
    """

    def __init__(self, model: RowTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows = model
        self.cell_painter = CellPainter(model, self.font())
        self.header = GridHeader(model, self)
        self.setHorizontalHeader(self.header)
        self.setVerticalHeader(RowNumbers(model, self))
        self.setModel(model)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalScrollBar().valueChanged.connect(lambda _: self.header.viewport().update())
        self._unread: list[Row] = []  # rows that were painted without their newest outputs
        self._fetched: list[Row] = []  # of these, such as have them now
        self._fetching = QTimer(self, singleShot=True, interval=0)
        self._fetching.timeout.connect(self._fetch_unread)
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
        if self.cell_painter.font != self.font():
            self.cell_painter.use_font(self.font())
        self.cell_painter.use_colours(self.palette())
        painter = QPainter(self.viewport())
        painter.setFont(self.font())
        areas = list(cast("Iterable[QRect]", event.region()))  # Qt's own stubs forget that
        unread = {row.number: row for area in areas for row in self._unread_in(area)}
        if len(unread) <= _MAX_FETCHED_IN_A_PAINT:
            unread = {}  # as when one steps from row to row: not worth a second painting
        self._unread += unread.values()
        for area in areas:
            self._paint_rows(painter, area, unread)
        self._paint_focus(painter)
        painter.end()
        if self._unread and not self._fetching.isActive():
            self._fetching.start()

    def _rows_in(self, area: QRect) -> range:
        """Return the positions of the rows that are seen in an area."""
        first, last = self.rowAt(area.top()), self.rowAt(area.bottom())
        return range(max(first, 0), (last if last >= 0 else self.rows.rowCount() - 1) + 1)

    def _unread_in(self, area: QRect) -> Iterator[Row]:
        """Yield the rows of an area whose outputs have to be read from the journal."""
        for position in self._rows_in(area):
            row = self.rows.row_at(position)
            if row is not None and not self.rows.cells.at_hand(row):
                yield row

    def _paint_rows(self, painter: QPainter, area: QRect, unread: Collection[int]) -> None:
        """Paint the rows of an area, the ``unread`` ones with the outputs that were read last.

        The frozen columns come last, above what has been scrolled below them.
        """
        positions, row_at = self._rows_in(area), self.rows.row_at
        header = self.header
        frozen = header.frozen() if header.offset() else []
        edge = header.frozen_width() if frozen else 0
        scrolled = [one for place, one in self._columns_in(area) if place not in frozen]
        above = [self._placed(place, header.sectionPosition(place)) for place in frozen if area.left() < edge]
        selected, paint = self._selected_among(positions), self.cell_painter.paint_row
        for position in positions:
            box = QRect(area.left(), self.rowViewportPosition(position), area.width(), self.rowHeight(position))
            read = (row := row_at(position)) is None or row.number not in unread
            paint(painter, position, scrolled, box, selected=position in selected, read=read)
            if above:
                box.setLeft(0)
                box.setWidth(edge)
                paint(painter, position, above, box, selected=position in selected, read=read)
        if edge:
            painter.setPen(self.palette().color(QPalette.ColorRole.Dark))
            painter.drawLine(edge - 1, area.top(), edge - 1, area.bottom())

    def _fetch_unread(self) -> None:
        """Read the newest outputs of some rows that were painted without; the last ones have all of them painted."""
        for row in self._unread[:_MAX_FETCHED_IN_A_STEP]:
            if self._box_of(row).intersects(self.viewport().rect()):  # the others are painted when they come into view
                self.rows.cells.previews.of(row)
                self._fetched.append(row)
        del self._unread[:_MAX_FETCHED_IN_A_STEP]
        if self._unread:
            self._fetching.start()
            return
        for row in self._fetched:
            self.viewport().update(self._box_of(row))
        self._fetched.clear()

    def _box_of(self, row: Row) -> QRect:
        """Return where a row is seen, or would be; nothing where it is not shown."""
        position = self.rows.position_of(row.number)
        if position is None:
            return QRect()
        top = self.rowViewportPosition(position)
        return QRect(0, top, self.viewport().width(), self.rowHeight(position))

    def _paint_focus(self, painter: QPainter) -> None:
        index = self.currentIndex()
        if not index.isValid() or not self.hasFocus():
            return
        cell = self.visualRect(index)
        frozen = index.column() in self.header.frozen()
        if self.header.offset() and not frozen and cell.left() < (edge := self.header.frozen_width()):
            painter.setClipRect(cell.adjusted(edge - cell.left(), 0, 0, 0), Qt.ClipOperation.IntersectClip)
        painter.setPen(self.palette().color(QPalette.ColorRole.Highlight).darker(140))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(cell.adjusted(0, 0, -1, -1))

    def _columns_in(self, area: QRect) -> Iterator[tuple[int, PlacedColumn]]:
        """Yield the columns that are seen in an area, by logical place."""
        header = self.header
        for visual in range(header.count()):
            place = header.logicalIndex(visual)
            if not header.isSectionHidden(place):
                placed = self._placed(place, header.sectionViewportPosition(place))
                if placed.left + placed.width > area.left() and placed.left <= area.right():
                    yield place, placed

    def _placed(self, place: int, left: int) -> PlacedColumn:
        return PlacedColumn(self.rows.columns[place], left, self.header.sectionSize(place))

    def _selected_among(self, positions: range) -> set[int]:
        """Return which of these positions are of selected rows."""
        selection = self.selectionModel().selection()
        chosen = (selection.at(place) for place in range(selection.count()))
        first, end = positions.start, positions.stop
        return {place for one in chosen for place in range(max(one.top(), first), min(one.bottom() + 1, end))}
