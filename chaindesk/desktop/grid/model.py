"""The rows of the manifest as a Qt model: status, review, the user's columns and the outputs' beginnings.

Everything here is called tens of thousands of times a second while a table scrolls or a run goes on, hence the plain
integers for roles and the texts that are cut before Qt sees them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QColor

from chaindesk.desktop.grid.columns import ColumnKind, TableColumn, columns_of, ranges
from chaindesk.desktop.grid.previews import Previews, one_line
from chaindesk.desktop.grid.sort_filter import RowOrder, SortKey, status_key, text_key
from chaindesk.desktop.ui import status_palette
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.status_text import marks_text, status_text
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.domain.events import Event, RowFinished, RunStarted, StepFinished
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.run.snapshot import Snapshot

Index = QModelIndex | QPersistentModelIndex
_DISPLAY, _TOOLTIP, _ALIGN, _BACKGROUND, _TEXT_COLOUR, _ACCESSIBLE = 0, 3, 7, 8, 9, 11
STATUS_ROLE = 256
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_MAX_ROWS_WITH_OUTPUTS = 5000  # rows whose outputs are fetched for a sort or a search: a quarter of a second
_PENDING = RowState()


class RowTableModel(QAbstractTableModel):
    """Rows of a manifest with how they stand.

    Attributes:
        columns: what it shows, left to right.
        snapshot: how the rows stand.
        order: which rows are shown.

    Signals:
        folded: events were folded in; the list of sheet rows that they changed.
        order_changed: other rows are shown, or in another order.
    """

    folded = Signal(list)
    order_changed = Signal()

    def __init__(self, parent: QObject | None = None, *, dark: bool = False) -> None:
        super().__init__(parent)
        self.columns: list[TableColumn] = []
        self.snapshot = Snapshot()
        self.order = RowOrder()
        self._rows: Sequence[Row] = ()
        self._previews = Previews()
        self._positions: dict[int, int] = {}
        self._palette = StatusPalette(dark=dark)
        self._sorting: tuple[int, bool] = (-1, False)

    # --- what it shows -----------------------------------------------------------------------------------------

    def show_rows(self, manifest: Manifest | None, snapshot: Snapshot, previews: Previews) -> None:
        """Show another manifest, or the same one with another chain."""
        self.beginResetModel()
        kept = self.order.filter if manifest is not None and self._rows is manifest.rows else RowFilter()
        self._rows = manifest.rows if manifest is not None else ()
        self.columns = columns_of(manifest, previews)
        self.snapshot, self._previews = snapshot, previews
        self.order = RowOrder(self._rows)
        self.order.filter = kept
        self._sorting = (-1, False)
        self._apply_order()
        self._place_rows()
        self.endResetModel()
        self.order_changed.emit()

    def set_dark(self, *, dark: bool) -> None:
        """Take the status colours of the other theme."""
        self._palette = StatusPalette(dark=dark)
        self._emit_data_changed(range(len(self.order.visible)))

    def set_filter(self, wanted: RowFilter) -> None:
        """Show just the rows that ``wanted`` lets through."""
        if wanted != self.order.filter:
            self.order.filter = wanted
            self.refilter()

    def refilter(self) -> None:
        """Filter again, because rows have changed since."""
        before = self.order.visible
        self._apply_order()
        if before == self.order.visible:
            self.order_changed.emit()
            return
        self.beginResetModel()
        self._place_rows()
        self.endResetModel()
        self.order_changed.emit()

    def fold(self, events: Iterable[Event]) -> None:
        """Fold events into the snapshot, all of them before the view is notified."""
        changed: set[int] = set()
        for event in events:
            changed.update(self.snapshot.fold(event))
            match event:
                case StepFinished() | RowFinished():
                    self._previews.forget(event.row)
                case RunStarted():
                    self._previews.forget_all()
        self.notify_rows_changed(changed)
        self.folded.emit(sorted(changed))

    def notify_rows_changed(self, numbers: Iterable[int]) -> None:
        """Notify the view that these sheet rows look different."""
        positions = self._positions
        self._emit_data_changed(sorted(positions[number] for number in numbers if number in positions))

    def forget_outputs(self, numbers: Iterable[int]) -> None:
        """The outputs of these sheet rows were edited or run again."""
        numbers = list(numbers)
        for number in numbers:
            self._previews.forget(number)
        self.notify_rows_changed(numbers)

    def whole_texts(self, row: Row, columns: Iterable[int]) -> list[str]:
        """Return what these columns have for a row, uncut."""
        outputs = self._previews.whole(row)
        texts: list[str] = []
        for column in (self.columns[place] for place in columns):
            match column.kind:
                case ColumnKind.INPUT:
                    texts.append(row.values[column.step])
                case ColumnKind.OUTPUT:
                    texts.append(outputs[column.place])
                case _:
                    texts.append(self._text(row, column))
        return texts

    def row_at(self, position: int) -> Row | None:
        """Return the row at a position of the table."""
        visible = self.order.visible
        return self._rows[visible[position]] if 0 <= position < len(visible) else None

    def position_of(self, number: int) -> int | None:
        """Return the position of a sheet row, or None while it is filtered out."""
        return self._positions.get(number)

    def state_of(self, number: int) -> RowState:
        """Return the state of a sheet row."""
        return self.snapshot.rows.get(number, _PENDING)

    @property
    def total(self) -> int:
        """How many rows there are, the hidden ones included."""
        return len(self._rows)

    @property
    def searches_outputs(self) -> bool:
        """Return whether a search looks at the outputs, too: not in very long sheets."""
        return bool(self._previews.columns) and len(self._rows) <= _MAX_ROWS_WITH_OUTPUTS

    # --- Qt's side ---------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        """Shown rows."""
        return 0 if parent.isValid() else len(self.order.visible)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = _DISPLAY) -> object:
        """What a cell shows under ``role``."""
        if role not in _ROLES or not index.isValid():
            return None
        row = self._rows[self.order.visible[index.row()]]
        column = self.columns[index.column()]
        if role in (_DISPLAY, _ACCESSIBLE):
            return self._text(row, column)
        if role == _ALIGN:
            return _LEFT
        if role == _TOOLTIP:
            return self._tip(row, column)
        if column.kind is ColumnKind.STATUS:
            return self._status_look(row, role)
        if role == _TEXT_COLOUR and column.kind is ColumnKind.OUTPUT and self._failed_here(row, column):
            return self._palette.text[Status.FAILED]
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = _DISPLAY) -> object:
        """Column titles, and the sheet's own row numbers."""
        if orientation == Qt.Orientation.Horizontal:
            if not 0 <= section < len(self.columns):
                return None
            if role == _DISPLAY:
                return self.columns[section].title
            return _LEFT if role == _ALIGN else None
        if role == _DISPLAY and 0 <= section < len(self.order.visible):
            return str(self._rows[self.order.visible[section]].number)
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Order the rows by a column; -1 gives the sheet's own order."""
        wanted = (column, order == Qt.SortOrder.DescendingOrder)
        if wanted == self._sorting:
            return
        self._sorting = wanted
        self.layoutAboutToBeChanged.emit()
        kept = self.persistentIndexList()
        rows = [self.order.visible[index.row()] for index in kept]
        self.order.sort(self._sort_key(column), descending=wanted[1])
        self._apply_order()
        self._place_rows()
        position = {place: shown for shown, place in enumerate(self.order.visible)}
        moved = [
            self.index(position[place], index.column()) if place in position else QModelIndex()
            for index, place in zip(kept, rows, strict=True)
        ]
        self.changePersistentIndexList(kept, moved)
        self.layoutChanged.emit()
        self.order_changed.emit()

    # --- cells -------------------------------------------------------------------------------------------------

    def _text(self, row: Row, column: TableColumn) -> str:
        match column.kind:
            case ColumnKind.INPUT:
                return one_line(row.values[column.step])
            case ColumnKind.OUTPUT:
                text = self._previews.of(row)[column.place]
                if not text and self._failed_here(row, column):
                    failure = self.state_of(row.number).failure
                    return one_line(f"✕ {failure.message}") if failure else ""
                return text
            case ColumnKind.REVIEW:
                return status_palette.review_label(self.state_of(row.number).review)
            case _:
                return status_text(self.state_of(row.number), len(self.snapshot.steps))

    def _status_look(self, row: Row, role: int) -> Status | QColor | None:
        status = self.state_of(row.number).status
        if role == STATUS_ROLE:
            return status
        return self._palette.background[status] if role == _BACKGROUND else self._palette.text[status]

    def _tip(self, row: Row, column: TableColumn) -> str | None:
        failure = self.state_of(row.number).failure
        if failure is not None and column.kind in (ColumnKind.STATUS, ColumnKind.OUTPUT):
            return html_text(f"{failure.step}: {failure.message} ({failure.kind.value}, {failure.attempts} calls)")
        if column.kind is ColumnKind.STATUS:
            return marks_text(self.state_of(row.number)) or None
        return None

    def _failed_here(self, row: Row, column: TableColumn) -> bool:
        state = self.state_of(row.number)
        return state.status is Status.FAILED and state.failure is not None and state.failure.step == column.step

    def _sort_key(self, column: int) -> _Key | None:
        if not 0 <= column < len(self.columns):
            return None
        shown = self.columns[column]
        if shown.kind is ColumnKind.OUTPUT and len(self._rows) > _MAX_ROWS_WITH_OUTPUTS:
            return None
        return _Key(self, shown)

    def _apply_order(self) -> None:
        self.order.apply(self.snapshot.rows, self._previews.whole_text if self.searches_outputs else None)

    def _place_rows(self) -> None:
        rows = self._rows
        self._positions = {rows[place].number: position for position, place in enumerate(self.order.visible)}

    def _emit_data_changed(self, positions: Sequence[int]) -> None:
        last = len(self.columns) - 1
        if last < 0:
            return
        for first, end in ranges(positions):
            self.dataChanged.emit(self.index(first, 0), self.index(end, last))


class _Key:
    """Gives the sort key of a row for one column."""

    def __init__(self, model: RowTableModel, column: TableColumn) -> None:
        self._model, self._column = model, column

    def __call__(self, row: Row) -> SortKey:
        if self._column.kind is ColumnKind.STATUS:
            return status_key(self._model.state_of(row.number))
        return text_key(self._model._text(row, self._column))


_ROLES = frozenset({_DISPLAY, _TOOLTIP, _ALIGN, _BACKGROUND, _TEXT_COLOUR, _ACCESSIBLE, STATUS_ROLE})
