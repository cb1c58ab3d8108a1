"""Admits the calls of one key and model just below the limits that the provider keeps.

It asks its parts how long a call has to wait: the quotas that the chain names or that replies report, the pause after a
refusal, and the probed rate where nothing is known. What they learn and why is told in docs/rate-limits.md.
"""

from __future__ import annotations

import asyncio
import math
import random
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence

from chaindesk.domain.completion import Usage
from chaindesk.engine.ratelimit.concurrency_window import ConcurrencyWindow
from chaindesk.engine.ratelimit.inferred_limits import InferredLimits
from chaindesk.engine.ratelimit.knee_finder import KneeFinder
from chaindesk.engine.ratelimit.limit_source import LimitSource
from chaindesk.engine.ratelimit.permit import Permit
from chaindesk.engine.ratelimit.quotas import NAMES, Quotas, UsageCalibration
from chaindesk.engine.ratelimit.shared_pause import SharedPause
from chaindesk.providers.base import RateHint

_MIN_REPORTED_WAIT_S = 0.2
_MIN_TIMER_S = 1e-6
_SPACED_CALLS, _SPACING_S = 100, 0.0008  # the first calls are sent one by one, so that a refusal can stop the rest
_LONG_WAIT_S = 2.0  # a provider that asks for more says that nothing passes; less is but "not at once"
_BLOCKED_REFUSALS, _BLOCKED_S = 4, 3.0  # refusals in a row, and seconds of them, after which all calls pause


