"""Reads the values of .xls, .xlsb and .ods by python-calamine; such files cannot be patched."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.row import Notice
from chaindesk.workbook.digits import general
from chaindesk.workbook.grid import Grid, grid_row


def names(file: IO[bytes], path: Path) -> tuple[str, ...]:
    """The names of its sheets."""
    return tuple(_workbook(file, path).sheet_names)


def read(file: IO[bytes], path: Path, wanted: str | None) -> tuple[Grid, str, tuple[str, ...], list[Notice]]:
    """The rows of the sheet of that name, or of the first one that holds anything.

    Raises:
        WorkbookError: there is no such sheet, or the file cannot be read.
    """
    from chaindesk.workbook.reader import no_sheet

    workbook = _workbook(file, path)
    found = list(workbook.sheet_names)
    if wanted is not None and wanted not in found:
        raise no_sheet(path, wanted, found)
    if not found:
        raise WorkbookError(f'"{path.name}" has no worksheet, so there is no manifest in it.')
    for name in [wanted] if wanted is not None else found:
        try:
            grid = _grid(workbook.get_sheet_by_name(name))
        except _calamine_errors():
            grid = Grid()
        if grid.rows or name in {wanted, found[-1]}:
            return grid, name, tuple(found), []
    raise AssertionError


def values(file: IO[bytes], path: Path) -> Iterator[tuple[str, list[tuple[int, dict[int, object]]]]]:
    """By sheet the typed values of its rows, by row number and column."""
    workbook = _workbook(file, path)
    for name in workbook.sheet_names:
        try:
            yield name, list(_rows(workbook.get_sheet_by_name(name)))
        except _calamine_errors():
            yield name, []


def _workbook(file: IO[bytes], path: Path) -> Any:
    import python_calamine

    file.seek(0)
    try:
        return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
    except (python_calamine.CalamineError, OSError, ValueError) as exc:
        raise WorkbookError(
            f'"{path.name}" cannot be read. Open it in a spreadsheet program and save it as .xlsx.'
        ) from exc


def _calamine_errors() -> type[Exception]:
    import python_calamine

    return python_calamine.CalamineError


def _grid(sheet: Any) -> Grid:
    grid = Grid()
    for number, cells in _rows(sheet):
        texts = {column: shown for column, value in cells.items() if (shown := as_text(value))}
        if texts:
            grid.rows.append(grid_row(number, texts))
    return grid


def _rows(sheet: Any) -> Iterator[tuple[int, dict[int, object]]]:
    top, left = sheet.start or (0, 0)
    for number, row in enumerate(sheet.to_python(skip_empty_area=True), top + 1):
        cells = {column: value for column, value in enumerate(row, left + 1) if value not in {"", None}}
        if cells:
            yield number, cells


def as_text(value: object) -> str:
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
