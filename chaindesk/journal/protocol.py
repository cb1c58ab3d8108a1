"""What the engine sees of the journal: one protocol, free of SQLite.

Writes are awaited and return when the data is committed; reads are quick and synchronous, and safe from any thread.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Protocol

from chaindesk.domain.records import Answer, ManualEdit, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.domain.status import Status


@dataclass(frozen=True, slots=True)
class Cleanable:
    """What cleaning up takes away.

    Attributes:
        runs: how many runs, with how their rows ended.
        answers: how many answers, with the edits and reviews of them.
        workbooks: how many workbooks of which nothing is left then.
    """

    runs: int = 0
    answers: int = 0
    workbooks: int = 0

    def __add__(self, other: Cleanable) -> Cleanable:
        return Cleanable(self.runs + other.runs, self.answers + other.answers, self.workbooks + other.workbooks)


@dataclass(frozen=True, slots=True)
class RunTotals:
    """A run in figures, for a list of many.

    Attributes:
        rows: how many rows ended in each way.
        answers: how many answers it paid for.
        tokens: in and out, as far as they are known.
        cost: US dollars as far as they are known, to six places; None where no price is known.
    """

    rows: Mapping[Status, int] = field(default_factory=dict)
    answers: int = 0
    tokens: int = 0
    cost: Decimal | None = None


class Journal(Protocol):
    """Keeps every paid-for answer from the moment that it arrives. All its methods raise ``JournalError``.

    A write that failed may be tried again, where the error's ``passing`` says so.

    Attributes:
        notices: what the user should know of the disk that it is on.
    """

    notices: tuple[str, ...]

    def workbook_id(self, path: Path, sheet: str) -> int:
        """The number of this workbook and sheet, made at first sight.

        A workbook is known again by its path, by the path of an export of it, by equal content, or by its file name
        where the file is no longer where it was.
        """
        ...

    async def add_path(self, workbook_id: int, path: Path) -> None:
        """From now on the file at ``path`` counts as this workbook: an export of it was saved there."""
        ...

    def is_own_export(self, path: Path) -> bool:
        """Whether the file at ``path`` is, to the byte, what was last given to ``add_path`` there.

        If not, a person has worked on it since, and it is not to be replaced without a copy being kept.
        """
        ...

    def turn(self, workbook_id: int) -> AbstractContextManager[None]:
        """The turn at a workbook: no second run over it, in this process or another, while this is held open.

        Raises:
            UsageError: on entering, where another run has it.
        """
        ...

    async def begin_run(self, run: RunRecord) -> int:
        """Store a new run and give its number."""
        ...

    async def end_run(self, run_id: int, state: RunState, finished_at: datetime, retries: int, reused: int) -> None:
        """Store how a run ended."""
        ...

    async def store_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> None:
        """Note which answers of earlier runs a run takes over, each with the key of the row that does.

        So an answer follows its row wherever it is moved, and cleaning up spares it.
        """
        ...

    async def store_answer(self, answer: Answer) -> int:
        """Store a paid-for answer and give its number. When this returns it is on disk."""
        ...

    def rescue(self, answers: Sequence[Answer]) -> Path:
        """Keep answers of a run of this journal elsewhere, because it cannot take them; where they are now.

        Raises:
            JournalError: no place takes them.
        """
        ...

    def recover(self) -> tuple[str, ...]:
        """Take in what was kept elsewhere, and tell of it in words for the user. Opening a journal does so too."""
        ...

    async def store_outcome(self, outcome: RowOutcome) -> None:
        """Store how a row ended."""
        ...

    async def store_review(self, review: RowReview) -> None:
        """Store a person's word on a row."""
        ...

    async def store_edit(self, answer_id: int, text: str | None) -> None:
        """Store a person's version of an answer beside the model's own; None goes back to the model's."""
        ...

    def answers(self, workbook_id: int, step: str, fingerprint: str) -> Sequence[Answer]:
        """All answers to this request in this workbook, oldest first."""
        ...

    def answer_index(self, workbook_id: int, step: str) -> Iterable[tuple[int, str, str]]:
        """The number, row key and fingerprint of every answer to a step, oldest first.

        The key is that of the row which had the answer last.
        """
        ...

    def newest_answer(self, workbook_id: int) -> int:
        """The number of the newest answer of a workbook, 0 where it has none: it grows as anybody stores one.

        It also grows, by far, as anybody cleans up: whoever has seen another number knows the workbook no more.
        """
        ...

    def answer(self, answer_id: int) -> Answer | None:
        """One answer."""
        ...

    def history(self, workbook_id: int, row_key: str) -> Sequence[Answer]:
        """All answers that were ever paid for under this row key, newest first."""
        ...

    def edits(self, answer_id: int) -> Sequence[tuple[datetime, str | None]]:
        """Every version that people made of an answer, oldest first; None went back to the model's own."""
        ...

    def manual_edits(self, workbook_id: int) -> Sequence[ManualEdit]:
        """The answers of a workbook that show a person's text, the one that was edited last at the end."""
        ...

    def mark(self, workbook_id: int) -> tuple[int, ...]:
        """Another one as soon as anybody stores an answer, an outcome, a review or an edit, or cleans up.

        By it a reader knows that somebody else has written meanwhile.
        """
        ...

    def outcomes(self, workbook_id: int) -> Iterable[RowOutcome]:
        """The newest outcome of every row key and digest of a workbook, oldest first."""
        ...

    def reviews(self, workbook_id: int) -> Iterable[RowReview]:
        """The newest review of every answer of a workbook (of every row key and digest, where none is noted), oldest
        first."""
        ...

    def runs(self) -> Sequence[RunRecord]:
        """All runs, newest first."""
        ...

    def run_totals(self) -> Mapping[int, RunTotals]:
        """The figures of every run that has any, by its number, in one go."""
        ...

    def run(self, run_id: int) -> RunRecord | None:
        """One run."""
        ...

    def run_answers(self, run_id: int) -> Iterable[Answer]:
        """The answers that a run paid for, oldest first."""
        ...

    def run_outcomes(self, run_id: int) -> Iterable[RowOutcome]:
        """How the rows of a run ended."""
        ...

    def run_reused(self, run_id: int) -> Iterable[Answer]:
        """The answers of earlier runs that a run took over, oldest first; none are known of runs of old versions."""
        ...

    def usage_counts(self) -> Mapping[str, int]:
        """Rows in the journal by table name, for settings and bug reports."""
        ...

    def size(self) -> int:
        """Bytes that the journal takes on the disk, what is not yet in its main file included; 0 in memory."""
        ...

    def cleanable(self, before: datetime) -> Cleanable:
        """What ``clean`` would take away now, if no run were going on."""
        ...

    async def clean(self, before: datetime) -> Cleanable:
        """Take away the runs that ended before a time, with their outcomes, answers, edits and reviews.

        Answers that a newer run took over stay, and so does every workbook over which a run is going on. The space is
        given back to the system as far as others who use the journal allow it.

        Returns:
            What is gone.
        """
        ...

    def close(self) -> None:
        """Finish pending writes and let go of the file."""
        ...
