"""An opened workbook with its chain and its journal: what the command line and the window hold.

It ties the parts of the engine to real providers, a real journal and real workbooks.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import Speed
from chaindesk.domain.errors import ChainError, InputError, UsageError
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Manifest, Notice, Row
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.engine.answers.ledger_cache import LedgerCache
from chaindesk.engine.answers.rerun_notes import NotedRow, RerunNotes
from chaindesk.engine.answers.row_edits import RowEdits
from chaindesk.engine.answers.row_history import StepOutput, Version, outputs_of, versions_of
from chaindesk.engine.answers.rows.submitted_rows import job_of_row
from chaindesk.engine.answers.sheet_edit_import import SheetEditImporter
from chaindesk.engine.answers.text_search import rows_with_words
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.engine.endpoints import Access, DirectAccess, batch_limits, endpoints_of, output_limit, price
from chaindesk.engine.examples.collecting import collect_examples, example_notices
from chaindesk.engine.exports.export import check_export, export, preview_export
from chaindesk.engine.exports.options import ExportOptions, ExportPreview
from chaindesk.engine.exports.source import ExportReport, ExportSource
from chaindesk.engine.planning.batch_hints import batch_hints
from chaindesk.engine.planning.extra_calls import extra_call_hints, made_twice
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.planning.planner import earlier_usage, make_plan
from chaindesk.engine.planning.prompt_order import order_hints
from chaindesk.engine.planning.repeated_requests import sharing_hints
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.quality.review_quality import ReviewQuality
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.lifecycle import execute_run
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.gc_pause import gc_paused
from chaindesk.journal.protocol import Journal
from chaindesk.logging_setup import KNOWN

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore

Listener = Callable[[Event], None]
_log = logging.getLogger(__name__)
_CHANGED = (
    "Another program has changed {name} since it was opened. It was read again for the export, so that each answer "
    "stands beside its own row; rows that are new have none yet."
)
_CHANGED_ROWS = (
    "Another program has changed {name} since it was opened, so the rows that were chosen may be others by now. "
    "Read the workbook again, choose the rows, and export once more."
)
_WHOLE_WORKBOOK = ExportOptions()


class Session:
    """An opened workbook with its chain and its journal.

    Attributes:
        manifest: the sheet that holds the jobs.
        chain: the chain, without the steps that are switched off.
        journal: where every paid-for answer is kept.
        keys: where API keys come from.
        endpoints: each provider that the chain uses, by name.
        workbook_id: the journal's number of the workbook and sheet.
        batch_settings: how batch jobs are cut and followed.
        quality: what its answers are worth.
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
        self.journal = journal
        self.keys = keys
        self.addresses = dict(addresses or {})
        self.password = password
        self.batch_settings = BatchSettings()
        bound, problems = bind(chain, manifest)
        self.endpoints = endpoints_of(chain, problems)
        if problems:
            raise ChainError(problems)
        self.chain = chain = bound.chain
        self.request_builder = RequestBuilder(bound, self.endpoints)
        self.workbook_id = journal.workbook_id(manifest.path, manifest.sheet)
        _log.info("Opened %s: %s rows, chain %s", manifest.path.name, len(manifest.rows), chain.name, extra=KNOWN)
        self._ledgers = LedgerCache(journal, self.workbook_id, self._read_ledger)
        self._sheet_edits = SheetEditImporter(manifest, chain.steps, journal, self.workbook_id)
        self._edits = RowEdits(chain.steps, journal, self.workbook_id, self._ledgers)
        self._notes = RerunNotes(manifest, self.request_builder, journal, self.workbook_id, self._ledgers)
        self.quality = ReviewQuality(manifest, self.request_builder, journal, self.workbook_id, self._ledgers.get)
        self._pending_notices: list[Notice] = []  # of a run: its export reports them

    @property
    def ledger(self) -> AnswerLedger:
        """What the journal knows of every row. Read at first use, which may take seconds for a very long sheet."""
        return self._ledgers.get()

    def _read_ledger(self) -> AnswerLedger:
        with gc_paused():
            ledger = AnswerLedger(self.manifest, self.request_builder, self.journal, self.workbook_id)
            self._sheet_edits.apply(ledger)
        return ledger

    def refresh(self) -> bool:
        """Read the journal again at next use where somebody else has written to it; return whether that is so."""
        return self._ledgers.refresh()

    def plan(
        self,
        choice: RowSelection | None = None,
        *,
        fresh: bool = False,
        rerun_step: str = "",
        rerun_approved: bool = False,
        finish_live: bool = False,
        note: str = "",
    ) -> Plan:
        """What a run would do. May take seconds for a very long sheet: call it in a thread there.

        Args:
            choice: the rows; without it, all.
            fresh: pay again for everything.
            rerun_step: the name of a step that is paid for again, and with it those later ones whose prompts change
                by it.
            rerun_approved: ask again where an approved answer stands although its prompt has changed since.
            finish_live: end the batch jobs that are out, and ask at once for what they have not answered.
            note: what ``add_note`` would tell the model of ``rerun_step`` about its answers to these rows.

        Raises:
            UsageError: there is no such step, or no row has an answer that a note could be about.
        """
        if rerun_step and rerun_step not in self.chain.step_names:
            raise UsageError(f'The chain has no step "{rerun_step}". Its steps: {", ".join(self.chain.step_names)}.')
        chain, choice = self.with_examples(), self.quality.resolved(choice or RowSelection())
        if note:
            chain = chain.with_notes(self._notes.drafts(choice.select(self.manifest.rows), rerun_step, note))
        with gc_paused():
            return make_plan(
                self.manifest,
                chain,
                self.ledger,
                choice,
                price,
                fresh=fresh,
                rerun_step=rerun_step,
                rerun_approved=rerun_approved,
                finish_live=finish_live,
                earlier=partial(earlier_usage, self.journal, self.workbook_id),
            )

    def with_examples(self) -> RequestBuilder:
        """Return what is said for a row with the examples that its steps have now, frozen."""
        chain = self.request_builder
        found = collect_examples(chain, self.ledger, self.journal, self.manifest.rows)
        return chain.with_examples(found) if found else chain

    def hints(self, plan: Plan) -> list[Notice]:
        """What would make a plan cheaper, and what may make it dearer. May take a second for a long sheet."""
        found = sharing_hints(self.request_builder, self.ledger, plan) + order_hints(self.request_builder, plan)
        found += batch_hints(self.request_builder, plan, batch_limits)
        found += extra_call_hints(self.chain, plan)
        return found + example_notices(self.with_examples(), plan)

    def made_twice(self, plan: Plan) -> int:
        """How many calls a run of a plan may make twice at most."""
        return made_twice(self.chain, plan)

    def plan_of(self, row: Row) -> Plan:
        """What a run of one row would do. Quick, once the ledger has been read."""
        alone = replace(self.manifest, rows=(row,))
        return make_plan(alone, self.request_builder, self.ledger, RowSelection(), price, fresh=False)

    def statuses(self) -> Mapping[int, RowState]:
        """Each row as the journal knows it, by sheet number: for the table before any run."""
        ledger = self.ledger
        return {row.number: ledger.state(row.number) for row in self.manifest.rows}

    def rows_with_words(self, words: Sequence[str], cancelled: Callable[[], bool]) -> Mapping[str, Collection[int]]:
        """Return the rows that have a casefolded word in an output, for each word. May take a second: use a thread."""
        return rows_with_words(words, self.chain.step_names, self.ledger, self.journal, self.workbook_id, cancelled)

    def outputs(self, row: Row) -> tuple[StepOutput, ...]:
        """The outputs of each step of a row, as they are now. Quick, once the ledger has been read."""
        outputs = outputs_of(self.request_builder, self.ledger, self.journal, row)
        jobs = self.journal.batch_jobs
        index, job = job_of_row(self.ledger, row, self.request_builder, jobs, self.workbook_id)
        return outputs if job is None else (*outputs[:index], replace(outputs[index], job=job), *outputs[index + 1 :])

    async def run(
        self, options: RunOptions, listener: Listener, control: RunControl | None = None, access: Access | None = None
    ) -> RunResult:
        """Run the chain over the chosen rows.

        Args:
            options: what to do.
            listener: called with every event in the loop's thread, after the journal has it.
            control: pauses, resumes and stops it while it runs.
            access: how it gets at the providers; without it, from this machine.

        Raises:
            InputError: nothing was run, because a key is missing, because a budget cannot be kept, or because another
                run is going on over this workbook, in this program or another.
            JournalError: the journal cannot be written; what it has is kept.
        """
        if self._ledgers.in_run:
            raise UsageError("A run is going on over this workbook. Wait for its end, or stop it.")
        with self.journal.lock_workbook(self.workbook_id):
            self._pending_notices += map(Notice, await asyncio.to_thread(self.journal.import_spilled))
            self.refresh()  # another program may have paid for answers meanwhile
            with self._ledgers.run():
                access = access or DirectAccess(self.endpoints.values(), self.keys, self.addresses)
                result = await self._run(options, listener, control or RunControl(), access)
            await self.judge()
            self._pending_notices += map(Notice, result.notices)
            return result

    async def _run(self, options: RunOptions, listener: Listener, control: RunControl, access: Access) -> RunResult:
        self._pending_notices += await self.import_sheet_edits()
        plan = await asyncio.to_thread(
            self.plan,
            options.choice,
            fresh=options.fresh,
            rerun_step=options.rerun_step,
            rerun_approved=options.rerun_approved,
            finish_live=options.finish_live,
        )
        if not plan.rows:  # no run: history is not to be filled with what did nothing
            return RunResult(0, RunState.FINISHED, {}, options.choice.nothing_to_run(self.manifest.rows))
        if (plan.asks or plan.submitted) and (lacking := await access.read_keys()):
            raise InputError(lacking)
        if not isinstance(access, DirectAccess) and any(
            s.step.speed is Speed.BATCH for s in self.request_builder.steps
        ):
            raise InputError(
                "Batch jobs are sent from this machine alone. Run without the cluster, or at another speed."
            )
        if plan.asks:
            await asyncio.to_thread(self.check_export)
        dependencies = RunDependencies(
            manifest=self.manifest,
            chain=self.chain,
            request_builder=await asyncio.to_thread(self.with_examples),
            endpoints=self.endpoints,
            journal=self.journal,
            workbook_id=self.workbook_id,
            ledger=self.ledger,
            keys=access.keys,
            read_keys=access.read_keys,
            open_provider=access.open,
            on_stored=access.stored,
            price=price,
            output_limit=output_limit,
            batch_settings=self.batch_settings,
        )
        return await execute_run(dependencies, plan, options, listener, control)

    async def review(self, row: Row, review: Review, reason: str = "") -> None:
        """Store a person's review of a row with its last answer. A row without any has nothing to review."""
        await self._edits.review(row, review, reason)

    async def add_note(self, rows: Sequence[Row], step: str, text: str) -> tuple[NotedRow, ...]:
        """Store what a person tells the model about its answers to a step, before they are asked for again.

        The next run of these rows asks with the answer before and the note. Its answer is theirs until inputs or prompt
        change; the answer before stays in the history.

        Raises:
            UsageError: no row has an answer that a note could be about.
        """
        return await self._notes.add(rows, step, text)

    async def store_notes(self, noted: Sequence[NotedRow], *, withdrawn: bool) -> None:
        """Take notes back, so that rows have the answers before again, or make them stand again. No call is made."""
        await self._notes.store(noted, withdrawn=withdrawn)

    async def edit(self, row: Row, step: str, text: str | None, answer_id: int = 0) -> None:
        """Store a person's version of a step's output beside the model's own; None goes back to the model's.

        Later steps that use the output become stale, except those that a person has written: these stand. So does the
        text itself, whatever changes before it, until the person reruns the step.

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
        await self._edits.edit(row, index, text, answer_id or (shown.id if shown is not None else 0))
        await self.judge()

    def answers_of(self, choice: RowSelection) -> dict[int, tuple[int | None, ...]]:
        """Return the numbers of the answers that chosen rows have, a step each, by sheet number."""
        return {row.number: tuple(self.ledger.entries[row.number].answers) for row in choice.select(self.manifest.rows)}

    async def choose_answers(self, row: Row, numbers: Sequence[int | None]) -> None:
        """Let a row have answers again that newer ones took the place of; see ``answers_of``. No call is made."""
        await self._edits.choose(row, numbers)

    def versions(self, row: Row, step: str) -> tuple[Version, ...]:
        """Every version of a step's output of a row, the newest first: each paid answer, and each edit."""
        return versions_of(self.request_builder, self.ledger, self.journal, row, self.chain.step_names.index(step))

    async def judge(self) -> None:
        """Judge the answers that the chain's checks have not judged yet. No call is made.

        The flags stand in the rows' states from then on. Done after each run and before an export.
        """
        ledger = await asyncio.to_thread(lambda: self.ledger)
        if ledger.checks.active and not self._ledgers.in_run:
            new = await asyncio.to_thread(ledger.checks.judge, ledger, self.manifest.rows)
            async with self._ledgers.own_write():
                await self.journal.store_verdicts(new)

    async def import_sheet_edits(self) -> tuple[Notice, ...]:
        """Take over, as edits, what a person wrote into our columns of this sheet in another program.

        Done once for each session; ``run`` and ``export`` begin with it. Call it when a workbook is opened, so that the
        edits are shown.

        Returns:
            What was taken over, or could not be, in words for the user.
        """
        return await self._sheet_edits.run(self._ledgers, self.outputs)

    async def export(
        self, target: Path | None = None, options: ExportOptions = _WHOLE_WORKBOOK, *, overwrite_source: bool = False
    ) -> ExportReport:
        """Save what the journal knows; by default the whole workbook as ``NAME.completed.xlsx`` beside it.

        Args:
            target: the file, or the folder of the rows' files; None for the default place.
            options: what is written.
            overwrite_source: allow a workbook to be written into itself; a copy of it is kept.

        Raises:
            UsageError: it cannot be written so, or chosen rows are others by now.
            SaveError: it could not be saved.
            WorkbookError: the workbook cannot be read any more.
        """
        session = await asyncio.to_thread(_as_it_is_now, self)
        if session is not self and session.manifest.jobs != self.manifest.jobs:  # else only our own columns changed
            if options.rows is not None:
                raise UsageError(_CHANGED_ROWS.format(name=session.manifest.path.name))
            self._pending_notices.append(Notice(_CHANGED.format(name=session.manifest.path.name)))
        self._pending_notices += await session.import_sheet_edits()
        await session.judge()
        source = await asyncio.to_thread(session.export_source)
        report = await export(source, target, options, overwrite_source=overwrite_source)
        pending, self._pending_notices = tuple(notice.message for notice in self._pending_notices), []
        return replace(report, notices=(*pending, *report.notices))

    def preview_export(
        self, target: Path | None, options: ExportOptions, *, overwrite_source: bool = False
    ) -> ExportPreview:
        """Return what ``export`` would do. May take seconds for a very long sheet: use a thread.

        Raises:
            UsageError: it cannot be written so; the message says why.
            SaveError: nothing can be saved there.
        """
        return preview_export(self.export_source(), target, options, overwrite_source=overwrite_source)

    def check_export(self) -> None:
        """Find out whether the outputs could be written into a copy of the workbook. May take seconds: use a thread.

        Raises:
            InputError: they could not; the message says why, and what to do.
        """
        check_export(self.manifest, self.chain, self.password)

    def export_source(self) -> ExportSource:
        """Return what an export of this session writes. May take seconds for a very long sheet."""
        ledger, journal, quality = self.ledger, self.journal, self.quality
        return ExportSource(self.manifest, self.chain, ledger, journal, self.workbook_id, self.password, quality)


def _as_it_is_now(session: Session) -> Session:
    """The session, or where another program has changed the workbook since, one that has its rows of now.

    An export patches the file that is there: by the rows of then, answers would stand beside other rows' inputs.
    """
    from chaindesk.workbook import reread

    manifest = reread(session.manifest, password=session.password)
    if manifest is session.manifest:
        return session
    chain, journal, keys = session.chain, session.journal, session.keys
    return Session(manifest, chain, journal, keys, addresses=session.addresses, password=session.password)
