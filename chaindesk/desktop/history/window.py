"""The history of runs: a list, the report of the one that is chosen, and how long runs are kept.

It only shows and emits signals; the history controller acts on them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.history.difference_dialog import DifferenceButton
from chaindesk.desktop.history.report_panel import ReportPanel
from chaindesk.desktop.history.run_list import RUN_ROLE, RunList
from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.desktop.ui.window_memory import WindowMemory
from chaindesk.domain.records import RunRecord
from chaindesk.engine.reports.run_charts import Chart
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.formatting import size
from chaindesk.journal.protocol import RunTotals

_KEEP = {
    None: tr_noop("all runs"),
    30: tr_noop("30 days"),
    90: tr_noop("90 days"),
    180: tr_noop("180 days"),
    365: tr_noop("a year"),
}


class HistoryWindow(QDialog):
    """Past runs.

    Attributes:
        report: the report of the chosen run, with its buttons.

    Signals:
        chosen: another run is chosen; its number.
        keep_chosen: how many days runs are kept, or None for all.
        clean_requested: old runs are to be cleaned up.
        difference_requested: what differs between two runs; their numbers, the earlier one first.
    """

    chosen = Signal(int)
    keep_chosen = Signal(object)
    clean_requested = Signal()
    difference_requested = Signal(int, int)

    def __init__(self, parent: QWidget | None = None, *, dark: bool = False) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("History"))
        self.setWindowFlag(Qt.WindowType.WindowMaximizeButtonHint)
        self._runs: Sequence[RunRecord] = ()
        self._workbook = 0
        self.search = QLineEdit()
        self.search.setPlaceholderText(tr("Filter by workbook, chain or state"))
        self.search.setAccessibleName(tr("Filter the runs"))
        self.search.setClearButtonEnabled(True)
        self.only_this = QCheckBox(tr("&This workbook only"))
        self.list = RunList()
        self.report = ReportPanel(dark=dark)
        self.size_label = QLabel()
        self.size_label.setAccessibleName(tr("Size of the journal"))
        self.keep = QComboBox()
        self.keep.setAccessibleName(tr("How long runs are kept"))
        self.clean = QPushButton(tr("Clean &up…"))
        self.difference = DifferenceButton(self.list, RUN_ROLE, self._workbook_of)
        self.message = QLabel()
        self.message.setWordWrap(True)
        self.message.setTextFormat(Qt.TextFormat.PlainText)
        self.message.setAccessibleName(tr("What happened"))
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._empty = QLabel(
            tr("There is no run yet.\n\nEvery run is kept here with its figures, from its beginning on.")
        )
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setProperty("muted", "true")
        self._lay_out()
        self._connect()

    def show_runs(
        self,
        runs: Sequence[RunRecord],
        totals: Mapping[int, RunTotals],
        journal_bytes: int,
        *,
        workbook: int = 0,
        going_on: int = 0,
    ) -> None:
        """Show what the journal has, the newest first.

        Args:
            runs: all runs.
            totals: their figures.
            journal_bytes: what the journal takes on the disk.
            workbook: the journal's number of the workbook that is open, or 0.
            going_on: the run that is going on, or 0.
        """
        self._runs, self._workbook = runs, workbook
        self.list.take_runs(runs, totals, going_on)
        self.only_this.setEnabled(bool(workbook))
        if not workbook:
            self.only_this.setChecked(False)
        answers = sum(one.answers for one in totals.values())
        self.size_label.setText(
            tr("The journal has {answers}, {journal_bytes}").format(
                answers=tr_counted(answers, "answer"), journal_bytes=size(journal_bytes)
            )
        )
        begins = bool(runs) and self.pages.currentIndex() == 0
        self.pages.setCurrentIndex(1 if runs else 0)
        self._fill()
        if begins:
            self.list.setFocus()

    def show_report(self, report: RunReport | None, charts: Sequence[Chart] = ()) -> None:
        """Show the report of the chosen run with its charts."""
        self.report.show_report(report, charts)

    def show_totals(self, run: int, totals: RunTotals) -> None:
        """Show the figures of one run in the list, which goes on."""
        self.list.show_totals(run, totals)

    def choose(self, run: int) -> None:
        """Choose a run of the list, where it is in it."""
        self.list.choose(run)

    def chosen_run(self) -> int:
        """The number of the run that is chosen, 0 where none is."""
        return self.list.chosen_run()

    def show_keep(self, days: int | None) -> None:
        """Show how long runs are kept."""
        if days not in (self.keep.itemData(index) for index in range(self.keep.count())):
            self.keep.addItem(tr("{days} days").format(days=days), days)
        self.keep.blockSignals(True)
        self.keep.setCurrentIndex(self.keep.findData(days) if days is not None else 0)
        self.keep.blockSignals(False)
        self.clean.setEnabled(days is not None)
        self.clean.setToolTip(tr("It asks first") if days is not None else tr("Choose first how long runs are kept"))

    def show_message(self, text: str) -> None:
        """Show what happened, or what is being done."""
        self.message.setText(text)

    def set_dark(self, *, dark: bool) -> None:
        """Use the other colours."""
        self.report.charts.set_dark(dark=dark)

    def _fill(self) -> None:
        workbook = self._workbook if self.only_this.isChecked() else 0
        if not self.list.show_runs(self.search.text().casefold().split(), workbook):
            self.chosen.emit(0)

    def _workbook_of(self, number: int) -> int:
        return next(run.workbook_id for run in self._runs if run.id == number)

    def _current_changed(self) -> None:
        self.chosen.emit(self.chosen_run())

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._fill())
        self.only_this.toggled.connect(lambda _: self._fill())
        self.list.currentItemChanged.connect(lambda *_: self._current_changed())
        self.keep.currentIndexChanged.connect(lambda index: self.keep_chosen.emit(self.keep.itemData(index)))
        self.clean.clicked.connect(self.clean_requested)
        self.difference.requested.connect(self.difference_requested)
        QShortcut(QKeySequence.StandardKey.Find, self, self.search.setFocus)

    def _lay_out(self) -> None:
        for days, text in _KEEP.items():
            self.keep.addItem(tr(text), days)
        filters = QHBoxLayout()
        filters.addWidget(self.search, 1)
        filters.addWidget(self.only_this)
        left = QWidget()
        beside = QVBoxLayout(left)
        beside.setContentsMargins(0, 0, 0, 0)
        beside.addLayout(filters)
        beside.addWidget(self.list, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.addWidget(left)
        splitter.addWidget(self.report)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(9)
        splitter.setSizes([560, 560])
        left.setMinimumWidth(300)
        self.pages = QStackedWidget()
        self.pages.addWidget(self._empty)
        self.pages.addWidget(splitter)
        label = QLabel(tr("&Keep"))
        label.setBuddy(self.keep)
        close = QPushButton(tr("Close"))
        close.clicked.connect(self.close)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        for widget in (self.size_label, label, self.keep, self.clean, self.difference):
            foot.addWidget(widget)
        foot.insertSpacing(1, 14)
        foot.addStretch(1)
        foot.addWidget(close)
        for button in (self.clean, self.difference, close):
            button.setAutoDefault(False)
        layout = QVBoxLayout(self)
        layout.setSpacing(10)
        layout.addWidget(self.pages, 1)
        layout.addWidget(self.message)
        layout.addLayout(foot)
        self.resize(1160, 660)
        self.setMinimumSize(760, 520)
        self._memory = WindowMemory(self, "history", {"splitter": splitter})
        self._memory.restore()
