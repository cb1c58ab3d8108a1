"""Reads the values of .xls, .xlsb and .ods by python-calamine; such files cannot be patched."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import IO, Any

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.opc.workbook_part import no_sheet
from chaindesk.workbook.reading.grid import Grid, grid_row


def read(file: IO[bytes], path: Path, wanted: str | None) -> tuple[Grid, str, tuple[str, ...]]:
    """The rows of the sheet of that name, or of the first one that holds anything; its name, and the names of all.

    Raises:
        WorkbookError: there is no such sheet, or the file cannot be read.
    """
    with _calamine(path):
        workbook = _workbook(file)
        found = list(workbook.sheet_names)
        if wanted is not None and wanted not in found:
            raise no_sheet(path, wanted, found)
        for name in [wanted] if wanted is not None else found:
            grid = _grid(workbook, name)
            if grid.rows or name in {wanted, found[-1]}:
                return grid, name, tuple(found)
    raise WorkbookError(f'"{path.name}" has no worksheet, so there is no manifest in it.')


def values(file: IO[bytes], path: Path) -> Iterator[tuple[str, list[tuple[int, dict[int, object]]]]]:
    """By sheet the typed values of its rows, by row number and column."""
    with _calamine(path):
        workbook = _workbook(file)
        for name in workbook.sheet_names:
            yield name, list(_rows(workbook, name))


@contextmanager
def _calamine(path: Path) -> Iterator[None]:
    """Translate what python-calamine raises; on a damaged file it may even panic, and prints that to standard error."""
    import python_calamine

    try:
        with _quiet_stderr():
            yield
    except WorkbookError:
        raise
    except (python_calamine.CalamineError, OSError, ValueError) as exc:
        raise _unreadable(path) from exc
    except BaseException as exc:
        if type(exc).__name__ != "PanicException":
            raise
        raise _unreadable(path) from exc


def _unreadable(path: Path) -> WorkbookError:
    return WorkbookError(f'"{path.name}" cannot be read. Open it in a spreadsheet program and save it as .xlsx.')


@contextmanager
def _quiet_stderr() -> Iterator[None]:
    """Keep a panic's own output from the user's terminal while a file is read."""
    try:
        kept = os.dup(2)
    except OSError:  # a program without a console
        yield
        return
    try:
        with open(os.devnull, "wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
            yield
    finally:
        os.dup2(kept, 2)
        os.close(kept)


def _workbook(file: IO[bytes]) -> Any:
    import python_calamine

    file.seek(0)
    return python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))


def _grid(workbook: Any, name: str) -> Grid:
    grid = Grid()
    for number, cells in _rows(workbook, name):
        texts = {column: shown for column, value in cells.items() if (shown := as_text(value))}
        if texts:
            grid.rows.append(grid_row(number, texts))
    return grid


def _rows(workbook: Any, name: str) -> Iterator[tuple[int, dict[int, object]]]:
    """The rows of a sheet that hold something; none of a chart sheet."""
    import python_calamine

    try:
        sheet = workbook.get_sheet_by_name(name)
        rows = sheet.to_python(skip_empty_area=True)
    except python_calamine.CalamineError:
        return
    top, left = sheet.start or (0, 0)
    for number, row in enumerate(rows, top + 1):
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
