"""Where columns go in a sheet that is a package's part: found out by one pass over it, before anything is written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.opc.cell_refs import letters
from chaindesk.workbook.opc.shared_strings import shared_strings, unescaped
from chaindesk.workbook.opc.workbook_part import Sheet, WorkbookPart, choose_sheet
from chaindesk.workbook.opc.xml_encoding import utf8_chunks
from chaindesk.workbook.types import MAX_COLUMNS, ColumnWrite
from chaindesk.workbook.writing.column_placement import Placement, attached_edge, place_columns
from chaindesk.workbook.writing.sheet_scan import HeaderCell, SheetScan, scan_sheet


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """A sheet that columns are to be written into.

    Attributes:
        sheet: the sheet.
        scan: what the pass over it found.
        placement: the columns and their names.
        first_job: the first row below the headers that gets cells, or 0.
    """

    sheet: Sheet
    scan: SheetScan
    placement: Placement
    first_job: int


def lay_out(workbook: WorkbookPart, source: Path, columns: ColumnWrite, notices: list[Notice]) -> SheetLayout:
    """Find the columns' places.

    Raises:
        UsageError: two of them would share a column.
        WorkbookError: there is no such sheet, it is damaged, it has no room, or new headers would be hidden.
    """
    sheet = choose_sheet(workbook, source, columns.sheet, notices)
    first_job = min((number for number in columns.rows if number > columns.header_row), default=0)

    def scan(watched: int) -> SheetScan:
        looked_at = (columns.header_row, first_job)
        return scan_sheet(workbook.package, sheet_chunks(workbook, sheet), sheet.part, looked_at, watched)

    found = scan(MAX_COLUMNS + 1)
    rows = range(columns.header_row, max(max(columns.rows, default=0), columns.header_row) + 1)
    edge = max(found.edge, found.merges_edge, attached_edge(workbook, sheet, rows))
    where = f'Sheet "{sheet.name}" of "{source.name}"'
    existing = _headers(workbook, columns, found)
    placement = place_columns(columns.headers, columns.into, existing, edge, columns.first_column, where)
    _check_hidden(columns, found, placement, where)
    first = min(placement.columns.values(), default=MAX_COLUMNS + 1)
    return SheetLayout(sheet, scan(first) if first <= found.reach else found, placement, first_job)


def sheet_chunks(workbook: WorkbookPart, sheet: Sheet) -> Iterator[bytes]:
    """The bytes of the sheet's part as UTF-8."""
    entry = workbook.package.find(sheet.part)
    if entry is None:
        raise workbook.package.damaged(sheet.part)
    return utf8_chunks(workbook.package, entry)


def _headers(workbook: WorkbookPart, columns: ColumnWrite, found: SheetScan) -> dict[int, str]:
    """The header row's texts by column."""
    cells = found.cells_in.get(columns.header_row, {})
    shared = workbook.related("sharedStrings")
    indexes = [_string_index(cell) for cell in cells.values() if cell.kind == "s"]
    strings = shared_strings(workbook.package, shared.target, max(indexes) + 1) if shared and indexes else []
    return {column: _text(cell, strings) for column, cell in cells.items() if cell.filled}


def _check_hidden(columns: ColumnWrite, found: SheetScan, placement: Placement, where: str) -> None:
    """Refuse a header row that is merged over the places of new headers: no program would show them."""
    new = [placement.columns[header] for header in placement.new]
    for area in found.whole_row_merges:
        if area.top <= columns.header_row <= area.bottom and any(area.left <= column for column in new):
            raise WorkbookError(
                f"{where} has its header row, {columns.header_row}, merged from column {letters(area.left)} to the "
                f"last one, {letters(area.right)}: new headers would be hidden in it. Unmerge these cells, or name "
                "another header row."
            )


def _string_index(cell: HeaderCell) -> int:
    """The index of the cell's shared string; -1 where it names none."""
    text = "".join(cell.pieces).strip()
    return int(text) if text.isdecimal() else -1


def _text(cell: HeaderCell, strings: Sequence[str]) -> str:
    if cell.kind != "s":
        return unescaped("".join(cell.pieces))
    return strings[_string_index(cell)] if 0 <= _string_index(cell) < len(strings) else ""
