"""How far a line of YAML is indented, and what kind of text begins in it: for the editor's Return and its colours."""

from __future__ import annotations

import re

_DASHES = re.compile(r"^ *(?:- +)*")
_KEY = re.compile(r"^(?:[\w ]+|\"[^\"]*\"|'[^']*'):(?=\s|$)")
_BLOCK_SCALAR = re.compile(r"(?:^|:\s+|-\s+)[|>][+\-0-9]{0,2}\s*(?:#.*)?$")
_OPEN = re.compile(r":\s*(?:#.*)?$")
_INDENT = "  "


def key_column(line: str) -> int:
    """Return the column in which the key of a line begins, behind its dashes."""
    dashes = _DASHES.match(line)
    return len(dashes[0]) if dashes else 0


def begins_block_scalar(line: str) -> bool:
    """Return whether the lines below this one are a text: it ends with ``|`` or ``>``."""
    return bool(_BLOCK_SCALAR.search(line))


def next_indent(line: str) -> str:
    """Return with how many spaces the line after this one begins, as far as this one says."""
    if not line.strip():
        return line
    column = key_column(line)
    rest = line[column:]
    if begins_block_scalar(line) or (_KEY.match(rest) and _OPEN.search(rest)):
        return " " * column + _INDENT
    if _KEY.match(rest) or rest.startswith("#"):
        return " " * column
    return line[: len(line) - len(line.lstrip(" "))]
