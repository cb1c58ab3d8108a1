"""One run from its first event to its last: the record in the journal, the pool, the listener, the way out."""

from __future__ import annotations

import asyncio
import logging
import random
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal

from chaindesk.domain.chains.chain import RowOrder
from chaindesk.domain.completion import Usage
from chaindesk.domain.errors import ChainDeskError, JournalError
from chaindesk.domain.events import Event, PauseCause, RunFinished, RunNoticed
from chaindesk.domain.records import RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.engine.batch.job_manager import JobManager
from chaindesk.engine.batch.job_scope import JobScope
from chaindesk.engine.batch.run_jobs import job_manager
from chaindesk.engine.calls.call_costs import CallCosts
from chaindesk.engine.calls.executor import CallExecutor
from chaindesk.engine.calls.hedge import Hedger
from chaindesk.engine.calls.outages.circuit_breakers import CircuitBreakers
from chaindesk.engine.calls.outages.outage import BreakerHooks
from chaindesk.engine.calls.pause_gate import PauseGate
from chaindesk.engine.calls.row_slots import RowSlots
from chaindesk.engine.checks.figures import CheckFigures
from chaindesk.engine.cost.budget import Budget
from chaindesk.engine.ordering.row_durations import RowDurations
from chaindesk.engine.ordering.row_queue import RowQueue
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.ratelimit.registry import RateLimiters
from chaindesk.engine.run.beginning import identities, run_record, run_started, settle_control
from chaindesk.engine.run.budget_changes import BudgetChanges
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.durable_writer import DurableWriter
from chaindesk.engine.run.event_dispatcher import EventDispatcher
from chaindesk.engine.run.failure_brake import FailureBrake
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.engine.run.pending_write import finish_despite_cancel
from chaindesk.engine.run.rows.checked_step import CheckContext
from chaindesk.engine.run.rows.row_context import RowContext
from chaindesk.engine.run.rows.row_task import RowTask
from chaindesk.engine.run.rows.shared_requests import SharedRequests
from chaindesk.engine.run.worker_pool import WorkerPool

_log = logging.getLogger(__name__)
DISK_PATIENCE = 120.0
"""Seconds that a run which waits for nobody waits for a journal that cannot be written."""


async def execute_run(
    dependencies: RunDependencies,
    plan: Plan,
    options: RunOptions,
    listener: Callable[[Event], None],
    control: RunControl,
) -> RunResult:
    """Carry a plan out.

    Raises:
        InputError: a budget cannot be kept.
        JournalError: it could not begin, because nothing can be stored. A run that has begun ends with a message.
    """
    settle_control(control, options, dependencies.chain, plan)
    emit = EventDispatcher(listener, control)
    record = run_record(dependencies, plan, control)
    record = replace(record, id=await dependencies.journal.begin_run(record))
    run = _Run(dependencies, record, options, control, emit)
    state, message = RunState.STOPPED, ""
    try:
        await dependencies.journal.store_reuse(record.id, plan.reused_answers)
        if verdicts := dependencies.ledger.checks.unstored():
            await dependencies.journal.store_verdicts(verdicts)
        emit(run_started(record, plan, dependencies.clock()))
        state, message = await run.execute(plan)
    except ChainDeskError as error:
        state, message = RunState.HALTED, str(error)
        raise
    finally:
        await run.end(state, plan, emit.held.seconds(dependencies.clock()))
        emit(RunFinished(dependencies.clock(), record.id, state, message))
    if emit.error is not None:
        raise emit.error
    return RunResult(record.id, state, run.counts, message, tuple(run.notices))


