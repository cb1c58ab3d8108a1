"""Stores the edits found in a sheet as a person's own, and applies them whenever the journal is read again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from chaindesk.domain.chains.chain import STATUS_HEADER, Step
from chaindesk.domain.completion import Finish
from chaindesk.domain.manifest import Manifest, Notice, Row
from chaindesk.domain.records import Answer
from chaindesk.domain.status import Status
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.ledger_cache import LedgerCache
from chaindesk.engine.answers.row_history import StepOutput
from chaindesk.engine.answers.rows.row_matching import statuses_in_sheet
from chaindesk.engine.answers.sheet_edits import SheetEdit, SheetEditContext, import_notices, sheet_edits
from chaindesk.journal.protocol import Journal


class SheetEditImporter:
    """Imports the edits that a person made in our columns of one sheet in another program, once.

    Args:
        manifest: the sheet.
        steps: the chain's steps.
        journal: where the edits are stored.
        workbook_id: the journal's number of the workbook and sheet.
    """

    def __init__(self, manifest: Manifest, steps: Sequence[Step], journal: Journal, workbook_id: int) -> None:
        self._manifest = manifest
        self._steps = steps
        self._step_names = [step.name for step in steps]
        self._journal = journal
        self._workbook_id = workbook_id
        self._done = not any(column.ours for column in manifest.columns)
        self._imported: list[SheetEdit] = []

    async def run(self, ledgers: LedgerCache, outputs: Callable[[Row], Sequence[StepOutput]]) -> tuple[Notice, ...]:
        """Find the edits, store them and apply them to the ledger; later calls do nothing.

        Args:
            ledgers: where the ledger is.
            outputs: returns the outputs of a row as they are now.

        Returns:
            What was imported, or could not be, in words for the user.
        """
        if self._done:
            return ()
        self._done = True
        ledger = await asyncio.to_thread(ledgers.get)
        found = await asyncio.to_thread(lambda: list(self._find(ledger, outputs)))
        async with ledgers.own_write():
            await self._store(found, ledger)
        await asyncio.to_thread(self.apply, ledger)
        return import_notices(found)

    def _find(self, ledger: AnswerLedger, outputs: Callable[[Row], Sequence[StepOutput]]) -> Iterator[SheetEdit]:
        """Yield what a person wrote in the sheet: only what no run can have written."""
        from chaindesk.workbook import continued_columns, is_as_written

        names = {column.index: column.name for column in self._manifest.columns}
        headers = [header for step in self._steps for header in step.columns]
        columns = {header: names[index] for header, index in continued_columns(self._manifest, headers).items()}
        statuses = statuses_in_sheet(self._manifest, STATUS_HEADER)
        begun = self._newest_run() > 0

        def history(row: Row) -> Sequence[Answer] | None:
            met = ledger.entries[row.number].was_run and ledger.is_certain(row)
            waits = statuses.get(row.number) is Status.PENDING
            return ledger.history(row) if begun and (met or waits) else None

        return sheet_edits(
            SheetEditContext(
                self._manifest.rows,
                self._steps,
                columns,
                outputs,
                ledger.is_certain,
                history,
                self._journal,
                is_as_written,
            )
        )

    async def _store(self, found: Sequence[SheetEdit], ledger: AnswerLedger) -> None:
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
            fingerprint=ledger.manual_fingerprint(edit.row, self._step_names.index(edit.step)),
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
                ledger.record_edit(edit.row, self._step_names.index(edit.step), edit.answer_id, edit.text)
