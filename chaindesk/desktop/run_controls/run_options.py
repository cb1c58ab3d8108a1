"""The options of a run: which rows, and how many of them at once."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QSpinBox, QWidget

from chaindesk.desktop.ui.layout.spin_boxes import inset
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chains.chain import MAX_CONCURRENCY
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection

TRY_FIRST = 3
_MAX_ROWS = 1_048_576  # a sheet's limit
_VISIBLE_ROWS_INDEX = 4  # the place of a choice that is there only while rows are hidden


class RowsChooser(QWidget):
    """All rows, the selected ones, the failed ones, the first few, or those that the sheet does not hide."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = QComboBox()
        self.box.setAccessibleName(tr("Rows to run"))
        self.box.setToolTip(tr("Which rows Run takes"))
        self.box.addItems([tr("All rows"), tr("Selected rows"), tr("Failed rows"), tr("First rows")])
        self._visible: tuple[int, ...] = ()
        self.first = inset(QSpinBox())
        self.first.setAccessibleName(tr("How many of the first rows"))
        self.first.setRange(1, _MAX_ROWS)
        self.first.setValue(TRY_FIRST)
        self.first.setFixedWidth(80)
        self.first.hide()
        self.box.currentIndexChanged.connect(lambda place: self.first.setVisible(place == 3))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self.box)
        layout.addWidget(self.first)

    def show_manifest(self, manifest: Manifest) -> None:
        """Offer to leave hidden rows out, where the sheet has any."""
        self._visible = tuple(row.number for row in manifest.rows if not row.hidden)
        hides, offered = len(self._visible) < len(manifest.rows), self.box.count() > _VISIBLE_ROWS_INDEX
        if hides and not offered:
            self.box.addItem(tr("Visible rows"))
        elif offered and not hides:
            if self.box.currentIndex() == _VISIBLE_ROWS_INDEX:
                self.box.setCurrentIndex(0)
            self.box.removeItem(_VISIBLE_ROWS_INDEX)

    def choice(self, selected: Sequence[int]) -> RowSelection | None:
        """Return the chosen rows; None where "Selected rows" is chosen and none is selected."""
        match self.box.currentIndex():
            case 1:
                return RowSelection.of_numbers(selected) if selected else None
            case 2:
                return RowSelection(failed_only=True)
            case 3:
                return RowSelection(first=self.first.value())
            case 4:
                return RowSelection.of_numbers(self._visible)
            case _:
                return RowSelection()


class ConcurrencyBox(QWidget):
    """How many rows run at once; may be changed during a run.

    Signals:
        changed: the user wants so many rows at once.
    """

    changed = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spin = inset(QSpinBox())
        self.spin.setRange(1, MAX_CONCURRENCY)
        self.spin.setAccessibleName(tr("Rows at once"))
        self.spin.setToolTip(tr("How many rows run at once; may be turned while a run goes on"))
        self.spin.setFixedWidth(76)
        self.spin.setKeyboardTracking(False)
        self.spin.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.spin.valueChanged.connect(self.changed)
        label = QLabel(tr("At once"))
        label.setBuddy(self.spin)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label)
        layout.addWidget(self.spin)

    def value(self) -> int:
        """Rows at once."""
        return self.spin.value()

    def show_value(self, rows: int) -> None:
        """Show a number that the user did not choose just now."""
        self.spin.blockSignals(True)
        self.spin.setValue(rows)
        self.spin.blockSignals(False)
