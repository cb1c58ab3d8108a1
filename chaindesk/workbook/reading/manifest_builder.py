"""Turns a grid into a manifest: which rows are jobs, by what key each is known, and which notices the user gets."""

from __future__ import annotations

import bisect
import itertools
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from chaindesk.domain.chains.template import nearest_name
from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Column, Manifest, Notice, ReadOptions, Row, RowValues, link_name
from chaindesk.domain.names import readable_name
from chaindesk.formatting import listed
from chaindesk.workbook.opc.cell_refs import letters
from chaindesk.workbook.reading.grid import Grid, GridRow
from chaindesk.workbook.reading.header_detection import find_header_row, name_columns
from chaindesk.workbook.types import MAX_COLUMNS, MAX_ROWS

_MAX_IDS_NAMED = 5  # shared IDs that get a notice of their own


def make_manifest(
    grid: Grid, path: Path, sheet: str, sheets: tuple[str, ...], options: ReadOptions, notices: Iterable[Notice] = ()
) -> Manifest:
    """The manifest of a sheet.

    Raises:
        WorkbookError: the sheet has no header, or no such ID column.
    """
    said = list(notices)
    header_row = _header_row(grid, path, sheet, options.header_row, several=len(sheets) > 1)
    if options.header_row is None and any(row.number < header_row for row in grid.rows):
        said.append(Notice(f"The headers were found in row {header_row}; what stands above is no job."))
    below = _below(grid, header_row, said)
    ours = {column for row, column in grid.ours if row == header_row}
    jobs, blank = _with_values(below, ours)
    columns, about_headers = name_columns(grid, header_row, jobs)
    said += about_headers
    _leave_room(columns, path, sheet)
    if blank:
        said.append(Notice(f"{_rows(blank)} without any value in the middle of the jobs: left out.", tuple(blank)))
    jobs = _visible(jobs, said, skip=options.skip_hidden)
    said += _about_cells(grid, header_row, jobs)
    if grid.floating_pictures:
        count = grid.floating_pictures
        pictures = "A picture lies" if count == 1 else f"{count:,} pictures lie"
        said.append(Notice(f"{pictures} above the cells of the sheet: pictures are not sent."))
    fills = _merged_values(grid, jobs, header_row, said)
    keys = _keys(columns, jobs, options.id_column, path, sheet, said)
    index = {column.name: position for position, column in enumerate(columns)}
    links = _links(grid, columns)
    rows = _make_rows(columns, index, jobs, keys, fills, links)
    if not rows:
        said.append(Notice(f'"{sheet}" has headers in row {header_row} but no jobs below them.'))
    linked = frozenset(name for row in rows for name in links.get(row.number, ())) if links else frozenset[str]()
    named = frozenset(column.name for column in columns if link_name(column.name) in linked)
    return Manifest(path, sheet, sheets, header_row, tuple(columns), rows, tuple(said), linked=named)


def _header_row(grid: Grid, path: Path, sheet: str, forced: int | None, *, several: bool) -> int:
    """Return the row that holds the headers; ``several``: the workbook has other sheets to choose from."""
    if forced is not None and not 1 <= forced <= MAX_ROWS:
        raise WorkbookError(f"Row {forced} cannot be the header row: rows go from 1 to {MAX_ROWS:,}.")
    filled = any(map(_is_filled, grid.rows))
    if not filled and (grid.unsaved or grid.errors):
        raise WorkbookError(
            f'Sheet "{sheet}" of "{path.name}" has no header: it holds just formulas without a saved result, or with '
            f"an error. Open it in Excel and save it once{', or choose another sheet' if several else ''}."
        )
    if not filled:
        raise WorkbookError(
            f'Sheet "{sheet}" of "{path.name}" is empty: it needs a header row with one job per row below it. '
            f"{'Choose another sheet.' if several else 'Fill it, or open another workbook.'}"
        )
    if forced is None:
        return find_header_row(grid)
    merged = any(area.top <= forced <= area.bottom for area in grid.merges)
    if not merged and not any(row.number == forced and _is_filled(row) for row in grid.rows):
        raise WorkbookError(
            f'Sheet "{sheet}" of "{path.name}" has no header in row {forced}. Name the row that holds the headers.'
        )
    return forced


def _is_filled(row: GridRow) -> bool:
    return any(text.strip() for text in row.texts)


