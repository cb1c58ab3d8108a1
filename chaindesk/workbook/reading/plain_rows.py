"""Reads rows of a worksheet that are spelt as Excel, LibreOffice, openpyxl and the like spell plain values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from chaindesk.workbook.opc.cell_refs import column_number
from chaindesk.workbook.opc.plain_elements import TEXT
from chaindesk.workbook.reading.cell_texts import CellTexts

_ROW_ATTRIBUTE = (
    r'(?: (?:spans|s|customFormat|ht|customHeight|hidden|outlineLevel|collapsed|thickTop|thickBot|ph|x14ac:dyDescent)="'
    r'[^"<>&]*+")*+'
)
_COLUMN = r"(?:X(?:F[A-D]|[A-E][A-Z])|[A-W][A-Z]{2}|[A-Z]{1,2})"
_VALUE = rf'<v>{TEXT}</v>|<is><t(?: xml:space="preserve")?+>{TEXT}</t></is>'
_CELL = (
    rf'<c r="{_COLUMN}[0-9]{{1,7}}+"(?: s="[0-9]{{1,6}}+")?+(?: t="(?:s|n|str|b|inlineStr)")?+'
    rf"(?:/>|>(?:{_VALUE})?+</c>)"
)
PLAIN_ROWS = re.compile(rf'(?:\s*+<row r="[0-9]{{1,7}}+"{_ROW_ATTRIBUTE}(?:/>|>(?:\s*+{_CELL})*+\s*+</row>))++')
"""A run of rows that ``PlainRows`` reads: no formulas, errors, pictures, rich texts, entities or comments."""

_PARTS = re.compile(
    r'<row r="([0-9]+)"([^>]*)>|<c r="([A-Z]+)[0-9]+"(?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?'
    r">(?:<is>)?<[vt][^>]*>([^<]*)<|(</row>)"
)


class EndRow(Protocol):
    """Gets a row: its number, its texts by column, and whether the sheet hides it."""

    def __call__(self, number: int, cells: dict[int, str], *, hidden: bool) -> None:
        """Take the row."""


class PlainRows:
    """Takes runs of plain rows."""

    def __init__(
        self,
        texts: CellTexts,
        end_row: EndRow,
        ours: frozenset[int],
        mark: Callable[[int, int], None],
    ) -> None:
        """Set who gets the rows.

        Args:
            texts: turns values into texts.
            end_row: called with each row.
            ours: the cell formats that are looked for.
            mark: called with row and column of each cell that has one of them.
        """
        self._text = texts.text
        self._end_row = end_row
        self._ours = ours
        self._mark = mark

    def take(self, run: str) -> None:
        """Read a run that ``PLAIN_ROWS`` matches."""
        text, ours = self._text, self._ours
        row, hidden = 0, False
        cells: dict[int, str] = {}
        for number, attributes, name, style, kind, value, end in _PARTS.findall(run):
            if name:
                column = column_number(name)
                cell_format = int(style or 0)
                if cell_format in ours:
                    self._mark(row, column)
                if shown := text(kind or "n", cell_format, value, (row, column)):
                    cells[column] = shown
            elif end:
                self._end_row(row, cells, hidden=hidden)
            elif number:
                row, cells = int(number), {}
                hidden = ' hidden="1"' in attributes or ' hidden="true"' in attributes
                if attributes.endswith("/"):
                    self._end_row(row, cells, hidden=hidden)
