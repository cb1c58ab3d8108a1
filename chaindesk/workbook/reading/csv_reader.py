"""Reads .csv and .tsv: the encoding and the delimiter are found out, and said where they are a guess."""

from __future__ import annotations

import codecs
import csv
import io
import re
from pathlib import Path

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.reading.grid import Grid, grid_row
from chaindesk.workbook.types import MAX_COLUMNS, MAX_ROWS

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 64 * 1024
_HIGH = re.compile(rb"[\x80-\xff]")
_ALONE = re.compile(rb"(?<![\x80-\xff])[\x80-\xff](?![\x80-\xff])")
_WESTERN = ["cp1252", "cp1250", "cp1254", "cp1257", "mac_roman"]
_FEW = 64  # accented letters, from which on their statistics say something


def read(data: bytes, path: Path) -> tuple[Grid, list[Notice]]:
    """The records as rows: the first record is row 1, and blank records count.

    Raises:
        WorkbookError: it is no text, or has more rows or columns than a sheet can hold.
    """
    text, encoding, guessed = _decoded(data, path)
    delimiter = _delimiter(text, path)
    grid = Grid()
    csv.field_size_limit(max(csv.field_size_limit(), 1 << 30))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for number, record in enumerate(reader, 1):
            if number > MAX_ROWS or len(record) > MAX_COLUMNS:
                raise WorkbookError(
                    f'"{path.name}" is larger than a sheet: more than {MAX_ROWS:,} rows or {MAX_COLUMNS:,} columns.'
                )
            if any(record):
                grid.rows.append(grid_row(number, dict(enumerate(record, 1))))
    except csv.Error as exc:
        raise WorkbookError(f'"{path.name}" is not a readable table in row {len(grid.rows) + 1}: {exc}.') from exc
    notices = [Notice(f"The text was read as {encoding}; if letters look wrong, save it as UTF-8.")] if guessed else []
    return grid, notices


def _decoded(data: bytes, path: Path) -> tuple[str, str, bool]:
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, "replace"), name, False
    if b"\0" in data[:_SAMPLE]:
        raise WorkbookError(f'"{path.name}" is not text, so it is no .csv. Save it in Excel as .xlsx, or as .csv.')
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError:
        return _guessed(data)


def _guessed(data: bytes) -> tuple[str, str, bool]:
    from charset_normalizer import from_bytes

    sample = data[: 4 * _SAMPLE]
    western = _is_western(sample)
    best = from_bytes(sample, cp_isolation=_WESTERN if western else None).best()
    few = len(_HIGH.findall(sample)) < _FEW
    for name in ("cp1252" if western and few else "", best.encoding if best else "", "cp1252"):
        try:
            return data.decode(name), name, True
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("latin-1"), "latin-1", True


def _is_western(data: bytes) -> bool:
    """Return whether accented letters stand alone among plain ones; in other scripts they come in runs."""
    return len(_ALONE.findall(data)) * 2 > len(_HIGH.findall(data))


def _delimiter(text: str, path: Path) -> str:
    if path.suffix.lower() in {".tsv", ".tab"}:
        return "\t"
    first = text.partition("\n")[0].strip().lower()
    if first.startswith("sep=") and len(first) == 5:
        return first[4]
    try:
        return csv.Sniffer().sniff(text[:_SAMPLE], delimiters=",;\t|").delimiter
    except csv.Error:
        counts = {mark: text[:_SAMPLE].count(mark) for mark in ",;\t|"}
        best = max(counts, key=lambda mark: counts[mark])
        return best if counts[best] else ","
