"""``chaindesk jobs``: the batch jobs that are out, and their end at the user's word."""

from __future__ import annotations

import argparse
import asyncio
import sys
from datetime import UTC, datetime

from chaindesk.cli import options
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import journal_to_read, opened_journal
from chaindesk.cli.printing.job_words import job_table, line_of
from chaindesk.cli.printing.output import note, say, say_json
from chaindesk.cli.program import command
from chaindesk.domain.errors import UsageError
from chaindesk.engine.jobs import JobControl, JobView, list_jobs
from chaindesk.formatting import count
from chaindesk.journal.protocol import Journal

DESCRIPTION = """List the batch jobs that are out: how far they were at the last look, their age and their cost.

chaindesk collect looks again, and stores what they have brought. --cancel ends a job: what it has answered is paid for
and still collected, the other rows cost nothing. --forget gives a job up that its provider does not know any more, or
that may never have arrived: its rows may be paid for twice if they are run again, so it asks first."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("workbook", metavar="WORKBOOK", nargs="?", type=options.path, help="of this workbook (all)")
    parser.add_argument("--all", action="store_true", help="those that are over, too")
    parser.add_argument("--cancel", metavar="JOB", help="end this job, or all of them: all")
    parser.add_argument("--forget", metavar="JOB", help="give this job up, and let its rows be asked again")
    parser.add_argument("--yes", action="store_true", help="with --forget: agree in advance")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object for each job on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """List them, or end some."""
    if arguments.cancel or arguments.forget:
        with opened_journal(arguments) as journal:
            return asyncio.run(_end(arguments, journal))
    with journal_to_read(arguments) as journal:
        views = list_jobs(journal, arguments.workbook, only_open=not arguments.all)
    if arguments.json:
        for view in views:
            say_json(line_of(view))
    elif not views:
        say("No batch job is out.")
    else:
        for line in job_table(views, datetime.now(UTC)):
            say(line)
        for view in views:
            if view.job.message and view.job.stage.is_open:
                say(f"{view.job.nonce}: {view.job.message}")
    return Exit.DONE


async def _end(arguments: argparse.Namespace, journal: Journal) -> int:
    from chaindesk.credentials import KeyStore

    views = list_jobs(journal, arguments.workbook)
    control = JobControl(journal, KeyStore())
    if arguments.forget:
        view = _named(views, arguments.forget)
        if not (arguments.yes or _agreed(view)):
            note("Nothing was given up.")
            return Exit.DONE
        await control.forget(view)
        say(f"Given up: {view.job.nonce}. Its {count(view.job.count, 'row')} may be run again.")
        return Exit.DONE
    chosen = views if arguments.cancel == "all" else [_named(views, arguments.cancel)]
    report = await control.cancel(chosen)
    for nonce, problem in report.problems.items():
        note(f"{nonce}: {problem}")
    say(f"{count(report.ended, 'job')} told to end. Store what they have answered: {command('collect')}")
    return Exit.FAILED if report.problems else Exit.DONE


def _named(views: list[JobView], nonce: str) -> JobView:
    found = next((view for view in views if view.job.nonce == nonce), None)
    if found is None:
        raise UsageError(f"No job {nonce} is out. {command('jobs')} lists those that are.")
    return found


def _agreed(view: JobView) -> bool:
    note(f"{count(view.job.count, 'row')} of this job may have been paid for. Run again, they may be paid for twice.")
    if not sys.stdin.isatty():
        raise UsageError("Nothing was given up, because nobody can be asked here. Add --yes to agree.")
    try:
        return input("Give it up? [y/N] ").strip().lower() in ("y", "yes")
    except EOFError:
        return False
