"""An opened workbook with its chain and its journal: what the command line and the window hold.

This is the room that wires the runner to real providers, a real journal and real workbooks.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.domain.chain import Chain, bind
from chaindesk.domain.errors import ChainError, InputError, JournalError, UsageError
from chaindesk.domain.estimate import Estimate
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Manifest, Notice, Row
from chaindesk.domain.records import RowReview, RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.row_history import OutputState, StepOutput, Version, outputs_of, versions_of
from chaindesk.engine.answers.sheet_edit_import import SheetEditImporter
from chaindesk.engine.answers.sheet_edits import SheetEdit, import_notices
from chaindesk.engine.cost.budget import no_price
from chaindesk.engine.endpoints import endpoints_of, open_provider, read_keys
from chaindesk.engine.export import ExportReport, ExportSource, export
from chaindesk.engine.planning.plan import Plan, PlannedRow
from chaindesk.engine.planning.planner import earlier_usage, make_plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.prompting.structured_output import InvalidFields, read_fields
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.lifecycle import RunDependencies, execute_run
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.journal.protocol import Journal
from chaindesk.logging_setup import KNOWN

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore

_log = logging.getLogger(__name__)
_CHANGED = (
    "Another program has changed {name} since it was opened. It was read again for the export, so that each answer "
    "stands beside its own row; rows that are new have none yet."
)

__all__ = [
    "Estimate",
    "ExportReport",
    "OutputState",
    "Plan",
    "PlannedRow",
    "RowState",
    "RunControl",
    "RunOptions",
    "RunResult",
    "Session",
    "StepOutput",
]


class Session:
    """An opened workbook with its chain and its journal.

    Attributes:
        manifest: the sheet that holds the jobs.
        chain: the chain.
        journal: where every paid-for answer is kept.
        keys: where API keys come from.
        endpoints: each provider that the chain uses, by name.
        workbook_id: the journal's number of the workbook and sheet.
    """

    def __init__(
        self,
        manifest: Manifest,
        chain: Chain,
        journal: Journal,
        keys: KeyStore,
        *,
        addresses: Mapping[str, str] | None = None,
        password: str | None = None,
    ) -> None:
        """Tie a chain to a sheet.

        Args:
            manifest: the sheet.
            chain: the chain.
            journal: the opened journal.
            keys: where API keys come from.
            addresses: where to find a base URL really, such as the simulated provider's port for ``demo:embedded``.
            password: of an encrypted workbook; an export reads it once more.

        Raises:
            ChainError: the chain does not fit the sheet, with every mistake.
            InputError: a provider is unknown.
            JournalError: the journal cannot be read.
        """
        self.manifest = manifest
        self.chain = chain
        self.journal = journal
        self.keys = keys
        self.addresses = dict(addresses or {})
        self.password = password
        bound, problems = bind(chain, manifest)
        self.endpoints = endpoints_of(chain, problems)
        if problems:
            raise ChainError(problems)
        self.request_builder = RequestBuilder(bound, self.endpoints)
        self.workbook_id = journal.workbook_id(manifest.path, manifest.sheet)
        _log.info("Opened %s: %s rows, chain %s", manifest.path.name, len(manifest.rows), chain.name, extra=KNOWN)
        self._ledger: AnswerLedger | None = None
        self._lock = threading.Lock()
        self._seen: tuple[int, ...] = ()  # the journal's mark when the ledger was read, or last written to
        self._running = False
        self._sheet_edits_imported = False
        self._sheet_edit_importer = SheetEditImporter(journal, chain.step_names, self.workbook_id)
        self._untold: list[Notice] = []  # of a run: its export tells them

    @property
    def ledger(self) -> AnswerLedger:
        """What the journal knows of every row. Read at first use, which may take seconds for a very long sheet."""
        with self._lock:
            if self._ledger is None:
                self._seen = self.journal.change_token(self.workbook_id)
                ledger = AnswerLedger(self.manifest, self.request_builder, self.journal, self.workbook_id)
                self._sheet_edit_importer.apply(ledger)
                self._ledger = ledger
            return self._ledger

    def refresh(self) -> bool:
        """Read the journal again at next use, where somebody else has written to it since; tells whether that is so."""
        with self._lock:
            if self._running or self.journal.change_token(self.workbook_id) == self._seen:
                return False
            self._ledger = None
            return True

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        """Around what this session itself writes, which is no reason to read the journal again."""
        alone = self._ledger is not None and self.journal.change_token(self.workbook_id) == self._seen
        yield
        if alone:
            self._seen = self.journal.change_token(self.workbook_id)

    def plan(self, choice: RowSelection | None = None, *, fresh: bool = False, rerun_step: str = "") -> Plan:
        """What a run would do. May take seconds for a very long sheet: call it in a thread there.

        Args:
            choice: the rows; without it, all.
            fresh: pay again for everything.
            rerun_step: the name of a step that is paid for again, and with it those later ones whose prompts change
                by it.

        Raises:
            UsageError: there is no such step.
        """
        from chaindesk.providers.pricing import cost

        if rerun_step and rerun_step not in self.chain.step_names:
            raise UsageError(f'The chain has no step "{rerun_step}". Its steps: {", ".join(self.chain.step_names)}.')
        rows = choice or RowSelection()
        earlier = partial(earlier_usage, self.journal, self.workbook_id)
        ledger = self.ledger
        return make_plan(
            self.manifest, self.request_builder, ledger, rows, cost, fresh=fresh, rerun_step=rerun_step, earlier=earlier
        )

    def plan_of(self, row: Row) -> Plan:
        """What a run of one row would do. Quick, once the ledger has been read."""
        from chaindesk.providers.pricing import cost

        alone = replace(self.manifest, rows=(row,))
        return make_plan(alone, self.request_builder, self.ledger, RowSelection(), cost, fresh=False)

    def statuses(self) -> Mapping[int, RowState]:
        """Each row as the journal knows it, by sheet number: for the table before any run."""
        ledger = self.ledger
        return {row.number: ledger.state(row.number) for row in self.manifest.rows}

    def outputs(self, row: Row) -> tuple[StepOutput, ...]:
        """The outputs of each step of a row, as they are now. Quick, once the ledger has been read."""
        return outputs_of(self.request_builder, self.ledger, self.journal, row)

    async def run(
        self, options: RunOptions, listener: Callable[[Event], None], control: RunControl | None = None
    ) -> RunResult:
        """Run the chain over the chosen rows.

        Args:
            options: what to do.
            listener: told of everything, in the loop's thread, after the journal has it.
            control: the levers, to be moved while it runs.

        Raises:
            InputError: nothing was run, because a key is missing, because a budget cannot be kept, or because another
                run is going on over this workbook, in this program or another.
            JournalError: the journal cannot be written; what it has is kept.
        """
        if self._running:
            raise UsageError("A run is going on over this workbook. Wait for its end, or stop it.")
        with self.journal.lock_workbook(self.workbook_id):
            self._untold += map(Notice, await asyncio.to_thread(self.journal.import_spilled))
            self.refresh()  # another program may have paid for answers meanwhile
            self._running = True
            try:
                result = await self._run(options, listener, control or RunControl())
            finally:
                self._running = False
                self._seen = ()
                with suppress(JournalError):  # what counts is how the run ended; the journal is read rerun_step
                    self._seen = self.journal.change_token(self.workbook_id)
            self._untold += map(Notice, result.notices)
            return result

    async def _run(self, options: RunOptions, listener: Callable[[Event], None], control: RunControl) -> RunResult:
        keys: dict[str, str] = {}
        self._untold += await self.import_sheet_edits()

        def revalidate() -> Awaitable[str]:
            return read_keys(self.endpoints.values(), self.keys, keys)

        plan = await asyncio.to_thread(self.plan, options.choice, fresh=options.fresh, rerun_step=options.rerun_step)
        if not plan.rows:  # no run: history is not to be filled with what did nothing
            return RunResult(0, RunState.FINISHED, {}, "Nothing to run: no row is chosen.")
        if plan.calls and (lacking := await revalidate()):
            raise InputError(lacking)
        budget = control.budget if control.budget is not None else options.budget
        if budget is not None and plan.estimate.unknown_prices:
            raise InputError(no_price(plan.estimate.unknown_prices))
        control.budget = budget
        if control.concurrency is None:
            control.set_concurrency(options.concurrency or self.chain.concurrency)
        return await execute_run(self._dependencies(keys, revalidate), plan, options, listener, control)

    def _dependencies(self, keys: dict[str, str], revalidate: Callable[[], Awaitable[str]]) -> RunDependencies:
        from chaindesk.providers.pricing import cost
        from chaindesk.providers.wire_formats.by_kind import output_limit

        return RunDependencies(
            manifest=self.manifest,
            chain=self.chain,
            request_builder=self.request_builder,
            endpoints=self.endpoints,
            journal=self.journal,
            workbook_id=self.workbook_id,
            ledger=self.ledger,
            keys=keys,
            read_keys=revalidate,
            open_provider=partial(open_provider, self.endpoints.values(), keys, self.addresses),
            price=cost,
            output_limit=output_limit,
        )

    async def review(self, row: Row, review: Review) -> None:
        """Keep a person's word on a row: on the last answer that it has. A row without any has nothing to review."""
        ledger = self.ledger
        answer = ledger.entries[row.number].last_answer
        if answer:
            digest = ledger.digests[row.number]
            async with self._writing():
                await self.journal.store_review(RowReview(self.workbook_id, row.key, digest, review, answer))
            ledger.record_review(answer, review)

    async def edit(self, row: Row, step: str, text: str | None, answer_id: int = 0) -> None:
        """Keep a person's version of a step's output beside the model's own; None goes back to the model's.

        Later steps that use the output become stale, but for those that a person has written: these stand. So does the
        text itself, whatever changes before it, until the person has the step run rerun_step.

        Args:
            row: the row.
            step: the step's name.
            text: the person's version, or None.
            answer_id: the answer that it is a version of; without it, the one that is shown now.

        Raises:
            UsageError: the step has no answer yet, or the text does not fit the step's fields.
        """
        index = self.chain.step_names.index(step)
        shown = self.outputs(row)[index].answer
        number = answer_id or (shown.id if shown is not None else 0)
        if not number:
            raise UsageError(f'Step "{step}" has no output in row {row.key} yet: run it first.')
        fields = self.chain.steps[index].fields
        if text is not None and fields:
            try:
                read_fields(text, fields)
            except InvalidFields as mistake:
                raise UsageError(
                    f'The output of step "{step}" must stay a JSON object of its fields: {mistake}.'
                ) from None
        async with self._writing():
            await self.journal.store_edit(number, text)
        self.ledger.record_edit(row, index, number, text)

    def versions(self, row: Row, step: str) -> tuple[Version, ...]:
        """Every version of a step's output of a row, the newest first: each paid answer, and each edit."""
        return versions_of(self.request_builder, self.ledger, self.journal, row, self.chain.step_names.index(step))

    async def import_sheet_edits(self) -> tuple[Notice, ...]:
        """Take over, as edits, what a person wrote into our columns of this sheet in another program.

        Done once for each session; ``run`` and ``export`` begin with it. Call it when a workbook is opened, so that the
        edits are shown.

        Returns:
            What was taken over, or could not be, in words for the user.
        """
        if self._sheet_edits_imported or not any(column.ours for column in self.manifest.columns):
            return ()
        self._sheet_edits_imported = True
        found = await asyncio.to_thread(lambda: list(self._sheet_edits()))
        async with self._writing():
            await self._sheet_edit_importer.store(found, self.ledger)
        await asyncio.to_thread(self._sheet_edit_importer.apply, self.ledger)
        return import_notices(found)

    def _sheet_edits(self) -> Iterator[SheetEdit]:
        from chaindesk.workbook import continued_columns, is_as_written

        names = {column.index: column.name for column in self.manifest.columns}
        headers = [header for step in self.chain.steps for header in step.columns]
        columns = {header: names[index] for header, index in continued_columns(self.manifest, headers).items()}
        rows, steps = self.manifest, self.chain.steps
        return self._sheet_edit_importer.find_edits(rows, steps, columns, self.ledger, self.outputs, is_as_written)

    async def export(self, target: Path | None = None, *, overwrite_source: bool = False) -> ExportReport:
        """Save the workbook with what the journal knows; by default as ``NAME.completed.xlsx`` beside it.

        Raises:
            SaveError: it could not be saved.
            WorkbookError: the workbook cannot be read any more.
        """
        session = await asyncio.to_thread(self._as_it_is_now)
        self._untold += await session.import_sheet_edits()
        source = await asyncio.to_thread(session.export_source)
        report = await export(source, target, overwrite_source=overwrite_source)
        told, self._untold = tuple(notice.message for notice in self._untold), []
        return replace(report, notices=(*told, *report.notices))

    def export_source(self) -> ExportSource:
        """Return what an export of this session writes. May take seconds for a very long sheet."""
        return ExportSource(self.manifest, self.chain, self.ledger, self.journal, self.workbook_id, self.password)

    def _as_it_is_now(self) -> Session:
        """This session, or where another program has changed the workbook since, one that has its rows of now.

        An export patches the file that is there: by the rows of then, answers would stand beside other rows' inputs.
        """
        from chaindesk.workbook import reread

        manifest = reread(self.manifest, password=self.password)
        if manifest is self.manifest:
            return self
        if manifest.jobs != self.manifest.jobs:  # else it was our own columns, or nothing at all
            self._untold.append(Notice(_CHANGED.format(name=manifest.path.name)))
        return Session(manifest, self.chain, self.journal, self.keys, addresses=self.addresses, password=self.password)
