"""The table of rows: fixed heights, frozen columns, a pill for the status, and keys to step through rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QMenu, QWidget

from chaindesk.desktop.grid.clipboard import to_mime
from chaindesk.desktop.grid.columns import TableColumn, ranges
from chaindesk.desktop.grid.model import RowTableModel
from chaindesk.desktop.grid.peek import CellPeek
from chaindesk.desktop.grid.row_selection import RowSelectingTable
from chaindesk.desktop.grid.widths import WaitingWidth, usual_widths
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Row

_ROW_PADDING_PX = 13


class RowTableView(RowSelectingTable):
    """Shows the rows of a manifest.

    Attributes:
        peek: shows a whole cell.

    Signals:
        row_chosen: the sheet row that is current from now on, or 0 for none.
        activated_row: the user wants to read or edit the current row.
        selection_changed: how many rows are selected from now on.
        menu_requested: the ``QMenu`` of the selected rows is about to be shown: whoever has an action for them adds it.
        columns_shown: it has other columns, in their usual places and widths.
    """

    row_chosen = Signal(int)
    activated_row = Signal()
    selection_changed = Signal(int)
    menu_requested = Signal(object)
    columns_shown = Signal()

    def __init__(self, model: RowTableModel, parent: QWidget | None = None) -> None:
        super().__init__(model, parent)
        self._model = model
        self._current = 0
        self._position = self._scrolled = 0
        self._columns: list[TableColumn] = []
        self._sheet: tuple[Path, str] | None = None
        self._waiting = WaitingWidth()
        self.setAccessibleName(tr("Rows"))
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setAlternatingRowColors(True)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setCornerButtonEnabled(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.setSortingEnabled(True)
        self.set_lines(1)
        self.peek = CellPeek(self)
        self.peek.closed.connect(self.setFocus)
        self._connect()

    def _connect(self) -> None:
        model = self._model
        self.customContextMenuRequested.connect(self._show_menu)
        self.doubleClicked.connect(lambda _: self.activated_row.emit())
        self.verticalScrollBar().valueChanged.connect(lambda _: self._follow())
        model.modelAboutToBeReset.connect(self._before_reset)
        model.modelReset.connect(self._after_reset)
        model.folded.connect(self._make_room_to_wait)
        model.order_changed.connect(self._show_hits)
        self.selectionModel().currentRowChanged.connect(self._current_changed)
        self.selectionModel().currentChanged.connect(lambda *_: self._follow())
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit(self.selected_count()))

    # --- the selection -----------------------------------------------------------------------------------------

    def selected_numbers(self) -> list[int]:
        """Return the sheet numbers of the selected rows in the order of the sheet."""
        rows = (self._model.row_at(position) for position in self.selected_positions())
        return sorted(row.number for row in rows if row is not None)

    def selected_rows(self) -> list[Row]:
        """Return the selected rows as they are shown, top to bottom; the current one where none is selected."""
        positions = self.selected_positions() or [self.currentIndex().row()]
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
        places = (self.header.logicalIndex(visual) for visual in range(self.header.count()))
        shown = [place for place in places if not self.header.isSectionHidden(place)]
        rows = self.selected_rows()
        QGuiApplication.clipboard().setMimeData(to_mime(self._model.whole_texts(row, shown) for row in rows))
        return len(rows)

    # --- the current row ---------------------------------------------------------------------------------------

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

    def toggle_peek(self) -> None:
        """Show the whole text of the current cell, or hide it."""
        if self.peek.isVisible():
            self.peek.close_peek()
        else:
            self._peek_at_current()

    def _peek_at_current(self) -> None:
        index = self.currentIndex()
        row = self._model.row_at(index.row())
        if row is None or not index.isValid():
            self.peek.close_peek()
            return
        title = tr("{column}, row {number}").format(column=self._model.columns[index.column()].title, number=row.number)
        place = self.visualRect(index).translated(self.viewport().pos())
        self.peek.show_text(title, self._model.whole_texts(row, [index.column()])[0], place)

    def _follow(self) -> None:
        if self.peek.isVisible():
            self._peek_at_current()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """J and K walk down and up, Enter opens the row, Space shows the whole cell; the rest is the table's own."""
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        match event.key() if plain else None:
            case Qt.Key.Key_J:
                self.step_row(1)
            case Qt.Key.Key_K:
                self.step_row(-1)
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self.activated_row.emit()
            case Qt.Key.Key_Space:
                self.toggle_peek()
            case Qt.Key.Key_Escape if self.peek.isVisible():
                self.peek.close_peek()
            case Qt.Key.Key_PageDown | Qt.Key.Key_PageUp if self.peek.isVisible():
                self.peek.scroll_pages(1 if event.key() == Qt.Key.Key_PageDown else -1)
            case _:
                super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:
        """Letters are commands here, not a search."""

    # --- looks -------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the rows, or why there are none."""
        super().paintEvent(event)
        if self._model.columns and not self._model.rowCount():
            painter = QPainter(self.viewport())
            painter.setPen(self.palette().placeholderText().color())
            flags = int(Qt.AlignmentFlag.AlignCenter) | int(Qt.TextFlag.TextWordWrap)
            painter.drawText(self.viewport().rect().adjusted(20, 0, -20, 0), flags, self._why_empty())
            painter.end()

    def _why_empty(self) -> str:
        if self._model.total:
            return tr("No row fits the filter.\nCtrl+Shift+F shows all rows.")
        if self._model.reading:
            return tr("Reading the rows…")
        return tr(
            "This sheet has headers and no rows yet.\n"
            "Write rows below them, and read the workbook again (Ctrl+Shift+O)."
        )

    def set_lines(self, lines: int) -> None:
        """Give each row room for so many lines of text."""
        self._model.set_lines(lines)
        self.setWordWrap(lines > 1)
        height = lines * QFontMetrics(self.font()).lineSpacing() + _ROW_PADDING_PX
        current = self.currentIndex()
        self.verticalHeader().setDefaultSectionSize(height)
        self.updateGeometries()  # else the scroll bar ends where it did
        if current.isValid():
            self.scrollTo(current)

    def _show_hits(self) -> None:
        """Mark the hits of the search."""
        self.cell_painter.words = self._model.order.filter.words
        self.viewport().update()

    def _before_reset(self) -> None:
        self._scrolled = self.verticalScrollBar().value()

    def _after_reset(self) -> None:
        self.peek.close_peek()
        if (self._columns, self._sheet) != (self._model.columns, self._model.sheet):
            self._columns, self._sheet = list(self._model.columns), self._model.sheet
            self.header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
            self.fit_columns()
            self.columns_shown.emit()
        stays = self._model.position_of(self._current) == self._position
        if self._current and self.choose_row(self._current):
            if stays:  # the rows above it are the same: whoever has scrolled away from it goes on reading there
                self.verticalScrollBar().setValue(self._scrolled)
            return
        self._current = 0
        neighbour = self._model.row_at(min(self._position, self._model.rowCount() - 1))
        if neighbour is None:
            self.row_chosen.emit(0)
        else:
            self.choose_row(neighbour.number)

    def fit_columns(self) -> None:
        """Give the columns their usual widths."""
        for place, width in enumerate(self.usual_widths()):
            self.setColumnWidth(place, width)

    def usual_widths(self) -> list[int]:
        """Return the width of each column by its header and the first rows."""
        return usual_widths(self._model, QFontMetrics(self.font()))

    def _make_room_to_wait(self, changed: Sequence[int]) -> None:
        """Widen the status column where a row waits whose reason has no room in it."""
        if self._model.snapshot.waiting:
            wanted = self._waiting.needed(map(self._model.state_of, changed), QFontMetrics(self.font()))
            if wanted > self.columnWidth(0):
                self.setColumnWidth(0, wanted)

    def _current_changed(self, current: QModelIndex) -> None:
        row = self._model.row_at(current.row())
        if row is None:
            return
        self._position = current.row()
        if row.number != self._current:
            self._current = row.number
            self.row_chosen.emit(row.number)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the whole cell's text beside its cell."""
        super().resizeEvent(event)
        self._follow()

    def _show_menu(self, place: QPoint) -> None:
        if self.indexAt(place).isValid():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            self.menu_requested.emit(menu)
            menu.popup(self.viewport().mapToGlobal(place))
