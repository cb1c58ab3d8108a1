"""Cell texts in the file format's own spelling: escapes, what cannot be kept, and the list of shared strings."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterable, Iterator
from xml.parsers import expat

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.opc.package import Package
from chaindesk.workbook.opc.plain_elements import TEXT, plain_text, without_plain

MAX_SHARED_STRINGS = 4_000_000  # a row of Excel's longest sheet can have four of its own
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_OPEN_TEXT = r'<si><t(?: xml:space="preserve")?+>'
_PLAIN = re.compile(rf"(?:\s*+{_OPEN_TEXT}{TEXT}</t></si>)++")
_PLAIN_TEXT = re.compile(rf"{_OPEN_TEXT}([^<]*)<")
_IMPOSSIBLE = re.compile("[\ud800-\udfff\ufffe\uffff]")


def unescaped(text: str) -> str:
    """A text of the file with its ``_x000B_`` escapes resolved."""
    return _ESCAPED.sub(lambda match: chr(int(match[1], 16)), text) if "_x" in text else text


def possible(text: str) -> str:
    """The text as a cell can hold it: line ends as LF, and U+FFFD for what no XML can hold."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.isascii() else _IMPOSSIBLE.sub("\ufffd", text)


def escaped(text: str) -> str:
    """A possible text as it is spelt in the format, though not yet in XML: every reader gets the same text back."""
    if "_x" in text:
        text = _LOOKS_ESCAPED.sub("_x005F_", text)
    if _CONTROL.search(text):
        text = _CONTROL.sub(lambda match: f"_x{ord(match[0]):04X}_", text)
    return text


def utf16_length(text: str) -> int:
    """The length in the units in which Excel counts."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def shared_strings(package: Package, part: str, limit: int | None = None) -> list[str]:
    """The workbook's shared strings, rich text as plain text, without the phonetic readings.

    Args:
        package: the package.
        part: the part's name.
        limit: how many are needed, counted from the first; None for all.
    """
    entry = package.find(part)
    if entry is None:
        return []
    strings = _Strings(package, limit)
    with contextlib.suppress(_Enough):  # how the parser is told to stop
        strings.read(package, package.chunks(entry), part)
    return strings.found


class SharedStrings:
    """The workbook's shared strings, read as far as they are asked for: the first rows of a sheet need few of them.

    Attributes:
        found: those that have been read.
    """

    def __init__(self, package: Package, part: str | None) -> None:
        strings = _Strings(package, None)
        entry = package.find(part) if part is not None else None
        chunks = package.chunks(entry) if entry is not None else ()
        self.found = strings.found
        self._steps = strings.steps(package, chunks, part or "") if entry is not None else iter(())

    def read_to(self, index: int) -> None:
        """Read on until the string of that index is there, or the end.

        Raises:
            WorkbookError: the part is damaged.
        """
        while len(self.found) <= index and next(self._steps, _END) is not _END:
            pass

    def finish(self) -> None:
        """Read all that is left, so that damage is found whatever was asked for."""
        for _ in self._steps:
            pass


_END = object()


class _Enough(Exception):
    """All that were asked for have been read."""


class _Strings:
    """Reads shared strings as a stream."""

    def __init__(self, package: Package, limit: int | None) -> None:
        self._package = package
        self._limit = limit
        self.found: list[str] = []
        self._pieces: list[str] = []
        self._text_tag: str | None = None
        self._item_tag = self._phonetic_tag = ""
        self._in_text = False
        self._phonetic = 0

    def read(self, package: Package, chunks: Iterable[bytes], part: str) -> None:
        for _ in self.steps(package, chunks, part):
            pass

    def steps(self, package: Package, chunks: Iterable[bytes], part: str) -> Iterator[None]:
        """Read the part, a piece at each step."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        left = without_plain(chunks, b"<sst", b"<sst", b"</si>", self._take)
        return _fed(parser, package, left, part)

    def _take(self, run: str) -> int:
        plain = _PLAIN.match(run)
        if plain is None:
            return 0
        texts: list[str] = _PLAIN_TEXT.findall(run, 0, plain.end())
        if "&" in run:
            texts = list(map(plain_text, texts))
        self.found += map(unescaped, texts) if "_x" in run else texts
        self._check_count()
        return plain.end()

    def _add(self, text: str) -> None:
        self.found.append(unescaped(text))
        self._check_count()

    def _check_count(self) -> None:
        if self._limit is not None and len(self.found) >= self._limit:
            raise _Enough
        if len(self.found) > MAX_SHARED_STRINGS:
            raise WorkbookError(
                f'"{self._package.name}" has more than {MAX_SHARED_STRINGS:,} different texts. '
                "Save the sheet that you need as a workbook of its own."
            )

    def _start(self, tag: str, _: object) -> None:
        if self._text_tag is None:
            space, brace, _root = tag.rpartition("}")
            self._text_tag, self._item_tag, self._phonetic_tag = (
                f"{space}{brace}{name}" for name in ("t", "si", "rPh")
            )
        if tag == self._text_tag:
            self._in_text = not self._phonetic
        elif tag == self._item_tag:
            self._pieces = []
        elif tag == self._phonetic_tag:
            self._phonetic += 1

    def _end(self, tag: str) -> None:
        if tag == self._text_tag:
            self._in_text = False
        elif tag == self._item_tag:
            self._add("".join(self._pieces))
        elif tag == self._phonetic_tag:
            self._phonetic -= 1

    def _text(self, text: str) -> None:
        if self._in_text:
            self._pieces.append(text)


def misplaced_cell(package: Package, part: str, reference: str) -> WorkbookError:
    """What to raise for a cell that stands where none can: inside of another, or right of the last column."""
    return WorkbookError(
        f'"{package.name}" is damaged: its part {part} has a cell {reference} where none can be. '
        "Open it in Excel, let it repair the file and save it."
    )


def feed(parser: expat.XMLParserType, package: Package, chunks: Iterable[bytes], part: str) -> None:
    """Run a part through a parser.

    Raises:
        WorkbookError: it is no XML, or has a document type.
    """
    for _ in _fed(parser, package, chunks, part):
        pass


def _fed(parser: expat.XMLParserType, package: Package, chunks: Iterable[bytes], part: str) -> Iterator[None]:
    """Run a part through a parser, a chunk at each step."""

    def refuse(*_: object) -> None:
        raise package.doctype(part)

    parser.StartDoctypeDeclHandler = refuse
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
            yield
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError) as exc:  # the latter where it names an encoding that is none
        raise package.damaged(part) from exc
