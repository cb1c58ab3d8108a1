"""From words to a command: which one is meant, its options, and the exit status whatever happens in it.

Each command's module is imported only when it is asked for, so that ``chaindesk --help`` loads nothing heavy.
"""

from __future__ import annotations

import argparse
import importlib
import os
import sys

from chaindesk.cli.exit_status import Exit
from chaindesk.cli.printing.output import finish_output, note, prepare_streams, say

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
    "demo": "the example, at no cost",
    "init": "begin with an example",
    "run": "a chain over a workbook",
    "check": "what would run and cost",
    "compare": "prompts, models, runs",
    "show": "one row and its versions",
    "watch": "run what a folder gets",
    "jobs": "batch jobs and their end",
    "collect": "what batch jobs brought",
    "export": "save what is known",
    "runs": "past runs, clean them up",
    "report": "one run in figures",
    "bench": "measure the speed-up",
    "models": "a provider's models",
    "keys": "keep and test API keys",
    "worker": "make a cluster's calls",
    "serve-demo": "the simulated provider",
    "mcp": "a server for agents",
    "paths": "where everything is",
    "completion": "Tab completion",
    "help": "a command, chain fields",
}
"""Each command in the few words that ``--help`` has room for; its own help tells more."""
_RUNNING = ("run", "demo", "compare", "watch", "mcp")
"""The commands that keep something; the others make no file or folder that nobody asked for."""


class _Misused(SystemExit):
    """The options are wrong, as was said on standard error."""

    def __init__(self, message: str) -> None:
        super().__init__(Exit.BAD_INPUT)
        self.message = message


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in two lines, and prints as all commands do: no text can command the terminal."""

    def _print_message(self, message: str, file: Any = None) -> None:
        if file is sys.stderr:
            note(message.rstrip("\n"))
        else:
            say(message.rstrip("\n"))

    def error(self, message: str) -> NoReturn:
        """Print the mistake, and end."""
        if message.startswith("unrecognized arguments: --"):
            import difflib

            given = message.split()[2].partition("=")[0]
            nearest = difflib.get_close_matches(given, self._option_string_actions, 1)
            message += f". Did you mean {nearest[0]}?" if nearest else ""
        note(f"{self.prog}: {message}\n{self.prog} --help lists the options.")
        raise _Misused(message)


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
    if "_ARGCOMPLETE" in os.environ:
        from chaindesk.cli.help.completion import complete

        return complete()
    prepare_streams()
    return finish_output(_status(argv))


def _status(argv: Sequence[str]) -> int:
    try:
        return _dispatch(list(argv))
    except SystemExit as exit_:
        if isinstance(exit_, _Misused) and "--json" in argv:
            _say_refusal(Exit.BAD_INPUT, exit_.message)
        return exit_.code if isinstance(exit_.code, int) else Exit.BAD_INPUT
    except KeyboardInterrupt:
        message = "Interrupted. Every answer that had arrived is kept."
        note(message)
        if "--json" in argv:
            _say_refusal(Exit.INTERRUPTED, message)
        return Exit.INTERRUPTED
    except Exception as error:  # the edge: nothing may reach the user as a traceback
        from chaindesk.cli.error_handler import report_error

        return report_error(error, as_json="--json" in argv)


def _say_refusal(status: Exit, message: str) -> None:
    from chaindesk.cli.error_handler import refusal_line
    from chaindesk.cli.printing.output import say_json
    from chaindesk.json_contract.run_lines import ErrorKind

    kind = ErrorKind.INTERRUPTED if status is Exit.INTERRUPTED else ErrorKind.USAGE
    say_json(refusal_line(kind, message, status))


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
    if not _looks_like_a_file(first):
        _refuse_word(first)
    return _window(first, argv[1:])


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

    _refuse_more(words)
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


def _refuse_more(words: list[str]) -> None:
    """The window takes a workbook alone; options with one dash are Qt's own, such as ``-platform offscreen``.

    Raises:
        _Misused: there is more.
    """
    if words and (not words[0].startswith("-") or words[0].startswith("--")):
        message = f'The window takes a workbook alone, not "{words[0]}". chaindesk run WORKBOOK --chain CHAIN runs one.'
        note(message)
        raise _Misused(message)


def _looks_like_a_file(word: str) -> bool:
    return os.path.exists(word) or "." in word or "/" in word or "\\" in word


def _refuse_word(word: str) -> NoReturn:
    import difflib

    nearest = difflib.get_close_matches(word, COMMANDS, n=1, cutoff=0.5)
    hint = f"Did you mean chaindesk {nearest[0]}?" if nearest else "chaindesk --help lists the commands."
    message = f'"{word}" is neither a command nor a workbook. {hint}'
    note(message)
    raise _Misused(message)


def _top_parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="chaindesk",
        usage="chaindesk [WORKBOOK]          opens the window (a file called run: ./run)\n"
        "       chaindesk COMMAND [options]   chaindesk help COMMAND tells the options\n"
        "       chaindesk --version           and the versions of what it stands on",
        description="Runs chains of model calls over the rows of a workbook; loses no paid answer.",
        epilog="commands:\n" + "\n".join(_command_lines()) + "\n\n"
        "exit status: 0 all rows done, 1 some failed, 2 bad input and nothing run,\n"
        "3 ended early, 4 not saved (the journal has it), 5 out in batch jobs,\n70 our mistake, 130 interrupted",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        add_help=False,
    )
    parser.add_argument("-h", "--help", action="help", help=argparse.SUPPRESS)
    parser.add_argument("--version", action=_Version, help=argparse.SUPPRESS)
    return parser


def _command_lines() -> list[str]:
    """Return the commands in two columns, so that help fits a screen of 24 lines."""
    parts = [f"  {name:<12}{words}" for name, words in COMMANDS.items()]
    half = (len(parts) + 1) // 2
    return [f"{left:<40}{right}".rstrip() for left, right in zip(parts[:half], [*parts[half:], ""], strict=False)]
