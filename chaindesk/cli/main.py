"""From words to a command: which one is meant, its options, and the exit status whatever happens in it.

Each command's module is imported only when it is asked for, so that ``chaindesk --help`` loads nothing heavy.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from chaindesk.cli.exit_status import Exit
from chaindesk.cli.output import finish_output, note, prepare_streams, say

TYPE_CHECKING = False  # as typing's own; what is imported here is paid for by every command, --help among them
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any, NoReturn, Protocol

    class Command(Protocol):
        """What each module in ``commands`` offers."""

        DESCRIPTION: str

        def add_arguments(self, parser: argparse.ArgumentParser) -> None:
            """Declare the command's options."""
            ...

        def execute(self, arguments: argparse.Namespace) -> int:
            """Do it, and give the exit status."""
            ...


COMMANDS = {
    "demo": "run the example workbook with the simulated provider: no key, no cost",
    "init": "put a chain to begin with, its example workbook and the schema into a folder",
    "run": "run a chain over the rows of a workbook",
    "check": "say what would run and cost, and every mistake in chain and sheet; no call is made",
    "show": "show one row: its outputs, their versions, and why it failed",
    "export": "save the workbook with what the journal knows, now or at the end of a past run",
    "runs": "list past runs; clean old ones up, which asks first",
    "report": "tell of one run, in figures or as a page with charts; make a bundle for a bug report",
    "bench": "measure one after another against side by side",
    "models": "list a provider's models with their prices",
    "keys": "keep, test, list or delete API keys in the system's keyring",
    "serve-demo": "run the simulated provider as a server",
    "paths": "say where journal, logs, settings, examples and guide are",
    "help": "tell of a command, or of every field of a chain file",
}
_RUNNING = ("run", "demo")
"""The commands that keep something; the others make no file or folder that nobody asked for."""


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in two lines, and prints as all commands do: no text can command the terminal."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stderr:
            note(message.rstrip("\n"))
        else:
            say(message.rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        """Print the mistake, and end."""
        self.exit(Exit.BAD_INPUT, f"{self.prog}: {message}\n{self.prog} --help lists the options.\n")


class _Version(argparse.Action):
    """Prints the versions, and ends."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest=argparse.SUPPRESS, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> NoReturn:
        from chaindesk.cli.help.versions import version_lines

        for line in version_lines():
            say(line)
        parser.exit()


def main(argv: Sequence[str]) -> int:
    """Run one command, or open the window, and give the exit status. Nothing is raised but ``SystemExit``."""
    prepare_streams()
    return finish_output(_status(argv))


def _status(argv: Sequence[str]) -> int:
    try:
        return _dispatch(list(argv))
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else Exit.BAD_INPUT
    except KeyboardInterrupt:
        note("Interrupted. Every answer that had arrived is kept.")
        return Exit.INTERRUPTED
    except Exception as error:  # the edge: nothing may reach the user as a traceback
        from chaindesk.cli.error_handler import report_error

        return report_error(error, as_json="--json" in argv)


def _dispatch(argv: list[str]) -> int:
    if not argv:
        return _window(None, argv)
    first = argv[0]
    if first in COMMANDS:
        return _command(first, argv[1:])
    if first == "--" and len(argv) > 1:
        return _window(argv[1], argv[2:])
    if first.startswith("-"):
        _top_parser().parse_args(argv)
        return Exit.DONE
    if _looks_like_a_file(first):
        return _window(first, argv[1:])
    return _neither(first)


def _command(name: str, words: list[str]) -> int:
    module: Any = importlib.import_module(f"chaindesk.cli.commands.{name.replace('-', '_')}")
    command: Command = module
    parser = _Parser(
        prog=f"chaindesk {name}",
        description=command.DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    command.add_arguments(parser)
    from chaindesk.cli.error_handler import start_log

    arguments = parser.parse_args(words)
    start_log(make_folder=name in _RUNNING)
    from chaindesk.cli.interrupts import interruptible

    with interruptible():
        return command.execute(arguments)


def _window(name: str | None, words: list[str]) -> int:
    from pathlib import Path

    workbook = None if name is None else Path(name)
    if workbook is not None and not workbook.is_file():
        note(f"There is no workbook {workbook}.")
        return Exit.BAD_INPUT
    try:
        # The command line must do without the window; so this is the one place that asks for it.
        application = importlib.import_module("chaindesk.desktop.app")
    except ImportError as error:
        note(
            f"The window cannot be opened here, because Qt does not load ({error}).\n"
            "Everything works without it: chaindesk --help lists the commands."
        )
        return Exit.BAD_INPUT
    return int(application.run(workbook, words))


def _looks_like_a_file(word: str) -> bool:
    return os.path.exists(word) or "." in word or "/" in word or "\\" in word


def _neither(word: str) -> int:
    import difflib

    nearest = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.5)
    hint = f"Did you mean chaindesk {nearest[0]}?" if nearest else "chaindesk --help lists the commands."
    note(f'"{word}" is neither a command nor a workbook. {hint}')
    return Exit.BAD_INPUT


def _top_parser() -> argparse.ArgumentParser:
    width = max(map(len, COMMANDS)) + 2
    lines = "\n".join(f"  {name:<{width}}{words}" for name, words in COMMANDS.items())
    parser = _Parser(
        prog="chaindesk",
        usage="chaindesk [WORKBOOK]\n       chaindesk COMMAND [options]",
        description="Runs chains of model calls over the rows of a workbook, side by side, and loses no paid answer.",
        epilog=f"commands:\n{lines}\n\n"
        "Without a command the window opens, with WORKBOOK if one is named. A workbook that is called like a command\n"
        "is opened by its path: chaindesk ./run\n\n"
        "chaindesk COMMAND --help tells a command's options.\n\n"
        "exit status: 0 every chosen row done, 1 some rows failed, 2 bad input or usage and nothing run,\n"
        "             3 stopped early (key, quota, budget, a provider or a disk that stays away, or the brake),\n"
        "             4 run, but the result could not be saved: every answer is kept in the journal,\n"
        "             70 a mistake in ChainDesk itself, 130 interrupted; every answer that had arrived is kept",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, help="show the versions of ChainDesk and of what it stands on")
    return parser
