"""A person's notes to a model: kept before the step is asked again, taken back, and found again for their rows.

A note is a part of what its step asks for its row, for as long as the step would ask the same without it. So its answer
is the row's answer until inputs or prompt change, and a note whose answer never came is asked by the next run.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import RerunNote, RowReview
from chaindesk.domain.status import Review
from chaindesk.engine.answers.approvals import answers_at_approval, held_answers
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.ledger_cache import LedgerCache
from chaindesk.engine.answers.row_history import outputs_of
from chaindesk.engine.answers.rows.note_matching import Cell, current_notes
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal


@dataclass(frozen=True, slots=True)
class NotedRow:
    """A row with a note, and the review that it had until then.

    Attributes:
        row: the row.
        note: the note.
        review: a person's word on the row before.
        reviewed: the number of the answer that the word was on.
        answers: all answers of the row at that time.
    """

    row: Row
    note: RerunNote
    review: Review
    reviewed: int
    answers: tuple[int, ...]


class RerunNotes:
    """Stores a person's notes, and keeps the ledger up to date with them.

    Args:
        manifest: the sheet.
        chain: what is said for a row.
        journal: where notes are stored.
        workbook_id: the journal's number of the workbook and sheet.
        ledgers: where the ledger is.
    """

    def __init__(
        self, manifest: Manifest, chain: RequestBuilder, journal: Journal, workbook_id: int, ledgers: LedgerCache
    ) -> None:
        self._manifest = manifest
        self._chain = chain
        self._journal = journal
        self._workbook_id = workbook_id
        self._ledgers = ledgers
        self._steps = [step.step.name for step in chain.steps]

    def drafts(self, rows: Iterable[Row], step: str, text: str) -> dict[Cell, RerunNote]:
        """Return the notes that these rows would have; none for rows that have no answer, or not what the step uses.

        Raises:
            UsageError: no row would have one.
        """
        index, ledger = self._steps.index(step), self._ledgers.get()
        at = datetime.now(UTC)
        made = {(row.number, index): note for row in rows if (note := self._draft(ledger, row, index, text, at))}
        if not made:
            raise UsageError(f'Step "{step}" has no answer that a note could be about. Run the row first.')
        return made

    def _draft(self, ledger: AnswerLedger, row: Row, index: int, text: str, at: datetime) -> RerunNote | None:
        shown = outputs_of(self._chain, ledger, self._journal, row)[index]
        outputs = ledger.outputs_before(row, index)
        if shown.answer is None or not outputs.keys() >= self._chain.dependencies(index):
            return None
        plain = self._chain.plain_fingerprint(index, row, outputs)
        digest = ledger.digests[row.number]
        note = RerunNote(self._workbook_id, row.key, digest, shown.step, plain, shown.text, text, made_at=at)
        asked, _ = self._chain.with_notes({(row.number, index): note}).fingerprint(index, row, outputs)
        return replace(note, asked=asked)

    async def add(self, rows: Sequence[Row], step: str, text: str) -> tuple[NotedRow, ...]:
        """Store a note on the answers of these rows to a step: the step is missing from then on, and asks with it.

        An approval is withdrawn, or the approved answer would stand.

        Raises:
            UsageError: no row has an answer that a note could be about.
        """
        by_number = {row.number: row for row in rows}
        ledger = self._ledgers.get()
        noted = tuple(
            _noted(ledger, by_number[number], note) for (number, _), note in self.drafts(rows, step, text).items()
        )
        await self.store(noted, withdrawn=False)
        return noted

    async def store(self, noted: Sequence[NotedRow], *, withdrawn: bool) -> None:
        """Take notes back, or make them stand again, each row with the review that belongs to it."""
        ledger = self._ledgers.get()
        before = noted if withdrawn else [_noted(ledger, one.row, one.note) for one in noted]
        approved = [one for one in before if one.review is Review.APPROVED]
        review = Review.APPROVED if withdrawn else Review.UNREVIEWED
        reviews = {one.row.number: _review(ledger, one, review) for one in approved}
        async with self._ledgers.own_write():
            await asyncio.gather(
                *(self._journal.store_note(replace(one.note, withdrawn=withdrawn)) for one in noted),
                *map(self._journal.store_review, reviews.values()),
            )
        ledger = self._ledgers.get()
        for one in approved:
            ledger.record_review(one.reviewed, review)
        current = current_notes(
            self._manifest.rows, ledger.digests, self._steps, self._journal.notes(self._workbook_id)
        )
        for one in noted:
            index = self._steps.index(one.note.step)
            changed = replace(one.note, withdrawn=withdrawn)
            ledger.record_note(one.row, index, current.get((one.row.number, index)), changed)
            if withdrawn and one.row.number in reviews:
                ledger.keep_approved(one.row, reviews[one.row.number])


def _noted(ledger: AnswerLedger, row: Row, note: RerunNote) -> NotedRow:
    entry = ledger.entries[row.number]
    return NotedRow(row, note, entry.review, entry.last_answer, held_answers(ledger, row))


def _review(ledger: AnswerLedger, one: NotedRow, review: Review) -> RowReview:
    _, newest = answers_at_approval(ledger, one.row)
    words = (one.note.workbook_id, one.row.key, one.note.digest, review, one.reviewed)
    return RowReview(*words, answers=one.answers, newest=newest) if review is Review.APPROVED else RowReview(*words)
