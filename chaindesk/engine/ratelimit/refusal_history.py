"""Which of the last calls were refused, and how many were in flight beside each: what kind of limit refuses them."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

_MAX_CALLS = 60  # calls
_RUNS = ((3, 3), (6, 10))  # so many refused of so many calls in a row: a limit, while nothing is known of noise …
_RUNS_IN_NOISE = ((9, 12), (12, 20))  # … and where refusals are known to come at random
_MIN_CAP_REFUSALS = 3
_MAX_CAP_EXCEPTIONS = 0.05


@dataclass(slots=True)
class _Sent:
    number: int
    in_flight: int
    refused: bool = False


class RefusalHistory:
    """The last calls of a key, in the order in which they were sent.

    Attributes:
        sent: calls so far.
        refused: of them, those that were refused.
    """

    def __init__(self) -> None:
        self.sent = 0
        self.refused = 0
        self._calls: deque[_Sent] = deque(maxlen=_MAX_CALLS)

    def add(self, in_flight: int) -> int:
        """A call is sent beside so many in flight, itself included; return its number."""
        self.sent += 1
        self._calls.append(_Sent(self.sent, in_flight))
        return self.sent

    def mark_refused(self, number: int) -> None:
        """The call of that number was refused."""
        self.refused += 1
        call = self._call(number)
        if call is not None:
            call.refused = True

    def is_dense(self, number: int, *, noise: bool) -> bool:
        """Return whether so many of the calls up to that one were refused that it can be no accident.

        Args:
            number: the newest refused call.
            noise: whether refusals are known to come at random.
        """
        calls = [call.refused for call in self._calls if call.number <= number]
        return any(
            len(calls) >= length and sum(calls[-length:]) >= refused
            for refused, length in (_RUNS_IN_NOISE if noise else _RUNS)
        )

    def in_flight_cap(self, min_calls: int) -> int | None:
        """Return the number in flight above which calls were refused and up to which they were not, if there is one.

        Args:
            min_calls: how many calls must be known.
        """
        refused = [call.in_flight for call in self._calls if call.refused]
        if len(refused) < _MIN_CAP_REFUSALS or len(self._calls) < min_calls:
            return None
        cap = min(refused) - 1
        last = max(call.number for call in self._calls if call.refused)
        accepted = [call.in_flight for call in self._calls if not call.refused and call.number < last]
        exceptions = sum(in_flight > cap for in_flight in accepted)
        return cap if cap >= 1 and accepted and exceptions <= _MAX_CAP_EXCEPTIONS * len(accepted) else None

    def forget(self) -> None:
        """Start anew: what held until now may hold no longer."""
        self._calls.clear()

    def _call(self, number: int) -> _Sent | None:
        index = number - self.sent - 1 + len(self._calls)
        return self._calls[index] if 0 <= index < len(self._calls) else None
