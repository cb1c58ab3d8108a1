"""One run from its first event to its last: the record in the journal, the runner, the listener, the way out."""

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
from chaindesk.domain.errors import ChainDeskError, JournalError
from chaindesk.domain.estimate import Price
from chaindesk.domain.events import Event, PauseCause, RunFinished, RunNoticed, RunStarted
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.records import RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.engine.answers.ledger import Ledger
from chaindesk.engine.calls.circuit_breaker import OutagePace, Outages
from chaindesk.engine.calls.clocks import SteadyTime, seconds_asleep
from chaindesk.engine.calls.executor import Caller
from chaindesk.engine.calls.pause_gate import Gate
from chaindesk.engine.cost.budget import Budget
from chaindesk.engine.planning.plan import Plan, RunOptions, RunResult
from chaindesk.engine.prompting.request_builder import RowChain
from chaindesk.engine.ratelimit.registry import Limits
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.durable_writer import Keeper, to_the_end
from chaindesk.engine.run.event_log import RunLog
from chaindesk.engine.run.row_task import Desk, RowTask
from chaindesk.engine.run.worker_pool import Runner
from chaindesk.journal.protocol import Journal
from chaindesk.providers.base import NoticeListener, Provider, RateListener

_log = logging.getLogger(__name__)
DISK_PATIENCE = 120.0
"""Seconds that a run which waits for nobody waits for a journal that cannot be written."""


@dataclass(slots=True)
class Wiring:
    """What a run is made of.

    Attributes:
        manifest: the sheet.
        chain: the chain.
        row_chain: the chain as it is said for a row.
        endpoints: each provider that the chain uses, by name.
        journal: where answers are kept.
        workbook_id: the journal's number of the workbook and sheet.
        ledger: what the journal knows of every row; kept up to date as rows end.
        keys: API keys by endpoint name; read anew in place.
        read_keys: fills ``keys``; gives what is missing in words for the user, or "".
        open_provider: opens the run's one session; closed at its end.
        price: what tokens cost.
        outage_pace: how an outage is waited out; its patience is the chain's.
        asleep: seconds that the machine has slept so far.
        now: the time of day, which never jumps.
    """

    manifest: Manifest
    chain: Chain
    row_chain: RowChain
    endpoints: Mapping[str, Endpoint]
    journal: Journal
    workbook_id: int
    ledger: Ledger
    keys: Mapping[str, str]
    read_keys: Callable[[], Awaitable[str]]
    open_provider: Callable[[RateListener, NoticeListener], AbstractAsyncContextManager[Provider]]
    price: Price
    outage_pace: OutagePace = field(default_factory=OutagePace)
    asleep: Callable[[], float] = seconds_asleep
    now: Callable[[], datetime] = field(default_factory=SteadyTime)


class Teller:
    """Hands events to the one listener. A listener that fails ends the run; it never fails a row."""

    def __init__(self, listener: Callable[[Event], None], control: RunControl) -> None:
        self._listener = listener
        self._control = control
        self._log = RunLog()
        self.error: Exception | None = None

    def __call__(self, event: Event) -> None:
        """Tell."""
        self._log.take(event)
        if self.error is not None:
            return
        try:
            self._listener(event)
        except Exception as error:
            self.error = error
            self._control.stop()


