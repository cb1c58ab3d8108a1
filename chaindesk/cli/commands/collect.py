"""``chaindesk collect``: stores what batch jobs have brought; made to be run by a scheduler."""

from __future__ import annotations

import argparse
import asyncio

from chaindesk.cli import options
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import opened_journal
from chaindesk.cli.printing.job_words import state_word
from chaindesk.cli.printing.output import note, say, say_json
from chaindesk.cli.program import command
from chaindesk.domain.batch_jobs import BatchJob
from chaindesk.engine.jobs import CollectReport, JobControl, list_jobs
from chaindesk.formatting import count
from chaindesk.journal.protocol import Journal
from chaindesk.json_contract.job_lines import CollectedLine

DESCRIPTION = """Ask how the batch jobs that are out stand, and store what they have brought. It costs nothing.

Results wait at the provider for days only: let a scheduler run this every hour. Exit status: 0 no job is out any more,
5 jobs go on, 1 some could not be asked. To send the next steps and save the workbook, run the chain again, which pays
for nothing twice: chaindesk run WORKBOOK --detach."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("workbook", metavar="WORKBOOK", nargs="?", type=options.path, help="of this workbook (all)")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")
    parser.add_argument("-q", "--quiet", action="store_true", help="say nothing but what went wrong")


def execute(arguments: argparse.Namespace) -> int:
    """Collect."""
    with opened_journal(arguments) as journal:
        return asyncio.run(_collect(arguments, journal))


async def _collect(arguments: argparse.Namespace, journal: Journal) -> int:
    from chaindesk.credentials import KeyStore

    speaks = not (arguments.json or arguments.quiet)

    def tell(job: BatchJob) -> None:
        if speaks:
            over = f"{job.succeeded + job.failed:,} of {count(job.count, 'row')} over"
            say(f"{job.nonce} at {job.provider}: {state_word(job)}, {over}")

    views = list_jobs(journal, arguments.workbook)
    report = await JobControl(journal, KeyStore()).collect(views, tell)
    for nonce, problem in report.problems.items():
        note(f"{nonce}: {problem}")
    if arguments.json:
        workbooks = tuple(sorted(report.workbooks))
        say_json(CollectedLine(report.answers, report.ended, report.open, report.problems, workbooks))
    elif speaks:
        say(_words(report))
    if report.problems:
        return Exit.FAILED
    return Exit.SUBMITTED if report.open else Exit.DONE


def _words(report: CollectReport) -> str:
    if not (report.ended or report.open):
        return "No batch job is out."
    collected = f"{count(report.answers, 'row')} collected" if report.answers else "Nothing new"
    left = f"{count(report.open, 'job')} still out" if report.open else "no job is out any more"
    go_on = [f"Go on: {command('run', workbook)}" for workbook in sorted(report.workbooks) if workbook]
    return " ".join([f"{collected}, {left}.", *go_on])
