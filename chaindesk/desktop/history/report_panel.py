"""The report of one past run beside the list of all: figures, charts, what to look at, what can be made of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path, PurePath

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
)

from chaindesk.desktop.history.chart_panel import ChartPanel
from chaindesk.desktop.ui.report_words import clauses_text, report_text
from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.engine.reports.run_charts import Chart
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.engine.reports.text import report_lines
from chaindesk.engine.run.progress.snapshot import MIN_SHOWN_SPEED_UP
from chaindesk.formatting import count, duration, figure, money

_FIGURES = (
    tr_noop("Rows"),
    tr_noop("Done"),
    tr_noop("Failed"),
    tr_noop("Time"),
    tr_noop("Speed-up"),
    tr_noop("Calls"),
    tr_noop("Tokens"),
    tr_noop("Cost"),
)
_COLUMNS = 4
_HEAD_LINES = 5  # what the figures above say already


class ReportPanel(QFrame):
    """Shows one report.

    Signals:
        page_requested: show it as a page.
        save_requested: save that page.
        export_requested: save the workbook as it stood then.
        bundle_requested: make a bundle for a bug report.
    """

    page_requested = Signal()
    save_requested = Signal()
    export_requested = Signal()
    bundle_requested = Signal()

    def __init__(self, *, dark: bool = False) -> None:
        super().__init__()
        self.setObjectName("card")
        self.title = QLabel()
        self.title.setProperty("title", "true")
        self.title.setWordWrap(True)
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.rows = QLabel()
        self.rows.setProperty("muted", "true")
        self.rows.setWordWrap(True)
        self.rows.setAccessibleName(tr("What became of the rows"))
        self.figures = {name: QLabel() for name in _FIGURES}
        self.charts = ChartPanel(dark=dark)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setAccessibleName(tr("Steps, failures and slowest rows"))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.WidgetWidth)
        self.text.setTabChangesFocus(True)
        self.text.setMinimumHeight(56)
        self.page = QPushButton(tr("Open &report page"))
        self.page.setProperty("primary", "true")
        self.page.setToolTip(tr("The report with all charts, in your browser"))
        self.save = QPushButton(tr("&Save report…"))
        self.export = QPushButton(tr("&Export workbook…"))
        self.export.setToolTip(tr("The workbook as it stood at the end of this run"))
        self.bundle = QPushButton(tr("&Bug report…"))
        self.bundle.setToolTip(tr("Make a zip for a bug report, without keys, prompts and outputs"))
        self._lay_out()
        self.page.clicked.connect(self.page_requested)
        self.save.clicked.connect(self.save_requested)
        self.export.clicked.connect(self.export_requested)
        self.bundle.clicked.connect(self.bundle_requested)
        self.show_report(None)

    @property
    def buttons(self) -> Sequence[QPushButton]:
        """What can be made of the report."""
        return self.page, self.save, self.export, self.bundle

    def show_report(self, report: RunReport | None, charts: Sequence[Chart] = ()) -> None:
        """Show a report with its charts, or that none is there."""
        for button in self.buttons:
            button.setEnabled(report is not None)
        self.charts.show_charts(charts, Path() if report is None else _picture_stem(report))
        self.charts.setVisible(report is not None)
        if report is None:
            self.title.setText("")
            self.rows.setText("")
            self.text.clear()
            for label in self.figures.values():
                label.setText("")
            return
        run = report.run
        self.title.setText(
            tr("Run {id}: {chain} over {name} ({sheet})").format(
                id=run.id, chain=run.chain, name=PurePath(run.workbook).name, sheet=run.sheet
            )
        )
        self.rows.setText(f"{tr_counted(run.rows, 'row')}: {clauses_text(report.tally.words)}")
        for name, text in zip(_FIGURES, _figure_texts(report), strict=True):
            self.figures[name].setText(text)
            self.figures[name].setToolTip(text)
            self.figures[name].setAccessibleName(f"{tr(name)}: {text}")
        lines = report_lines(report)[_HEAD_LINES:]
        self.text.setPlainText("\n".join(report_text(line.removeprefix("  ")) for line in lines))

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(1)
        for index, (name, label) in enumerate(self.figures.items()):
            head = QLabel(name)
            head.setProperty("muted", "true")
            label.setProperty("title", "true")
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            row, column = divmod(index, _COLUMNS)
            grid.addWidget(head, row * 2, column)
            grid.addWidget(label, row * 2 + 1, column)
            grid.setColumnStretch(column, 1)
        lines = [QHBoxLayout(), QHBoxLayout()]
        for button, line in zip(self.buttons, (lines[0], lines[0], lines[1], lines[1]), strict=True):
            button.setAutoDefault(False)
            line.addWidget(button, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(8)
        layout.addWidget(self.title)
        layout.addWidget(self.rows)
        layout.addLayout(grid)
        layout.addWidget(self.charts, 3)
        layout.addWidget(self.text, 2)
        for line in lines:
            line.setSpacing(8)
            layout.addLayout(line)
        self.setMinimumWidth(360)


def _picture_stem(report: RunReport) -> Path:
    """Return where pictures of the run's charts go: beside its workbook, if that folder is there."""
    workbook = Path(report.run.workbook)
    folder = workbook.parent if workbook.parent.is_dir() else Path.home()
    return folder / f"{workbook.stem}.run-{report.run.id}"


def _figure_texts(report: RunReport) -> Sequence[str]:
    run, speed = report.run, report.speed_up
    tally = report.tally
    return (
        count(run.rows),
        count(tally.done),
        count(tally.failed),
        duration(report.elapsed),
        f"{figure(speed)} ×" if speed is not None and speed >= MIN_SHOWN_SPEED_UP else "–",
        count(report.calls),
        count(report.usage.total),
        tr("unknown") if report.cost is None else money(report.cost),
    )
