"""Admits the calls of one key and model just below the limits that the provider keeps.

It asks its parts how long a call has to wait: the quotas that the chain names or that replies report, the pause after a
refusal, and the probed rate where nothing is known. What they learn and why is told in docs/rate-limits.md.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping

from chaindesk.domain.completion import Usage
from chaindesk.engine.ratelimit.adaptive_rate import AdaptiveRate
from chaindesk.engine.ratelimit.concurrency_window import ConcurrencyWindow
from chaindesk.engine.ratelimit.limit_source import LimitSource
from chaindesk.engine.ratelimit.permit import Permit
from chaindesk.engine.ratelimit.quotas import NAMES, Quotas, UsageCalibration
from chaindesk.engine.ratelimit.shared_pause import SharedPause
from chaindesk.providers.base import RateHint

_MIN_REPORTED_WAIT_S = 0.2
_MIN_TIMER_S = 1e-6
_SPACED_CALLS, _SPACING_S = 100, 0.0008  # the first calls are sent one by one, so that a refusal can stop the rest
_VIOLATIONS_TO_PROBE = 12.0  # refusals of calls that kept to the limits: from there on the rate is probed as well …
_VIOLATION_DECAY = 0.99  # … and what each answered call leaves of them


class RateLimiter:
    """Admits calls, first come first served.

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
        self._chain_quotas = quotas
        self._quotas = quotas(clock())
        self._source = LimitSource()
        self._calibration = UsageCalibration()
        self._pause = SharedPause(rng)
        self._window = ConcurrencyWindow()
        self._rate = AdaptiveRate()
        self._violations = 0.0  # calls that kept to the quotas and were refused, of late
        self._first_sent: float | None = None
        self._sent = 0
        self._queue: deque[tuple[asyncio.Future[None], Permit]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def acquire(self, estimate: Usage, on_wait: Callable[[float], None]) -> Permit:
        """Wait until a call may be sent.

        Args:
            estimate: the tokens that the call is expected to use at most.
            on_wait: told until about when it waits, where that is worth telling.
        """
        permit = Permit(estimate, self._calibration.estimate(estimate))
        if not self._queue and not self._window.is_full and self._delay(permit.amounts) <= _MIN_TIMER_S:
            self._send(permit)
            return permit
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((future, permit))
        if len(self._queue) == 1 or self._timer is None:
            self._pump()
        if not future.done():
            self._report_wait(on_wait)
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
        self._release(permit)

    def succeeded(self, permit: Permit, usage: Usage | None) -> None:
        """The call was answered."""
        self._pause.observe_success(permit.pauses)
        self._source.observe_success(from_refusals=permit.from_refusals)
        self._violations *= _VIOLATION_DECAY
        self._quotas.relax()
        if usage is not None:
            self._quotas.settle(permit.amounts, usage)
            self._calibration.learn(permit.estimate, usage)
        self._window.observe_success()
        self._release(permit)

    def failed(self, permit: Permit) -> None:
        """The call failed for something that has nothing to do with limits, or was cancelled."""
        self._release(permit)

    def slow_start(self) -> None:
        """The provider is back after an outage: where no rate is known let calls come back bit by bit."""
        if not self._quotas:
            self._window.slow_start()

    def throttled(self, permit: Permit, retry_after: float | None) -> None:
        """The provider refused the call for now: all rows pause, for as long as it says or a while that grows."""
        now = self._clock()
        new = permit.pauses == self._pause.count
        self._pause.observe_refusal(permit.sent_at, now)
        self._quotas.give_back(permit.amounts)
        if new and permit.under_quotas:
            self._quotas.tighten(permit.hint, permit.amounts)
            self._violations += 1
        if new and permit.from_refusals and self._source.observe_violation():
            self._quotas = self._chain_quotas(now)
        if new:
            self._window.observe_refusal(shrink=self._rate.given_up and not self._quotas)
        if new or retry_after is not None:
            self._pause.start(now, retry_after, new=new, known_rate=self._rate.known)
            self._quotas.drain(self._pause.until)
        self._rate.refused(permit.number, permit.sent_at, self._pause.until, new=new)
        self._release(permit)

    def learn(self, permit: Permit, hint: RateHint) -> None:
        """Take in what a reply reported of the limits. A smaller one that the chain names stays in force."""
        permit.hint = hint
        if not self._source.accept(refused=hint.refused):
            return
        self._quotas.learn(hint, permit.used, permit.sent_at, self._clock())
        if self._quotas:
            self._window.open()
        self._pump()

    # --- within ------------------------------------------------------------------------------------------------

    @property
    def _probes(self) -> bool:
        """Whether the rate is probed: nothing is known, or what is known does not hold."""
        return not self._quotas or self._violations >= _VIOLATIONS_TO_PROBE

    def _delay(self, amounts: Mapping[str, float]) -> float:
        now = self._clock()
        delay = max(self._pause.until - now, self._quotas.delay(amounts, now))
        if self._probes:
            delay = max(delay, self._rate.delay(now))
        if self._first_sent is not None and self._sent < _SPACED_CALLS and not self._pause.count:
            delay = max(delay, self._first_sent + self._sent * _SPACING_S - now)
        return delay

    def _send(self, permit: Permit) -> None:
        now = self._clock()
        if self._first_sent is None:
            self._first_sent = now
        self._sent += 1
        permit.sent_at, permit.pauses, permit.from_refusals = now, self._pause.count, self._source.from_refusals
        permit.under_quotas = bool(self._quotas)
        permit.number = self._rate.sent(now)
        self._window.in_flight += 1
        permit.used = self._quotas.use(permit.amounts, now)
        self._pause.sent(now)

    def _release(self, permit: Permit) -> None:
        self._window.in_flight -= 1
        self._quotas.returned(permit.amounts)
        if self._queue:
            self._pump()

    def _pump(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queue:
            future, permit = self._queue[0]
            if future.done():  # its row was cancelled
                self._queue.popleft()
                continue
            if self._window.is_full:
                return  # an answer will pump again
            delay = self._delay(permit.amounts)
            if delay > _MIN_TIMER_S:
                self._timer = asyncio.get_running_loop().call_later(delay, self._pump)
                return
            self._queue.popleft()
            self._send(permit)
            future.set_result(None)

    def _report_wait(self, on_wait: Callable[[float], None]) -> None:
        now = self._clock()
        amounts = {name: sum(permit.amounts[name] for _, permit in self._queue) for name in NAMES}
        delay = max(self._delay(amounts), self._quotas.full_delay(amounts, now))
        if self._probes and self._rate.limits:
            delay = max(delay, self._rate.delay(now) + (len(self._queue) - 1) / self._rate.at(now))
        if delay >= _MIN_REPORTED_WAIT_S:
            on_wait(now + delay)
