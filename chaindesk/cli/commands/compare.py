"""``chaindesk compare``: two prompts or models on the same rows, or two past runs, with how sure the difference is."""

from __future__ import annotations

import argparse
import asyncio
from typing import TYPE_CHECKING

from chaindesk.cli import event_loop, options
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import (
    allow_keys,
    find_chain,
    journal_to_read,
    open_session,
    opened_journal,
    read_chain,
    read_fitting_manifest,
)
from chaindesk.cli.interrupts import interrupts
from chaindesk.cli.printing.output import note, say, say_json
from chaindesk.cli.printing.progress import Progress, progress_style
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainError, UsageError
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.run.control import RunControl
from chaindesk.json_contract.comparison_lines import ComparisonPlanLine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from chaindesk.domain.manifest import Manifest
    from chaindesk.engine.comparison.comparison import ComparedRow, Comparison, Pick
    from chaindesk.journal.protocol import Journal

_ROWS = 20
_SHOWN_ROWS = 10
_SHOWN_CHARACTERS = 100
_CANNOT_ADOPT = (
    "--adopt writes the models of B into the file of --chain, so it goes with --model and a chain that is a file. "
    "To take another chain, run that one: what was compared has its answers."
)

DESCRIPTION = """Compare two chains (--chain and --against), or a chain and itself with another model in a step
(--model) or without its examples (--examples), on the same rows: what differs, which is better, and whether that is
sure or how many more rows would tell.

What it costs is said before. Every answer goes into the journal: nothing is paid for twice, and a run of the chain
that you take in the end reuses it. What counts are the steps' checks, the answers that you approved or edited, and
your picks: look at the answers, then compare again with --pick ROW=SIDE, which costs nothing.

--runs A B compares two past runs, without a call."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_workbook(parser, required=False)
    options.add_found_chain(parser)
    parser.add_argument("--against", metavar="FILE", type=options.path, help="the other chain, which is B")
    parser.add_argument(
        "--model",
        metavar="STEP=MODEL",
        action="append",
        default=[],
        help="B asks this model in a step; may be repeated",
    )
    parser.add_argument(
        "--adopt", action="store_true", help="take B in the end: write its models into the chain file (with --model)"
    )
    parser.add_argument(
        "--examples", action="store_true", help="A is the chain without its examples; the rows are those held out"
    )
    parser.add_argument(
        "--runs", metavar=("A", "B"), nargs=2, type=options.positive, help="two past runs instead; no call is made"
    )
    parser.add_argument(
        "--pick",
        metavar="ROW=SIDE",
        action="append",
        default=[],
        help="which answer you like better in a row: A, B, neither, or none to take that back; may be repeated, or a "
        ".csv file with a row and a side a line",
    )
    parser.add_argument("-r", "--rows", metavar="ROWS", default="all", help="the rows to choose from, as of run (all)")
    parser.add_argument(
        "--sample", metavar="N", type=options.positive, default=_ROWS, help="compare so many of them (%(default)s)"
    )
    parser.add_argument(
        "--budget", metavar="USD", type=options.dollars, help="never spend more than this, both together"
    )
    parser.add_argument("-n", "--dry-run", action="store_true", help="make no call: say what it would cost")
    options.add_allow_key_env(parser)
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output, with every row")
    parser.add_argument("-q", "--quiet", action="store_true", help="no progress, just what it came to")


def execute(arguments: argparse.Namespace) -> int:
    """Compare them."""
    if arguments.runs:
        return _compare_runs(arguments)
    if arguments.workbook is None:
        raise UsageError("Which workbook? Name it, or two past runs with --runs A B.")
    if sum(map(bool, (arguments.against, arguments.model, arguments.examples))) != 1:
        raise UsageError("Compare the chain with what? Say one of --against FILE, --model STEP=MODEL, --examples.")
    find_chain(arguments)
    if arguments.adopt and (not arguments.model or str(arguments.chain) == "-"):
        raise UsageError(_CANNOT_ADOPT)
    chain = read_chain(arguments)
    manifest = read_fitting_manifest(arguments, chain)
    return event_loop.run(_compare(arguments, _both_chains(arguments, chain), manifest))


def _both_chains(arguments: argparse.Namespace, chain: Chain) -> tuple[Chain, Chain]:
    from chaindesk.engine.comparison.differing_steps import with_models, without_examples

    if arguments.examples:
        return without_examples(chain), chain
    if arguments.model:
        return chain, with_models(chain, arguments.model)
    other = argparse.Namespace(**{**vars(arguments), "chain": arguments.against})
    return chain, read_chain(other).model_copy(update={"id_column": chain.id_column})


def _compare_runs(arguments: argparse.Namespace) -> int:
    from chaindesk.engine.comparison.json_lines import difference_line
    from chaindesk.engine.comparison.run_difference import Change, run_difference
    from chaindesk.engine.comparison.text import difference_lines

    with journal_to_read(arguments) as journal:
        found = run_difference(journal, *arguments.runs)
    if arguments.json:
        say_json(difference_line(found))
        return Exit.DONE
    for line in difference_lines(found):
        say(line)
    changed = [one for one in found.rows if one.change is Change.CHANGED]
    for one in changed[:_SHOWN_ROWS]:
        apart = [f"{name}: {before} → {after}" for name, (before, after) in one.fields.items()]
        if not apart and one.a is not None and one.b is not None:
            apart = [f"{_shown(one.a.text)} → {_shown(one.b.text)}"]
        say(f"Row {one.number}, {one.step}: {_shown('; '.join(apart))}")
    _say_more(len(changed))
    return Exit.DONE


async def _compare(arguments: argparse.Namespace, chains: tuple[Chain, Chain], manifest: Manifest) -> int:
    from chaindesk.engine.comparison.picks import read_picks
    from chaindesk.engine.comparison.text import plan_words

    opened = journal_to_read if arguments.dry_run else opened_journal
    with opened(arguments) as journal:
        comparison = _comparison(arguments, chains, manifest, journal)
        plan = comparison.plan()
        if arguments.dry_run:
            if arguments.json:
                say_json(ComparisonPlanLine(plan.calls, plan.reused, plan.cost, plan.high, plan.unknown_prices))
            else:
                say(plan_words(plan))
            return Exit.DONE
        picks = read_picks(arguments.pick, manifest.rows, comparison.numbers)
        note(f"A and B on {len(comparison.numbers)} rows. {plan_words(plan)}")
        if plan.calls:
            allow_keys(comparison, allowed=arguments.allow_key_env)
        state = await _run(arguments, comparison)
        rows = await asyncio.to_thread(comparison.rows)
        await _store_picks(comparison, rows, picks)
        ended = _exit_of(state, rows)
        kept = "" if ended is Exit.DONE else "not every row was answered"
        if arguments.adopt and not kept:
            kept = _adopt(arguments, chains[1])
        adopted = arguments.adopt and not kept
        _report(arguments, comparison, rows, plan.unknown_prices, adopted=adopted)
    if adopted:
        note(f"{arguments.chain} has the models of B now. Run it: the compared rows have their answers.")
    elif arguments.adopt:
        note(f"{arguments.chain} was left as it is: {kept}.")
    return Exit.FAILED if arguments.adopt and kept and ended is Exit.DONE else ended


async def _store_picks(comparison: Comparison, rows: tuple[ComparedRow, ...], picks: Mapping[int, Pick | None]) -> None:
    for one in rows:
        if one.row.number not in picks:
            continue
        if one.picked_pair is None:
            why = "both say the same" if one.answered else "it lacks an answer"
            note(f"Row {one.row.number}: there is nothing to pick, since {why}.")
        await comparison.pick(one, picks[one.row.number])


def _adopt(arguments: argparse.Namespace, chain: Chain) -> str:
    """Write the models of B into the chain's file, every other line as it was; return why that failed, or ""."""
    from chaindesk.chain_file.editing.models import write_models

    named = {change.partition("=")[0].strip() for change in arguments.model}
    try:
        write_models(arguments.chain, {step.name: step.model for step in chain.steps if step.name in named})
    except (OSError, ValueError) as error:
        return f"it could not be changed ({error})"
    return ""


