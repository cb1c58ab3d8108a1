"""How fast a run calls at the moment, beside the limits that its rate limiters know."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from chaindesk.domain.events import Event, LimitSeen, RunStarted, StepFinished, StepStarted
from chaindesk.formatting import count

_WINDOW_S = 60.0
_MIN_WINDOW_S = 5.0  # before so much of a run has passed, nothing is said
_UNITS = {"requests": "calls", "tokens": "tokens", "input_tokens": "tokens in", "output_tokens": "tokens out"}


@dataclass(frozen=True, slots=True)
class RateSeen:
    """How much of a provider's limit is used.

    Attributes:
        used: in a minute, by what was sent lately.
        limit: in a minute, or None where none is known.
        unit: what is counted, such as ``calls``.
        provider: whose limit it is, or "".
    """

    used: float
    limit: float | None
    unit: str = "calls"
    provider: str = ""

    @property
    def words(self) -> str:
        """Such as ``870 of 900 calls a minute``, or "" where no limit is known."""
        if self.limit is None:
            return ""
        return f"{count(round(self.used))} of {count(round(self.limit))} {self.unit} a minute"


class CallRate:
    """Folds events; what was sent in the last minute counts."""

    def __init__(self) -> None:
        self._limits: dict[tuple[str, str], float] = {}
        self._sent: deque[float] = deque()  # when calls were begun
        self._tokens: deque[tuple[float, float, float]] = deque()  # when, tokens in and out
        self._began: float | None = None

    def fold(self, event: Event) -> None:
        """Fold an event in."""
        match event:
            case RunStarted():
                self._began = event.at
            case StepStarted():
                self._forget(event.at)  # whether or not anybody asks for it: a run may make millions of calls
                self._sent.append(event.at)
            case StepFinished() if event.usage is not None and not event.reused:
                self._tokens.append((event.at, event.usage.input, event.usage.output))
            case LimitSeen():
                self._limits[event.provider, event.unit] = event.per_minute

    def seen(self, now: float) -> RateSeen | None:
        """Return the limit that is used most, or the calls a minute where none is known; None at a run's beginning."""
        self._forget(now)
        if self._began is None or not self._sent:
            return None
        seconds = min(now - self._began, _WINDOW_S)
        if seconds < _MIN_WINDOW_S:
            return None
        known = [
            RateSeen(self._a_minute(unit, limit, seconds), limit, _UNITS.get(unit, unit), provider)
            for (provider, unit), limit in self._limits.items()
        ]
        if known:
            return max(known, key=lambda one: one.used / (one.limit or 1))
        return RateSeen(len(self._sent) * 60 / seconds, None)

    def _a_minute(self, unit: str, limit: float, seconds: float) -> float:
        """Return what is used in a minute; before one has passed, a rested key's first burst is not multiplied."""
        used = self._used(unit)
        return used if seconds >= _WINDOW_S else max(min(used * 60 / seconds, limit), used)

    def _used(self, unit: str) -> float:
        match unit:
            case "requests":
                return len(self._sent)
            case "input_tokens":
                return sum(sent for _, sent, _ in self._tokens)
            case "output_tokens":
                return sum(made for _, _, made in self._tokens)
        return sum(sent + made for _, sent, made in self._tokens)

    def _forget(self, now: float) -> None:
        while self._sent and self._sent[0] < now - _WINDOW_S:
            self._sent.popleft()
        while self._tokens and self._tokens[0][0] < now - _WINDOW_S:
            self._tokens.popleft()
