"""Ties the window's parts to the workspace and the run controller: who is told when something happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from chaindesk.desktop.controllers.closing import ClosingController
from chaindesk.desktop.controllers.history import HistoryController
from chaindesk.desktop.controllers.opening import OpeningController
from chaindesk.desktop.controllers.preferences import PreferencesController
from chaindesk.desktop.controllers.review import ReviewController
from chaindesk.desktop.grid.previews import Previews
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner_actions import BannerActions
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.session.interrupted_run import InterruptedRun, InterruptedRunFinder
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RunPhase, RunRequest
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs, icons
from chaindesk.domain.errors import ChainDeskError, UsageError
from chaindesk.domain.events import Event, RunNoticed, RunPaused, RunResumed, RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.run.options import RunResult
from chaindesk.engine.run.snapshot import Snapshot
from chaindesk.formatting import money

_BUSY = {RunPhase.PLANNING: "Working out what to run…", RunPhase.STOPPING: "Stopping…"}
_REFILTER = 1000  # milliseconds between two looks at a status filter while a run goes on


class MainController(QObject):
    """Runs the window."""

    def __init__(self, window: MainWindow, workspace: Workspace, run_controller: RunController) -> None:
        super().__init__(window)
        self.window, self.workspace, self.run_controller = window, workspace, run_controller
        self.review = ReviewController(window, workspace, run_controller)
        self._request = RunRequest()
        self._capped = False
        self._busy = ""
        self.opening = OpeningController(window, workspace, run_controller)
        self.closing = ClosingController(window, run_controller, self.opening)
        self.interrupted_runs = InterruptedRunFinder(workspace, run_controller, self)
        self.history = HistoryController(window, workspace, run_controller)
        self.preferences = PreferencesController(window)
        self.notifier = Notifier(window.run_banner, window.message_banner, self._actions(), window.budget)
        self._refilter = QTimer(self, interval=_REFILTER, singleShot=True)
        self._refilter.timeout.connect(window.model.refilter)
        self.opening.opened.connect(self._opened)
        self.opening.failed.connect(self.notifier.failed)
        workspace.journal_repaired.connect(self.notifier.journal_repaired)
        workspace.noticed.connect(self.notifier.found)
        self.preferences.failed.connect(self.notifier.failed)
        workspace.chain_opened.connect(window.run_banner.clear)
        workspace.session_changed.connect(self._session_changed)
        workspace.open_elsewhere.connect(self.notifier.elsewhere)
        self.interrupted_runs.offered.connect(self.notifier.cut_off)
        self._connect_running()
        self._show_phase()

    def _actions(self) -> BannerActions:
        window, run_controller, opening = self.window, self.run_controller, self.opening
        return BannerActions(
            run=lambda: self._plan(RunRequest()),
            start=self._start,
            start_fresh=lambda: self._plan(RunRequest(self._request.choice, fresh=True)),
            go_on=self._go_on,
            not_now=lambda found: self.interrupted_runs.forget(found.run),
            resume=run_controller.resume,
            resume_with_budget=self._resume_with_budget,
            try_now=run_controller.try_now,
            stop=run_controller.stop,
            stop_and_edit=self._stop_and_edit,
            retry=self._retry,
            run_again=lambda: self._plan(replace(self._request, fresh=False)),
            show_failed=lambda: window.progress_strip.show_only(Status.FAILED),
            export=self._export,
            keys=opening.open_keys,
            repair_journal=opening.workspace.repair_journal,
            edit_chain=opening.edit_chain,
            open_chain=opening.choose_chain,
            open_folder=_open_folder,
        )

    def _opened(self, manifest: Manifest) -> None:
        self.notifier.opened(manifest, chain_missing=self.workspace.chain is None)

    def _session_changed(self, states: Mapping[int, RowState]) -> None:
        session, chain, window = self.workspace.session, self.workspace.chain, self.window
        snapshot = Snapshot(states)
        if chain is not None:
            snapshot.steps = chain.step_names
        previews = Previews(chain, session.outputs if session is not None else None)
        window.model.show_rows(self.workspace.manifest, snapshot, previews)
        window.progress_strip.watch(snapshot, window.model.total)
        window.progress_strip.show_search_scope(outputs=window.model.searches_outputs)
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

    # --- running -----------------------------------------------------------------------------------------------

    def _connect_running(self) -> None:
        window, a, run_controller = self.window, self.window.actions_, self.run_controller
        a.run.triggered.connect(self._run_chosen)
        a.try_first.triggered.connect(lambda: self._plan(RunRequest(RowSelection(first=3))))
        a.run_selected.triggered.connect(self._run_selected)
        a.fresh.triggered.connect(lambda: self._plan(RunRequest(fresh=True)))
        a.retry.triggered.connect(self._retry)
        a.pause.triggered.connect(self._pause_or_resume)
        a.stop.triggered.connect(run_controller.stop)
        a.export.triggered.connect(self._export)
        a.export_as.triggered.connect(self._export_as)
        window.panel.rerun_requested.connect(self._rerun_current)
        self.review.run_requested.connect(self._plan)
        window.at_once.changed.connect(run_controller.set_concurrency)
        run_controller.bridge.events.connect(window.model.fold)
        run_controller.bridge.events.connect(self._narrate)
        run_controller.phase_changed.connect(self._show_phase)
        run_controller.planned.connect(self._planned)
        run_controller.keys_missing.connect(self.notifier.keys_missing)
        run_controller.finished.connect(self._finished)
        run_controller.exporting.connect(lambda: window.show_busy("Exporting…"))
        run_controller.exported.connect(lambda _: window.show_busy(""))
        run_controller.exported.connect(self.notifier.exported)
        run_controller.failed.connect(lambda _: window.show_busy(""))
        run_controller.failed.connect(self.notifier.failed)
        window.model.folded.connect(self._folded)
        run_controller.run_failed.connect(self.notifier.run_failed)
        window.budget.entered.connect(window.run_banner.press_primary)

    def _run_chosen(self) -> None:
        choice = self.window.rows.choice(self.window.table.selected_numbers())
        if choice is None:
            self.notifier.failed(ChainDeskError("No row is selected. Select rows in the table, or run all rows."))
        else:
            self._plan(RunRequest(choice))

    def _run_selected(self) -> None:
        numbers = self.window.table.selected_numbers()
        if numbers:
            self._plan(RunRequest(RowSelection.of_numbers(numbers)))

    def _rerun_current(self) -> None:
        row = self.window.panel.row
        if row is not None:
            complete = self.window.model.state_of(row.number).status is Status.DONE
            self._plan(RunRequest(RowSelection.of_numbers([row.number]), fresh=complete))

    def _retry(self) -> None:
        self._plan(RunRequest(RowSelection(failed_only=True)))

    def _plan(self, request: RunRequest) -> None:
        if self.workspace.session is None:
            self._say_what_lacks()
            return
        self._request = request
        self.run_controller.plan(request)

    def _say_what_lacks(self) -> None:
        if self.workspace.manifest is None:
            lacking = "Open a workbook first."
        elif self.workspace.chain is None:
            lacking = "Choose a chain first: it says which model calls to make for each row."
        else:
            lacking = "The chain does not fit this sheet yet. Edit the chain, or choose another."
        self.notifier.failed(ChainDeskError(lacking))

    def _planned(self, plan: Plan, request: RunRequest) -> None:
        may_cost = self._may_cost(plan)
        self._request, self._capped = request, may_cost and not plan.estimate.unknown_prices
        if not plan.calls:
            self.notifier.nothing_to_run(plan, failed_only=request.choice.failed_only)
        elif request.confirmed:
            self._start()
        elif may_cost or request.confirm or plan.overwritten or (request.fresh and len(plan.rows) > 1):
            self.notifier.plan(plan, capped=self._capped)
        else:
            self._start()

    def _may_cost(self, plan: Plan) -> bool:
        session = self.workspace.session
        free = session is not None and not any(endpoint.key_required for endpoint in session.endpoints.values())
        return not free or bool(plan.estimate.cost)

    def _start(self) -> None:
        budget = self._request.budget
        try:
            if self._capped and not self._request.confirmed:
                budget = self.window.budget.value()
        except UsageError as error:
            self.notifier.refused(str(error))
            return
        self.window.run_banner.clear()
        self.window.message_banner.clear()
        self.run_controller.start(self._request, self.window.at_once.value(), budget)

    def _go_on(self, found: InterruptedRun) -> None:
        """One click after a crash: everything as it was when the run was cut off."""
        self.window.at_once.show_value(found.run.concurrency)
        self.window.budget.show_value(found.request.budget)
        self._plan(found.request)

    def _resume_with_budget(self) -> None:
        spent = self.window.model.snapshot.cost
        try:
            budget = self.window.budget.value()
            if budget is not None and spent is not None and budget <= spent:
                raise UsageError(f"{money(spent)} is spent already: write a larger sum, or none for no limit.")
        except UsageError as error:
            self.notifier.refused(str(error))
            return
        self.run_controller.resume_with_budget(budget)

    def _stop_and_edit(self) -> None:
        self.run_controller.stop()
        self.opening.edit_chain()

    def _pause_or_resume(self) -> None:
        if self.run_controller.phase is RunPhase.PAUSED:
            self.run_controller.resume()
        else:
            self.run_controller.pause()

    def _narrate(self, events: Iterable[Event]) -> None:
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

    def _folded(self, changed: list[int]) -> None:
        self.review.rows_changed(changed)
        if self.window.model.order.filter.active and not self._refilter.isActive():
            self._refilter.start()

    def _finished(self, result: RunResult) -> None:
        self.window.model.refilter()
        self.window.progress_strip.refresh()
        self.review.show_current()
        self.notifier.finished(result)
        self.preferences.alert_run_ended()

    def _export(self) -> None:
        if self.workspace.session is None:
            self._say_what_lacks()
        else:
            self.run_controller.export(None)

    def _export_as(self) -> None:
        manifest = self.workspace.manifest
        if manifest is None or self.workspace.session is None:
            self._say_what_lacks()
            return
        suggested = manifest.path.with_name(f"{manifest.path.stem}.completed.xlsx")
        dialogs.choose_target(self.window, "Export as", suggested, dialogs.WORKBOOKS, self.run_controller.export)

    # --- what can be done, and the end -------------------------------------------------------------------------

    def _show_phase(self) -> None:
        phase, a, window = self.run_controller.phase, self.window.actions_, self.window
        busy = _BUSY.get(phase, "")
        if busy != self._busy:
            self._busy = busy
            window.show_busy(busy)
        ready = self.workspace.session is not None
        idle = phase is RunPhase.IDLE
        for action in (a.run, a.try_first, a.run_selected, a.fresh):
            action.setEnabled(ready and idle)
        a.retry.setEnabled(ready and idle and window.model.snapshot.counts[Status.FAILED] > 0)
        a.pause.setEnabled(phase in (RunPhase.RUNNING, RunPhase.PAUSED))
        icons.give(a.pause, "run" if phase is RunPhase.PAUSED else "pause")
        a.pause.setText("&Go on" if phase is RunPhase.PAUSED else "&Pause")
        a.pause.setIconText("Go on" if phase is RunPhase.PAUSED else "Pause")
        a.stop.setEnabled(phase in (RunPhase.RUNNING, RunPhase.PAUSED))
        for action in (a.export, a.export_as):
            action.setEnabled(ready)
        for action in (a.open, a.reload, a.open_chain):
            action.setEnabled(not phase.in_run)
        window.source.sheet.setEnabled(not phase.in_run)
        window.source.chain.setEnabled(not phase.in_run)
        window.rows.setEnabled(not phase.in_run)
        window.progress_strip.set_running(running=phase.in_run)
        self.review.show_actions()


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
