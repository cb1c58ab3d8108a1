"""``chaindesk init``: a chain to begin with, its example sheet and the schema that editors read, in a folder."""

from __future__ import annotations

import argparse
import shutil
from pathlib import Path

from chaindesk.cli import options
from chaindesk.cli.printing.output import say
from chaindesk.cli.printing.output_paths import shown_path
from chaindesk.cli.program import command
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.settings import resource

_SCHEMA = "chain.schema.json"

DESCRIPTION = """Put a chain to begin with, its example workbook and the schema for your editor into a folder.

The chain asks the simulated provider, so that it runs without a key. No file that is there is replaced."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument(
        "folder", metavar="FOLDER", type=options.path, nargs="?", default=Path(), help="where (this folder)"
    )
    parser.add_argument(
        "--example", metavar="NAME", default="articles", help=f"one of: {', '.join(example_names())} (%(default)s)"
    )


def execute(arguments: argparse.Namespace) -> int:
    """Write the files."""
    from chaindesk.chain_file import with_schema_line  # loads the reader of chain files, which help does not need

    name, folder = arguments.example, arguments.folder
    if name not in example_names():
        nearest = nearest_name(name, example_names())
        hint = f"Did you mean {nearest}?" if nearest else f"There are: {', '.join(example_names())}."
        raise UsageError(f'No example is called "{name}". {hint}')
    chain, workbook, schema = (folder / one for one in (f"{name}.yaml", f"{name}.xlsx", _SCHEMA))
    there = [path.name for path in (chain, workbook) if path.exists()]
    if there:
        are = "are" if there[1:] else "is"
        raise UsageError(f"{' and '.join(there)} {are} in {shown_path(folder)} already. Nothing was written.")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not schema.exists():
            shutil.copyfile(resource(f"examples/{_SCHEMA}"), schema)
        text = resource(f"examples/{name}.yaml").read_text(encoding="utf-8")
        chain.write_text(with_schema_line(text, schema), encoding="utf-8")
        shutil.copyfile(resource(f"examples/{name}.xlsx"), workbook)
    except OSError as error:
        raise SaveError(f"{shown_path(folder)} cannot be written: {error.strerror}.") from error
    for path, words in ((chain, "the chain"), (workbook, "its example workbook"), (schema, "what editors know it by")):
        say(f"{shown_path(path)}  ({words})")
    say(f"Look at it first:  {command('check', workbook, '--chain', chain)}")
    say(f"Then run it:       {command('run', workbook, '--chain', chain)}")
    return 0


def example_names() -> list[str]:
    """Return the chains to begin with, by name."""
    return sorted(path.stem for path in resource("examples").glob("*.yaml"))
