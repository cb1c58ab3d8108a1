"""The charts of the run that goes on, or of the last one, in a pane below the table: read anew while it is shown."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError
from chaindesk.engine.reports.run_charts import Chart, run_charts
from chaindesk.engine.reports.run_report import RunReport, priced_report
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.desktop.history.chart_panel import ChartPanel

LIVE_INTERVAL_MS = 2000
"""Milliseconds between two looks at a run that goes on."""
READ_SHARE = 20
"""…, and at least so many times what one look takes."""
_HEIGHTS = (3, 2)  # of the table and the pane
_CHART_HEIGHT_PX = 60  # of the chart itself at least; the table keeps its share of a low window


def read_charts(journal: Journal, run: int) -> tuple[RunReport, tuple[Chart, ...]]:
    """Return the report of a run with its charts; not on the UI thread."""
    report = priced_report(journal, run)
    return report, run_charts(report, tr)


class ChartsPane(QObject):
    """Shows and hides the pane, and keeps it as the run is.

    Attributes:
        panel: the charts, once they were shown.
        tasks: what is being read.
    """

    def __init__(self, window: MainWindow, workspace: Workspace, run_controller: RunController) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self.panel: ChartPanel | None = None
        self.tasks = BackgroundTasks(self._failed)
        self._next = QTimer(self, singleShot=True)
        self._next.timeout.connect(self._read)
        self._reading: asyncio.Task[None] | None = None
        window.actions_.charts.toggled.connect(lambda shown: self._show(shown=shown))
        run_controller.began.connect(self._read)
        run_controller.finished.connect(lambda _: self._read())
        run_controller.run_failed.connect(lambda _: self._read())
        workspace.session_changed.connect(lambda _: self._read())
        window.theme.changed.connect(self._apply_theme)

    def _show(self, *, shown: bool) -> None:
        if shown and self.panel is None:
            self.panel = self._make_panel()
        if self.panel is not None:
            self.panel.setVisible(shown)
        if not shown:
            self._next.stop()
            self._window.focus_work()
        else:
            self._read()

    def _make_panel(self) -> ChartPanel:
        from chaindesk.desktop.history.chart_panel import ChartPanel  # when it is asked for

        panel = ChartPanel(dark=self._window.theme.dark)
        panel.saved.connect(
            lambda path: self._window.message_banner.show_message(Tone.INFO, tr("Saved: {path}").format(path=path))
        )
        panel.failed.connect(self._failed)
        side = self._window.table_side
        side.addWidget(panel)
        panel.view.setMinimumHeight(_CHART_HEIGHT_PX)
        if not self._window.memory.add("charts", side):
            side.setSizes([share * side.height() // sum(_HEIGHTS) for share in _HEIGHTS])
        return panel

    def _read(self) -> None:
        """Read the run that is shown, where somebody looks at it."""
        if self.panel is None or not self._window.actions_.charts.isChecked():
            return
        run = self._window.model.snapshot.run_id
        if not run:
            self.panel.show_charts(())
        else:
            if self._reading is not None:
                self._reading.cancel()
            self._reading = self.tasks.start(self._read_run(self.panel, run))

    async def _read_run(self, panel: ChartPanel, run: int) -> None:
        journal = await self._workspace.journal()
        began = time.monotonic()
        report, charts = await asyncio.to_thread(read_charts, journal, run)
        stem = Path(report.run.workbook).with_suffix("")
        panel.show_charts(charts, stem.with_name(f"{stem.name}.run-{run}"))
        if self._run_controller.phase.in_run:
            self._next.start(max(LIVE_INTERVAL_MS, round((time.monotonic() - began) * 1000 * READ_SHARE)))

    def _apply_theme(self) -> None:
        if self.panel is not None:
            self.panel.set_dark(dark=self._window.theme.dark)

    def _failed(self, error: ChainDeskError) -> None:
        self._window.message_banner.show_message(Tone.ERROR, str(error))
