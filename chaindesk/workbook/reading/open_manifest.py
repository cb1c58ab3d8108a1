"""Opens a manifest from any file that holds one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import IO

from chaindesk.domain.manifest import Manifest, Notice, Reading
from chaindesk.workbook.error_translation import readable_errors
from chaindesk.workbook.opc.file_type import Kind, opened
from chaindesk.workbook.opc.sheets import choose_sheet
from chaindesk.workbook.opc.workbook_part import Book, Sheet
from chaindesk.workbook.reading.grid import Grid
from chaindesk.workbook.reading.manifest_builder import Wishes, make_manifest
from chaindesk.workbook.reading.sheet_reader import read_sheet

VALUES_ONLY = "Only the values of this file are read; the export will be a new .xlsx that holds them."


def open_manifest(
    path: Path | str,
    *,
    sheet: str | None = None,
    header_row: int | None = None,
    id_column: str | None = None,
    skip_hidden: bool = False,
    password: str | None = None,
) -> Manifest:
    """Read the sheet that holds the jobs; see the package's own words."""
    path = Path(path)
    wishes = Wishes(header_row, id_column, skip_hidden)
    stamp = _stamp(path)
    with readable_errors(path), opened(path, password) as (kind, book, file, encrypted):
        notices = [Notice("The workbook is encrypted; what is exported is not.")] if encrypted else []
        if book is not None:
            manifest = _from_book(book, path, sheet, wishes, notices)
        else:
            manifest = _from_values(kind, file, path, sheet, wishes, notices)
    return manifest if stamp is None else replace(manifest, reading=Reading(stamp, header_row, id_column, skip_hidden))


def read_anew(manifest: Manifest, password: str | None) -> Manifest:
    """Read a manifest again where its file has changed since; see the package's own words."""
    reading, stamp = manifest.reading, _stamp(manifest.path)
    if reading is None or stamp is None or stamp == reading.stamp:
        return manifest
    return open_manifest(
        manifest.path,
        sheet=manifest.sheet,
        header_row=reading.header_row,
        id_column=reading.id_column,
        skip_hidden=reading.skip_hidden,
        password=password,
    )


def _stamp(path: Path) -> tuple[int, int] | None:
    """What tells that a file was written anew; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def sheet_names(path: Path | str, *, password: str | None = None) -> tuple[str, ...]:
    """The names of the sheets that can be a manifest, in the order of their tabs."""
    from chaindesk.workbook.reading import calamine_reader as other_formats

    path = Path(path)
    with readable_errors(path), opened(path, password) as (kind, book, file, _):
        if book is not None:
            return tuple(item.name for item in book.worksheets)
        return (path.stem,) if kind is Kind.TEXT else other_formats.names(file, path)


def _from_book(book: Book, path: Path, wanted: str | None, wishes: Wishes, notices: list[Notice]) -> Manifest:
    chosen = choose_sheet(book, path, wanted, notices)
    names = tuple(item.name for item in book.worksheets)
    grid = read_sheet(book, chosen)
    if wanted is None and not grid.rows:
        chosen, grid = _first_filled(book, chosen, grid, notices)
    return make_manifest(grid, path, chosen.name, names, wishes, notices)


def _first_filled(book: Book, active: Sheet, empty: Grid, notices: list[Notice]) -> tuple[Sheet, Grid]:
    """The first sheet that holds anything, for a workbook that was saved with an empty one in front."""
    for sheet in book.worksheets:
        grid = empty if sheet is active else read_sheet(book, sheet)
        if grid.rows:
            notices.append(Notice(f'The active sheet "{active.name}" is empty; "{sheet.name}" is taken.'))
            return sheet, grid
    return active, empty


def _from_values(
    kind: Kind, file: IO[bytes], path: Path, wanted: str | None, wishes: Wishes, notices: list[Notice]
) -> Manifest:
    from chaindesk.workbook.reading import calamine_reader as other_formats
    from chaindesk.workbook.reading import csv_reader as delimited

    if kind is Kind.TEXT:
        grid, said = delimited.read(file.read(), path)
        return make_manifest(grid, path, path.stem, (path.stem,), wishes, [*notices, *said])
    grid, name, names = other_formats.read(file, path, wanted)
    return make_manifest(grid, path, name, names, wishes, [*notices, Notice(VALUES_ONLY)])
