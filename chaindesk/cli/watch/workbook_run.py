"""One workbook with nobody at hand: run, saved beside itself, and how that ended in words that can be read later."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.cli.inputs import allow_keys, open_session, read_fitting_manifest
from chaindesk.cli.printing.summary import result_line, summary_lines
from chaindesk.cli.run_and_export import exit_of
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import EnvironmentFailure, InputError, UsageError
from chaindesk.domain.events import Event, PauseCause, RunPaused
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.endpoints import read_keys
from chaindesk.engine.run.options import RunOptions, RunResult
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.json_contract.run_lines import ResultLine
from chaindesk.workbook import export_name

if TYPE_CHECKING:
    from chaindesk.cli.watch.day_budget import Grant
    from chaindesk.domain.manifest import Manifest
    from chaindesk.engine.run.control import RunControl
    from chaindesk.engine.session import Session
    from chaindesk.journal.protocol import Journal

_PASSING = frozenset(
    {PauseCause.KEY, PauseCause.QUOTA, PauseCause.LIMIT, PauseCause.TRUST, PauseCause.OUTAGE, PauseCause.DISK}
)
"""What ends a run and is not the workbook's fault: it is tried again later."""
_AGAIN = "Put the workbook into the watched folder again to run the rows that are not done; nothing is paid for twice."


class Outcome(Enum):
    """What becomes of a workbook."""

    DONE = "done"
    FAILED = "failed"
    LEFT = "left"  # it is tried again later


@dataclass(frozen=True, slots=True)
class Ended:
    """How a workbook ended: what becomes of it, why in words, and the run's figures as ``run --json`` tells them."""

    outcome: Outcome
    words: str
    result: ResultLine | None = None


@dataclass(frozen=True, slots=True)
class WorkbookJob:
    """What a workbook is run with.

    Attributes:
        workbook: the file.
        arguments: how its sheet is read.
        chain: the chain.
        journal: the opened journal.
        grant: what it may spend.
        control: stops it.
    """

    workbook: Path
    arguments: argparse.Namespace
    chain: Chain
    journal: Journal
    grant: Grant
    control: RunControl


async def run_workbook(job: WorkbookJob) -> Ended:
    """Run a workbook and save its result as ``NAME.completed.xlsx`` beside it. What goes wrong is returned."""
    try:
        return await _run(job, await asyncio.to_thread(_session, job))
    except (EnvironmentFailure, _TryLater, UsageError) as error:
        return Ended(Outcome.LEFT, str(error))
    except InputError as error:
        return Ended(Outcome.FAILED, f"Nothing was run.\n{error}")


class _TryLater(Exception):
    """Nothing can be run now, and the workbook is not at fault."""


def read_unattended(workbook: Path, arguments: argparse.Namespace, chain: Chain) -> Manifest:
    """Return the sheet of a workbook with nobody at hand who could be asked for a password. May take seconds.

    Raises:
        WorkbookError: it cannot be read.
        ChainError: it lacks the chain's ID column.
    """
    return read_fitting_manifest(_arguments(workbook, arguments), chain)


def _arguments(workbook: Path, arguments: argparse.Namespace) -> argparse.Namespace:
    return argparse.Namespace(**vars(arguments) | {"workbook": workbook, "password_text": None, "unattended": True})


def _session(job: WorkbookJob) -> Session:
    manifest = read_unattended(job.workbook, job.arguments, job.chain)
    return open_session(manifest, job.chain, job.journal, chain_path=job.arguments.chain)


async def _run(job: WorkbookJob, session: Session) -> Ended:
    if not session.manifest.rows:
        return Ended(Outcome.FAILED, "Nothing was run: the sheet has no jobs below its headers.")
    plan = await asyncio.to_thread(session.plan)
    if plan.asks:
        if job.grant.dollars is not None and job.grant.dollars <= 0:
            raise _TryLater("The day's budget is spent. It goes on tomorrow.")
        allow_keys(session, allowed=job.arguments.allow_key_env)
        if lacking := await read_keys(session.endpoints.values(), session.keys, {}):
            raise _TryLater(lacking)
    snapshot, causes = Snapshot(), list[PauseCause]()

    def handle(event: Event) -> None:
        snapshot.fold(event)
        if isinstance(event, RunPaused):
            causes.append(event.cause)

    result = await session.run(RunOptions(budget=job.grant.dollars if plan.asks else None), handle, job.control)
    saved = await session.export(overwrite_source=job.workbook == export_name(job.workbook))
    status = exit_of(result, saved)
    lines = summary_lines(result, saved, snapshot, _AGAIN)
    words = "\n".join(line for line in lines if not line.startswith("Result: "))  # which moves on with the workbook
    return Ended(_outcome_of(job, result, causes), words, result_line(result, saved, snapshot, status))


def _outcome_of(job: WorkbookJob, result: RunResult, causes: list[PauseCause]) -> Outcome:
    match result.state:
        case RunState.STOPPED:
            return Outcome.LEFT
        case RunState.HALTED:
            cause = causes[-1] if causes else None
            passing = cause in _PASSING or (cause is PauseCause.BUDGET and job.grant.of_day)
            return Outcome.LEFT if passing else Outcome.FAILED
    return Outcome.FAILED if result.counts.get(Status.FAILED) else Outcome.DONE
