"""How the costs of calls are spread, and what further calls are likely to cost: statistics alone, without any event."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from itertools import accumulate

from chaindesk.engine.cost.kaplan_meier import kaplan_meier

# Student's t for an interval that misses one time in ten, by degrees of freedom.
STUDENT_T = (4.0, 6.31, 2.92, 2.35, 2.13, 2.02, 1.94, 1.89, 1.86, 1.83, 1.81)
NORMAL_T = 1.7
MAX_COSTS = 400
"""So many of the newest costs are stored."""
MIN_SURE_COSTS = 12
"""Fewer costs than these may be alike by chance."""
UPPER_SKEW = 1.25
"""The upper side of an interval is so many times the lower one, because long answers have no bound."""
TAIL_FACTOR, LONG_TAIL_FACTOR = 1.4, 2.5
"""A call that has passed the dearest one so far is taken to cost so many times that: likely, and at most."""


class CostSpread:
    """The costs of calls, added one by one.

    Attributes:
        count: how many there are.
        mean: their mean.
        squares: the sum of their squared distances from the mean (Welford's algorithm).
        samples: the newest of them.
        wasted: what was paid beside them for calls of no use.
    """

    __slots__ = ("count", "mean", "samples", "squares", "wasted")

    def __init__(self) -> None:
        self.count = 0
        self.mean = 0.0
        self.squares = 0.0
        self.samples: list[float] = []
        self.wasted = 0.0

    @classmethod
    def of(cls, costs: Iterable[float]) -> CostSpread:
        """Return the spread of some costs."""
        spread = cls()
        for cost in costs:
            spread.add(cost)
        return spread

    def add(self, cost: float) -> None:
        """Count the cost of one more call."""
        if len(self.samples) < MAX_COSTS:
            self.samples.append(cost)
        else:
            self.samples[self.count % MAX_COSTS] = cost
        self.count += 1
        off = cost - self.mean
        self.mean += off / self.count
        self.squares += off * (cost - self.mean)

    def total(self, calls: int, spent_so_far: Sequence[float] = ()) -> tuple[float, float, float]:
        """Return what so many further calls are likely to cost, waste included, and a low and a high bound.

        Args:
            calls: further calls, those that are out included.
            spent_so_far: what each of those that are out has cost already, as far as its time tells.
        """
        count = self.count
        deviation = math.sqrt(self.squares / (count - 1)) if count > 1 else self.mean
        if count < MIN_SURE_COSTS:
            deviation = max(deviation, 0.6 * self.mean / math.sqrt(count))  # so few may be alike by chance
        likely = lowest = highest = calls * self.mean
        if spent_so_far:
            censored = _CensoredCosts(self.samples, count / len(self.samples), spent_so_far)
            likely, lowest, highest = (censored.total(calls, tail) for tail in (TAIL_FACTOR, 1.0, LONG_TAIL_FACTOR))
            deviation = max(deviation, censored.deviation(TAIL_FACTOR))
        student = STUDENT_T[count - 1] if count <= len(STUDENT_T) else NORMAL_T
        width = student * deviation * math.sqrt(calls + calls * calls / count)
        more = 1 + (self.wasted / (self.mean * count) if self.mean > 0 else 0.0)
        return likely * more, max(lowest * more - width, 0.0), highest * more + UPPER_SKEW * width


class _CensoredCosts:
    """The distribution of costs where some calls are still out (the Kaplan–Meier estimator for censored values).

    Short answers come first, so the mean of the first ones alone would be too low. Beyond the largest of all these a
    call costs ``tail`` times that.
    """

    def __init__(self, costs: Sequence[float], weight: float, spent_so_far: Sequence[float]) -> None:
        """Estimate the distribution.

        Args:
            costs: of calls that have ended.
            weight: how many ended calls each of them stands for.
            spent_so_far: what each call that is still out has cost so far.
        """
        ended, self._spent = sorted(costs), sorted(spent_so_far)
        self._largest = max(max(ended, default=0.0), self._spent[-1])
        self._blocks, self._left = kaplan_meier(ended, self._spent, weight)  # and the share of the tail
        sums = [0.0, *accumulate(ended)]
        squares = [0.0, *accumulate(cost * cost for cost in ended)]
        self._weighted = sum(block.share * (sums[block.end] - sums[block.first]) for block in self._blocks)
        self._squares = sum(block.share * (squares[block.end] - squares[block.first]) for block in self._blocks)
        self._beyond = list(self._sums_beyond(ended, sums))

    def _sums_beyond(self, ended: Sequence[float], sums: Sequence[float]) -> Iterator[tuple[float, float]]:
        """Yield for each call that is out, the dearest first, the share of greater costs, and these times their shares.

        The tail is in the shares alone.
        """
        above, weighted = self._left, 0.0
        rest = list(self._blocks)
        for spent in reversed(self._spent):
            while rest and ended[rest[-1].first] > spent:
                block = rest.pop()
                above += block.whole
                weighted += block.share * (sums[block.end] - sums[block.first])
            yield above, weighted

    def deviation(self, tail: float) -> float:
        """Return the standard deviation of the costs."""
        end = tail * self._largest
        mean = self._weighted + self._left * end
        return math.sqrt(max(self._squares + self._left * end * end - mean * mean, 0.0))

    def total(self, calls: int, tail: float) -> float:
        """Return the expected cost of ``calls`` calls: those still out, and others that have not begun."""
        end = tail * self._largest
        out = 0.0
        for spent, (above, weighted) in zip(reversed(self._spent), self._beyond, strict=True):
            if spent >= end:
                out += spent
            else:
                out += (weighted + self._left * end) / above if above > 1e-12 else end
        return out + max(calls - len(self._spent), 0) * (self._weighted + self._left * end)


def dollars(amount: float) -> Decimal:
    """Return a statistical figure as money: to the millionth of a dollar, or to four digits where it is less."""
    digits = 6 if amount >= 0.001 or amount <= 0 else 9
    return Decimal(f"{amount:.{digits}f}")
