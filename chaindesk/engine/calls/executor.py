"""One call made for good: through the gate, the budget and the limits, and again where it failed for now."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from decimal import Decimal

from chaindesk.domain.chain import RetrySettings
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Usage
from chaindesk.domain.errors import CallError, Disposition, FailureKind
from chaindesk.domain.events import Event, PauseCause, StepStarted, StepWaiting
from chaindesk.domain.manifest import Row
from chaindesk.engine.calls.circuit_breaker import LOSSES, Breaker, Outages
from chaindesk.engine.calls.clocks import LONG_SLEEP, seconds_asleep
from chaindesk.engine.calls.pause_gate import Gate
from chaindesk.engine.calls.retry_policy import Tries
from chaindesk.engine.cost.budget import Budget, Ceilings
from chaindesk.engine.cost.estimator import GUESSED_OUTPUT
from chaindesk.engine.ratelimit.registry import Limiter, Limits, Slot
from chaindesk.providers.base import Provider


@dataclass(slots=True)
class Calling:
    """One call of a row, with the tries made for it so far. A repaired answer goes on with the same one.

    Attributes:
        row: whose it is.
        step: the step's name.
        attempts: calls made.
        under_way: whether one is out at this moment.
        failed: how the last one failed, or None.
        cut: whether a call was cut off that may have been billed all the same.
        in_vain: keeps and tells of a call that was, or may have been, paid for in vain, and its seconds.
    """

    row: Row
    step: str
    attempts: int = 0
    under_way: bool = False
    failed: CallError | None = None
    cut: bool = False
    in_vain: Callable[[CallError, float], Awaitable[None]] | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    limiter: Limiter
    slot: Slot
    reserved: Decimal
    epoch: int
    probe: bool


@dataclass(slots=True)
class Caller:
    """Makes calls for all rows of a run.

    Attributes:
        provider: over the run's one session.
        gate: where calls wait while the run is held.
        outages: which providers are away.
        limits: the providers' paces.
        budget: the run's money.
        retry: how long a failing call is tried.
        price: what tokens cost, or None where nobody knows.
        ceilings: the most that each call can cost.
        emit: told what happens.
        rng: for delays.
        clock: seconds.
        sleep: waits for seconds.
        asleep: seconds that the machine has slept so far.
        retries: calls that were made again.
    """

    provider: Provider
    gate: Gate
    outages: Outages
    limits: Limits
    budget: Budget
    retry: RetrySettings
    price: Callable[[Endpoint, str, Usage], Decimal | None]
    emit: Callable[[Event], None]
    rng: random.Random = field(default_factory=random.Random)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    asleep: Callable[[], float] = seconds_asleep
    retries: int = 0
    ceilings: Ceilings = field(init=False)

    def __post_init__(self) -> None:
        self.ceilings = Ceilings(self.price)

    async def complete(self, calling: Calling, request: CompletionRequest) -> Completion:
        """Make a call until it is answered.

        Raises:
            CallError: it failed for good.
            RunHalted: the run makes no more calls.
        """
        breaker = self.outages.of(request.endpoint)
        breaker.enter(calling.row.number)
        try:
            return await self._persist(calling, request, breaker)
        finally:
            breaker.leave(calling.row.number)

    async def _persist(self, calling: Calling, request: CompletionRequest, breaker: Breaker) -> Completion:
        tries = Tries(self.retry, self.rng)
        elapsed = 0.0
        while True:
            turn = await self._turn(calling, request, breaker)
            began, asleep = self.clock(), self.asleep()
            try:
                completion = await self._call(calling, request, turn)
            except CallError as error:
                calling.failed = error
                slept = self.asleep() - asleep > LONG_SLEEP
                elapsed += 0.0 if slept else self.clock() - began
                excused = self._excused(error, calling, breaker, turn, slept=slept)
                if calling.in_vain is not None and (error.billed or self._perhaps_billed(request, error)):
                    calling.under_way = True  # a halt cuts nobody off who keeps what was paid for
                    try:
                        await calling.in_vain(error, self.clock() - began)
                    finally:
                        calling.under_way = False
                if excused:
                    continue
                match error.kind.disposition:
                    case Disposition.PAUSE:
                        self.gate.hold(error, request, turn.epoch)
                    case Disposition.FAIL:
                        raise
                    case Disposition.RETRY:
                        delay = tries.next_delay(error, elapsed)
                        if delay is None:
                            raise
                        if not _shared(error) and not breaker.is_out:  # else all rows wait
                            elapsed += delay
                            await self._rest(calling, delay)
            except BaseException:
                breaker.not_made(probe=turn.probe)
                raise
            else:
                self._back(breaker, turn)
                return completion

    def _excused(self, error: CallError, calling: Calling, breaker: Breaker, turn: _Turn, *, slept: bool) -> bool:
        """Whether a failure is not the call's fault: the provider is away, or the machine was asleep meanwhile."""
        if error.kind not in LOSSES:
            self._back(breaker, turn)
            return False
        excused = breaker.failed(error, calling.row.number, probe=turn.probe)
        if error.kind is FailureKind.UNREACHABLE:  # nothing was sent
            self.retries -= calling.attempts > 1
            calling.attempts -= 1
        return excused or slept

    def _back(self, breaker: Breaker, turn: _Turn) -> None:
        """The provider said something; after an outage its rows come back bit by bit."""
        if breaker.is_out:
            turn.limiter.begin_again()
        breaker.answered()

    async def _turn(self, calling: Calling, request: CompletionRequest, breaker: Breaker) -> _Turn:
        """Wait for the gate, the provider, the budget and the provider's limits, until all agree."""
        while True:
            await self.gate.passing(lambda why: self._held(calling, why.cause))
            probe = await breaker.passing(lambda error: self._away(calling, error))
            goes = False
            try:
                turn = await self._allowed(calling, request, probe=probe)
                if turn is None:
                    continue
                goes = self.gate.is_open and (probe or not breaker.is_out)
                if goes:
                    return turn
                turn.limiter.give_back(turn.slot)
                self.budget.settle(turn.reserved, Decimal(0))
            finally:
                if not goes:
                    breaker.not_made(probe=probe)

    async def _allowed(self, calling: Calling, request: CompletionRequest, *, probe: bool) -> _Turn | None:
        """Wait for the budget and the limits; None where the budget is reached, and the gate closed for it."""
        tokens = _likely(request)
        limiter = self.limits.of(request)
        reserved = await self._reserve(calling, request)
        if reserved is None:
            return None
        try:
            slot = await limiter.turn(tokens, lambda until: self._waits(calling, until))
        except asyncio.CancelledError:
            self.budget.settle(reserved, Decimal(0))
            raise
        return _Turn(limiter, slot, reserved, self.gate.epoch, probe)

    async def _reserve(self, calling: Calling, request: CompletionRequest) -> Decimal | None:
        """Set the most that it can cost aside; None where the budget is reached, and the gate closed for it."""
        cost = Decimal(0)
        epoch = self.gate.epoch
        try:
            if self.budget.cap is not None:
                cost = self.ceilings.of(calling.step, request)
            await self.budget.reserve(cost, lambda: self._held(calling, PauseCause.BUDGET))
        except CallError as error:
            self.gate.hold(error, request, epoch)
            return None
        return cost

    async def _call(self, calling: Calling, request: CompletionRequest, turn: _Turn) -> Completion:
        calling.attempts += 1
        self.retries += calling.attempts > 1
        self.emit(StepStarted(self.clock(), calling.row.number, calling.row.key, calling.step, calling.attempts))
        self.limits.going_out(request, turn.limiter, turn.slot)
        cost: Decimal | None = None
        calling.under_way, calling.cut = True, False
        try:
            completion = await self.provider.complete(request)
        except CallError as error:
            self._price_failure(request, error)
            cost = None if error.perhaps_billed or (error.billed and error.cost is None) else error.cost or Decimal(0)
            self.ceilings.saw(calling.step, request, error.usage)
            if _shared(error):
                turn.limiter.refused(turn.slot, error.retry_after)
            else:
                turn.limiter.failed(turn.slot)
            raise
        except BaseException:
            calling.cut = self._may_cost(request)
            turn.limiter.failed(turn.slot)
            raise
        else:
            turn.limiter.answered(turn.slot, completion.usage)
            completion = self._priced(request, completion)
            cost = completion.cost
            self.ceilings.saw(calling.step, request, completion.usage)
            return completion
        finally:
            calling.under_way = False
            self.limits.came_back(request)
            self.budget.settle(turn.reserved, cost)

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

    async def _rest(self, calling: Calling, delay: float) -> None:
        self._waits(calling, self.clock() + delay)
        await self.sleep(delay)

    def _waits(self, calling: Calling, until: float | None, cause: PauseCause | None = None) -> None:
        kind = None if calling.failed is None else calling.failed.kind
        message = None if calling.failed is None else str(calling.failed)
        row = calling.row
        self.emit(StepWaiting(self.clock(), row.number, row.key, calling.step, until, kind, message, cause))

    def _held(self, calling: Calling, cause: PauseCause) -> None:
        """Nobody knows until when; what holds the run is told by its ``RunPaused``."""
        self._waits(calling, None, cause)

    def _away(self, calling: Calling, error: CallError) -> None:
        calling.failed = calling.failed or error
        self._held(calling, PauseCause.OUTAGE)


def _shared(error: CallError) -> bool:
    """Whether all rows of the key are to wait, rather than this one alone."""
    retried = error.kind.disposition is Disposition.RETRY
    return error.kind is FailureKind.RATE_LIMIT or (retried and error.retry_after is not None)


def _likely(request: CompletionRequest) -> Usage:
    """What a call is likely to take: a token for every four bytes, and as much out as it may be."""
    sent = sum(len(message.content.encode("utf-8", "replace")) for message in request.messages)
    most = request.parameters.get("max_output_tokens")
    return Usage(sent // 4 + 1, most if isinstance(most, int) else GUESSED_OUTPUT)
