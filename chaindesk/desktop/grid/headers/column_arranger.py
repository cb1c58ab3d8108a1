"""Arranges the columns of the table as the user left them in this workbook, and keeps what the user changes."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from chaindesk.desktop.grid.headers.column_layout import ColumnLayout
from chaindesk.desktop.grid.view import RowTableView


class ColumnArranger(QObject):
    """Moves, sizes and hides the columns of a table.

    Attributes:
        layout: how they are arranged.

    Signals:
        changed: the user arranged them otherwise.
    """

    changed = Signal()

    def __init__(self, table: RowTableView) -> None:
        super().__init__(table)
        self._table, self._header, self._model = table, table.header, table.rows
        self.layout = ColumnLayout()
        self._header.layout_changed.connect(self._record)
        table.columns_shown.connect(self.apply)

    def show(self, layout: ColumnLayout) -> None:
        """Arrange the columns so."""
        self.layout = layout
        self._table.fit_columns()
        self.apply()

    def apply(self) -> None:
        """Arrange the columns that there are now; the status always stays."""
        keys = [column.key for column in self._model.columns]
        header = self._header
        for visual, key in enumerate(self.layout.ordered(keys)):
            header.moveSection(header.visualIndex(keys.index(key)), visual)
        header.keep_frozen_first()
        for place, key in enumerate(keys):
            if (width := self.layout.widths.get(key)) is not None:
                header.resizeSection(place, width)
            header.setSectionHidden(place, place > 0 and key in self.layout.hidden)

    def hide(self, key: str) -> None:
        """Hide a column."""
        self._set(ColumnLayout(self.layout.order, self.layout.widths, self.layout.hidden | {key}))

    def show_columns(self, keys: list[str]) -> None:
        """Show hidden columns again."""
        self._set(ColumnLayout(self.layout.order, self.layout.widths, self.layout.hidden - frozenset(keys)))

    def fit(self, place: int) -> None:
        """Make a column as wide as the texts that are in sight."""
        self._table.resizeColumnToContents(place)
        self._record()

    def move(self, place: int, by: int) -> None:
        """Move a column, by its logical place, to the left or to the right."""
        header = self._header
        target = header.visualIndex(place) + by
        if 0 <= target < header.count() and not self._model.columns[place].frozen:
            header.moveSection(header.visualIndex(place), target)
            self._record()

    def reset(self) -> None:
        """Give all columns their usual places and widths, and show them."""
        self._set(ColumnLayout())

    def hidden(self) -> list[tuple[str, str]]:
        """Return key and title of each column that is there and not shown."""
        hidden = self.layout.hidden
        return [(column.key, column.title) for column in self._model.columns[1:] if column.key in hidden]

    def _set(self, layout: ColumnLayout) -> None:
        self.show(layout)
        self.changed.emit()

    def _record(self) -> None:
        """Keep what the header shows now; what is stored of columns that are not there stays."""
        header, columns = self._header, self._model.columns
        shown = [columns[header.logicalIndex(visual)].key for visual in range(header.count())]
        usual = self._table.usual_widths()
        last = header.logicalIndex(header.count() - 1)  # which takes the room that is left
        sizes = {
            column.key: header.sectionSize(place)
            for place, column in enumerate(columns)
            if place != last and not header.isSectionHidden(place) and header.sectionSize(place) != usual[place]
        }
        away = {
            key: width for key, width in self.layout.widths.items() if key not in shown or key in self.layout.hidden
        }
        absent = [key for key in self.layout.order if key not in shown]
        self.layout = ColumnLayout((*shown, *absent), {**away, **sizes}, self.layout.hidden)
        self.changed.emit()
