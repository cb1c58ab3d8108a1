"""Answers a row's request by a batch job: one that is out already, or the next one of its step.

The first request of a step goes out live, so that a mistake in what every row sends does not fail a whole job.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from chaindesk.domain.batch_jobs import BatchJob, ItemState
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Speed
from chaindesk.domain.errors import CallError, Disposition, FailureKind
from chaindesk.domain.events import CallInVain, Event, PauseCause, StepWaiting
from chaindesk.domain.manifest import Row
from chaindesk.engine.batch.collection import Arrival
from chaindesk.engine.batch.requests import AskAgain, BatchRequest, OutItems, Place, ShardQueue
from chaindesk.engine.batch.settings import MAX_UNPROCESSED, BatchSettings
from chaindesk.engine.batch.waits import done
from chaindesk.engine.calls.call_costs import CallCosts
from chaindesk.engine.calls.call_state import CallState
from chaindesk.engine.calls.fallback import Fallbacks
from chaindesk.engine.calls.pause_gate import PauseGate, RunHalted
from chaindesk.engine.calls.row_slots import RowSlots

if TYPE_CHECKING:
    from chaindesk.providers.batches.protocol import BatchApi

Live = Callable[[CallState, CompletionRequest], Awaitable[Completion]]
_EXPIRED = (
    "The batch job expired before this row's turn, as the one before it did. Nothing was paid for it. Run the failed "
    "rows with another speed to ask at once."
)


@dataclass(slots=True)
class BatchCalls:
    """The calls of one run that go by batch jobs.

    Attributes:
        apis: the batch jobs of an endpoint, or None where it has none.
        live: makes a call at once.
        gate: where calls wait.
        slots: the slots of the run's rows: one that waits for a job lends its own.
        costs: the run's money.
        fallbacks: which requests go to their step's second model.
        emit: called with what happens.
        clock: seconds.
        settings: how jobs are cut.
        rows: how many rows the run has.
        changed: called when a request waits for a job, or gave up waiting.
        queues: what waits for a job, by step, provider and model.
        out: what is out in jobs.
        resuming: rows whose answer has come and that are about to go on.
        live_now: whether the user wants the rest at once: nothing more is sent in jobs.
        cancelled_before: the jobs that were cancelled before the run: their rows are asked again.
        detached: whether rows wait no longer for jobs.
    """

    apis: Callable[[Endpoint], BatchApi | None]
    live: Live
    gate: PauseGate
    slots: RowSlots
    costs: CallCosts
    fallbacks: Fallbacks
    emit: Callable[[Event], None]
    clock: Callable[[], float]
    settings: BatchSettings
    rows: int
    changed: Callable[[], None] = lambda: None
    queues: dict[Place, ShardQueue] = field(default_factory=dict)
    out: OutItems = field(default_factory=OutItems)
    resuming: int = 0
    live_now: bool = False
    cancelled_before: set[str] = field(default_factory=set)
    detached: bool = False

    def concern(self, request: CompletionRequest) -> bool:
        """Return whether a request may be one of batch jobs: it asks for one, or some are out."""
        return request.speed is Speed.BATCH or len(self.out) > 0

    async def ask(
        self, call: CallState, row: Row, keys: frozenset[str], step: Step, request: CompletionRequest, *, draft: bool
    ) -> Completion | Arrival:
        """Return the answer to a request: what has come of it in a job, or that of a live call.

        Raises:
            CallError: it failed for good.
            RunHalted: the run makes no more calls, or does not wait for its jobs.
        """
        unprocessed = failures = 0
        while True:
            arrival = await self._obtain(call, row, keys, step, request, draft=draft)
            if arrival is None:
                continue
            if isinstance(arrival, Completion):
                return arrival
            result = arrival.result
            if result.answer is not None and result.state is ItemState.FAILED:
                self._tell_in_vain(row, step, arrival)
            if result.state is ItemState.ANSWERED or result.kind is FailureKind.FIELDS:
                return arrival
            if result.state is ItemState.UNPROCESSED:
                unprocessed += result.message == "expired"
                if result.message == "cancelled" and not (self.live_now or arrival.nonce in self.cancelled_before):
                    raise RunHalted
                if unprocessed >= MAX_UNPROCESSED:
                    raise CallError(FailureKind.TIMEOUT, _EXPIRED)
                continue
            error = CallError(result.kind or FailureKind.REJECTED, result.message)
            if error.kind.disposition is Disposition.PAUSE:
                if self.fallbacks.takes_over(call, request, error):
                    raise error
                self.gate.hold(error, request, self.gate.epoch)
                await self.gate.wait_open()
            elif error.kind.disposition is Disposition.FAIL or failures:
                raise error
            else:
                failures += 1

    async def _obtain(
        self, call: CallState, row: Row, keys: frozenset[str], step: Step, request: CompletionRequest, *, draft: bool
    ) -> Completion | Arrival | None:
        """Return an answer, what has come of a job, or None where the request is to be looked at anew."""
        out = self.out.claim(step.name, request.fingerprint, keys)
        if out is not None:
            call.submitted = out.arrived.cancelled() or not out.arrived.done()
            return await self._wait(call, out.arrived)
        if self.live_now or request.speed is not Speed.BATCH or self.apis(request.endpoint) is None:
            return await self.live(call, at_once(request))
        if self.detached:
            raise RunHalted
        self.fallbacks.leave_if_refused(call, request)
        queue = self._queue(step, request)
        if not queue.proven and not queue.proving:
            return await self._prove(queue, call, request)
        return await self._enqueue(queue, BatchRequest(row, step, request, draft, call, _future(), self.clock()))

    async def _prove(self, queue: ShardQueue, call: CallState, request: CompletionRequest) -> Completion:
        """Make the first call of a step live. Where it fails, the next row makes it."""
        queue.proving = True
        try:
            completion = await self.live(call, at_once(request))
            queue.proven = True
            return completion
        finally:
            queue.proving = False
            if not queue.proven and queue.waiting:
                queue.waiting.popleft().arrived.set_exception(AskAgain())
            self.changed()

    async def _enqueue(self, queue: ShardQueue, waiting: BatchRequest) -> Arrival | None:
        call, row = waiting.call, waiting.row
        self.emit(StepWaiting(self.clock(), row.number, row.key, call.step, None, None, None))
        try:
            return await self._wait(call, waiting.arrived, partial(self._begin_waiting, queue, waiting))
        finally:
            if waiting in queue.waiting:  # cancelled before its job was sent
                queue.waiting.remove(waiting)
            self._settle(waiting)

    async def _begin_waiting(self, queue: ShardQueue, waiting: BatchRequest) -> bool:
        if not await self._reserve(waiting):
            return False
        queue.waiting.append(waiting)
        self.changed()
        return True

    async def _reserve(self, waiting: BatchRequest) -> bool:
        """Set aside what a request may cost; False where the budget was reached, and the gate has been passed since."""
        epoch, row = self.gate.epoch, waiting.row

        def on_wait() -> None:
            self.emit(
                StepWaiting(self.clock(), row.number, row.key, waiting.call.step, None, None, None, PauseCause.BUDGET)
            )

        try:
            waiting.reserved = await self.costs.reserve(waiting.call.step, waiting.request, on_wait)
            waiting.holds = True
        except CallError as error:
            self.gate.hold(error, waiting.request, epoch)
            await self.gate.wait_open()
            return False
        return True

    def _settle(self, waiting: BatchRequest) -> None:
        """Replace what was set aside by what it has cost; for a request that is out it stays set aside."""
        arrived = waiting.arrived
        if arrived.done() and not arrived.cancelled() and arrived.exception() is None:
            answer = arrived.result().result.answer
            self.costs.settle(waiting.reserved, Decimal(0) if answer is None else answer.cost)
        elif waiting.holds and not waiting.call.submitted:
            self.costs.release(waiting.reserved)

    async def _wait(
        self, call: CallState, arrived: asyncio.Future[Arrival], begin: Callable[[], Awaitable[bool]] | None = None
    ) -> Arrival | None:
        """Wait for what a job brings; None where the request is to be looked at anew."""
        arrived.add_done_callback(self._count_resuming)
        try:
            async with self.slots.lend(always=True):
                if begin is not None and not await begin():
                    return None
                if not arrived.done():
                    await done(arrived)
        finally:
            if not arrived.remove_done_callback(self._count_resuming):
                self.resuming -= 1
        if arrived.cancelled():
            raise RunHalted
        call.submitted = False
        if isinstance(arrived.exception(), AskAgain):
            return None
        call.attempts += 1
        return arrived.result()

    def _count_resuming(self, _: object) -> None:
        self.resuming += 1

    def _queue(self, step: Step, request: CompletionRequest) -> ShardQueue:
        place = (step.name, request.endpoint.name, request.model)
        queue = self.queues.get(place)
        if queue is None:
            queue = self.queues[place] = ShardQueue(request.endpoint, self.settings.shard(self.rows))
        return queue

    def make_smaller(self, job: BatchJob) -> None:
        """Send what a job held that was too large later, in smaller ones: too much waits at the provider."""
        for (step, _, model), queue in self.queues.items():
            if (step, queue.endpoint.asked[0].name, model) == (job.step_name, job.provider, job.model):
                queue.shard = max(min(queue.shard, job.count) // 2, 1)
                queue.not_before = self.clock() + self.settings.retry_s

    def _tell_in_vain(self, row: Row, step: Step, arrival: Arrival) -> None:
        answer, kind = arrival.result.answer, arrival.result.kind
        if answer is not None:
            perhaps = answer.usage is None and answer.cost is None
            self.emit(
                CallInVain(self.clock(), row.number, row.key, step.name, kind, answer.usage, answer.cost, perhaps)
            )


def at_once(request: CompletionRequest) -> CompletionRequest:
    """Return a request as it is asked without a job."""
    return replace(request, speed=Speed.STANDARD) if request.speed is Speed.BATCH else request


def _future() -> asyncio.Future[Arrival]:
    return asyncio.get_running_loop().create_future()
