"""What is selected in the table of rows: always with the row that is shown, since both are acted on by one key."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QItemSelectionModel, QModelIndex, QPersistentModelIndex
from PySide6.QtGui import QKeyEvent, QMouseEvent

from chaindesk.desktop.grid.frozen_table import FrozenTableView


class RowSelectingTable(FrozenTableView):
    """Keeps the current row among the selected ones."""

    def selectionCommand(
        self, index: QModelIndex | QPersistentModelIndex, event: QEvent | None = None
    ) -> QItemSelectionModel.SelectionFlag:
        """Select where the keys go, with Ctrl too: what is done to the selection is done to the row that is shown."""
        flags = super().selectionCommand(index, event)
        if flags is QItemSelectionModel.SelectionFlag.NoUpdate and isinstance(event, QKeyEvent):
            return QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        return flags

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show a row that is selected where the one that was shown has been taken out of the selection."""
        super().mouseReleaseEvent(event)
        positions, current = self.selected_positions(), self.currentIndex()
        if positions and current.row() not in positions:
            nearest = min(positions, key=lambda position: abs(position - current.row()))
            index = self.rows.index(nearest, max(current.column(), 0))
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)

    def selected_positions(self) -> list[int]:
        """Return the places of the selected rows as they are shown, top to bottom."""
        selection = self.selectionModel().selection()
        chosen = (selection.at(place) for place in range(selection.count()))
        return sorted({position for one in chosen for position in range(one.top(), one.bottom() + 1)})

    def selected_count(self) -> int:
        """Return how many rows are selected."""
        selection = self.selectionModel().selection()
        return sum(selection.at(place).height() for place in range(selection.count()))
