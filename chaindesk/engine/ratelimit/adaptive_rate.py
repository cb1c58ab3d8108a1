"""A rate found by refusals alone: it steps down at each, and grows back with time as CUBIC does."""

from __future__ import annotations

import math

_SLOW_START_RATE = 2.0  # calls a second after the first refusals of a key …
_SLOW_START_DOUBLING_S = 0.5  # … doubled every so many seconds until the next ones
_FIRST_STEP, _MAX_STEP = 0.03, 0.5  # share of the rate that a refusal takes off …
_STEP_GROWTH = 2.0  # … and times as much if the next one comes soon
_EARLY_PLATEAUS = 0.7  # sooner than after this share of a plateau
_MIN_SHARE_LEFT = 0.7  # what a measurement leaves of a rate at least
_MIN_PLATEAU_S, _FIRST_PLATEAU_S, _FIRST_PLATEAU_CALLS = 3.0, 5.0, 8.0
_MAX_PLATEAU_S, _MAX_PLATEAU_CALLS = 15.0, 150.0  # the longer one
_MAX_MEMORY_S = 60.0
_LONGER = 3.0  # times as long is a plateau after a refusal that did not come soon
_CALM = 1.5  # plateaus without a refusal, from where on the rate doubles …
_DOUBLING = 1.0  # … every so many plateaus
_CREDIT_S = 0.05  # seconds' worth of calls that late timers may catch up
_ALIKE = 2.0  # times as much or less: two measurements that confirm each other
_MIN_RATE, _MAX_RATE = 1e-3, 1e6


class AdaptiveRate:
    """Calls a second that pass, as far as refusals have shown. Times are seconds of any one clock.

    Attributes:
        fall: what share of the rate is left since refusals came soon, one after the other.
    """

    def __init__(self) -> None:
        self.fall = 1.0
        self._base: float | None = None  # the rate at the last refusal; None while nothing is limited
        self._slow_start = False
        self._since = 0.0  # when it was set
        self._step = _FIRST_STEP
        self._plateau = _MAX_PLATEAU_S  # seconds until the rate is back where it was refused
        self._fallen_from = 1.0
        self._memory = _MAX_PLATEAU_S  # seconds over which the server seems to count
        self._due = 0.0

    @property
    def limits(self) -> bool:
        """Whether calls may have to wait for it."""
        return self._base is not None

    @property
    def in_slow_start(self) -> bool:
        """Whether no second refusal has shown yet what passes."""
        return self._slow_start

    def slow_start(self, now: float) -> None:
        """Begin slowly and double: nothing is known but that more is too much."""
        self._set(_SLOW_START_RATE, now)
        self._slow_start = True

    def set(self, rate: float, now: float, *, sure: bool = False, confirms: bool = False) -> None:
        """Go by a rate that was measured.

        Args:
            rate: calls a second.
            now: the time.
            sure: whether it was measured over many calls, so that there is no haste to try a faster one.
            confirms: whether it was measured over enough calls to confirm the rate before, if they are alike.
        """
        before = self._base
        self._set(rate, now)
        if sure:
            self._plateau = self._longest
        elif before is not None and confirms and not self._slow_start and 1 / _ALIKE <= rate / before <= _ALIKE:
            self._plateau = min(self._plateau * 2, self._longest)
        else:
            self._plateau = min(max(_FIRST_PLATEAU_CALLS / self._rate, _MIN_PLATEAU_S), _FIRST_PLATEAU_S)
        self._slow_start = False
        self._step = _FIRST_STEP
        self.fall, self._fallen_from = 1.0, self._rate

    def step_down(self, now: float, measured: float = math.inf, least: float = 0.0) -> None:
        """One call was refused at this rate, others pass.

        Args:
            now: the time.
            measured: calls a second that passed since the refusal before.
            least: calls a second that passed over all the time that the server looks back on.
        """
        rate = self.at(now)
        measured = max(measured, rate * _MIN_SHARE_LEFT)
        if now - self._since < _EARLY_PLATEAUS * self._plateau:
            self.fall = min(rate / self._fallen_from, 1.0)
            self._step = min(self._step * _STEP_GROWTH, _MAX_STEP)
        else:
            self.fall, self._fallen_from = 1.0, rate
            self._step = _FIRST_STEP
            self._plateau *= _LONGER
        if measured < rate:
            self.fall, self._fallen_from = 1.0, measured
        base = max(min(rate, measured), least)
        self._step = min(self._step, max(1 - least / base, _FIRST_STEP))
        self._set(base, now)
        self._plateau = max(min(self._plateau, self._longest), _MIN_PLATEAU_S)

    @property
    def looks_back(self) -> bool:
        """Whether the server counts over a longer time than most."""
        return self._memory > _MAX_PLATEAU_S

    def blocked_for(self, seconds: float) -> None:
        """Nothing passed for so long: the server counts over at least that, and shows no sooner what a rate does."""
        self._memory = max(self._memory, min(seconds, _MAX_MEMORY_S))

    def resume_at(self, until: float) -> None:
        """Nothing is sent before ``until``: the rate grows from then on."""
        self._since = max(self._since, until)

    def stop(self) -> None:
        """Limit nothing: the refusals had other causes."""
        self._base = None
        self._slow_start = False
        self.fall = 1.0

    def at(self, now: float) -> float:
        """The calls a second of this moment."""
        if self._base is None:
            return math.inf
        elapsed = max(now - self._since, 0.0)
        if self._slow_start:
            return min(self._base * math.pow(2.0, min(elapsed / _SLOW_START_DOUBLING_S, 50.0)), _MAX_RATE)
        share = elapsed / self._plateau
        if share <= _CALM:
            return float(self._base * (1 + self._step * (share - 1) ** 3))
        doublings = min((share - _CALM) / _DOUBLING, 50.0)
        return float(min(self._base * (1 + self._step * (_CALM - 1) ** 3) * 2.0**doublings, _MAX_RATE))

    def delay(self, now: float) -> float:
        """Seconds until the next call may be sent; 0 or less: now."""
        return 0.0 if self._base is None else self._due - now

    def sent(self, now: float) -> None:
        """A call is sent."""
        if self._base is not None:
            rate = self.at(now)
            credit = max(_CREDIT_S - 1 / rate, 0.0)
            self._due = max(self._due, now - credit) + 1 / rate

    @property
    def _rate(self) -> float:
        return _MAX_RATE if self._base is None else self._base

    @property
    def _longest(self) -> float:
        return max(self._memory, _MAX_PLATEAU_CALLS / self._rate)

    def _set(self, rate: float, now: float) -> None:
        self._base, self._since = min(max(rate, _MIN_RATE), _MAX_RATE), now
        self._due = min(self._due, now + 1 / self._base)
