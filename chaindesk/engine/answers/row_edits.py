"""What a person makes of a row's answers: an edited output, a review of the row."""

from __future__ import annotations

from collections.abc import Sequence

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import RowReview
from chaindesk.domain.status import Review
from chaindesk.engine.answers.approvals import answers_at_approval
from chaindesk.engine.answers.ledger_cache import LedgerCache
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.structured_output import read_fields
from chaindesk.journal.protocol import Journal


class RowEdits:
    """Stores a person's edits and reviews, and keeps the ledger up to date with them.

    Args:
        steps: the chain's steps.
        journal: where they are stored.
        workbook_id: the journal's number of the workbook and sheet.
        ledgers: where the ledger is.
    """

    def __init__(self, steps: Sequence[Step], journal: Journal, workbook_id: int, ledgers: LedgerCache) -> None:
        self._steps = steps
        self._journal = journal
        self._workbook_id = workbook_id
        self._ledgers = ledgers

    async def edit(self, row: Row, index: int, text: str | None, answer_id: int) -> None:
        """Store a person's version of an answer to a step; None takes it back.

        Raises:
            UsageError: there is no such answer, or the text does not fit the step's fields.
        """
        step = self._steps[index]
        if not answer_id:
            raise UsageError(f'Step "{step.name}" has no output in row {row.key} yet: run it first.')
        if text is not None and step.fields:
            try:
                read_fields(text, step.fields)
            except InvalidFields as mistake:
                message = f'The output of step "{step.name}" must stay a JSON object of its fields: {mistake}.'
                raise UsageError(message) from None
        async with self._ledgers.own_write():
            await self._journal.store_edit(answer_id, text)
        self._ledgers.get().record_edit(row, index, answer_id, text)

    async def choose(self, row: Row, numbers: Sequence[int | None]) -> None:
        """Let a row have these answers again, by step, though newer ones were paid for since.

        They stand as a person's texts do: no run replaces them unasked. What is None or skipped is left as it is.
        """
        for index, number in enumerate(numbers):
            answer = self._journal.answer(number) if number else None
            if answer is not None and self._ledgers.get().entries[row.number].answers[index] != number:
                async with self._ledgers.own_write():
                    await self._journal.store_edit(answer.id, answer.shown_text)
                self._ledgers.get().record_edit(row, index, answer.id, answer.shown_text)

    async def review(self, row: Row, review: Review, reason: str = "") -> None:
        """Store a person's review of a row with its last answer. A row without any has nothing to review."""
        ledger = self._ledgers.get()
        answer = ledger.entries[row.number].last_answer
        if answer:
            digest = ledger.digests[row.number]
            used = ledger.use_tried(row) if review is Review.APPROVED else []
            noted = answers_at_approval(ledger, row) if review is Review.APPROVED else ((), 0)
            async with self._ledgers.own_write():
                for tried in used:  # else it would be forgotten with the next prompt
                    await self._journal.store_reuse(tried.run_id, [(tried.id, row.key)])
                await self._journal.store_review(
                    RowReview(self._workbook_id, row.key, digest, review, answer, reason, *noted)
                )
            ledger.record_review(answer, review, reason)