class _Run:
    """The parts of one run, tied together.

    Attributes:
        counts: rows by how they ended.
        notices: what the user should know of the run.
    """

    def __init__(
        self,
        dependencies: RunDependencies,
        record: RunRecord,
        options: RunOptions,
        control: RunControl,
        emit: Callable[[Event], None],
    ) -> None:
        self._dependencies = dependencies
        self._record = record
        self._control = control
        self._emit = emit
        self.counts: Counter[Status] = Counter()
        self.notices: list[str] = []
        self._retries = 0
        self._figures = CheckFigures()
        self._brakes = options.brake
        self._detaches = options.detach
        self._finishes_live = options.finish_live
        self._order = options.order or dependencies.chain.order
        self._tells_reused = options.tells_reused
        unattended = options.on_pause == "stop"
        self._gate = PauseGate(
            emit, halts=unattended, waits_for_limits=options.wait_for_limits, clock=dependencies.clock
        )
        patience = DISK_PATIENCE if unattended else None
        self._writer = DurableWriter(
            dependencies.journal, self._gate, patience, dependencies.clock, dependencies.on_stored
        )
        self._slots = RowSlots(lambda: control.concurrency or 1)

    async def execute(self, plan: Plan) -> tuple[RunState, str]:
        """Run the rows of a plan; return how the run ended, and what the user is to know of it."""
        dependencies = self._dependencies
        limits = RateLimiters(
            identities(dependencies),
            random.Random(),  # noqa: S311 - spreads retries
            dependencies.clock,
            calls=plan.planned_calls,
            at_once=lambda: self._control.concurrency or 1,
            on_adapted=self._notice,
        )
        async with dependencies.open_provider(limits.on_rate_hint, self._notice) as provider:
            budget = Budget(self._control.budget)
            pool: WorkerPool
            breakers = self._breakers(lambda: pool.begin_row())
            executor = CallExecutor(
                provider,
                self._gate,
                breakers,
                limits,
                CallCosts(budget, dependencies.price, dependencies.output_limit),
                self._slots,
                dependencies.chain.retry,
                self._emit,
                clock=dependencies.clock,
                asleep=dependencies.asleep,
                text_listener=self._control.text_listener,
                begin_far_row=lambda rows: pool.begin_far_row(rows),
            )
            if dependencies.chain.hedge:
                executor.hedger = Hedger(plan.calls, lambda: not pool.queued, self._slots, dependencies.clock)
            settings, keep = dependencies.batch_settings, self._writer.keep
            jobs = job_manager(self._job_scope(), executor, keep, settings, len(plan.rows))
            pool = self._worker_pool(executor, budget, jobs)
            jobs.queued, jobs.detach = lambda: pool.queued, self._detaches
            jobs.calls.live_now = self._finishes_live
            try:
                async with jobs.running():
                    state = await pool.run(plan.rows)
            finally:
                breakers.close()
                self._gate.cancel_timer()
                self._retries = executor.retries
                for words in self._figures.lines():
                    self._notice(words)
                message = await finish_despite_cancel(self._writer.spill_unsaved()) or self._gate.halted
        return state, message

    async def end(self, state: RunState, plan: Plan, held_seconds: float) -> None:
        """Store how the run ended. A journal that fails here has failed before, and that is what is reported."""
        end_run, now = self._dependencies.journal.end_run, self._dependencies.now
        try:
            await asyncio.shield(end_run(self._record.id, state, now(), self._retries, plan.reused, held_seconds))
        except JournalError as error:
            _log.warning("The end of run %s could not be stored: %s", self._record.id, error)

    def _notice(self, message: str) -> None:
        self.notices.append(message)
        self._emit(RunNoticed(self._dependencies.clock(), message))

    def _breakers(self, begin_row: Callable[[], bool]) -> CircuitBreakers:
        chain = self._dependencies.chain
        settings = replace(self._dependencies.breaker_settings, patience=chain.retry.outage_minutes * 60)

        def ask_user(message: str) -> None:
            self._gate.hold_for(PauseCause.OUTAGE, message)

        hooks = BreakerHooks(self._emit, ask_user, begin_row)
        made = CircuitBreakers(settings, hooks, self._slots, random.Random(), self._dependencies.clock)  # noqa: S311 - spreads probes
        waiting = {step.provider for step in chain.steps if step.enabled and step.fallback is None}
        for step in chain.steps:
            if step.enabled and step.provider not in waiting:
                made.for_endpoint(self._dependencies.endpoints[step.provider]).rows_wait = False
        return made

    def _job_scope(self) -> JobScope:
        given = self._dependencies
        jobs, now = given.journal.batch_jobs, given.now
        return JobScope(given.workbook_id, self._record.id, given.endpoints, jobs, given.price, now)

    def _worker_pool(self, executor: CallExecutor, budget: Budget, jobs: JobManager) -> WorkerPool:
        dependencies = self._dependencies
        ledger = dependencies.ledger
        chain = dependencies.request_builder

        def large_price(model: str, usage: Usage) -> Decimal | None:
            return dependencies.price(*chain.other_model(model), usage)

        context = RowContext(
            run_id=self._record.id,
            workbook_id=dependencies.workbook_id,
            chain=dependencies.request_builder,
            writer=self._writer,
            executor=executor,
            ledger=ledger,
            emit=self._emit,
            now=dependencies.now,
            shared=SharedRequests(self._slots),
            clock=dependencies.clock,
            batches=jobs.calls,
            checks=CheckContext(
                *(chain, ledger.checks, dependencies.journal, dependencies.workbook_id, self._figures, large_price)
            ),
        )
        journal, clock = dependencies.journal, dependencies.clock
        changes = BudgetChanges(budget, self._control, journal, self._record.id, self._emit, clock)

        async def revalidate() -> str:
            if obstacle := await changes.apply():
                return obstacle
            try:
                return await dependencies.read_keys()
            except ChainDeskError as error:
                return str(error)

        def row_done(task: RowTask, status: Status) -> None:
            ledger.record_outcome(task.planned.row, status, task.failure)
            why = brake.record(task.planned.row.number, status, task.failure)
            if why and self._brakes and pool.queued:  # else there is nothing left to be held
                self._gate.hold_for(PauseCause.FAILURES, why)

        brake = FailureBrake()
        longest_first = self._order is RowOrder.LONGEST_FIRST
        durations = RowDurations(dependencies.request_builder, ledger.seconds) if longest_first else None
        queue = RowQueue(lambda: self._control.concurrency or 1, durations)
        gate, slots, control, counts = self._gate, self._slots, self._control, self.counts
        pool = WorkerPool(context, gate, slots, control, revalidate, changes.apply, row_done, queue, counts)
        pool.jobs = jobs
        pool.tells_reused = self._tells_reused
        return pool
