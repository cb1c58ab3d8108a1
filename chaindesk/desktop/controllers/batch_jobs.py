"""Follows the batch jobs of the open workbook while no run does: tells of them, collects what they bring, ends them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from PySide6.QtCore import QObject, QTimer

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.notifications.texts import finish_live_text
from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.status import Status
from chaindesk.engine.jobs import CollectReport, JobControl, JobView, list_jobs
from chaindesk.engine.session import Session

_COLLECT_INTERVAL_MS = 120_000  # milliseconds between two looks at the jobs


class BatchJobsController(QObject):
    """Ties the jobs in the journal to the banner and to the table.

    Attributes:
        tasks: what is going on.
    """

    def __init__(
        self, window: MainWindow, workspace: Workspace, run_controller: RunController, notifier: Notifier
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self._notifier = notifier
        self._busy = self._are_out = False
        self.tasks = BackgroundTasks(notifier.failed)
        self._timer = QTimer(self, interval=_COLLECT_INTERVAL_MS)
        self._timer.timeout.connect(self.collect)
        workspace.session_changed.connect(lambda _: self.look())
        run_controller.finished.connect(lambda _: self.look())
        run_controller.phase_changed.connect(self._show_actions)
        window.model.folded.connect(lambda _: self._show_actions())
        a = window.actions_
        a.collect_jobs.triggered.connect(self.collect)
        a.cancel_jobs.triggered.connect(self.cancel)
        a.finish_live.triggered.connect(self._ask_to_finish_live)
        self._show_actions()

    def look(self) -> None:
        """Tell of the jobs that are out for the open workbook, and go on collecting while there are some."""
        self._start(self._look)

    def collect(self) -> None:
        """Ask the providers how the jobs stand, and store what they have brought. It costs nothing."""
        self._start(self._collect)

    def cancel(self) -> None:
        """End the jobs: what they have answered is still collected."""
        if self._run_controller.phase.in_run:
            self._run_controller.end_jobs(live=False)
        else:
            self._start(self._cancel)

    def _ask_to_finish_live(self) -> None:
        dialogs.ask(
            self._window,
            tr("Finish without batch jobs"),
            finish_live_text(self._window.model.snapshot),
            tr("Ask at once"),
            tr("Keep the jobs"),
            lambda: self._run_controller.end_jobs(live=True),
        )

    def _show_actions(self) -> None:
        a, in_run = self._window.actions_, self._run_controller.phase.in_run
        are_out = self._window.model.snapshot.counts[Status.SUBMITTED] > 0 if in_run else self._are_out
        none = "" if are_out else tr("No batch job is out.")
        a.enable(a.collect_jobs, tr("A run is going on: it collects what its jobs bring.") if in_run else none)
        a.enable(a.cancel_jobs, none)
        a.enable(a.finish_live, none if in_run else tr("Run first: what is out in batch jobs belongs to a run."))

    def _start(self, work: Callable[[Session], Awaitable[None]]) -> None:
        session = self._workspace.session
        if session is None:
            self._timer.stop()
            self._are_out = False
            self._show_actions()
        elif self._run_controller.phase is RunPhase.IDLE and not self._busy:
            self.tasks.start(self._guarded(session, work))

    async def _guarded(self, session: Session, work: Callable[[Session], Awaitable[None]]) -> None:
        self._busy = True
        try:
            await work(session)
        finally:
            self._busy = False

    async def _look(self, session: Session, report: CollectReport | None = None) -> None:
        views = await self._views(session)
        if session is not self._workspace.session:
            return
        self._are_out = bool(views)
        self._show_actions()
        if views:
            self._timer.start()
            self._notifier.jobs_out([view.job for view in views], list((report or CollectReport()).problems.values()))
            return
        self._timer.stop()
        if report is not None and report.ended:
            counts = self._window.model.snapshot.counts
            left = self._window.model.total - counts[Status.DONE] - counts[Status.SKIPPED]
            self._notifier.jobs_over(report.answers, left)

    async def _collect(self, session: Session) -> None:
        views = await self._views(session)
        report = await self._control(session).collect(views)
        if report.answers or report.ended:
            if session is self._workspace.session:
                self._window.model.snapshot.add_collected(report.answers, report.cost)
            self._run_controller.check_for_external_changes()
            await self._run_controller.writer.written()
        await self._look(session, report)

    async def _cancel(self, session: Session) -> None:
        await self._control(session).cancel(await self._views(session))
        await self._collect(session)

    async def _views(self, session: Session) -> list[JobView]:
        return await asyncio.to_thread(list_jobs, session.journal, workbook_id=session.workbook_id)

    @staticmethod
    def _control(session: Session) -> JobControl:
        return JobControl(session.journal, session.keys, session.addresses, session.batch_settings)
