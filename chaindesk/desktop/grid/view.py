"""The table of rows: fixed heights, a pill for the status, and keys to step through rows."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRect,
    QRectF,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QMenu,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from chaindesk.desktop.grid.clipboard import to_mime
from chaindesk.desktop.grid.columns import ColumnKind, TableColumn, ranges
from chaindesk.desktop.grid.model import RowTableModel
from chaindesk.domain.manifest import Row

_ROW_HEIGHT = 30
_ROWS_SAMPLED = 60  # rows that a column's width is judged by
_WIDTHS: dict[ColumnKind, tuple[int, int]] = {
    ColumnKind.STATUS: (150, 170),
    ColumnKind.REVIEW: (92, 110),
    ColumnKind.INPUT: (64, 220),
    ColumnKind.OUTPUT: (190, 300),
}


class RowTableView(QTableView):
    """Shows a ``RowTableModel``.

    Signals:
        row_chosen: the sheet row that is current from now on, or 0 for none.
        activated_row: the user wants to read or edit the current row.
        selection_changed: how many rows are selected from now on.
        menu_requested: the ``QMenu`` of the selected rows is about to be shown: whoever has an action for them adds it.
    """

    row_chosen = Signal(int)
    activated_row = Signal()
    selection_changed = Signal(int)
    menu_requested = Signal(object)

    def __init__(self, model: RowTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._current = 0
        self._position = 0
        self._columns: list[TableColumn] = []
        self._roomy = False  # whether the first column has its room for a time of day
        self.setModel(model)
        self.setAccessibleName("Rows")
        self.setItemDelegate(_PlainDelegate(self))
        self.setItemDelegateForColumn(0, StatusDelegate(self))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._set_headers()
        self.customContextMenuRequested.connect(self._show_menu)
        self.doubleClicked.connect(lambda _: self.activated_row.emit())
        model.modelReset.connect(self._after_reset)
        model.folded.connect(lambda _: self._make_room_to_wait())
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit(self._selected_count()))

    def selected_numbers(self) -> list[int]:
        """Return the sheet numbers of the selected rows in the order of the sheet."""
        rows = (self._model.row_at(position) for position in self._selected_positions())
        return sorted(row.number for row in rows if row is not None)

    def selected_rows(self) -> list[Row]:
        """Return the selected rows as they are shown, top to bottom; the current one where none is selected."""
        positions = self._selected_positions() or [self.currentIndex().row()]
        return [row for row in map(self._model.row_at, positions) if row is not None]

    def select_rows(self, numbers: Sequence[int]) -> None:
        """Select these sheet rows as far as they are shown, and make the first one the current one."""
        positions = sorted(place for number in numbers if (place := self._model.position_of(number)) is not None)
        if not positions:
            return
        first = self._model.row_at(positions[0])
        if first is not None:
            self.choose_row(first.number)
        last = self._model.columnCount() - 1
        selection = QItemSelection()
        for top, bottom in ranges(positions):
            selection.select(self._model.index(top, 0), self._model.index(bottom, last))
        self.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)

    def copy_selected(self) -> int:
        """Put the whole texts of the selected rows on the clipboard; return how many rows these are."""
        header = self.horizontalHeader()
        places = (header.logicalIndex(visual) for visual in range(header.count()))
        shown = [place for place in places if not header.isSectionHidden(place)]
        rows = self.selected_rows()
        QGuiApplication.clipboard().setMimeData(to_mime(self._model.whole_texts(row, shown) for row in rows))
        return len(rows)

    def _selected_positions(self) -> list[int]:
        selection = self.selectionModel().selection()
        chosen = (selection.at(place) for place in range(selection.count()))
        return sorted({position for one in chosen for position in range(one.top(), one.bottom() + 1)})

    def _selected_count(self) -> int:
        selection = self.selectionModel().selection()
        return sum(selection.at(place).height() for place in range(selection.count()))

    def current_row(self) -> Row | None:
        """The row with the focus."""
        return self._model.row_at(self.currentIndex().row())

    def choose_row(self, number: int) -> bool:
        """Make a sheet row the current one; return False where the filter hides it."""
        position = self._model.position_of(number)
        if position is None:
            return False
        index = self._model.index(position, max(self.currentIndex().column(), 0))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(index, flags)
        self.scrollTo(index, QAbstractItemView.ScrollHint.EnsureVisible)
        return True

    def step_row(self, by: int) -> None:
        """Go ``by`` rows down (up where negative), as far as there are rows."""
        count = self._model.rowCount()
        if count:
            position = min(max(self.currentIndex().row() + by, 0), count - 1)
            row = self._model.row_at(position)
            if row is not None:
                self.choose_row(row.number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J and K walk down and up, Enter opens the row; everything else is the table's own."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        match event.key() if plain else None:
            case Qt.Key.Key_J:
                self.step_row(1)
            case Qt.Key.Key_K:
                self.step_row(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.activated_row.emit()
            case Qt.Key.Key_Space:
                event.ignore()
            case _:
                super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or why there are none."""
        super().paintEvent(event)
        if self._model.total and not self._model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.viewport().rect(), int(Qt.AlignmentFlag.AlignCenter), "No row fits the filter.")
            painter.end()

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search."""

    def _set_headers(self) -> None:
        vertical = self.verticalHeader()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(_ROW_HEIGHT)
        vertical.setMinimumWidth(44)
        vertical.setHighlightSections(False)
        vertical.setDefaultAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        horizontal = self.horizontalHeader()
        horizontal.setSortIndicatorClearable(True)
        horizontal.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        horizontal.setHighlightSections(False)
        horizontal.setSectionsMovable(True)
        horizontal.setMinimumSectionSize(48)
        horizontal.setStretchLastSection(True)
        horizontal.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.setSortingEnabled(True)

    def _after_reset(self) -> None:
        if self._columns != self._model.columns:
            self._columns = list(self._model.columns)
            self.horizontalHeader().setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self._fit_columns()
        if self._current and self.choose_row(self._current):
            return
        self._current = 0
        neighbour = self._model.row_at(min(self._position, self._model.rowCount() - 1))
        if neighbour is None:
            self.row_chosen.emit(0)
        else:
            self.choose_row(neighbour.number)

    def _fit_columns(self) -> None:
        """Widths from the headers and the first rows, within bounds by kind."""
        metrics = QFontMetrics(self.font())
        rows = min(self._model.rowCount(), _ROWS_SAMPLED)
        for place, column in enumerate(self._columns):
            least, most = _WIDTHS[column.kind]
            texts = [column.title + "  "]
            if column.kind is ColumnKind.INPUT:
                texts += [str(self._model.data(self._model.index(row, place)) or "") for row in range(rows)]
            width = max(metrics.horizontalAdvance(text) for text in texts) + 26
            self.setColumnWidth(place, min(max(width, least), most))

    def _make_room_to_wait(self) -> None:
        """Widen the status column, once, when a row waits: the time of day needs more room."""
        if not self._roomy and self._model.snapshot.waiting:
            self._roomy = True
            wanted = QFontMetrics(self.font()).horizontalAdvance("◔ Waiting until 00:00:00") + 34
            self.setColumnWidth(0, max(self.columnWidth(0), wanted))

    def _current_changed(self, current: QModelIndex) -> None:
        row = self._model.row_at(current.row())
        if row is not None and row.number != self._current:
            self._current, self._position = row.number, current.row()
            self.row_chosen.emit(row.number)

    def _show_menu(self, place: QPoint) -> None:
        if self.indexAt(place).isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.menu_requested.emit(menu)
            menu.popup(self.viewport().mapToGlobal(place))


class _PlainDelegate(QStyledItemDelegate):
    """Cells without the dotted focus frame: the whole row shows where the focus is."""

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """What the cell looks like."""
        super().initStyleOption(option, index)
        option.state &= ~QStyle.StateFlag.State_HasFocus


class StatusDelegate(_PlainDelegate):
    """The status as a pill: symbol and word on the status's colour."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw the row's background, then the pill."""
        self.initStyleOption(option, index)
        background, colour = index.data(8), index.data(9)
        rect: QRect = option.rect
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, option.palette.highlight())
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        text = str(index.data(0) or "")
        width = min(option.fontMetrics.horizontalAdvance(text) + 20, rect.width() - 8)
        pill = QRectF(rect.left() + 5, rect.top() + 4.5, width, rect.height() - 9)
        if isinstance(background, QColor) and isinstance(colour, QColor):
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(background)
            painter.drawRoundedRect(pill, pill.height() / 2, pill.height() / 2)
            painter.setPen(colour)
        painter.drawText(pill.adjusted(9, 0, -6, 0), int(Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()