async def conduct(
    wiring: Wiring, plan: Plan, options: RunOptions, listener: Callable[[Event], None], control: RunControl
) -> RunResult:
    """Carry a plan out.

    Raises:
        JournalError: it could not begin, because nothing can be kept. A run that has begun ends with words instead.
    """
    emit = Teller(listener, control)
    record = _record(wiring, plan, control)
    run_id = await wiring.journal.begin_run(record)
    state, message = RunState.STOPPED, ""
    notices: list[str] = []
    runner: Runner | None = None
    try:
        await wiring.journal.store_reuse(run_id, plan.taken_over)
        emit(_started(replace(record, id=run_id), plan))
        gate = Gate(emit, halts=options.on_pause == "stop")
        patience = DISK_PATIENCE if options.on_pause == "stop" else None
        keeper = Keeper(wiring.journal, gate, patience)
        limits = Limits(_identities(wiring), random.Random())  # noqa: S311 - spreads retries, hides nothing

        def notice(message: str) -> None:
            notices.append(message)
            emit(RunNoticed(time.monotonic(), message))

        outages = _outages(wiring, gate, emit)
        async with wiring.open_provider(limits.on_rate, notice) as provider:
            money = Budget(control.budget)
            caller = Caller(provider, gate, outages, limits, money, wiring.chain.retry, wiring.price, emit)
            caller.asleep = wiring.asleep
            runner = _runner(wiring, run_id, gate, keeper, caller, control, emit)
            try:
                state = await runner.run(plan.rows)
            finally:
                outages.close()
                message = await to_the_end(keeper.farewell()) or gate.halted
    except ChainDeskError as error:
        state, message = RunState.HALTED, str(error)
        raise
    finally:
        await _close(wiring, run_id, state, runner, plan)
        emit(RunFinished(time.monotonic(), run_id, state, message))
    if emit.error is not None:
        raise emit.error
    return RunResult(run_id, state, runner.counts, message, tuple(notices))


def _runner(
    wiring: Wiring,
    run_id: int,
    gate: Gate,
    keeper: Keeper,
    caller: Caller,
    control: RunControl,
    emit: Callable[[Event], None],
) -> Runner:
    ledger = wiring.ledger
    desk = Desk(
        run_id=run_id,
        workbook_id=wiring.workbook_id,
        chain=wiring.row_chain,
        keeper=keeper,
        caller=caller,
        ledger=ledger,
        emit=emit,
        now=wiring.now,
    )

    async def renew() -> str:
        caller.budget.cap = control.budget
        try:
            return await wiring.read_keys()
        except ChainDeskError as error:
            return str(error)

    def row_done(task: RowTask, status: Status) -> None:
        ledger.ended(task.planned.row, status, task.failure)

    return Runner(desk, gate, control, renew, row_done)


async def _close(wiring: Wiring, run_id: int, state: RunState, runner: Runner | None, plan: Plan) -> None:
    """Keep how the run ended. A journal that fails here has failed before, and that is what the caller hears of."""
    retries = 0 if runner is None else runner.desk.caller.retries
    try:
        await asyncio.shield(wiring.journal.end_run(run_id, state, wiring.now(), retries, plan.reused))
    except JournalError as error:
        _log.warning("The end of run %s could not be kept: %s", run_id, error)


def _outages(wiring: Wiring, gate: Gate, emit: Callable[[Event], None]) -> Outages:
    pace = replace(wiring.outage_pace, patience=wiring.chain.retry.outage_minutes * 60)

    def ask(message: str) -> None:
        gate.hold_for(PauseCause.OUTAGE, message)

    return Outages(pace, emit, ask, random.Random())  # noqa: S311 - spreads tries, hides nothing


def _record(wiring: Wiring, plan: Plan, control: RunControl) -> RunRecord:
    return RunRecord(
        workbook_id=wiring.workbook_id,
        workbook=str(wiring.manifest.path.absolute()),
        sheet=wiring.manifest.sheet,
        chain=wiring.chain.name,
        steps=wiring.chain.step_names,
        concurrency=control.concurrency or wiring.chain.concurrency,
        rows=len(plan.rows),
        started_at=wiring.now(),
        definition=wiring.chain.model_dump_json(exclude_defaults=True),
    )


def _started(record: RunRecord, plan: Plan) -> RunStarted:
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


def _identities(wiring: Wiring) -> dict[str, str]:
    """For each provider's name the first name that has the same key at the same address."""
    first: dict[tuple[str, str], str] = {}
    return {
        name: first.setdefault((endpoint.base_url, wiring.keys.get(name, "")), name)
        for name, endpoint in wiring.endpoints.items()
    }
