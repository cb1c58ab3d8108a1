"""The table's cells as Qt asks for them: texts, colours, tips.

Everything here is called tens of thousands of times a second while a table scrolls or a run goes on, hence the plain
integers for roles and the texts that are cut before Qt sees them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from chaindesk.desktop.grid.cells import Cells
from chaindesk.desktop.grid.column_filter import ColumnFilter
from chaindesk.desktop.grid.columns import ColumnKind, TableColumn
from chaindesk.desktop.grid.previews import Previews
from chaindesk.desktop.grid.sort_filter import RowOrder
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.snapshot import Snapshot

Index = QModelIndex | QPersistentModelIndex
_DISPLAY, _TOOLTIP, _ALIGN, _BACKGROUND, _TEXT_COLOUR, _ACCESSIBLE = 0, 3, 7, 8, 9, 11
STATUS_ROLE, WHOLE_ROLE = 256, 257
_LEFT = int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
_OUTPUT_TINTS = {False: QColor(33, 96, 216, 16), True: QColor(76, 139, 245, 30)}  # by darkness
_MAX_ROWS_WITH_OUTPUTS = 5000  # rows whose outputs are fetched for a sort or a search: a quarter of a second
_PENDING = RowState()


class CellModel(QAbstractTableModel):
    """What there is to be seen of the rows that are shown.

    Attributes:
        columns: what it shows, left to right.
        cells: gives their texts.
        order: which rows are shown.
        column_filters: what the cells of single columns must hold, by the columns' keys.
        reading: whether the sheet is still being read: more rows may come.
    """

    def __init__(self, parent: QObject | None = None, *, dark: bool = False) -> None:
        super().__init__(parent)
        self.columns: list[TableColumn] = []
        self.cells = Cells(Snapshot(), Previews())
        self.order = RowOrder()
        self.column_filters: dict[str, ColumnFilter] = {}
        self.reading = False
        self._rows: Sequence[Row] = ()
        self._positions: dict[int, int] = {}
        self.use_colours(dark=dark)

    def use_colours(self, *, dark: bool) -> None:
        """Take the colours of a theme."""
        self._palette, self._tint = StatusPalette(dark=dark), _OUTPUT_TINTS[dark]

    # --- what it is asked --------------------------------------------------------------------------------------

    def whole_texts(self, row: Row, columns: Iterable[int]) -> list[str]:
        """Return what these columns have for a row, uncut."""
        return [self.cells.whole(row, self.columns[place]) for place in columns]

    def frequent_values(self, column: TableColumn, most: int) -> tuple[list[tuple[str, int]], int]:
        """Return the values that most cells of a column have, each with its cells; and how many values there are."""
        counted = Counter(self.cells.filter_value(row, column) for row in self._rows)
        return counted.most_common(most), len(counted)

    def can_search(self, column: TableColumn) -> bool:
        """Return whether a column can be sorted and filtered: outputs only while few rows have them."""
        return column.kind is not ColumnKind.OUTPUT or self.searches_outputs

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
    def snapshot(self) -> Snapshot:
        """How the rows stand."""
        return self.cells.snapshot

    @property
    def total(self) -> int:
        """How many rows there are, the hidden ones included."""
        return len(self._rows)

    @property
    def last_number(self) -> int:
        """The sheet number of the last row, the hidden ones included."""
        return self._rows[-1].number if self._rows else 0

    @property
    def filtered(self) -> bool:
        """Return whether a filter hides rows."""
        return self.order.filter.active or bool(self.column_filters)

    @property
    def searches_outputs(self) -> bool:
        """Return whether a search looks at the outputs, too: not where very many rows have some."""
        if not self.cells.previews.columns:
            return False
        return len(self._rows) <= _MAX_ROWS_WITH_OUTPUTS or self.cells.rows_with_outputs() <= _MAX_ROWS_WITH_OUTPUTS

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
            return self.cells.shown(row, column)
        if role == _ALIGN:
            return _LEFT
        if role == _TOOLTIP:
            return self.cells.tip(row, column)
        if role == WHOLE_ROLE:
            return self.cells.whole(row, column)
        if role == STATUS_ROLE:
            return self.state_of(row.number).status if column.kind is ColumnKind.STATUS else None
        return self.look(row, column)[role != _BACKGROUND]

    def look(self, row: Row, column: TableColumn) -> tuple[QColor | None, QColor | None]:
        """Return the colours of a cell, where it has some of its own: behind the text, and of the text."""
        if column.kind is ColumnKind.STATUS:
            status = self.state_of(row.number).status
            return self._palette.background[status], self._palette.text[status]
        if column.kind is not ColumnKind.OUTPUT:
            return None, None
        return self._tint, self._palette.text[Status.FAILED] if self.cells.failed_here(row, column) else None

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


_ROLES = frozenset({_DISPLAY, _TOOLTIP, _ALIGN, _BACKGROUND, _TEXT_COLOUR, _ACCESSIBLE, STATUS_ROLE, WHOLE_ROLE})
