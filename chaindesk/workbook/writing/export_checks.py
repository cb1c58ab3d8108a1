"""Finds out before anything is paid for whether an export could be written: its target, its headers and its places."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import IO

from chaindesk.domain.errors import ChainDeskError, SaveError, UsageError, WorkbookError
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.row_places import RowPlaces
from chaindesk.files.atomic_write import probe_replace
from chaindesk.files.save import save_errors
from chaindesk.workbook.error_translation import readable_errors
from chaindesk.workbook.naming import continued_columns
from chaindesk.workbook.opc.file_type import opened
from chaindesk.workbook.opc.package import Package
from chaindesk.workbook.opc.shared_strings import possible, unescaped
from chaindesk.workbook.opc.workbook_part import BinaryWorkbook, WorkbookPart
from chaindesk.workbook.reading.xlsx.style_reader import CellStyles
from chaindesk.workbook.types import MAX_COLUMNS, MAX_ROWS, CellValue, ColumnWrite
from chaindesk.workbook.writing.column_placement import place_columns
from chaindesk.workbook.writing.sheet_layout import SheetLayout, lay_out, sheet_chunks
from chaindesk.workbook.writing.sheet_scan import scan_sheet
from chaindesk.workbook.writing.style_writer import added_styles, style_sheet
from chaindesk.workbook.writing.table_patch import table_changes

_ENDINGS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})


def check_target(source: Path | str, target: Path | str, *, overwrite_source: bool = False) -> None:
    """Find out, before anything is paid for, whether ``write_columns`` could save its copy there.

    The arguments are those that ``write_columns`` will get.

    Raises:
        UsageError: the target's name is no workbook's.
        SaveError: it is the source itself, it cannot be backed up, or its folder cannot be written to.
    """
    source, target = Path(source), Path(target)
    _check_ending(target)
    if is_same_file(source, target) and not overwrite_source:
        raise is_the_source(target)
    with save_errors(target):
        probe_replace(target)


def check_export(manifest: Manifest, headers: Sequence[str], *, password: str | None = None) -> None:
    """Find out, before anything is paid for, whether ``write_columns`` could add columns to a manifest's workbook.

    The sheet is gone through once, and nothing is written.

    Args:
        manifest: the sheet, as it was read.
        headers: of the columns that an export would write.
        password: of an encrypted workbook.

    Raises:
        PasswordNeeded: the workbook is encrypted, and the password is missing or wrong.
        UsageError: two columns would have one header or one place.
        WorkbookError: the columns have no room, would not be seen, or the sheet is damaged.
    """
    rows = _RowsWithoutCells(manifest)
    into = continued_columns(manifest, headers)
    columns = ColumnWrite(manifest.sheet, manifest.header_row, headers, rows, into=into, source=manifest.source)
    _check_headers(columns)
    with readable_errors(manifest.path), opened(manifest.path, password) as (_, workbook, _, _):
        if workbook is None:
            edge = max((column.index for column in manifest.columns), default=0)
            where = f'Sheet "{manifest.sheet}" of "{manifest.path.name}"'
            place_columns(headers, into, {}, edge, None, where)
            return
        layout = lay_out(workbook, manifest.path, columns, [])
        if added_styles(workbook) is None:
            style_sheet(workbook)
        table_changes(workbook, layout, columns)


class _RowsWithoutCells(Mapping[int, Sequence[CellValue]]):
    """The rows of a manifest, for whoever asks only which they are."""

    def __init__(self, manifest: Manifest) -> None:
        self._places = RowPlaces(manifest.rows)

    def __getitem__(self, number: int) -> Sequence[CellValue]:
        self._places[number]
        return ()

    def __iter__(self) -> Iterator[int]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


def check_copy(file: IO[bytes], target: Path, layout: SheetLayout, columns: ColumnWrite) -> None:
    """Read a copy that was written, before it replaces anything: its package, its sheet, its styles and its headers.

    Raises:
        SaveError: no program would open it.
    """
    placement = layout.placement
    try:
        workbook = WorkbookPart(Package(file, target.name))
        CellStyles(workbook)
        chunks = sheet_chunks(workbook, layout.sheet)
        found = scan_sheet(workbook.package, chunks, layout.sheet.part, (columns.header_row,), MAX_COLUMNS + 1)
    except (ChainDeskError, BinaryWorkbook) as exc:
        raise _damaged_copy(target) from exc
    cells = found.cells_in.get(columns.header_row, {})
    for header in placement.new:
        cell = cells.get(placement.columns[header])
        if cell is None or unescaped("".join(cell.pieces)) != possible(placement.names[header]):
            raise _damaged_copy(target)


def _damaged_copy(target: Path) -> SaveError:
    return SaveError(
        f'"{target}" was not saved: the copy could not be read again, so the workbook seems to be damaged. '
        "Open it in Excel, let it repair the file, save it, and export once more."
    )


def is_the_source(target: Path) -> SaveError:
    """What to raise where the copy would go into the workbook itself."""
    return SaveError(f'"{target}" is the workbook itself. Save the copy under another name.')


def _check_ending(target: Path) -> None:
    if target.suffix.lower() not in _ENDINGS:
        raise UsageError(f'The copy is an Excel workbook: give it a name that ends in .xlsx, not "{target.name}".')


def check_request(columns: ColumnWrite, target: Path) -> None:
    """Refuse what cannot be written whatever the workbook is."""
    _check_ending(target)
    _check_headers(columns)


def _check_headers(columns: ColumnWrite) -> None:
    if len(set(columns.headers)) != len(columns.headers):
        raise UsageError("Two of the new columns have the same header.")
    if not all(1 <= number <= MAX_ROWS for number in chain((columns.header_row,), columns.rows)):
        raise WorkbookError(f"A sheet's rows go from 1 to {MAX_ROWS:,}.")


def is_same_file(source: Path, target: Path) -> bool:
    """Return whether both paths lead to one file."""
    try:
        return os.path.samefile(source, target)
    except OSError:
        return False
