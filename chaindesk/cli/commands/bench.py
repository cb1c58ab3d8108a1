"""``chaindesk bench``: one after another against side by side, simulated or over a real sheet."""

from __future__ import annotations

import argparse
import sys
from contextlib import AsyncExitStack

from chaindesk.cli import event_loop, options
from chaindesk.cli.bench.measurement import Bench, Comparison, Measurement, Outcome, run_once
from chaindesk.cli.bench.simulator_process import demo_process
from chaindesk.cli.error_handler import refusal_line
from chaindesk.cli.exit_status import Exit
from chaindesk.cli.inputs import allow_keys, open_session, read_chain, read_fitting_manifest, uses_demo
from chaindesk.cli.printing.output import note, say, say_json, table
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import DEMO_BASE_URL
from chaindesk.domain.errors import UsageError
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.session import Session
from chaindesk.formatting import count, duration, money, row_ranges
from chaindesk.journal.memory import MemoryJournal
from chaindesk.json_contract.run_lines import ErrorKind
from chaindesk.json_contract.tool_lines import (
    BenchComparedLine,
    BenchFirstLine,
    BenchMeasuredLine,
    BenchRun,
    OutputPlace,
)
from chaindesk.simulator.options import SimulatorOptions

DESCRIPTION = """Measure calls one after another against calls side by side.

Without a workbook: against the simulated provider, at a chosen share of the time that real calls take.
With --workbook and --chain: a real sheet both ways. Every call is then made, and paid for, twice."""

_AT_ONCE = 5  # in the comparison that comes first


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "--batch",
        metavar="N,N",
        type=options.numbers,
        default=(10, 25, 50, 100),
        help="numbers of calls (10,25,50,100)",
    )
    parser.add_argument("--concurrency", metavar="N,N", type=options.numbers, help="calls at once (1,5,10,25)")
    parser.add_argument(
        "--latency",
        metavar="SECONDS",
        type=options.seconds,
        default=10.0,
        help="mean time of a real call (%(default)s)",
    )
    parser.add_argument(
        "--latency-scale",
        metavar="X",
        type=options.seconds,
        default=0.01,
        help="share of it that is waited for (%(default)s)",
    )
    parser.add_argument(
        "--distribution", choices=("constant", "log-normal"), default="log-normal", help="(%(default)s)"
    )
    parser.add_argument("--seed", metavar="N", type=options.whole, default=0, help="changes the times that are drawn")
    parser.add_argument("--workbook", metavar="FILE", type=options.path, help="a real sheet")
    options.add_chain(parser, required=False)
    parser.add_argument("--rows", metavar="all|first:N|2-50,60", default="all", help="its rows (all)")
    parser.add_argument("--sheet", metavar="NAME", help="its sheet (the active one, or else the first that has jobs)")
    options.add_text_reading(parser)
    options.add_allow_key_env(parser)
    parser.add_argument("--yes", action="store_true", help="pay twice without being asked")
    options.add_json(parser, "one JSON object for each measurement on standard output")
    parser.set_defaults(header_row=None, id_column=None, skip_hidden=False, password=False)


def execute(arguments: argparse.Namespace) -> int:
    """Measure."""
    if (arguments.workbook is None) != (arguments.chain is None):
        raise UsageError("A real sheet is measured with --workbook and --chain together.")
    if arguments.workbook is None:
        return event_loop.run(_simulated(arguments))
    chain = read_chain(arguments)
    manifest = read_fitting_manifest(arguments, chain)
    choice = RowSelection.parse(arguments.rows).fitted(manifest)
    session = open_session(manifest, chain, MemoryJournal(), chain_path=arguments.chain)
    plan = session.plan(choice)
    allow_keys(session, allowed=arguments.allow_key_env)
    together = max(arguments.concurrency or (chain.concurrency,))
    if not _agreed(arguments, chain, plan):
        raise UsageError("Nothing was run.")
    return event_loop.run(_real(arguments, session, choice, together))


# --- simulated -------------------------------------------------------------------------------------------------


async def _simulated(arguments: argparse.Namespace) -> int:
    mean = arguments.latency * arguments.latency_scale
    demo = SimulatorOptions(latency=mean, distribution=arguments.distribution, seed=arguments.seed)
    async with demo_process(demo) as address:
        bench = Bench(demo, {DEMO_BASE_URL: address})
        await bench.measure(5, 5)  # a first run loads what later ones find loaded
        if not arguments.json:
            spread = f"{duration(arguments.latency)} on average, {arguments.distribution}"
            say(f"Simulated calls of {spread}, at {arguments.latency_scale:g} of their time.")
            say()
        calls, limit = arguments.batch[0], max(arguments.concurrency or (_AT_ONCE,))
        first = [await bench.measure(calls, 1), await bench.measure(calls, limit)]
        _print_first(arguments, first)
        measured = []
        for batch in arguments.batch:
            for concurrency in arguments.concurrency or (1, 5, 10, 25):
                measured.append(await bench.measure(batch, concurrency))
                _print_measured(arguments, measured[-1], head=len(measured) == 1)
    return Exit.DONE


def _print_first(arguments: argparse.Namespace, first: list[Measurement]) -> None:
    apart, together = first
    if arguments.json:
        seconds = apart.seconds, together.seconds
        say_json(BenchFirstLine(apart.calls, together.concurrency, *seconds, together.speed_up))
        return
    lines = [
        [f"{apart.calls} calls one after another", f"{apart.seconds:.2f} s", ""],
        [
            f"{together.calls} calls, {together.concurrency} at once",
            f"{together.seconds:.2f} s",
            f"{together.speed_up:.1f} × faster",
        ],
    ]
    for line in table(lines, right=" rr"):
        say(line)
    say()


