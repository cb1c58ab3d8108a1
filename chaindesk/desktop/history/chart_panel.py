"""The charts of a run, one at a time: which one is chosen by its name, and it can be copied and saved."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from chaindesk.desktop.charts.chart_view import ChartView
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError
from chaindesk.engine.reports.run_charts import Chart

_LOW_PX = 200  # pixels of height below which the chart stands without its words


class ChartPanel(QWidget):
    """Shows the charts of one run.

    Signals:
        saved: a picture was saved; its path.
        failed: it could not be; the ``ChainDeskError``.
    """

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, *, dark: bool = False) -> None:
        super().__init__()
        self._charts: Sequence[Chart] = ()
        self._stem = Path("chart")
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Chart"))
        self.view = ChartView(dark=dark)
        self.copy = QPushButton(tr("Copy"))
        self.copy.setToolTip(tr("Copy the picture (Ctrl+C in the chart)"))
        self.save = QPushButton(tr("Save…"))
        self.save.setToolTip(tr("Save the picture as PNG or SVG"))
        self.caption = QLabel()
        self.caption.setProperty("muted", "true")
        self.caption.setWordWrap(True)
        self.caption.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.caption.setMinimumHeight(2 * self.caption.fontMetrics().lineSpacing())  # a splitter asks for no more lines
        self.caption.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.choice.currentIndexChanged.connect(lambda _: self._show_chosen())
        self.copy.clicked.connect(self.view.copy_picture)
        self.save.clicked.connect(self._ask_target)
        self.view.save_requested.connect(self._ask_target)
        head = QHBoxLayout()
        head.setSpacing(6)
        head.addWidget(self.choice, 1)
        for button in (self.copy, self.save):
            button.setAutoDefault(False)
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(5)
        layout.addLayout(head)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.caption)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low pane the chart has the height."""
        super().resizeEvent(event)
        self.caption.setVisible(self.height() >= _LOW_PX)

    def show_charts(self, charts: Sequence[Chart], stem: Path = Path("chart")) -> None:
        """Show these; the one that is looked at stays. The name of a saved picture begins with ``stem``."""
        self._stem = stem
        chosen = self.choice.currentText()
        self._charts = charts
        self.choice.blockSignals(True)
        self.choice.clear()
        self.choice.addItems([chart.title for chart in charts])
        self.choice.setCurrentIndex(max(self.choice.findText(chosen), 0) if charts else -1)
        self.choice.blockSignals(False)
        for widget in (self.choice, self.copy, self.save):
            widget.setEnabled(bool(charts))
        self._show_chosen()

    def set_dark(self, *, dark: bool) -> None:
        """Use the other colours."""
        self.view.set_dark(dark=dark)

    def _ask_target(self) -> None:
        if self.view.chart is not None:
            name = self.view.chart.title.lower().replace(" ", "-")
            suggested = self._stem.with_name(f"{self._stem.name}-{name}.png")
            dialogs.choose_target(self, tr("Save the picture"), suggested, tr("Pictures (*.png *.svg)"), self._save)

    def _save(self, path: Path) -> None:
        try:
            self.saved.emit(self.view.save_picture(path))
        except ChainDeskError as error:
            self.failed.emit(error)

    def _show_chosen(self) -> None:
        index = self.choice.currentIndex()
        chart = self._charts[index] if 0 <= index < len(self._charts) else None
        self.view.show_chart(chart)
        self.caption.setText("" if chart is None else chart.summary)
