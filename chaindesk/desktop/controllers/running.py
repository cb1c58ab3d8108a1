"""Runs: the user's commands become requests, which are planned, asked about where they cost something, and started."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.notifications.banner import Tone
from chaindesk.desktop.notifications.notifier import Notifier
from chaindesk.desktop.session.interrupted_run import InterruptedRun
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RunPhase, RunRequest
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui import dialogs
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import ChainDeskError, UsageError
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review, Status
from chaindesk.engine.planning.plan import Plan
from chaindesk.formatting import money
from chaindesk.key_permissions import KeyPermission


class RunningController(QObject):
    """Ties the commands that run rows to the run controller.

    Attributes:
        read_chain_first: reads the chain's file where it has changed, calls what it is given then, and says whether it
            does; else nothing.
    """

    def __init__(
        self, window: MainWindow, workspace: Workspace, run_controller: RunController, notifier: Notifier
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self._notifier = notifier
        self._request = RunRequest()
        self._wait = ""
        self.read_chain_first: Callable[[Callable[[], object]], bool] = lambda _: False
        self._capped = False
        a = window.actions_
        a.run.triggered.connect(self._run_chosen)
        a.try_first.triggered.connect(lambda: self.plan(RunRequest(RowSelection(first=3))))
        a.run_selected.triggered.connect(self._run_selected)
        a.fresh.triggered.connect(lambda: self.plan(RunRequest(fresh=True)))
        a.retry.triggered.connect(self.retry_failed)
        a.pause.triggered.connect(self._pause_or_resume)
        a.stop.triggered.connect(run_controller.stop)
        window.panel.rerun_requested.connect(self._rerun_selected)
        window.at_once.changed.connect(run_controller.set_concurrency)
        window.budget.entered.connect(window.run_banner.press_primary)
        self._workspace.session_changed.connect(lambda _: self._forget_wait())
        run_controller.planned.connect(self._planned)
        run_controller.permission_needed.connect(self._ask_permission)
        run_controller.keys_missing.connect(notifier.keys_missing)
        run_controller.run_failed.connect(notifier.run_failed)

    def _forget_wait(self) -> None:
        """The rows are there: nobody needs to be told to wait for them any more."""
        if self._wait and self._window.message_banner.text == self._wait:
            self._window.message_banner.clear()
        self._wait = ""

    def plan(self, request: RunRequest) -> None:
        """Plan a request; it starts without a question where it is known to cost nothing.

        The chain is that of its file at this moment.
        """
        if self.read_chain_first(partial(self.plan, request)):
            return
        if missing := self._workspace.what_is_missing:
            if self._workspace.is_opening or self._workspace.partial is not None:
                self._wait = missing
                self._window.message_banner.show_message(Tone.INFO, missing)
            else:
                self._notifier.failed(ChainDeskError(missing))
            return
        self._request = request
        self._run_controller.plan(request)

    def start(self) -> None:
        """Start what was planned last, within the budget that is written in the banner."""
        budget = self._request.budget
        try:
            if self._capped and not self._request.confirmed:
                budget = self._window.budget.value()
        except UsageError as error:
            self._notifier.refused(str(error))
            return
        self._window.run_banner.clear()
        self._window.message_banner.clear()
        self._run_controller.start(self._request, self._window.at_once.value(), budget)

    def start_fresh(self) -> None:
        """Pay again for every answer of the rows that were chosen last."""
        self.plan(RunRequest(self._request.choice, fresh=True))

    def plan_with_approved(self) -> None:
        """Plan the last request once more, with the approved rows whose prompts have changed since."""
        self.plan(replace(self._request, rerun_approved=True, confirm=True))

    def run_again(self) -> None:
        """Run what is missing of the rows that were chosen last."""
        self.plan(replace(self._request, fresh=False))

    def retry_failed(self) -> None:
        """Run the failed rows."""
        self.plan(RunRequest(RowSelection(failed_only=True)))

    def continue_interrupted(self, found: InterruptedRun) -> None:
        """One click after a crash: everything as it was when the run was cut off."""
        self._window.at_once.show_value(found.run.concurrency)
        self._window.budget.show_value(found.request.budget)
        self.plan(found.request)

    def resume_with_budget(self) -> None:
        """Go on with the sum that is written in the banner."""
        spent = self._window.model.snapshot.cost
        try:
            budget = self._window.budget.value()
            if budget is not None and spent is not None and budget <= spent:
                raise UsageError(
                    tr("{spent} is spent already: write a larger sum, or none for no limit.").format(spent=money(spent))
                )
        except UsageError as error:
            self._notifier.refused(str(error))
            return
        self._run_controller.resume_with_budget(budget)

    def _run_chosen(self) -> None:
        choice = self._window.rows.choice(self._window.table.selected_numbers())
        if choice is None:
            self._notifier.failed(ChainDeskError(tr("No row is selected. Select rows in the table, or run all rows.")))
        else:
            self.plan(RunRequest(choice))

    def _run_selected(self) -> None:
        numbers = self._window.table.selected_numbers()
        if numbers:
            self.plan(RunRequest(RowSelection.of_numbers(numbers)))

    def _rerun_selected(self) -> None:
        """Run what is missing of the selected rows; where nothing is, pay again for all of their answers."""
        if numbers := [row.number for row in self._window.table.selected_rows()]:
            complete = all(self._window.model.state_of(number).status is Status.DONE for number in numbers)
            choice = RowSelection.of_numbers(numbers)
            self.plan(RunRequest(choice, fresh=complete, confirm=len(numbers) > 1))

    def _pause_or_resume(self) -> None:
        if self._run_controller.phase is RunPhase.PAUSED:
            self._run_controller.resume()
        else:
            self._run_controller.pause()

    def _planned(self, plan: Plan, request: RunRequest) -> None:
        may_cost = self._may_cost(plan)
        self._request, self._capped = request, may_cost and not plan.estimate.unknown_prices
        if not plan.asks:
            self._notifier.nothing_to_run(plan, failed_only=request.choice.failed_only)
        elif request.confirmed:
            self.start()
        elif may_cost or request.confirm or plan.overwritten or (request.fresh and len(plan.rows) > 1):
            session = self._workspace.session
            twice = session.made_twice(plan) if session is not None else 0
            self._notifier.plan(plan, capped=self._capped, twice=twice, approved=self._approved_again(plan, request))
        else:
            self.start()

    def _ask_permission(
        self, permission: KeyPermission, request: RunRequest, refused: frozenset[KeyPermission]
    ) -> None:
        dialogs.ask(
            self._window,
            tr("Send a key"),
            permission.question,
            tr("Allow"),
            tr("Do not send it"),
            lambda: self._run_controller.allow_key(permission, request, refused),
            lambda: self._run_controller.plan(request, refused | {permission}),
        )

    def _approved_again(self, plan: Plan, request: RunRequest) -> int:
        """Return how many approved rows are paid for once more."""
        if not request.pays_again:
            return 0
        state_of = self._window.model.state_of
        return sum(state_of(one.row.number).review is Review.APPROVED for one in plan.rows if one.work.calls)

    def _may_cost(self, plan: Plan) -> bool:
        session = self._workspace.session
        free = session is not None and not any(endpoint.key_required for endpoint in session.endpoints.values())
        return not free or bool(plan.estimate.cost)
