"""The provider's pace: one limiter for each (base URL, key, model), which all rows share.

It drives just under the limits that the chain names or that replies tell. After a refusal all rows of the key pause
together, then start again slowly. Where no limit is known it costs next to nothing.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from chaindesk.domain.completion import CompletionRequest, Usage
from chaindesk.engine.buckets import Bucket
from chaindesk.engine.retry import FIRST_CEILING, LAST_CEILING, LONGEST_ASKED
from chaindesk.providers.base import RateHint

_WORTH_TELLING = 0.2
_UNLIMITED = 1000.0
_SPREAD = 0.1
_LEARNING = 0.1
_ENOUGH_AGAINST = 3
_SHARE_AGAINST = 0.05


@dataclass(slots=True, eq=False)
class Slot:
    """A turn that a call was given: what it takes of the allowances, and what had been used when it went out.

    ``by_hearsay``: it went out at a pace that refusals alone have told.
    """

    tokens: float
    asked: int = 0
    sent_at: float = 0.0
    refusals: int = 0
    requests_used: float = 0.0
    tokens_used: float = 0.0
    by_hearsay: bool = False


class Limiter:
    """Gives calls their turn, first come first served.

    Limits that good replies tell are believed. Limits that refusals alone tell are kept to as well, until calls that
    did keep to them are refused all the same, time and again: then they are not what the provider goes by (or others
    use the key), and the pace is felt out as where nothing is told.
    """

    def __init__(
        self,
        requests_per_minute: float | None,
        tokens_per_minute: float | None,
        rng: random.Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._rng = rng
        now = clock()
        self._own = (requests_per_minute, tokens_per_minute)
        self._requests = Bucket(requests_per_minute, now) if requests_per_minute else None
        self._tokens = Bucket(tokens_per_minute, now) if tokens_per_minute else None
        self._paused_until = 0.0
        self._refusals = 0  # how many pauses there were
        self._in_a_row = 0
        self._window = _UNLIMITED
        self._threshold = _UNLIMITED
        self._in_flight = 0
        self._share = 1.0  # what calls take, of what they were likely to take at most
        self._confirmed = False  # good replies tell limits
        self._hearsay = False  # refusals alone told those that are in force
        self._kept_to = 0  # calls that kept to them and were answered
        self._against = 0  # calls that kept to them and were refused
        self._queue: deque[tuple[asyncio.Future[None], Slot]] = deque()
        self._timer: asyncio.TimerHandle | None = None

    async def turn(self, tokens: int, on_wait: Callable[[float], None]) -> Slot:
        """Wait for a turn.

        Args:
            tokens: what the call is likely to take, in and out.
            on_wait: told until about when it waits, where that is worth telling.
        """
        slot = Slot(tokens * self._share, tokens)
        if not self._queue and self._delay(slot.tokens) <= 0 and self._in_flight < self._window:
            self._take(slot)
            return slot
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._queue.append((future, slot))
        self._pump()
        if not future.done():
            self._tell(on_wait)
            try:
                await future
            except asyncio.CancelledError:
                if future.done() and not future.cancelled():
                    self.give_back(slot)
                raise
        return slot

    def give_back(self, slot: Slot) -> None:
        """The call was not made after all."""
        for bucket, amount in ((self._requests, 1.0), (self._tokens, slot.tokens)):
            if bucket is not None:
                bucket.give_back(amount)
        self._released()

    def answered(self, slot: Slot, usage: Usage | None) -> None:
        """The call was answered."""
        self._in_a_row = 0
        self._kept_to += slot.by_hearsay
        if usage is not None and slot.asked:
            self._share += _LEARNING * (usage.total / slot.asked - self._share)
            if self._tokens is not None and self._own[1] is not None:
                self._tokens.give_back(slot.tokens - usage.total)
        if self._window < _UNLIMITED:
            slow = self._window < self._threshold
            self._window += 1.0 if slow else 1.0 / self._window
        self._released()

    def failed(self, slot: Slot) -> None:
        """The call failed for something that has nothing to do with limits, or was cancelled."""
        self._released()

    def begin_again(self) -> None:
        """The provider is back after an outage: where no pace is known let calls come back bit by bit."""
        if self._requests is None and self._tokens is None:
            self._window = min(self._window, max(1.0, float(self._in_flight)))

    def refused(self, slot: Slot, retry_after: float | None) -> None:
        """The provider refused the call for now: all rows pause, for as long as it says or a while that grows."""
        now = self._clock()
        if slot.by_hearsay and slot.refusals == self._refusals:
            self._doubt(now)
        if slot.refusals == self._refusals or retry_after is not None:
            self._pause(now, retry_after, new=slot.refusals == self._refusals)
        self._released()

    def learn(self, slot: Slot, hint: RateHint) -> None:
        """Take in what a reply told of the limits. A smaller one that the chain names stays in force."""
        now = self._clock()
        if hint.refused and not self._confirmed:
            if self._doubted:
                return
            self._hearsay = True
        else:
            self._confirmed, self._hearsay = self._confirmed or not hint.refused, False
        if hint.requests_limit and not (self._own[0] and self._own[0] < hint.requests_limit):
            self._requests = self._requests or Bucket(hint.requests_limit, now)
            self._requests.learn(hint.requests_limit, hint.requests_remaining, slot.requests_used, slot.sent_at, now)
        if hint.tokens_limit and not (self._own[1] and self._own[1] < hint.tokens_limit):
            self._tokens = self._tokens or Bucket(hint.tokens_limit, now)
            self._tokens.learn(hint.tokens_limit, hint.tokens_remaining, slot.tokens_used, slot.sent_at, now)
        if self._requests is not None or self._tokens is not None:
            self._window = _UNLIMITED  # a known pace is better than a guessed one
        self._pump()

    @property
    def _doubted(self) -> bool:
        """Whether limits that refusals told have proved to be none."""
        return self._against >= _ENOUGH_AGAINST and self._against >= _SHARE_AGAINST * (self._kept_to + self._against)

    def _doubt(self, now: float) -> None:
        """A call that kept to what refusals told was refused: after enough of them go by the chain's limits alone."""
        self._against += 1
        if self._hearsay and self._doubted:
            self._hearsay = False
            requests, tokens = self._own
            self._requests = Bucket(requests, now) if requests else None
            self._tokens = Bucket(tokens, now) if tokens else None

    # --- within ------------------------------------------------------------------------------------------------

    def _delay(self, tokens: float, requests: float = 1.0) -> float:
        now = self._clock()
        delay = self._paused_until - now
        if self._requests is not None:
            delay = max(delay, self._requests.delay(requests, now))
        if self._tokens is not None:
            delay = max(delay, self._tokens.delay(tokens, now))
        return delay

    def _take(self, slot: Slot) -> None:
        now = self._clock()
        slot.sent_at, slot.refusals, slot.by_hearsay = now, self._refusals, self._hearsay
        self._in_flight += 1
        if self._requests is not None:
            self._requests.take(1.0, now)
            slot.requests_used = self._requests.used
        if self._tokens is not None:
            self._tokens.take(slot.tokens, now)
            slot.tokens_used = self._tokens.used

    def _released(self) -> None:
        self._in_flight -= 1
        if self._queue:
            self._pump()

    def _pause(self, now: float, retry_after: float | None, *, new: bool) -> None:
        if new:
            self._refusals += 1
            self._in_a_row += 1
            self._threshold = max(1.0, min(self._window, float(self._in_flight)) / 2)
            if self._requests is None and self._tokens is None:
                self._window = 1.0
        if retry_after is not None:
            pause = min(max(retry_after, 0.0), LONGEST_ASKED) + self._rng.uniform(0, _SPREAD)
        else:
            ceiling = min(LAST_CEILING, FIRST_CEILING * 2.0 ** (self._in_a_row - 1))
            pause = self._rng.uniform(ceiling / 2, ceiling)
        self._paused_until = max(self._paused_until, now + pause)
        for bucket in (self._requests, self._tokens):
            if bucket is not None:
                bucket.drain(self._paused_until)

    def _pump(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        while self._queue:
            future, slot = self._queue[0]
            if future.done():  # its row was cancelled
                self._queue.popleft()
                continue
            if self._in_flight >= self._window:
                return  # an answer will pump again
            delay = self._delay(slot.tokens)
            if delay > 0:
                self._timer = asyncio.get_running_loop().call_later(delay, self._pump)
                return
            self._queue.popleft()
            self._take(slot)
            future.set_result(None)

    def _tell(self, on_wait: Callable[[float], None]) -> None:
        tokens = sum(slot.tokens for _, slot in self._queue)
        delay = max(self._delay(tokens, float(len(self._queue))), self._full_delay(tokens))
        if delay >= _WORTH_TELLING:
            on_wait(self._clock() + delay)

    def _full_delay(self, tokens: float) -> float:
        """How long the whole queue takes at the allowed pace."""
        paces = ((self._requests, float(len(self._queue))), (self._tokens, tokens))
        now = self._clock()
        return max(((amount - b.level(now)) * 60 / b.per_minute for b, amount in paces if b is not None), default=0.0)


class Limits:
    """The limiters of a run.

    Args:
        identities: for each endpoint's name whose key it shares: names with the same key share their limits. Never
            the key itself.
        rng: for the spread of pauses.
        clock: seconds.
    """

    def __init__(
        self, identities: Mapping[str, str], rng: random.Random, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._identities = identities
        self._rng = rng
        self._clock = clock
        self._limiters: dict[tuple[str, str, str], Limiter] = {}
        self._slots: dict[int, tuple[Limiter, Slot]] = {}

    def of(self, request: CompletionRequest) -> Limiter:
        """The limiter of a request's base URL, key and model."""
        endpoint = request.endpoint
        place = (endpoint.base_url, self._identities.get(endpoint.name, endpoint.name), request.model)
        limiter = self._limiters.get(place)
        if limiter is None:
            limiter = Limiter(endpoint.requests_per_minute, endpoint.tokens_per_minute, self._rng, self._clock)
            self._limiters[place] = limiter
        return limiter

    def going_out(self, request: CompletionRequest, limiter: Limiter, slot: Slot) -> None:
        """Remember which turn a request had, for what its reply tells."""
        self._slots[id(request)] = (limiter, slot)

    def came_back(self, request: CompletionRequest) -> None:
        """Forget it."""
        self._slots.pop(id(request), None)

    def on_rate(self, request: CompletionRequest, hint: RateHint) -> None:
        """Listens to what replies tell of limits; see ``providers.base.RateListener``."""
        found = self._slots.get(id(request))
        if found is not None:
            limiter, slot = found
            limiter.learn(slot, hint)
