"""``chaindesk paths``: where ChainDesk keeps what, and where what came with it is."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from chaindesk.cli import options
from chaindesk.cli.printing.output import say, say_json, table
from chaindesk.domain.errors import InputError
from chaindesk.json_contract.tool_lines import PathsLine
from chaindesk.settings import home_path, journal_path, log_folder_path, preferences_path, resource

DESCRIPTION = """Say where journal, logs and settings are, and the examples and the guide that came with ChainDesk.

Nothing is made: what says "not yet" comes into being when it is needed. CHAINDESK_HOME moves journal, settings and
logs to another folder."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    options.add_json(parser, "one JSON object of names and paths on standard output")


def execute(arguments: argparse.Namespace) -> int:
    """Say it."""
    found = known_paths()
    if arguments.json:
        say_json(PathsLine(**found))
        return 0
    for line in table([[name, _words(path)] for name, path in found.items()]):
        say(line)
    return 0


def known_paths() -> Mapping[str, Path | None]:
    """Return the paths by name; None where this installation lacks the file."""
    home = home_path()
    return {
        "folder": home,
        "journal": journal_path(),
        "settings": preferences_path(),
        "permissions": home / "key-permissions.json",
        "templates": home / "templates",
        "logs": log_folder_path(),
        "examples": _shipped("examples"),
        "schema": _shipped("examples/chain.schema.json"),
        "json_schema": _shipped("examples/json-output.schema.json"),
        "guide": _shipped("guide/index.html"),
        "licences": _shipped("licences.txt"),
        "program": Path(sys.executable),
    }


def _shipped(name: str) -> Path | None:
    try:
        return resource(name)
    except InputError:
        return None


def _words(path: Path | None) -> str:
    if path is None:
        return "not in this installation"
    return str(path) if os.path.exists(path) else f"{path}  (not yet)"
