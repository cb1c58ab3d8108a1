"""Chain files: YAML in, a checked ``Chain`` out with every mistake named by file, line and field; and the way back.

The editor and the command line share this package, so that what one saves the other reads.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, TextIO

from pydantic import ValidationError

from chaindesk.chain_file.dump import dump_chain
from chaindesk.chain_file.error_messages import problems_of
from chaindesk.chain_file.reference import FieldReference, chain_reference, describe
from chaindesk.chain_file.yaml_tree import Path as FieldPath
from chaindesk.chain_file.yaml_tree import Tree, read_tree
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import ChainError, Problem

__all__ = [
    "FieldReference",
    "chain_json_schema",
    "chain_reference",
    "describe",
    "dump_chain",
    "load_chain",
    "locate",
    "parse_chain",
    "with_schema_line",
]

STANDARD_INPUT = Path("-")
MAX_BYTES = 1_000_000
SCHEMA_ID = "urn:chaindesk:chain-file"
_SCHEMA_LINE = re.compile(r"#\s*yaml-language-server:\s*\$schema=")
_PART = re.compile(r"([^.\[\]]+)|\[(\d+)\]")
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}")


def load_chain(path: Path) -> Chain:
    """Read and check a chain file.

    Raises:
        ChainError: it cannot be read or has mistakes; each names the file, the line and the field.
    """
    return parse_chain(read_text(path), str(path))


def parse_chain(text: str, name: str) -> Chain:
    """Check a chain that is given as text; ``name`` stands for the file in messages.

    Raises:
        ChainError: it has mistakes, all of them.
    """
    chain, problems, _ = parsed(text, name)
    if chain is None or problems:
        raise ChainError(problems)
    return chain


def parsed(text: str, name: str) -> tuple[Chain | None, tuple[Problem, ...], Any]:
    """Return the chain where it can be made, every mistake by line, and the file's content as plain data."""
    tree = read_tree(text, name)
    problems = list(tree.problems)
    chain: Chain | None = None
    if tree.data is None and not problems:
        problems.append(Problem("The file is empty. A chain has a name and steps.", file=name))
    elif isinstance(tree.data, dict):
        try:
            chain = Chain.model_validate(tree.data)
        except ValidationError as error:
            problems += problems_of(error, tree, name)
    elif tree.data is not None:
        problems.append(Problem("A chain is written as names with values: name: …, steps: …", file=name, line=1))
    return chain, tuple(sorted(problems, key=lambda problem: problem.line)), tree.data


def locate(path: Path, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Give problems that carry a field path the file and line where that field stands in ``path``."""
    try:
        text = read_text(path)
    except ChainError:
        return tuple(replace(problem, file=str(path)) for problem in problems)
    tree = read_tree(text, str(path))
    lines = text.splitlines()
    return tuple(
        problem if problem.file else replace(problem, file=str(path), line=_line_of(problem, tree, lines))
        for problem in problems
    )


def chain_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a chain file, for editors that complete and check while one types."""
    schema = Chain.model_json_schema()
    for part in (schema, *schema["$defs"].values()):
        part["description"] = part["description"].partition("\n\n")[0]  # what comes after it is for developers
    named = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$id": SCHEMA_ID}
    return {**named, **schema, "title": "ChainDesk chain"}


def with_schema_line(text: str, schema: Path) -> str:
    """Return a chain file's text with the comment by which editors find its schema, wherever the file lies."""
    line = f"# yaml-language-server: $schema={schema.absolute().as_uri()}"
    first, rest = text.partition("\n")[::2]
    return f"{line}\n{rest if _SCHEMA_LINE.match(first) else text}"


def read_text(path: Path) -> str:
    """Return the text of a chain file; that of standard input for ``-``, however often it is asked for.

    Raises:
        ChainError: it cannot be read, or is no text of a reasonable length.
    """
    name = str(path)
    try:
        if path == STANDARD_INPUT:
            data = _standard_input(sys.stdin)
        else:
            with path.open("rb") as file:
                data = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise ChainError([Problem("There is no such chain file.", file=name)]) from None
    except IsADirectoryError:
        raise ChainError([Problem("This is a folder, not a chain file.", file=name)]) from None
    except OSError as error:
        raise ChainError([Problem(f"The chain file cannot be read: {error.strerror}.", file=name)]) from error
    if data.startswith(b"PK\x03\x04"):
        raise ChainError([Problem("This is a workbook or another zip file, not a chain file.", file=name)])
    if len(data) > MAX_BYTES:
        raise ChainError([Problem("The file has more than a million bytes: no chain is so long.", file=name)])
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        message = "This line holds characters that are not UTF-8. Save the file as UTF-8."
        raise ChainError([Problem(message, file=name, line=line)]) from error


@lru_cache(maxsize=1)
def _standard_input(stream: TextIO) -> bytes:
    return stream.buffer.read(MAX_BYTES + 1)


def _line_of(problem: Problem, tree: Tree, lines: list[str]) -> int:
    path = _field_path(problem.field)
    placeholder = _PLACEHOLDER.match(problem.message)
    span = tree.spans.get(path)
    if placeholder and span:
        for number in range(span.first, min(span.last, len(lines)) + 1):
            if placeholder.group() in lines[number - 1]:
                return number
    return tree.line(path)


def _field_path(words: str) -> FieldPath:
    return tuple(int(match[2]) if match[2] else match[1] for match in _PART.finditer(words))
