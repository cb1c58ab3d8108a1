"""The list of columns to export, each with a tick."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QListWidgetItem, QPushButton, QVBoxLayout, QWidget

from chaindesk.desktop.ui.translation import tr


class ColumnList(QWidget):
    """Columns of the sheet first, then ours.

    Signals:
        changed: other columns are ticked.
    """

    changed = Signal()

    def __init__(self, inputs: Sequence[str], outputs: Sequence[str], left_out: Collection[str]) -> None:
        super().__init__()
        self._inputs = len(inputs)
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Columns"))
        self.list.setMinimumHeight(120)
        for name in (*inputs, *outputs):
            item = QListWidgetItem(name)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsUserCheckable | Qt.ItemFlag.ItemIsSelectable)
            item.setCheckState(Qt.CheckState.Unchecked if name in left_out else Qt.CheckState.Checked)
            self.list.addItem(item)
        if self.list.count():
            self.list.setCurrentRow(0)
        self.all = QPushButton(tr("All"))
        self.all.setToolTip(tr("Tick all columns"))
        self.outputs = QPushButton(tr("Outputs only"))
        self.outputs.setToolTip(tr("Tick the columns that the chain writes, and no others"))
        for button in (self.all, self.outputs):
            button.setProperty("narrow", "true")
            button.setAutoDefault(False)
        self.all.clicked.connect(lambda: self._tick(range(self.list.count())))
        self.outputs.clicked.connect(lambda: self._tick(range(self._inputs, self.list.count())))
        self.list.itemChanged.connect(lambda _: self.changed.emit())
        buttons = QHBoxLayout()
        buttons.addWidget(self.all)
        buttons.addWidget(self.outputs)
        buttons.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.list, 1)
        layout.addLayout(buttons)

    def keep_inputs(self, *, kept: bool) -> None:
        """Show that the sheet's own columns stay whatever is ticked, as in a workbook."""
        self.list.blockSignals(True)
        for row in range(self._inputs):
            item = self.list.item(row)
            flags = item.flags()
            item.setFlags(flags & ~Qt.ItemFlag.ItemIsEnabled if kept else flags | Qt.ItemFlag.ItemIsEnabled)
            item.setToolTip(tr("A workbook keeps its own columns.") if kept else "")
        self.list.blockSignals(False)

    def tick_only(self, names: Collection[str]) -> None:
        """Tick these columns and no others."""
        rows = [row for row in range(self.list.count()) if self.list.item(row).text() in names]
        self._tick(rows)
        if rows:
            self.list.setCurrentRow(rows[0])

    def ticked(self) -> tuple[str, ...]:
        """Return the names of the ticked columns."""
        return self._names(Qt.CheckState.Checked)

    def left_out(self) -> tuple[str, ...]:
        """Return the names of the others."""
        return self._names(Qt.CheckState.Unchecked)

    def _names(self, state: Qt.CheckState) -> tuple[str, ...]:
        items = (self.list.item(row) for row in range(self.list.count()))
        return tuple(item.text() for item in items if item.checkState() is state)

    def _tick(self, rows: Collection[int]) -> None:
        self.list.blockSignals(True)
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(Qt.CheckState.Checked if row in rows else Qt.CheckState.Unchecked)
        self.list.blockSignals(False)
        self.changed.emit()
