"""What every reader returns: the rows of one sheet as texts, and the sheet's merges, tables and filter."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby, pairwise

from chaindesk.workbook.opc.cell_refs import Area


@dataclass(frozen=True, slots=True)
class GridRow:
    """One row that holds something.

    Attributes:
        number: its number in the sheet.
        hidden: whether the sheet hides it.
        columns: the columns that hold something, ascending.
        texts: their texts, as a person sees them.
    """

    number: int
    hidden: bool
    columns: tuple[int, ...]
    texts: tuple[str, ...]

    def text(self, column: int) -> str:
        """The text of a column, "" where it is blank."""
        try:
            return self.texts[self.columns.index(column)]
        except ValueError:
            return ""


@dataclass(frozen=True, slots=True)
class Table:
    """An Excel table: its area, and how many header and totals rows it has."""

    area: Area
    header_rows: int
    totals_rows: int


@dataclass(slots=True)
class Grid:
    """A sheet as it was read.

    Attributes:
        rows: ascending by number, each at most once.
        merges: merged areas.
        tables: its tables.
        filter: the area of its autofilter, if any.
        ours: header cells, as (row, column), that carry the style of ChainDesk's own columns.
        errors: cells whose value is an error, as (row, column).
        links: the addresses of cells that are links, by (row, column).
        computed_links: cells that are links whose address a formula computes, as (row, column).
        pictures: cells in which a picture was placed, as (row, column).
        floating_pictures: how many pictures lie above the cells.
        approximate: cells that Excel shows in another way, as (row, column).
        unsaved: formula cells without a saved result, as (row, column).
    """

    rows: list[GridRow] = field(default_factory=list)
    merges: list[Area] = field(default_factory=list)
    tables: list[Table] = field(default_factory=list)
    filter: Area | None = None
    ours: set[tuple[int, int]] = field(default_factory=set)
    errors: list[tuple[int, int]] = field(default_factory=list)
    unsaved: list[tuple[int, int]] = field(default_factory=list)
    approximate: list[tuple[int, int]] = field(default_factory=list)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    computed_links: list[tuple[int, int]] = field(default_factory=list)
    pictures: list[tuple[int, int]] = field(default_factory=list)
    floating_pictures: int = 0

    def put_in_order(self) -> None:
        """Sort the rows, and join those that the file spells in pieces."""
        numbers = [row.number for row in self.rows]
        if all(before < after for before, after in pairwise(numbers)):
            return
        self.rows.sort(key=lambda row: row.number)
        self.rows = [_joined(list(rows)) for _, rows in groupby(self.rows, key=lambda row: row.number)]


def grid_row(number: int, cells: Mapping[int, str], *, hidden: bool = False) -> GridRow:
    """A row of cells in any order; blank ones are left out."""
    columns = tuple(sorted(column for column, text in cells.items() if text))
    return GridRow(number, hidden, columns, tuple(cells[column] for column in columns))


class RecordRows:
    """Makes rows of records, whose cells begin in column A; rows that fill the same columns share one tuple of them."""

    def __init__(self) -> None:
        self._columns: dict[object, tuple[int, ...]] = {}

    def row(self, number: int, cells: Sequence[str]) -> GridRow:
        """Return a row; blank cells are left out."""
        if all(cells):
            width = len(cells)
            columns = self._columns.get(width) or self._columns.setdefault(width, tuple(range(1, width + 1)))
            return GridRow(number, False, columns, tuple(cells))
        filled = tuple([column for column, text in enumerate(cells, 1) if text])
        return GridRow(number, False, self._columns.setdefault(filled, filled), tuple(filter(None, cells)))


def _joined(rows: Sequence[GridRow]) -> GridRow:
    if len(rows) == 1:
        return rows[0]
    cells: dict[int, str] = {}
    for row in rows:
        cells.update(zip(row.columns, row.texts, strict=True))
    return grid_row(rows[0].number, cells, hidden=rows[0].hidden)
