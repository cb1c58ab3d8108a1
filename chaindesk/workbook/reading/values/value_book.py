"""Workbooks of which just the values are read: what each of their readers gives, and the grid made of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Protocol

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.opc.cell_refs import Area
from chaindesk.workbook.opc.workbook_part import no_sheet
from chaindesk.workbook.reading.grid import Grid, grid_row
from chaindesk.workbook.reading.sheet_choice import SheetChoice, choose_filled

VALUES_ONLY = (
    "Only the values of this file are read, as they are shown; the export will be a new .xlsx that holds them."
)


@dataclass(frozen=True, slots=True)
class ValueCell:
    """A cell.

    Attributes:
        value: its typed value.
        text: what a person sees.
        code: its number format, where it has one of its own.
        is_approximate: whether Excel shows it in another way.
    """

    value: object
    text: str
    code: str = ""
    is_approximate: bool = False


@dataclass(slots=True)
class ValueSheet:
    """The rows of a sheet that hold something, by row number and column, which of them it hides, and its links."""

    rows: list[tuple[int, dict[int, ValueCell]]] = field(default_factory=list)
    hidden: set[int] = field(default_factory=set)
    merges: list[Area] = field(default_factory=list)
    links: dict[tuple[int, int], str] = field(default_factory=dict)


class ValueBook(Protocol):
    """An opened workbook.

    Attributes:
        names: of its worksheets, in the order of their tabs.
        hidden: the names of those that a person does not see, as far as the file tells.
        notices: what the user should know about all of its sheets.
    """

    names: tuple[str, ...]
    hidden: frozenset[str]
    notices: tuple[Notice, ...]

    def sheet(self, name: str) -> ValueSheet:
        """One of its sheets.

        Raises:
            WorkbookError: it cannot be read.
        """
        ...


def read_values(book: ValueBook, path: Path, wanted: str | None) -> SheetChoice:
    """The rows of the sheet of that name, or of the one that has the jobs.

    Which sheet was active is not known of such files: the first one that is not hidden counts as that.

    Raises:
        WorkbookError: there is no such sheet, or it cannot be read.
    """
    if wanted is not None and wanted not in book.names:
        raise no_sheet(path, wanted, list(book.names))
    if wanted is not None:
        return SheetChoice(wanted, _grid(book.sheet(wanted)))
    if not book.names:
        raise WorkbookError(f'"{path.name}" has no worksheet, so there is no manifest in it.')
    first = next((name for name in book.names if name not in book.hidden), book.names[0])
    return choose_filled(book.names, first, book.hidden, lambda name: _grid(book.sheet(name)))


def readable_sheets(book: ValueBook) -> Iterator[tuple[str, ValueSheet | None]]:
    """Each sheet by its name; None for one that cannot be read."""
    for name in book.names:
        try:
            sheet = book.sheet(name)
        except WorkbookError:
            yield name, None
        else:
            yield name, sheet


def _grid(sheet: ValueSheet) -> Grid:
    grid = Grid(merges=list(sheet.merges), links=dict(sheet.links))
    for number, cells in sheet.rows:
        texts = {column: cell.text for column, cell in cells.items() if cell.text}
        if texts:
            grid.rows.append(grid_row(number, texts, hidden=number in sheet.hidden))
        grid.approximate += [(number, column) for column, cell in cells.items() if cell.is_approximate]
    return grid


def value_text(value: object) -> str:
    """A typed value as text, where its number format is not known."""
    match value:
        case bool():
            return "TRUE" if value else "FALSE"
        case int() | float():
            return general(float(value)) if abs(value) < 1e300 else str(value)
        case datetime():
            midnight = value.time() == time()
            return value.date().isoformat() if midnight else value.isoformat(" ", "seconds")
        case date() | time():
            return value.isoformat()
        case timedelta():
            seconds = round(value.total_seconds())
            return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
        case _:
            return str(value) if value is not None else ""
