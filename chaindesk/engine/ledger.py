"""What the journal knows of every row of a sheet under a chain: which answers are its own, and what is missing.

Built once when a workbook is opened, then kept up to date row by row. It holds numbers of answers, never their texts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from chaindesk.domain.answer import Answer, Failure, RowOutcome
from chaindesk.domain.chain import STATUS_HEADER
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.row import Manifest, Row
from chaindesk.domain.status import Review, Status
from chaindesk.engine.claims import ClaimBook
from chaindesk.engine.origins import origins, statuses_in_sheet
from chaindesk.engine.row_chain import NO_STEP_HELD, Outputs, RowChain
from chaindesk.engine.snapshot import RowState
from chaindesk.journal.base import Journal

SKIPPED = 0
"""Stands for an answer where a step's condition does not hold."""
_GUESSED_TOKENS = 500


@dataclass(slots=True)
class Entry:
    """One row as the journal knows it.

    Attributes:
        answers: for each step the number of its answer, ``SKIPPED``, or None where a call is missing.
        tokens: for each step the likely input tokens of the missing call, else 0.
        blank: why there is nothing to run for it, or "".
        stale: whether it has answers to what it does not ask any more.
        met: whether a run of this journal had it.
        status: what its last run left, where its answers do not tell more.
        failure: why it failed last.
        reviews: people's words on answers by the answer's number, which all rows share.
        totals: usage, cost and seconds of its answers, and whether one was cut.
    """

    answers: list[int | None]
    tokens: list[int]
    blank: str = ""
    stale: bool = False
    met: bool = False
    status: Status = Status.PENDING
    failure: Failure | None = None
    reviews: dict[int, Review] = field(default_factory=dict)
    totals: RowState = field(default_factory=RowState)

    @property
    def calls(self) -> int:
        """How many calls are missing, as far as can be known."""
        return 0 if self.blank else self.answers.count(None)

    @property
    def last_answer(self) -> int:
        """The number of the last answer that it has, which is what a review is a word on; 0 where it has none."""
        return next((number for number in reversed(self.answers) if number), 0)

    @property
    def review(self) -> Review:
        """A person's word on the answer that it has now."""
        return self.reviews.get(self.last_answer, Review.UNREVIEWED)

    @property
    def known(self) -> bool:
        """Whether the journal has anything of it."""
        return self.met or self.stale or any(self.answers)

    @property
    def skipped(self) -> str:
        """Why there is nothing to run for it, or ""."""
        if self.blank:
            return self.blank
        return NO_STEP_HELD if all(number == SKIPPED for number in self.answers) else ""

    def state(self, steps: tuple[str, ...]) -> RowState:
        """The row as it is shown before a run."""
        behind = next((place for place, number in enumerate(self.answers) if number is None), len(self.answers))
        step = steps[min(behind, len(steps)) - 1] if behind else ""
        shown = replace(self.totals, review=self.review, stale=self.stale, step=step, step_index=behind)
        if self.skipped:
            return replace(shown, status=Status.SKIPPED)
        if not self.calls:
            return replace(shown, status=Status.DONE)
        if self.status is Status.FAILED and self._still_failed(steps):
            attempts = self.failure.attempts if self.failure else 0
            failed_in = self.failure.step if self.failure else step
            return replace(shown, status=Status.FAILED, failure=self.failure, attempts=attempts, step=failed_in)
        return replace(shown, status=Status.STOPPED if self.status is Status.STOPPED else Status.PENDING)

    def _still_failed(self, steps: tuple[str, ...]) -> bool:
        """Whether the failure is one of this chain's, and nothing has cured it since."""
        if self.failure is None:
            return True
        return self.failure.step in steps and self.answers[steps.index(self.failure.step)] is None


