"""Keeps what was found in a sheet as a person's own words, now and whenever the journal is read again."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chaindesk.domain.chain import STATUS_HEADER, Step
from chaindesk.domain.completion import Finish
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.records import Answer
from chaindesk.domain.status import Status
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.row_history import StepOutput
from chaindesk.engine.answers.row_matching import statuses_in_sheet
from chaindesk.engine.answers.sheet_edits import SheetEdit, SheetEditContext, Written, sheet_edits
from chaindesk.journal.protocol import Journal


class SheetEditImporter:
    """The edits that one session imported from its sheet, which proves that their rows are the same.

    Args:
        journal: where they are kept.
        steps: the names of the chain's steps.
        workbook_id: the journal's number of the workbook and sheet.
    """

    def __init__(self, journal: Journal, steps: Sequence[str], workbook_id: int) -> None:
        self._journal = journal
        self._steps = steps
        self._workbook_id = workbook_id
        self._imported: list[SheetEdit] = []

    def find_edits(
        self,
        manifest: Manifest,
        steps: Sequence[Step],
        columns: Mapping[str, str],
        ledger: AnswerLedger,
        outputs: Callable[[Row], Sequence[StepOutput]],
        written: Written,
    ) -> Iterator[SheetEdit]:
        """Yield what a person wrote in the sheet; see ``SheetEditContext``.

        Only what no run can have written counts as written by a person.
        """
        statuses = statuses_in_sheet(manifest, STATUS_HEADER)
        begun = self._newest_run() > 0

        def history(row: Row) -> Sequence[Answer] | None:
            met = ledger.entries[row.number].was_run and ledger.is_certain(row)
            waits = statuses.get(row.number) is Status.PENDING
            return ledger.history(row) if begun and (met or waits) else None

        return sheet_edits(
            SheetEditContext(manifest.rows, steps, columns, outputs, ledger.is_certain, history, self._journal, written)
        )

    async def store(self, found: Sequence[SheetEdit], ledger: AnswerLedger) -> None:
        """Store what the journal does not know yet."""
        self._imported = []
        for edit in found:
            if edit.text is None:
                continue
            kept = edit
            if not edit.answer_id:
                empty = self._empty_answer(edit, ledger)
                kept = replace(edit, answer_id=await self._journal.store_answer(empty))
            if not edit.known:
                await self._journal.store_edit(kept.answer_id, edit.text)
            self._imported.append(kept)

    def _empty_answer(self, edit: SheetEdit, ledger: AnswerLedger) -> Answer:
        """Return what a person's text is a version of where no model ever answered: an empty answer without a call."""
        return Answer(
            run_id=self._newest_run(),
            workbook_id=self._workbook_id,
            row_key=edit.row.key,
            row_number=edit.row.number,
            step=edit.step,
            fingerprint=ledger.manual_fingerprint(edit.row, self._steps.index(edit.step)),
            text="",
            model="",
            usage=None,
            cost=None,
            seconds=0.0,
            attempts=0,
            finish=Finish.STOP,
            request_id="",
            finished_at=datetime.now(UTC),
        )

    def _newest_run(self) -> int:
        return next((run.id for run in self._journal.runs() if run.workbook_id == self._workbook_id), 0)

    def apply(self, ledger: AnswerLedger) -> None:
        """Let these texts stand in a ledger, as far as nobody has changed them since."""
        for edit in self._imported:
            answer = self._journal.answer(edit.answer_id)
            if answer is not None and answer.edited_text == edit.text:
                ledger.record_edit(edit.row, self._steps.index(edit.step), edit.answer_id, edit.text)
