"""Reads .csv and .tsv: what the encoding and the delimiter are is found out, and reported where it is a guess."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice, ReadOptions, SourceReading
from chaindesk.workbook.reading.grid import Grid, RecordRows
from chaindesk.workbook.reading.row_batches import RowTeller, Watcher
from chaindesk.workbook.reading.text_files.csv_dialect import (
    FoundDialect,
    declared_delimiter,
    find_dialect,
    known_delimiter,
    preview,
)
from chaindesk.workbook.reading.text_files.csv_records import RecordReader
from chaindesk.workbook.reading.text_files.text_decoding import MARK, DecodedText, decode
from chaindesk.workbook.types import MAX_COLUMNS, MAX_ROWS

_TABBED = frozenset({".tsv", ".tab"})
_SAMPLE_LENGTH = 60  # characters
_FOREIGN = re.compile(r"[^\x00-\x7f\ufffd]")
_LINE_REST = re.compile(r"[^\r\n]*")
_MAX_LINES_NAMED = 5


def read(
    data: bytes, path: Path, options: ReadOptions, watcher: Watcher | None = None
) -> tuple[Grid, SourceReading, list[Notice]]:
    """The records as rows: the first record is row 1, and blank records count.

    Args:
        data: the file's bytes.
        path: its name, for messages and for what it lets expect.
        options: the encoding and the delimiter, where they are known.
        watcher: who is told now and then what has been read of a long text; what it raises ends the reading.

    Raises:
        WorkbookError: it is no text, or has more rows or columns than a sheet can hold.
    """
    decoded = decode(data, path, options.encoding)
    text, found, guessed = _cut(decoded.text, path, options)
    notices = list(_about_encoding(decoded))
    grid = Grid()
    stray: list[tuple[int, int]] = []
    first_line = 1 + (text is not decoded.text)
    teller, rows = RowTeller(watcher), RecordRows()
    for number, record in enumerate(RecordReader(text, found.dialect, found.width), 1):
        if number > MAX_ROWS or len(record.cells) > MAX_COLUMNS:
            raise WorkbookError(
                f'"{path.name}" is larger than a sheet: more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns.'
            )
        if record.stray:
            stray.append((record.line + first_line - 1, number))
        if any(record.cells):
            grid.rows.append(rows.row(number, record.cells))
            teller.row_added(grid)
    if stray:
        notices.append(_about_stray_marks(stray))
    if guessed and found.doubt:
        notices.append(Notice(f"{found.doubt[0].upper()}{found.doubt[1:]}. {preview(grid.rows)}"))
    sample = _sample(text) or text[:_SAMPLE_LENGTH]
    guesses = frozenset({*(["encoding"] if decoded.guessed else []), *(["delimiter"] if guessed else [])})
    return grid, SourceReading(decoded.encoding, found.dialect.delimiter, guesses, sample), notices


def _cut(text: str, path: Path, options: ReadOptions) -> tuple[str, FoundDialect, bool]:
    """The text without a line that just declares the delimiter, how it is cut, and whether that is a guess."""
    declared = declared_delimiter(text)
    if declared is not None:
        text = declared[1]
    delimiter = declared[0] if declared is not None else None
    if options.delimiter is not None:
        delimiter = known_delimiter(options.delimiter)
    usual = "\t" if path.suffix.lower() in _TABBED else ","
    return text, find_dialect(text, delimiter=delimiter, usual=usual), delimiter is None


def _sample(text: str) -> str:
    """A piece of the text around its first letter beyond ASCII, by which a person can judge the encoding."""
    match = _FOREIGN.search(text)
    if match is None:
        return ""
    begin = max(text.rfind("\n", 0, match.start()), text.rfind("\r", 0, match.start())) + 1
    rest = _LINE_REST.match(text, begin)
    line = rest[0] if rest is not None else ""
    first = match.start() - begin
    start = max(first - _SAMPLE_LENGTH // 2, 0)
    return line[start : start + _SAMPLE_LENGTH].strip()


def _about_encoding(decoded: DecodedText) -> Iterator[Notice]:
    if decoded.guessed:
        sample = _sample(decoded.text)
        shown = f', such as "{sample}"' if sample else ""
        yield Notice(
            f"The text was read as {decoded.encoding}{shown}; if letters look wrong, name its encoding, or save it as "
            "UTF-8."
        )
    if decoded.bad_lines:
        words = f"hold bytes that are no {decoded.encoding}: {MARK} stands in their place"
        yield Notice(f"{_lines(decoded.bad_lines)} {words}.")


def _about_stray_marks(stray: list[tuple[int, int]]) -> Notice:
    lines = _lines([line for line, _ in stray])
    words = "begin a cell with a quotation mark that is never closed: it was read as part of the text"
    return Notice(f"{lines} {words}.", tuple(row for _, row in stray))


def _lines(numbers: list[int] | tuple[int, ...]) -> str:
    """Line numbers as text: ``Line(s) 3, 5 and 12 more``."""
    shown = ", ".join(map(str, numbers[:_MAX_LINES_NAMED]))
    more = len(numbers) - _MAX_LINES_NAMED
    return f"Line(s) {shown} and {more:,} more" if more > 0 else f"Line(s) {shown}"
