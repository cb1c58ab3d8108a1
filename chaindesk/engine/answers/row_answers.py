"""One row as the journal knows it under a chain: numbers of answers, never their texts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from decimal import Decimal

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.records import Answer, Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from chaindesk.engine.prompting.request_builder import NO_STEP_HELD

SKIPPED = 0
"""Stands for an answer where a step's condition does not hold."""
_NONE: frozenset[int] = frozenset()


PENDING = RowState()
"""The state of every row of which nothing is known: one for all of them."""


@dataclass(slots=True)
class AnswerTotals:
    """Sums over the answers of a row; they grow in place, as every answer of a run is added."""

    usage: Usage | None = None
    cost: Decimal | None = None
    seconds: float = 0.0
    attempts: int = 0
    cut: bool = False

    def add(self, answer: Answer) -> None:
        """Count an answer."""
        if answer.usage is not None:
            self.usage = answer.usage if self.usage is None else self.usage + answer.usage
        if answer.cost is not None:
            self.cost = answer.cost if self.cost is None else self.cost + answer.cost
        self.seconds += answer.seconds
        self.attempts = answer.attempts
        self.cut = self.cut or answer.finish is Finish.LENGTH


_NO_TOTALS = AnswerTotals()


@dataclass(slots=True)
class RowAnswers:
    """One row as the journal knows it.

    Attributes:
        answers: for each step the number of its answer, ``SKIPPED``, or None where a call is missing.
        tokens: for each step the likely input tokens of the missing call, as far as what it asks is known, else 0.
        blank_reason: why there is nothing to run for it, or "".
        stale: whether a step without an answer has one to what it does not ask any more.
        manual_outdated: the indexes of the steps whose answer a person has written over, and that stands although
            its prompt has changed since.
        was_run: whether a run of this journal had it.
        status: what its last run left, where its answers do not say more.
        failure: why it failed last.
        reviews: people's words on answers by the answer's number, which all rows share.
        reasons: why, in their own words, likewise.
        flags_of: what checks found wrong by the answer's number, likewise.
        submitted: the name of its next step where that is out in a batch job, or "".
        totals: usage, cost and seconds of its answers, and whether one was cut; None where it has none.
    """

    answers: list[int | None]
    tokens: list[int]
    blank_reason: str = ""
    stale: bool = False
    manual_outdated: frozenset[int] = _NONE
    was_run: bool = False
    status: Status = Status.PENDING
    failure: Failure | None = None
    reviews: dict[int, Review] = field(default_factory=dict)
    reasons: dict[int, str] = field(default_factory=dict)
    flags_of: dict[int, tuple[str, ...]] = field(default_factory=dict)
    submitted: str = ""
    totals: AnswerTotals | None = None

    @property
    def calls(self) -> int:
        """How many calls are missing, as far as can be known."""
        return 0 if self.blank_reason else self.answers.count(None)

    @property
    def last_answer(self) -> int:
        """The number of the last answer that it has, which is what a review is a word on; 0 where it has none."""
        return next((number for number in reversed(self.answers) if number), 0)

    @property
    def review(self) -> Review:
        """A person's word on the answer that it has now."""
        return self.reviews.get(self.last_answer, Review.UNREVIEWED)

    @property
    def reason(self) -> str:
        """Why a person reviewed it so, or ""."""
        return self.reasons.get(self.last_answer, "")

    @property
    def flags(self) -> tuple[str, ...]:
        """What checks found wrong with its answers, in words."""
        found = self.flags_of
        return tuple(words for number in self.answers if number for words in found.get(number, ())) if found else ()

    @property
    def known(self) -> bool:
        """Whether the journal has anything of it."""
        return self.was_run or self.stale or any(self.answers)

    @property
    def skipped(self) -> str:
        """Why there is nothing to run for it, or ""."""
        if self.blank_reason:
            return self.blank_reason
        return NO_STEP_HELD if all(number == SKIPPED for number in self.answers) else ""

    def set_answer(self, index: int, answer: Answer, *, outdated: bool) -> None:
        """Note that a step has this answer now; the totals are another matter."""
        self.answers[index], self.tokens[index] = answer.id, 0
        if outdated:
            self.manual_outdated = self.manual_outdated | {index}
        elif self.manual_outdated:
            self.manual_outdated = self.manual_outdated - {index}

    def add(self, answer: Answer) -> None:
        """Count an answer in the totals."""
        if self.totals is None:
            self.totals = AnswerTotals()
        self.totals.add(answer)

    def recount(self, answers: Iterable[Answer | None]) -> None:
        """Compute the totals again."""
        self.totals = None
        for answer in answers:
            if answer is not None:
                self.add(answer)

    def state(self, steps: tuple[str, ...]) -> RowState:
        """Return the row as it is shown before a run."""
        behind = next((index for index, number in enumerate(self.answers) if number is None), len(self.answers))
        step = steps[min(behind, len(steps)) - 1] if behind else ""
        if not behind and self._is_untouched:
            return PENDING
        totals = self.totals or _NO_TOTALS
        failure, attempts = None, totals.attempts
        if self.skipped:
            status = Status.SKIPPED
        elif not self.calls:
            status = Status.DONE
        elif self.submitted == steps[behind]:
            status, step = Status.SUBMITTED, self.submitted
        elif self.status is Status.FAILED and self._still_failed(steps):
            status, failure, attempts = Status.FAILED, self.failure, 0
            if failure is not None:
                attempts, step = failure.attempts, failure.step
        else:
            status = Status.PENDING
        return RowState(
            status=status,
            step=step,
            step_index=behind,
            attempts=attempts,
            failure=failure,
            usage=totals.usage,
            cost=totals.cost,
            seconds=totals.seconds,
            review=self.review,
            reason=self.reason,
            stale=self.stale,
            cut=totals.cut,
            kept=bool(self.manual_outdated),
            flags=self.flags,
        )

    @property
    def _is_untouched(self) -> bool:
        """Return whether there is nothing to tell of it but that it waits to be run."""
        shown = self.submitted or self.blank_reason or self.stale or self.manual_outdated or self.totals or self.reviews
        return not shown and self.status is not Status.FAILED and self.answers[0] is None

    def _still_failed(self, steps: tuple[str, ...]) -> bool:
        """Return whether the failure is one of this chain's, and nothing has cured it since."""
        if self.failure is None:
            return True
        return self.failure.step in steps and self.answers[steps.index(self.failure.step)] is None
