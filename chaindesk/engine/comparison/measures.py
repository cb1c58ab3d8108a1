"""By what two sides of a comparison are judged: checks, answers that a person approved, and picks; a sentence each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from chaindesk.engine.statistics.paired import Pairs
from chaindesk.formatting import count


class MeasureKind(Enum):
    """What is counted."""

    APPROVED = "approved"  # the answer is as a person approved or wrote it
    CHECKS = "checks"  # it passes all of its step's checks
    PICKS = "picks"  # a person likes it better


_PASSES = {
    MeasureKind.APPROVED: "gives the approved answer in",
    MeasureKind.CHECKS: "passes all checks in",
}


@dataclass(frozen=True, slots=True)
class Measure:
    """How the rows came out by one kind of judgement.

    Attributes:
        kind: what is counted.
        pairs: the rows. A row in which one side is picked is right in that alone, one without a favourite in both.
        by_row: by sheet number, whether the row is right in A and in B.
    """

    kind: MeasureKind
    pairs: Pairs
    by_row: Mapping[int, tuple[bool, bool]]

    @classmethod
    def of(cls, kind: MeasureKind, by_row: Mapping[int, tuple[bool, bool]]) -> Measure | None:
        """Return the measure, or None where there is no row."""
        return cls(kind, Pairs.of(list(by_row.values())), by_row) if by_row else None

    @property
    def sentence(self) -> str:
        """How the sides compare and how sure that is, in plain words."""
        return f"{self._figures} {verdict_words(self.pairs)}"

    @property
    def _figures(self) -> str:
        pairs = self.pairs
        if self.kind is MeasureKind.PICKS:
            same = pairs.rows - pairs.better - pairs.worse
            return (
                f"You picked B in {pairs.better} of {count(pairs.rows, 'row')}, A in {pairs.worse}, neither in {same}:"
            )
        passes = _PASSES[self.kind]
        first = f"B {passes} {pairs.right_in_b} of {count(pairs.rows, 'row')}, A in {pairs.right_in_a};"
        return f"{first} {pairs.better} better, {pairs.worse} worse:"


def verdict_words(pairs: Pairs) -> str:
    """Return whether a difference is sure, and how many more rows would tell where it is not."""
    if not pairs.better and not pairs.worse:
        return "no difference in any row."
    low, high = pairs.interval()
    between = f"B gains between {_points(low)} and {_points(high)} points on all rows, most likely."
    if pairs.sure:
        return f"{'B' if pairs.gain > 0 else 'A'} is better, that is sure ({_chance(pairs.chance)}). {between}"
    more = more_rows(pairs)
    if more is None:
        return f"no difference to be seen ({_chance(pairs.chance)}). {between}"
    return f"not yet sure ({_chance(pairs.chance)}), about {count(more, 'more row')} would tell. {between}"


def more_rows(pairs: Pairs) -> int | None:
    """Return how many more rows would tell, to two digits, upwards, since it is an estimate; None: no number would."""
    needed = pairs.rows_that_would_tell()
    if needed is None:
        return None
    rows = max(needed - pairs.rows, 1)
    unit = int(10 ** max(len(str(rows)) - 2, 0))
    return -(-rows // unit) * unit


def _chance(p: float) -> str:
    return "p under 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def _points(share: float) -> str:
    return f"{100 * share:+.0f}".replace("-", "−")


def first_measure(measures: Sequence[Measure]) -> Measure | None:
    """Return the measure that counts most: people's approvals, then checks, then picks."""
    order = list(MeasureKind)
    return min(measures, key=lambda one: order.index(one.kind), default=None)
