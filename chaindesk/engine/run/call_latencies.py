"""How long the calls of one step take: the answered ones, and what those that are still out say about the rest."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from statistics import NormalDist

QUANTILES = 96
"""How many values a distribution is given by, all equally likely, the smallest first."""
_MAX_KEPT = 1500  # the newest calls stand for those to come
_NORMAL = NormalDist()
_USUAL_SIGMA, _USUAL_WEIGHT = 0.4, 3  # of the logarithm of latencies, and as how many calls that counts
_MAX_FITTED = 50
_MIN_UNSEEN = 0.02  # a smaller share of calls longer than all those seen is not worth a fit


class CallLatencies:
    """Collects the seconds of calls.

    Attributes:
        answered: calls that came to an end.
    """

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_MAX_KEPT)
        self.answered = 0

    def add(self, seconds: float) -> None:
        """Take note of a call that came to an end."""
        self._seconds.append(seconds)
        self.answered += 1

    def quantiles(self, ages: Sequence[float]) -> list[float]:
        """Return the seconds that calls take as ``QUANTILES`` equally likely values; empty where none is known.

        Args:
            ages: seconds for which the calls that are out have been so. At a run's beginning only the quickest calls
                are back, so that these say much: the Kaplan–Meier estimator gives each its share. Later the answered
                ones tell enough.
        """
        if not self._seconds:
            return []
        if self.answered > _MAX_KEPT or not ages:
            return _spread([(seconds, 1.0) for seconds in sorted(self._seconds)])
        return _spread(_kaplan_meier(self._seconds, ages))


def _kaplan_meier(ended: Sequence[float], ages: Sequence[float]) -> list[tuple[float, float]]:
    """Return seconds with their shares, where calls that are still out will take longer than they have so far."""
    seen = sorted([(seconds, False) for seconds in ended] + [(age, True) for age in ages])
    left, at_risk = 1.0, len(seen)
    shares: list[tuple[float, float]] = []
    for seconds, still_out in seen:
        if not still_out:
            shares.append((seconds, left / at_risk))
            left -= left / at_risk
        at_risk -= 1
    oldest = max(seen[-1][0], shares[-1][0])
    if left >= _MIN_UNSEEN:
        return shares + _tail(shares, left, oldest)
    return [*shares, (oldest, left)] if left > 0 else shares


def _tail(shares: Sequence[tuple[float, float]], left: float, oldest: float) -> list[tuple[float, float]]:
    """Return the calls that are longer than all those seen, by a log-normal distribution through the others."""
    every = math.ceil(len(shares) / _MAX_FITTED)
    places: list[float] = []
    logs: list[float] = []
    passed = 0.0
    for index, (seconds, share) in enumerate(shares):
        if index % every == 0:
            places.append(_NORMAL.inv_cdf(min(max(passed + share / 2, 1e-6), 1 - 1e-6)))
            logs.append(math.log(max(seconds, 1e-3)))
        passed += share
    place, log = sum(places) / len(places), sum(logs) / len(logs)
    spread = sum((one - place) ** 2 for one in places)
    slope = sum((one - place) * (its - log) for one, its in zip(places, logs, strict=True)) / spread if spread else 0.0
    sigma = (slope * len(places) + _USUAL_SIGMA * _USUAL_WEIGHT) / (len(places) + _USUAL_WEIGHT)
    values = max(round(left * QUANTILES), 1)
    ranks = (1 - left + left * (index + 0.5) / values for index in range(values))
    return [(max(math.exp(log + sigma * (_NORMAL.inv_cdf(rank) - place)), oldest), left / values) for rank in ranks]


def _spread(shares: Sequence[tuple[float, float]]) -> list[float]:
    """Return the quantiles of sorted values with shares."""
    whole = sum(share for _, share in shares)
    values: list[float] = []
    place, passed = 0, shares[0][1]
    for index in range(QUANTILES):
        wanted = (index + 0.5) / QUANTILES * whole
        while passed < wanted and place < len(shares) - 1:
            place += 1
            passed += shares[place][1]
        values.append(shares[place][0])
    return values
