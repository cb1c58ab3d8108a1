"""The rows of the manifest as a Qt model: which are shown and in which order, and what changes them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QModelIndex, QObject, Qt, Signal

from chaindesk.desktop.grid.cell_model import CellModel
from chaindesk.desktop.grid.cells import Cells, RowQuality
from chaindesk.desktop.grid.column_filter import ColumnFilter
from chaindesk.desktop.grid.columns import columns_of, ranges
from chaindesk.desktop.grid.previews import Previews
from chaindesk.desktop.grid.sort_filter import RowOrder, SortKey
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.domain.events import Event, RowFinished, RunStarted, StepFinished
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.engine.run.progress.snapshot import Snapshot

SHEET_ORDER, BY_DOUBT, BY_AUDIT = -1, -2, -3
"""Orders of the rows that are no column's."""
_UNSORTED = (SHEET_ORDER, False)


class RowTableModel(CellModel):
    """Rows of a manifest with how they stand.

    Signals:
        folded: events were folded in; the list of sheet rows that they changed.
        order_changed: other rows are shown, or in another order.
        outputs_wanted: words are searched for in more outputs than can be read here: see ``show_found``.
    """

    folded = Signal(list)
    order_changed = Signal()
    outputs_wanted = Signal(object)

    def __init__(self, parent: QObject | None = None, *, dark: bool = False) -> None:
        super().__init__(parent, dark=dark)
        self._manifest: Manifest | None = None
        self._sorting = _UNSORTED
        self._found: dict[str, Collection[int]] = {}

    # --- what it shows -----------------------------------------------------------------------------------------

    def show_rows(
        self, manifest: Manifest | None, snapshot: Snapshot, previews: Previews, *, reading: bool = False
    ) -> None:
        """Show another manifest, or the same one with another chain.

        Filters stay where it is the same sheet, read once; the order does where the columns are the same, too.
        ``reading``: these are the first rows of a sheet, and ``append_rows`` shows more of them.
        """
        self.beginResetModel()
        before, columns = self._manifest, self.columns
        same = manifest is not None and before is not None and (self._rows is manifest.rows or self.reading)
        same = same and manifest is not None and before is not None and manifest.path == before.path
        self._manifest, self.reading = manifest, reading
        self.columns = columns_of(manifest, previews)
        rows = manifest.rows if manifest is not None else ()
        self._rows = list(rows) if reading else rows
        self.cells = Cells(snapshot, previews, self.cells.lines)
        kept = self.order.filter if same else RowFilter()
        self.order = RowOrder(self._rows)
        self.order.filter = kept
        self._found = {}
        keys = {column.key for column in self.columns}
        self.column_filters = {key: one for key, one in self.column_filters.items() if same and key in keys}
        self._sorting = self._sorting if same and columns == self.columns else _UNSORTED
        if self._sorting != _UNSORTED:
            self.order.sort(self._sort_key(self._sorting[0]), descending=self._sorting[1])
        self._apply_order()
        self._place_rows()
        self.endResetModel()
        self.order_changed.emit()

    def append_rows(self, rows: Sequence[Row]) -> None:
        """Show more rows of the sheet that is being read, below those that are there."""
        if not isinstance(self._rows, list):
            return
        self._rows += rows
        added = self.order.grow()
        if self.filtered or self._sorting != _UNSORTED:
            self.refilter()  # sorted again when all are there
        elif added:
            first = len(self.order.visible)
            self.beginInsertRows(QModelIndex(), first, first + len(added) - 1)
            self.order.visible += added
            self._positions.update((self._rows[place].number, place) for place in added)
            self.endInsertRows()
            self.order_changed.emit()

    def set_dark(self, *, dark: bool) -> None:
        """Take the colours of the other theme."""
        self.use_colours(dark=dark)
        self._emit_data_changed(range(len(self.order.visible)))

    def set_lines(self, lines: int) -> None:
        """Give the beginnings of texts that fill so many lines of a cell."""
        quality = self.cells.quality
        self.cells = Cells(self.cells.snapshot, self.cells.previews, lines)
        self.cells.quality = quality
        self._emit_data_changed(range(len(self.order.visible)))

    def show_quality(self, quality: RowQuality) -> None:
        """Show what the rows' answers are worth by now, in the order that this gives them."""
        self.cells.quality = quality
        column, descending = self._sorting
        ordered = column in {BY_DOUBT, BY_AUDIT}
        if ordered:
            self.order.sort(self._sort_key(column), descending=descending)
        if ordered or self.order.filter.doubtful or self.order.filter.audited:
            self.refilter()  # rows may leave the table by it, as none does where it is only sorted
        self._emit_data_changed(range(len(self.order.visible)))

    def set_filter(self, wanted: RowFilter) -> None:
        """Show just the rows that ``wanted`` lets through."""
        if wanted != self.order.filter:
            self.order.filter = wanted
            self._found = {}
            self.refilter()
            if wanted.words and self.cells.previews.columns and not self.searches_outputs:
                self.outputs_wanted.emit(tuple(wanted.words))

    def show_found(self, found: Mapping[str, Collection[int]]) -> None:
        """Show the rows, too, in whose outputs the words of the search were found: sheet rows by word."""
        self._found = dict(found)
        self.refilter()

    def set_column_filter(self, key: str, wanted: ColumnFilter) -> None:
        """Show just the rows whose cell in a column passes; a filter that hides nothing takes the last one away."""
        before = dict(self.column_filters)
        self.column_filters.pop(key, None)
        if wanted.active:
            self.column_filters[key] = wanted
        if before != self.column_filters:
            self.refilter()

    def clear_column_filters(self) -> None:
        """Take the filters of all columns away."""
        if self.column_filters:
            self.column_filters = {}
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
                    self.cells.previews.forget(event.row)
                case RunStarted():
                    self.cells.previews.forget_all()
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
            self.cells.previews.forget(number)
        self.notify_rows_changed(numbers)

    @property
    def sheet(self) -> tuple[Path, str] | None:
        """The workbook and the name of the sheet that is shown."""
        return (self._manifest.path, self._manifest.sheet) if self._manifest is not None else None

    # --- order -------------------------------------------------------------------------------------------------

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

    def _sort_key(self, column: int) -> Callable[[Row], SortKey] | None:
        scores, places = self.cells.quality.scores, self.cells.quality.places
        if column == BY_DOUBT:
            return lambda row: (0, scores.get(row.number, 0.0), "")
        if column == BY_AUDIT:
            return lambda row: (0, places.get(row.number, len(places)), "")
        if not 0 <= column < len(self.columns):
            return None
        shown = self.columns[column]
        return self.cells.sort_key(shown) if self.can_search(shown) else None

    def _apply_order(self) -> None:
        outputs = self.cells.search_text if self.order.filter.words and self.searches_outputs else None
        by_key = {column.key: column for column in self.columns}
        checks = [self.cells.check(by_key[key], wanted) for key, wanted in self.column_filters.items()]
        wanted, quality = self.order.filter, self.cells.quality
        if wanted.doubtful:
            checks.append(lambda row: row.number in quality.tips)
        if wanted.audited:
            checks.append(lambda row: row.number in quality.places)
        self.order.apply(self.snapshot.rows, outputs, checks, self._found)

    def _place_rows(self) -> None:
        rows = self._rows
        self._positions = {rows[place].number: position for position, place in enumerate(self.order.visible)}

    def _emit_data_changed(self, positions: Sequence[int]) -> None:
        last = len(self.columns) - 1
        if last < 0:
            return
        for first, end in ranges(positions):
            self.dataChanged.emit(self.index(first, 0), self.index(end, last))
