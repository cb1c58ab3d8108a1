"""One run from its first event to its last: the record in the journal, the pool, the listener, the way out."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal

from chaindesk.domain.chains.chain import Chain, RowOrder
from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.domain.errors import ChainDeskError, InputError, JournalError
from chaindesk.domain.estimate import OutputLimitOf, Price
from chaindesk.domain.events import Event, PauseCause, RunFinished, RunNoticed, RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.records import Answer, RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.batch.job_manager import JobManager
from chaindesk.engine.batch.job_scope import JobScope
from chaindesk.engine.batch.run_jobs import job_manager
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.engine.calls.call_costs import CallCosts
from chaindesk.engine.calls.clocks import SteadyTime, seconds_asleep
from chaindesk.engine.calls.executor import CallExecutor
from chaindesk.engine.calls.hedge import Hedger
from chaindesk.engine.calls.outages.circuit_breakers import CircuitBreakers
from chaindesk.engine.calls.outages.outage import BreakerHooks, BreakerSettings
from chaindesk.engine.calls.pause_gate import PauseGate
from chaindesk.engine.calls.row_slots import RowSlots
from chaindesk.engine.checks.figures import CheckFigures
from chaindesk.engine.cost.budget import Budget, no_price
from chaindesk.engine.ordering.row_durations import RowDurations
from chaindesk.engine.ordering.row_queue import RowQueue
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.ratelimit.registry import RateLimiters
from chaindesk.engine.run.budget_changes import BudgetChanges
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.durable_writer import DurableWriter
from chaindesk.engine.run.event_log import OF_CALLS, EventLog
from chaindesk.engine.run.failure_brake import FailureBrake
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.engine.run.pending_write import finish_despite_cancel
from chaindesk.engine.run.progress.held_time import HeldTime
from chaindesk.engine.run.rows.checked_step import CheckContext
from chaindesk.engine.run.rows.row_context import RowContext
from chaindesk.engine.run.rows.row_task import RowTask
from chaindesk.engine.run.rows.shared_requests import SharedRequests
from chaindesk.engine.run.worker_pool import WorkerPool
from chaindesk.journal.protocol import Journal
from chaindesk.providers.base import NoticeListener, Provider, RateListener

_log = logging.getLogger(__name__)
DISK_PATIENCE = 120.0
"""Seconds that a run which waits for nobody waits for a journal that cannot be written."""


@dataclass(slots=True)
class RunDependencies:
    """What a run is made of.

    Attributes:
        manifest: the sheet.
        chain: the chain.
        request_builder: the chain as it is said for a row.
        endpoints: each provider that the chain uses, by name.
        journal: where answers are stored.
        workbook_id: the journal's number of the workbook and sheet.
        ledger: what the journal knows of every row; kept up to date as rows end.
        keys: API keys by endpoint name; read again in place.
        read_keys: fills ``keys``; returns what is missing in words for the user, or "".
        open_provider: opens the run's one session; closed at its end.
        price: what tokens cost.
        output_limit: the output limit that a call is sent with.
        batch_settings: how batch jobs are cut and followed.
        breaker_settings: how an outage is waited out; its patience is the chain's.
        on_stored: called with each answer that the journal has.
        asleep: seconds that the machine has slept so far.
        now: the time of day, which never jumps.
        clock: seconds, the event loop's.
    """

    manifest: Manifest
    chain: Chain
    request_builder: RequestBuilder
    endpoints: Mapping[str, Endpoint]
    journal: Journal
    workbook_id: int
    ledger: AnswerLedger
    keys: Mapping[str, str]
    read_keys: Callable[[], Awaitable[str]]
    open_provider: Callable[[RateListener, NoticeListener], AbstractAsyncContextManager[Provider]]
    price: Price
    output_limit: OutputLimitOf
    batch_settings: BatchSettings = field(default_factory=BatchSettings)
    breaker_settings: BreakerSettings = field(default_factory=BreakerSettings)
    on_stored: Callable[[Answer], object] = lambda answer: None
    asleep: Callable[[], float] = seconds_asleep
    now: Callable[[], datetime] = field(default_factory=SteadyTime)
    clock: Callable[[], float] = time.monotonic


class EventDispatcher:
    """Hands events to the log and to the one listener. A listener that fails ends the run; it never fails a row.

    Attributes:
        held: how long the run was held so far.
        error: of the listener.
    """

    def __init__(self, listener: Callable[[Event], None], control: RunControl) -> None:
        self._listener = listener
        self._control = control
        self._log = EventLog()
        self.held = HeldTime()
        self.error: Exception | None = None

    def __call__(self, event: Event) -> None:
        """Hand an event on."""
        if type(event) not in OF_CALLS:
            self._log.handle(event)
            self.held.fold(event)
        if self.error is not None:
            return
        try:
            self._listener(event)
        except Exception as error:
            self.error = error
            self._control.stop()


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
    _settle_control(control, options, dependencies.chain, plan)
    emit = EventDispatcher(listener, control)
    record = _run_record(dependencies, plan, control)
    record = replace(record, id=await dependencies.journal.begin_run(record))
    run = _Run(dependencies, record, options, control, emit)
    state, message = RunState.STOPPED, ""
    try:
        await dependencies.journal.store_reuse(record.id, plan.reused_answers)
        emit(_run_started(record, plan, dependencies.clock()))
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
            _identities(dependencies),
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


def _settle_control(control: RunControl, options: RunOptions, chain: Chain, plan: Plan) -> None:
    """Give the control what its owner has left open: the budget and the rows at once."""
    if control.budget is None:
        control.budget = options.budget
    if control.budget is not None and plan.estimate.unknown_prices:
        raise InputError(no_price(plan.estimate.unknown_prices))
    if control.concurrency is None:
        control.set_concurrency(options.concurrency or chain.concurrency)


def _run_record(dependencies: RunDependencies, plan: Plan, control: RunControl) -> RunRecord:
    return RunRecord(
        workbook_id=dependencies.workbook_id,
        workbook=str(dependencies.manifest.path.absolute()),
        sheet=dependencies.manifest.sheet,
        chain=dependencies.chain.name,
        steps=dependencies.chain.step_names,
        concurrency=control.concurrency or dependencies.chain.concurrency,
        rows=len(plan.rows),
        started_at=dependencies.now(),
        definition=dependencies.chain.model_dump_json(exclude_defaults=True),
        budget=control.budget,
        complete=sum(1 for planned in plan.rows if planned.work.complete),
        skipped=sum(1 for planned in plan.rows if planned.work.skipped),
    )


def _run_started(record: RunRecord, plan: Plan, at: float) -> RunStarted:
    return RunStarted(
        at=at,
        run_id=record.id,
        workbook=record.workbook,
        sheet=record.sheet,
        chain=record.chain,
        steps=record.steps,
        rows=tuple(planned.row.number for planned in plan.rows),
        concurrency=record.concurrency,
        calls=plan.calls,
        reused=plan.reused,
        estimate=plan.estimate,
        budget=record.budget,
        judge_calls=plan.judge_calls,
    )


def _identities(dependencies: RunDependencies) -> dict[str, str]:
    """For each provider's name the first name that has the same key at the same address."""
    first: dict[tuple[str, str], str] = {}
    asked = (one for endpoint in dependencies.endpoints.values() for one in endpoint.asked)
    return {one.name: first.setdefault((one.base_url, dependencies.keys.get(one.name, "")), one.name) for one in asked}
