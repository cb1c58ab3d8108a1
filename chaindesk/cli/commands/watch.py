"""``chaindesk watch``: every workbook that is put into a folder comes back completed."""

from __future__ import annotations

import argparse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from chaindesk.cli import event_loop, options
from chaindesk.cli.inputs import opened_journal, permission_hint, read_chain
from chaindesk.cli.interrupts import interrupts
from chaindesk.cli.printing.output import note, say, say_json
from chaindesk.cli.printing.output_paths import shown_path
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import InputError, UsageError
from chaindesk.json_contract.watch_lines import WorkbookFinishedLine, WorkbookStartedLine, WorkbookWaitingLine

if TYPE_CHECKING:
    from chaindesk.cli.watch.watcher import Watcher

DESCRIPTION = """Run a chain over every workbook that is put into a folder, until Ctrl-C or a signal ends it.

A workbook is taken once nobody copies it any more or has it open. While it runs it is in FOLDER/working; then it is,
with its result beside it, in a folder of its own in FOLDER/done, or in FOLDER/failed with a text that says why. What is
wrong with a key, an account, a provider or the disk fails no workbook: it is kept in FOLDER/working and tried again.

A stop or a kill loses nothing: the next start goes on, and nothing that was answered is paid for twice.

Exit status of --once: 0 all done, 1 some failed, 3 some wait for another try."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("folder", metavar="FOLDER", type=options.path, help="the folder into which workbooks are put")
    options.add_chain(parser)
    options.add_sheet_reading(parser)
    parser.add_argument("--budget", metavar="USD", type=options.dollars, help="never spend more on one workbook")
    parser.add_argument(
        "--budget-per-day",
        metavar="USD",
        type=options.dollars,
        help="never spend more in a day, with what else was run into this journal today; the rest goes on tomorrow",
    )
    parser.add_argument(
        "--at-once", metavar="N", type=options.positive, default=1, help="workbooks side by side (%(default)s)"
    )
    parser.add_argument("--once", action="store_true", help="end when all that is there has been run, as for cron")
    parser.add_argument(
        "--settle",
        metavar="SECONDS",
        type=options.seconds,
        default=5.0,
        help="how long a file must not have changed before it is taken (%(default)g)",
    )
    options.add_allow_key_env(parser)
    options.add_journal(parser)
    options.add_json(parser, "one JSON object on standard output as each workbook begins, waits and ends")


def execute(arguments: argparse.Namespace) -> int:
    """Watch it."""
    if str(arguments.chain) == "-":
        raise UsageError("A watcher needs its chain again and again. Put it into a file, and name that with --chain.")
    chain = read_chain(arguments)
    return event_loop.run(_watch(arguments, chain))


async def _watch(arguments: argparse.Namespace, chain: Chain) -> int:
    from chaindesk.cli.watch.day_budget import DayBudget
    from chaindesk.cli.watch.job_folders import JobFolders
    from chaindesk.cli.watch.watcher import Watcher, WatchOptions

    await _check_keys(chain, allowed=arguments.allow_key_env)
    folders = JobFolders(shown_path(arguments.folder) if arguments.json else arguments.folder)
    every_s = min(2.0, max(arguments.settle / 2, 0.05))
    how = WatchOptions(once=arguments.once, at_once=arguments.at_once, every_s=every_s, settle_s=arguments.settle)
    tell = _tell_json if arguments.json else _tell
    try:
        with opened_journal(arguments) as journal:
            budgets = DayBudget(journal, arguments.budget, arguments.budget_per_day)
            watcher = Watcher(folders, arguments, chain, journal, budgets, how, tell)
            return await _until_stopped(watcher, arguments.folder)
    finally:
        folders.close()


async def _until_stopped(watcher: Watcher, folder: Path) -> int:
    note(f"Watching {folder}. Ctrl-C ends it.")
    with interrupts(watcher.stop):
        return await watcher.watch()


async def _check_keys(chain: Chain, *, allowed: bool) -> None:
    """Find out at the start, and not by night, whether the providers can be asked.

    Raises:
        InputError: a key is missing, or a variable waits for the user's word.
    """
    from chaindesk.credentials import KeyStore
    from chaindesk.engine.endpoints import endpoints_of, read_keys

    store = KeyStore()
    endpoints = endpoints_of(chain, []).values()
    pending = store.pending_permissions(endpoints)
    if pending and not allowed:
        raise UsageError("\n".join(map(permission_hint, pending)))
    for one in pending:
        store.allow(one, remember=False)
    if lacking := await read_keys(endpoints, store, {}):
        raise InputError(lacking)


def _tell(event: str, workbook: Path, more: dict[str, Any]) -> None:
    match event:
        case "workbook_started":
            note(f"{workbook.name}: begun")
        case "workbook_finished":
            say(f"{workbook.name}: {more['outcome']}, in {more['folder']}")
            for line in more["message"].splitlines():
                say(f"  {line}")
        case _:
            note(f"{workbook.name}: waits. {more['message']}")


def _tell_json(event: str, workbook: Path, more: dict[str, Any]) -> None:
    now, name = datetime.now(UTC), workbook.name
    match event:
        case "workbook_started":
            say_json(WorkbookStartedLine(now, name))
        case "workbook_finished":
            say_json(WorkbookFinishedLine(now, name, **more))
        case _:
            say_json(WorkbookWaitingLine(now, name, **more))
