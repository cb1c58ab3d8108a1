"""What people said of the answers that a run paid for, and why they rejected some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from chaindesk.domain.records import Answer, RowReview, RunRecord
from chaindesk.domain.status import Review
from chaindesk.engine.quality.audit import AuditResult
from chaindesk.engine.quality.review_quality import stored_results
from chaindesk.formatting import listed
from chaindesk.journal.protocol import Journal

NO_REASON = "no reason given"
_MAX_ROWS_NAMED = 12


class Rejection(NamedTuple):
    """A row whose answer was rejected, and why, or ""."""

    row: int
    key: str
    reason: str


@dataclass(slots=True)
class RunReviews:
    """The reviews of a run's answers.

    Attributes:
        counts: rows by their review; without those that nobody has reviewed.
        rejected: the rejected rows.
    """

    counts: Counter[Review] = field(default_factory=Counter)
    rejected: list[Rejection] = field(default_factory=list)

    @property
    def by_reason(self) -> Mapping[str, list[Rejection]]:
        """The rejected rows by reason, the most frequent first; under ``NO_REASON`` where none was given."""
        found: dict[str, list[Rejection]] = {}
        for one in self.rejected:
            found.setdefault(one.reason or NO_REASON, []).append(one)
        return dict(sorted(found.items(), key=lambda item: -len(item[1])))

    @property
    def words(self) -> str:
        """How many rows were approved, edited and rejected; "" where nothing was reviewed."""
        return ", ".join(f"{self.counts[review]:,} {review.value}" for review in Review if self.counts[review])

    def add(self, answer: Answer, review: RowReview | None) -> None:
        """Count what was said of an answer."""
        if review is None:
            return
        self.counts[review.review] += 1
        if review.review is Review.REJECTED:
            self.rejected.append(Rejection(answer.row_number, answer.row_key, review.reason))

    def lines(self) -> list[str]:
        """Return them as text, a line each."""
        if not self.words:
            return []
        rows = {reason: [one.key for one in rows] for reason, rows in self.by_reason.items()}
        return [
            f"reviewed: {self.words}",
            *(
                f"rejected, {' '.join(reason.split())}: {len(keys):,}: {listed(keys, _MAX_ROWS_NAMED)}"
                for reason, keys in rows.items()
            ),
        ]


def audit_of_run(journal: Journal, run: RunRecord, given: Mapping[int, RowReview]) -> AuditResult | None:
    """Return the newest audit in whose sample are answers that a run paid for; None where there is none."""
    reviews = {number: one.review for number, one in given.items()}
    for result in stored_results(journal, run.workbook_id, reviews):
        drawn = journal.answers_by_number({one.answer_id for one in result.audit.rows})
        if any(answer.run_id == run.id for answer in drawn.values()):
            return result
    return None


def reviews_by_answer(journal: Journal, workbook_id: int) -> Mapping[int, RowReview]:
    """Return the newest word on every answer of a workbook that has one, by the answer's number."""
    newest = {one.answer_id: one for one in journal.reviews(workbook_id) if one.answer_id}
    return {number: one for number, one in newest.items() if one.review is not Review.UNREVIEWED}
