"""How fast a server answers calls against an earlier time, whichever steps they are of and however many are out."""

from __future__ import annotations

import math
from dataclasses import dataclass

_KNOWN_CALLS = 5  # of a step, after which its mean seconds are known
_WEIGHT = 0.02  # of the newest call in the mean
_LEAST_SPREAD = 0.15
_HANGS = 20.0  # means of its step: a call that has been waiting for longer says nothing of the server's speed


@dataclass(slots=True)
class _StepSeconds:
    mean: float = 0.0
    calls: int = 0
    logarithm: float = 0.0  # mean
    variance: float = 0.0  # of the logarithms

    def add(self, seconds: float) -> None:
        self.calls += 1
        weight = max(_WEIGHT, 1 / self.calls)
        self.mean += weight * (seconds - self.mean)
        off = math.log(max(seconds, 1e-6)) - self.logarithm
        self.logarithm += weight * off
        self.variance = (1 - weight) * (self.variance + weight * off**2)

    def scale(self, factor: float) -> None:
        self.mean *= factor
        self.logarithm += math.log(factor)
        self.calls = min(self.calls, 4 * _KNOWN_CALLS)


class CallSpeed:
    """Measures a period against the steady one before it.

    An answer becomes the likelier the longer its call has been out: with a hazard that grows in proportion (Weibull,
    shape 2) the speed that explains a period best is the root of a quadratic equation, in which calls that are still
    out, and those that were out when the period began, count for what they are (an accelerated failure time model).
    A call that got no answer, or has been waiting for one for far longer than its like, says nothing of the speed.

    Attributes:
        in_flight: calls that are out.
        answered: calls of known steps that were answered in this period.
    """

    def __init__(self) -> None:
        self._out: dict[object, tuple[str, float]] = {}
        self._steps: dict[str, _StepSeconds] = {}
        self._means: dict[str, float] | None = None  # by which this period is measured; None: it is the steady one
        self._squares = self._offsets = 0.0
        self._slots = 0.0
        self._began = self._at = 0.0
        self._counted_from = 0.0  # calls that were sent earlier say nothing
        self._usual = 1.0  # of the steady period: what an answer is worth
        self._spread, self._steady_calls = 0.5, 0.0
        self.answered = 0

    @property
    def in_flight(self) -> int:
        """How many calls are out."""
        return len(self._out)

    @property
    def error(self) -> float:
        """The standard error of the logarithm of the speed."""
        return self._spread * math.sqrt(1 / max(self.answered, 1) + 1 / max(self._steady_calls, 1))

    def at_once(self, now: float) -> float:
        """Return how many calls were out in the mean of this period."""
        self._pass(now)
        return self._slots / max(now - self._began, 1e-9)

    def sent(self, call: object, step: str, now: float) -> None:
        """A call goes out."""
        self._pass(now)
        self._out[call] = (step, now)

    def ended(self, call: object, now: float, *, answered: bool) -> bool:
        """A call has come back; return whether it counts as an answer of this period."""
        self._pass(now)
        step, sent_at = self._out.pop(call)
        if not answered or sent_at < self._counted_from:
            return False
        mean = self._mean(step)
        squares, offsets = self._share(sent_at, now, mean)
        self._squares += squares
        self._offsets += offsets
        if self._means is None:
            self._steps.setdefault(step, _StepSeconds()).add(now - sent_at)
        self.answered += mean > 0
        return mean > 0

    def begin_trial(self, now: float) -> None:
        """End the steady period, against which the one that begins is measured."""
        known = [step for step in self._steps.values() if step.calls >= _KNOWN_CALLS]
        variance = sum(step.calls * step.variance for step in known) / max(sum(step.calls for step in known), 1)
        self._spread = max(math.sqrt(variance), _LEAST_SPREAD)
        self._steady_calls = min(self.answered, 1 / _WEIGHT)
        squares, offsets = self._sums(now)
        self._usual = (squares + offsets) / max(self.answered, 1)
        self._means = {name: step.mean for name, step in self._steps.items() if step.calls >= _KNOWN_CALLS}
        self._begin(now)

    def begin_steady(self, now: float, speed: float) -> None:
        """End the trial: from now on calls are so many times as fast as in the steady period before it."""
        for step in self._steps.values():
            step.scale(1 / speed)
        self._means = None
        self._begin(now)

    def forget(self, now: float) -> None:
        """Nothing that was measured so far counts, nor will calls that are out."""
        self._steps.clear()
        self._means = None
        self._counted_from = now
        self._begin(now)

    def speed(self, now: float) -> float:
        """Return the speed of a call in this period; 1 is that of the steady one."""
        squares, offsets = self._sums(now)
        worth = self.answered * self._usual
        if squares <= 0 or not self.answered:
            return 1.0
        return (math.sqrt(offsets**2 + 4 * squares * worth) - offsets) / (2 * squares)

    # --- within ------------------------------------------------------------------------------------------------

    def _begin(self, now: float) -> None:
        self._pass(now)
        self._squares = self._offsets = self._slots = 0.0
        self._began, self.answered = now, 0

    def _pass(self, now: float) -> None:
        self._slots += len(self._out) * (now - self._at)
        self._at = now

    def _mean(self, step: str) -> float:
        """Return the mean seconds of a step's calls, 0 where they are not known."""
        if self._means is not None:
            return self._means.get(step, 0.0)
        known = self._steps.get(step)
        return known.mean if known is not None and known.calls >= _KNOWN_CALLS else 0.0

    def _share(self, sent_at: float, until: float, mean: float) -> tuple[float, float]:
        """Return what a call adds to the two sums, in the part of its time that lies in this period."""
        if not mean or sent_at < self._counted_from:
            return 0.0, 0.0
        since = max(sent_at, self._began)
        passed, before = (until - since) / mean, (since - sent_at) / mean
        return passed**2, 2 * before * passed

    def _sums(self, now: float) -> tuple[float, float]:
        squares, offsets = self._squares, self._offsets
        for step, sent_at in self._out.values():
            mean = self._mean(step)
            if now - sent_at <= _HANGS * mean:
                more, more_offset = self._share(sent_at, now, mean)
                squares += more
                offsets += more_offset
        return squares, offsets
