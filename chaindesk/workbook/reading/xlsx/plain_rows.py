"""Reads rows of a worksheet that are spelt as Excel, LibreOffice, openpyxl and the like spell plain values."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol

from chaindesk.workbook.opc.cell_refs import column_number
from chaindesk.workbook.opc.plain_elements import COLUMN, ROW_ATTRIBUTES, TEXT, plain_text
from chaindesk.workbook.reading.grid import GridRow
from chaindesk.workbook.reading.xlsx.cell_texts import CellTexts
from chaindesk.workbook.reading.xlsx.row_shapes import RowShapes
from chaindesk.workbook.reading.xlsx.style_reader import CellStyles

_VALUE = rf"(?:<v>{TEXT}</v>)?+"
_CELL = (
    rf'<c r="{COLUMN}[0-9]{{1,7}}+"(?: s="[0-9]{{1,6}}+")?+(?:(?: t="(?:s|n|str|b)")?+(?:/>|>{_VALUE}</c>)'
    rf'| t="inlineStr"(?:/>|>(?:<is><t(?: xml:space="preserve")?+>{TEXT}</t></is>|{_VALUE})</c>))'
)
PLAIN_ROWS = re.compile(rf'(?:\s*+<row r="[0-9]{{1,7}}+"{ROW_ATTRIBUTES}(?:/>|>(?:\s*+{_CELL})*+\s*+</row>))++')
"""A run of rows that ``PlainRows`` reads: no formulas, errors, pictures, rich texts or comments."""

_PARTS = re.compile(
    r'<row r="([0-9]+)"([^>]*)>|<c r="([A-Z]+)[0-9]+"(?: s="([0-9]+)")?(?: t="([A-Za-z]+)")?'
    r">(?:<is>)?<[vt][^>]*>([^<]*)<|(</row>)"
)


class EndRow(Protocol):
    """Gets a row: its number, its texts by column, and whether the sheet hides it."""

    def __call__(self, number: int, cells: dict[int, str], *, hidden: bool) -> None:
        """Take the row."""


class EndRows(Protocol):
    """Gets rows that hold something, and the number of the last row that was read."""

    def __call__(self, rows: list[GridRow], last: int) -> None:
        """Take the rows."""


class PlainRows:
    """Takes runs of plain rows."""

    def __init__(
        self,
        texts: CellTexts,
        end_row: EndRow,
        end_rows: EndRows,
        styles: CellStyles,
        mark: Callable[[int, int], None],
    ) -> None:
        """Set who gets the rows.

        Args:
            texts: turns values into texts.
            end_row: called with each row that is read by itself.
            end_rows: called with rows that are read together.
            styles: the workbook's cell formats.
            mark: called with row and column of each cell that has one of ours.
        """
        self._text = texts.text
        self._end_row, self._end_rows = end_row, end_rows
        self._ours = styles.ours
        self._mark = mark
        self._shapes = RowShapes(texts, styles.ours | styles.approximate)

    def take(self, run: str) -> int:
        """Read the plain rows at the beginning of a run; return how many characters they take."""
        at = 0
        for rows, last, reached in self._shapes.take(run):
            self._end_rows(rows, last)
            at = reached
        plain = PLAIN_ROWS.match(run, at)
        if plain is None:
            return at
        self._take_each(plain[0])
        return plain.end()

    def _take_each(self, run: str) -> None:
        text, ours = self._text, self._ours
        row, hidden = 0, False
        cells: dict[int, str] = {}
        for number, attributes, name, style, kind, value, end in _PARTS.findall(run):
            if name:
                column = column_number(name)
                cell_format = int(style or 0)
                if cell_format in ours:
                    self._mark(row, column)
                if shown := text(kind or "n", cell_format, plain_text(value), (row, column)):
                    cells[column] = shown
            elif end:
                self._end_row(row, cells, hidden=hidden)
            elif number:
                row, cells = int(number), {}
                hidden = ' hidden="1"' in attributes or ' hidden="true"' in attributes
                if attributes.endswith("/"):
                    self._end_row(row, cells, hidden=hidden)
