"""``chaindesk help``: the options of a command, and the reference of chain files and of ``--json`` out of the code."""

from __future__ import annotations

import argparse

from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import UsageError

DESCRIPTION = """Tell of a command, of the fields that a chain file may have, or of the lines that --json prints.

chaindesk help chain              every field
chaindesk help chain run_if       one field, by its name or its path such as providers.NAME.base_url
chaindesk help chain --schema     the JSON Schema for editors
chaindesk help json               the lines that --json prints; with a name, the fields of one
chaindesk help json --schema      their JSON Schema
chaindesk help chain --example articles > article.yaml     a shipped chain to begin with"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options."""
    parser.add_argument("topic", metavar="COMMAND|chain|json", nargs="?", default="", help="what is told of")
    parser.add_argument(
        "field", metavar="FIELD", nargs="?", default="", help="one field of the chain file, or one line of --json"
    )
    parser.add_argument(
        "--schema", action="store_true", help="print the JSON Schema of chain files, or of the lines of --json"
    )
    parser.add_argument("--example", metavar="NAME", help="print a shipped chain, for a file of your own")


def execute(arguments: argparse.Namespace) -> int:
    """Tell it."""
    from chaindesk.cli.main import COMMANDS, main

    if arguments.topic == "chain":
        from chaindesk.cli.help.chain_fields import tell_of_chain

        return tell_of_chain(arguments)
    if arguments.topic == "json" and not arguments.example:
        from chaindesk.cli.help.json_lines import tell_of_json

        return tell_of_json(arguments)
    if arguments.field or arguments.schema or arguments.example:
        raise UsageError("FIELD, --schema and --example belong to: chaindesk help chain")
    if arguments.topic and arguments.topic not in COMMANDS:
        topics = [*COMMANDS, "chain", "json"]
        nearest = nearest_name(arguments.topic, topics)
        hint = f"Did you mean {nearest}?" if nearest else f"There are: {', '.join(topics)}."
        raise UsageError(f'There is no command "{arguments.topic}". {hint}')
    return main([*filter(None, [arguments.topic]), "--help"])
