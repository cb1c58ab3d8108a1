"""Where in a chain a place of its text is, while the text is being typed and need not be YAML: by indentation alone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chaindesk.chain_file.reference import FieldReference, Shape, chain_reference, find_field
from chaindesk.desktop.chain.yaml.yaml_indent import begins_block_scalar, key_column
from chaindesk.domain.chains.answer_fields import OPTIONAL_MARK

_KEY = re.compile(r"(?P<key>[\w.*-][\w .*-]*?|\"[^\"]*\"|'[^']*')\s*:(?=\s|$)")
_WORD = re.compile(r"[\w.*?/-]*$")


@dataclass(frozen=True, slots=True)
class YamlPlace:
    """A place in a text.

    Attributes:
        parents: the keys around it, from the outside in, without the numbers of lists.
        key: the key whose value is written there, or "" where a key is.
        word: what is written there so far, up to the place.
    """

    parents: tuple[str, ...]
    key: str
    word: str

    @property
    def path(self) -> tuple[str, ...]:
        """The path of the key whose value is written there."""
        return (*self.parents, self.key) if self.key else self.parents


def place_at(lines: Sequence[str], row: int, column: int) -> YamlPlace | None:
    """Return what a place is, or None inside a text, a comment or a quotation."""
    if _in_text(lines, row):
        return None
    line = lines[row][:column]
    if _in_comment_or_quotes(line):
        return None
    begin = key_column(line)
    word = _WORD.search(line[begin:])
    opened, key = _open_braces(line[begin:])
    return YamlPlace((*_parents(lines, row, begin), *opened), key, word[0] if word else "")


def key_at(lines: Sequence[str], row: int, column: int) -> tuple[str, ...]:
    """Return the path of the key or value under a place, or () where there is none."""
    if not 0 <= row < len(lines):
        return ()
    line = lines[row]
    end = column
    while end < len(line) and (line[end].isalnum() or line[end] in "_.-/?"):
        end += 1
    place = place_at(lines, row, end)
    if place is None:
        return ()
    after = line[end:].lstrip()
    return (*place.parents, place.word) if after.startswith(":") and not place.key else place.path if place.key else ()


def keys_for(place: YamlPlace) -> list[FieldReference]:
    """Return the fields that may stand at a place where a key is."""
    if place.key:
        return []
    return [field for field in chain_reference() if _stands_in(field.path, place.parents)]


def values_for(place: YamlPlace) -> list[str]:
    """Return the values that may stand at a place where a value is."""
    field = find_field(place.path)
    if field is not None and field.choices and (place.key or field.shape is Shape.CHOICES):
        return list(field.choices)
    if not place.key:
        return []
    kind = find_field((*place.path, "type")) if field is None else None  # a part that may be written as its type alone
    if kind is None or kind.shape is not Shape.CHOICE:
        return []
    plain = [choice for choice in kind.choices if choice != "choice"]
    return [*plain, *(choice + OPTIONAL_MARK for choice in plain)]


def _stands_in(path: str, parents: Sequence[str]) -> bool:
    pattern = path.replace("[]", "").split(".")
    if pattern[-1] == "NAME" or len(pattern) != len(parents) + 1:
        return False
    return all(part in ("NAME", name) for part, name in zip(pattern, parents, strict=False))


def _parents(lines: Sequence[str], row: int, column: int) -> tuple[str, ...]:
    """Return the keys above a line that it belongs to: each less indented than the one below it."""
    found: list[str] = []
    limit = column
    for number in range(row - 1, -1, -1):
        line = lines[number]
        begin = key_column(line)
        match = _KEY.match(line, begin)
        if begin < limit and match is not None and not _in_text(lines, number):
            found.append(_plain(match["key"]))
            limit = begin
    return tuple(reversed(found))


def _open_braces(inner: str) -> tuple[tuple[str, ...], str]:
    """Return the keys whose braces are open at the end of a line, and the key whose value is written there."""
    opened: list[str] = []  # a bracket's with a [ before it
    key, at = "", 0
    while at < len(inner):
        found = _KEY.match(inner, at)
        if found and not key:
            key, at = _plain(found["key"]), found.end()
            continue
        mark = inner[at]
        if mark in "{[":
            opened.append(key if mark == "{" else f"[{key}")
            key = key if mark == "[" else ""
        elif mark == "," and opened:
            key = opened[-1][1:] if opened[-1].startswith("[") else ""
        elif mark in "}]" and opened:
            opened.pop()
        at += 1
    return tuple(name for name in opened if name and not name.startswith("[")), key


def _in_text(lines: Sequence[str], row: int) -> bool:
    """Return whether a line lies below a ``|`` or ``>``."""
    line = lines[row]
    indent = len(line) - len(line.lstrip(" ")) if line.strip() else None
    for number in range(row - 1, -1, -1):
        above = lines[number]
        if not above.strip():
            continue
        own = len(above) - len(above.lstrip(" "))
        if indent is not None and own >= indent:
            continue
        if begins_block_scalar(above):
            return indent is None or indent > own
        if indent is None or own == 0:
            return False
        indent = own
    return False


def _in_comment_or_quotes(line: str) -> bool:
    quote = ""
    for at, mark in enumerate(line):
        if quote:
            quote = "" if mark == quote else quote
        elif mark in "\"'" and (at == 0 or line[at - 1] in " [{,:"):
            quote = mark
        elif mark == "#" and (at == 0 or line[at - 1] == " "):
            return True
    return bool(quote)


def _plain(key: str) -> str:
    return key[1:-1] if key[:1] in "\"'" and len(key) > 1 else key.strip()
