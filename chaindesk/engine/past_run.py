"""A workbook as it stood at the end of a past run: the journal seen from then, and the export of it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import InputError, UsageError
from chaindesk.domain.records import Answer, ManualEdit, RowOutcome, RunRecord
from chaindesk.engine.exports.export import export
from chaindesk.engine.exports.options import ExportOptions
from chaindesk.engine.exports.source import ExportReport, ExportSource
from chaindesk.engine.session import Session
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore
    from chaindesk.domain.manifest import Manifest

_DEFAULTS = ExportOptions()


def run_record(journal: Journal, run_id: int) -> RunRecord:
    """The record of a run.

    Raises:
        UsageError: there is no such run.
    """
    run = journal.run(run_id)
    if run is None:
        known = [str(record.id) for record in journal.runs()[:5]]
        hint = f"The latest are: {', '.join(known)}." if known else "The journal has no runs yet."
        raise UsageError(f"There is no run {run_id}. {hint}")
    return run


def chain_of(run: RunRecord) -> Chain:
    """The chain that a run had, from its record.

    Raises:
        InputError: the record does not have it, or this version cannot read it.
    """
    try:
        if run.definition:
            return Chain.model_validate_json(run.definition)
    except ValueError:
        raise InputError(f"The chain of run {run.id} was written by another version. Name it with --chain.") from None
    raise InputError(f"Run {run.id} was made by a version that did not keep its chain. Name it with --chain.")


def workbook_of(run: RunRecord, given: Path | None = None) -> Path:
    """Where the workbook of a run is: as given, or as it was then.

    Raises:
        InputError: nothing is there.
    """
    path = given or Path(run.workbook)
    if path.is_file():
        return path
    if given is not None:
        raise InputError(f"There is no workbook {path}.")
    raise InputError(
        f"The workbook of run {run.id} is not where it was: {path}. It was moved, renamed or deleted, or its drive is "
        "not connected. The answers are in the journal all the same: say where the workbook is now."
    )


async def export_past(
    manifest: Manifest,
    chain: Chain,
    journal: Journal,
    keys: KeyStore,
    run: RunRecord,
    target: Path,
    password: str | None = None,
    options: ExportOptions = _DEFAULTS,
) -> ExportReport:
    """Save a workbook with what was known of it at the end of a run, under that run's chain.

    Rows whose inputs have changed since have no answer there; what people made of an answer since is shown.

    Raises:
        InputError: the sheet is not that of the run, or does not fit its chain.
        SaveError: it could not be saved.
    """

    def source() -> ExportSource:
        if journal.workbook_id(manifest.path, manifest.sheet) != run.workbook_id:
            raise UsageError(
                f'{manifest.path.name} (sheet "{manifest.sheet}") is not the workbook of run {run.id}, which was over '
                f'{run.workbook} (sheet "{run.sheet}").'
            )
        return Session(manifest, chain, seen_from(journal, run), keys, password=password).export_source()

    # Not the session's own export: what the sheet says now is no edit of what was known then.
    return await export(await asyncio.to_thread(source), target, options)


def seen_from(journal: Journal, run: RunRecord) -> Journal:
    """The journal without what later runs over the same workbook brought."""
    return cast(Journal, _SeenFrom(journal, run))


class _SeenFrom:
    """Another journal, as it was. What is not said here is asked there."""

    def __init__(self, journal: Journal, run: RunRecord) -> None:
        self._journal = journal
        own = sorted(one.id for one in journal.runs() if one.workbook_id == run.workbook_id)
        self._runs = [one for one in own if one <= run.id]
        self._later = [one for one in own if one > run.id]
        # Only one run at a time has a workbook, so that its answers are numbered run by run.
        firsts = (next(iter(journal.run_answers(later)), None) for later in self._later)
        self._before = next((answer.id for answer in firsts if answer is not None), None)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._journal, name)

    def _was_there(self, answer_id: int) -> bool:
        return self._before is None or answer_id < self._before

    def answers(self, workbook_id: int, step: str, fingerprint: str) -> Sequence[Answer]:
        """All answers to this request, oldest first."""
        return [one for one in self._journal.answers(workbook_id, step, fingerprint) if self._was_there(one.id)]

    def answer_index(self, workbook_id: int, step: str) -> Iterable[tuple[int, str, str]]:
        """The number, row key and fingerprint of every answer to a step, oldest first."""
        return (one for one in self._journal.answer_index(workbook_id, step) if self._was_there(one[0]))

    def history(self, workbook_id: int, row_key: str) -> Sequence[Answer]:
        """All answers that were ever paid for under this row key, newest first."""
        return [one for one in self._journal.history(workbook_id, row_key) if self._was_there(one.id)]

    def manual_edits(self, workbook_id: int) -> Sequence[ManualEdit]:
        """The texts of people that answers show."""
        return [one for one in self._journal.manual_edits(workbook_id) if self._was_there(one.answer_id)]

    def outcomes(self, workbook_id: int) -> Iterable[RowOutcome]:
        """The newest outcome of every row key and digest, oldest first."""
        if not self._later:
            return self._journal.outcomes(workbook_id)
        newest: dict[tuple[str, str], RowOutcome] = {}
        for run in self._runs:
            for outcome in self._journal.run_outcomes(run):
                newest.pop((outcome.row_key, outcome.digest), None)
                newest[outcome.row_key, outcome.digest] = outcome
        return list(newest.values())
