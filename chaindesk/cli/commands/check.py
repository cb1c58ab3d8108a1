"""``chaindesk check``: what a run would do and cost, and every mistake in chain and sheet; nothing is paid for."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.cli import event_loop, options
from chaindesk.cli.check_report import Findings, check_json, check_lines
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import (
    allow_keys,
    check_rows_exist,
    located,
    open_session,
    opened_journal,
    permission_hint,
    provider_problems,
    read_manifest,
    with_id_column,
)
from chaindesk.cli.output import note, notice_line, say, say_json
from chaindesk.cli.output_paths import is_same, target_of
from chaindesk.domain.chain_binding import bind
from chaindesk.domain.completion import ANY_MODEL
from chaindesk.domain.errors import (
    ChainDeskError,
    ChainError,
    InputError,
    KeyringError,
    Problem,
    SaveError,
    WorkbookError,
)
from chaindesk.domain.manifest import Manifest, Notice
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.template import nearest_name
from chaindesk.engine.cost.budget import no_price
from chaindesk.formatting import count
from chaindesk.workbook import check_target

if TYPE_CHECKING:
    from chaindesk.engine.session import Session

DESCRIPTION = """Say what a run would do and cost, and every mistake in chain and sheet. Nothing is paid for:
providers are asked for nothing but the list of their models.

Exit status 0: it can be run. 2: there are problems."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: those of ``run`` that decide what would be done."""
    options.add_workbook(parser)
    options.add_chain(parser)
    options.add_rows(parser)
    parser.add_argument("--concurrency", metavar="N", type=options.rows_at_once, help=argparse.SUPPRESS)
    parser.add_argument("--budget", metavar="USD", type=options.dollars, help="compare the cost with this")
    parser.add_argument("--out", metavar="FILE", type=Path, help="the result that a run would write")
    parser.add_argument("--overwrite", action="store_true", help="the result would be the workbook itself")
    options.add_allow_key_env(parser)
    parser.add_argument("--offline", action="store_true", help="do not ask the providers which models they have")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Check it."""
    found = Findings(budget=arguments.budget)
    choice = RowSelection.parse(arguments.rows)
    _look_at_chain(arguments, found)
    _look_at_sheet(arguments, choice, found)
    _look_at_both(arguments, choice, found)
    if arguments.json:
        say_json(check_json(found))
    else:
        _print_findings(found)
    return Exit.BAD_INPUT if found.problems else Exit.DONE


def _look_at_chain(arguments: argparse.Namespace, found: Findings) -> None:
    from chaindesk.chain_file import load_chain

    try:
        found.chain = with_id_column(load_chain(arguments.chain), arguments)
    except ChainError as error:
        found.problems += error.problems
        return
    found.problems += located(arguments.chain, provider_problems(found.chain))


def _look_at_sheet(arguments: argparse.Namespace, choice: RowSelection, found: Findings) -> None:
    id_column = found.chain.id_column if found.chain else arguments.id_column
    place = str(arguments.workbook)
    try:
        found.manifest = _read_manifest(arguments, id_column)
        found.notices += found.manifest.notices
        check_rows_exist(found.manifest, choice.ranges, arguments.rows)
    except InputError as error:
        found.problems.append(Problem(str(error), file="" if place in str(error) else place))
    try:
        found.target = target_of(arguments.workbook, arguments.out, overwrite=arguments.overwrite)
        check_target(arguments.workbook, found.target, overwrite_source=is_same(arguments.workbook, found.target))
    except (InputError, SaveError) as error:
        found.problems.append(Problem(str(error)))


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


def _look_at_both(arguments: argparse.Namespace, choice: RowSelection, found: Findings) -> None:
    if found.chain is None or found.manifest is None:
        return
    _, misfits = bind(found.chain, found.manifest)
    found.problems += located(arguments.chain, misfits)
    if any(problem.field for problem in found.problems):
        return
    try:
        with opened_journal(arguments) as journal:
            session = open_session(found.manifest, found.chain, journal, chain_path=arguments.chain)
            found.plan = session.plan(choice, fresh=arguments.fresh)
            known = set(found.notices)
            found.notices += [notice for notice in found.plan.notices if notice not in known]
            found.endpoints = session.endpoints
            if found.plan.calls:
                session.check_export()
                if arguments.allow_key_env:
                    allow_keys(session, allowed=True)
                event_loop.run(_look_at_providers(session, found, offline=arguments.offline))
            _look_at_prices(found)
    except ChainDeskError as error:
        found.problems.append(Problem(str(error)))


async def _look_at_providers(session: Session, found: Findings, *, offline: bool) -> int:
    """Look whether the keys are there, and unless ``offline`` which models the providers list."""
    from chaindesk.engine.model_catalog import missing_models, offers
    from chaindesk.providers.registry import key_command

    try:
        keys, missing = await session.keys.find_all(session.endpoints.values())
    except KeyringError as error:
        found.problems.append(Problem(str(error)))
        return 0
    pending = session.keys.pending_permissions(session.endpoints.values())
    found.problems += [Problem(permission_hint(one)) for one in pending]
    waiting = {one.variable for one in pending}
    for endpoint in missing:
        if endpoint.key_variable in waiting:
            continue
        variable = f", or set {endpoint.key_variable}" if endpoint.key_variable else ""
        words = f"There is no key for {endpoint.name}. Give it with: {key_command(endpoint)}{variable}."
        found.problems.append(Problem(words))
    if not offline:
        found.offers = await offers(session.endpoints.values(), keys, addresses=session.addresses)
        for offer in found.offers.values():
            if offer.trouble and offer.provider in keys:
                found.notices.append(Notice(offer.trouble))
        found.notices += [Notice(words) for _, words in missing_models(session.chain, found.offers)]
    return 0


def _look_at_prices(found: Findings) -> None:
    """Name prices that no step uses, which may be misspelt, and a budget that cannot be kept."""
    if found.chain is None:
        return
    for provider, settings in found.chain.providers.items():
        used = {step.model_name for step in found.chain.steps if step.provider == provider}
        for model in settings.prices:
            if used and model != ANY_MODEL and model not in used:
                nearest = nearest_name(model, used)
                hint = f" Did you mean {nearest}?" if nearest else ""
                found.notices.append(Notice(f'No step uses the price of "{model}" under {provider}.{hint}'))
    if found.budget is not None and found.plan is not None and found.plan.estimate.unknown_prices:
        found.problems.append(Problem(no_price(found.plan.estimate.unknown_prices)))


def _print_findings(found: Findings) -> None:
    for line in check_lines(found):
        say(line)
    for notice in found.notices:
        say(notice_line(notice))
    for problem in found.problems:
        note(str(problem))
    if found.problems:
        note(f"{count(len(found.problems), 'problem')}. Nothing can be run yet.")
