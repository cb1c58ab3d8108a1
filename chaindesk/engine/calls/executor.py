"""Makes one call until it is answered: through the gate, the breaker, the budget and the limits, and again if need be.

What is shared by all rows is asked in this order, so that nothing is reserved by a call that cannot go out.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from decimal import Decimal

from chaindesk.domain.chain import RetrySettings
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.errors import CallError, Disposition, FailureKind
from chaindesk.domain.events import Event, PauseCause, StepStarted, StepWaiting
from chaindesk.engine.calls.call_costs import CallCosts
from chaindesk.engine.calls.call_state import Admission, CallState
from chaindesk.engine.calls.circuit_breaker import CircuitBreaker, CircuitBreakers
from chaindesk.engine.calls.clocks import LONG_SLEEP, seconds_asleep
from chaindesk.engine.calls.outage import may_be_outage
from chaindesk.engine.calls.pause_gate import PauseGate, is_long_limit
from chaindesk.engine.calls.refusals import RefusalJudge, suspected_kind
from chaindesk.engine.calls.retry_policy import RetryPolicy
from chaindesk.engine.calls.row_slots import RowSlots
from chaindesk.engine.cost.estimator import GUESSED_OUTPUT
from chaindesk.engine.ratelimit.registry import RateLimiters
from chaindesk.providers.base import Provider

_BUSY_STATUSES = frozenset({429, 503, 529})
_ROW_ALONE = "Other rows' calls are answered, so it is likely to be about this row's text."
_MIN_LENT_WAIT_S = 1.0  # a row that waits no longer keeps its slot


@dataclass(slots=True)
class CallExecutor:
    """Makes calls for all rows of a run.

    Attributes:
        provider: over the run's one session.
        gate: where calls wait while the run is held.
        breakers: which providers are away.
        limits: the providers' rate limiters.
        costs: the run's money.
        slots: the slots of the run's rows.
        retry: how long a failing call is tried.
        emit: called with what happens.
        rng: for delays.
        clock: seconds.
        sleep: waits for seconds.
        asleep: seconds that the machine has slept so far.
        retries: calls that were made again.
        refusals: whether a refusal concerns all rows.
    """

    provider: Provider
    gate: PauseGate
    breakers: CircuitBreakers
    limits: RateLimiters
    costs: CallCosts
    slots: RowSlots
    retry: RetrySettings
    emit: Callable[[Event], None]
    rng: random.Random = field(default_factory=random.Random)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    asleep: Callable[[], float] = seconds_asleep
    retries: int = 0
    refusals: RefusalJudge = field(init=False)

    def __post_init__(self) -> None:
        self.refusals = RefusalJudge(self.clock)

    async def complete(self, call: CallState, request: CompletionRequest) -> Completion:
        """Make a call until it is answered.

        Raises:
            CallError: it failed for good.
            RunHalted: the run makes no more calls.
        """
        breaker = self.breakers.for_endpoint(request.endpoint)
        breaker.enter(call.row.number)
        try:
            return await self._try_until_done(call, request, breaker)
        finally:
            breaker.leave(call.row.number)

    async def _try_until_done(self, call: CallState, request: CompletionRequest, breaker: CircuitBreaker) -> Completion:
        policy = RetryPolicy(self.retry, self.rng)
        elapsed = 0.0
        while True:
            admission = await self._admit(call, request, breaker)
            asleep = self.asleep()
            try:
                completion = await self._send(call, request, breaker, admission)
            except CallError as error:
                call.last_error = error
                slept = self.asleep() - asleep > LONG_SLEEP
                seconds = self.clock() - admission.sent_at
                elapsed += 0.0 if slept else seconds
                excused = self._not_the_calls_fault(error, call, breaker, admission, slept=slept)
                if error.billed or (error.perhaps_billed and self.costs.may_cost(request)):
                    await self._keep_unusable(call, error, seconds)
                if not excused:
                    elapsed += await self._wait_or_fail(call, request, error, breaker, admission, policy, elapsed)
            except BaseException:
                breaker.abandon_probe(probe=admission.probe)
                raise
            else:
                self._record_reply(call, breaker, admission)
                self.refusals.record_answer(call.step, call.row.number, admission.sent_at)
                return completion

    async def _wait_or_fail(
        self,
        call: CallState,
        request: CompletionRequest,
        error: CallError,
        breaker: CircuitBreaker,
        admission: Admission,
        policy: RetryPolicy,
        elapsed: float,
    ) -> float:
        """Do what a failure asks for before the call is made again, and return the seconds of the wait that count.

        Raises:
            CallError: the call is not made again.
        """
        if suspected_kind(error) is not None:
            if not await self._concerns_all(call, error, admission):
                if error.suspected is None:
                    error.args = (f"{error} {_ROW_ALONE}",)
                raise error
            self.gate.hold(error, request, admission.epoch)
            return 0.0
        disposition = error.kind.disposition
        if disposition is Disposition.PAUSE or is_long_limit(error):
            self.gate.hold(error, request, admission.epoch)
            return 0.0
        if disposition is Disposition.FAIL:
            raise error
        delay = policy.next_delay(error, elapsed)
        if delay is None:
            raise error
        for_limits = _concerns_all_rows(error, breaker, call)
        if breaker.is_open or (for_limits and not admission.permit.backs_off_alone):  # then all rows wait
            return 0.0
        self._emit_waiting(call, self.clock() + delay)
        if delay < _MIN_LENT_WAIT_S:
            await self.sleep(delay)
        else:
            async with self.slots.lend():
                await self.sleep(delay)
        return 0.0 if for_limits else delay

    async def _concerns_all(self, call: CallState, error: CallError, admission: Admission) -> bool:
        """Return whether a refused key, account or model concerns all rows; if need be, see what other rows meet."""
        if self.gate.halted or self.gate.held_for is not None or self.gate.epoch != admission.epoch:
            return True  # the run is held already, or was when the call went out: it waits, and is made again
        row = call.row.number
        verdict = self.refusals.verdict(error, call.step, row, admission.sent_at)
        if verdict is not None:
            return verdict
        self._emit_waiting(call, None)
        others_at_work = self.slots.active > self.refusals.waiting + 1
        async with contextlib.nullcontext() if others_at_work else self.slots.lend():
            return await self.refusals.wait(error, call.step, row)

    async def _keep_unusable(self, call: CallState, error: CallError, seconds: float) -> None:
        call.in_flight = True  # a halt cuts nobody off who keeps what was paid for
        try:
            await call.on_unusable(error, seconds)
        finally:
            call.in_flight = False

    def _not_the_calls_fault(
        self, error: CallError, call: CallState, breaker: CircuitBreaker, admission: Admission, *, slept: bool
    ) -> bool:
        """Return whether a failure is not the call's fault: the provider is away, or the machine was asleep."""
        if not may_be_outage(error):
            self._record_reply(call, breaker, admission)
            return False
        excused = breaker.record_failure(error, call.row.number, probe=admission.probe)
        if error.kind is FailureKind.UNREACHABLE:  # nothing was sent
            self.retries -= call.attempts > 1
            call.attempts -= 1
        return excused or slept

    def _record_reply(self, call: CallState, breaker: CircuitBreaker, admission: Admission) -> None:
        """The provider answered something; after an outage its rows come back bit by bit."""
        if breaker.is_open:
            admission.limiter.slow_start()
        breaker.record_success(call.row.number, admission.sent_at)

    # --- one attempt -------------------------------------------------------------------------------------------

    async def _admit(self, call: CallState, request: CompletionRequest, breaker: CircuitBreaker) -> Admission:
        """Wait for the gate, the breaker, the budget and the provider's limits, until all agree."""
        while True:
            await self.gate.wait_open(lambda why: self._emit_waiting(call, None, why.cause))
            probe = await breaker.wait_closed(call.row.number, lambda error: self._on_outage(call, error))
            goes = False
            try:
                admission = await self._acquire_permit(call, request, probe=probe)
                if admission is None:
                    continue
                goes = self.gate.is_open and (probe or not breaker.is_open)
                if goes:
                    return admission
                admission.limiter.cancel(admission.permit)
                self.costs.release(admission.reserved)
            finally:
                if not goes:
                    breaker.abandon_probe(probe=probe)

    async def _acquire_permit(self, call: CallState, request: CompletionRequest, *, probe: bool) -> Admission | None:
        """Wait for the budget and the limits; None where the budget is reached, and the gate closed for it."""
        epoch = self.gate.epoch
        try:
            reserved = await self.costs.reserve(
                call.step, request, lambda: self._emit_waiting(call, None, PauseCause.BUDGET)
            )
        except CallError as error:
            self.gate.hold(error, request, epoch)
            return None
        limiter = self.limits.limiter_for(request)
        try:
            permit = await limiter.acquire(_expected_usage(request), lambda until: self._emit_waiting(call, until))
        except asyncio.CancelledError:
            self.costs.release(reserved)
            raise
        return Admission(limiter, permit, reserved, self.gate.epoch, probe, self.clock())

    async def _send(
        self, call: CallState, request: CompletionRequest, breaker: CircuitBreaker, admission: Admission
    ) -> Completion:
        call.attempts += 1
        self.retries += call.attempts > 1
        self.emit(StepStarted(self.clock(), call.row.number, call.row.key, call.step, call.attempts))
        self.limits.track(request, admission.limiter, admission.permit)
        cost: Decimal | None = None
        call.in_flight, call.cancelled_after_sending = True, False
        try:
            completion = await self.provider.complete(request)
        except CallError as error:
            cost = self.costs.of_failure(call.step, request, error)
            if _concerns_all_rows(error, breaker, call):
                admission.limiter.throttled(admission.permit, error.retry_after)
            else:
                admission.limiter.failed(admission.permit)
            raise
        except BaseException:
            call.cancelled_after_sending = self.costs.may_cost(request)
            admission.limiter.failed(admission.permit)
            raise
        else:
            admission.limiter.succeeded(admission.permit, completion.usage)
            completion = self.costs.of_answer(call.step, request, completion)
            cost = completion.cost
            return completion
        finally:
            call.in_flight = False
            self.limits.untrack(request)
            self.costs.settle(admission.reserved, cost)

    # --- what is emitted ---------------------------------------------------------------------------------------

    def _emit_waiting(self, call: CallState, until: float | None, cause: PauseCause | None = None) -> None:
        """Emit that the row waits; ``until`` None where nobody knows: a ``RunPaused`` says why the run is held."""
        kind = None if call.last_error is None else call.last_error.kind
        message = None if call.last_error is None else str(call.last_error)
        row = call.row
        self.emit(StepWaiting(self.clock(), row.number, row.key, call.step, until, kind, message, cause))

    def _on_outage(self, call: CallState, error: CallError) -> None:
        call.last_error = call.last_error or error
        self._emit_waiting(call, None, PauseCause.OUTAGE)


def _concerns_all_rows(error: CallError, breaker: CircuitBreaker, call: CallState) -> bool:
    """Return whether all rows of the key are to wait, rather than this one alone."""
    if error.kind is FailureKind.RATE_LIMIT:
        return True
    retried = error.kind.disposition is Disposition.RETRY and error.retry_after is not None
    return retried and error.http_status in _BUSY_STATUSES and not breaker.is_bad_row(call.row.number)


def _expected_usage(request: CompletionRequest) -> Usage:
    """Return what a call is likely to take: a token for every four bytes, and as much out as it may be."""
    sent = sum(len(message.content.encode("utf-8", "replace")) for message in request.messages)
    most = request.parameters.get("max_output_tokens")
    return Usage(sent // 4 + 1, most if isinstance(most, int) else GUESSED_OUTPUT)
