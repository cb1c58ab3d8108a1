"""What the engine sees of the journal: one protocol, free of SQLite.

Writes are awaited and return when the data is committed; reads are synchronous, quick, and safe from any thread.
"""

from __future__ import annotations

from collections.abc import Awaitable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from chaindesk.domain.chains.answer_fields import FieldValue
from chaindesk.domain.check_results import Audit, Verdict
from chaindesk.domain.records import Answer, ManualEdit, RerunNote, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.domain.status import Status
from chaindesk.journal.batch_jobs import BatchJobs

AnswerText = tuple[int, str, str | None, Mapping[str, FieldValue]]
"""Number, text, a person's text and fields of an answer."""


@dataclass(frozen=True, slots=True)
class Cleanable:
    """What deleting old runs removes.

    Attributes:
        runs: how many runs, with how their rows ended.
        answers: how many answers, with the edits and reviews of them.
        workbooks: how many workbooks of which nothing is left.
    """

    runs: int = 0
    answers: int = 0
    workbooks: int = 0

    def __add__(self, other: Cleanable) -> Cleanable:
        return Cleanable(self.runs + other.runs, self.answers + other.answers, self.workbooks + other.workbooks)


@dataclass(frozen=True, slots=True)
class RunTotals:
    """The totals of one run, for a list of many.

    Attributes:
        rows: how many rows ended in each way.
        answers: how many answers it paid for.
        tokens: input and output, as far as they are known.
        cost: US dollars as far as they are known, to ten places; None where no price is known.
    """

    rows: Mapping[Status, int] = field(default_factory=dict)
    answers: int = 0
    tokens: int = 0
    cost: Decimal | None = None


