"""Which rows the user wants to see: set in the progress strip, applied by the table."""

from __future__ import annotations

from dataclasses import dataclass, field

from chaindesk.domain.errors import FailureKind
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status


@dataclass(frozen=True, slots=True)
class RowFilter:
    """What a row must have to be shown.

    Attributes:
        statuses: one of these statuses; any, where empty.
        text: these words somewhere in it.
        review: this word of a person; unreviewed ones must be done, for else there is nothing to review.
        changed: what it has answered has changed since.
        failure: it failed for this kind of reason.
        doubtful: something speaks against its answers.
        audited: it is in the sample of the newest audit.
    """

    statuses: frozenset[Status] = field(default_factory=frozenset)
    text: str = ""
    review: Review | None = None
    changed: bool = False
    failure: FailureKind | None = None
    doubtful: bool = False
    audited: bool = False

    @property
    def active(self) -> bool:
        """Return whether it hides anything."""
        return bool(self.statuses or self.text.strip() or self.by_state or self.doubtful or self.audited)

    @property
    def words(self) -> list[str]:
        """The words of ``text``, casefolded."""
        return self.text.casefold().split()

    @property
    def by_review(self) -> bool:
        """Return whether it filters by review."""
        return self.review is not None

    @property
    def by_state(self) -> bool:
        """Return whether it filters by review, change or kind of failure."""
        return self.review is not None or self.changed or self.failure is not None

    def fits(self, state: RowState) -> bool:
        """Return whether a row passes the filters of reviews, changes and kinds of failure."""
        if self.failure is not None and (state.failure is None or state.failure.kind is not self.failure):
            return False
        if self.changed and not (state.stale or state.kept):
            return False
        if self.review is Review.UNREVIEWED and state.status is not Status.DONE:
            return False
        return self.review is None or state.review is self.review
