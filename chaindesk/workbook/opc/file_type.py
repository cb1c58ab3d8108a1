"""Detects what kind of file a workbook is by its first bytes, and opens it, decrypted where the password is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import IO

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.opc.decryption import decrypted, is_encrypted
from chaindesk.workbook.opc.package import Package
from chaindesk.workbook.opc.workbook_part import BinaryWorkbook, WorkbookPart

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TEXT_ENDINGS = frozenset({".csv", ".tsv", ".tab", ".txt"})


class FileKind(Enum):
    """What a workbook's file is."""

    PACKAGE = "package"  # .xlsx and its sisters: read and patched
    VALUES = "values"  # .xls, .xlsb: only their values are read
    OPEN_DOCUMENT = "open document"  # .ods: only its values are read
    TEXT = "text"  # .csv and .tsv


@contextmanager
def opened(path: Path, password: str | None) -> Iterator[tuple[FileKind, WorkbookPart | None, IO[bytes], bool]]:
    """The file's kind, its workbook if it is a package, its bytes, and whether it was encrypted.

    Raises:
        PasswordNeeded: it is encrypted, and the password is missing or wrong.
        WorkbookError: it is no workbook.
    """
    with path.open("rb") as file:
        start = file.read(8)
        file.seek(0)
        if not start:
            raise WorkbookError(f'"{path.name}" is empty.')
        encrypted = start == _OLE and is_encrypted(file, path.name)
        readable = decrypted(file, path.name, password) if encrypted else file
        start = readable.read(8)
        readable.seek(0)
        if start[:4] in {b"PK\3\4", b"PK\5\6"}:
            yield *_package(readable, path), readable, encrypted
        elif start == _OLE:
            yield FileKind.VALUES, None, readable, encrypted
        elif path.suffix.lower() in TEXT_ENDINGS:
            yield FileKind.TEXT, None, readable, encrypted
        else:
            raise WorkbookError(
                f'"{path.name}" is not a workbook that can be opened. Save it in Excel as .xlsx, or as .csv.'
            )


def _package(file: IO[bytes], path: Path) -> tuple[FileKind, WorkbookPart | None]:
    package = Package(file, path.name)
    mime = package.find("mimetype")
    if mime is not None and b"opendocument" in package.read(mime):
        _check_protection(package)
        return FileKind.OPEN_DOCUMENT, None
    try:
        return FileKind.PACKAGE, WorkbookPart(package)
    except BinaryWorkbook:
        return FileKind.VALUES, None


def _check_protection(package: Package) -> None:
    """Refuse an .ods with a password, whose content looks like damage."""
    entry = package.find("META-INF/manifest.xml")
    if entry is not None and b"encryption-data" in package.read(entry):
        raise WorkbookError(
            f'"{package.name}" has a password, which is not read of an .ods. Save it without one, or as .xlsx.'
        )
