"""Opens a workbook of which just the values are read: .xls and .xlsb by python-calamine, .ods by our own reader."""

from __future__ import annotations

from pathlib import Path
from typing import IO

from chaindesk.workbook.opc.file_type import FileKind
from chaindesk.workbook.reading.values.value_book import ValueBook


def open_value_book(kind: FileKind, file: IO[bytes], path: Path) -> ValueBook:
    """Open a workbook of that kind.

    Raises:
        WorkbookError: it cannot be read.
    """
    if kind is FileKind.OPEN_DOCUMENT:
        from chaindesk.workbook.reading.values.ods_reader import OdsBook

        return OdsBook(file, path)
    from chaindesk.workbook.reading.values.calamine_reader import CalamineBook

    return CalamineBook(file, path)
