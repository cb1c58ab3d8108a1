"""``chaindesk report``: one past run in figures."""

from __future__ import annotations

import argparse

from chaindesk.cli import options
from chaindesk.cli.opening import opened_journal
from chaindesk.cli.output import say, say_json
from chaindesk.domain.errors import UsageError
from chaindesk.engine.report import run_report
from chaindesk.engine.report_text import report_json, report_lines
from chaindesk.journal.base import Journal

DESCRIPTION = """Tell of one run: times, speed-up, calls, retries, tokens, cost, failures by kind, the slowest rows."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("run", metavar="RUN", help="the run's number as chaindesk runs lists it, or: last")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Tell it."""
    with opened_journal(arguments) as journal:
        report = run_report(journal, _number(arguments.run, journal))
    if arguments.json:
        say_json({"run_id": report.run.id, **report_json(report)})
        return 0
    for line in report_lines(report):
        say(line)
    return 0


def _number(word: str, journal: Journal) -> int:
    if word == "last":
        runs = journal.runs()
        return runs[0].id if runs else 0
    if not word.isdecimal():
        raise UsageError(f'"{word}" is not a run. Give the number that chaindesk runs lists, or: last')
    return int(word)
