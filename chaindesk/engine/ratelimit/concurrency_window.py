"""How many calls of a key may be in flight at once, where a cap was found or an outage ended."""

from __future__ import annotations

import math

_FIRST_PROBE_CALLS, _MAX_PROBE_CALLS = 10, 2000  # answered calls between two tries of more
_PROBES_TO_RAISE = 3  # calls above the cap that were answered
_CALM_CALLS = 50  # answered calls after which refusals below the cap are forgotten
_PROBE_GAP = 0.5  # of the mean time between two calls: so far from the last one is a call sent that is one too many
_INTERVAL_DECAY = 0.9
_WIDE_OPEN = 1000  # the user's concurrency is the ceiling


class ConcurrencyWindow:
    """A window over the calls in flight: unbounded, until a cap is set; then more are tried from time to time.

    A call above the cap is sent at some distance from the others: if it is refused for their number it is refused
    all the same, if it is refused for their rate it is not.

    Attributes:
        in_flight: calls that are out.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self._cap = math.inf  # so many pass
        self._size = math.inf  # so many are sent
        self._step = 1.0  # so many more are tried
        self._calm = 0  # calls answered since the window changed
        self._probe_calls = _FIRST_PROBE_CALLS
        self._above = 0  # calls above the cap that were answered, in a row
        self._contradictions = 0  # calls below the cap that were refused, of late
        self._last_sent = 0.0
        self._interval = 0.0  # mean seconds between two calls
        self._ramp = False

    @property
    def is_capped(self) -> bool:
        """Whether a cap was set."""
        return self._cap < math.inf

    def delay(self, now: float) -> float:
        """Seconds until a call may be added; 0 or less: now. Infinite: not before another has come back."""
        if self.in_flight >= self._size:
            return math.inf
        if self.in_flight < self._cap:
            return 0.0
        return self._last_sent + _PROBE_GAP * self._interval - now

    def sent(self, now: float) -> int:
        """A call is sent; return how many are in flight, itself included."""
        self.in_flight += 1
        if self.is_capped:
            gap = now - self._last_sent
            self._interval = (
                gap if not self._interval else self._interval * _INTERVAL_DECAY + gap * (1 - _INTERVAL_DECAY)
            )
        self._last_sent = now
        return self.in_flight

    def set_cap(self, cap: int) -> None:
        """Send no more than so many at once."""
        self.open()
        self._cap = self._size = float(cap)

    def slow_start(self) -> None:
        """Let calls come back bit by bit: one more with each answer."""
        if not self.is_capped:
            self._size = min(self._size, max(1.0, float(self.in_flight)))
            self._ramp = True

    def open(self) -> None:
        """Bound nothing."""
        self._cap = self._size = math.inf
        self._step, self._probe_calls, self._interval = 1.0, _FIRST_PROBE_CALLS, 0.0
        self._calm, self._above, self._contradictions, self._ramp = 0, 0, 0, False

    def observe_success(self, in_flight: int) -> None:
        """A call was answered that was sent as one of so many."""
        if self._ramp:
            self._size += 1.0
            if self._size > _WIDE_OPEN:
                self.open()
        elif in_flight > self._cap:
            self._above += 1
            if self._above >= _PROBES_TO_RAISE:
                self._cap, self._step = self._size, self._step * 2
                self._calm, self._above, self._probe_calls = 0, 0, _FIRST_PROBE_CALLS
        elif self.is_capped:
            self._calm += 1
            if self._calm % _CALM_CALLS == 0:
                self._contradictions = 0
            if self._calm >= self._probe_calls:
                self._size = self._cap + self._step

    def observe_refusal(self, in_flight: int) -> int:
        """A call was refused that was sent as one of so many; return how many refusals the cap does not explain."""
        if self._size > self._cap:
            self._size, self._step, self._calm, self._above = self._cap, 1.0, 0, 0
            self._probe_calls = min(self._probe_calls * 2, _MAX_PROBE_CALLS)
            return 0
        if in_flight > self._cap:
            return 0
        self._contradictions += 1
        self._calm = 0
        self._cap = self._size = max(float(in_flight - 1), 1.0)
        return self._contradictions
