"""Workbooks as manifests, in two calls that need nothing else of ChainDesk.

``open_manifest`` reads one sheet of any workbook as a header row and rows of texts. ``write_columns`` makes a copy of a
workbook in which some columns of some rows hold given texts, numbers and dates, and in which nothing else has changed:
the package is patched, not written anew, so charts, pivots, macros, slicers and cached formula values stay as they are.

    manifest = open_manifest("topics.xlsx")
    texts = {row.number: [row.values["Topic"].upper()] for row in manifest.rows}
    report = write_columns(manifest.path, "topics.completed.xlsx", sheet=manifest.sheet,
                           header_row=manifest.header_row, headers=["Loud topic"], rows=texts)

Importing this package is cheap: the libraries behind the calls are loaded by the calls.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType

from chaindesk.domain.manifest import Manifest
from chaindesk.workbook.naming import continued_columns, export_name, is_cut
from chaindesk.workbook.types import CellValue, Filled, PlainValue, WriteReport

__all__ = [
    "CellValue",
    "Filled",
    "PlainValue",
    "WriteReport",
    "check_target",
    "continued_columns",
    "export_name",
    "is_as_written",
    "is_cut",
    "open_manifest",
    "read_anew",
    "sheet_names",
    "write_columns",
]


def open_manifest(
    path: Path | str,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    id_column: str | None = None,
    skip_hidden: bool = False,
    password: str | None = None,
) -> Manifest:
    """Read the sheet that holds the jobs: every value as text, as a person sees it in the sheet.

    Args:
        path: .xlsx, .xlsm, .xltx, .xltm, .csv, .tsv; of .xls, .xlsb and .ods the values.
        sheet: the sheet's name; without it the active one.
        header_row: the row that holds the headers; without it, it is looked for.
        id_column: the column whose texts become the rows' keys.
        skip_hidden: leave out rows that the sheet hides.
        password: of an encrypted workbook.

    Returns:
        The manifest. Everything that was handled on the way is in its notices.

    Raises:
        PasswordNeeded: the workbook is encrypted, and the password is missing or wrong.
        WorkbookError: the file cannot be used as it is; the message says why, and what to do.
    """
    from chaindesk.workbook.reading.open_manifest import open_manifest as read

    return read(
        path,
        sheet=sheet,
        header_row=header_row,
        id_column=id_column,
        skip_hidden=skip_hidden,
        password=password,
    )


def read_anew(manifest: Manifest, *, password: str | None = None) -> Manifest:
    """The manifest as its file is now: read again in the same way where the file has changed, else the same one.

    Raises:
        WorkbookError: the changed file cannot be used.
    """
    from chaindesk.workbook.reading.open_manifest import read_anew as again

    return again(manifest, password)


def sheet_names(path: Path | str, *, password: str | None = None) -> tuple[str, ...]:
    """The names of the sheets that can be a manifest, in the order of their tabs.

    Raises:
        PasswordNeeded: the workbook is encrypted, and the password is missing or wrong.
        WorkbookError: the file cannot be used as it is.
    """
    from chaindesk.workbook.reading.open_manifest import sheet_names as names

    return names(path, password=password)


def check_target(
    source: Path | str, target: Path | str, *, overwrite_source: bool = False, keep_target: bool = True
) -> None:
    """Find out, before anything is paid for, whether ``write_columns`` could save its copy there.

    The arguments are those that ``write_columns`` will get.

    Raises:
        UsageError: the target's name is no workbook's.
        SaveError: it is the source itself, it cannot be backed up, or its folder cannot be written to.
    """
    from chaindesk.workbook.writing.write_columns import check_target as check

    check(Path(source), Path(target), overwrite_source=overwrite_source, keep_target=keep_target)


def is_as_written(cell: str, value: CellValue) -> bool:
    """Whether a cell still says what was written into it; if not, a person has edited it since.

    Args:
        cell: the cell's text as ``open_manifest`` gives it.
        value: what ``write_columns`` was given for it.
    """
    from chaindesk.workbook.writing.cell_writer import is_as_written as compare

    return compare(cell, value)


def write_columns(
    source: Path | str,
    target: Path | str,
    *,
    sheet: str,
    header_row: int,
    headers: Sequence[str],
    rows: Mapping[int, Sequence[CellValue]],
    first_column: int | None = None,
    into: Mapping[str, int] = MappingProxyType({}),
    widths: Mapping[str, float] = MappingProxyType({}),
    overwrite_source: bool = False,
    keep_target: bool = True,
    password: str | None = None,
) -> WriteReport:
    """Write columns into a copy of a workbook, and change nothing else in it.

    Saving is atomic: the target is either as before or complete. The same input gives the same bytes.

    Args:
        source: the workbook. Of a .csv or another format than .xlsx and its sisters, a new .xlsx is made.
        target: where the copy goes. If it exists, ``keep_target`` keeps what it was beside it as ``NAME.backup.xlsx``;
            older backups stay, one of equal content is used again.
        sheet: the sheet's name, with its headers in ``header_row``.
        headers: of the columns; those in ``into`` continue the column there, all others become new ones.
        rows: by sheet row number a cell for each header; asked once for each row, in ascending order.
        first_column: where new columns begin (1 is A); without it, right of everything that any row uses.
        widths: of new columns in characters, by header; without one, it follows from the texts.
        overwrite_source: allow the target to be the source itself.
        password: of an encrypted workbook; the copy is not encrypted.

    Raises:
        PasswordNeeded: the workbook is encrypted, and the password is missing or wrong.
        WorkbookError: the workbook cannot be patched; the message says why, and what to do.
        SaveError: the target could not be written; whatever was there is as before.
    """
    from chaindesk.workbook.writing.write_columns import write_columns as write

    return write(
        Path(source), Path(target), sheet=sheet, header_row=header_row, headers=headers, rows=rows,
        first_column=first_column, into=into, widths=widths, overwrite_source=overwrite_source,
        keep_target=keep_target, password=password,
    )  # fmt: skip
