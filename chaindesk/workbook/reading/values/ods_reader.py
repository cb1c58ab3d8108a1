"""Reads .ods: its content keeps what a person sees in each cell beside the value, so nothing has to be formatted."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import IO
from xml.parsers import expat

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.opc.cell_refs import Area
from chaindesk.workbook.opc.package import Package
from chaindesk.workbook.opc.shared_strings import feed
from chaindesk.workbook.reading.values.value_book import VALUES_ONLY, ValueCell, ValueSheet, value_text
from chaindesk.workbook.types import MAX_COLUMNS, MAX_ROWS

_CONTENT = "content.xml"
_MAX_REPEATED_CELLS = 5_000_000
_NAMESPACE = "urn:oasis:names:tc:opendocument:xmlns:"
_TABLE, _TEXT, _OFFICE = f"{_NAMESPACE}table:1.0", f"{_NAMESPACE}text:1.0", f"{_NAMESPACE}office:1.0"
_HREF = "http://www.w3.org/1999/xlink}href"
_MAX_LINKED_ROWS = 10_000  # of one link that is repeated
_BLANKS = re.compile(r"[ \t\r\n]+")
_KEPT_SPACE = "\x00"  # XML cannot hold it
_PERCENTAGE = re.compile(r"-?\d+(?:[.,](\d+))?\s*%")
_DURATION = re.compile(r"(-?)PT(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:[.,]\d+)?S)?")


class OdsBook:
    """An OpenDocument spreadsheet, read as a whole."""

    def __init__(self, file: IO[bytes], path: Path) -> None:
        package = Package(file, path.name)
        entry = package.find(_CONTENT)
        if entry is None:
            raise package.damaged(_CONTENT)
        reader = _Reader(path)
        feed(reader.parser, package, package.chunks(entry), _CONTENT)
        self._sheets = reader.sheets
        self.names = tuple(reader.sheets)
        self.hidden: frozenset[str] = frozenset()  # stands in styles, which are not read
        self.notices: tuple[Notice, ...] = (Notice(VALUES_ONLY),)

    def sheet(self, name: str) -> ValueSheet:
        """One of its sheets."""
        return self._sheets[name]


class _Reader:
    """The handlers of one pass."""

    def __init__(self, path: Path) -> None:
        self.sheets: dict[str, ValueSheet] = {}
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._path = path
        self._sheet = ValueSheet()
        self._row = self._column = 0
        self._row_repeats = self._cell_repeats = 1
        self._cells: dict[int, ValueCell] = {}
        self._attributes: dict[str, str] = {}
        self._paragraphs: list[str] = []
        self._pieces: list[str] | None = None
        self._aside = 0  # inside of a note or a drawing, whose paragraphs are not the cell's
        self._in_cell = False
        self._link = ""
        self._row_links: dict[int, str] = {}
        self._cells_left = _MAX_REPEATED_CELLS
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {
            f"{_TABLE}}}table": self._start_table,
            f"{_TABLE}}}table-row": self._start_row,
            f"{_TABLE}}}table-cell": self._start_cell,
            f"{_TABLE}}}covered-table-cell": self._start_cell,
            f"{_TEXT}}}p": self._start_paragraph,
            f"{_TEXT}}}a": self._start_link,
            f"{_TEXT}}}s": lambda attributes: self._add(_KEPT_SPACE * _count(attributes.get(f"{_TEXT}}}c"), 1000)),
            f"{_TEXT}}}tab": lambda _: self._add("\t"),
            f"{_TEXT}}}line-break": lambda _: self._add("\n"),
        }
        self._ends: dict[str, Callable[[], None]] = {
            f"{_TABLE}}}table-row": self._end_row,
            f"{_TABLE}}}table-cell": self._end_cell,
            f"{_TABLE}}}covered-table-cell": self._end_cell,
            f"{_TEXT}}}p": self._end_paragraph,
        }

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._in_cell and (self._aside or not tag.startswith(_TEXT)):
            self._aside += 1
            return
        handler = self._starts.get(tag)
        if handler is not None:
            handler(attributes)

    def _end(self, tag: str) -> None:
        if self._aside:
            self._aside -= 1
            return
        handler = self._ends.get(tag)
        if handler is not None:
            handler()

    def _characters(self, text: str) -> None:
        if not self._aside and self._pieces is not None:
            self._pieces.append(_BLANKS.sub(" ", text))

    def _add(self, text: str) -> None:
        if self._pieces is not None:
            self._pieces.append(text)

    def _start_table(self, attributes: dict[str, str]) -> None:
        self._sheet = self.sheets.setdefault(attributes.get(f"{_TABLE}}}name", ""), ValueSheet())
        self._row = 0

    def _start_row(self, attributes: dict[str, str]) -> None:
        self._row += 1
        self._row_repeats = _count(attributes.get(f"{_TABLE}}}number-rows-repeated"), MAX_ROWS)
        self._column = 0
        self._cells, self._row_links = {}, {}
        if attributes.get(f"{_TABLE}}}visibility", "visible") != "visible":
            self._sheet.hidden.update(range(self._row, min(self._row + self._row_repeats, self._row + 10_000)))

    def _end_row(self) -> None:
        if self._cells and self._row <= MAX_ROWS:
            last = min(self._row + self._row_repeats - 1, MAX_ROWS)
            self._spend(len(self._cells) * (last - self._row + 1))
            self._sheet.rows += [(number, self._cells) for number in range(self._row, last + 1)]
            for number in range(self._row, min(last + 1, self._row + _MAX_LINKED_ROWS)):
                self._sheet.links |= {(number, column): link for column, link in self._row_links.items()}
        self._row += self._row_repeats - 1

    def _start_cell(self, attributes: dict[str, str]) -> None:
        self._attributes = attributes
        self._paragraphs = []
        self._link = ""
        self._column += 1
        self._cell_repeats = _count(attributes.get(f"{_TABLE}}}number-columns-repeated"), MAX_COLUMNS)
        self._in_cell = True
        right = self._column + _count(attributes.get(f"{_TABLE}}}number-columns-spanned"), MAX_COLUMNS) - 1
        bottom = self._row + _count(attributes.get(f"{_TABLE}}}number-rows-spanned"), MAX_ROWS) - 1
        if (right, bottom) != (self._column, self._row):
            self._sheet.merges.append(Area(self._row, self._column, bottom, right))

    def _end_cell(self) -> None:
        self._in_cell = False
        text = "\n".join(self._paragraphs)
        value = _value(self._attributes, text)
        if value not in {"", None}:
            last = min(self._column + self._cell_repeats - 1, MAX_COLUMNS)
            self._spend(last - self._column + 1)
            cell = ValueCell(value, text or value_text(value), self._number_format(text))
            self._cells.update(dict.fromkeys(range(self._column, last + 1), cell))
            if self._link:
                self._row_links |= dict.fromkeys(range(self._column, last + 1), self._link)
        self._column += self._cell_repeats - 1

    def _number_format(self, text: str) -> str:
        """The number format of a percentage, by what is shown of it."""
        match = _PERCENTAGE.fullmatch(text)
        if match is None or self._attributes.get(f"{_OFFICE}}}value-type") != "percentage":
            return ""
        return f"0.{'0' * len(match[1])}%" if match[1] else "0%"

    def _start_link(self, attributes: dict[str, str]) -> None:
        """Take note of a link's address; the first one of a cell counts."""
        if self._in_cell:
            self._link = self._link or attributes.get(_HREF, "")

    def _start_paragraph(self, _: dict[str, str]) -> None:
        self._pieces = [] if self._in_cell else None

    def _end_paragraph(self) -> None:
        if self._pieces is not None:
            text = _BLANKS.sub(lambda blank: "\n" if "\n" in blank[0] else "\t" if "\t" in blank[0] else " ",
                               "".join(self._pieces)).strip(" ")  # fmt: skip
            self._paragraphs.append(text.replace(_KEPT_SPACE, " "))
            self._pieces = None

    def _spend(self, cells: int) -> None:
        """Keep a small file from unfolding into a sheet that no memory holds."""
        self._cells_left -= cells
        if self._cells_left < 0:
            raise WorkbookError(
                f'"{self._path.name}" repeats cells into more than {_MAX_REPEATED_CELLS:,}. '
                "Save the sheet that you need as .xlsx."
            )


def _count(text: str | None, most: int) -> int:
    return min(max(int(text), 1), most) if text and text.isdecimal() and len(text) < 9 else 1


def _value(attributes: dict[str, str], text: str) -> object:
    """The typed value of a cell with these attributes; its text where it names no kind."""
    given = {name.rpartition("}")[2]: value for name, value in attributes.items() if name.startswith(_OFFICE)}
    try:
        match given.get("value-type"):
            case "float" | "percentage" | "currency":
                return float(given["value"])
            case "boolean":
                return given["boolean-value"] == "true"
            case "date":
                moment = datetime.fromisoformat(given["date-value"])
                return moment if "T" in given["date-value"] else date(moment.year, moment.month, moment.day)
            case "time" if match := _DURATION.fullmatch(given["time-value"]):
                sign, hours, minutes, seconds = match.groups(default="0")
                duration = timedelta(hours=int(hours), minutes=int(minutes), seconds=int(seconds))
                return -duration if sign == "-" else duration
            case "string" if "string-value" in given and not text:
                return given["string-value"]
    except (KeyError, ValueError):
        return text
    return text