class Journal(Protocol):
    """Stores every paid-for answer from the moment that it arrives. Every method raises ``JournalError``.

    A write that failed may be retried if the error's ``passing`` is true.

    Attributes:
        notices: what the user should know about the disk that holds the journal.
        batch_jobs: the batch jobs that it knows of.
    """

    notices: tuple[str, ...]
    batch_jobs: BatchJobs

    def workbook_id(self, path: Path, sheet: str) -> int:
        """Return the number of this workbook and sheet; a new one gets a number.

        A workbook is recognised by its path, by the path of an export of it, by equal content, or by its file name
        if no file is left at its earlier path.
        """
        ...

    async def add_path(self, workbook_id: int, path: Path) -> None:
        """Record that an export of this workbook was saved at ``path``, so that it is recognised there."""
        ...

    def is_own_export(self, path: Path) -> bool:
        """Return whether the file at ``path`` has the very content that was last recorded there by ``add_path``.

        If not, a person has changed it since, and a copy must be kept before it is replaced.
        """
        ...

    def lock_workbook(self, workbook_id: int) -> AbstractContextManager[None]:
        """Lock a workbook while the context is open: no second run over it, in this process or another.

        Raises:
            UsageError: on entering, if another run holds the lock.
        """
        ...

    async def begin_run(self, run: RunRecord) -> int:
        """Store a new run and return its number."""
        ...

    async def end_run(
        self,
        run_id: int,
        state: RunState,
        finished_at: datetime,
        retries: int,
        reused: int,
        held_seconds: float = 0.0,
    ) -> None:
        """Store how a run ended."""
        ...

    async def store_budget(self, run_id: int, budget: Decimal | None) -> None:
        """Store the budget that a run has from now on; None is no limit."""
        ...

    async def store_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> None:
        """Record which answers of earlier runs a run reuses, each with the key of the row that uses it.

        An answer so follows its row wherever the row is moved, and ``clean`` spares it.
        """
        ...

    def store_answer(self, answer: Answer) -> Awaitable[int]:
        """Store a paid-for answer and return its number. When this returns the answer is on disk."""
        ...

    def spill(self, answers: Sequence[Answer]) -> Path:
        """Write answers that the journal cannot store into a spill file, and return its path.

        Raises:
            JournalError: no folder can be written.
        """
        ...

    def rescue(self, answers: Sequence[Answer]) -> None:
        """Copy what is still open of a journal whose file is gone, with answers that it cannot store at the moment.

        Raises:
            JournalError: no copy can be written.
        """
        ...

    def drop_rescue(self) -> None:
        """Delete that copy, because the journal is there again with all that was to be stored."""
        ...

    def import_spilled(self) -> tuple[str, ...]:
        """Import waiting spill files, and return a message for the user about each. Opening a journal does so too."""
        ...

    def store_outcome(self, outcome: RowOutcome) -> Awaitable[object]:
        """Store how a row ended."""
        ...

    async def store_review(self, review: RowReview) -> None:
        """Store a person's review of a row."""
        ...

    async def store_note(self, note: RerunNote) -> None:
        """Store a person's note to a model, or its withdrawal. When this returns it is on disk."""
        ...

    async def store_edit(self, answer_id: int, text: str | None) -> None:
        """Store a person's version of an answer beside the model's text; None restores the model's."""
        ...

    async def store_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        """Store what checks found of answers, in place of what they found before."""
        ...

    async def store_pick(self, one: int, other: int, preferred: int | None) -> None:
        """Store which of two answers a person likes better: its number, 0 for neither; None takes it back."""
        ...

    def picks(self, workbook_id: int) -> Mapping[tuple[int, int], int]:
        """Return what people said of pairs of answers of a workbook, as in ``store_pick``, the lower number first."""
        ...

    async def store_audit(self, audit: Audit) -> int:
        """Store a new audit and return its number."""
        ...

    def audits(self, workbook_id: int) -> Sequence[Audit]:
        """Return the audits of a workbook, the newest first."""
        ...

    async def settle(self, answer_id: int, fingerprint: str, others: Sequence[int] = ()) -> None:
        """Make a draft the answer to a request, which its row claims from now on, all at once or not at all.

        Args:
            answer_id: the draft's number.
            fingerprint: of the request.
            others: the other drafts for it: they stay in the history, and no row uses them.
        """
        ...

    def verdicts(self, workbook_id: int) -> Iterable[Verdict]:
        """Return what checks found last of each answer of a workbook; one whose answer was edited since has no key."""
        ...

    def answer_texts(self, workbook_id: int, step: str, numbers: Collection[int] | None = None) -> Iterable[AnswerText]:
        """Return number, text, a person's text and fields of every answer to a step, or of those with these numbers."""
        ...

    def answers(self, workbook_id: int, step: str, fingerprint: str) -> Sequence[Answer]:
        """Return all answers to this request in this workbook, oldest first."""
        ...

    def answer_index(self, workbook_id: int, step: str) -> Iterable[tuple[int, str, str]]:
        """Return the number, row key and fingerprint of every answer to a step, oldest first.

        The key is that of the row which used the answer last.
        """
        ...

    def answer(self, answer_id: int) -> Answer | None:
        """Return one answer."""
        ...

    def answers_by_number(self, numbers: Collection[int]) -> Mapping[int, Answer]:
        """Return several answers by their numbers, read at once."""
        ...

    def inputs_of(self, answer_id: int) -> str:
        """Return the hash of a row's inputs in the run that paid for an answer, "" where the row did not end in it."""
        ...

    def history(self, workbook_id: int, row_key: str) -> Sequence[Answer]:
        """Return all answers that were ever paid for under this row key, newest first."""
        ...

    def edits(self, answer_id: int) -> Sequence[tuple[datetime, str | None]]:
        """Return every version that people made of an answer, oldest first; None restored the model's text."""
        ...

    def manual_edits(self, workbook_id: int) -> Sequence[ManualEdit]:
        """Return the answers of a workbook that show a person's text, the one that was edited last at the end."""
        ...

    def change_token(self, workbook_id: int) -> tuple[int, ...]:
        """Return a token that changes as soon as anybody stores or deletes anything of the workbook.

        By comparing tokens a reader detects that another program has written meanwhile.
        """
        ...

    def outcomes(self, workbook_id: int) -> Iterable[RowOutcome]:
        """Return the newest outcome of every row key and digest of a workbook, oldest first."""
        ...

    def reviews(self, workbook_id: int) -> Iterable[RowReview]:
        """Return the newest review of every answer of a workbook, oldest first.

        For reviews that name no answer, the newest of every row key and digest.
        """
        ...

    def notes(self, workbook_id: int) -> Sequence[RerunNote]:
        """Return every note of a workbook to a model as it was stored last, in the order in which they were written."""
        ...

    def runs(self) -> Sequence[RunRecord]:
        """Return all runs, newest first."""
        ...

    def run_totals(self) -> Mapping[int, RunTotals]:
        """Return the totals of every run that has any, by the number of the run."""
        ...

    def run(self, run_id: int) -> RunRecord | None:
        """Return one run."""
        ...

    def run_answers(self, run_id: int) -> Iterable[Answer]:
        """Return the answers that a run paid for, oldest first."""
        ...

    def run_reuse(self, run_id: int) -> Mapping[int, str]:
        """Return the numbers of the answers of earlier runs that a run reused, each with the key of its row."""
        ...

    def run_outcomes(self, run_id: int) -> Iterable[RowOutcome]:
        """Return how the rows of a run ended."""
        ...

    def usage_counts(self) -> Mapping[str, int]:
        """Return the number of rows of each table, for settings and bug reports."""
        ...

    def size(self) -> int:
        """Return the bytes that the journal takes on the disk, its write-ahead log included; 0 in memory."""
        ...

    def cleanable(self, before: datetime) -> Cleanable:
        """Return what ``clean`` would delete now if no run were going on."""
        ...

    async def clean(self, before: datetime) -> Cleanable:
        """Delete the runs that ended before a time, with their outcomes, answers, edits and reviews.

        Answers that a newer run reused stay, and so does every workbook that is locked by a run. The space is returned
        to the system as far as other users of the journal allow it.

        Returns:
            What was deleted.
        """
        ...

    def close(self) -> None:
        """Finish pending writes and close the file."""
        ...
