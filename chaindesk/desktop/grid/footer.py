"""Below the table: how many rows are shown and selected, what hides others, and how far a sheet has been read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.translation import tr, tr_count, tr_counted, tr_noop
from chaindesk.formatting import count

_HEIGHT_PX = 30


class GridFooter(QWidget):
    """Tells about the table, in one line of always the same height.

    Signals:
        filter_cleared: the filter of a column is to be taken away; the column's key.
        all_cleared: all filters are to be taken away.
        cancel_requested: the sheet is not to be read on.
    """

    filter_cleared = Signal(str)
    all_cleared = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFixedHeight(_HEIGHT_PX)
        self._shown = self._total = 0
        self.rows = QLabel()
        self.rows.setAccessibleName(tr("Rows shown"))
        self.rows.setProperty("muted", True)
        self.selected = QLabel()
        self.selected.setProperty("muted", True)
        self.chips: dict[str, QPushButton] = {}
        self.clear = QPushButton(tr("Show all"))
        self.clear.setProperty("chip", True)
        self.clear.setToolTip(tr("Take all filters away (Ctrl+Shift+F)"))
        self.clear.clicked.connect(self.all_cleared)
        self.progress = QProgressBar()
        self.progress.setAccessibleName(tr("Reading the sheet"))
        self.progress.setTextVisible(False)
        self.progress.setFixedSize(110, 8)
        self.cancel = QPushButton(tr("Cancel"))
        self.cancel.setProperty("chip", True)
        self.cancel.setToolTip(tr("Stop reading this sheet and close it"))
        self.cancel.clicked.connect(self.cancel_requested)
        self._chip_line = QHBoxLayout()
        self._chip_line.setSpacing(6)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(4, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.progress)
        layout.addWidget(self.rows)
        layout.addWidget(self.cancel)
        layout.addLayout(self._chip_line)
        layout.addWidget(self.clear)
        layout.addStretch(1)
        layout.addWidget(self.selected)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.show_filters({}, filtered=False)
        self.show_progress(None)

    def show_count(self, shown: int, total: int) -> None:
        """Show how many rows there are, and how many of them the filters let through."""
        self._shown, self._total = shown, total
        self._tell()

    def show_selected(self, selected: int) -> None:
        """Show how many rows are selected, where it is more than the current one."""
        told = tr_count(selected, tr_noop("{n} row selected"), tr_noop("{n} rows selected"))
        self.selected.setText(told if selected > 1 else "")

    def show_filters(self, filters: Mapping[str, str], *, filtered: bool) -> None:
        """Show a chip for each filter of a column, by the column's key; ``filtered``: some filter hides rows."""
        for chip in self.chips.values():
            self._chip_line.removeWidget(chip)
            chip.hide()
            chip.deleteLater()
        self.chips = {}
        for key, words in filters.items():
            chip = QPushButton(words.replace("&", "&&"))
            chip.setProperty("chip", True)
            chip.setToolTip(tr("Take this filter away"))
            chip.setAccessibleName(tr("Take the filter away: {filter}").format(filter=words))
            chip.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the cross stands behind the words
            icons.give(chip, "close")
            chip.clicked.connect(partial(self.filter_cleared.emit, key))
            self.chips[key] = chip
            self._chip_line.addWidget(chip)
        self.clear.setVisible(filtered)

    def show_progress(self, share: float | None) -> None:
        """Show how much of the sheet has been read, as a share of 1; None once all has."""
        reading = share is not None
        self.progress.setVisible(reading)
        self.cancel.setVisible(reading)
        if share is not None:
            self.progress.setUpdatesEnabled(False)  # else Qt paints the whole window at once, and not when it has time
            self.progress.setRange(0, 1000 if share else 0)
            self.progress.setValue(round(share * 1000))
            self.progress.setUpdatesEnabled(True)
        self._tell()

    def _tell(self) -> None:
        if not self.progress.isHidden():
            self.rows.setText(tr("Reading: {rows} so far").format(rows=tr_counted(self._total, "row")))
        elif self._shown != self._total:
            self.rows.setText(
                tr("{shown} of {total} shown").format(shown=count(self._shown), total=tr_counted(self._total, "row"))
            )
        else:
            self.rows.setText(tr_count(self._total, tr_noop("{n} row"), tr_noop("{n} rows")) if self._total else "")
