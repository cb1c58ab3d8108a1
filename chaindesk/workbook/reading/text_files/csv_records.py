"""Cuts the text of a .csv or .tsv into records and cells.

The csv module reads a quotation mark that is never closed as the start of one cell that holds all rows below it, and
says nothing. Here such a mark is a part of its text, and the record says so.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass

_MAX_CELL = 1 << 30  # characters
_DOUBLED = re.compile(r'(?<!")""\w')  # stands only in a quoted cell
_MOSTLY = 0.8  # of the lines that a quoted cell would swallow are records of their own: it is no such cell


@dataclass(frozen=True, slots=True)
class Dialect:
    """How cells are written.

    Attributes:
        delimiter: what stands between them; "" where each record is one cell.
        backslash: whether a quotation mark inside a quoted cell is written ``\\"``; else, or beside it, as two marks.
    """

    delimiter: str
    backslash: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        line: the number of its first line in the file.
        cells: their texts.
        stray: whether it holds a quotation mark that opens a cell and is never closed; it was read as text.
        loose: whether a quoted cell holds quotation marks that are neither doubled nor escaped.
    """

    line: int
    cells: list[str]
    stray: bool = False
    loose: bool = False


@dataclass(slots=True)
class _Cut:
    """Cells of a line up to the one that it leaves open, if it does."""

    cells: list[str]
    opened_at: int | None = None
    loose_at: int | None = None

    @property
    def loose(self) -> bool:
        """Return whether a quoted cell holds quotation marks that are neither doubled nor escaped."""
        return self.loose_at is not None


