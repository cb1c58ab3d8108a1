"""What ``chaindesk help json`` prints: the lines of ``--json``, the fields of one, and their JSON Schema."""

from __future__ import annotations

import argparse
import json
import textwrap

from chaindesk.cli.printing.output import say, table
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import UsageError
from chaindesk.json_contract.schema import json_output_schema, type_words

_WIDTH = 100


def tell_of_json(arguments: argparse.Namespace) -> int:
    """Print the schema, one line's fields or all lines, and give the exit status."""
    schema = json_output_schema()
    parts = schema["$defs"]
    if arguments.schema:
        say(json.dumps(schema, indent=1, ensure_ascii=False))
    elif not arguments.field:
        names = [one["$ref"].removeprefix("#/$defs/") for one in schema["oneOf"]]
        for line in table([[name, textwrap.shorten(parts[name]["description"], _WIDTH)] for name in names]):
            say(line)
        say("\nchaindesk help json LINE tells its fields; --schema prints the JSON Schema of all.")
    elif arguments.field in parts:
        part = parts[arguments.field]
        say("\n".join(textwrap.wrap(part["description"], _WIDTH)))
        for name, shape in part["properties"].items():
            if "const" not in shape:
                say(f"\n{name}: {type_words(shape)}")
                for words in textwrap.wrap(shape.get("description", ""), _WIDTH):
                    say(f"  {words}")
    else:
        nearest = nearest_name(arguments.field, parts)
        hint = f"Did you mean {nearest}?" if nearest else "chaindesk help json lists them."
        raise UsageError(f'--json has no line "{arguments.field}". {hint}')
    return 0
