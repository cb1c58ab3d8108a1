"""One row as the journal knows it under a chain: numbers of answers, never their texts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from chaindesk.domain.records import Answer, Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from chaindesk.engine.prompting.request_builder import NO_STEP_HELD

if TYPE_CHECKING:
    from chaindesk.engine.answers.rows.row_columns import AnswerTotals, RowColumns

SKIPPED = 0
"""Stands for an answer where a step's condition does not hold."""
MISSING = -1
"""Stands in the columns where a step has no answer; a row says None of it."""
_NONE: frozenset[int] = frozenset()

PENDING = RowState()
"""The state of every row of which nothing is known: one for all of them."""


class RowAnswers:
    """One row as the journal knows it: its place in the columns of all rows."""

    __slots__ = ("_columns", "_place")

    def __init__(self, columns: RowColumns, place: int) -> None:
        self._columns = columns
        self._place = place

    @property
    def answers(self) -> tuple[int | None, ...]:
        """For each step the number of its answer, ``SKIPPED``, or None where a call is missing."""
        columns, first = self._columns, self._place * self._columns.steps
        return tuple([None if one < 0 else one for one in columns.answers[first : first + columns.steps]])

    def answer(self, index: int) -> int | None:
        """Return the number of the answer to a step, ``SKIPPED`` or None."""
        number = self._columns.answers[self._place * self._columns.steps + index]
        return None if number < 0 else number

    def has_behind(self, index: int) -> bool:
        """Return whether a step behind this one has an answer."""
        columns, first = self._columns, self._place * self._columns.steps
        return max(columns.answers[first + index + 1 : first + columns.steps], default=MISSING) > SKIPPED

    def put_answer(self, index: int, number: int | None) -> None:
        """Note the number of a step's answer, ``SKIPPED`` or None."""
        columns, at = self._columns, self._place * self._columns.steps + index
        columns.answers[at] = MISSING if number is None else number
        columns.tokens[at] = 0
        columns.touched[self._place] = True

    def tokens(self, index: int) -> int:
        """Return the likely tokens of a missing call where earlier outputs decide what it asks, and are known; or 0."""
        return self._columns.tokens[self._place * self._columns.steps + index]

    def put_tokens(self, index: int, tokens: int) -> None:
        """Note the likely tokens of a missing call."""
        self._columns.tokens[self._place * self._columns.steps + index] = tokens

    @property
    def is_untouched(self) -> bool:
        """Whether nothing is known of it but that it waits to be run."""
        return not self._columns.touched[self._place]

    @property
    def seconds(self) -> float:
        """What its answers have taken."""
        return self._columns.totals.seconds(self._place)

    @property
    def blank_reason(self) -> str:
        """Why there is nothing to run for it since its cells are blank, or ""."""
        return self._columns.blank_reasons.get(self._place, "")

    @property
    def stale(self) -> bool:
        """Whether a step without an answer has one to what it does not ask any more."""
        return bool(self._columns.stale[self._place])

    @stale.setter
    def stale(self, stale: bool) -> None:
        self._columns.stale[self._place] = stale
        self._columns.touched[self._place] |= stale

    @property
    def manual_outdated(self) -> frozenset[int]:
        """The steps whose answer a person has written over, and that stands although its prompt has changed since."""
        return self._columns.manual_outdated.get(self._place, _NONE)

    def set_outdated(self, index: int, outdated: bool) -> None:  # noqa: FBT001
        """Note whether a step's answer stands although its prompt has changed since."""
        all_outdated = self._columns.manual_outdated
        now = self.manual_outdated | {index} if outdated else self.manual_outdated - {index}
        if now:
            all_outdated[self._place] = now
        else:
            all_outdated.pop(self._place, None)

    @property
    def was_run(self) -> bool:
        """Whether a run of this journal had it."""
        return bool(self._columns.was_run[self._place])

    @property
    def status(self) -> Status:
        """What its last run left, where its answers do not say more."""
        return self._columns.statuses[self._place]

    @property
    def failure(self) -> Failure | None:
        """Why it failed last."""
        return self._columns.failures.get(self._place)

    def set_outcome(self, status: Status, failure: Failure | None = None, *, was_run: bool = True) -> None:
        """Note how it ended in its last run."""
        columns, place = self._columns, self._place
        columns.touched[place], columns.was_run[place], columns.statuses[place] = True, was_run, status
        if failure is not None:
            columns.failures[place] = failure
        elif columns.failures:
            columns.failures.pop(place, None)

    @property
    def submitted(self) -> str:
        """The name of its next step where that is out in a batch job, or ""."""
        return self._columns.submitted.get(self._place, "")

    @submitted.setter
    def submitted(self, step: str) -> None:
        if step:
            self._columns.submitted[self._place] = step
            self._columns.touched[self._place] = True
        elif self._columns.submitted:
            self._columns.submitted.pop(self._place, None)

    @property
    def totals(self) -> AnswerTotals | None:
        """Usage, cost and seconds of its answers, and whether one was cut; None where it has none."""
        return self._columns.totals.get(self._place)

    @property
    def cut(self) -> bool:
        """Whether one of its answers was cut at its limit."""
        return self._columns.totals.cut(self._place)

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
        return self._columns.reviews.get(self.last_answer, Review.UNREVIEWED)

    @property
    def reason(self) -> str:
        """Why a person reviewed it so, or ""."""
        return self._columns.reasons.get(self.last_answer, "")

    @property
    def flags(self) -> tuple[str, ...]:
        """What checks found wrong with its answers, in words."""
        found = self._columns.flags
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
        return NO_STEP_HELD if not any(number != SKIPPED for number in self.answers) else ""

    def set_answer(self, index: int, answer: Answer, *, outdated: bool) -> None:
        """Note that a step has this answer now; the totals are another matter."""
        self.put_answer(index, answer.id)
        if outdated or self._columns.manual_outdated:
            self.set_outdated(index, outdated)

    def add(self, answer: Answer) -> None:
        """Count an answer in the totals."""
        self._columns.totals.add(self._place, answer)

    def recount(self, answers: Iterable[Answer | None]) -> None:
        """Compute the totals again."""
        self._columns.totals.clear(self._place)
        for answer in answers:
            if answer is not None:
                self.add(answer)

    def state(self, steps: tuple[str, ...]) -> RowState:
        """Return the row as it is shown before a run."""
        if self.is_untouched:
            return PENDING
        answers = self.answers
        status = self._status(steps, answers)
        behind = answers.index(None) if None in answers else len(answers)
        step = steps[min(behind, len(steps)) - 1] if behind else ""
        totals, submitted = self.totals, self.submitted
        attempts = 0 if totals is None else totals.attempts
        failure = None
        if status is Status.SUBMITTED:
            step = submitted
        elif status is Status.FAILED:
            failure, attempts = self.failure, 0
            if failure is not None:
                attempts, step = failure.attempts, failure.step
        return RowState(
            status=status,
            step=step,
            step_index=behind,
            attempts=attempts,
            failure=failure,
            usage=None if totals is None else totals.usage,
            cost=None if totals is None else totals.cost,
            seconds=0.0 if totals is None else totals.seconds,
            review=self.review,
            reason=self.reason,
            stale=self.stale,
            cut=totals is not None and totals.cut,
            kept=bool(self.manual_outdated),
            flags=self.flags,
        )

    def shown_status(self, steps: tuple[str, ...]) -> Status:
        """Return where the row stands before a run, as ``state`` has it."""
        return Status.PENDING if self.is_untouched else self._status(steps, self.answers)

    def _status(self, steps: tuple[str, ...], answers: Sequence[int | None]) -> Status:
        if self.blank_reason or not any(number != SKIPPED for number in answers):
            return Status.SKIPPED
        if None not in answers:
            return Status.DONE
        if self.submitted == steps[answers.index(None)]:
            return Status.SUBMITTED
        return Status.FAILED if self.status is Status.FAILED and self._still_failed(steps) else Status.PENDING

    def _still_failed(self, steps: tuple[str, ...]) -> bool:
        """Return whether the failure is one of this chain's, and nothing has cured it since."""
        failure = self.failure
        if failure is None:
            return True
        return failure.step in steps and self.answer(steps.index(failure.step)) is None