class RecordReader:
    """Iterates over the records of a text.

    Args:
        text: all of it, or a sample from its start.
        dialect: how its cells are written.
        width: how many cells a record has, if that is known: by it, swallowed records are recognised.
    """

    def __init__(self, text: str, dialect: Dialect, width: int = 0) -> None:
        self._lines: Iterator[str] = io.StringIO(text, newline="")
        self._pushed_back: list[str] = []
        self._delimiter = dialect.delimiter
        self._backslash = dialect.backslash
        self._width = width
        end = f" *(?={re.escape(self._delimiter)}|[\r\n]|$)" if self._delimiter else " *(?=[\r\n]|$)"
        escaped = r'\\\\(?=")|\\"|' if dialect.backslash else ""
        self._marks = re.compile(f'{escaped}""|(?P<close>"{end})|"')
        self._opening = re.compile(' *"')
        other = re.escape(self._delimiter)
        plain = rf'(?:"(?:[^"]|"")*+"|[^"{other}\r\n]*+)'
        # nine lines of ten are plain, and the csv module is several times as fast on them
        self._plain = re.compile(rf"{plain}(?:{other}{plain})*+[\r\n]*") if self._delimiter else None
        self._number = 0
        csv.field_size_limit(max(csv.field_size_limit(), _MAX_CELL))

    def __iter__(self) -> Iterator[Record]:
        while (line := self._next()) is not None:
            number = self._number
            if '"' not in line:
                yield Record(number, self._split(line))
                continue
            if self._is_plain(line):
                yield Record(number, next(csv.reader((line,), delimiter=self._delimiter)))
                continue
            cut = self._cut(line)
            if cut.opened_at is None:
                yield self._closed_record(number, line, cut)
                continue
            whole = self._to_the_close(line, cut.opened_at)
            if whole is None:
                cells = self._cut(line, literal_at=cut.opened_at).cells
                yield Record(number, cells, stray=not cut.loose, loose=True)
            else:
                cut = self._cut(whole)
                yield Record(number, cut.cells, loose=cut.loose)

    def _closed_record(self, number: int, line: str, cut: _Cut) -> Record:
        """The record of one line, in which the mark that opens one cell may seem to be closed by that of another."""
        if cut.loose and 1 < self._width != len(cut.cells):
            other = self._cut(line, literal_at=cut.loose_at)
            if other.opened_at is None and len(other.cells) == self._width:
                return Record(number, other.cells, stray=True, loose=True)
        return Record(number, cut.cells, loose=cut.loose)

    def _is_plain(self, line: str) -> bool:
        if self._plain is None or (self._backslash and "\\" in line):
            return False
        return self._plain.fullmatch(line) is not None

    def _next(self) -> str | None:
        line = self._pushed_back.pop() if self._pushed_back else next(self._lines, None)
        self._number += line is not None
        return line

    def _push_back(self, lines: list[str]) -> None:
        self._pushed_back.extend(reversed(lines))
        self._number -= len(lines)

    def _split(self, line: str) -> list[str]:
        line = line.rstrip("\r\n")
        if not line:
            return []
        return line.split(self._delimiter) if self._delimiter else [line]

    def _cut(self, line: str, literal_at: int | None = None) -> _Cut:
        """Cut a line, or the lines of one record; the quotation mark before ``literal_at`` counts as text."""
        cut = _Cut([])
        start = 0
        while True:
            opening = self._opening.match(line, start)
            if opening is None or opening.end() == literal_at:
                end = line.find(self._delimiter, start) if self._delimiter else -1
                if end < 0:
                    cut.cells.append(line[start:].rstrip("\r\n"))
                    return cut
                cut.cells.append(line[start:end])
                start = end + 1
                continue
            close, loose = self._close(line, opening.end())
            if loose and cut.loose_at is None:
                cut.loose_at = opening.end()
            if close is None:
                cut.opened_at = opening.end()
                return cut
            cut.cells.append(self._unescaped(line[opening.end() : close.start()]))
            start = close.end()
            if not self._delimiter or line[start : start + 1] != self._delimiter:
                return cut
            start += 1

    def _close(self, line: str, start: int) -> tuple[re.Match[str] | None, bool]:
        """The quotation mark that closes the cell whose text begins at ``start``, and whether others are loose."""
        loose = False
        doubled = None
        for mark in self._marks.finditer(line, start):
            if mark["close"] is not None:
                return mark, loose
            if mark[0] == '"':
                loose = True
            elif mark[0] == '""':
                doubled = mark
        if (
            loose and doubled is not None
        ):  # "say "hi"", where the last two marks are one of the text and the closing one
            return self._marks.match(line, doubled.end() - 1), True
        return None, loose

    def _unescaped(self, text: str) -> str:
        text = text.replace('""', '"') if '"' in text else text
        if self._backslash and "\\" in text:
            text = re.sub(r'\\\\(?=\\?"|$)|\\"', lambda match: match[0][1:], text)
        return text

    def _to_the_close(self, first: str, opened_at: int) -> str | None:
        """All lines of the record whose quoted cell begins at ``opened_at``; None where the mark opens no cell."""
        lines: list[str] = []
        loose = False
        while (line := self._next()) is not None:
            lines.append(line)
            if '"' not in line:
                continue
            close, found_loose = self._close(line, 0)
            loose = loose or found_loose
            if close is not None:
                whole = first + "".join(lines)
                if self._are_records(first, opened_at, lines) or (loose and not self._fits(whole)):
                    break
                if loose and self._is_opened_again(first, opened_at, lines):
                    break
                return whole if close.end() >= len(line.rstrip("\r\n")) else self._with_the_rest(whole)
        self._push_back(lines)
        return None

    def _with_the_rest(self, whole: str) -> str:
        """The record with further lines, where a cell behind the closed one is left open too."""
        cut = self._cut(whole)
        if cut.opened_at is None:
            return whole
        return self._to_the_close(whole, cut.opened_at) or whole

    def _fits(self, whole: str) -> bool:
        """Return whether lines that hold loose quotation marks make one record of the usual width."""
        return self._width > 1 and len(self._cut(whole).cells) == self._width

    def _are_records(self, first: str, opened_at: int, lines: list[str]) -> bool:
        """Return whether the lines that a quoted cell would hold are records of their own."""
        if not self._may_be_whole(first, opened_at):
            return False
        filled = [line for line in lines if line.strip()]
        whole = sum(self._is_record(line) for line in filled)
        spaced = sum(line.count(f"{self._delimiter} ") for line in lines)
        is_prose = (
            spaced * 2 > sum(line.count(self._delimiter) for line in lines) and f"{self._delimiter} " not in first
        )
        return not is_prose and whole >= _MOSTLY * len(filled)

    def _may_be_whole(self, first: str, opened_at: int) -> bool:
        """Return whether a line is a record of the usual width where the mark before ``opened_at`` is text."""
        if self._width < 2 or _DOUBLED.search(first, opened_at):
            return False
        return len(self._cut(first, literal_at=opened_at).cells) == self._width

    def _is_opened_again(self, first: str, opened_at: int, lines: list[str]) -> bool:
        """Return whether a quoted cell would hold whole records, and the beginning of another with a quoted cell."""
        if not self._may_be_whole(first, opened_at):
            return False
        for line in lines:
            cut = self._cut(line)
            if cut.opened_at is not None:
                return bool(cut.cells)
            if not self._is_record(line):
                return False
        return False

    def _is_record(self, line: str) -> bool:
        """Return whether a line by itself is a record of the usual width, be it with delimiters in quoted cells."""
        if len(self._split(line)) == self._width:
            return True
        cut = self._cut(line)
        return '"' in line and cut.opened_at is None and not cut.loose and len(cut.cells) == self._width
