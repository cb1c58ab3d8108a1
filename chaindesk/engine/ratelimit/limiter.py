"""The provider's pace: gives calls their turn, so that they come just under the limits of their key and model.

Limits are those that the chain names or that replies tell; where neither does, the pace is felt out. After a refusal
all rows of the key pause together, then start again slowly. Where nothing is limited it costs next to nothing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from chaindesk.domain.completion import Usage
from chaindesk.engine.calls.retry_policy import FIRST_CEILING, LONGEST_ASKED
from chaindesk.engine.ratelimit.adaptive_rate import AdaptiveRate
from chaindesk.engine.ratelimit.quotas import NAMES, Quotas
from chaindesk.engine.ratelimit.sizes import UsageCalibration
from chaindesk.providers.base import RateHint

_WORTH_TELLING = 0.2  # seconds of a wait
_UNLIMITED = 1000.0  # calls at once: the user's concurrency is the ceiling
_SPREAD = 0.02  # seconds on top of the pause that a provider asks for
_ENOUGH_AGAINST, _SHARE_AGAINST = 3, 0.05  # refusals, and their share of calls, that disprove what refusals told
_VIOLATIONS_TO_PROBE = (
    12.0  # refusals of calls that kept to what is known: from there on the pace is felt out as well …
)
_FORGIVEN = 0.99  # … and what each answered call leaves of them
_FIRST_CALLS, _FIRST_GAP = 100, 0.0008  # so many first calls go out so many seconds apart
_LONGEST_REFUSAL_LATENCY = 2.0  # seconds that a refusal is believed to take
_TOO_SHORT = 1e-6  # seconds that no timer is set for
_LONGEST_OWN = 10.0  # seconds of a pause that the provider did not ask for


@dataclass(permits=True, eq=False)
class Permit:
    """A turn that a call was given: what it takes of the quotas, and what had been used when it went out.

    Attributes:
        likely: the tokens that it was said to take.
        amounts: what it is given of each allowance.
        sent_at: when it went out.
        number: which call of its limiter it is.
        refusals: the pauses until then.
        used: what had been used of each allowance, itself included.
        from_refusals: it went out at a pace that refusals alone have told.
        by_quotas: it went out when a pace was known.
        hint: what its reply told.
    """

    likely: Usage
    amounts: Mapping[str, float] = field(default_factory=dict)
    sent_at: float = 0.0
    number: int = 0
    refusals: int = 0
    used: Mapping[str, float] = field(default_factory=dict)
    from_refusals: bool = False
    by_quotas: bool = False
    hint: RateHint | None = None


class RateLimiter:
    """Gives calls their turn, first come first served.

    Limits that good replies tell are believed. Limits that refusals alone tell are kept to as well, until calls that
    did keep to them are refused all the same, time and again: then they are not what the provider goes by (or others
    use the key), and the pace is felt out as where nothing is told.

    Args:
        quotas: makes those that the chain names, given the time.
        rng: for the spread of pauses.
        clock: seconds.
    """

    def __init__(
        self,
        quotas: Callable[[float], Quotas],
        rng: random.Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._rng = rng
        self._own = quotas
        self._quotas = quotas(clock())
        self._rate = AdaptiveRate()
        self._calibration = UsageCalibration()
        self._first: float | None = None  # when the first call went out
        self._sent = 0
        self._paused_until = 0.0
        self._probing = False  # the first call after a pause goes ahead alone
        self._refusal_latency = 0.0  # seconds that a refusal takes
        self._refusals = 0  # how many pauses there were
        self._in_a_row = 0
        self._window = _UNLIMITED
        self._threshold = _UNLIMITED
        self._in_flight = 0
        self._limit_violations = 0.0  # calls that kept to the limits and were refused, of late
        self._confirmed = False  # good replies tell limits
        self._limits_from_refusals = False  # refusals alone told those that are in force
        self._kept_to = 0  # calls that kept to them and were answered
        self._against = 0  # calls that kept to them and were refused
        self._queue: deque[tuple[asyncio.Future[None], Permit]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def acquire(self, likely: Usage, on_wait: Callable[[float], None]) -> Permit:
        """Wait for a turn.

        Args:
            likely: the tokens that the call is likely to take at most.
            on_wait: told until about when it waits, where that is worth telling.
        """
        permit = Permit(likely, self._calibration.of(likely))
        if not self._queue and self._in_flight < self._window and self._delay(permit.amounts) <= _TOO_SHORT:
            self._take(permit)
            return permit
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((future, permit))
        if len(self._queue) == 1 or self._timer is None:
            self._pump()
        if not future.done():
            self._tell(on_wait)
            try:
                await future
            except asyncio.CancelledError:
                if future.done() and not future.cancelled():
                    self.cancel(permit)
                raise
        return permit

    def cancel(self, permit: Permit) -> None:
        """The call was not made after all."""
        self._quotas.give_back(permit.amounts)
        self._released(permit)

    def succeeded(self, permit: Permit, usage: Usage | None) -> None:
        """The call was answered."""
        if permit.refusals == self._refusals:
            self._in_a_row = 0
        self._kept_to += permit.from_refusals
        self._limit_violations *= _FORGIVEN
        self._quotas.relax()
        if usage is not None:
            self._quotas.settle(permit.amounts, usage)
            self._calibration.learn(permit.likely, usage)
        if self._window < _UNLIMITED:
            slow = self._window < self._threshold
            self._window += 1.0 if slow else 1.0 / self._window
        self._released(permit)

    def failed(self, permit: Permit) -> None:
        """The call failed for something that has nothing to do with limits, or was cancelled."""
        self._released(permit)

    def slow_start(self) -> None:
        """The provider is back after an outage: where no pace is known let calls come back bit by bit."""
        if not self._quotas:
            self._window = min(self._window, max(1.0, float(self._in_flight)))

    def throttled(self, permit: Permit, retry_after: float | None) -> None:
        """The provider refused the call for now: all rows pause, for as long as it says or a while that grows."""
        now = self._clock()
        new = permit.refusals == self._refusals
        self._refusal_latency = min(max(now - permit.sent_at, self._refusal_latency / 2), _LONGEST_REFUSAL_LATENCY)
        self._quotas.give_back(permit.amounts)
        if new and permit.by_quotas:
            self._quotas.tighten(permit.hint, permit.amounts)
            self._limit_violations += 1
        if new and permit.from_refusals:
            self._doubt(now)
        if new or retry_after is not None:
            self._pause(now, retry_after, new=new)
        self._rate.refused(permit.number, permit.sent_at, self._paused_until, new=new)
        self._released(permit)

    def learn(self, permit: Permit, hint: RateHint) -> None:
        """Take in what a reply told of the limits. A smaller one that the chain names stays in force."""
        permit.hint = hint
        if hint.refused and not self._confirmed:
            if self._doubted:
                return
            self._limits_from_refusals = True
        else:
            self._confirmed, self._limits_from_refusals = self._confirmed or not hint.refused, False
        self._quotas.learn(hint, permit.used, permit.sent_at, self._clock())
        if self._quotas:
            self._window = _UNLIMITED  # a known pace is better than a guessed one
        self._pump()

    @property
    def _doubted(self) -> bool:
        """Whether limits that refusals told have proved to be none."""
        return self._against >= _ENOUGH_AGAINST and self._against >= _SHARE_AGAINST * (self._kept_to + self._against)

    def _doubt(self, now: float) -> None:
        """A call that kept to what refusals told was refused: after enough of them go by the chain's limits alone."""
        self._against += 1
        if self._limits_from_refusals and self._doubted:
            self._limits_from_refusals = False
            self._quotas = self._own(now)

    # --- within ------------------------------------------------------------------------------------------------

    @property
    def _felt(self) -> bool:
        """Whether the pace is felt out: nothing is known, or what is known does not hold."""
        return not self._quotas or self._limit_violations >= _VIOLATIONS_TO_PROBE

    def _delay(self, amounts: Mapping[str, float]) -> float:
        now = self._clock()
        delay = max(self._paused_until - now, self._quotas.delay(amounts, now))
        if self._felt:
            delay = max(delay, self._rate.delay(now))
        if self._first is not None and self._sent < _FIRST_CALLS and not self._refusals:
            # The first calls go out one by one, so that a refusal can stop the rest of them
            delay = max(delay, self._first + self._sent * _FIRST_GAP - now)
        return delay

    def _take(self, permit: Permit) -> None:
        now = self._clock()
        if self._first is None:
            self._first = now
        self._sent += 1
        permit.sent_at, permit.refusals, permit.from_refusals = now, self._refusals, self._limits_from_refusals
        permit.by_quotas = bool(self._quotas)
        permit.number = self._rate.sent(now)
        self._in_flight += 1
        permit.used = self._quotas.take(permit.amounts, now)
        if self._probing:
            self._probing = False
            self._paused_until = max(self._paused_until, now + 1.5 * self._refusal_latency)

    def _released(self, permit: Permit) -> None:
        self._in_flight -= 1
        self._quotas.came_back(permit.amounts)
        if self._queue:
            self._pump()

    def _pause(self, now: float, retry_after: float | None, *, new: bool) -> None:
        if new:
            self._refusals += 1
            self._in_a_row += 1
            self._threshold = max(1.0, min(self._window, float(self._in_flight)) / 2)
            if self._rate.given_up and not self._quotas:
                self._window = 1.0
        if retry_after is not None:
            pause = min(max(retry_after, 0.0), LONGEST_ASKED) + self._rng.uniform(0, _SPREAD)
        else:
            pause = self._own_pause()
        self._paused_until = max(self._paused_until, now + pause)
        self._probing = True
        self._quotas.drain(self._paused_until)

    def _own_pause(self) -> float:
        """Seconds to pause where the provider named none: short where the pace is known, and longer time and again."""
        doubled = 2.0 ** (min(self._in_a_row, 20) - 1)
        known = self._rate.known
        ceiling = min(_LONGEST_OWN, (FIRST_CEILING if known is None else min(2.0 / known, FIRST_CEILING)) * doubled)
        return self._rng.uniform(ceiling / 2, ceiling)

    def _pump(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queue:
            future, permit = self._queue[0]
            if future.done():  # its row was cancelled
                self._queue.popleft()
                continue
            if self._in_flight >= self._window:
                return  # an answer will pump again
            delay = self._delay(permit.amounts)
            if delay > _TOO_SHORT:
                self._timer = asyncio.get_running_loop().call_later(delay, self._pump)
                return
            self._queue.popleft()
            self._take(permit)
            future.set_result(None)

    def _tell(self, on_wait: Callable[[float], None]) -> None:
        now = self._clock()
        amounts = {name: sum(permit.amounts[name] for _, permit in self._queue) for name in NAMES}
        delay = max(self._delay(amounts), self._quotas.full_delay(amounts, now))
        if self._felt and self._rate.limits:
            delay = max(delay, self._rate.delay(now) + (len(self._queue) - 1) / self._rate.at(now))
        if delay >= _WORTH_TELLING:
            on_wait(now + delay)
