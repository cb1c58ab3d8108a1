"""Offers to go on with a run that nobody ended: the program was killed, or the machine went down."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from chaindesk.desktop.runtime.background_tasks import BackgroundTasks
from chaindesk.desktop.session import unfinished_runs
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RunRequest
from chaindesk.desktop.session.unfinished_runs import UnfinishedRun
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.domain.errors import UsageError
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.session import Session


@dataclass(frozen=True, slots=True)
class InterruptedRun:
    """A run that was cut off: what was begun, what is left of it, and the request that goes on with it."""

    run: UnfinishedRun
    plan: Plan
    request: RunRequest

    @property
    def kept(self) -> int:
        """Rows of it that have all their answers."""
        return sum(1 for row in self.plan.rows if row.work.complete)

    @property
    def left(self) -> int:
        """Rows of it that lack something."""
        return sum(1 for row in self.plan.rows if not row.work.complete and not row.work.skipped)


class InterruptedRunFinder(QObject):
    """Looks for a run that was cut off whenever another sheet with its chain is open.

    Signals:
        offered: a ``InterruptedRun`` of what is open.
    """

    offered = Signal(object)

    def __init__(self, workspace: Workspace, controller: RunController, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace, self._controller = workspace, controller
        self.tasks = BackgroundTasks(lambda _: None)  # what cannot be worked out is not offered; Run says why

    def reopen(self) -> bool:
        """Open the newest workbook with an interrupted run that no other window has; return whether there is one."""
        for run in unfinished_runs.load_all():
            if self._workspace.is_free(run.workbook):
                self._workspace.open_workbook(run.workbook, sheet=run.sheet, chain=run.chain)
                return True
        return False

    def look(self) -> bool:
        """Return whether a run over what is open was interrupted; it is offered once it is planned."""
        session, chain = self._workspace.session, self._workspace.chain_path
        if session is None or chain is None or self._controller.phase.in_run:
            return False
        run = unfinished_runs.load(session.manifest.path, session.manifest.sheet)
        if run is None or run.chain != chain.absolute():
            return False
        self.tasks.start(self._look(session, run))
        return True

    def forget(self, run: UnfinishedRun) -> None:
        """Forget a run that the user does not want to go on with."""
        unfinished_runs.delete(run.workbook, run.sheet)

    async def _look(self, session: Session, run: UnfinishedRun) -> None:
        try:
            cut_off = await asyncio.to_thread(_what_is_left, session, run)
        except UsageError:
            return  # another process has locked it: nothing was interrupted
        if session is not self._workspace.session or self._controller.phase.in_run:
            return
        if cut_off.plan.asks:
            self.offered.emit(cut_off)
        else:
            self.forget(run)


def _what_is_left(session: Session, run: UnfinishedRun) -> InterruptedRun:
    with session.journal.lock_workbook(session.workbook_id):
        choice, fresh = run.choice, run.fresh
        if fresh:  # what it had paid for again by then is not paid for once more
            choice = _without_done(session, run)
        spent = sum((answer.cost or Decimal(0) for answer in session.journal.run_answers(run.run_id)), Decimal(0))
    record = session.journal.run(run.run_id)  # a budget that was raised in mid-run is there, and not in the note
    allowed = run.budget if record is None else record.budget
    budget = None if allowed is None else max(allowed - spent, Decimal(0))
    request = RunRequest(choice, fresh, confirmed=True, budget=budget)
    return InterruptedRun(run, session.plan(choice, fresh=fresh), request)


def _without_done(session: Session, run: UnfinishedRun) -> RowSelection:
    outcomes = session.journal.run_outcomes(run.run_id)
    done = {outcome.row_key for outcome in outcomes if outcome.status is Status.DONE}
    chosen = run.choice.select(session.manifest.rows)
    return RowSelection.of_numbers(row.number for row in chosen if row.key not in done)
