"""``chaindesk run``: a chain over the rows of a workbook."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.cli import event_loop, options, program
from chaindesk.cli.inputs import (
    find_chain,
    open_session,
    opened_journal,
    read_chain,
    read_fitting_manifest,
)
from chaindesk.cli.printing.output import reading_notices
from chaindesk.cli.printing.output_paths import STANDARD_OUTPUT, is_same, target_of
from chaindesk.cli.printing.piped_result import piped_result
from chaindesk.cli.printing.progress import progress_style
from chaindesk.cli.run_and_export import RunReporting, run_and_export
from chaindesk.domain.chains.chain import Chain, RowOrder
from chaindesk.domain.completion import Speed
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.run.options import RunOptions
from chaindesk.workbook import check_target, export_name

if TYPE_CHECKING:
    from chaindesk.engine.endpoints import Access
    from chaindesk.engine.session import Session

DESCRIPTION = """Run a chain over the rows of a workbook, and save its answers into new columns of a copy.

Answers that are known are not paid for again: after a stop or a failure the same line goes on where it was."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_workbook(parser)
    options.add_found_chain(parser)
    options.add_rows(parser)
    parser.add_argument("--concurrency", metavar="N", type=options.rows_at_once, help="rows at once (the chain's)")
    options.add_speed(parser)
    parser.add_argument(
        "--order",
        choices=[order.value for order in RowOrder],
        help="the order in which rows begin; results stand in sheet order either way (the chain's)",
    )
    parser.add_argument(
        "--detach",
        action="store_true",
        help="end once all batch jobs are sent instead of waiting for them; the same line again goes on",
    )
    options.add_finish_live(parser)
    parser.add_argument("--budget", metavar="USD", type=options.dollars, help="never spend more than this")
    parser.add_argument(
        "--wait", action="store_true", help="wait for a limit of an hour or a day to pass, instead of ending there"
    )
    parser.add_argument(
        "--no-brake", action="store_true", help="go on even where more than half of the rows fail for one reason"
    )
    options.add_out(parser, "the result; - is standard output (NAME.completed.xlsx beside the workbook)")
    parser.add_argument("--overwrite", action="store_true", help="write into the workbook itself; a copy is kept")
    parser.add_argument("-n", "--dry-run", action="store_true", help="make no call: say what `chaindesk check` says")
    options.add_allow_key_env(parser)
    options.add_cluster(parser)
    options.add_journal(parser)
    options.add_json(
        parser, "one event per line on standard output; the last names the result, or what stopped it before"
    )
    options.add_loudness(parser)


def execute(arguments: argparse.Namespace) -> int:
    """Run it."""
    if arguments.finish_live and (arguments.detach or arguments.speed == Speed.BATCH.value):
        raise UsageError("--finish-live waits for no batch job. Leave out --detach and --speed batch.")
    if arguments.dry_run:
        from chaindesk.cli.commands import check

        arguments.offline = False
        return check.execute(arguments)
    if arguments.cluster:
        options.cluster_address(arguments.cluster, arguments)  # what is wrong with it is told before anything is read
    find_chain(arguments)
    choice = RowSelection.parse(arguments.rows)
    chain = read_chain(arguments)
    manifest = read_fitting_manifest(arguments, chain)
    choice = choice.fitted(manifest)
    chosen = RunOptions(
        choice=choice,
        concurrency=arguments.concurrency,
        fresh=arguments.fresh,
        budget=arguments.budget,
        wait_for_limits=arguments.wait,
        brake=not arguments.no_brake,
        detach=arguments.detach,
        finish_live=arguments.finish_live,
        order=RowOrder(arguments.order) if arguments.order else None,
        tells_reused=arguments.json,
    )
    with piped_result(arguments.out, json=arguments.json, overwrite=arguments.overwrite) as out:
        target = target_of(arguments.workbook, out, overwrite=arguments.overwrite)
        check_target(arguments.workbook, target, overwrite_source=is_same(arguments.workbook, target))
        return event_loop.run(_run(arguments, chain, manifest, target, chosen))


def _again_words(arguments: argparse.Namespace) -> str:
    line = _line("run", arguments, "--rows", "failed")
    if arguments.fresh:
        return f"Failed rows keep the answers of earlier runs. Run those that have none: {line}"
    return f"Run the failed rows again: {line}"


async def _run(
    arguments: argparse.Namespace, chain: Chain, manifest: Manifest, target: Path, chosen: RunOptions
) -> int:
    reporting = RunReporting(
        title=f"{chain.name} over {manifest.path.name}",
        json=arguments.json,
        style=progress_style(quiet=arguments.quiet, json=arguments.json),
        verbose=arguments.verbose,
        again=_again_words(arguments),
        export_hint=_line("export", arguments, "--out", _other_file(arguments.workbook)),
        notices=(*reading_notices(manifest), *manifest.notices),
        go_on=_line("run", arguments, "--rows", arguments.rows),
        saves_nothing_new=arguments.out is not None,
        piped=arguments.out == STANDARD_OUTPUT,
    )
    with opened_journal(arguments) as journal:
        password = arguments.password_text
        session = open_session(manifest, chain, journal, chain_path=arguments.chain, password=password)
        access = _cluster_access(arguments, session)
        return await run_and_export(
            session, chosen, target, reporting, allow_key_env=arguments.allow_key_env, access=access
        )


def _cluster_access(arguments: argparse.Namespace, session: Session) -> Access | None:
    if not arguments.cluster:
        return None
    from chaindesk.cluster.access import ClusterAccess

    address = options.cluster_address(arguments.cluster, arguments)
    return ClusterAccess(address, session)


def _line(command: str, arguments: argparse.Namespace, *words: str) -> str:
    """Return another command over the same sheet, to be pasted, with the options that it shares with this run.

    What this run read from a pipe or wrote into one is a file in it, whose name is for the user to put in.
    """
    given = dict(vars(arguments))
    shared = ["sheet", "header_row", "id_column", "skip_hidden", "delimiter", "encoding", "password", "journal"]
    if command == "run":
        shared = ["chain", *shared, "concurrency", "speed", "detach", "finish_live", "order"]
        shared += [
            "budget",
            "wait",
            "no_brake",
            "out",
            "overwrite",
            "allow_key_env",
            "cluster",
            "tls_ca_file",
            "tls_cert",
            "tls_key",
        ]
        if str(given["chain"]) == "-":
            given["chain"] = "CHAIN.yaml"
        if given["out"] == STANDARD_OUTPUT:
            given["out"] = _other_file(arguments.workbook)
    parts = [command, str(arguments.workbook), *words]
    for name in shared:
        value = given[name]
        if value is True:
            parts.append(_option(name))
        elif value is not None and value is not False:
            parts += [_option(name), str(value)]
    return program.command(*parts)


def _other_file(workbook: Path) -> str:
    return f"OTHER{export_name(workbook).suffix}"


def _option(name: str) -> str:
    return f"--{name.replace('_', '-')}"
