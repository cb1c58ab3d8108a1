"""One run from its first event to its last: the record in the journal, the pool, the listener, the way out."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from datetime import datetime

from chaindesk.domain.chain import Chain
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import ChainDeskError, InputError, JournalError
from chaindesk.domain.estimate import OutputLimitOf, Price
from chaindesk.domain.events import Event, PauseCause, RunFinished, RunNoticed, RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.records import RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.calls.circuit_breaker import BreakerSettings, CircuitBreakers
from chaindesk.engine.calls.clocks import SteadyTime, seconds_asleep
from chaindesk.engine.calls.executor import CallExecutor
from chaindesk.engine.calls.pause_gate import PauseGate
from chaindesk.engine.cost.budget import Budget, no_price
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.ratelimit.registry import RateLimiters
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.durable_writer import DurableWriter, finish_despite_cancel
from chaindesk.engine.run.event_log import EventLog
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.engine.run.row_task import RowContext, RowTask
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
        journal: where answers are kept.
        workbook_id: the journal's number of the workbook and sheet.
        ledger: what the journal knows of every row; kept up to date as rows end.
        keys: API keys by endpoint name; read anew in place.
        read_keys: fills ``keys``; gives what is missing in words for the user, or "".
        open_provider: opens the run's one session; closed at its end.
        price: what tokens cost.
        output_limit: the output limit that a call is sent with.
        breaker_settings: how an outage is waited out; its patience is the chain's.
        asleep: seconds that the machine has slept so far.
        now: the time of day, which never jumps.
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
    breaker_settings: BreakerSettings = field(default_factory=BreakerSettings)
    asleep: Callable[[], float] = seconds_asleep
    now: Callable[[], datetime] = field(default_factory=SteadyTime)


class EventDispatcher:
    """Hands events to the one listener. A listener that fails ends the run; it never fails a row."""

    def __init__(self, listener: Callable[[Event], None], control: RunControl) -> None:
        self._listener = listener
        self._control = control
        self._log = EventLog()
        self.error: Exception | None = None

    def __call__(self, event: Event) -> None:
        """Tell."""
        self._log.handle(event)
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
        JournalError: it could not begin, because nothing can be kept. A run that has begun ends with words instead.
    """
    _settle_control(control, options, dependencies.chain, plan)
    emit = EventDispatcher(listener, control)
    record = _run_record(dependencies, plan, control)
    run_id = await dependencies.journal.begin_run(record)
    state, message = RunState.STOPPED, ""
    notices: list[str] = []
    pool: WorkerPool | None = None
    try:
        await dependencies.journal.store_reuse(run_id, plan.reused_answers)
        emit(_run_started(replace(record, id=run_id), plan))
        gate = PauseGate(emit, halts=options.on_pause == "stop")
        patience = DISK_PATIENCE if options.on_pause == "stop" else None
        writer = DurableWriter(dependencies.journal, gate, patience)
        limits = RateLimiters(_identities(dependencies), random.Random())  # noqa: S311 - spreads retries, hides nothing

        def notice(message: str) -> None:
            notices.append(message)
            emit(RunNoticed(time.monotonic(), message))

        breakers = _breakers(dependencies, gate, emit)
        async with dependencies.open_provider(limits.on_rate_hint, notice) as provider:
            money = Budget(control.budget)
            executor = CallExecutor(
                provider,
                gate,
                breakers,
                limits,
                money,
                dependencies.chain.retry,
                dependencies.price,
                dependencies.output_limit,
                emit,
                asleep=dependencies.asleep,
            )
            pool = _worker_pool(dependencies, run_id, gate, writer, executor, control, emit)
            try:
                state = await pool.run(plan.rows)
            finally:
                breakers.close()
                message = await finish_despite_cancel(writer.spill_unsaved()) or gate.halted
    except ChainDeskError as error:
        state, message = RunState.HALTED, str(error)
        raise
    finally:
        await _end_run(dependencies, run_id, state, pool, plan)
        emit(RunFinished(time.monotonic(), run_id, state, message))
    if emit.error is not None:
        raise emit.error
    return RunResult(run_id, state, pool.counts, message, tuple(notices))


def _settle_control(control: RunControl, options: RunOptions, chain: Chain, plan: Plan) -> None:
    """Give the control what its owner has left open: the budget and the rows at once."""
    if control.budget is None:
        control.budget = options.budget
    if control.budget is not None and plan.estimate.unknown_prices:
        raise InputError(no_price(plan.estimate.unknown_prices))
    if control.concurrency is None:
        control.set_concurrency(options.concurrency or chain.concurrency)


def _worker_pool(
    dependencies: RunDependencies,
    run_id: int,
    gate: PauseGate,
    writer: DurableWriter,
    executor: CallExecutor,
    control: RunControl,
    emit: Callable[[Event], None],
) -> WorkerPool:
    ledger = dependencies.ledger
    context = RowContext(
        run_id=run_id,
        workbook_id=dependencies.workbook_id,
        chain=dependencies.request_builder,
        writer=writer,
        executor=executor,
        ledger=ledger,
        emit=emit,
        now=dependencies.now,
    )

    async def revalidate() -> str:
        executor.budget.cap = control.budget
        try:
            return await dependencies.read_keys()
        except ChainDeskError as error:
            return str(error)

    def row_done(task: RowTask, status: Status) -> None:
        ledger.record_outcome(task.planned.row, status, task.failure)

    return WorkerPool(context, gate, control, revalidate, row_done)


async def _end_run(
    dependencies: RunDependencies, run_id: int, state: RunState, pool: WorkerPool | None, plan: Plan
) -> None:
    """Keep how the run ended. A journal that fails here has failed before, and that is what the caller hears of."""
    retries = 0 if pool is None else pool.retries
    try:
        await asyncio.shield(dependencies.journal.end_run(run_id, state, dependencies.now(), retries, plan.reused))
    except JournalError as error:
        _log.warning("The end of run %s could not be kept: %s", run_id, error)


def _breakers(dependencies: RunDependencies, gate: PauseGate, emit: Callable[[Event], None]) -> CircuitBreakers:
    pace = replace(dependencies.breaker_settings, patience=dependencies.chain.retry.outage_minutes * 60)

    def ask(message: str) -> None:
        gate.hold_for(PauseCause.OUTAGE, message)

    return CircuitBreakers(pace, emit, ask, random.Random())  # noqa: S311 - spreads tries, hides nothing


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
    )


def _run_started(record: RunRecord, plan: Plan) -> RunStarted:
    return RunStarted(
        at=time.monotonic(),
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
    )


def _identities(dependencies: RunDependencies) -> dict[str, str]:
    """For each provider's name the first name that has the same key at the same address."""
    first: dict[tuple[str, str], str] = {}
    return {
        name: first.setdefault((endpoint.base_url, dependencies.keys.get(name, "")), name)
        for name, endpoint in dependencies.endpoints.items()
    }
