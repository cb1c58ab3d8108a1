"""An audit: a random sample of the rows that nobody doubts, and what reading it says of those that nobody reads."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from chaindesk.domain.check_results import Audit, AuditedRow
from chaindesk.domain.status import Review
from chaindesk.engine.quality.statistics import CONFIDENCE, most_wrong
from chaindesk.formatting import count

USUAL_ROWS = 60
"""Read without a fault, they say that fewer than 5 % of the rest are wrong."""
MIN_OF_CLASS = 5
"""So many of each class are read at least, or all that it has."""
NONE_READ = "None read yet."
READ = "{n} read, {wrong}"
NONE_WRONG = "none wrong"
SOME_WRONG = "{n} wrong"
AT_MOST = "fewer than {share} of the unread are wrong, {sure} sure."
NO_MORE = "none of the unread are wrong, {sure} sure."
ALL_READ = "Nothing is unread."
_MAX_CLASSES = 24  # more are no classes, of which each could have its share


class Finding(Enum):
    """What came out for a row of the sample."""

    RIGHT = "right"
    WRONG = "wrong"
    NOT_READ = "not read"
    CHANGED = "changed since"  # it has another answer by now


@dataclass(frozen=True, slots=True)
class Candidate:
    """A row that an audit may draw: its key, its last answer's number, and its class or ""."""

    row_key: str
    answer_id: int
    group: str = ""


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What the reading of one group came to: all rows, or those of a class.

    Attributes:
        total: how many rows it had when the sample was drawn.
        read: how many of the sample were read.
        wrong: how many of these were rejected or edited.
        most: how many of all are wrong at most, with 95 % confidence.
    """

    total: int
    read: int
    wrong: int
    most: int

    @property
    def unread(self) -> int:
        """How many rows are not read."""
        return self.total - self.read

    @property
    def bound(self) -> float:
        """The share of the unread rows that are wrong at most."""
        return (self.most - self.wrong) / self.unread if self.unread else 0.0


@dataclass(frozen=True, slots=True)
class AuditResult:
    """An audit as it stands.

    Attributes:
        audit: it.
        findings: what came out for each row of the sample, by the number of its answer.
        whole: all rows, judged by the sample of all rows alone.
        classes: each class, judged by all rows of it that were drawn; empty where rows have none.
    """

    audit: Audit
    findings: Mapping[int, Finding]
    whole: GroupResult
    classes: Mapping[str, GroupResult]

    @property
    def left(self) -> int:
        """How many rows of the sample are still to be read."""
        return sum(one is Finding.NOT_READ for one in self.findings.values())

    @property
    def changed(self) -> int:
        """How many rows of the sample have other answers by now."""
        return sum(one is Finding.CHANGED for one in self.findings.values())

    @property
    def wrong(self) -> int:
        """How many rows of the sample are wrong, those that were drawn for their class included."""
        return sum(one is Finding.WRONG for one in self.findings.values())


def draw(workbook_id: int, candidates: Sequence[Candidate], rows: int, seed: int, made_at: datetime) -> Audit:
    """Draw an audit of so many rows without replacement, and more of rare classes.

    The sample of all rows alone says what the whole is worth, by the exact bound of simple random sampling. Where a
    class has fewer than ``MIN_OF_CLASS`` rows in it, others of the class are drawn besides: together they are a random
    sample of the class, and say what the class is worth.
    """
    # Not for secrets: the seed is kept, so that the same rows are drawn again.
    source = random.Random(seed)  # noqa: S311
    groups = Counter(one.group for one in candidates)
    if len(groups) > _MAX_CLASSES:
        candidates, groups = (
            [Candidate(one.row_key, one.answer_id) for one in candidates],
            Counter({"": len(candidates)}),
        )
    order = source.sample(range(len(candidates)), len(candidates))
    drawn = [candidates[place] for place in order[:rows]]
    sample = [AuditedRow(one.row_key, one.answer_id, one.group) for one in drawn]
    if len(groups) > 1:
        have = Counter(one.group for one in drawn)
        for place in order[rows:]:
            one = candidates[place]
            if have[one.group] < MIN_OF_CLASS:
                have[one.group] += 1
                sample.append(AuditedRow(one.row_key, one.answer_id, one.group, extra=True))
    source.shuffle(sample)
    return Audit(workbook_id, seed, made_at, dict(sorted(groups.items())), tuple(sample))


def audit_result(
    audit: Audit, reviews: Mapping[int, Review], edited: Iterable[int], current: Iterable[int] | None = None
) -> AuditResult:
    """Return how an audit stands.

    Args:
        audit: it.
        reviews: people's words on answers, by number.
        edited: the numbers of answers that a person has written over: they were wrong, whatever was said of them since.
        current: the numbers of the answers that rows have now; None where that is unknown.
    """
    written, there = set(edited), None if current is None else set(current)
    findings = {one.answer_id: _finding(one.answer_id, reviews, written, there) for one in audit.rows}
    sample = [one for one in audit.rows if not one.extra]
    whole = _result(audit.population, sample, findings)
    classes = {
        group: _result(total, [one for one in audit.rows if one.group == group], findings)
        for group, total in audit.groups.items()
        if len(audit.groups) > 1
    }
    return AuditResult(audit, findings, whole, classes)


def statement(result: GroupResult, translated: Callable[[str], str] = str) -> str:
    """Return what reading a group is worth: how many of those that nobody has read are wrong at most."""
    if not result.read:
        return translated(NONE_READ)
    wrong = translated(SOME_WRONG).format(n=count(result.wrong)) if result.wrong else translated(NONE_WRONG)
    told = translated(READ).format(n=count(result.read), wrong=wrong)
    if not result.unread:
        return f"{told}. {translated(ALL_READ)}"
    template = AT_MOST if result.most > result.wrong else NO_MORE
    return f"{told}: {translated(template).format(share=upper_percent(result.bound), sure=f'{CONFIDENCE * 100:.0f} %')}"


def upper_percent(share: float) -> str:
    """Return a share in per cent that is above it: rounded down, it would promise too much."""
    percent = share * 100
    for digits, least in ((2, 0.1), (1, 10.0), (0, 100.0)):
        step = 10**digits
        above = (int(percent * step) + 1) / step
        if above <= least:
            return f"{above:.{digits}f} %"
    return "100 %"


def _result(total: int, rows: Sequence[AuditedRow], findings: Mapping[int, Finding]) -> GroupResult:
    found = Counter(findings[one.answer_id] for one in rows)
    wrong = found[Finding.WRONG]
    read = wrong + found[Finding.RIGHT]
    return GroupResult(total, read, wrong, most_wrong(wrong, read, total))


def _finding(number: int, reviews: Mapping[int, Review], edited: set[int], current: set[int] | None) -> Finding:
    review = reviews.get(number, Review.UNREVIEWED)
    if number in edited or review in {Review.REJECTED, Review.EDITED}:
        return Finding.WRONG
    if current is not None and number not in current:
        return Finding.CHANGED
    return Finding.RIGHT if review is Review.APPROVED else Finding.NOT_READ
