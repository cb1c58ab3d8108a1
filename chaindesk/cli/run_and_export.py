"""One run from the command line, from the opened session to the saved workbook and the exit status.

``run`` and ``demo`` are two ways to the same thing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.cli.error_handler import error_line
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import allow_keys
from chaindesk.cli.interrupts import interrupts
from chaindesk.cli.printing.job_words import out_lines
from chaindesk.cli.printing.output import note, notice_line, say, say_json
from chaindesk.cli.printing.output_paths import STANDARD_OUTPUT, is_same
from chaindesk.cli.printing.progress import Progress, ProgressStyle
from chaindesk.cli.printing.summary import progress_line, result_line, summary_lines
from chaindesk.domain.errors import ChainDeskError, JournalError
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Notice
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions, RunResult

if TYPE_CHECKING:
    from chaindesk.engine.endpoints import Access
    from chaindesk.engine.exports.source import ExportReport
    from chaindesk.engine.session import Session

_PROGRESS_INTERVAL_S = 5.0  # between two lines of --json that say how the run stands


@dataclass(frozen=True, slots=True)
class RunReporting:
    """How a run is reported.

    Attributes:
        title: what the first line calls it.
        json: events as JSON lines on standard output.
        style: how progress is shown.
        verbose: whether each row and each wait is told, too.
        piped: whether the saved file goes to standard output.
        again: what becomes of failed rows, with the command that runs them again.
        export_hint: the command that saves what the journal knows.
        notices: what was handled while the sheet was read.
        go_on: the command that goes on after an early end, or "" where there is none.
        saves_nothing_new: whether the workbook is saved even if no row was chosen.
    """

    title: str
    json: bool
    style: ProgressStyle
    again: str
    export_hint: str
    notices: tuple[Notice, ...] = ()
    go_on: str = ""
    saves_nothing_new: bool = True
    verbose: bool = False
    piped: bool = False


async def run_and_export(
    session: Session,
    options: RunOptions,
    target: Path,
    reporting: RunReporting,
    *,
    allow_key_env: bool = False,
    access: Access | None = None,
) -> Exit:
    """Run, save, report, and return the exit status.

    Args:
        session: what is run.
        options: what to do.
        target: where the result goes.
        reporting: how it is told.
        allow_key_env: whether the user allows the variables of keys that the chain asks for, this once.
        access: how the providers are reached; without it, from this machine.

    Raises:
        ChainDeskError: nothing was run.
    """
    control = RunControl()
    progress = Progress(reporting.title, reporting.style, verbose=reporting.verbose)
    notices = await _look_ahead(session, options, reporting, allow_key_env=None if access else allow_key_env)
    with interrupts(control.stop):
        try:
            async with progress.shown():
                result = await session.run(options, _listener(progress, control, reporting), control, access)
        except JournalError as error:
            if not progress.snapshot.run_id:
                raise
            note(str(error))
            if reporting.json:
                say_json(error_line(error, Exit.HALTED, progress.snapshot.run_id))
            return Exit.HALTED
        # A sheet without jobs has nothing that could be saved.
        saves = bool(session.manifest.rows) and (reporting.saves_nothing_new or any(result.counts.values()))
        saved, not_saved = await _save(session, target, reporting) if saves else (None, None)
    status = exit_of(result, saved) if saves else Exit.DONE
    if reporting.json:
        say_json(result_line(result, saved, progress.snapshot, status, notices, not_saved))
    else:
        _tell_end(result, saved, progress, reporting)
    return status


async def _look_ahead(
    session: Session, options: RunOptions, reporting: RunReporting, *, allow_key_env: bool | None
) -> list[Notice]:
    """Plan the run, ask for the keys that its calls need, and tell what was handled while sheet and journal were read.

    The run makes a plan of its own, under its lock; this one is let go before, as it holds something of each row.

    Args:
        session: what is run.
        options: what to do.
        reporting: how it is told.
        allow_key_env: whether the user allows the variables of keys that the chain asks for; None where no key is read.

    Returns:
        What was told, for the last line of ``--json``.
    """
    plan = await asyncio.to_thread(session.plan, options.choice, fresh=options.fresh, finish_live=options.finish_live)
    if (plan.asks or plan.submitted) and allow_key_env is not None:
        allow_keys(session, allowed=allow_key_env)
    notices = list(dict.fromkeys((*reporting.notices, *plan.notices)))
    if reporting.style is not ProgressStyle.SILENT:
        for one in notices:
            note(notice_line(one))
    return notices


def _tell_end(result: RunResult, saved: ExportReport | None, progress: Progress, reporting: RunReporting) -> None:
    for line in summary_lines(result, saved, progress.snapshot, reporting.again):
        say(line)
    if progress.braked:
        say("The brake ended the run. With --no-brake it goes on whatever share of its rows fails.")
    for line in out_lines(progress.snapshot, result):
        say(line)
    if reporting.go_on and (result.state is not RunState.FINISHED or result.counts.get(Status.SUBMITTED)):
        say(f"Go on, and pay for nothing twice: {reporting.go_on}")


def exit_of(result: RunResult, saved: ExportReport | None) -> Exit:
    """Return the exit status of a run."""
    match result.state:
        case RunState.HALTED:
            return Exit.HALTED
        case RunState.STOPPED:
            return Exit.INTERRUPTED
    if saved is None:
        return Exit.NOT_SAVED
    if result.counts.get(Status.FAILED):
        return Exit.FAILED
    return Exit.SUBMITTED if result.counts.get(Status.SUBMITTED) else Exit.DONE


def _listener(progress: Progress, control: RunControl, reporting: RunReporting) -> Callable[[Event], None]:
    if not reporting.json:
        return progress.handle

    told_at: float | None = None

    def print_event(event: Event) -> None:
        nonlocal told_at
        progress.handle(event)
        told_at = event.at if told_at is None else told_at
        heard = say_json(event)
        if event.at - told_at >= _PROGRESS_INTERVAL_S:
            told_at = event.at
            heard = say_json(progress_line(event.at, progress.snapshot)) and heard
        if not heard:
            control.stop()  # nobody reads the events any more: nobody wants more to be spent

    return print_event


async def _save(session: Session, target: Path, reporting: RunReporting) -> tuple[ExportReport | None, str | None]:
    """Save the result, and return it, or why it could not be saved, which is printed too."""
    overwrite = is_same(session.manifest.path, target)
    try:
        saved = await asyncio.shield(session.export(target, overwrite_source=overwrite))
        return (replace(saved, path=STANDARD_OUTPUT) if reporting.piped else saved), None
    except JournalError as error:
        note(f"{error}\nThe workbook was not saved. Once the journal is back, save it: {reporting.export_hint}")
        return None, str(error)
    except ChainDeskError as error:
        note(f"{error}\nEvery answer is kept. Save the workbook later: {reporting.export_hint}")
        return None, str(error)