def _leave_room(columns: Sequence[Column], path: Path, sheet: str) -> None:
    """Refuse a sheet without a free column now, and not when its answers have been paid for."""
    if columns and columns[-1].index >= MAX_COLUMNS and not any(column.ours for column in columns):
        raise WorkbookError(
            f'Sheet "{sheet}" of "{path.name}" is full: its last column, {letters(MAX_COLUMNS)}, is used, so there is '
            "no room for new ones. Delete what stands far to the right, or move the jobs to a new sheet."
        )


def _below(grid: Grid, header_row: int, said: list[Notice]) -> list[GridRow]:
    """The rows below the headers that are not a table's totals."""
    totals: set[int] = set()
    for table in grid.tables:
        if table.area.top <= header_row <= table.area.bottom and table.totals_rows:
            totals.update(range(table.area.bottom - table.totals_rows + 1, table.area.bottom + 1))
    rows = [row for row in grid.rows if row.number > header_row]
    left_out = [row.number for row in rows if row.number in totals]
    if left_out:
        said.append(Notice(f"{_rows(left_out)}: the table's totals are no job.", tuple(left_out)))
    return [row for row in rows if row.number not in totals]


def _with_values(rows: Sequence[GridRow], ours: set[int]) -> tuple[list[GridRow], list[int]]:
    """The rows with a value of the user's, and the numbers of the blank rows between them."""
    jobs = [row for row in rows if _has_value(row, ours)]
    blank: list[int] = []
    for before, after in itertools.pairwise(row.number for row in jobs):
        if after - before > 1:
            blank += range(before + 1, after)[:1000]
    return jobs, blank


def _has_value(row: GridRow, ours: set[int]) -> bool:
    if not ours:
        said = "".join(row.texts)
        return bool(said) and not said.isspace()
    for column, text in zip(row.columns, row.texts, strict=True):
        if text and not text.isspace() and column not in ours:
            return True
    return False


def _visible(jobs: list[GridRow], said: list[Notice], *, skip: bool) -> list[GridRow]:
    hidden = tuple(row.number for row in jobs if row.hidden)
    if not hidden:
        return jobs
    done = "are left out, as asked" if skip else "are jobs like the others"
    said.append(Notice(f"{_rows(hidden)}: hidden in the sheet; they {done}.", hidden))
    return [row for row in jobs if not row.hidden] if skip else jobs


def _about_cells(grid: Grid, header_row: int, jobs: Sequence[GridRow]) -> Iterable[Notice]:
    for cells, words in (
        (grid.errors, "an error value such as #N/A counts as blank"),
        (grid.pictures, "a picture stands in the cell; it counts as blank, since pictures are not sent"),
        (grid.computed_links, "the address of the link is computed by a formula and is not read; its words are"),
        (
            grid.unsaved,
            "a formula without a saved result counts as blank; open the workbook in Excel and save it once",
        ),
        (
            grid.approximate,
            "the format asks for words, digits or a calendar of another country; the text is in English and the usual "
            "calendar",
        ),
    ):
        numbers = {row.number for row in jobs} if cells else set()
        below = [(row, column) for row, column in cells if row in numbers or row == header_row]
        if below:
            rows = tuple(sorted({row for row, _ in below}))
            named = ", ".join(f"{letters(column)}{row}" for row, column in below[:5])
            more = f" and {len(below) - 5:,} more" if len(below) > 5 else ""
            yield Notice(f"{named}{more}: {words}.", rows)


def _merged_values(
    grid: Grid, jobs: Sequence[GridRow], header_row: int, said: list[Notice]
) -> dict[int, dict[int, str]]:
    """Values of cells merged over several rows, for the rows below their first."""
    fills: dict[int, dict[int, str]] = defaultdict(dict)
    if not grid.merges:
        return fills
    numbers = [row.number for row in jobs]
    by_number = {row.number: row for row in jobs}
    for area in grid.merges:
        if area.bottom == area.top or area.top <= header_row or area.top not in by_number:
            continue
        text = by_number[area.top].text(area.left)
        for number in numbers[bisect.bisect_right(numbers, area.top) : bisect.bisect_right(numbers, area.bottom)]:
            if text:
                fills[number].setdefault(area.left, text)
    if fills:
        said.append(
            Notice(f"{_rows(sorted(fills))}: a merged cell's value counts for each of its rows.", tuple(sorted(fills)))
        )
    return fills


