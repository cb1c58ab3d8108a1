"""Rows of a long sheet to be shown while the rest of it is still being read.

They are for looking at only: where a sheet has its headers, which rows are jobs and by what keys they are known is
certain once all of it has been read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Column, Manifest, ReadOptions, Row, RowValues
from chaindesk.workbook.reading.grid import Grid, GridRow
from chaindesk.workbook.reading.manifest_builder import make_manifest
from chaindesk.workbook.reading.sheet_choice import has_jobs

FIRST_BATCH_ROWS, MAX_BATCH_ROWS = 512, 8192  # whole numbers of what is read before a pause
_ROWS_BEFORE_PAUSE = 32
RowListener = Callable[[Grid, float], None]
Watcher = tuple[RowListener, Callable[[], None]]
"""Who gets the rows, and what is called every few rows: it may wait, to let another thread go on."""


@dataclass(frozen=True, slots=True)
class RowBatch:
    """Rows that have been read.

    Attributes:
        manifest: the sheet with its first rows alone.
        rows: those that came since the batch before.
        share: how much of the sheet has been read, as a share of 1; 0 where nobody knows.
    """

    manifest: Manifest
    rows: tuple[Row, ...]
    share: float


class RowTeller:
    """What a reader tells its listener: the rows so far, a first few and then more and more at a time."""

    def __init__(self, watcher: Watcher | None) -> None:
        self._watcher = watcher
        self._next = self._size = FIRST_BATCH_ROWS
        self._share = 0.0

    def watched(self, chunks: Iterable[bytes], size: int) -> Iterator[bytes]:
        """The chunks of a part of that size, while it is counted how much of it has been read."""
        done = 0
        for chunk in chunks:
            yield chunk
            done += len(chunk)
            self._share = done / max(size, 1)

    def add(self, grid: Grid, rows: list[GridRow]) -> None:
        """Add rows to the grid, and tell the listener between them."""
        if self._watcher is None:
            grid.rows += rows
            return
        for row in rows:
            grid.rows.append(row)
            self.row_added(grid)

    def row_added(self, grid: Grid) -> None:
        """Tell the listener, where enough rows have come since."""
        if self._watcher is None or len(grid.rows) % _ROWS_BEFORE_PAUSE:
            return
        listener, pause = self._watcher
        pause()
        if len(grid.rows) >= self._next:
            self._size = min(2 * self._size, MAX_BATCH_ROWS)
            self._next += self._size
            listener(grid, self._share)


class RowBatches:
    """Makes batches of what the reader of one sheet has read so far.

    Args:
        path: the workbook.
        sheet: the sheet's name.
        sheets: the names of all sheets.
        options: how it is read.
        chosen: whether the user named the sheet; else nothing is shown of one that has no jobs.
        tell: called with each batch; what it raises ends the reading.
    """

    def __init__(
        self,
        path: Path,
        sheet: str,
        sheets: tuple[str, ...],
        options: ReadOptions,
        *,
        chosen: bool,
        tell: Callable[[RowBatch], None],
    ) -> None:
        self._path, self._sheet, self._sheets = path, sheet, sheets
        self._options, self._chosen, self._tell = options, chosen, tell
        self._manifest: Manifest | None = None
        self._silent = False
        self._told = 0

    def more(self, grid: Grid, share: float) -> None:
        """Tell of the rows that the grid has more than before."""
        rows = grid.rows[self._told :]
        self._told = len(grid.rows)
        if self._silent:
            return
        if self._manifest is not None:
            self._tell(RowBatch(self._manifest, _plain_rows(self._manifest.columns, rows), share))
            return
        first = replace(grid, rows=rows, links=dict(grid.links))
        try:
            if self._chosen or has_jobs(self._sheet, first):
                options = replace(self._options, id_column=None)  # which rows share an ID is not known yet
                self._manifest = make_manifest(first, self._path, self._sheet, self._sheets, options)
        except WorkbookError:
            self._manifest = None  # what is wrong is said once all of the sheet has been read
        if self._manifest is not None:
            self._tell(RowBatch(self._manifest, self._manifest.rows, share))
        self._silent = self._manifest is None


def _plain_rows(columns: Sequence[Column], rows: Sequence[GridRow]) -> tuple[Row, ...]:
    index = {column.name: place for place, column in enumerate(columns)}
    wanted = tuple(column.index for column in columns)
    made: list[Row] = []
    for row in rows:
        texts: Sequence[str] = row.texts
        if row.columns != wanted:
            cells = dict(zip(row.columns, row.texts, strict=True))
            texts = [cells.get(column, "") for column in wanted]
        made.append(Row(row.number, str(row.number), RowValues(index, texts), row.hidden))
    return tuple(made)
