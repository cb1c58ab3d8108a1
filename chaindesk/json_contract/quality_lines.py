"""What answers are worth: the line of ``show`` for all rows, and the audit in that of ``report``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class AuditFigures:
    """What reading a sample says of all rows that it was drawn from, or of a class of them.

    Attributes:
        population: rows that it was drawn from.
        read: rows of the sample that were read.
        wrong: of these, rows that were rejected or edited.
        most_wrong_unread: of the rows that nobody has read, so many are wrong at most.
        upper_bound: the same as a share of them.
        sentence: all of it in words.
    """

    population: int
    read: int
    wrong: int
    most_wrong_unread: int
    upper_bound: float
    sentence: str


@dataclass(frozen=True, slots=True)
class AuditRow:
    """A row of the sample.

    Attributes:
        key: by which it was known.
        group: its class, or "".
        finding: right, wrong, not read, or changed since.
    """

    key: str
    group: str
    finding: str


@dataclass(frozen=True, slots=True)
class AuditState:
    """An audit as it stands.

    Attributes:
        audit: its number.
        made_at: when it was drawn.
        seed: of its random numbers: with the same rows it draws the same.
        confidence: how sure its bounds are, 0 to 1.
        whole: what it says of all rows, by the sample of all rows alone.
        classes: what it says of each class, by all of its rows that were drawn.
        left: rows that are still to be read.
        changed: rows that have other answers by now.
        rows: the sample, in random order.
    """

    audit: int
    made_at: datetime
    seed: int
    confidence: float
    whole: AuditFigures
    classes: Mapping[str, AuditFigures]
    left: int
    changed: int
    rows: tuple[AuditRow, ...]


@dataclass(frozen=True, slots=True)
class DoubtFigures:
    """Why an answer is doubted: the kind of reason, and the reason in words."""

    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class QueuedRow:
    """A row that waits for a review.

    Attributes:
        row: its sheet row number.
        key: by which it is known.
        doubt: how much its answers are to be doubted, 0 to 1; it orders rows, and is no probability.
        doubtful: whether somebody should read it.
        reasons: why, the strongest first.
    """

    row: int
    key: str
    doubt: float
    doubtful: bool
    reasons: tuple[DoubtFigures, ...]


@dataclass(frozen=True, slots=True)
class AgreementFigures:
    """How a check or a judge agrees with the reviews.

    Attributes:
        step: the step's name.
        check: the check in words.
        judge: whether it is another model's judgement.
        trust: too few reviews, not trusted, unsure or trusted.
        reviews: how many reviewed answers it was compared by.
        hits: answers that it flagged, and that people rejected or edited.
        missed: answers that it passed, and that people rejected or edited.
        alarms: answers that it flagged, and that people approved.
        passed: answers that it passed, and that people approved.
        kappa: Cohen's kappa; null where it is unknown.
        kappa_low: what it is hardly less than.
        kappa_high: what it is hardly more than.
        sentence: all of it in words.
    """

    step: str
    check: str
    judge: bool
    trust: str
    reviews: int
    hits: int
    missed: int
    alarms: int
    passed: int
    kappa: float | None
    kappa_low: float | None
    kappa_high: float | None
    sentence: str


@dataclass(frozen=True, slots=True)
class ReviewQueueLine:
    """What is to be read first, and what the rest is worth.

    Attributes:
        waiting: rows that are done and not reviewed.
        doubtful: of these, rows that somebody should read.
        queue: all of them, the most doubtful first.
        audit: the newest audit; null where none was drawn.
        agreement: how each check and judge of the chain agrees with the reviews.
    """

    waiting: int
    doubtful: int
    queue: tuple[QueuedRow, ...]
    audit: AuditState | None
    agreement: tuple[AgreementFigures, ...]
