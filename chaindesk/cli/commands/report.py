"""``chaindesk report``: one past run in figures, as a page with charts, or as a bundle for a bug report."""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.cli import options
from chaindesk.cli.inputs import journal_to_read
from chaindesk.cli.printing.output import say, say_json
from chaindesk.domain.errors import UsageError
from chaindesk.journal.protocol import Journal
from chaindesk.json_contract.report_lines import BundleLine

if TYPE_CHECKING:
    from chaindesk.engine.reports.run_report import RunReport

DESCRIPTION = """Tell of one run: times, speed-up, calls, retries, tokens, cost, failures by kind, the slowest rows.

--html saves a page with a timeline and charts, which opens offline. --bundle saves a zip for a bug report: versions,
settings, logs, the run's figures and its chain. There is no key in it, and no prompt, output or cell unless
--with-texts is given; look at it before you send it."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "run", metavar="RUN", nargs="?", default="last", help="the run's number as chaindesk runs lists it (the newest)"
    )
    parser.add_argument("--html", metavar="FILE", type=options.path, help="save a page with timeline and charts")
    parser.add_argument("--bundle", metavar="FILE", type=options.path, help="save a zip for a bug report")
    parser.add_argument(
        "--with-texts", action="store_true", help="prompts, outputs, row keys and error messages go into the bundle too"
    )
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Tell it."""
    from chaindesk.engine.reports.json_line import report_line
    from chaindesk.engine.reports.run_report import priced_report
    from chaindesk.engine.reports.text import report_lines
    from chaindesk.files.save import checked_ending

    if arguments.with_texts and arguments.bundle is None:
        raise UsageError("--with-texts belongs to --bundle FILE.")
    if arguments.html is not None:
        checked_ending(arguments.html, ".html", ".htm")
    if arguments.bundle is not None:
        checked_ending(arguments.bundle, ".zip")
    page, bundle = None, None
    with journal_to_read(arguments) as journal:
        number = _number(arguments.run, journal)
        if not number and arguments.bundle is None:
            raise UsageError("There is no run yet.")
        report = priced_report(journal, number) if number else None
        if arguments.html is not None and report is not None:
            page = _save_page(arguments.html, report)
        if arguments.bundle is not None:
            bundle = _save_bundle(arguments, journal, report)
    if arguments.json:
        if report is not None:
            say_json(replace(report_line(report), page=page, bundle=bundle))
        elif bundle is not None:
            say_json(BundleLine(bundle))
        return 0
    if report is not None and page is None and bundle is None:
        for line in report_lines(report):
            say(line)
    for what, path in (("Page", page), ("Bundle", bundle)):
        if path is not None:
            say(f"{what}: {path}")
    return 0


def _save_page(path: Path, report: RunReport) -> Path:
    from chaindesk.engine.reports.html_page import report_page
    from chaindesk.files.save import save_text

    return save_text(path, report_page(report))


def _save_bundle(arguments: argparse.Namespace, journal: Journal, report: RunReport | None) -> Path:
    from chaindesk.engine.reports.support_bundle import bundle_files
    from chaindesk.files.save import save_zip

    return save_zip(arguments.bundle, bundle_files(journal, report, with_texts=arguments.with_texts))


def _number(word: str, journal: Journal) -> int:
    if word == "last":
        runs = journal.runs()
        return runs[0].id if runs else 0
    if not word.isdecimal():
        raise UsageError(f'"{word}" is not a run. Give the number that chaindesk runs lists, or: last')
    return int(word)
