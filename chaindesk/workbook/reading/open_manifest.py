"""Opens a manifest from any file that holds one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import IO

from chaindesk.domain.manifest import Manifest, Notice, Reading, ReadOptions
from chaindesk.domain.names import text_of_file_name
from chaindesk.gc_pause import gc_paused
from chaindesk.workbook.error_translation import readable_errors
from chaindesk.workbook.opc.file_type import FileKind, opened
from chaindesk.workbook.opc.workbook_part import WorkbookPart, choose_sheet
from chaindesk.workbook.reading.manifest_builder import make_manifest
from chaindesk.workbook.reading.row_batches import RowBatch, RowBatches, Watcher
from chaindesk.workbook.reading.sheet_choice import SheetChoice, choose_filled
from chaindesk.workbook.reading.xlsx.sheet_reader import read_sheet

_DEFAULTS = ReadOptions()
_Watch = Callable[[str, tuple[str, ...]], Watcher]


def _go_on() -> None:
    """Wait for nobody."""


def open_manifest(
    path: Path | str,
    options: ReadOptions = _DEFAULTS,
    *,
    sheet: str | None = None,
    password: str | None = None,
    on_rows: Callable[[RowBatch], None] | None = None,
    pause: Callable[[], None] = _go_on,
) -> Manifest:
    """Read the sheet that holds the jobs: every value as text, as a person sees it in the sheet.

    Args:
        path: .xlsx, .xlsm, .xltx, .xltm, .csv, .tsv; of .xls, .xlsb and .ods the values.
        options: how it is to be read.
        sheet: the sheet's name; without it the one that has the jobs, by the rule of ``sheet_choice``.
        password: of an encrypted workbook.
        on_rows: called with the rows of a long sheet as they are read, in this thread; what it raises ends the reading.
        pause: called every few rows where there is ``on_rows``; it may wait, to let another thread go on.

    Returns:
        The manifest. Everything that was handled on the way is in its notices.

    Raises:
        PasswordNeeded: the workbook is encrypted, and the password is missing or wrong.
        WorkbookError: the file cannot be used as it is; the message says why, and what to do.
    """
    path = Path(path)
    watch = None if on_rows is None else partial(_watcher, path, options, sheet, on_rows, pause)
    stamp = _stamp(path)
    with gc_paused(), readable_errors(path), opened(path, password) as (kind, workbook, file, encrypted):
        notices = [Notice("The workbook is encrypted; what is exported is not.")] if encrypted else []
        if workbook is not None:
            manifest = _from_workbook(workbook, path, sheet, options, notices, watch)
        else:
            manifest = _from_values(kind, file, path, sheet, options, notices, watch)
    return manifest if stamp is None else replace(manifest, reading=Reading(stamp, options))


def reread(manifest: Manifest, *, password: str | None = None) -> Manifest:
    """Return the manifest as its file is now: read in the same way where the file has changed, else the same one.

    Raises:
        WorkbookError: the changed file cannot be used.
    """
    reading, stamp = manifest.reading, _stamp(manifest.path)
    if reading is None or stamp is None or stamp == reading.stamp:
        return manifest
    return open_manifest(manifest.path, reading.options, sheet=manifest.sheet, password=password)


def _stamp(path: Path) -> tuple[int, int] | None:
    """What shows that a file has been written since; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _watcher(
    path: Path,
    options: ReadOptions,
    wanted: str | None,
    on_rows: Callable[[RowBatch], None],
    pause: Callable[[], None],
    sheet: str,
    sheets: tuple[str, ...],
) -> Watcher:
    """Who is told what has been read of a sheet."""
    chosen = wanted is not None or len(sheets) == 1
    return RowBatches(path, sheet, sheets, options, chosen=chosen, tell=on_rows).more, pause


def _from_workbook(
    workbook: WorkbookPart,
    path: Path,
    wanted: str | None,
    options: ReadOptions,
    notices: list[Notice],
    watch: _Watch | None,
) -> Manifest:
    asked = choose_sheet(workbook, path, wanted, notices)
    sheets = {item.name: item for item in reversed(workbook.worksheets)}  # of two with one name the first
    names = tuple(item.name for item in workbook.worksheets)
    watchers = {name: watch(name, names) if watch is not None else None for name in names}
    if wanted is not None:
        choice = SheetChoice(asked.name, read_sheet(workbook, asked, watchers[asked.name]))
    else:
        hidden = {item.name for item in workbook.worksheets if item.hidden}
        choice = choose_filled(
            names, asked.name, hidden, lambda name: read_sheet(workbook, sheets[name], watchers[name])
        )
    notices += [choice.notice] if choice.notice is not None else []
    manifest = make_manifest(choice.grid, path, choice.name, names, options, notices)
    return replace(manifest, sheet_guessed=choice.notice is not None)


def _from_values(
    kind: FileKind,
    file: IO[bytes],
    path: Path,
    wanted: str | None,
    options: ReadOptions,
    notices: list[Notice],
    watch: _Watch | None,
) -> Manifest:
    from chaindesk.workbook.reading.text_files import csv_reader
    from chaindesk.workbook.reading.values import value_book
    from chaindesk.workbook.reading.values.open_value_book import open_value_book

    if kind is FileKind.TEXT:
        sheet = text_of_file_name(path.stem)
        watcher = watch(sheet, (sheet,)) if watch is not None else None
        grid, source, said = csv_reader.read(file.read(), path, options, watcher)
        manifest = make_manifest(grid, path, sheet, (sheet,), options, [*notices, *said])
        return replace(manifest, source=source)
    book = open_value_book(kind, file, path)
    choice = value_book.read_values(book, path, wanted)
    said = [*notices, *book.notices, *([choice.notice] if choice.notice is not None else [])]
    manifest = make_manifest(choice.grid, path, choice.name, book.names, options, said)
    return replace(manifest, sheet_guessed=choice.notice is not None)
