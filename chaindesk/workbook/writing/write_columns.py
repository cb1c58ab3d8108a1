"""Writes columns into a copy of a workbook: scan, placement, patch, saving."""

from __future__ import annotations

import itertools
import os
import shutil
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from chaindesk.domain.errors import SaveError, UsageError, WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.files.atomic_write import probe_replace
from chaindesk.files.save import save_errors
from chaindesk.workbook.error_translation import readable_errors
from chaindesk.workbook.naming import texts_folder
from chaindesk.workbook.opc.file_type import opened
from chaindesk.workbook.opc.shared_strings import shared_strings, unescaped
from chaindesk.workbook.opc.workbook_part import WorkbookPart, choose_sheet
from chaindesk.workbook.opc.xml_encoding import utf8_chunks
from chaindesk.workbook.reading.style_reader import CellStyles
from chaindesk.workbook.types import MAX_COLUMNS, MAX_ROWS, CellValue, ColumnWrite, Filled, WriteReport
from chaindesk.workbook.writing.backup import back_up, save
from chaindesk.workbook.writing.cell_writer import CellContents, CellWriter
from chaindesk.workbook.writing.column_placement import Placement, attached_edge, place_columns
from chaindesk.workbook.writing.overflow_texts import OverflowTexts
from chaindesk.workbook.writing.package_assembly import Assembly, for_target
from chaindesk.workbook.writing.sheet_patch import SheetChanges, SheetPatch
from chaindesk.workbook.writing.sheet_scan import HeaderCell, SheetScan, scan_sheet
from chaindesk.workbook.writing.style_writer import CellFormat, StyleSheet, added_styles
from chaindesk.workbook.writing.table_patch import grown_tables

_WIDTH_SAMPLE_ROWS = 200  # rows from which a column's width follows
_ENDINGS = frozenset({".xlsx", ".xlsm", ".xltx", ".xltm"})
_MIN_WIDTH, _MAX_WIDTH = 10.0, 60.0


