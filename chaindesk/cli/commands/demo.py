"""``chaindesk demo``: the main job on the example workbook, with the simulated provider."""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from chaindesk.cli import event_loop, options
from chaindesk.cli.inputs import open_session, opened_journal
from chaindesk.cli.printing.output import note
from chaindesk.cli.printing.output_paths import target_of
from chaindesk.cli.printing.progress import progress_style
from chaindesk.cli.program import command
from chaindesk.cli.run_and_export import RunReporting, run_and_export
from chaindesk.domain.errors import SaveError
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.run.options import RunOptions
from chaindesk.settings import home, resource
from chaindesk.workbook import check_target

DESCRIPTION = """Run three steps for each article of the example workbook, with the simulated provider.

No key is needed, nothing is paid, and nothing leaves this machine. Its answers are simulated, and say so."""

_NAME = "articles-demo.completed.xlsx"
_LATENCY = 1.0
_BANNER = """\
============================================================================
 This is a demonstration. Every answer comes from a simulated provider on
 this machine: no model is asked, no key is needed, nothing is paid.
============================================================================"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("--rows", metavar="N", type=options.positive, help="only the first N rows (all)")
    options.add_out(parser, f"the result ({_NAME} in the current folder)")
    parser.add_argument("--concurrency", metavar="N", type=options.rows_at_once, help="rows at once (the chain's: 10)")
    parser.add_argument(
        "--latency", metavar="SECONDS", type=options.seconds, default=_LATENCY, help="mean time of a call (%(default)s)"
    )
    parser.add_argument(
        "--journal", metavar="FILE", type=options.path, help="the journal (one just for demonstrations)"
    )
    options.add_json(parser, "one event per line on standard output; the last line names the result")
    options.add_loudness(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Run it."""
    workbook = resource("examples/articles.xlsx")
    if arguments.out is None:
        target = _default_target(workbook)
    else:
        target = target_of(workbook, arguments.out, overwrite=False)
        check_target(workbook, target)
    note(_BANNER)
    return event_loop.run(_demonstrate(arguments, workbook, target))


async def _demonstrate(arguments: argparse.Namespace, workbook: Path, target: Path) -> int:
    from chaindesk.chain_file import load_chain
    from chaindesk.domain.completion import DEMO_BASE_URL
    from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
    from chaindesk.workbook import ReadOptions, open_manifest

    chain_path = resource("examples/articles.yaml")
    chain = load_chain(chain_path)
    manifest = open_manifest(workbook, ReadOptions(id_column=chain.id_column))
    reporting = RunReporting(
        title="The example: research, draft and edit for each article",
        json=arguments.json,
        style=progress_style(quiet=arguments.quiet, json=arguments.json),
        verbose=arguments.verbose,
        again=f"Run the failed rows again: {command('demo')}",
        export_hint=command("demo", "--out", "OTHER.xlsx"),
    )
    # A second demonstration is one, too: nothing is taken over from the first.
    chosen = RunOptions(choice=RowSelection(first=arguments.rows), concurrency=arguments.concurrency, fresh=True)
    # A demonstration's answers must not be found among real ones.
    with opened_journal(arguments, home() / "demo.sqlite3") as journal:
        async with SimulatorServer(SimulatorOptions(latency=arguments.latency)) as server:
            addresses = {DEMO_BASE_URL: server.base_url}
            session = open_session(manifest, chain, journal, chain_path=chain_path, addresses=addresses)
            status = await run_and_export(session, chosen, target, reporting)
    if not arguments.json:
        _say_what_next(workbook)
    return status


def _say_what_next(workbook: Path) -> None:
    note("The answers in it are simulated. With your own workbook, chain and key the same is done by")
    note(f"  {command('help', 'chain', '--example', 'articles')} > CHAIN.yaml     (a chain to begin with)")
    note(f"  {command('run', 'WORKBOOK.xlsx', '--chain', 'CHAIN.yaml')}")
    note(f"The example workbook: {workbook}")


def _default_target(workbook: Path) -> Path:
    for folder in (Path.cwd(), Path.home(), Path(tempfile.gettempdir())):
        try:
            check_target(workbook, folder / _NAME)
        except SaveError:
            continue
        return folder / _NAME
    raise SaveError("Neither this folder nor your home can be written. Choose a place with --out FILE.")
