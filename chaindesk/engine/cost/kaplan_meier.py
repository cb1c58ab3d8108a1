"""The Kaplan–Meier estimator: how values are distributed where some of them are only known to be greater than so much.

All ended values between two that have not ended have the same share, so that it takes as many steps as there are
values that have not ended, however many have.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple


class Block(NamedTuple):
    """Ended values beside each other that have one share.

    Attributes:
        first: the index of the first of them.
        end: the index behind the last.
        share: the share of each.
    """

    first: int
    end: int
    share: float

    @property
    def whole(self) -> float:
        """Return the share of all of them."""
        return (self.end - self.first) * self.share


def kaplan_meier(ended: Sequence[float], not_ended: Sequence[float], weight: float = 1.0) -> tuple[list[Block], float]:
    """Return the shares of values in blocks, and the share of those that are greater than all seen.

    Args:
        ended: values, sorted.
        not_ended: what the values that have not ended have reached so far, sorted.
        weight: how many values each of the ended ones stands for.
    """
    at_risk, left = weight * len(ended) + len(not_ended), 1.0
    blocks: list[Block] = []
    first = 0
    for reached in not_ended:
        end = bisect_right(ended, reached, first)
        if end > first:
            share = left * min(weight / at_risk, 1.0)
            blocks.append(Block(first, end, share))
            left -= blocks[-1].whole
            at_risk -= weight * (end - first)
            first = end
        at_risk -= 1
    if first < len(ended):
        blocks.append(Block(first, len(ended), left / (len(ended) - first)))
        left = 0.0
    return blocks, max(left, 0.0)
