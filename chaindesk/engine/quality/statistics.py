"""Exact bounds of shares and Cohen's kappa, from the standard library alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

CONFIDENCE = 0.95
_NORMAL_975 = 1.959963984540054  # the quantile of the normal distribution that 95 % on both sides take
_ROUNDING = 1e-9  # what sums of lgamma may be off; counted against the bound


@dataclass(frozen=True, slots=True)
class Interval:
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float


def share_interval(hits: int, total: int, confidence: float = CONFIDENCE) -> Interval:
    """Return a share with its exact two-sided interval.

    Clopper and Pearson, "The use of confidence or fiducial limits illustrated in the case of the binomial",
    Biometrika 26 (1934).
    """
    if not total:
        return Interval(0.0, 0.0, 1.0)
    tail = (1 - confidence) / 2
    low = _root(lambda share: 1 - _binomial(hits - 1, total, share) < tail) if hits else 0.0
    high = _root(lambda share: _binomial(hits, total, share) > tail) if hits < total else 1.0
    return Interval(hits / total, low, high)


@lru_cache(maxsize=1024)
def most_wrong(wrong: int, read: int, total: int, confidence: float = CONFIDENCE) -> int:
    """Return how many of ``total`` are wrong at most, where ``wrong`` of ``read`` drawn without replacement are.

    The exact upper bound of the hypergeometric distribution: the largest number of wrong ones with which so few would
    be found with a probability of ``1 - confidence`` or more. It is the bound of Clopper and Pearson for a population
    that is not infinite: W. G. Cochran, "Sampling Techniques", 3rd edition (1977), 3.6.
    """
    if read >= total:
        return wrong
    low, high = wrong, total - (read - wrong)  # what is known for sure
    while low < high:
        middle = (low + high + 1) // 2
        if hypergeometric(wrong, total, middle, read) > 1 - confidence - _ROUNDING:
            low = middle
        else:
            high = middle - 1
    return low


def rows_to_read(total: int, share: float, confidence: float = CONFIDENCE) -> int:
    """Return how many of ``total`` are to be read so that, if none is wrong, fewer than a share of the rest are."""
    low, high = 1, max(total, 1)
    while low < high:
        middle = (low + high) // 2
        left = total - middle
        if not left or most_wrong(0, middle, total, confidence) < share * left:
            high = middle
        else:
            low = middle + 1
    return low


def hypergeometric(found: int, total: int, marked: int, drawn: int) -> float:
    """Return the probability to find so many marked ones or fewer among those drawn without replacement."""
    first = max(0, drawn - (total - marked))
    last = min(found, drawn, marked)
    every = _log_choose(total, drawn)
    return math.fsum(
        math.exp(_log_choose(marked, number) + _log_choose(total - marked, drawn - number) - every)
        for number in range(first, last + 1)
    )


def kappa(table: Sequence[Sequence[int]]) -> Interval | None:
    """Return Cohen's kappa of two raters with its 95 % interval, or None where one class is all that both chose.

    J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20 (1960); the
    standard error is that of Fleiss, Cohen and Everitt, "Large sample standard errors of kappa and weighted kappa",
    Psychological Bulletin 72 (1969), equation 13.

    Args:
        table: how often the first rater chose the class of the row and the second that of the column.
    """
    total = sum(map(sum, table))
    if not total:
        return None
    size = range(len(table))
    shares = [[count / total for count in row] for row in table]
    first = [sum(row) for row in shares]
    second = [sum(shares[row][column] for row in size) for column in size]
    chance = sum(first[place] * second[place] for place in size)
    if chance >= 1:
        return None
    agreed = sum(shares[place][place] for place in size)
    value = (agreed - chance) / (1 - chance)
    same = sum(shares[place][place] * (1 - (first[place] + second[place]) * (1 - value)) ** 2 for place in size)
    apart = sum(
        shares[row][column] * (first[column] + second[row]) ** 2 for row in size for column in size if row != column
    )
    variance = (same + (1 - value) ** 2 * apart - (value - chance * (1 - value)) ** 2) / (total * (1 - chance) ** 2)
    margin = _NORMAL_975 * math.sqrt(max(variance, 0.0))
    return Interval(value, max(value - margin, -1.0), min(value + margin, 1.0))


def _binomial(found: int, total: int, share: float) -> float:
    """Return the probability of so many hits or fewer."""
    if found < 0:
        return 0.0
    if share <= 0 or found >= total:
        return 1.0
    if share >= 1:
        return 0.0
    hit, miss = math.log(share), math.log1p(-share)
    return math.fsum(
        math.exp(_log_choose(total, number) + number * hit + (total - number) * miss) for number in range(found + 1)
    )


def _log_choose(total: int, chosen: int) -> float:
    return math.lgamma(total + 1) - math.lgamma(chosen + 1) - math.lgamma(total - chosen + 1)


def _root(holds: Callable[[float], bool]) -> float:
    """Return the largest share for which a condition holds that holds for all smaller ones."""
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low
