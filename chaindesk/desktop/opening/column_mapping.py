"""Which header of the sheet stands for each column that a chain needs: proposed, and to be changed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QWidget

from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain_fit import ChainFit, NeededColumn


class ColumnMapping(QWidget):
    """A line for each column of a chain: its name, and the header that stands for it.

    Signals:
        changed: another header was chosen.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._boxes: dict[str, tuple[NeededColumn, QComboBox]] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setColumnStretch(2, 1)

    def show_fit(self, fit: ChainFit | None, headers: Sequence[str]) -> None:
        """Show the columns of a chain; without a sheet, None, there is nothing to choose."""
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self._boxes.clear()
        for place, column in enumerate(fit.needed if fit is not None else ()):
            box = QComboBox()
            box.setAccessibleName(tr("Column of the sheet for {name}").format(name=column.name))
            box.addItem(tr("(do without it)") if column.optional else tr("(none: choose one)"), None)
            for header in headers:
                box.addItem(header, header)
            chosen = fit.mapping[column.name] if fit is not None else None
            box.setCurrentIndex(headers.index(chosen) + 1 if chosen in headers else 0)
            box.currentIndexChanged.connect(lambda _: self.changed.emit())
            label = QLabel(f"{{{{{column.name}}}}}")
            label.setToolTip(tr("Used in {steps}").format(steps=", ".join(column.used_in)))
            label.setBuddy(box)
            self._grid.addWidget(label, place, 0)
            self._grid.addWidget(QLabel("←"), place, 1)
            self._grid.addWidget(box, place, 2)
            self._boxes[column.name] = column, box

    @property
    def mapping(self) -> dict[str, str | None]:
        """The header that stands for each column, None where there is none."""
        return {name: box.currentData() for name, (_, box) in self._boxes.items()}

    @property
    def missing(self) -> tuple[str, ...]:
        """The columns that cannot be done without and have no header yet."""
        boxes = self._boxes.items()
        return tuple(name for name, (column, box) in boxes if not column.optional and box.currentData() is None)
