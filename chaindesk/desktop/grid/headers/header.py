"""The header of the table: frozen columns that stay at the left, marks on our own, and a menu button on each."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelection, QPoint, QPointF, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QRegion
from PySide6.QtWidgets import QHeaderView, QWidget

from chaindesk.desktop.grid.cell_model import CellModel
from chaindesk.desktop.grid.columns import ColumnKind

_BUTTON_PX = 20
_MARK_PX = 3
_MAX_FROZEN_SHARE = 0.6  # of the table's width; with more only the status stays in sight


class GridHeader(QHeaderView):
    """A horizontal header whose first columns may be frozen.

    Frozen columns come first, whatever is dragged where. Scrolled sideways, they are painted over those that lie below
    them, and a click on them is theirs.

    Signals:
        menu_requested: the menu of a column is asked for; its logical place, and where on the screen.
        layout_changed: the user moved or sized a column.
    """

    menu_requested = Signal(int, QPoint)
    layout_changed = Signal()

    def __init__(self, model: CellModel, parent: QWidget | None = None) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self._grid = model
        self._hovered = self._pressed = -1
        self._shift = 0  # of the mouse, while it holds a frozen column
        self._before: list[tuple[int, int]] = []
        self._keeping = False
        self.setSectionsClickable(True)
        self.setSortIndicatorClearable(True)
        self.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setHighlightSections(False)
        self.setSectionsMovable(True)
        self.setMinimumSectionSize(48)
        self.setStretchLastSection(True)
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_for_menu)
        self.sectionMoved.connect(lambda *_: self.keep_frozen_first())

    # --- what is frozen ----------------------------------------------------------------------------------------

    def frozen(self) -> list[int]:
        """Return the frozen columns that are shown, by logical place, left to right."""
        columns = self._grid.columns
        places = [place for place, column in enumerate(columns) if column.frozen and not self.isSectionHidden(place)]
        width = sum(map(self.sectionSize, places))
        return places[:1] if width > _MAX_FROZEN_SHARE * self.viewport().width() else places

    def frozen_width(self) -> int:
        """Return how much of the left edge frozen columns take."""
        return sum(map(self.sectionSize, self.frozen()))

    def section_at(self, x: int) -> int:
        """Return the column, by logical place, that is seen at ``x``; -1 for none."""
        return self.logicalIndexAt(self._unscrolled(x))

    def section_rect(self, place: int) -> QRect:
        """Return where a column is seen."""
        left = self.sectionPosition(place) if place in self.frozen() else self.sectionViewportPosition(place)
        return QRect(left, 0, self.sectionSize(place), self.height())

    def keep_frozen_first(self) -> None:
        """Move the frozen columns to the front, where something came between them."""
        if self._keeping:
            return
        self._keeping = True
        frozen = [place for place, column in enumerate(self._grid.columns) if column.frozen]
        for wanted, place in enumerate(frozen):
            if place < self.count() and self.visualIndex(place) != wanted:
                self.moveSection(self.visualIndex(place), wanted)
        self._keeping = False

    def _unscrolled(self, x: int) -> int:
        return x - self.offset() if self.offset() and x < self.frozen_width() else x

    # --- painting ----------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the header, and the frozen columns above what is scrolled."""
        super().paintEvent(event)
        if not self.offset():
            return
        painter = QPainter(self.viewport())
        for place in self.frozen():
            rect = self.section_rect(place)
            painter.fillRect(rect, self.palette().window())
            painter.save()
            self.paintSection(painter, rect, place)
            painter.restore()
        painter.end()

    def visualRegionForSelection(self, selection: QItemSelection) -> QRegion:
        """Return nothing to be painted anew: a column's header looks the same whichever rows are selected."""
        return QRegion()

    def paintSection(self, painter: QPainter, rect: QRect, logicalIndex: int) -> None:  # noqa: N803 - Qt's own name
        """Paint a column's header, a bar where the column is ours, and its menu button."""
        painter.save()
        super().paintSection(painter, rect, logicalIndex)
        painter.restore()
        columns = self._grid.columns
        if not 0 <= logicalIndex < len(columns):
            return
        column = columns[logicalIndex]
        accent = self.palette().color(QPalette.ColorRole.Accent)
        if column.kind is ColumnKind.OUTPUT:
            painter.fillRect(QRect(rect.left(), rect.bottom() - _MARK_PX + 1, rect.width(), _MARK_PX), accent)
        filtered = column.key in self._grid.column_filters
        if filtered or logicalIndex == self._hovered:
            self._paint_button(painter, self._button(rect), filtered=filtered)

    def _paint_button(self, painter: QPainter, box: QRect, *, filtered: bool) -> None:
        """Paint a triangle; of a filtered column a funnel."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole.Accent if filtered else QPalette.ColorRole.WindowText
        colour = self.palette().color(role)
        painter.fillRect(box, self.palette().window())
        painter.setPen(QPen(colour, 1.4))
        painter.setBrush(colour if filtered else Qt.BrushStyle.NoBrush)
        middle = QPointF(box.center())
        if filtered:
            points = [(-5, -4), (5, -4), (1, 1), (1, 5), (-1, 4), (-1, 1)]
            painter.drawPolygon([middle + QPointF(x, y) for x, y in points])
        else:
            painter.drawPolyline([middle + QPointF(x, y) for x, y in ((-4, -2), (0, 2), (4, -2))])
        painter.restore()

    def _button(self, rect: QRect) -> QRect:
        return QRect(rect.right() - _BUTTON_PX - 3, rect.top() + 3, _BUTTON_PX - 2, rect.height() - 8)

    # --- mouse -------------------------------------------------------------------------------------------------

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Open a column's menu by its button; else sort, move or size as ever."""
        spot = event.position().toPoint()
        place = self.section_at(spot.x())
        left = event.button() == Qt.MouseButton.LeftButton
        if left and place >= 0 and self._button(self.section_rect(place)).contains(spot):
            self._pressed = place
            return
        self._shift = self._unscrolled(spot.x()) - spot.x()
        self._before = self._geometry()
        super().mousePressEvent(self._shifted(event))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show the menu button of the column below the mouse."""
        self._hover(self.section_at(event.position().toPoint().x()))
        if self._pressed < 0:
            super().mouseMoveEvent(self._shifted(event) if event.buttons() else event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End what the press began."""
        if self._pressed >= 0:
            place, self._pressed = self._pressed, -1
            box = self._button(self.section_rect(place))
            if box.contains(event.position().toPoint()):
                self.menu_requested.emit(place, self.viewport().mapToGlobal(box.bottomLeft()))
            return
        super().mouseReleaseEvent(self._shifted(event))
        self._shift = 0
        if self._before and self._before != self._geometry():
            self.layout_changed.emit()
        self._before = []

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Fit a column to its texts by a double click on its edge."""
        before = self._geometry()
        self._shift = self._unscrolled(event.position().toPoint().x()) - event.position().toPoint().x()
        super().mouseDoubleClickEvent(self._shifted(event))
        if before != self._geometry():
            self.layout_changed.emit()

    def leaveEvent(self, event: QEvent) -> None:
        """No column is below the mouse any more."""
        self._hover(-1)
        super().leaveEvent(event)

    def _geometry(self) -> list[tuple[int, int]]:
        return [(self.visualIndex(place), self.sectionSize(place)) for place in range(self.count())]

    def _hover(self, place: int) -> None:
        if place != self._hovered:
            self._hovered = place
            self.viewport().update()

    def _shifted(self, event: QMouseEvent) -> QMouseEvent:
        """The event as Qt would have it were the header not scrolled, while it is about a frozen column."""
        if not self._shift:
            return event
        spot = event.position() + QPointF(self._shift, 0)
        return QMouseEvent(
            event.type(), spot, event.globalPosition(), event.button(), event.buttons(), event.modifiers()
        )

    def _ask_for_menu(self, spot: QPoint) -> None:
        place = self.section_at(spot.x())
        if place >= 0:
            self.menu_requested.emit(place, self.viewport().mapToGlobal(spot))
