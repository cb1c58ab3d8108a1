"""Reads the values of .xls and .xlsb by python-calamine; such files cannot be patched."""

from __future__ import annotations

import io
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import time, timedelta
from pathlib import Path
from typing import IO, Any

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.reading.values.binary_numbers import number_formats
from chaindesk.workbook.reading.values.value_book import VALUES_ONLY, ValueCell, ValueSheet, value_text

_VALUES_ONLY = Notice(f"{VALUES_ONLY} Of links the words are read, and not the addresses.")
_UNFORMATTED = Notice(
    "Only the values of this file are read, without their number formats: what shows as 00501 or 25.5% is 501 or "
    "0.255. The export will be a new .xlsx that holds them."
)


class CalamineBook:
    """An opened .xls or .xlsb.

    Attributes:
        names: of its worksheets; sheets that are charts, dialogs or macros are none.
        hidden: the names of those that a person does not see.
        notices: what the user should know about all of its sheets.
    """

    def __init__(self, file: IO[bytes], path: Path) -> None:
        import python_calamine

        self._path = path
        self._formats = number_formats(file, path.name)
        with _calamine(path):
            file.seek(0)
            self._workbook: Any = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(file.read()))
            sheets = self._workbook.sheets_metadata
        self.notices: tuple[Notice, ...] = (_VALUES_ONLY,) if self._formats is not None else (_UNFORMATTED,)
        worksheet = python_calamine.SheetTypeEnum.WorkSheet
        self.names = tuple(sheet.name for sheet in sheets if sheet.typ == worksheet)
        visible = python_calamine.SheetVisibleEnum.Visible
        self.hidden = frozenset(sheet.name for sheet in sheets if sheet.visible != visible)

    def sheet(self, name: str) -> ValueSheet:
        """One of its sheets.

        Raises:
            WorkbookError: it cannot be read.
        """
        with _calamine(self._path):
            sheet = self._workbook.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=True)
            top, left = sheet.start or (0, 0)
        found = ValueSheet()
        for number, row in enumerate(rows, top + 1):
            cells = {
                column: self._cell(name, number, column, value)
                for column, value in enumerate(row, left + 1)
                if value not in {"", None}
            }
            if cells:
                found.rows.append((number, cells))
        return found

    def _cell(self, sheet: str, row: int, column: int, value: object) -> ValueCell:
        formats = self._formats
        text = None if formats is None or isinstance(value, str | bool) else formats.text(sheet, row, column)
        if formats is None or text is None:
            return ValueCell(value, value_text(value))
        code = formats.code(sheet, row, column)
        if isinstance(value, time | timedelta):  # as a number it keeps its format in the copy
            value = formats.cells[sheet][row, column][0]
        return ValueCell(value, text, code, formats.is_approximate(sheet, row, column))


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
