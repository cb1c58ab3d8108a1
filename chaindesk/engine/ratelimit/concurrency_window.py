"""How many calls of a key may be in flight at once, where nothing else bounds them: slow start and AIMD."""

from __future__ import annotations

_UNBOUNDED = 1000.0  # the user's concurrency is the ceiling


class ConcurrencyWindow:
    """A congestion window over calls, which a refusal closes and answers open again: fast at first, then slowly.

    Attributes:
        in_flight: calls that are out.
    """

    def __init__(self) -> None:
        self.in_flight = 0
        self._size = _UNBOUNDED
        self._threshold = _UNBOUNDED

    @property
    def is_full(self) -> bool:
        """Whether no call may be added now."""
        return self.in_flight >= self._size

    def observe_success(self) -> None:
        """A call was answered: more may be out at once."""
        if self._size < _UNBOUNDED:
            self._size += 1.0 if self._size < self._threshold else 1.0 / self._size

    def observe_refusal(self, *, shrink: bool) -> None:
        """A call was refused: remember where, and start again at one if nothing else keeps calls back."""
        self._threshold = max(1.0, min(self._size, float(self.in_flight)) / 2)
        if shrink:
            self._size = 1.0

    def slow_start(self) -> None:
        """Let calls come back bit by bit."""
        self._size = min(self._size, max(1.0, float(self.in_flight)))

    def open(self) -> None:
        """Bound nothing: a rate is known."""
        self._size = _UNBOUNDED
