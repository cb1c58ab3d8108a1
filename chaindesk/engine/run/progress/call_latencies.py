"""How long the calls of one step take: the answered ones, and what those that are still out say about the rest."""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections import deque
from collections.abc import Sequence
from statistics import NormalDist

from chaindesk.engine.cost.kaplan_meier import Block, kaplan_meier

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
        self._newest: deque[float] = deque()
        self._sorted: list[float] = []  # the same, kept in order: the figures are shown several times a second
        self.answered = 0

    def add(self, seconds: float) -> None:
        """Take note of a call that came to an end."""
        self._newest.append(seconds)
        insort(self._sorted, seconds)
        if len(self._newest) > _MAX_KEPT:
            del self._sorted[bisect_left(self._sorted, self._newest.popleft())]
        self.answered += 1

    def quantiles(self, ages: Sequence[float]) -> list[float]:
        """Return the seconds that calls take as ``QUANTILES`` equally likely values; empty where none is known.

        Args:
            ages: seconds for which the calls that are out have been so. At a run's beginning only the quickest calls
                are back, so that these say much: the Kaplan–Meier estimator gives each its share. Later the answered
                ones tell enough.
        """
        ended = self._sorted
        if not ended:
            return []
        if self.answered > _MAX_KEPT or not ages:
            return _spread(ended, [Block(0, len(ended), 1.0)])
        blocks, left = kaplan_meier(ended, sorted(ages))
        oldest = max(ended[-1], *ages)
        unseen = _tail(ended, blocks, left, oldest) if left >= _MIN_UNSEEN else [oldest] if left > 0 else []
        if unseen:
            blocks.append(Block(len(ended), len(ended) + len(unseen), left / len(unseen)))
        return _spread([*ended, *unseen], blocks)


def _tail(ended: Sequence[float], blocks: Sequence[Block], left: float, oldest: float) -> list[float]:
    """Return the calls that are longer than all those seen, by a log-normal distribution through the others."""
    every = math.ceil(len(ended) / _MAX_FITTED)
    places: list[float] = []
    logs: list[float] = []
    passed = 0.0
    for block in blocks:
        for index in range(-(-block.first // every) * every, block.end, every):
            rank = passed + (index - block.first + 0.5) * block.share
            places.append(_NORMAL.inv_cdf(min(max(rank, 1e-6), 1 - 1e-6)))
            logs.append(math.log(max(ended[index], 1e-3)))
        passed += block.whole
    place, log = sum(places) / len(places), sum(logs) / len(logs)
    spread = sum((one - place) ** 2 for one in places)
    slope = sum((one - place) * (its - log) for one, its in zip(places, logs, strict=True)) / spread if spread else 0.0
    sigma = (slope * len(places) + _USUAL_SIGMA * _USUAL_WEIGHT) / (len(places) + _USUAL_WEIGHT)
    values = max(round(left * QUANTILES), 1)
    ranks = (1 - left + left * (index + 0.5) / values for index in range(values))
    return [max(math.exp(log + sigma * (_NORMAL.inv_cdf(rank) - place)), oldest) for rank in ranks]


def _spread(values: Sequence[float], blocks: Sequence[Block]) -> list[float]:
    """Return the quantiles of sorted values whose shares are given in blocks."""
    whole = sum(block.whole for block in blocks)
    found: list[float] = []
    rest = iter(blocks)
    block, before = next(rest), 0.0
    for index in range(QUANTILES):
        wanted = (index + 0.5) / QUANTILES * whole
        while before + block.whole < wanted and (following := next(rest, None)) is not None:
            before, block = before + block.whole, following
        within = math.ceil((wanted - before) / block.share) - 1
        found.append(values[min(max(block.first + within, block.first), block.end - 1)])
    return found
