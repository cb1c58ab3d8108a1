"""Turns values into the XML of cells: text always as text, numbers and dates typed, nothing silently lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from chaindesk.workbook.model import MAX_CELL_UNITS, CellValue, Filled, PlainValue
from chaindesk.workbook.names import cut_mark
from chaindesk.workbook.style_sheet import Look
from chaindesk.workbook.texts import escaped, possible, utf16_length

DATE_FORMAT = "yyyy-mm-dd"
MOMENT_FORMAT = "yyyy-mm-dd hh:mm:ss"
_SPECIAL = re.compile("[^\t\n\x20-\x25\x27-\x3b=\x3f-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|_x")
_MOST_DIGITS = 15  # that Excel keeps of a number
_FIRST_SAFE_DAY = date(1900, 3, 1)  # before it, the 1900 system counts a day that never was


@dataclass(slots=True)
class CellWriter:
    """Makes cells.

    Attributes:
        style: the cell format for a look; None where the workbook takes no formats.
        keep_whole: stores a text that is too long for a cell, given its row and header, and gives its file's name.
        date1904: whether dates count from 1904.
        replaced: the rows in whose texts a character had to be replaced.
        cut: the rows that hold just the beginning of a text.
    """

    style: Callable[[Look], int] | None
    keep_whole: Callable[[int, str, str], str]
    date1904: bool = False
    replaced: list[int] = field(default_factory=list)
    cut: list[int] = field(default_factory=list)

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
        fill = text = ""
        if isinstance(value, Filled):
            fill, text, value = value.fill, value.text or "", value.value
        kind, body, number_format = self._content(prefix, row, header, value)
        if kept_style is not None and not fill and not number_format:
            style = f' s="{kept_style}"' if kept_style else ""
        else:
            style = f' s="{self.style(Look(number_format, fill, text))}"' if self.style else ""
        if not body:
            return f'<{prefix}c r="{reference}"{style}/>'
        return f'<{prefix}c r="{reference}"{style}{kind}>{body}</{prefix}c>'

    def _content(self, prefix: str, row: int, header: str, value: PlainValue) -> tuple[str, str, str]:
        """The cell's type attribute, what is inside, and the number format that it needs."""
        if isinstance(value, str):
            return (*self._text(prefix, row, header, value), "") if value else ("", "", "")
        if value is None:
            return "", "", ""
        if isinstance(value, bool):
            return ' t="b"', f"<{prefix}v>{int(value)}</{prefix}v>", ""
        if isinstance(value, (date, datetime)):
            serial = _serial(value, date1904=self.date1904)
            if serial is None:
                return (*self._text(prefix, row, header, value.isoformat()), "")
            code = MOMENT_FORMAT if isinstance(value, datetime) else DATE_FORMAT
            return "", f"<{prefix}v>{serial}</{prefix}v>", code
        number = _number(value)
        if number is None:
            return (*self._text(prefix, row, header, str(value)), "")
        return "", f"<{prefix}v>{number}</{prefix}v>", ""

    def _text(self, prefix: str, row: int, header: str, text: str) -> tuple[str, str]:
        if len(text) * 2 > MAX_CELL_UNITS:
            text = self._fitting(row, header, text)
        if _SPECIAL.search(text):
            kept = possible(text)
            if (len(kept) == len(text) and kept != text and "\ufffd" in kept) or kept.count("\ufffd") > text.count(
                "\ufffd"
            ):
                self.replaced.append(row)
            text = escaped(kept)
        return ' t="inlineStr"', f'<{prefix}is><{prefix}t xml:space="preserve">{text}</{prefix}t></{prefix}is>'

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


def _number(value: float | Decimal) -> str | None:
    """The number as the file spells it, or None where Excel could not keep it."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**_MOST_DIGITS else None
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