def write_columns(
    source: Path | str,
    target: Path | str,
    columns: ColumnWrite,
    *,
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
        columns: the columns and their cells.
        overwrite_source: allow the target to be the source itself.
        keep_target: whether a backup is made of a target that exists.
        password: of an encrypted workbook; the copy is not encrypted.

    Raises:
        PasswordNeeded: the workbook is encrypted, and the password is missing or wrong.
        WorkbookError: the workbook cannot be patched; the message says why, and what to do.
        SaveError: the target could not be written; whatever was there is as before.
    """
    source, target = Path(source), Path(target)
    _check(columns, target)
    with readable_errors(source), ExitStack() as stack:
        read = source
        if _same_file(source, target):
            if not overwrite_source:
                raise _is_source(target)
            # a file that is open cannot be replaced everywhere, so it is a copy that is read
            read = Path(stack.enter_context(TemporaryDirectory())) / source.name
            shutil.copyfile(source, read)
        kind, workbook, file, encrypted = stack.enter_context(opened(read, password))
        notices = [Notice("The workbook was encrypted; the copy is not.")] if encrypted else []
        contents = CellContents(OverflowTexts(target, source, keep_others=keep_target).keep)
        if workbook is None:
            from chaindesk.workbook.writing.new_workbook import as_package

            made = as_package(file, source, kind, columns, contents, notices)
            workbook, chosen = stack.enter_context(made)
            columns = replace(columns, sheet=chosen)
        return _Writing(workbook, source, target, columns, contents, notices, keep_target=keep_target).run()


def check_target(source: Path | str, target: Path | str, *, overwrite_source: bool = False) -> None:
    """Find out, before anything is paid for, whether ``write_columns`` could save its copy there.

    The arguments are those that ``write_columns`` will get.

    Raises:
        UsageError: the target's name is no workbook's.
        SaveError: it is the source itself, it cannot be backed up, or its folder cannot be written to.
    """
    source, target = Path(source), Path(target)
    _check_ending(target)
    if _same_file(source, target) and not overwrite_source:
        raise _is_source(target)
    with save_errors(target):
        probe_replace(target)


def _is_source(target: Path) -> SaveError:
    return SaveError(f'"{target}" is the workbook itself. Save the copy under another name.')


def _check_ending(target: Path) -> None:
    if target.suffix.lower() not in _ENDINGS:
        raise UsageError(f'The copy is an Excel workbook: give it a name that ends in .xlsx, not "{target.name}".')


def _check(columns: ColumnWrite, target: Path) -> None:
    _check_ending(target)
    if len(set(columns.headers)) != len(columns.headers):
        raise UsageError("Two of the new columns have the same header.")
    numbers = [columns.header_row, *columns.rows]
    if not all(1 <= number <= MAX_ROWS for number in numbers):
        raise WorkbookError(f"A sheet's rows go from 1 to {MAX_ROWS:,}.")


def _same_file(source: Path, target: Path) -> bool:
    try:
        return os.path.samefile(source, target)
    except OSError:
        return False


class _Writing:
    """One call of ``write_columns``, with what its stages hand on to each other."""

    def __init__(
        self,
        workbook: WorkbookPart,
        source: Path,
        target: Path,
        columns: ColumnWrite,
        contents: CellContents,
        notices: list[Notice],
        *,
        keep_target: bool,
    ) -> None:
        self._workbook = workbook
        self._source = source
        self._target = target
        self._columns = columns
        self._contents = contents
        self._notices = notices
        self._keep_target = keep_target
        self._sheet = choose_sheet(workbook, source, columns.sheet, notices)
        self._added = added_styles(workbook)
        self._our_formats = CellStyles(workbook).ours
        self._first_job = min((number for number in columns.rows if number > columns.header_row), default=0)

    def run(self) -> WriteReport:
        """Scan, place, patch and save."""
        found = self._scan(MAX_COLUMNS + 1)
        existing = self._headers(found)
        placement = self._place(found, existing)
        first = min(placement.columns.values(), default=MAX_COLUMNS + 1)
        if first <= found.reach:
            found = self._scan(first)
        styles = self._style_sheet()
        cell_format, header_style = self._formats(styles, found, placement)
        writer = CellWriter(cell_format, self._contents, self._workbook.date1904)
        changes = SheetChanges(
            self._columns.header_row,
            placement,
            self._columns.headers,
            self._columns.rows,
            header_style,
            self._user_columns(found, placement),
            self._widths(placement),
        )
        patch = SheetPatch(found, self._chunks(), changes, writer)
        types = for_target(self._workbook, self._target, self._added, self._notices)
        assembly = Assembly(self._workbook, self._sheet.part, styles, self._added, self._tables(placement), types)
        backup = self._save(assembly, patch)
        self._add_notices(found, placement)
        return WriteReport(self._target, placement.columns, placement.renamed, tuple(self._notices), backup)

    def _save(self, assembly: Assembly, patch: SheetPatch) -> Path | None:
        """Write the target, and keep what it was before: not sooner than when the new one is complete."""
        backup = None

        def write(file: IO[bytes]) -> None:
            nonlocal backup
            assembly.write(file, patch.pieces())
            if self._keep_target and self._target.exists():
                backup = back_up(self._target)

        save(self._target, write, like=self._source)
        return backup

    def _scan(self, watched: int) -> SheetScan:
        looked_at = (self._columns.header_row, self._first_job)
        return scan_sheet(self._workbook.package, self._chunks(), self._sheet.part, looked_at, watched)

    def _chunks(self) -> Iterator[bytes]:
        entry = self._workbook.package.find(self._sheet.part)
        if entry is None:
            raise self._workbook.package.damaged(self._sheet.part)
        return utf8_chunks(self._workbook.package, entry)

    def _headers(self, found: SheetScan) -> dict[int, str]:
        """The header row's texts by column."""
        cells = found.cells_in.get(self._columns.header_row, {})
        shared = self._workbook.related("sharedStrings")
        indexes = [_string_index(cell) for cell in cells.values() if cell.kind == "s"]
        strings = shared_strings(self._workbook.package, shared.target, max(indexes) + 1) if shared and indexes else []
        return {column: _text(cell, strings) for column, cell in cells.items() if cell.filled}

    def _place(self, found: SheetScan, existing: dict[int, str]) -> Placement:
        columns = self._columns
        rows = range(columns.header_row, max(max(columns.rows, default=0), columns.header_row) + 1)
        edge = max(found.edge, found.merges_edge, attached_edge(self._workbook, self._sheet, rows))
        where = f'Sheet "{self._sheet.name}" of "{self._source.name}"'
        return place_columns(columns.headers, columns.into, existing, edge, columns.first_column, where)

    def _style_sheet(self) -> StyleSheet | None:
        if self._added is not None:
            return self._added.styles
        part = self._workbook.related("styles")
        root = None if part is None else self._workbook.package.xml(part.target)
        styles = None if root is None else StyleSheet(root)
        return styles if styles is not None and styles.usable else None

    def _formats(
        self, styles: StyleSheet | None, found: SheetScan, placement: Placement
    ) -> tuple[Callable[[CellFormat], int] | None, int | None]:
        if styles is None:
            return None, None
        headers = found.cells_in.get(self._columns.header_row, {})
        own = {column for column, cell in headers.items() if cell.style in self._our_formats}
        others = own | set(placement.columns.values())
        beside = _neighbour(headers, others)
        below = _neighbour(found.cells_in.get(self._first_job, {}), others)

        def cell_format(wanted: CellFormat) -> int:
            return styles.cell(below, wanted)

        return cell_format, styles.header(beside) if placement.new else None

    def _user_columns(self, found: SheetScan, placement: Placement) -> frozenset[str]:
        """The headers of continued columns that are the user's own: their cells keep their look."""
        cells = found.cells_in.get(self._columns.header_row, {})
        continued = {header: placement.columns[header] for header in self._columns.into if header in placement.columns}
        return frozenset(
            header
            for header, column in continued.items()
            if column not in cells or cells[column].style not in self._our_formats
        )

    def _widths(self, placement: Placement) -> dict[str, float]:
        """The widths of new columns: as asked, else after the longest line of the first texts."""
        longest = {header: float(len(placement.names[header]) + 3) for header in placement.new}
        for number in itertools.islice(self._columns.rows, _WIDTH_SAMPLE_ROWS):
            for header, value in zip(self._columns.headers, self._columns.rows[number], strict=False):
                if header in longest:
                    longest[header] = max(longest[header], _line(value) + 2.0)
        fitted = {header: min(max(width, _MIN_WIDTH), _MAX_WIDTH) for header, width in longest.items()}
        return fitted | {header: width for header, width in self._columns.widths.items() if header in fitted}

    def _tables(self, placement: Placement) -> dict[str, bytes]:
        names = [placement.names[header] for header in placement.new]
        first = min((placement.columns[header] for header in placement.new), default=0)
        header_row = self._columns.header_row
        rows = [number for number in self._columns.rows if number > header_row]
        return grown_tables(self._workbook, self._sheet, header_row, rows, first, names)

    def _add_notices(self, found: SheetScan, placement: Placement) -> None:
        self._notices += placement.notices()
        if self._workbook.is_signed:
            self._notices.append(Notice("The workbook has a digital signature; in the copy it is no longer valid."))
        if found.protected:
            self._notices.append(Notice(f'The sheet "{self._sheet.name}" is protected; the copy still is.'))
        if self._contents.replaced:
            rows = tuple(sorted(set(self._contents.replaced)))
            words = "Characters that no workbook can hold were replaced by \ufffd"
            self._notices.append(Notice(f"{words} in {len(rows):,} row(s).", rows))
        if self._contents.cut:
            rows = tuple(sorted(set(self._contents.cut)))
            words = "Texts of more than 32,767 characters do not fit into a cell: the cells hold the beginning"
            self._notices.append(
                Notice(f'{words}, the whole texts are in the folder "{texts_folder(self._target).name}".', rows)
            )


def _string_index(cell: HeaderCell) -> int:
    """The index of the cell's shared string; -1 where it names none."""
    text = "".join(cell.pieces).strip()
    return int(text) if text.isdecimal() else -1


def _text(cell: HeaderCell, strings: Sequence[str]) -> str:
    if cell.kind != "s":
        return unescaped("".join(cell.pieces))
    return strings[_string_index(cell)] if 0 <= _string_index(cell) < len(strings) else ""


def _neighbour(cells: Mapping[int, HeaderCell], others: Collection[int]) -> int | None:
    """The format of the last filled cell that is the user's own, or None where there is none."""
    own = [column for column, cell in cells.items() if cell.filled and column not in others]
    return cells[max(own)].style if own else None


def _line(value: CellValue) -> int:
    if isinstance(value, Filled):
        value = value.value
    return max(map(len, value[:2000].split("\n"))) if isinstance(value, str) else len(str(value or ""))
