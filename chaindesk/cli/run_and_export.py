"""One run from the command line, from the opened session to the saved workbook and the exit status.

``run`` and ``demo`` are two ways to the same thing.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaindesk.cli.event_json import to_json
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.interrupts import interrupts
from chaindesk.cli.output import discard_output, note, notice_line, say_json
from chaindesk.cli.output import say as say_line
from chaindesk.cli.output_paths import is_same
from chaindesk.cli.progress import Manner, Progress
from chaindesk.cli.summary import result_json, summary_lines
from chaindesk.domain.errors import ChainDeskError, JournalError
from chaindesk.domain.events import Event
from chaindesk.domain.manifest import Notice
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.session import RunControl, RunOptions, RunResult

if TYPE_CHECKING:
    from chaindesk.engine.session import ExportReport, Session


@dataclass(frozen=True, slots=True)
class Telling:
    """How a run is told.

    Attributes:
        title: what the first line calls it.
        json: events as JSON lines on standard output.
        manner: how progress is shown.
        again: what becomes of failed rows, with the command that runs them again.
        export_hint: the command that saves what the journal knows.
        notices: what was handled while the sheet was read.
        go_on: the command that goes on after an early end, or "" where there is none.
    """

    title: str
    json: bool
    manner: Manner
    again: str
    export_hint: str
    notices: tuple[Notice, ...] = ()
    go_on: str = ""


async def run_and_export(session: Session, options: RunOptions, target: Path, telling: Telling) -> Exit:
    """Run, save, and tell how it went.

    Raises:
        ChainDeskError: nothing was run.
    """
    control = RunControl()
    progress = Progress(telling.title, telling.manner)
    notices = await _notices(session, options, telling)
    if telling.manner is not Manner.SILENT:
        for line in notices:
            note(line)
    with interrupts(control.stop):
        try:
            async with progress.shown():
                result = await session.run(options, _listener(progress, control, telling), control)
        except JournalError as error:
            if not progress.snapshot.run_id:
                raise
            note(str(error))
            return Exit.HALTED
        saved = await _saved(session, target, telling)
    status = exit_of(result, saved)
    if telling.json:
        values = result_json(result, saved, progress.snapshot, status)
        values["notices"] = [*notices, *values["notices"]]
        _say_result(values)
    else:
        for line in summary_lines(result, saved, progress.snapshot, telling.again):
            say_line(line)
        if telling.go_on and result.state is not RunState.FINISHED:
            say_line(f"Go on, and pay for nothing twice: {telling.go_on}")
    return status


async def _notices(session: Session, options: RunOptions, telling: Telling) -> list[str]:
    """What was handled while the sheet was read, then what the run leaves out or makes anew; each once."""
    plan = await asyncio.to_thread(session.plan, options.choice, fresh=options.fresh)
    return list(dict.fromkeys(map(notice_line, (*telling.notices, *plan.notices))))


def exit_of(result: RunResult, saved: ExportReport | None) -> Exit:
    """The exit status of a run that ended so."""
    match result.state:
        case RunState.HALTED:
            return Exit.HALTED
        case RunState.STOPPED:
            return Exit.INTERRUPTED
    return Exit.FAILED if result.counts.get(Status.FAILED) or saved is None else Exit.DONE


def _listener(progress: Progress, control: RunControl, telling: Telling) -> Callable[[Event], None]:
    if not telling.json:
        return progress.take

    def tell(event: Event) -> None:
        progress.take(event)
        try:
            sys.stdout.write(to_json(event) + "\n")
            sys.stdout.flush()
        except OSError:
            # Whoever read the events has gone: nobody wants more to be spent.
            discard_output()
            control.stop()

    return tell


async def _saved(session: Session, target: Path, telling: Telling) -> ExportReport | None:
    """Save the result; what cannot be saved is told, and stays in the journal."""
    overwrite = is_same(session.manifest.path, target)
    try:
        return await asyncio.shield(session.export(target, overwrite_source=overwrite))
    except ChainDeskError as error:
        note(f"{error}\nEvery answer is kept. Save the workbook later: {telling.export_hint}")
        return None


def _say_result(values: dict[str, Any]) -> None:
    try:
        say_json(values)
    except OSError:
        discard_output()
