"""``chaindesk export``: the workbook with what the journal knows, now or at the end of a past run; no call is made."""

from __future__ import annotations

import argparse
import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

from chaindesk.cli import options
from chaindesk.cli.export_options import add_export_options, export_options, export_target
from chaindesk.cli.inputs import journal_to_read, newest_chain, open_session, read_chain, read_manifest, with_options
from chaindesk.cli.printing.output import say, say_json
from chaindesk.cli.printing.output_paths import STANDARD_OUTPUT, is_same, result_words, shown_path
from chaindesk.cli.printing.piped_result import piped_result
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Notice
from chaindesk.engine.exports.options import ExportFormat
from chaindesk.formatting import count
from chaindesk.json_contract.history_lines import ExportLine

if TYPE_CHECKING:
    from chaindesk.engine.exports.source import ExportReport

DESCRIPTION = """Save the workbook with every answer that the journal has for it, or its rows in another format. No call
is made. The ending of --out is the format: .xlsx, .csv, .tsv, .md or .html; --per-row makes a file of each row.

The chain is that of the workbook's newest run, unless --chain names another. --run N saves the workbook as it stood at
the end of that run, with the chain that it had then; the workbook need not be named if it is still where it was."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_workbook(parser, required=False)
    options.add_out(parser, "the result; - is standard output (NAME.completed.xlsx beside the workbook)")
    parser.add_argument(
        "--run", metavar="N", type=options.positive, help="as it stood at the end of this run (NAME.run-N.xlsx)"
    )
    options.add_chain(parser, required=False)
    parser.add_argument(
        "--overwrite",
        action="store_true",
        help="write into the workbook itself (a copy is kept), or over text files of earlier exports",
    )
    add_export_options(parser)
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Export it."""
    if arguments.run is None and arguments.workbook is None:
        raise UsageError("Name the workbook, or a run with --run N.")
    if arguments.run is not None and arguments.overwrite and export_options(arguments).format is ExportFormat.WORKBOOK:
        raise UsageError("--overwrite does not go with --run: what was then never replaces the workbook itself.")
    chosen = export_options(arguments)
    if arguments.out == STANDARD_OUTPUT and chosen.format is ExportFormat.FILES:
        raise UsageError("--per-row writes many files, and standard output takes one. Name a folder with --out.")
    piped = arguments.out == STANDARD_OUTPUT
    with piped_result(arguments.out, json=arguments.json, overwrite=arguments.overwrite) as out:
        arguments.out = out
        report = newest_export(arguments) if arguments.run is None else _past(arguments)
        _tell(arguments, replace(report, path=STANDARD_OUTPUT) if piped else report)
    return 0


def _tell(arguments: argparse.Namespace, report: ExportReport) -> None:
    if arguments.json:
        say_json(_export_line(report))
        return
    for words in report.notices:
        say(f"Note: {words}")
    files = f" ({count(report.files, 'file')})" if report.path.is_dir() else ""
    say(result_words(report.path) + files)


def _export_line(report: ExportReport) -> ExportLine:
    notices = tuple(map(Notice, report.notices))
    return ExportLine(shown_path(report.path), report.rows, report.files, notices, report.columns)


def newest_export(arguments: argparse.Namespace) -> ExportReport:
    """Export what is known now, and return how. Not to be called in a thread with a running loop."""
    chain = read_chain(arguments) if arguments.chain else None
    manifest = read_manifest(arguments, chain.id_column if chain else arguments.id_column)
    chosen = export_options(arguments)
    target = export_target(arguments, chosen)
    with journal_to_read(arguments) as journal:
        if chain is None:
            chain = newest_chain(arguments, journal, manifest)
            if chain.id_column and chain.id_column != arguments.id_column:
                manifest = read_manifest(arguments, chain.id_column)
        password = arguments.password_text
        session = open_session(manifest, chain, journal, chain_path=arguments.chain, password=password)
        return asyncio.run(session.export(target, chosen, overwrite_source=is_same(arguments.workbook, target)))


def _past(arguments: argparse.Namespace) -> ExportReport:
    from chaindesk.credentials import KeyStore
    from chaindesk.engine.exports.options import past_name
    from chaindesk.engine.past_run import chain_of, export_past, run_record, workbook_of

    with journal_to_read(arguments) as journal:
        run = run_record(journal, arguments.run)
        arguments.workbook = workbook_of(run, arguments.workbook)
        arguments.sheet = arguments.sheet or run.sheet
        chain = read_chain(arguments) if arguments.chain else with_options(chain_of(run), arguments)
        chosen = export_options(arguments)
        target = export_target(arguments, chosen, past_name(arguments.workbook, run.id))
        manifest = read_manifest(arguments, chain.id_column)
        password = arguments.password_text
        return asyncio.run(export_past(manifest, chain, journal, KeyStore(), run, target, password, chosen))
