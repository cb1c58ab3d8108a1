"""One call made for good: through the gate, the budget and the limits, and again where it failed for now."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chaindesk.domain.chain import RetrySettings
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.errors import CallError, Disposition, FailureKind
from chaindesk.domain.estimate import OutputLimitOf, Price
from chaindesk.domain.events import Event, PauseCause, StepStarted, StepWaiting
from chaindesk.domain.manifest import Row
from chaindesk.engine.calls.circuit_breaker import OUTAGE_KINDS, CircuitBreaker, CircuitBreakers
from chaindesk.engine.calls.clocks import LONG_SLEEP, seconds_asleep
from chaindesk.engine.calls.pause_gate import PauseGate
from chaindesk.engine.calls.retry_policy import RetryPolicy
from chaindesk.engine.cost.budget import Budget, CostCeilings
from chaindesk.engine.cost.estimator import GUESSED_OUTPUT
from chaindesk.engine.ratelimit.registry import Permit, RateLimiter, RateLimiters
from chaindesk.providers.base import Provider


@dataclass(slots=True)
class CallState:
    """One call of a row, with the attempts made for it so far. A repaired answer goes on with the same one.

    Attributes:
        row: whose it is.
        step: the step's name.
        on_unusable: stores and emits a call that was, or may have been, billed and gave nothing usable, with its
            seconds.
        attempts: calls made.
        in_flight: whether one is out at this moment.
        last_error: how the last one failed, or None.
        cancelled_after_sending: whether a call was cut off that may have been billed all the same.
    """

    row: Row
    step: str
    on_unusable: Callable[[CallError, float], Awaitable[None]]
    attempts: int = 0
    in_flight: bool = False
    last_error: CallError | None = None
    cancelled_after_sending: bool = False


@dataclass(frozen=True, slots=True)
class _Admission:
    limiter: RateLimiter
    permit: Permit
    reserved: Decimal
    epoch: int
    probe: bool


@dataclass(slots=True)
class CallExecutor:
    """Makes calls for all rows of a run.

    Attributes:
        provider: over the run's one session.
        gate: where calls wait while the run is held.
        breakers: which providers are away.
        limits: the providers' paces.
        budget: the run's money.
        retry: how long a failing call is tried.
        price: what tokens cost, or None where nobody knows.
        output_limit: the output limit that a call is sent with.
        ceilings: the most that each call can cost.
        emit: told what happens.
        rng: for delays.
        clock: seconds.
        sleep: waits for seconds.
        asleep: seconds that the machine has slept so far.
        retries: calls that were made again.
    """

    provider: Provider
    gate: PauseGate
    breakers: CircuitBreakers
    limits: RateLimiters
    budget: Budget
    retry: RetrySettings
    price: Price
    output_limit: OutputLimitOf
    emit: Callable[[Event], None]
    rng: random.Random = field(default_factory=random.Random)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    asleep: Callable[[], float] = seconds_asleep
    retries: int = 0
    ceilings: CostCeilings = field(init=False)

    def __post_init__(self) -> None:
        self.ceilings = CostCeilings(self.price, self.output_limit)

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
            began, asleep = self.clock(), self.asleep()
            try:
                completion = await self._send(call, request, admission)
            except CallError as error:
                call.last_error = error
                slept = self.asleep() - asleep > LONG_SLEEP
                elapsed += 0.0 if slept else self.clock() - began
                excused = self._not_the_calls_fault(error, call, breaker, admission, slept=slept)
                if error.billed or self._perhaps_billed(request, error):
                    call.in_flight = True  # a halt cuts nobody off who keeps what was paid for
                    try:
                        await call.on_unusable(error, self.clock() - began)
                    finally:
                        call.in_flight = False
                if excused:
                    continue
                match error.kind.disposition:
                    case Disposition.PAUSE:
                        self.gate.hold(error, request, admission.epoch)
                    case Disposition.FAIL:
                        raise
                    case Disposition.RETRY:
                        delay = policy.next_delay(error, elapsed)
                        if delay is None:
                            raise
                        if not _concerns_all_rows(error) and not breaker.is_open:  # else all rows wait
                            elapsed += delay
                            await self._wait_before_retry(call, delay)
            except BaseException:
                breaker.abandon_probe(probe=admission.probe)
                raise
            else:
                self._record_reply(breaker, admission)
                return completion

    def _not_the_calls_fault(
        self, error: CallError, call: CallState, breaker: CircuitBreaker, admission: _Admission, *, slept: bool
    ) -> bool:
        """Whether a failure is not the call's fault: the provider is away, or the machine was asleep meanwhile."""
        if error.kind not in OUTAGE_KINDS:
            self._record_reply(breaker, admission)
            return False
        excused = breaker.record_failure(error, call.row.number, probe=admission.probe)
        if error.kind is FailureKind.UNREACHABLE:  # nothing was sent
            self.retries -= call.attempts > 1
            call.attempts -= 1
        return excused or slept

    def _record_reply(self, breaker: CircuitBreaker, admission: _Admission) -> None:
        """The provider said something; after an outage its rows come back bit by bit."""
        if breaker.is_open:
            admission.limiter.slow_start()
        breaker.record_success()

    async def _admit(self, call: CallState, request: CompletionRequest, breaker: CircuitBreaker) -> _Admission:
        """Wait for the gate, the provider, the budget and the provider's limits, until all agree."""
        while True:
            await self.gate.wait_open(lambda why: self._on_held(call, why.cause))
            probe = await breaker.wait_closed(lambda error: self._on_outage(call, error))
            goes = False
            try:
                admission = await self._acquire_permit(call, request, probe=probe)
                if admission is None:
                    continue
                goes = self.gate.is_open and (probe or not breaker.is_open)
                if goes:
                    return admission
                admission.limiter.cancel(admission.permit)
                self.budget.settle(admission.reserved, Decimal(0))
            finally:
                if not goes:
                    breaker.abandon_probe(probe=probe)

    async def _acquire_permit(self, call: CallState, request: CompletionRequest, *, probe: bool) -> _Admission | None:
        """Wait for the budget and the limits; None where the budget is reached, and the gate closed for it."""
        tokens = _expected_usage(request)
        limiter = self.limits.limiter_for(request)
        reserved = await self._reserve(call, request)
        if reserved is None:
            return None
        try:
            permit = await limiter.acquire(tokens, lambda until: self._emit_waiting(call, until))
        except asyncio.CancelledError:
            self.budget.settle(reserved, Decimal(0))
            raise
        return _Admission(limiter, permit, reserved, self.gate.epoch, probe)

    async def _reserve(self, call: CallState, request: CompletionRequest) -> Decimal | None:
        """Set the most that it can cost aside; None where the budget is reached, and the gate closed for it."""
        cost = Decimal(0)
        epoch = self.gate.epoch
        try:
            if self.budget.cap is not None:
                cost = self.ceilings.for_call(call.step, request)
            await self.budget.reserve(cost, lambda: self._on_held(call, PauseCause.BUDGET))
        except CallError as error:
            self.gate.hold(error, request, epoch)
            return None
        return cost

    async def _send(self, call: CallState, request: CompletionRequest, admission: _Admission) -> Completion:
        call.attempts += 1
        self.retries += call.attempts > 1
        self.emit(StepStarted(self.clock(), call.row.number, call.row.key, call.step, call.attempts))
        self.limits.track(request, admission.limiter, admission.permit)
        cost: Decimal | None = None
        call.in_flight, call.cancelled_after_sending = True, False
        try:
            completion = await self.provider.complete(request)
        except CallError as error:
            self._price_failure(request, error)
            cost = None if error.perhaps_billed or (error.billed and error.cost is None) else error.cost or Decimal(0)
            self.ceilings.observe(call.step, request, error.usage)
            if _concerns_all_rows(error):
                admission.limiter.throttled(admission.permit, error.retry_after)
            else:
                admission.limiter.failed(admission.permit)
            raise
        except BaseException:
            call.cancelled_after_sending = self._may_cost(request)
            admission.limiter.failed(admission.permit)
            raise
        else:
            admission.limiter.succeeded(admission.permit, completion.usage)
            completion = self._priced(request, completion)
            cost = completion.cost
            self.ceilings.observe(call.step, request, completion.usage)
            return completion
        finally:
            call.in_flight = False
            self.limits.untrack(request)
            self.budget.settle(admission.reserved, cost)

    def _priced(self, request: CompletionRequest, completion: Completion) -> Completion:
        """The completion with its cost, by list price where the provider did not name it."""
        if completion.cost is not None or completion.usage is None:
            return completion
        cost = self.price(request.endpoint, request.model, completion.usage)
        return completion if cost is None else replace(completion, cost=cost)

    def saved(self, request: CompletionRequest, usage: Usage | None) -> Decimal | None:
        """What the provider's cache saved of an answer's list price, what writing to it cost taken off; None where it
        had no part in it or the price is not known."""
        if usage is None or not (usage.cached_input or usage.cache_write):
            return None
        plain = self.price(request.endpoint, request.model, Usage(usage.input, usage.output))
        real = self.price(request.endpoint, request.model, usage)
        return None if plain is None or real is None else plain - real

    def _price_failure(self, request: CompletionRequest, error: CallError) -> None:
        """Give a failure that was billed its cost, by list price where the provider did not name it."""
        if error.cost is None and error.usage is not None:
            error.cost = self.price(request.endpoint, request.model, error.usage)

    def _perhaps_billed(self, request: CompletionRequest, error: CallError) -> bool:
        return error.perhaps_billed and self._may_cost(request)

    def _may_cost(self, request: CompletionRequest) -> bool:
        """Whether calls cost money, as far as is known."""
        return self.price(request.endpoint, request.model, Usage(1, 1)) != 0

    async def _wait_before_retry(self, call: CallState, delay: float) -> None:
        self._emit_waiting(call, self.clock() + delay)
        await self.sleep(delay)

    def _emit_waiting(self, call: CallState, until: float | None, cause: PauseCause | None = None) -> None:
        kind = None if call.last_error is None else call.last_error.kind
        message = None if call.last_error is None else str(call.last_error)
        row = call.row
        self.emit(StepWaiting(self.clock(), row.number, row.key, call.step, until, kind, message, cause))

    def _on_held(self, call: CallState, cause: PauseCause) -> None:
        """Nobody knows until when; what holds the run is told by its ``RunPaused``."""
        self._emit_waiting(call, None, cause)

    def _on_outage(self, call: CallState, error: CallError) -> None:
        call.last_error = call.last_error or error
        self._on_held(call, PauseCause.OUTAGE)


def _concerns_all_rows(error: CallError) -> bool:
    """Whether all rows of the key are to wait, rather than this one alone."""
    retried = error.kind.disposition is Disposition.RETRY
    return error.kind is FailureKind.RATE_LIMIT or (retried and error.retry_after is not None)


def _expected_usage(request: CompletionRequest) -> Usage:
    """What a call is likely to take: a token for every four bytes, and as much out as it may be."""
    sent = sum(len(message.content.encode("utf-8", "replace")) for message in request.messages)
    most = request.parameters.get("max_output_tokens")
    return Usage(sent // 4 + 1, most if isinstance(most, int) else GUESSED_OUTPUT)