class Ledger:
    """The entries of all rows of a sheet, by sheet number.

    Attributes:
        entries: by sheet number.
        digests: the hash of each row's inputs, by sheet number.
        book: who gets which answer that is still free.
    """

    def __init__(self, manifest: Manifest, chain: RowChain, journal: Journal, workbook_id: int) -> None:
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        self._steps = tuple(step.step.name for step in chain.steps)
        self.book = ClaimBook(journal, workbook_id)
        self.digests = {row.number: manifest.digest(row) for row in manifest.rows}
        self._reviews: dict[int, Review] = {}
        self.entries = {
            row.number: Entry([None] * chain.count, [0] * chain.count, chain.blank(row), reviews=self._reviews)
            for row in manifest.rows
        }
        outcomes = origins(manifest.rows, self.digests, journal.outcomes(workbook_id))
        self._take_outcomes(manifest, outcomes)
        for index in range(chain.count):
            self._claim_step(index, manifest.rows, outcomes)
        self._take_reviews(manifest)

    # --- building ----------------------------------------------------------------------------------------------

    def _take_outcomes(self, manifest: Manifest, outcomes: Mapping[int, RowOutcome]) -> None:
        for number, outcome in outcomes.items():
            entry = self.entries[number]
            entry.met, entry.status, entry.failure = True, outcome.status, outcome.failure
        if not outcomes:
            for number, status in statuses_in_sheet(manifest, STATUS_HEADER).items():
                self.entries[number].status = status

    def _take_reviews(self, manifest: Manifest) -> None:
        unnamed = []
        for review in self._journal.reviews(self._workbook_id):
            if review.answer_id:
                self._reviews[review.answer_id] = review.review
            else:
                unnamed.append(review)
        for number, review in origins(manifest.rows, self.digests, unnamed).items():
            if review.digest == self.digests[number] and (last := self.entries[number].last_answer):
                self._reviews.setdefault(last, review.review)

    def put_review(self, answer: int, review: Review) -> None:
        """Note a person's word on an answer."""
        self._reviews[answer] = review

    def _claim_step(self, index: int, rows: Iterable[Row], outcomes: Mapping[int, RowOutcome]) -> None:
        asking = [row for row in rows if not self.entries[row.number].blank]
        wanted = [(row.key, self._fingerprint(index, row)) for row in asking]
        claimed, left = self.book.claim_all(self._steps[index], wanted)
        for row, number in zip(asking, claimed, strict=True):
            entry = self.entries[row.number]
            if number is not None:
                self.put(row, index, number)
            elif entry.answers[index] is None:
                origin = outcomes.get(row.number)
                entry.stale = entry.stale or (origin.row_key if origin else row.key) in left

    def _fingerprint(self, index: int, row: Row) -> str:
        """What the row asks in this step, or "" where that is unknown or nothing; notes what a call would take."""
        entry = self.entries[row.number]
        outputs = self.outputs_before(row, index)
        condition = self._chain.steps[index].step.run_if
        known = outputs.keys() >= self._chain.uses(index)
        if (known or (condition is not None and condition.column is not None)) and not self._chain.holds(
            index, row, outputs
        ):
            entry.answers[index] = SKIPPED
            return ""
        if not known:
            guessed = dict.fromkeys(self._chain.uses(index), "x" * 4 * _GUESSED_TOKENS) | outputs
            entry.tokens[index] = input_tokens(self._chain, index, row, guessed)
            return ""
        request = self._chain.request(index, row, outputs)
        entry.tokens[index] = sum(len(message.content.encode("utf-8", "replace")) for message in request.messages) // 4
        return request.fingerprint

    # --- reading and keeping up to date ------------------------------------------------------------------------

    def outputs_before(self, row: Row, index: int) -> dict[str, str]:
        """The outputs that a step uses, as far as they are there."""
        outputs: dict[str, str] = {}
        uses = self._chain.uses(index)
        for earlier in range(index):
            if uses.isdisjoint(self._chain.steps[earlier].step.references):
                continue
            number = self.entries[row.number].answers[earlier]
            if number is None:
                continue
            answer = self._journal.answer(number) if number != SKIPPED else None
            outputs |= self._chain.outputs(earlier, answer)
        return outputs

    def put(self, row: Row, index: int, number: int) -> None:
        """Note that a step of a row has this answer."""
        entry = self.entries[row.number]
        entry.answers[index], entry.tokens[index] = number, 0
        answer = self._journal.answer(number)
        if answer is not None:
            entry.totals = _with(entry.totals, answer)

    def record(self, row: Row, answers: Sequence[Answer | None], status: Status, failure: Failure | None) -> None:
        """Take in how a row ended in a run; ``answers`` are those of the steps that it got through."""
        entry = self.entries[row.number]
        later = entry.answers[len(answers) :]
        entry.totals, entry.stale = RowState(), False
        for answer in answers:
            if answer is not None:
                entry.totals = _with(entry.totals, answer)
        entry.answers = [*(SKIPPED if answer is None else answer.id for answer in answers), *later]
        entry.tokens[: len(answers)] = [0] * len(answers)
        for index in range(len(answers), len(entry.answers)):
            if number := entry.answers[index]:
                self.put(row, index, number)
        entry.met, entry.status, entry.failure = True, status, failure

    def replan(self, row: Row) -> None:
        """Find out anew which answers are the row's, after an edit or a run of it."""
        entry = self.entries[row.number]
        before = [None if not number else self._journal.answer(number) for number in entry.answers]
        entry.answers, entry.tokens = [None] * self._chain.count, [0] * self._chain.count
        entry.totals, entry.stale = RowState(), False
        for index, held in enumerate(before):
            fingerprint = self._fingerprint(index, row)
            if held is not None and held.fingerprint == fingerprint:
                self.put(row, index, held.id)
                continue
            if held is not None:
                self.book.release(held)
            number = self.book.claim(self._steps[index], row.key, fingerprint) if fingerprint else None
            if number is not None:
                self.put(row, index, number)
            elif held is not None and entry.answers[index] is None:
                entry.stale = True

    def state(self, number: int) -> RowState:
        """A row as it is shown."""
        return self.entries[number].state(self._steps)


def input_tokens(chain: RowChain, index: int, row: Row, outputs: Outputs) -> int:
    """About how many tokens a call sends: one for every four bytes."""
    messages = chain.request(index, row, outputs).messages
    return sum(len(message.content.encode("utf-8", "replace")) for message in messages) // 4


def _with(totals: RowState, answer: Answer) -> RowState:
    usage = totals.usage if answer.usage is None else (totals.usage or Usage()) + answer.usage
    cost = totals.cost if answer.cost is None else (totals.cost or 0) + answer.cost
    return replace(
        totals,
        usage=usage,
        cost=cost,
        seconds=totals.seconds + answer.seconds,
        attempts=answer.attempts,
        cut=totals.cut or answer.finish is Finish.LENGTH,
    )