def _print_measured(arguments: argparse.Namespace, measured: Measurement, *, head: bool) -> None:
    if arguments.json:
        say_json(_measured_line(measured))
        return
    if head:
        say(
            "Ideal: the greater of sum / at once and the longest call. In order: each call goes to the first free slot."
        )
        say(f"{'calls':>6}{'at once':>9}{'time':>10}{'speed-up':>10}{'ideal':>10}{'share':>8}{'in order':>12}   share")
    say(
        f"{measured.calls:>6}{measured.concurrency:>9}{measured.seconds:>8.2f} s{measured.speed_up:>8.1f} ×"
        f"{measured.ideal:>8.2f} s{measured.share:>8.1%}{measured.in_order:>10.2f} s"
        f"{measured.in_order / measured.seconds:>8.1%}"
    )


# --- a real sheet ----------------------------------------------------------------------------------------------


def _agreed(arguments: argparse.Namespace, chain: Chain, plan: Plan) -> bool:
    cost = plan.estimate.cost
    words = f"at a price of about {money(cost * 2)}" if cost is not None else "at a price that is not known"
    note(
        f"{count(len(plan.rows), 'row')} of {arguments.workbook.name} are run twice by {chain.name}: "
        f"{count(plan.calls * 2, 'call')}, {words}. Nothing of it is kept."
    )
    if arguments.yes:
        return True
    if not sys.stdin.isatty():
        raise UsageError("This pays twice. Add --yes to agree.")
    note("Go on? [y/N]")
    return sys.stdin.readline().strip().lower() in ("y", "yes")


async def _real(arguments: argparse.Namespace, session: Session, choice: RowSelection, together: int) -> int:
    demo = SimulatorOptions(latency=arguments.latency * arguments.latency_scale, distribution=arguments.distribution)
    manifest, chain, keys = session.manifest, session.chain, session.keys
    async with AsyncExitStack() as stack:
        addresses = {}
        if uses_demo(chain):
            addresses[DEMO_BASE_URL] = await stack.enter_async_context(demo_process(demo))
        apart = await run_once(chain, manifest, 1, addresses, choice, keys)
        if apart.state is RunState.HALTED:
            message = f"{apart.message}\nThe second run is not begun."
            note(message)
            if arguments.json:
                say_json(refusal_line(ErrorKind.CALL, message, Exit.HALTED))
            return Exit.HALTED
        beside = await run_once(chain, manifest, together, addresses, choice, keys)
    comparison = Comparison(apart, beside)
    if arguments.json:
        say_json(_compared_line(comparison, together))
    else:
        _print_comparison(comparison, together)
    return Exit.FAILED if apart.failures or beside.failures else Exit.DONE


def _print_comparison(found: Comparison, together: int) -> None:
    rows = [["", "one after another", f"{together} at once"]]
    pair = (found.apart, found.together)
    rows.append(["time", *(duration(outcome.snapshot.elapsed) for outcome in pair)])
    rows.append(["rows done", *(f"{_done(outcome):,}" for outcome in pair)])
    rows.append(["calls tried again", *(_kinds(outcome.troubles) for outcome in pair)])
    rows.append(["rows failed", *(_kinds(outcome.failures) for outcome in pair)])
    rows.append(["tokens", *(f"{outcome.snapshot.usage.total:,}" for outcome in pair)])
    rows.append(["cost", *(money(outcome.snapshot.cost) for outcome in pair)])
    for line in table(rows, right=" rr"):
        say(line)
    say(f"Side by side was {found.speed_up:.1f} × faster. Both together cost {money(found.cost)}.")
    for outcome in pair:
        if outcome.message:
            say(outcome.message)
    differing = found.differing
    if differing:
        places = sorted({row for row, _ in differing})
        say(f"{count(len(differing), 'output')} differ between the two, in rows {row_ranges(places)}.")
        say("Models answer differently from call to call unless temperature is 0 and seed is set; even then they may.")
    else:
        say("All outputs are the same in both.")


def _measured_line(measured: Measurement) -> BenchMeasuredLine:
    return BenchMeasuredLine(
        calls=measured.calls,
        concurrency=measured.concurrency,
        seconds=measured.seconds,
        baseline_seconds=measured.baseline,
        ideal_seconds=measured.ideal,
        in_order_seconds=measured.in_order,
        speed_up=measured.speed_up,
        share_of_ideal=measured.share,
    )


def _compared_line(found: Comparison, together: int) -> BenchComparedLine:
    def one(outcome: Outcome, concurrency: int) -> BenchRun:
        shot = outcome.snapshot
        return BenchRun(
            concurrency=concurrency,
            seconds=shot.elapsed,
            rows_done=_done(outcome),
            retried=outcome.troubles,
            failures=outcome.failures,
            total_tokens=shot.usage.total,
            cost=shot.cost,
            state=outcome.state,
        )

    differing = tuple(OutputPlace(row, step) for row, step in found.differing)
    return BenchComparedLine(one(found.apart, 1), one(found.together, together), found.speed_up, differing)


def _done(outcome: Outcome) -> int:
    return outcome.snapshot.counts[Status.DONE]


def _kinds(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} × {kind}" for kind, number in counts.items()) or "none"
