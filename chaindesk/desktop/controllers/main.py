"""Makes the window's controllers, shows each new session, and enables the actions that are possible."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from chaindesk.desktop.controllers.batch_jobs import BatchJobsController
from chaindesk.desktop.controllers.chains.chain_changes import ChainChangesController
from chaindesk.desktop.controllers.chains.comparison import ComparisonController
from chaindesk.desktop.controllers.chains.gallery import GalleryController
from chaindesk.desktop.controllers.chains.trial import TrialController
from chaindesk.desktop.controllers.closing import ClosingController
from chaindesk.desktop.controllers.exporting import ExportController
from chaindesk.desktop.controllers.help import HelpController
from chaindesk.desktop.controllers.history.charts_pane import ChartsPane
from chaindesk.desktop.controllers.history.requests import HistoryController
from chaindesk.desktop.controllers.opening import OpeningController
from chaindesk.desktop.controllers.output_search import OutputSearchController
from chaindesk.desktop.controllers.preferences import PreferencesController
from chaindesk.desktop.controllers.quality.quality import QualityController
from chaindesk.desktop.controllers.reading import ReadingController
from chaindesk.desktop.controllers.reviewing.approval import ApprovalController
from chaindesk.desktop.controllers.reviewing.rerunning import RerunController
from chaindesk.desktop.controllers.reviewing.review import ReviewController
from chaindesk.desktop.controllers.reviewing.review_queue import ReviewQueueController
from chaindesk.desktop.controllers.reviewing.undo_steps import UndoSteps
from chaindesk.desktop.controllers.running import RunningController
from chaindesk.desktop.controllers.table import TableController
from chaindesk.desktop.controllers.workbook_changes import WorkbookChangesController
from chaindesk.desktop.grid.previews import Previews
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner_actions import BannerAction
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.run_controls.attention import RunAttention
from chaindesk.desktop.run_controls.failure_list import FailureAction
from chaindesk.desktop.session.interrupted_run import InterruptedRunFinder
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RunPhase, RunRequest
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import icons
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.events import Event, RunNoticed, RunPaused, RunResumed, RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunResult
from chaindesk.engine.run.progress.failure_groups import FailureGroup
from chaindesk.engine.run.progress.snapshot import Snapshot

_BUSY = {RunPhase.PLANNING: tr_noop("Working out what to run…"), RunPhase.STOPPING: tr_noop("Stopping…")}
_REFILTER_INTERVAL_MS = 1000  # between two looks at a status filter while a run goes on


class MainController(QObject):
    """Ties the window to the workspace and the run controller; each task has a controller of its own.

    Attributes:
        queue, review, quality, approval, opening, closing, history, preferences, table, running, exporting, trial:
            controllers.
        batch_jobs: follows batch jobs while no run does.
        charts: shows the charts of the run below the table.
        help: shows the palette, lists of keys and statuses, and what the program is.
        workbook_changes: offers what others have done to the workbook.
        interrupted_runs: finds runs that a crash cut off.
        notifier: writes what happened into the banners.
    """

    def __init__(self, window: MainWindow, workspace: Workspace, run_controller: RunController) -> None:
        super().__init__(window)
        self.window, self.workspace, self.run_controller = window, workspace, run_controller
        self._busy = ""
        self.notifier = Notifier(window.run_banner, window.message_banner, self._perform, window.budget)
        steps = UndoSteps(window)
        self.queue = ReviewQueueController(window, run_controller)
        self.review = ReviewController(window, workspace, run_controller, steps, self.queue.queue)
        self.quality = QualityController(window, workspace, run_controller, self.queue)
        self.approval = ApprovalController(window, run_controller, steps, self.queue)
        self.rerunning = RerunController(window, workspace, run_controller, steps, self.queue.queue)
        self.opening = OpeningController(window, workspace, run_controller)
        self.closing = ClosingController(window, run_controller, self.opening)
        self.interrupted_runs = InterruptedRunFinder(workspace, run_controller, self)
        self.history = HistoryController(window, workspace, run_controller)
        self.charts = ChartsPane(window, workspace, run_controller)
        self.preferences = PreferencesController(window)
        self.table = TableController(window)
        self.output_search = OutputSearchController(window, workspace)
        self.reading = ReadingController(window, workspace)
        self.help = HelpController(window)
        self.running = RunningController(window, workspace, run_controller, self.notifier)
        self.exporting = ExportController(window, workspace, run_controller, self.notifier)
        self.workbook_changes = WorkbookChangesController(window, workspace, run_controller, self.notifier)
        self.chain_changes = ChainChangesController(window, workspace, run_controller, self.notifier)
        self.running.read_chain_first = self.chain_changes.read_first
        self.gallery = GalleryController(window, workspace, self.opening, self.notifier)
        self.batch_jobs = BatchJobsController(window, workspace, run_controller, self.notifier)
        self.trial = TrialController(window, workspace, run_controller)
        self.comparison = ComparisonController(window, workspace, run_controller, self.opening.models)
        self._banner_actions = self._list_banner_actions()
        self.attention = RunAttention(window, lambda: window.model.snapshot, window.actions_.notify.isChecked)
        self._refilter = QTimer(self, interval=_REFILTER_INTERVAL_MS, singleShot=True)
        self._refilter.timeout.connect(window.model.refilter)
        self._connect()
        self._show_phase()

    def _connect(self) -> None:
        window, workspace, run_controller, notifier = self.window, self.workspace, self.run_controller, self.notifier
        self.opening.opened.connect(self._opened)
        self.opening.failed.connect(notifier.failed)
        self.opening.editor_opened.connect(self.trial.attach)
        self.opening.editor_opened.connect(lambda editor: editor.saved.connect(self.chain_changes.read))
        self.comparison.run_requested.connect(self.running.plan)
        self.trial.keys_requested.connect(self.opening.open_keys)
        self.preferences.failed.connect(notifier.failed)
        self.table.failed.connect(notifier.failed)
        self.help.failed.connect(notifier.failed)
        self.interrupted_runs.offered.connect(notifier.interrupted)
        self.rerunning.run_requested.connect(self.running.plan)
        workspace.journal_repaired.connect(notifier.journal_repaired)
        workspace.noticed.connect(notifier.found)
        workspace.open_elsewhere.connect(notifier.elsewhere)
        workspace.chain_opened.connect(window.run_banner.clear)
        workspace.session_changed.connect(self._session_changed)
        workspace.chain_problem_changed.connect(self._show_phase)
        workspace.busy_changed.connect(lambda _: self._show_phase())
        run_controller.bridge.events.connect(window.model.fold)
        run_controller.bridge.events.connect(self._notify_events)
        run_controller.phase_changed.connect(self._show_phase)
        run_controller.finished.connect(self._finished)
        run_controller.failed.connect(notifier.failed)
        window.model.folded.connect(self._folded)
        window.progress_strip.failures.action_requested.connect(self._act_on_failures)

    def _perform(self, action: BannerAction, argument: object) -> None:
        self._banner_actions[action](argument)

    def _list_banner_actions(self) -> dict[BannerAction, Callable[[Any], object]]:
        running, opening, controller = self.running, self.opening, self.run_controller
        return {
            BannerAction.RUN: lambda _: running.plan(RunRequest()),
            BannerAction.START: lambda _: running.start(),
            BannerAction.PLAN_WITH_APPROVED: lambda _: running.plan_with_approved(),
            BannerAction.START_FRESH: lambda _: running.start_fresh(),
            BannerAction.CONTINUE_INTERRUPTED: running.continue_interrupted,
            BannerAction.DISMISS_INTERRUPTED: lambda found: self.interrupted_runs.forget(found.run),
            BannerAction.RESUME: lambda _: controller.resume(),
            BannerAction.RESUME_WITH_BUDGET: lambda _: running.resume_with_budget(),
            BannerAction.TRY_NOW: lambda _: controller.try_now(),
            BannerAction.STOP: lambda _: controller.stop(),
            BannerAction.STOP_AND_EDIT: lambda _: self._stop_and_edit(),
            BannerAction.RETRY_FAILED: lambda _: running.retry_failed(),
            BannerAction.RUN_AGAIN: lambda _: running.run_again(),
            BannerAction.SHOW_FAILED: lambda _: self.window.progress_strip.show_only(Status.FAILED),
            BannerAction.COLLECT_JOBS: lambda _: self.batch_jobs.collect(),
            BannerAction.CANCEL_JOBS: lambda _: self.batch_jobs.cancel(),
            BannerAction.EXPORT: lambda _: self.exporting.export(),
            BannerAction.OPEN_KEYS: lambda provider: opening.open_keys(provider or ""),
            BannerAction.REPAIR_JOURNAL: lambda _: self.workspace.repair_journal(),
            BannerAction.EDIT_CHAIN: opening.edit_chain,
            BannerAction.NEW_CHAIN: lambda _: opening.new_chain.begin(),
            BannerAction.OPEN_CHAIN: lambda _: opening.choose_chain(),
            BannerAction.USE_CHAIN: self.workspace.open_chain,
            BannerAction.SHOW_GALLERY: self.gallery.show,
            BannerAction.CHOOSE_WORKBOOK: lambda _: self.window.actions_.open.trigger(),
            BannerAction.CHOOSE_SHEET: lambda _: self.window.source.choose_sheet(),
            BannerAction.CHANGE_TEXT_READING: lambda _: opening.show_text_reading(),
            BannerAction.TAKE_IN_CHANGES: lambda _: self.workbook_changes.take_in(),
            BannerAction.OPEN_WORKBOOK: opening.open_workbook,
            BannerAction.OPEN_FILE: _open_file,
            BannerAction.OPEN_FOLDER: _open_folder,
        }

    def _stop_and_edit(self) -> None:
        self.run_controller.stop()
        self.opening.edit_chain()

    def _opened(self, manifest: Manifest) -> None:
        self.notifier.opened(manifest, chain_missing=self.workspace.chain is None)

    def _session_changed(self, states: Mapping[int, RowState]) -> None:
        session, window = self.workspace.session, self.window
        chain = self.workspace.chain.without_disabled() if self.workspace.chain is not None else None
        snapshot = Snapshot(states)
        if chain is not None:
            snapshot.steps = chain.step_names
        previews = Previews(chain, session.outputs if session is not None else None)
        window.model.show_rows(self.workspace.manifest, snapshot, previews)
        window.progress_strip.watch(snapshot, window.model.total)
        window.progress_strip.show_search_scope(outputs=bool(previews.columns))
        if session is not None:
            window.run_banner.clear()
            if window.table.current_row() is None and window.model.rowCount():
                window.table.step_row(0)
            window.table.setFocus()
            done = snapshot.counts[Status.DONE]
            if not self.interrupted_runs.look() and 0 < done < window.model.total:
                self.notifier.resumable(done, window.model.total)
        self.review.show_current()
        self._show_phase()

    # --- a run goes on -----------------------------------------------------------------------------------------

    def _notify_events(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case RunPaused():
                    self.notifier.pauses.paused(event)
                case RunNoticed():
                    self.notifier.noticed(event.message)
                case RunResumed():
                    self.notifier.pauses.resumed(event)
                case RunStarted():
                    self.notifier.started()
                    self.window.progress_strip.refresh()  # else the last run's figures stand until the next second

    def _act_on_failures(self, action: FailureAction, group: FailureGroup) -> None:
        match action:
            case FailureAction.SHOW:
                self.window.progress_strip.show_failed(group.kind)
            case FailureAction.RETRY:
                self.running.plan(RunRequest(RowSelection.of_numbers(group.rows)))
            case FailureAction.OPEN_KEYS:
                self.opening.open_keys("")
            case FailureAction.EDIT_CHAIN:
                self.opening.edit_chain()

    def _folded(self, changed: list[int]) -> None:
        self.review.rows_changed(changed)
        if self.window.model.filtered and not self._refilter.isActive():
            self._refilter.start()

    def _finished(self, result: RunResult) -> None:
        self.window.model.refilter()
        self.window.progress_strip.refresh()
        self.review.show_current()
        self.notifier.finished(result)
        self.attention.ended(self.window.run_banner.text)

    # --- what can be done --------------------------------------------------------------------------------------

    def _show_phase(self) -> None:
        phase, a, window = self.run_controller.phase, self.window.actions_, self.window
        focused = window.focusWidget()
        busy = tr(_BUSY.get(phase, ""))
        if busy != self._busy:
            self._busy = busy
            window.show_busy(busy)
        ready = self.workspace.session is not None
        missing = self.workspace.what_is_missing
        in_run = "" if phase is RunPhase.IDLE else tr("A run is going on.")
        for action in (a.run, a.try_first, a.run_selected, a.fresh):
            a.enable(action, missing or in_run)
        a.run.setEnabled(a.run.isEnabled() or (not ready and self.workspace.is_opening))  # pressed now, it says to wait
        failed = window.model.snapshot.counts[Status.FAILED] > 0
        a.enable(a.retry, missing or in_run or ("" if failed else tr("No row has failed.")))
        a.pause.setEnabled(phase in (RunPhase.RUNNING, RunPhase.PAUSED))
        icons.give(a.pause, "run" if phase is RunPhase.PAUSED else "pause")
        a.pause.setText(tr("&Go on") if phase is RunPhase.PAUSED else tr("&Pause"))
        a.pause.setIconText(tr("Go on") if phase is RunPhase.PAUSED else tr("Pause"))
        a.stop.setEnabled(phase in (RunPhase.RUNNING, RunPhase.PAUSED))
        for action in (a.export, a.export_as):
            a.enable(action, "" if ready else missing)
        for action in (a.open, a.reload, a.open_chain):
            a.enable(action, in_run if phase.in_run else "")
        window.source.sheet.setEnabled(not phase.in_run)
        window.source.chain.setEnabled(not phase.in_run)
        window.rows.setEnabled(not phase.in_run)
        window.progress_strip.set_running(running=phase.in_run)
        self.attention.set_running(running=phase.in_run)
        self.review.show_actions()
        if focused is not None and not focused.isEnabled():
            window.focus_work()


def _open_file(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
