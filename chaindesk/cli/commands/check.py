"""``chaindesk check``: what a run would do and cost, and every mistake in chain and sheet; no call is made."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaindesk.cli import options
from chaindesk.cli.exits import Exit
from chaindesk.cli.opening import (
    check_rows_exist,
    located,
    open_session,
    opened_journal,
    provider_problems,
    read_manifest,
    with_id_column,
)
from chaindesk.cli.output import count, listed, money, note, notice_line, say, say_json
from chaindesk.cli.targets import probe, target_of
from chaindesk.domain.chain import Chain, bind
from chaindesk.domain.errors import ChainDeskError, ChainError, InputError, KeyringError, Problem, SaveError
from chaindesk.domain.row import Manifest, Notice
from chaindesk.domain.row_choice import RowChoice

if TYPE_CHECKING:
    from chaindesk.engine.session import Plan

DESCRIPTION = """Say what a run would do and cost, and every mistake in chain and sheet. No call is made.

Exit status 0: it can be run. 2: there are problems."""


@dataclass(slots=True)
class Findings:
    """What the check found.

    Attributes:
        problems: what must be put right first.
        notices: what should be known.
        chain: the chain, where it can be read.
        manifest: the sheet, where it can be read.
        plan: what a run would do, where both fit.
        target: where the result would go.
    """

    problems: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    chain: Chain | None = None
    manifest: Manifest | None = None
    plan: Plan | None = None
    target: Path | None = None


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options: those of ``run`` that decide what would be done."""
    options.add_workbook(parser)
    options.add_chain(parser)
    options.add_rows(parser)
    parser.add_argument("--concurrency", metavar="N", type=options.rows_at_once, help=argparse.SUPPRESS)
    parser.add_argument("--budget", metavar="USD", type=options.dollars, help="compare the cost with this")
    parser.add_argument("--out", metavar="FILE", type=Path, help="the result that a run would write")
    parser.add_argument("--overwrite", action="store_true", help="the result would be the workbook itself")
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Check it."""
    found = Findings()
    choice = RowChoice.parse(arguments.rows)
    _look_at_chain(arguments, found)
    _look_at_sheet(arguments, choice, found)
    _look_at_both(arguments, choice, found)
    if arguments.json:
        say_json(_as_json(found))
    else:
        _tell(arguments, found)
    return Exit.BAD_INPUT if found.problems else Exit.DONE


def _look_at_chain(arguments: argparse.Namespace, found: Findings) -> None:
    from chaindesk.chain_file import load_chain

    try:
        found.chain = with_id_column(load_chain(arguments.chain), arguments)
    except ChainError as error:
        found.problems += error.problems
        return
    found.problems += located(arguments.chain, provider_problems(found.chain))


def _look_at_sheet(arguments: argparse.Namespace, choice: RowChoice, found: Findings) -> None:
    id_column = found.chain.id_column if found.chain else arguments.id_column
    place = str(arguments.workbook)
    try:
        found.manifest = read_manifest(arguments, None)
        found.notices += found.manifest.notices
        if id_column and found.manifest.column(id_column):
            found.manifest = read_manifest(arguments, id_column)
            found.notices[:] = found.manifest.notices
        check_rows_exist(found.manifest, choice.ranges, arguments.rows)
    except InputError as error:
        found.problems.append(Problem(str(error), file="" if place in str(error) else place))
    try:
        found.target = target_of(arguments.workbook, arguments.out, overwrite=arguments.overwrite)
        probe(found.target)
    except (InputError, SaveError) as error:
        found.problems.append(Problem(str(error)))


def _look_at_both(arguments: argparse.Namespace, choice: RowChoice, found: Findings) -> None:
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
            if found.plan.calls:
                _look_for_keys(session.endpoints.values(), session.keys, found)
    except ChainDeskError as error:
        found.problems.append(Problem(str(error)))


def _look_for_keys(endpoints: Any, keys: Any, found: Findings) -> None:
    for endpoint in endpoints:
        try:
            if endpoint.key_required and keys.find(endpoint) is None:
                variable = f", or set {endpoint.key_variable}" if endpoint.key_variable else ""
                words = (
                    f"There is no key for {endpoint.name}. Give it with: chaindesk keys set {endpoint.name}{variable}."
                )
                found.problems.append(Problem(words))
        except KeyringError as error:
            found.problems.append(Problem(str(error)))


def _tell(arguments: argparse.Namespace, found: Findings) -> None:
    for line in _lines(arguments, found):
        say(line)
    for notice in found.notices:
        say(notice_line(notice))
    for problem in found.problems:
        note(str(problem))
    if found.problems:
        note(f"{count(len(found.problems), 'problem')}. Nothing can be run yet.")


def _lines(arguments: argparse.Namespace, found: Findings) -> Sequence[str]:
    lines = []
    sheet, chain, plan = found.manifest, found.chain, found.plan
    if sheet is not None:
        jobs = count(len(sheet.rows), "row")
        lines.append(f'Workbook  {sheet.path}, sheet "{sheet.sheet}", headers in row {sheet.header_row}: {jobs}')
        lines.append(f"Columns   {', '.join(column.name for column in sheet.columns)}")
    if chain is not None:
        lines.append(f"Chain     {chain.name}: {' → '.join(f'{step.name} ({step.model})' for step in chain.steps)}")
    if plan is not None:
        chosen = [planned.row.number for planned in plan.rows]
        lines.append(f"Rows      {len(chosen):,} chosen{': ' + listed(chosen) if chosen else ''}")
        lines.append(f"Calls     {plan.calls:,} to make, {count(plan.reused, 'answer')} reused")
        lines.append(f"Cost      {_cost_words(plan)}")
        if arguments.budget is not None and plan.estimate.cost is not None and plan.estimate.cost > arguments.budget:
            lines.append(f"Budget    {money(arguments.budget)} will not be enough: the run would stop there")
    if found.target is not None:
        lines.append(f"Result    {found.target}")
    return lines


def _cost_words(plan: Plan) -> str:
    estimate = plan.estimate
    tokens = f"about {estimate.input_tokens:,} tokens in and {estimate.output_tokens:,} out"
    if not plan.calls:
        return "nothing: every answer is known"
    known = [f"about {money(estimate.cost)}"] if estimate.cost is not None else []
    if estimate.unknown_prices:
        known.append(f"no price is known for {', '.join(estimate.unknown_prices)}")
    return ", ".join([tokens, *known])


def _as_json(found: Findings) -> dict[str, Any]:
    plan = found.plan
    values: dict[str, Any] = {
        "ok": not found.problems,
        "problems": [asdict(problem) for problem in found.problems],
        "notices": [{"message": notice.message, "rows": notice.rows} for notice in found.notices],
        "result": str(found.target) if found.target else None,
    }
    if plan is not None:
        estimate = plan.estimate
        values["plan"] = {
            "rows": [planned.row.number for planned in plan.rows],
            "calls": plan.calls,
            "reused": plan.reused,
            "input_tokens": estimate.input_tokens,
            "output_tokens": estimate.output_tokens,
            "cost_usd": None if estimate.cost is None else float(estimate.cost),
            "unknown_prices": estimate.unknown_prices,
        }
    return values