def _comparison(
    arguments: argparse.Namespace, chains: tuple[Chain, Chain], manifest: Manifest, journal: Journal
) -> Comparison:
    from chaindesk.credentials import KeyStore
    from chaindesk.engine.comparison.comparison import Comparison
    from chaindesk.engine.comparison.row_sample import held_out_from, sample

    choice = RowSelection.parse(arguments.rows).fitted(manifest)
    chosen = choice.select(manifest.rows)
    if choice.by_state:
        session = open_session(manifest, chains[0], journal, chain_path=arguments.chain)
        chosen = session.quality.resolved(choice).select(manifest.rows, session.ledger.state)
    if not chosen:
        raise UsageError(f'--rows "{arguments.rows}" chooses no row.')
    if arguments.examples:
        chosen = held_out_from(open_session(manifest, chains[1], journal, chain_path=arguments.chain), chosen)
    keys = KeyStore()
    keys.on_wait = lambda words: note(words) if words else None
    try:
        return Comparison(manifest, chains, sample(chosen, arguments.sample), journal, keys)
    except ChainError as error:
        raise UsageError("\n".join(str(problem) for problem in error.problems)) from None


async def _run(arguments: argparse.Namespace, comparison: Comparison) -> RunState:
    control = RunControl()
    progress = Progress("Comparison", progress_style(quiet=arguments.quiet, json=arguments.json))
    with interrupts(control.stop):
        async with progress.shown():
            return await comparison.run(progress.handle, control, budget=arguments.budget)


def _report(
    arguments: argparse.Namespace,
    comparison: Comparison,
    rows: tuple[ComparedRow, ...],
    unknown_prices: tuple[str, ...],
    *,
    adopted: bool,
) -> None:
    from chaindesk.engine.comparison.json_lines import comparison_line, row_line
    from chaindesk.engine.comparison.text import figure_lines, words_apart

    figures = comparison.figures(rows)
    if arguments.json:
        for row in rows:
            say_json(row_line(row, comparison.pick_of(row)))
        say_json(comparison_line(figures, comparison.spent, unknown_prices, adopted=adopted))
        return
    differing = [one for one in rows if one.answered and one.differs]
    for row in differing[:_SHOWN_ROWS]:
        for a, b in zip(row.a, row.b, strict=True):
            if a.said != b.said:
                say(f"Row {row.row.number}, {a.step}")
                for side, one, other in (("A", a, b), ("B", b, a)):
                    say(f"  {side}  {_shown(words_apart(one, other))}{_flags(one.flags)}")
    _say_more(len(differing))
    if comparison.checks_differ:
        note("Note: A and B have different checks, and each is judged by its own.")
    for line in figure_lines(figures):
        say(line)


def _exit_of(state: RunState, rows: tuple[ComparedRow, ...]) -> Exit:
    if state is RunState.HALTED:
        return Exit.HALTED
    if state is not RunState.FINISHED:
        return Exit.INTERRUPTED
    return Exit.DONE if all(one.answered for one in rows) else Exit.FAILED


def _say_more(differing: int) -> None:
    if differing > _SHOWN_ROWS:
        say(f"… and {differing - _SHOWN_ROWS:,} more; --json has them all.")


def _flags(flags: tuple[str, ...]) -> str:
    return f"  [{'; '.join(flags)}]" if flags else ""


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[: _SHOWN_CHARACTERS - 1]}…"