def _keys(
    columns: Sequence[Column], jobs: Sequence[GridRow], wanted: str | None, path: Path, sheet: str, said: list[Notice]
) -> Iterable[tuple[str, bool]]:
    """Return the key of each job, and whether it is an ID that no other has."""
    if wanted is None:
        return ((str(row.number), False) for row in jobs)
    folded = readable_name(wanted).casefold()
    alike = [item for item in columns if item.name.casefold() == folded]
    column = next((item for item in alike if item.name == wanted), alike[0] if alike else None)
    if column is None:
        nearest = nearest_name(wanted, [item.name for item in columns])
        hint = (
            f' Did you mean "{nearest}"?'
            if nearest
            else " The headers are: " + ", ".join(f'"{item.name}"' for item in columns[:12]) + "."
        )
        raise WorkbookError(f'Sheet "{sheet}" of "{path.name}" has no column "{wanted}" for the ID.{hint}')
    seen: dict[str, list[int]] = defaultdict(list)
    texts = [row.text(column.index).strip() for row in jobs]
    for row, text in zip(jobs, texts, strict=True):
        seen[text].append(row.number)
    blank = tuple(seen.pop("", ()))
    if blank:
        said.append(Notice(f'{_rows(blank)}: no ID in "{column.name}"; known by row number.', blank))
    repeated = {text: numbers for text, numbers in seen.items() if len(numbers) > 1}
    for text, numbers in itertools.islice(repeated.items(), _MAX_IDS_NAMED):
        words = f'{_rows(numbers)} share the ID "{text}"; the later ones are known by their row too.'
        said.append(Notice(words, tuple(numbers)))
    if len(repeated) > _MAX_IDS_NAMED:
        rest = [number for numbers in list(repeated.values())[_MAX_IDS_NAMED:] for number in numbers]
        more = len(repeated) - _MAX_IDS_NAMED
        words = f"{more:,} more IDs are shared by several rows; the later ones are known by row too."
        said.append(Notice(words, tuple(sorted(rest))))
    keys = unique_keys(texts, [row.number for row in jobs])
    return [(key, key == text and text not in repeated) for key, text in zip(keys, texts, strict=True)]


def unique_keys(ids: Sequence[str], numbers: Sequence[int]) -> list[str]:
    """Return a key for each row that no other has. The first row of an ID is known by it, whatever other IDs say."""
    keys: list[str] = []
    used = {""}
    reserved = set(ids)
    for own, number in zip(ids, numbers, strict=True):
        key = own
        if key in used:
            key = f"{own} (row {number})" if own else str(number)
            while key in used or key in reserved:
                key += f" (row {number})"
        used.add(key)
        keys.append(key)
    return keys


def _links(grid: Grid, columns: Sequence[Column]) -> dict[int, dict[str, str]]:
    """By row the addresses of its links, by the names that templates use for them."""
    names = {column.index: link_name(column.name) for column in columns}
    found: dict[int, dict[str, str]] = defaultdict(dict)
    for (row, column), address in grid.links.items():
        if column in names:
            found[row][names[column]] = address
    return dict(found)


def _make_rows(
    columns: Sequence[Column],
    index: dict[str, int],
    jobs: Sequence[GridRow],
    keys: Iterable[tuple[str, bool]],
    fills: dict[int, dict[int, str]],
    links: dict[int, dict[str, str]],
) -> tuple[Row, ...]:
    straight = tuple(column.index for column in columns)
    rows = []
    for row, (key, named) in zip(jobs, keys, strict=True):
        number = row.number
        if row.columns == straight and number not in fills:
            texts: Sequence[str] = row.texts
        else:
            cells = fills.get(number, {}) | dict(zip(row.columns, row.texts, strict=True))
            texts = [cells.get(column, "") for column in straight]
        rows.append(Row(number, key, RowValues(index, texts, links.get(number)), row.hidden, named))
    return tuple(rows)


def _rows(numbers: Sequence[int]) -> str:
    """Return row numbers as text: ``Row 7``, ``Rows 2, 3, 5``, ``Rows 2, 3, 4, 5, 6 and 12 more``."""
    if len(numbers) == 1:
        return f"Row {numbers[0]}"
    return f"Rows {listed(list(map(str, numbers)), 5)}"
