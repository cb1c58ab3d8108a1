"""YAML text as plain data with the line of every value, so that each mistake can be shown where it stands.

The text is composed to nodes and never constructed: no tag can make an object, and no alias can grow without bound.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from chaindesk.domain.errors import Problem

Path = tuple[str | int, ...]

MAX_NODES = 20_000
MAX_DEPTH = 40
MAX_NAME_LENGTH = 1000
_MAX_QUOTED_LENGTH = 60
_STANDARD = "tag:yaml.org,2002:"
_NUMBERS = frozenset({"int", "float", "bool"})
_SCALARS = _NUMBERS | {"str", "null", "timestamp", "value", "merge"}
# A text field holds what the user typed: `equals: 007` means the text 007, not the number seven.
_TEXTS = frozenset(
    {"name", "model", "prompt", "system", "output", "id_column", "column", "step", "base_url", "api_key_env"}
    | {"equals", "not_equals", "contains", "reasoning_effort"}
)


@dataclass(frozen=True, slots=True)
class Span:
    """Where a value stands: the first and the last line of it, counted from 1."""

    first: int
    last: int


@dataclass(slots=True)
class Tree:
    """A YAML document as data.

    Attributes:
        data: dicts, lists and scalars.
        spans: where each value stands, by its path such as ``("steps", 2, "prompt")``.
        problems: what could not be taken in.
        root: the composed document, or None where there is none.
    """

    data: Any = None
    spans: dict[Path, Span] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    root: Node | None = None

    def line(self, path: Path) -> int:
        """Return the line of a value, or of the nearest thing around it that is there; 0 in an empty document."""
        while path and path not in self.spans:
            path = path[:-1]
        span = self.spans.get(path)
        return span.first if span else 0


def read_tree(text: str, name: str) -> Tree:
    """Read one YAML document. Mistakes, syntax errors among them, are in the result's ``problems``."""
    tree = Tree()
    yaml = YAML(typ="safe", pure=True)
    try:
        node = yaml.compose(text)
    except MarkedYAMLError as error:
        tree.problems.append(_syntax_problem(error, text, name))
    except YAMLError as error:
        tree.problems.append(_character_problem(error, text, name))
    except RecursionError:
        tree.problems.append(Problem("The brackets are nested too deeply for a chain.", file=name))
    else:
        if node is None:
            tree.problems.append(Problem("The file is empty. A chain has a name and steps.", file=name))
        else:
            tree.root = node
            _Walk(tree, name, yaml).read(node)
    return tree


def field_words(path: Path) -> str:
    """Return a path as people write it: ``steps[2].prompt``."""
    words = ""
    for part in path:
        words += f"[{part}]" if isinstance(part, int) else f".{part}" if words else part
    return words


