"""What ``chaindesk help chain`` prints: the fields of a chain file, its schema, and examples to begin with."""

from __future__ import annotations

import argparse
import json
import textwrap

from chaindesk.chain_file import chain_json_schema, with_schema_line
from chaindesk.chain_file.reference import FieldReference, chain_reference, fields_called, find_field
from chaindesk.cli.printing.output import say, table
from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import UsageError
from chaindesk.settings import resource

_WIDTH = 100


def tell_of_chain(arguments: argparse.Namespace) -> int:
    """Print the schema, an example, one field or all of them, and give the exit status."""
    if arguments.schema:
        say(json.dumps(chain_json_schema(), indent=2, ensure_ascii=False))
    elif arguments.example:
        say(_example(arguments.example).rstrip("\n"))
    elif arguments.field:
        say("\n\n".join(map(_whole, _found(arguments.field))))
    else:
        for line in table([[field.path, field.kind, _need(field)] for field in chain_reference()]):
            say(line)
        say("\nchaindesk help chain FIELD tells more of one.")
    return 0


def _found(words: str) -> tuple[FieldReference, ...]:
    exact = find_field(words)
    found = (exact,) if exact is not None else fields_called(words)
    if not found:
        known = [field.name for field in chain_reference()] + [field.path for field in chain_reference()]
        nearest = nearest_name(words, known)
        hint = f"Did you mean {nearest}?" if nearest else "chaindesk help chain lists them."
        raise UsageError(f'A chain has no field "{words}". {hint}')
    return found


def _whole(field: FieldReference) -> str:
    lines = textwrap.wrap(field.description, _WIDTH, initial_indent="  ", subsequent_indent="  ")
    return "\n".join([f"{field.path}: {field.kind}; {_need(field)}", *lines])


def _need(field: FieldReference) -> str:
    if field.required:
        return "required"
    return f"default {field.default}" if field.default else "optional"


def _example(name: str) -> str:
    folder = resource("examples")
    names = sorted(path.stem for path in folder.glob("*.yaml"))
    if name not in names:
        raise UsageError(f'No example is called "{name}". There are: {", ".join(names)}.')
    text = (folder / f"{name}.yaml").read_text(encoding="utf-8")
    return with_schema_line(text, folder / "chain.schema.json")
