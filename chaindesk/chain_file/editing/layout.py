"""Where each value of a chain's text stands, to the character."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum
from functools import lru_cache
from typing import Any

from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from chaindesk.chain_file.yaml_tree import Path, Tree, read_tree
from chaindesk.domain.errors import InputError

_COMMENT = re.compile(r"(?:^|(?<=\s))(#[^\n]*)", re.MULTILINE)
_BY_HAND = "Change it in the YAML."


class EditRefused(InputError):
    """The text is written in a way that this edit cannot change without changing more. Nothing was changed."""


class Style(Enum):
    """How a value is written."""

    PLAIN = "plain"
    SINGLE_QUOTED = "'"
    DOUBLE_QUOTED = '"'
    BLOCK_TEXT = "|"
    FLOW = "{}"
    BLOCK = "lines"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value stands, by offsets into the text.

    Attributes:
        start, end: the value, without the white space after it; equal where nothing is written.
        style: how it is written.
        key: its key's offsets; None in a list, and of the whole document.
        shared: whether it has an anchor, or stands elsewhere and is named here by an alias.
        keys: the keys of a mapping in order.
        count: the number of entries of a list.
    """

    start: int
    end: int
    style: Style
    key: tuple[int, int] | None = None
    shared: bool = False
    keys: tuple[str, ...] = ()
    count: int = 0


@dataclass(slots=True)
class Layout:
    """A chain's text, what it says, and where.

    Attributes:
        text: the text, its lines ended by ``\\n``.
        tree: its data and mistakes.
        places: each value by its path, the document's own under ``()``.
    """

    text: str
    tree: Tree
    places: dict[Path, Place] = field(default_factory=dict)

    @property
    def data(self) -> Any:
        """The text's data."""
        return self.tree.data

    def line_start(self, offset: int) -> int:
        """Return where the line of an offset begins."""
        return self.text.rfind("\n", 0, offset) + 1

    def line_end(self, offset: int) -> int:
        """Return where the line after that of an offset begins, or the text ends."""
        found = self.text.find("\n", offset)
        return len(self.text) if found < 0 else found + 1

    def column(self, offset: int) -> int:
        """Return how far from its line's beginning an offset is."""
        return offset - self.line_start(offset)

    def entry_end(self, path: Path) -> int:
        """Return where the line after the last one of an entry begins."""
        place = self.places[path]
        if place.shared and place.key is not None:
            return self.line_end(max(place.key[1], place.end if self._lies_behind(place) else 0))
        if place.start == place.end and place.key is not None:
            return self.line_end(place.key[1])
        if place.style is Style.BLOCK:
            return max((self.entry_end(inner) for inner in self.children(path)), default=self.line_end(place.end))
        return self.line_end(place.end - 1)

    def children(self, path: Path) -> Iterator[Path]:
        """Yield the paths of a mapping's or list's entries in order."""
        place = self.places[path]
        yield from ((*path, key) for key in place.keys)
        yield from ((*path, index) for index in range(place.count))

    def comments(self, start: int, end: int) -> list[str]:
        """Return the comments between two offsets, each from its ``#`` on."""
        scalars = sorted(
            (place.start if place.style is not Style.BLOCK_TEXT else self.line_end(place.start), place.end)
            for place in self.places.values()
            if place.style not in (Style.FLOW, Style.BLOCK) and start <= place.start < end
        )
        found: list[str] = []
        at = start
        for first, last in [*scalars, (end, end)]:
            found += [match[1].rstrip() for match in _COMMENT.finditer(self.text, at, max(first, at))]
            at = max(at, last)
        return found

    def _lies_behind(self, place: Place) -> bool:
        """Return whether a shared value is the one with the anchor, not an alias that names it."""
        return place.key is not None and place.start >= place.key[1] and "&" in self.text[place.key[1] : place.end]


@lru_cache(maxsize=8)
def read_layout(text: str) -> Layout:
    """Read a text for editing. The layout is shared by those who read the same text: nobody may change it.

    Raises:
        EditRefused: it is no YAML, or no chain's beginning.
    """
    tree = read_tree(text, "chain")
    layout = Layout(text, tree)
    if tree.problems and tree.data is None:
        raise EditRefused(f"Line {tree.problems[0].line}: {tree.problems[0].message} Mend that first.")
    if tree.root is None or not isinstance(tree.data, dict):
        raise EditRefused(f"A chain is written as names with values. {_BY_HAND}")
    _Walk(layout).read(tree.root, (), None)
    return layout


def refused(what: str) -> EditRefused:
    """Return the error for something that is written in a way that no card can change."""
    return EditRefused(f"{what} {_BY_HAND}")


class _Walk:
    def __init__(self, layout: Layout) -> None:
        self._layout = layout
        self._seen: dict[int, Path] = {}

    def read(self, node: Node, path: Path, key: Node | None) -> None:
        first = self._seen.setdefault(id(node), path)
        shared = bool(node.anchor) or first != path
        if first != path:
            before = self._layout.places[first]
            place = Place(before.start, before.end, before.style, shared=True)
            self._layout.places[path] = self._with_key(place, key)
            return
        start, end = node.start_mark.index, node.end_mark.index
        keys: tuple[str, ...] = ()
        count = 0
        if isinstance(node, MappingNode):
            keys = tuple(str(one.value) for one, _ in node.value)
        elif isinstance(node, SequenceNode):
            count = len(node.value)
        style = _style(node)
        if not (style is Style.BLOCK_TEXT and "+" in self._layout.text[start : self._layout.line_end(start)]):
            end = start + len(self._layout.text[start:end].rstrip())
        elif end > start and self._layout.text[end - 1] == "\n":
            end -= 1
        place = Place(start, end, style, shared=shared, keys=keys, count=count)
        self._layout.places[path] = self._with_key(place, key)
        if isinstance(node, MappingNode):
            for one, value in node.value:
                self.read(value, (*path, str(one.value)), one)
        elif isinstance(node, SequenceNode):
            for index, value in enumerate(node.value):
                self.read(value, (*path, index), None)

    def _with_key(self, place: Place, key: Node | None) -> Place:
        if key is None:
            return place
        offsets = (key.start_mark.index, key.end_mark.index)
        return Place(place.start, place.end, place.style, offsets, place.shared, place.keys, place.count)


def _style(node: Node) -> Style:
    if isinstance(node, ScalarNode):
        match node.style:
            case "|" | ">":
                return Style.BLOCK_TEXT
            case "'":
                return Style.SINGLE_QUOTED
            case '"':
                return Style.DOUBLE_QUOTED
            case _:
                return Style.PLAIN
    return Style.FLOW if getattr(node, "flow_style", False) else Style.BLOCK
