"""Ties the window's parts to the workspace and the run controller: who is told when something happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, QUrl
from PySide6.QtGui import QDesktopServices

from chaindesk.desktop.controllers.closing import ClosingDesk
from chaindesk.desktop.controllers.history import HistoryDesk
from chaindesk.desktop.controllers.opening import OpeningDesk
from chaindesk.desktop.controllers.preferences import LooksDesk
from chaindesk.desktop.controllers.review import ReviewDesk
from chaindesk.desktop.grid.previews import Previews
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner_actions import Ways
from chaindesk.desktop.notifications.notifier import Narrator
from chaindesk.desktop.session.interrupted_run import CutOff, ResumptionDesk
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import Phase, RunWish
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs, icons
from chaindesk.domain.errors import ChainDeskError, UsageError
from chaindesk.domain.events import Event, RunNoticed, RunPaused, RunResumed, RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.run.snapshot import Snapshot
from chaindesk.engine.session import Plan, RunResult
from chaindesk.formatting import money

_BUSY = {Phase.PLANNING: "Working out what to run…", Phase.STOPPING: "Stopping…"}
_REFILTER = 1000  # milliseconds between two looks at a status filter while a run goes on


class Conductor(QObject):
    """Runs the window."""

    def __init__(self, window: MainWindow, workspace: Workspace, controller: RunController) -> None:
        super().__init__(window)
        self.window, self.workspace, self.controller = window, workspace, controller
        self.desk = ReviewDesk(window, workspace, controller)
        self._wish = RunWish()
        self._capped = False
        self._busy = ""
        self.opening = OpeningDesk(window, workspace, controller)
        self.closing = ClosingDesk(window, controller, self.opening)
        self.resumption = ResumptionDesk(workspace, controller, self)
        self.history = HistoryDesk(window, workspace, controller)
        self.looks = LooksDesk(window)
        self.narrator = Narrator(window.run_banner, window.news_banner, self._ways(), window.budget)
        self._refilter = QTimer(self, interval=_REFILTER, singleShot=True)
        self._refilter.timeout.connect(window.model.refilter)
        self.opening.opened.connect(self._opened)
        self.opening.failed.connect(self.narrator.failed)
        workspace.journal_repaired.connect(self.narrator.journal_repaired)
        workspace.noticed.connect(self.narrator.found)
        self.looks.failed.connect(self.narrator.failed)
        workspace.chain_opened.connect(window.run_banner.clear)
        workspace.session_changed.connect(self._session_changed)
        workspace.open_elsewhere.connect(self.narrator.elsewhere)
        self.resumption.offered.connect(self.narrator.cut_off)
        self._connect_running()
        self._show_phase()

    def _ways(self) -> Ways:
        window, controller, opening = self.window, self.controller, self.opening
        return Ways(
            run=lambda: self._plan(RunWish()),
            start=self._start,
            start_fresh=lambda: self._plan(RunWish(self._wish.choice, fresh=True)),
            go_on=self._go_on,
            not_now=lambda found: self.resumption.forget(found.run),
            resume=controller.resume,
            resume_with_budget=self._resume_with_budget,
            try_now=controller.try_now,
            stop=controller.stop,
            stop_and_edit=self._stop_and_edit,
            retry=self._retry,
            run_again=lambda: self._plan(replace(self._wish, fresh=False)),
            show_failed=lambda: window.run_bar.show_only(Status.FAILED),
            export=self._export,
            keys=opening.open_keys,
            repair_journal=opening.workspace.repair_journal,
            edit_chain=opening.edit_chain,
            open_chain=opening.choose_chain,
            open_folder=_open_folder,
        )

    def _opened(self, manifest: Manifest) -> None:
        self.narrator.opened(manifest, chain_wanted=self.workspace.chain is None)

    def _session_changed(self, states: Mapping[int, RowState]) -> None:
        session, chain, window = self.workspace.session, self.workspace.chain, self.window
        snapshot = Snapshot(states)
        if chain is not None:
            snapshot.steps = chain.step_names
        previews = Previews(chain, session.outputs if session is not None else None)
        window.model.show_rows(self.workspace.manifest, snapshot, previews)
        window.run_bar.watch(snapshot, window.model.total)
        window.run_bar.tell_search(outputs=window.model.searches_outputs)
        if session is not None:
            window.run_banner.clear()
            if window.table.current_row() is None and window.model.rowCount():
                window.table.step_row(0)
            window.table.setFocus()
            done = snapshot.counts[Status.DONE]
            if not self.resumption.look() and 0 < done < window.model.total:
                self.narrator.resumable(done, window.model.total)
        self.desk.show_current()
        self._show_phase()

    # --- running -----------------------------------------------------------------------------------------------

    def _connect_running(self) -> None:
        window, a, controller = self.window, self.window.actions_, self.controller
        a.run.triggered.connect(self._run_chosen)
        a.try_first.triggered.connect(lambda: self._plan(RunWish(RowSelection(first=3))))
        a.run_selected.triggered.connect(self._run_selected)
        a.fresh.triggered.connect(lambda: self._plan(RunWish(fresh=True)))
        a.retry.triggered.connect(self._retry)
        a.pause.triggered.connect(self._pause_or_resume)
        a.stop.triggered.connect(controller.stop)
        a.export.triggered.connect(self._export)
        a.export_as.triggered.connect(self._export_as)
        window.panel.rerun_wanted.connect(self._rerun_current)
        self.desk.run_wanted.connect(self._plan)
        window.at_once.changed.connect(controller.set_concurrency)
        controller.bridge.events.connect(window.model.fold)
        controller.bridge.events.connect(self._narrate)
        controller.phase_changed.connect(self._show_phase)
        controller.planned.connect(self._planned)
        controller.keys_missing.connect(self.narrator.keys_missing)
        controller.finished.connect(self._finished)
        controller.exporting.connect(lambda: window.say_busy("Exporting…"))
        controller.exported.connect(lambda _: window.say_busy(""))
        controller.exported.connect(self.narrator.exported)
        controller.failed.connect(lambda _: window.say_busy(""))
        controller.failed.connect(self.narrator.failed)
        window.model.folded.connect(self._folded)
        controller.run_failed.connect(self.narrator.run_failed)
        window.budget.entered.connect(window.run_banner.press_primary)

    def _run_chosen(self) -> None:
        choice = self.window.rows.choice(self.window.table.selected_numbers())
        if choice is None:
            self.narrator.failed(ChainDeskError("No row is selected. Select rows in the table, or run all rows."))
        else:
            self._plan(RunWish(choice))

    def _run_selected(self) -> None:
        numbers = self.window.table.selected_numbers()
        if numbers:
            self._plan(RunWish(RowSelection.of_numbers(numbers)))

    def _rerun_current(self) -> None:
        row = self.window.panel.row
        if row is not None:
            complete = self.window.model.state_of(row.number).status is Status.DONE
            self._plan(RunWish(RowSelection.of_numbers([row.number]), fresh=complete))

    def _retry(self) -> None:
        self._plan(RunWish(RowSelection(failed_only=True)))

    def _plan(self, wish: RunWish) -> None:
        if self.workspace.session is None:
            self._say_what_lacks()
            return
        self._wish = wish
        self.controller.plan(wish)

    def _say_what_lacks(self) -> None:
        if self.workspace.manifest is None:
            lacking = "Open a workbook first."
        elif self.workspace.chain is None:
            lacking = "Choose a chain first: it says which model calls to make for each row."
        else:
            lacking = "The chain does not fit this sheet yet. Edit the chain, or choose another."
        self.narrator.failed(ChainDeskError(lacking))

    def _planned(self, plan: Plan, wish: RunWish) -> None:
        may_cost = self._may_cost(plan)
        self._wish, self._capped = wish, may_cost and not plan.estimate.unknown_prices
        if not plan.calls:
            self.narrator.nothing_to_run(plan, failed_only=wish.choice.failed_only)
        elif wish.agreed:
            self._start()
        elif may_cost or wish.asks or plan.overwritten or (wish.fresh and len(plan.rows) > 1):
            self.narrator.plan(plan, capped=self._capped)
        else:
            self._start()

    def _may_cost(self, plan: Plan) -> bool:
        session = self.workspace.session
        free = session is not None and not any(endpoint.key_required for endpoint in session.endpoints.values())
        return not free or bool(plan.estimate.cost)

    def _start(self) -> None:
        budget = self._wish.budget
        try:
            if self._capped and not self._wish.agreed:
                budget = self.window.budget.value()
        except UsageError as error:
            self.narrator.refused(str(error))
            return
        self.window.run_banner.clear()
        self.window.news_banner.clear()
        self.controller.start(self._wish, self.window.at_once.value(), budget)

    def _go_on(self, found: CutOff) -> None:
        """One click after a crash: everything as it was when the run was cut off."""
        self.window.at_once.show_value(found.run.concurrency)
        self.window.budget.show_value(found.wish.budget)
        self._plan(found.wish)

    def _resume_with_budget(self) -> None:
        spent = self.window.model.snapshot.cost
        try:
            budget = self.window.budget.value()
            if budget is not None and spent is not None and budget <= spent:
                raise UsageError(f"{money(spent)} is spent already: write a larger sum, or none for no limit.")
        except UsageError as error:
            self.narrator.refused(str(error))
            return
        self.controller.resume_with_budget(budget)

    def _stop_and_edit(self) -> None:
        self.controller.stop()
        self.opening.edit_chain()

    def _pause_or_resume(self) -> None:
        if self.controller.phase is Phase.PAUSED:
            self.controller.resume()
        else:
            self.controller.pause()

    def _narrate(self, events: Iterable[Event]) -> None:
        for event in events:
            match event:
                case RunPaused():
                    self.narrator.pauses.paused(event)
                case RunNoticed():
                    self.narrator.noticed(event.message)
                case RunResumed():
                    self.narrator.pauses.resumed(event)
                case RunStarted():
                    self.narrator.started()

    def _folded(self, changed: list[int]) -> None:
        self.desk.rows_changed(changed)
        if self.window.model.order.filter.active and not self._refilter.isActive():
            self._refilter.start()

    def _finished(self, result: RunResult) -> None:
        self.window.model.refilter()
        self.window.run_bar.refresh()
        self.desk.show_current()
        self.narrator.finished(result)
        self.looks.tell_the_end()

    def _export(self) -> None:
        if self.workspace.session is None:
            self._say_what_lacks()
        else:
            self.controller.export(None)

    def _export_as(self) -> None:
        manifest = self.workspace.manifest
        if manifest is None or self.workspace.session is None:
            self._say_what_lacks()
            return
        suggested = manifest.path.with_name(f"{manifest.path.stem}.completed.xlsx")
        dialogs.choose_target(self.window, "Export as", suggested, dialogs.WORKBOOKS, self.controller.export)

    # --- what can be done, and the end -------------------------------------------------------------------------

    def _show_phase(self) -> None:
        phase, a, window = self.controller.phase, self.window.actions_, self.window
        busy = _BUSY.get(phase, "")
        if busy != self._busy:
            self._busy = busy
            window.say_busy(busy)
        ready = self.workspace.session is not None
        idle = phase is Phase.IDLE
        for action in (a.run, a.try_first, a.run_selected, a.fresh):
            action.setEnabled(ready and idle)
        a.retry.setEnabled(ready and idle and window.model.snapshot.counts[Status.FAILED] > 0)
        a.pause.setEnabled(phase in (Phase.RUNNING, Phase.PAUSED))
        icons.give(a.pause, "run" if phase is Phase.PAUSED else "pause")
        a.pause.setText("&Go on" if phase is Phase.PAUSED else "&Pause")
        a.pause.setIconText("Go on" if phase is Phase.PAUSED else "Pause")
        a.stop.setEnabled(phase in (Phase.RUNNING, Phase.PAUSED))
        for action in (a.export, a.export_as):
            action.setEnabled(ready)
        for action in (a.open, a.reload, a.open_chain):
            action.setEnabled(not phase.in_run)
        window.source.sheet.setEnabled(not phase.in_run)
        window.source.chain.setEnabled(not phase.in_run)
        window.rows.setEnabled(not phase.in_run)
        window.run_bar.set_running(running=phase.in_run)
        self.desk.show_actions()


def _open_folder(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path.parent)))
