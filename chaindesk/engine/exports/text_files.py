"""Exports as text files: one for all rows, or one for each."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Iterator
from pathlib import Path, PurePath
from typing import IO

from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.engine.exports.choice import choose_columns, choose_rows
from chaindesk.engine.exports.file_names import file_names
from chaindesk.engine.exports.options import ExportFormat, ExportOptions, ExportPreview
from chaindesk.engine.exports.source import ExportReport, ExportSource
from chaindesk.engine.exports.texts import (
    FormulaGuard,
    RowTexts,
    csv_lines,
    html_lines,
    markdown_lines,
    row_document,
)
from chaindesk.files.atomic_write import replace_file
from chaindesk.files.save import checked_ending, save_errors
from chaindesk.formatting import count

_BOM = "\ufeff"  # by which Excel knows UTF-8
_MAX_NAMED = 5
_ENDINGS = {
    ExportFormat.CSV: (".csv", ".tsv", ".txt"),
    ExportFormat.MARKDOWN: (".md", ".markdown", ".txt"),
    ExportFormat.HTML: (".html", ".htm"),
}
_BLOCK = 1 << 20  # bytes read at once


def preview_texts(source: ExportSource, target: Path, options: ExportOptions) -> ExportPreview:
    """Return what would be written, and which files are in its place.

    Raises:
        UsageError: it cannot be written so.
    """
    rows = choose_rows(source, options)
    choose_columns(source.manifest, source.chain, options)
    if options.format is not ExportFormat.FILES:
        if _is_same(target, source.manifest.path):
            raise UsageError(f'"{target}" is the workbook itself. Give the export another name.')
        if target.is_dir():
            raise UsageError(f'"{target}" is a folder. Give a file name.')
        if not target.parent.is_dir():
            raise UsageError(f'There is no folder "{target.parent}".')
        checked_ending(target, *_ENDINGS[options.format])
        return ExportPreview(target, len(rows), (), (target.name,) if target.exists() else ())
    if not target.parent.is_dir():
        raise UsageError(f'There is no folder "{target.parent}".')
    if target.exists() and not target.is_dir():
        raise UsageError(f'"{target}" is a file. One file for each row needs a folder.')
    names = file_names(options.file_name, rows, _all_texts(source))
    if any(_is_same(target / name, source.manifest.path) for name in names):
        raise UsageError(f'"{source.manifest.path.name}" is the workbook itself. Choose another folder.')
    there = {name.casefold() for name in os.listdir(target)} if target.is_dir() else set()
    return ExportPreview(target, len(rows), tuple(names), tuple(name for name in names if name.casefold() in there))


def write_texts(source: ExportSource, target: Path, options: ExportOptions) -> ExportReport:
    """Write the rows into a text file, or into one each. A file is replaced as a whole, after it was read back.

    Raises:
        UsageError: it cannot be written so, or files are there that ``options`` do not let be replaced.
        SaveError: the disk refuses.
    """
    preview = preview_texts(source, target, options)
    if preview.existing and not options.replace:
        named = ", ".join(f'"{name}"' for name in preview.existing[:_MAX_NAMED])
        more = f" and {len(preview.existing) - _MAX_NAMED:,} more" if len(preview.existing) > _MAX_NAMED else ""
        there = "is" if len(preview.existing) == 1 else "are"
        raise UsageError(f"{named}{more} {there} in {target.parent if not preview.files else target} already.")
    if preview.files:
        return _write_each(source, preview, options)
    rows, columns = choose_rows(source, options), choose_columns(source.manifest, source.chain, options)
    texts, guard = RowTexts(source, columns), FormulaGuard(options.guard_formulas)
    title = source.manifest.path.stem
    match options.format:
        case ExportFormat.CSV:
            lines: Iterator[str] = csv_lines(texts, rows, options.delimiter, guard)
            write_checked(target, _joined(_BOM, lines))
        case ExportFormat.MARKDOWN:
            write_checked(target, markdown_lines(texts, rows, title))
        case _:
            write_checked(target, html_lines(texts, rows, title))
    notices = []
    if guard.guarded:
        begin = "begins" if guard.guarded == 1 else "begin"
        notices.append(
            f"{count(guard.guarded, 'cell')} {begin} with =, +, - or @. An apostrophe stands before, so that no "
            "spreadsheet program takes the text for a formula."
        )
    return ExportReport(target, tuple(notices), {}, len(rows))


def write_checked(path: Path, pieces: Iterable[str]) -> None:
    """Write a text in UTF-8 beside its place, read it back, and put it there.

    Raises:
        SaveError: the disk refuses, or does not return what was written.
    """

    def write(file: IO[bytes]) -> None:
        written = hashlib.sha256()
        for piece in pieces:
            data = piece.encode("utf-8", "replace")
            written.update(data)
            file.write(data)
        file.flush()
        file.seek(0)
        read = hashlib.sha256()
        while data := file.read(_BLOCK):
            read.update(data)
        if read.digest() != written.digest():
            raise SaveError(f'"{path}" was not saved: the disk did not return what was written. Save it elsewhere.')

    with save_errors(path):
        replace_file(path, write, mode=path.stat().st_mode & 0o777 if path.exists() else None)


def _write_each(source: ExportSource, preview: ExportPreview, options: ExportOptions) -> ExportReport:
    texts = RowTexts(source, choose_columns(source.manifest, source.chain, options))
    folder, written = preview.target, 0
    with save_errors(folder):
        folder.mkdir(exist_ok=True)
    for row, name in zip(choose_rows(source, options), preview.files, strict=True):
        document = row_document(
            PurePath(name).suffix, PurePath(name).stem, dict(zip(texts.names, texts.of(row), strict=True))
        )
        try:
            write_checked(folder / name, (document,))
        except SaveError as error:
            raise SaveError(f"{error}\n{written:,} of {count(preview.rows, 'file')} were written before.") from error
        written += 1
    return ExportReport(folder, (), {}, preview.rows, written)


def _all_texts(source: ExportSource) -> RowTexts:
    return RowTexts(source, choose_columns(source.manifest, source.chain, ExportOptions(ExportFormat.CSV)))


def _joined(first: str, rest: Iterator[str]) -> Iterator[str]:
    yield first
    yield from rest


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except OSError:
        return False
