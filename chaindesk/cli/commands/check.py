"""``chaindesk check``: what a run would do and cost, and every mistake in chain and sheet; nothing is paid for."""

from __future__ import annotations

import argparse
import re

from chaindesk.cli import event_loop, options
from chaindesk.cli.check.providers import look_at_prices, look_at_providers
from chaindesk.cli.check.report import Findings, check_line, check_lines
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import (
    find_chain,
    journal_to_read,
    located,
    open_session,
    provider_problems,
    read_manifest,
    with_options,
)
from chaindesk.cli.printing.output import note, notice_line, say, say_json
from chaindesk.cli.printing.output_paths import STANDARD_OUTPUT, is_same, target_of
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.errors import ChainDeskError, InputError, Problem, SaveError, WorkbookError
from chaindesk.domain.manifest import Manifest, Notice
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.cost.budget import no_price
from chaindesk.formatting import count
from chaindesk.workbook import check_target

_STEP_OR_NAME = re.compile(r"steps(\[\d+\](\.(name|fields).*)?)?")

DESCRIPTION = """Say what a run would do and cost, and every mistake in chain and sheet. Nothing is paid for:
providers are asked for nothing but the list of their models.

Exit status 0: it can be run. 2: there are problems."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: those of ``run`` that decide what would be done."""
    options.add_workbook(parser)
    options.add_found_chain(parser)
    options.add_rows(parser)
    parser.add_argument("--concurrency", metavar="N", type=options.rows_at_once, help=argparse.SUPPRESS)
    options.add_speed(parser)
    options.add_finish_live(parser)
    parser.add_argument("--budget", metavar="USD", type=options.dollars, help="compare the cost with this")
    options.add_out(parser, "the result that a run would write")
    parser.add_argument("--overwrite", action="store_true", help="the result would be the workbook itself")
    options.add_allow_key_env(parser)
    parser.add_argument("--offline", action="store_true", help="do not ask the providers which models they have")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Check it."""
    found = findings(arguments)
    if arguments.json:
        say_json(check_line(found))
    else:
        _print_findings(found)
    return Exit.BAD_INPUT if found.problems else Exit.DONE


def findings(arguments: argparse.Namespace) -> Findings:
    """Return what a check finds; nothing is paid for. Not to be called in a thread with a running loop."""
    find_chain(arguments)
    found = Findings(budget=arguments.budget)
    choice = RowSelection.parse(arguments.rows)
    chain = _look_at_chain(arguments, found)
    choice = _look_at_sheet(arguments, chain, choice, found)
    if chain is not None:
        _look_at_both(arguments, chain, choice, found)
    return found


def _look_at_chain(arguments: argparse.Namespace, found: Findings) -> Chain | None:
    """Return the chain, or what is left of it without its mistakes: they are not to hide the others."""
    from chaindesk.chain_file.salvage import load_what_fits

    chain, problems = load_what_fits(arguments.chain)
    found.problems += problems
    if chain is None:
        return None
    chain = with_options(chain, arguments)
    if not problems:
        found.chain = chain
    at_fault = tuple(problem.field for problem in problems if problem.field)
    own = [one for one in provider_problems(chain) if not any(field.startswith(one.field) for field in at_fault)]
    found.problems += located(arguments, own)
    return chain


def _look_at_sheet(
    arguments: argparse.Namespace, chain: Chain | None, choice: RowSelection, found: Findings
) -> RowSelection:
    id_column = chain.id_column if chain else arguments.id_column
    place = str(arguments.workbook)
    try:
        found.manifest = _read_manifest(arguments, id_column)
        found.notices += found.manifest.notices
        choice = choice.fitted(found.manifest)
    except InputError as error:
        found.problems.append(Problem(str(error), file="" if place in str(error) else place))
    try:
        if arguments.out == STANDARD_OUTPUT:
            return choice
        found.target = target_of(arguments.workbook, arguments.out, overwrite=arguments.overwrite)
        check_target(arguments.workbook, found.target, overwrite_source=is_same(arguments.workbook, found.target))
    except (InputError, SaveError) as error:
        found.problems.append(Problem(str(error)))
    return choice


def _read_manifest(arguments: argparse.Namespace, id_column: str | None) -> Manifest:
    """Return the sheet, without keys where it lacks the ID column: binding the chain reports that with its line."""
    try:
        return read_manifest(arguments, id_column)
    except WorkbookError:
        if id_column is None:
            raise
        manifest = read_manifest(arguments, None)
        if manifest.column(id_column):
            raise
        return manifest


def _look_at_both(arguments: argparse.Namespace, chain: Chain, choice: RowSelection, found: Findings) -> None:
    fits = found.chain is not None and not any(one.field or one.file.startswith("--") for one in found.problems)
    if found.manifest is not None and _names_are_sure(found):
        misfits = bind(chain, found.manifest)[1]
        fits = fits and not misfits
        found.problems += located(arguments, misfits)
    if fits and found.chain is not None and found.manifest is not None:
        _look_at_plan(arguments, found.chain, found.manifest, choice, found)
    if found.plan is None or found.plan.asks:
        looking = look_at_providers(chain, found, offline=arguments.offline, allow_variables=arguments.allow_key_env)
        event_loop.run(looking)
    look_at_prices(chain, found)


def _names_are_sure(found: Findings) -> bool:
    """Return whether every step's name and fields are known, so that an unknown name in a prompt is a mistake."""
    return not any(_STEP_OR_NAME.fullmatch(problem.field) for problem in found.problems)


def _look_at_plan(
    arguments: argparse.Namespace, chain: Chain, manifest: Manifest, choice: RowSelection, found: Findings
) -> None:
    try:
        with journal_to_read(arguments, missing=lambda words: found.notices.append(Notice(words))) as journal:
            session = open_session(manifest, chain, journal, chain_path=arguments.chain)
            found.plan = session.plan(choice, fresh=arguments.fresh, finish_live=arguments.finish_live)
            found.notices += [notice for notice in found.plan.notices if notice not in set(found.notices)]
            found.notices += session.hints(found.plan)
            found.endpoints = session.endpoints
            if found.plan.asks:
                session.check_export()
            if found.budget is not None and found.plan.estimate.unknown_prices:
                found.problems.append(Problem(no_price(found.plan.estimate.unknown_prices)))
    except ChainDeskError as error:
        found.problems.append(Problem(str(error)))


def _print_findings(found: Findings) -> None:
    for line in check_lines(found):
        say(line)
    for notice in found.notices:
        say(notice_line(notice))
    for problem in found.problems:
        note(str(problem))
    if found.problems:
        note(f"{count(len(found.problems), 'problem')}. Nothing can be run yet.")
