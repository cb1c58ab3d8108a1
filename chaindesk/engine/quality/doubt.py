"""Why an answer is to be doubted, in words, and how much: the order in which rows are best reviewed."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import MappingProxyType

DOUBTFUL = 0.15
"""From so much doubt on a row is to be read; what is below is the rest, of which an audit reads a sample."""


class DoubtKind(Enum):
    """What speaks against an answer."""

    REFUSED = "refused"
    CUT = "cut"
    EMPTY = "empty"
    JUDGE = "judge"
    CHECK = "check"
    VOTES = "votes"
    LANGUAGE = "language"
    LENGTH = "length"
    RARE_CLASS = "rare class"
    ESCALATED = "escalated"


TEMPLATES = {
    DoubtKind.REFUSED: "{column}: reads like a refusal",
    DoubtKind.CUT: "{column}: cut at the output limit",
    DoubtKind.EMPTY: "{column}: is empty",
    DoubtKind.JUDGE: "{said}",  # its own words
    DoubtKind.CHECK: "{said}",
    DoubtKind.VOTES: "{column}: {share} of the votes agree",
    DoubtKind.LANGUAGE: "{column}: looks like {language}, the others like {usual}",
    DoubtKind.LENGTH: "{column}: {length} characters, the others about {usual}",
    DoubtKind.RARE_CLASS: "{column}: only {rows} of {total} rows have “{said}”",
    DoubtKind.ESCALATED: "{column}: needed the larger model",
}
_CERTAINTY_LOST = {
    DoubtKind.REFUSED: 0.9,
    DoubtKind.CUT: 0.8,
    DoubtKind.EMPTY: 0.8,
    DoubtKind.JUDGE: 0.65,
    DoubtKind.CHECK: 0.6,
    DoubtKind.VOTES: 0.5,
    DoubtKind.LANGUAGE: 0.5,
    DoubtKind.LENGTH: 0.3,
    DoubtKind.RARE_CLASS: 0.2,
    DoubtKind.ESCALATED: 0.1,
}
"""The share of the certainty that is left which each reason takes: it orders rows, and is no probability."""


@dataclass(frozen=True, slots=True)
class DoubtReason:
    """One reason.

    Attributes:
        kind: what it is.
        values: what its words name.
        lost: the share of the certainty that it takes; the kind's own unless it is known better.
    """

    kind: DoubtKind
    values: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    lost: float = 0.0

    def words(self, translated: Callable[[str], str] = str) -> str:
        """Return it in words; ``translated`` gives its template in another language."""
        return translated(TEMPLATES[self.kind]).format(**self.values)


@dataclass(frozen=True, slots=True)
class RowDoubt:
    """How much a row's answers are to be doubted, and why, the strongest reason first.

    Attributes:
        score: 0 where nothing speaks against them, towards 1 with each reason.
        reasons: why.
    """

    score: float = 0.0
    reasons: tuple[DoubtReason, ...] = ()

    @property
    def doubtful(self) -> bool:
        """Whether somebody should read the row."""
        return self.score >= DOUBTFUL

    @property
    def words(self) -> str:
        """All reasons in one line."""
        return "; ".join(reason.words() for reason in self.reasons)


NO_DOUBT = RowDoubt()


def reason(kind: DoubtKind, lost: float | None = None, **values: str) -> DoubtReason:
    """Return a reason of a kind with what its words name."""
    return DoubtReason(kind, values, _CERTAINTY_LOST[kind] if lost is None else lost)


def row_doubt(reasons: Iterable[DoubtReason]) -> RowDoubt:
    """Return what these reasons come to: several count more than one, and none hides another."""
    found = tuple(sorted(reasons, key=lambda one: -one.lost))
    return RowDoubt(1 - math.prod(1 - one.lost for one in found), found) if found else NO_DOUBT


def queue(doubts: Mapping[int, RowDoubt], numbers: Iterable[int]) -> Sequence[int]:
    """Return rows by doubt, the most doubtful first, and equal ones in the sheet's order."""
    return sorted(numbers, key=lambda number: -doubts.get(number, NO_DOUBT).score)
