"""Two things compared on the same rows: the exact test of a difference, its interval, and how many rows would tell.

Only rows in which the two differ say anything: of these, each would be better in half if nothing were between them.
That is McNemar's test in its exact form, which is the sign test (McNemar 1947, Psychometrika 12:153). The interval of
the difference is Wald's with Agresti and Min's correction for pairs (2005, Statistics in Medicine 24:729). How many
rows would tell is Connor's formula (1987, Biometrics 43:207), corrected for the exact test by trying.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist

from chaindesk.engine.statistics.binomial import at_most, probability

SURE = 0.05
"""A difference is said to be sure where chance alone would show one as large in at most so many comparisons."""
POWER = 0.8
"""The number of rows that would tell is that by which a difference of this size is found so often."""
_EXACT_ROWS = (
    2_000  # up to so many the power is computed exactly; above, the formula is off by less than a row in fifty
)
_MOST_ROWS = 1_000_000


@dataclass(frozen=True, slots=True)
class Pairs:
    """How the rows of a comparison came out.

    Attributes:
        both: rows that are right in both.
        better: rows that are right in B alone.
        worse: rows that are right in A alone.
        neither: rows that are right in neither.
    """

    both: int = 0
    better: int = 0
    worse: int = 0
    neither: int = 0

    @classmethod
    def of(cls, rows: list[tuple[bool, bool]]) -> Pairs:
        """Count rows, each of which is right in A or not, and in B or not."""
        found = dict.fromkeys(((True, True), (False, True), (True, False), (False, False)), 0)
        for pair in rows:
            found[pair] += 1
        return cls(*found.values())

    @property
    def rows(self) -> int:
        """How many rows were compared."""
        return self.both + self.better + self.worse + self.neither

    @property
    def right_in_a(self) -> int:
        """How many are right in A."""
        return self.both + self.worse

    @property
    def right_in_b(self) -> int:
        """How many are right in B."""
        return self.both + self.better

    @property
    def gain(self) -> float:
        """By what share of the rows B is right oftener than A, -1 to 1."""
        return (self.better - self.worse) / self.rows if self.rows else 0.0

    @property
    def chance(self) -> float:
        """How often chance alone would show a difference as large: the two-sided p-value of the exact test."""
        apart = self.better + self.worse
        return min(1.0, 2 * at_most(min(self.better, self.worse), apart, 0.5)) if apart else 1.0

    @property
    def sure(self) -> bool:
        """Whether the difference is more than chance would show."""
        return self.chance <= SURE

    def interval(self, confidence: float = 0.95) -> tuple[float, float]:
        """Return between what and what the gain on all rows is likely to lie."""
        z = NormalDist().inv_cdf((1 + confidence) / 2)
        rows, better, worse = self.rows + 2, self.better + 0.5, self.worse + 0.5
        gain = (better - worse) / rows
        half = z * math.sqrt(max((better + worse) / rows - gain * gain, 0.0) / rows)
        return max(gain - half, -1.0), min(gain + half, 1.0)

    def rows_that_would_tell(self) -> int | None:
        """Return how many rows in all would show a difference such as this one, where it is real, four times in five.

        None: no number of rows would.
        """
        if not self.rows or self.better == self.worse:
            return None
        return rows_needed(self.better / self.rows, self.worse / self.rows)


def rows_needed(better: float, worse: float) -> int | None:
    """Return how many rows show that B is better in one share of them and worse in another; None: no such number."""
    apart, gain = better + worse, abs(better - worse)
    if gain <= 0:
        return None
    normal = NormalDist()
    sides = normal.inv_cdf(1 - SURE / 2) * math.sqrt(apart)
    sides += normal.inv_cdf(POWER) * math.sqrt(max(apart - gain * gain, 0.0))
    rows = math.ceil((sides / gain) ** 2)
    if rows > _MOST_ROWS:
        return None
    while rows <= _EXACT_ROWS and power(rows, better, worse) < POWER:
        rows += max(rows // 50, 1)
    return rows


def power(rows: int, better: float, worse: float) -> float:
    """Return how often the exact test finds so many rows enough, where B is better and worse in such shares of them."""
    apart, share = better + worse, max(better, worse) / (better + worse)
    middle, spread = rows * apart, 6 * math.sqrt(rows * apart * (1 - apart)) + 1
    found = 0.0
    for different in range(max(int(middle - spread), 0), min(int(middle + spread) + 1, rows) + 1):
        most = _most_against(different)
        if most >= 0:
            found += probability(different, rows, apart) * at_most(most, different, 1 - share)
    return found


def _most_against(different: int) -> int:
    """Return how many of the rows that differ may speak against a difference that is still sure; -1: none may."""
    total, most = 0.0, -1
    while most < different and 2 * (total := total + probability(most + 1, different, 0.5)) <= SURE:
        most += 1
    return most
