"""Makes a plain .xlsx of values by openpyxl, for sources that are no package and so cannot be patched."""

from __future__ import annotations

import re
import tempfile
import zipfile
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.rich_text import CellRichText
from openpyxl.styles import Alignment, Font
from openpyxl.writer.excel import ExcelWriter

from chaindesk.domain.manifest import Notice, ReadOptions, SourceReading
from chaindesk.domain.names import text_of_file_name
from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.opc.cell_refs import letters
from chaindesk.workbook.opc.file_type import FileKind
from chaindesk.workbook.opc.package import Package
from chaindesk.workbook.opc.package_writer import FIRST_DAY, PACKING_LEVEL
from chaindesk.workbook.opc.shared_strings import possible
from chaindesk.workbook.opc.workbook_part import WorkbookPart
from chaindesk.workbook.reading.grid import GridRow
from chaindesk.workbook.reading.values.value_book import ValueCell
from chaindesk.workbook.types import MAX_CELL_UNITS, MAX_ROWS, ColumnWrite, PlainValue
from chaindesk.workbook.writing.cell_writer import CellContents

_Rows = list[tuple[int, dict[int, tuple[PlainValue, str]]]]  # by row and column the value and its number format
_NUMBER = re.compile(r"-?(?:0|[1-9]\d{0,14})(?:\.\d{1,9})?")
_WIDTH_SAMPLE_ROWS = 200  # rows from which a column's width follows
_MIN_WIDTH, _MAX_WIDTH = 10, 60
_MAX_SHEET_NAME = 31  # of a sheet, in units of UTF-16


@contextmanager
def as_package(
    file: IO[bytes],
    source: Path,
    kind: FileKind,
    columns: ColumnWrite,
    contents: CellContents,
    notices: list[Notice],
) -> Iterator[tuple[WorkbookPart, str]]:
    """The source's values as a workbook package that can be patched, and what the sheet had to be named.

    The same source gives the same bytes.
    """
    workbook = Workbook(write_only=True)
    workbook.properties.creator = "ChainDesk"
    workbook.properties.created = workbook.properties.modified = datetime(*FIRST_DAY)
    names: dict[str, str] = {}
    for name, rows in _sheets(file, source, kind, columns.source, notices):
        names[name] = _safe_name(name, names.values())
        _Sheet(workbook.create_sheet(names[name]), contents).fill(
            rows, columns.header_row if name == columns.sheet else 0
        )
    with tempfile.TemporaryFile() as made:
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED, compresslevel=PACKING_LEVEL) as archive:
            ExcelWriter(workbook, archive).save()
        package = Package(made, source.name)
        for entry in package.entries:
            entry.date_time = FIRST_DAY
        yield WorkbookPart(package), names.get(columns.sheet, columns.sheet)


class _Sheet:
    """A sheet that is filled row by row. openpyxl writes each at once, so one cell of a look and column serves all."""

    def __init__(self, sheet: Any, contents: CellContents) -> None:
        self._sheet = sheet
        self._contents = contents
        self._cells: dict[tuple[int, str, bool], Any] = {}

    def fill(self, rows: _Rows, header_row: int) -> None:
        """Write the rows, the headers in bold and frozen (0 where there are none)."""
        if 0 < header_row < MAX_ROWS:
            self._sheet.freeze_panes = f"A{header_row + 1}"
        for column, width in _widths(rows).items():
            self._sheet.column_dimensions[letters(column)].width = width
        last = 0
        for number, cells in rows:
            for _ in range(last + 1, number):
                self._sheet.append([])
            line = [None] * max(cells, default=0)
            for column, (value, code) in cells.items():
                line[column - 1] = self._cell(number, column, value, code, bold=number == header_row)
            self._sheet.append(line)
            last = number

    def _cell(self, row: int, column: int, value: PlainValue, code: str, *, bold: bool) -> Any:
        kind, text, number_format = self._contents.content(row, letters(column), value)
        number_format = code or number_format
        cell = self._cells.get((column, number_format, bold))
        if cell is None:
            cell = self._cells[column, number_format, bold] = WriteOnlyCell(self._sheet)
            cell.alignment = Alignment(vertical="top", wrap_text=True)
            cell.font = Font(name="Calibri", size=11, bold=bold)
            cell.number_format = number_format or "General"
        # escapes may make a text longer than openpyxl lets a plain one be
        cell.value = text if len(text) <= MAX_CELL_UNITS else CellRichText(text)
        cell.data_type = kind  # so that no text is taken for a formula, and no number is rounded
        return cell


def _widths(rows: _Rows) -> Mapping[int, int]:
    longest: dict[int, int] = {}
    for _, cells in rows[:_WIDTH_SAMPLE_ROWS]:
        for column, (value, _) in cells.items():
            longest[column] = max(longest.get(column, 0), len(str(value)))
    return {column: min(max(longest[column] + 2, _MIN_WIDTH), _MAX_WIDTH) for column in sorted(longest)}


def _sheets(
    file: IO[bytes], source: Path, kind: FileKind, reading: SourceReading | None, notices: list[Notice]
) -> Iterator[tuple[str, _Rows]]:
    from chaindesk.workbook.reading.text_files import csv_reader
    from chaindesk.workbook.reading.values import value_book
    from chaindesk.workbook.reading.values.open_value_book import open_value_book

    if kind is FileKind.TEXT:
        file.seek(0)
        options = ReadOptions()
        if reading is not None:
            options = ReadOptions(delimiter=reading.delimiter, encoding=reading.encoding)
        grid, _, _ = csv_reader.read(file.read(), source, options)
        yield text_of_file_name(source.stem), [(row.number, _typed_cells(row)) for row in grid.rows]
        return
    book = open_value_book(kind, file, source)
    for name, sheet in value_book.readable_sheets(book):
        if sheet is None:
            notices.append(Notice(f'The sheet "{name}" cannot be read, so it is not in the copy.'))
            continue
        yield name, [(number, _plain_cells(cells)) for number, cells in sheet.rows]


def _plain_cells(cells: Mapping[int, ValueCell]) -> dict[int, tuple[PlainValue, str]]:
    return {column: (_plain(cell.value), cell.code) for column, cell in cells.items()}


def _typed_cells(row: GridRow) -> dict[int, tuple[PlainValue, str]]:
    return {column: (typed(text), "") for column, text in zip(row.columns, row.texts, strict=True)}


def typed(text: str) -> PlainValue:
    """A text as a number where Excel would show the number with just these characters, else the text."""
    if _NUMBER.fullmatch(text) and general(float(text)) == text:
        return float(text) if "." in text else int(text)
    return text


def _plain(value: object) -> PlainValue:
    match value:
        case bool() | int() | float() | str() | datetime() | date() | None:
            return value
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case time():
            return value.isoformat("seconds")
        case _:
            return str(value)


def _safe_name(name: str, taken: Collection[str]) -> str:
    """A sheet's name as Excel takes it: short, without ``[]:*?/\\``, not its own word "History", and just once."""
    plain = re.sub(r"[\[\]:*?/\\\x00-\x1f]", "_", possible(name)).strip("'") or "Sheet"
    folded = {"history", *(item.casefold() for item in taken)}
    safe, number = _short(plain, ""), 2
    while safe.casefold() in folded:
        safe, number = _short(plain, f" ({number})"), number + 1
    return safe


def _short(name: str, ending: str) -> str:
    room = _MAX_SHEET_NAME - len(ending)
    return name.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore").rstrip("'") + ending
