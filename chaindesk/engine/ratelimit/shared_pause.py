"""The pause of all rows of a key after a refusal."""

from __future__ import annotations

import random

from chaindesk.engine.ratelimit.backoff import FIRST_BACKOFF_S, MAX_RETRY_AFTER_S, MAX_SHARED_BACKOFF_S

_SPREAD_S = 0.02  # on top of the pause that a provider asks for
_MAX_REFUSAL_LATENCY_S = 2.0
_PROBE_LATENCIES = 1.5  # times as long as a refusal takes, that the others wait for the first call after a pause
_MAX_DOUBLINGS = 19


class SharedPause:
    """Holds all calls of a key back after a refusal, then lets one go ahead of the others.

    Args:
        rng: for the spread of pauses.

    Attributes:
        until: when calls may be sent again.
        count: pauses so far. A call that was sent before the last one says nothing new when it is refused as well.
    """

    def __init__(self, rng: random.Random) -> None:
        self.until = 0.0
        self.count = 0
        self._rng = rng
        self._in_a_row = 0
        self._refusal_latency = 0.0
        self._probing = False  # the first call after a pause goes ahead alone

    def observe_refusal(self, sent_at: float, now: float) -> None:
        """Learn how long a refusal takes."""
        self._refusal_latency = min(max(now - sent_at, self._refusal_latency / 2), _MAX_REFUSAL_LATENCY_S)

    def observe_success(self, pauses: int) -> None:
        """A call was answered that was sent after so many pauses."""
        if pauses == self.count:
            self._in_a_row = 0

    def start(self, now: float, retry_after: float | None, *, new: bool, known_rate: float | None) -> None:
        """Pause for as long as the provider asks, or for a random time that doubles.

        Args:
            now: the time.
            retry_after: seconds that the provider asks for.
            new: whether the refused call was sent after the last pause.
            known_rate: calls a second that pass, where that is known: then a pause needs no more than a few calls.
        """
        if new:
            self.count += 1
            self._in_a_row += 1
        if retry_after is not None:
            pause = min(max(retry_after, 0.0), MAX_RETRY_AFTER_S) + self._rng.uniform(0, _SPREAD_S)
        else:
            pause = self._backoff(known_rate)
        self.until = max(self.until, now + pause)
        self._probing = True

    def sent(self, now: float) -> None:
        """A call is sent: the first one after a pause holds the others back until it may have been refused."""
        if self._probing:
            self._probing = False
            self.until = max(self.until, now + _PROBE_LATENCIES * self._refusal_latency)

    def _backoff(self, known_rate: float | None) -> float:
        doubled = 2.0 ** min(self._in_a_row - 1, _MAX_DOUBLINGS)
        first = FIRST_BACKOFF_S if known_rate is None else min(2.0 / known_rate, FIRST_BACKOFF_S)
        ceiling = min(MAX_SHARED_BACKOFF_S, first * doubled)
        return self._rng.uniform(ceiling / 2, ceiling)