class RateLimiter:
    """Admits calls, first come first served.

    Args:
        quotas: makes those that the chain names, given the time.
        rng: for the spread of pauses.
        clock: seconds.
        knee: finds how many calls at once the server works best with, where no limit is told.
    """

    def __init__(
        self,
        quotas: Callable[[float], Quotas],
        rng: random.Random,
        clock: Callable[[], float] = time.monotonic,
        knee: KneeFinder | None = None,
    ) -> None:
        self._clock = clock
        self._knee = knee
        self._chain_quotas = quotas
        self._quotas = quotas(clock())
        self._source = LimitSource()
        self._calibration = UsageCalibration()
        self._pause = SharedPause(rng)
        self._window = ConcurrencyWindow()
        self._inferred = InferredLimits(self._window)
        self._refused_in_a_row = 0
        self._refused_since = 0.0
        self._first_sent: float | None = None
        self._sent = 0
        self._queue: deque[tuple[asyncio.Future[None], Permit, Callable[[float], None]]] = deque()
        self._queued = dict.fromkeys(NAMES, 0.0)  # what those in the queue will take of each quota
        self._timer: asyncio.TimerHandle | None = None

    def limits(self) -> dict[str, float]:
        """Return the limits a minute that are known now: told ones, or the calls that were found to pass."""
        told = self._quotas.limits()
        if "requests" not in told and (rate := self._inferred.known_rate(self._clock())) is not None:
            told["requests"] = rate * 60
        return told

    @property
    def works_at(self) -> int | None:
        """How many calls at once it works at because more made them slower; None where the rows decide."""
        return self._knee.works_at if self._knee is not None else None

    def set_ceiling(self, at_once: int) -> None:
        """So many calls may be out at once at most, as the user says."""
        if self._knee is not None:
            self._knee.set_ceiling(at_once, self._clock())

    async def acquire(self, estimate: Usage, on_wait: Callable[[float], None], step: str = "") -> Permit:
        """Wait until a call may be sent.

        Args:
            estimate: the tokens that the call is expected to use at most.
            on_wait: told until about when it waits, where that is worth telling, and once more when all calls pause.
            step: the step of the chain.
        """
        permit = Permit(estimate, self._calibration.estimate(estimate), step)
        if not self._queue and self._delay(permit.amounts) <= _MIN_TIMER_S:
            self._send(permit)
            return permit
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((future, permit, on_wait))
        self._add_queued(permit, 1)
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
        self._refused_in_a_row = 0
        self._pause.observe_success(permit.pauses)
        self._source.observe_success(from_refusals=permit.from_refusals)
        if usage is not None:
            self._quotas.settle(permit.amounts, usage)
            self._calibration.learn(permit.estimate, usage)
        self._inferred.succeeded(permit, self._clock())
        self._release(permit, answered=True)

    def failed(self, permit: Permit) -> None:
        """The call failed for something that has nothing to do with limits, or was cancelled."""
        self._release(permit)

    def slow_start(self) -> None:
        """The provider is back after an outage: where no rate is known let calls come back bit by bit."""
        if not self._quotas:
            self._window.slow_start()
        if self._knee is not None:
            self._knee.restart(self._clock())

    def throttled(self, permit: Permit, retry_after: float | None) -> None:
        """The provider refused the call for now: either all calls pause, or this one backs off alone."""
        now = self._clock()
        self._forget_knee()
        new = permit.pauses == self._pause.count
        self._pause.observe_refusal(permit.sent_at, now)
        self._quotas.give_back(permit.amounts)
        if new and permit.from_refusals and self._source.observe_violation():
            self._quotas = self._chain_quotas(now)
        long_wait = retry_after is not None and retry_after > _LONG_WAIT_S
        if names := self._quotas.explain(permit, now):
            blocked = self._for_quotas(names, permit, now, long_wait=long_wait)
        else:
            blocked = self._inferred.refused(permit, now, long_wait=long_wait)
        blocked = blocked or self._pause.until > now
        if blocked and (new or retry_after is not None):
            self._pause.start(now, retry_after, new=new, known_rate=self._inferred.known_rate(now))
            self._quotas.drain(self._pause.until)
            self._inferred.rate.resume_at(self._pause.until)
            self._report_pause(now)
        permit.backs_off_alone = not blocked
        self._release(permit)

    def _for_quotas(self, names: Sequence[str], permit: Permit, now: float, *, long_wait: bool) -> bool:
        """A call was refused for limits that are known; return whether all calls are to pause for it."""
        self._refused_in_a_row += 1
        if self._refused_in_a_row == 1:
            self._refused_since = now
        self._quotas.refused(names, permit.sent_at, now)
        blocked = self._refused_in_a_row >= _BLOCKED_REFUSALS and now - self._refused_since >= _BLOCKED_S
        return long_wait or blocked

    def learn(self, permit: Permit, hint: RateHint) -> None:
        """Take in what a reply reported of the limits. A smaller one that the chain names stays in force."""
        permit.hint = hint
        if not self._source.accept(refused=hint.refused):
            return
        self._forget_knee()
        self._quotas.learn(hint, permit.used, permit.sent_at, self._clock())
        self._pump()

    # --- within ------------------------------------------------------------------------------------------------

    def _delay(self, amounts: Mapping[str, float]) -> float:
        now = self._clock()
        if self._knee is not None and self._window.in_flight >= self._knee.size:
            return math.inf
        delay = max(
            self._pause.until - now,
            self._quotas.delay(amounts, now),
            self._inferred.rate.delay(now),
            self._window.delay(now),
        )
        if self._first_sent is not None and self._sent < _SPACED_CALLS and not self._pause.count:
            delay = max(delay, self._first_sent + self._sent * _SPACING_S - now)
        return delay

    def _send(self, permit: Permit) -> None:
        now = self._clock()
        if self._first_sent is None:
            self._first_sent = now
        self._sent += 1
        permit.sent_at, permit.pauses, permit.from_refusals = now, self._pause.count, self._source.from_refusals
        permit.in_flight = self._window.sent(now)
        if self._knee is not None:
            self._knee.sent(permit, permit.step, now)
        self._inferred.sent(permit, now)
        permit.used = self._quotas.use(permit.amounts, now)
        self._pause.sent(now)

    def _forget_knee(self) -> None:
        """The server tells limits, or refuses calls: these say how many may go."""
        self._knee = None

    def _release(self, permit: Permit, *, answered: bool = False) -> None:
        self._window.in_flight -= 1
        if self._knee is not None:
            self._knee.ended(permit, self._clock(), answered=answered)
        self._quotas.returned(permit.amounts)
        if self._queue:
            self._pump()

    def _pump(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queue:
            future, permit, _ = self._queue[0]
            if future.done():  # its row was cancelled
                self._leave_queue()
                continue
            delay = self._delay(permit.amounts)
            if delay == math.inf:
                return  # an answer will pump again
            if delay > _MIN_TIMER_S:
                self._timer = asyncio.get_running_loop().call_later(delay, self._pump)
                return
            self._leave_queue()
            self._send(permit)
            future.set_result(None)

    def _leave_queue(self) -> None:
        """Take the first call out of the queue."""
        _, permit, _ = self._queue.popleft()
        self._add_queued(permit, -1)

    def _add_queued(self, permit: Permit, sign: int) -> None:
        for name, amount in permit.amounts.items():
            self._queued[name] += sign * amount

    def _report_wait(self, on_wait: Callable[[float], None]) -> None:
        now = self._clock()
        delay = max(self._delay(self._queued), self._quotas.full_delay(self._queued, now))
        delay = max(delay, self._inferred.rate.delay(now) + (len(self._queue) - 1) / self._inferred.rate.at(now))
        if _MIN_REPORTED_WAIT_S <= delay < math.inf:
            on_wait(now + delay)

    def _report_pause(self, now: float) -> None:
        """Tell the calls that had been let wait for a moment, and now wait for the pause."""
        if self._pause.until - now >= _MIN_REPORTED_WAIT_S:
            for future, _, on_wait in self._queue:
                if not future.done():
                    on_wait(self._pause.until)
