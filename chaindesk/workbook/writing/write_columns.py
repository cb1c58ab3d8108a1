"""Writes columns into a copy of a workbook: scan, placement, patch, saving."""

from __future__ import annotations

import itertools
import shutil
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from chaindesk.domain.manifest import Notice
from chaindesk.workbook.error_translation import readable_errors
from chaindesk.workbook.naming import texts_folder
from chaindesk.workbook.opc.file_type import opened
from chaindesk.workbook.opc.workbook_part import WorkbookPart
from chaindesk.workbook.reading.xlsx.style_reader import CellStyles
from chaindesk.workbook.types import CellValue, ColumnWrite, Filled, WriteReport
from chaindesk.workbook.writing.backup import back_up, save
from chaindesk.workbook.writing.cell_writer import CellContents, CellWriter
from chaindesk.workbook.writing.column_placement import Placement, widened
from chaindesk.workbook.writing.export_checks import check_copy, check_request, is_same_file, is_the_source
from chaindesk.workbook.writing.filter_name import grown_filter_name
from chaindesk.workbook.writing.overflow_texts import OverflowTexts
from chaindesk.workbook.writing.package_assembly import Assembly, for_target
from chaindesk.workbook.writing.sheet_layout import lay_out, sheet_chunks
from chaindesk.workbook.writing.sheet_patch import SheetChanges, SheetPatch
from chaindesk.workbook.writing.sheet_scan import HeaderCell, SheetScan
from chaindesk.workbook.writing.style_writer import CellFormat, StyleSheet, added_styles, style_sheet
from chaindesk.workbook.writing.table_patch import table_changes

_WIDTH_SAMPLE_ROWS = 200  # rows from which a column's width follows
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
    check_request(columns, target)
    with readable_errors(source), ExitStack() as stack:
        read = source
        if is_same_file(source, target):
            if not overwrite_source:
                raise is_the_source(target)
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
        self._added = added_styles(workbook)
        self._our_formats = CellStyles(workbook).ours
        self._layout = lay_out(workbook, source, columns, notices)
        self._sheet = self._layout.sheet

    def run(self) -> WriteReport:
        """Scan, place, patch and save."""
        found, placement = self._layout.scan, self._layout.placement
        styles = style_sheet(self._workbook) if self._added is None else self._added.styles
        cell_format, header_style = self._formats(styles, found, placement)
        writer = CellWriter(cell_format, self._contents, self._workbook.date1904)
        grown_filter, names = self._grown_filter()
        changes = SheetChanges(
            self._columns.header_row,
            placement,
            self._columns.headers,
            self._columns.rows,
            header_style,
            self._user_columns(found, placement),
            self._widths(placement),
            grown_filter,
        )
        patch = SheetPatch(found, sheet_chunks(self._workbook, self._sheet), changes, writer)
        types = for_target(self._workbook, self._target, self._added, self._notices)
        parts = table_changes(self._workbook, self._layout, self._columns) | names
        assembly = Assembly(self._workbook, self._sheet.part, styles, self._added, parts, types)
        backup = self._save(assembly, patch)
        self._add_notices(found, placement)
        return WriteReport(self._target, placement.columns, placement.renamed, tuple(self._notices), backup)

    def _grown_filter(self) -> tuple[str | None, dict[str, bytes]]:
        """What the sheet's autofilter is to cover, and the part whose name for it grows with it; None for neither."""
        placement, span = self._layout.placement, self._layout.scan.filter
        new = [placement.columns[header] for header in placement.new]
        if not new or span is None:
            return None, {}
        reference = widened(span.reference, self._columns.header_row, min(new), max(new))
        if reference is None:
            return None, {}
        names = grown_filter_name(self._workbook, self._sheet, span.reference, reference)
        return (None, {}) if names is None else (reference, names)

    def _save(self, assembly: Assembly, patch: SheetPatch) -> Path | None:
        """Write the target, and keep what it was before: not sooner than when the new one is complete."""
        backup = None

        def write(file: IO[bytes]) -> None:
            nonlocal backup
            assembly.write(file, patch.pieces())
            check_copy(file, self._target, self._layout, self._columns)
            if self._keep_target and self._target.exists():
                backup = back_up(self._target)

        save(self._target, write, like=self._source)
        return backup

    def _formats(
        self, styles: StyleSheet | None, found: SheetScan, placement: Placement
    ) -> tuple[Callable[[CellFormat], int] | None, int | None]:
        if styles is None:
            return None, None
        headers = found.cells_in.get(self._columns.header_row, {})
        own = {column for column, cell in headers.items() if cell.style in self._our_formats}
        others = own | set(placement.columns.values())
        beside = _neighbour(headers, others)
        below = _neighbour(found.cells_in.get(self._layout.first_job, {}), others)

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


def _neighbour(cells: Mapping[int, HeaderCell], others: Collection[int]) -> int | None:
    """The format of the last filled cell that is the user's own, or None where there is none."""
    own = [column for column, cell in cells.items() if cell.filled and column not in others]
    return cells[max(own)].style if own else None


def _line(value: CellValue) -> int:
    if isinstance(value, Filled):
        value = value.value
    return max(map(len, value[:2000].split("\n"))) if isinstance(value, str) else len(str(value or ""))