class _Walk:
    """Turns nodes into data, once; it owns the counters that keep a hostile file small."""

    def __init__(self, tree: Tree, name: str, yaml: YAML) -> None:
        self._tree = tree
        self._name = name
        self._constructor: Any = yaml.constructor
        self._nodes = 0

    def read(self, node: Node) -> None:
        try:
            self._tree.data = self._value(node, ())
        except _TooMuch as error:
            self._tree.data = None
            self._tree.problems.append(Problem(str(error), file=self._name, line=node.start_mark.line + 1))

    def _value(self, node: Node, path: Path) -> Any:
        self._nodes += 1
        if self._nodes > MAX_NODES or len(path) > MAX_DEPTH:
            raise _TooMuch("This is too large, or nested too deeply, for a chain. Are there anchors that repeat it?")
        self._tree.spans.setdefault(path, Span(node.start_mark.line + 1, _last_line(node)))
        if isinstance(node, MappingNode):
            return self._mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self._value(item, (*path, index)) for index, item in enumerate(node.value)]
        return self._scalar(node, path)

    def _mapping(self, node: MappingNode, path: Path) -> Any:
        data: dict[str, Any] = {}
        for key, value in node.value:
            if not isinstance(key, ScalarNode):
                self._problem("Text that begins with {{ must stand in quotes, or below a |.", key, path)
                return ""
            if len(key.value) > MAX_NAME_LENGTH:
                self._problem(f'"{_short(key.value)}" is too long for a name.', key, path)
                continue
            inner = (*path, key.value)
            if key.value in data:
                first = self._tree.spans[inner].first
                self._problem(f'"{key.value}" is here a second time; the first is in line {first}.', key, inner)
                continue
            self._tree.spans[inner] = Span(key.start_mark.line + 1, _last_line(value))
            data[key.value] = self._value(value, inner)
        return data

    def _scalar(self, node: Node, path: Path) -> Any:
        tag = str(node.tag)
        kind = tag.removeprefix(_STANDARD)
        if kind not in _SCALARS:
            self._problem(f"Tags such as {tag} have no meaning in a chain. Take it away.", node, path)
            return ""
        if kind == "null":
            return None
        if kind not in _NUMBERS or (path[-1:] and path[-1] in _TEXTS and "parameters" not in path):
            return self._text(node, path)
        try:
            value = self._constructor.construct_object(node)
            usable = isinstance(value, (int, float)) and math.isfinite(value)
        except (ValueError, LookupError, OverflowError, YAMLError):  # a tag that its text belies, or a number too large
            usable = False
        if not usable:
            self._problem(f"{_short(node.value)} is not a number that can be used here.", node, path)
            return None
        return value

    def _text(self, node: Node, path: Path) -> str:
        """Return a text, its characters beyond 16 bits put together where JSON escapes them in two halves."""
        try:
            return str(node.value).encode("utf-16", "surrogatepass").decode("utf-16")
        except UnicodeDecodeError:
            half = next(one for one in node.value if "\ud800" <= one <= "\udfff")
            self._problem(
                f"\\u{ord(half):04x} is half a character. Write the whole one, or both its halves.", node, path
            )
            return ""

    def _problem(self, message: str, node: Node, path: Path) -> None:
        line = node.start_mark.line + 1
        self._tree.problems.append(Problem(message, file=self._name, line=line, field=field_words(path)))


class _TooMuch(Exception):
    """The document is beyond any chain's size."""


def _short(text: str) -> str:
    return text if len(text) <= _MAX_QUOTED_LENGTH else f"{text[: _MAX_QUOTED_LENGTH - 1]}…"


def _last_line(node: Node) -> int:
    first, mark = int(node.start_mark.line) + 1, node.end_mark
    # A block's end mark is the start of what comes after it.
    return max(first, int(mark.line) if mark.column == 0 else int(mark.line) + 1)


def _syntax_problem(error: MarkedYAMLError, text: str, name: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    number = mark.line + 1 if mark else 0
    lines = text.splitlines()
    line = lines[number - 1] if 0 < number <= len(lines) else ""
    said = error.problem or "this is not YAML"
    indent = line[: len(line) - len(line.lstrip())]
    if "\t" in indent:
        return Problem("The line is indented with a tab. YAML wants spaces.", file=name, line=number)
    if "{{" in line and not line.lstrip().startswith("#"):
        return Problem("Text that begins with {{ must stand in quotes, or below a |.", file=name, line=number)
    if error.context_mark and "scanning a quoted scalar" in (error.context or "") and "end of stream" in said:
        number = error.context_mark.line + 1
    return Problem(_syntax_words(said), file=name, line=number)


def _syntax_words(said: str) -> str:
    """Return the commonest syntax errors in the user's terms; the library's own words for the others."""
    if "mapping values are not allowed" in said:
        return "A colon is not expected here. Put the text in quotes, or look at how far the line is indented."
    if "end of stream" in said and "quoted" not in said and "document" not in said:
        return "The quotation mark that opens here is never closed."
    if "stream end" in said:
        return "The file ends while a bracket or brace is still open."
    if "cannot start any token" in said:
        return "A text cannot begin with this character. Put the text in quotes."
    if "undefined alias" in said:
        return "A text cannot begin with * unless it is in quotes."
    if "another document" in said:
        return "A chain file holds one chain: the line --- begins a second one."
    if "expected <block end>" in said:
        return "This line does not fit the ones above it. Look at how far it is indented."
    return f"This is not YAML: {said}."


def _character_problem(error: YAMLError, text: str, name: str) -> Problem:
    position = getattr(error, "position", None)
    number = text.count("\n", 0, position) + 1 if isinstance(position, int) else 0
    return Problem("There is a character here that no text file should hold.", file=name, line=number)
