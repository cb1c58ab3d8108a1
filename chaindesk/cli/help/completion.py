"""What Tab completes: commands, options and their values, out of the same declarations that ``--help`` prints."""

from __future__ import annotations

import argparse
import importlib
import os
from collections.abc import Callable
from typing import Any

from chaindesk.cli.main import COMMANDS

_CHAINS = ("yaml", "yml")
_WORKBOOKS = ("xlsx", "xlsm", "xltx", "xltm", "xls", "xlsb", "ods", "csv", "tsv")


def complete() -> int:
    """Tell the shell what may stand at the cursor, as argcomplete's lines for the shell ask; nothing else is done."""
    import argcomplete

    argcomplete.autocomplete(_parser(os.environ.get("COMP_LINE", "").split()), always_complete_options=False)
    return 0


def shell_lines(shell: str) -> str:
    """Return what a shell is to read at its start, so that it asks ``complete``."""
    from argcomplete.shell_integration import shellcode

    return shellcode(["chaindesk"], shell=shell).rstrip("\n")


def _parser(words: list[str]) -> argparse.ArgumentParser:
    """Return a parser of all commands; only the one that is being typed has its options, as others need not load."""
    parser = argparse.ArgumentParser(prog="chaindesk")
    parser.add_argument("--version", action="store_true", help="show the versions")
    commands = parser.add_subparsers()
    for name, told in COMMANDS.items():
        command = commands.add_parser(name, help=told)
        if name in words:
            importlib.import_module(f"chaindesk.cli.commands.{name.replace('-', '_')}").add_arguments(command)
            for action in command._actions:  # argparse has no public list of them
                _set_completer(action)
    return parser


def _set_completer(action: Any) -> None:
    from argcomplete.completers import FilesCompleter

    known: dict[str, Callable[..., object]] = {
        "chain": FilesCompleter(_CHAINS),
        "workbook": FilesCompleter(_WORKBOOKS),
        "topic": lambda **_: [*COMMANDS, "chain"],
        "provider": _providers,
        "example": _examples,
    }
    if action.dest in known and not action.choices:
        action.completer = known[action.dest]


def _examples(**_: object) -> list[str]:
    from chaindesk.cli.commands.init import example_names

    return example_names()


def _providers(**_: object) -> list[str]:
    from chaindesk.providers.registry import PRESETS

    return list(PRESETS)
