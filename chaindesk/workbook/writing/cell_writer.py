"""Turns values into cells: text always as text, numbers and dates typed, nothing silently lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple
from xml.sax.saxutils import escape

from chaindesk.workbook.naming import cut_mark, without_cut_mark
from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.opc.shared_strings import escaped, possible, utf16_length
from chaindesk.workbook.types import MAX_CELL_UNITS, CellValue, Filled, PlainValue
from chaindesk.workbook.writing.style_writer import CellFormat

DATE_FORMAT = "yyyy-mm-dd"
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
_SPECIAL = re.compile("[^\t\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|_x")
_MAX_DIGITS = 15  # that Excel keeps of a number
_FIRST_SAFE_DAY = date(1900, 3, 1)  # before it, the 1900 system counts a day that never was


class Content(NamedTuple):
    """What stands in a cell: its kind ("s" text, "n" number, "b" boolean), its text, and the number format of it."""

    kind: str
    text: str
    number_format: str = ""


@dataclass(slots=True)
class CellContents:
    """Makes of values what a cell can hold.

    Attributes:
        keep_whole: stores a text that is too long for a cell, given its row and header, and returns its file's name.
        replaced: the rows in whose texts a character had to be replaced.
        cut: the rows that hold just the beginning of a text.
    """

    keep_whole: Callable[[int, str, str], str]
    replaced: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)

    def content(self, row: int, header: str, value: PlainValue, *, date1904: bool = False) -> Content:
        """The cell's content; a text is escaped as the format wants it, but not as XML.

        Args:
            row: its row number.
            header: its column's header.
            value: what it holds; None and "" leave it blank.
            date1904: whether dates count from 1904.
        """
        match value:
            case str():
                return Content("s", self.text(row, header, value))
            case None:
                return Content("n", "")
            case bool():
                return Content("b", str(int(value)))
            case date():
                serial = _serial(value, date1904=date1904)
                if serial is None:
                    return Content("s", value.isoformat())
                return Content("n", serial, MOMENT_FORMAT if isinstance(value, datetime) else DATE_FORMAT)
            case _:
                number = _number(value)
                return Content("s", str(value)) if number is None else Content("n", number)

    def text(self, row: int, header: str, text: str) -> str:
        """What a text's cell holds, escaped as the format wants it, but not as XML."""
        if len(text) * 2 > MAX_CELL_UNITS:
            text = self._fitting(row, header, text)
        if not _SPECIAL.search(text):
            return text
        kept = possible(text)
        if kept.count("\ufffd") > text.count("\ufffd"):
            self.replaced.append(row)
        return escaped(kept)

    def _fitting(self, row: int, header: str, text: str) -> str:
        """The text, or its beginning and the name of the file that holds all of it."""
        possible_text = possible(text)
        if utf16_length(possible_text) <= MAX_CELL_UNITS:
            return text
        self.cut.append(row)
        mark = cut_mark(len(text), self.keep_whole(row, header, text))
        room = MAX_CELL_UNITS - utf16_length(mark)
        beginning = possible_text.encode("utf-16-le")[: room * 2].decode("utf-16-le", "ignore")
        return beginning + mark


@dataclass(frozen=True, slots=True)
class CellWriter:
    """Makes the XML of cells.

    Attributes:
        style: the index of a cell format; None where the workbook takes no formats.
        contents: what they hold.
        date1904: whether dates count from 1904.
    """

    style: Callable[[CellFormat], int] | None
    contents: CellContents
    date1904: bool = False

    def xml(
        self, prefix: str, reference: str, row: int, header: str, value: CellValue, kept_style: int | None = None
    ) -> str:
        """The cell's element.

        Args:
            prefix: the namespace prefix with its colon, or "".
            reference: such as ``B7``.
            row: its row number.
            header: its column's header.
            value: what it holds; "" makes a blank cell.
            kept_style: the format of the cell that it replaces, where that one is to stay.
        """
        fill = colour = ""
        if isinstance(value, Filled):
            fill, colour, value = value.fill, value.text or "", value.value
        if isinstance(value, str):  # nearly all of ours
            kind, text, number_format = "s", self.contents.text(row, header, value), ""
        else:
            kind, text, number_format = self.contents.content(row, header, value, date1904=self.date1904)
        if kept_style is not None and not fill and not number_format:
            style = f' s="{kept_style}"' if kept_style else ""
        else:
            style = f' s="{self.style(CellFormat(number_format, fill, colour))}"' if self.style else ""
        start = f'<{prefix}c r="{reference}"{style}'
        if not text:
            return f"{start}/>"
        if kind == "s":
            return (
                f'{start} t="inlineStr"><{prefix}is><{prefix}t xml:space="preserve">{escape(text)}</{prefix}t>'
                f"</{prefix}is></{prefix}c>"
            )
        typed = ' t="b"' if kind == "b" else ""
        return f"{start}{typed}><{prefix}v>{text}</{prefix}v></{prefix}c>"


def _number(value: float | Decimal) -> str | None:
    """The number as the file spells it, or None where Excel could not keep it."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_MAX_DIGITS else None
    if isinstance(value, float):
        return repr(value) if value - value == 0 else None
    return str(value) if value.is_finite() and abs(value.adjusted()) < 300 else None


def _serial(value: date, *, date1904: bool) -> str | None:
    """The day number, with the time as its fraction, or None before the days that Excel counts rightly."""
    day = value.date() if isinstance(value, datetime) else value
    if day < (date(1904, 1, 1) if date1904 else _FIRST_SAFE_DAY):
        return None
    days = (day - (date(1904, 1, 1) if date1904 else date(1899, 12, 30))).days
    if not isinstance(value, datetime):
        return str(days)
    seconds = value.hour * 3600 + value.minute * 60 + value.second + value.microsecond / 1e6
    return repr(days + seconds / 86_400) if seconds else str(days)


def is_as_written(cell: str, value: CellValue) -> bool:
    """Return whether ``cell``, a text that ``open_manifest`` gave, is what ``write_columns`` makes of ``value``.

    A text that was too long for its cell counts as written where the cell still holds its beginning.
    """
    if isinstance(value, Filled):
        value = value.value
    if isinstance(value, str):
        beginning = without_cut_mark(cell)
        whole = possible(value)
        return cell == whole if beginning is None else whole.startswith(beginning)
    return cell == _shown(value) or cell == str(value)


def _shown(value: float | Decimal | date | datetime | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return general(float(value))
