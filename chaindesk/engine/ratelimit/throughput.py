"""How many calls of a key passed, over the times that say something about its limit."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque

_MINUTE_S = 60.0  # most servers count over a minute
_LOOKED_BACK = 12_000  # calls remembered: a minute's, up to 200 a second
_RECENT_CALLS = 100
_MIN_S = 1e-3


class Throughput:
    """Counts the calls that were sent and not refused: since calls were blocked last, of late, and in the last minute.

    Attributes:
        cycle_before: when the cycle before this one began, and how many calls passed in it.
    """

    def __init__(self) -> None:
        self.cycle_before = (0.0, 0)
        self._times: deque[float] = deque(maxlen=_LOOKED_BACK)
        self._refused_times: deque[float] = deque(maxlen=_LOOKED_BACK)
        self._began: float | None = None  # when calls were blocked last
        self._number = 0  # the last call that was sent until then
        self._refused = 0  # calls sent since then that were refused

    def sent(self, now: float) -> None:
        """A call is sent."""
        self._times.append(now)
        if self._began is None:
            self._began = now

    def refused(self, number: int, sent_at: float) -> None:
        """The call of that number was refused."""
        self._refused_times.append(sent_at)
        self._refused += number > self._number

    def begin_cycle(self, began: float, number: int) -> None:
        """Count from a moment, and from the call after that number, on."""
        self._began, self._number, self._refused = began, number, 0

    def end_cycle(self, now: float, passed: int, number: int) -> None:
        """Calls are blocked again: so many passed, and that was the last one sent."""
        self.cycle_before = (now if self._began is None else self._began, passed)
        self.begin_cycle(now, number)

    def in_cycle(self, sent: int, until: float) -> tuple[int, float]:
        """Return how many calls passed since nothing did, of so many sent in all, and in how many seconds."""
        return sent - self._number - self._refused, max(until - (self._began or 0.0), _MIN_S)

    def last_minute(self, now: float) -> float:
        """Return the calls a second that passed in the last minute: a server that counts over one lets in as many."""
        since = now - _MINUTE_S
        if not self._times or self._times[0] > since:
            return 0.0
        sent = len(self._times) - bisect_left(self._times, since)
        refused = len(self._refused_times) - bisect_left(self._refused_times, since)
        return max(sent - refused, 0) / _MINUTE_S

    def sent_lately(self, now: float) -> float:
        """Return the calls a second that were sent of late."""
        calls = min(len(self._times), _RECENT_CALLS)
        return calls / max(now - self._times[-calls], _MIN_S)
