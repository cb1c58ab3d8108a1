"""Finds the header row of a sheet and gives every column a name that templates can use."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from chaindesk.domain.manifest import Column, Notice
from chaindesk.domain.names import readable_name
from chaindesk.formatting import listed
from chaindesk.workbook.opc.cell_refs import Area, letters
from chaindesk.workbook.reading.grid import Grid, GridRow

_SEARCHED_ROWS = 60  # rows in which the header row is looked for
_BRACES = str.maketrans({"{": "(", "}": ")"})


def find_header_row(grid: Grid) -> int:
    """The sheet row that holds the headers: where ours stand, a table's own, an autofilter's, or one that looks so.

    Rows with fewer filled cells than half of what is usual in the sheet are titles, notes or logos above the headers.
    """
    areas = [table.area for table in grid.tables if table.header_rows]
    areas += [grid.filter] if grid.filter is not None and grid.filter.bottom > grid.filter.top else []
    numbers = {row.number for row in grid.rows} if grid.ours or areas else set()
    if ours := {row for row, _ in grid.ours} & numbers:
        return min(ours)
    for area in sorted(areas, key=lambda area: (area.top, area.left)):
        if area.top in numbers and _holds_majority(grid, area):
            return area.top
    rows = list(itertools.islice(filter(_width, grid.rows), _SEARCHED_ROWS))
    usual = _usual_width(rows)
    for index, row in enumerate(rows):
        if _width(row) * 2 >= usual and (usual < 2 or _width(row) > 1):
            return _second_line(grid, row, rows[index + 1 : index + 2])
    return rows[0].number


def _holds_majority(grid: Grid, area: Area) -> bool:
    """Return whether half of the filled cells lie in the area: a small table beside the jobs lacks their headers."""
    filled = inside = 0
    for row in grid.rows:
        filled += len(row.columns)
        if area.top <= row.number <= area.bottom:
            inside += sum(1 for column in row.columns if area.left <= column <= area.right)
    return inside * 2 >= filled


def _width(row: GridRow) -> int:
    return sum(1 for text in row.texts if text.strip())


def _usual_width(rows: Sequence[GridRow]) -> int:
    """How many cells are filled in a usual row: the upper quartile, since titles and notes only lower it."""
    widths = sorted(_width(row) for row in rows)
    return widths[len(widths) * 3 // 4]


def _second_line(grid: Grid, row: GridRow, following: Sequence[GridRow]) -> int:
    """The row below where the headers have two lines: groups merged over several columns, and names under them."""
    groups = [area for area in grid.merges if area.top == area.bottom == row.number and area.right > area.left]
    groups = [area for area in groups if row.text(area.left).strip()]
    if not groups or not following or following[0].number != row.number + 1:
        return row.number
    below = following[0]
    named = [area for area in groups if sum(_is_word(below.text(c)) for c in range(area.left, area.right + 1)) > 1]
    words = sum(map(_is_word, below.texts))
    return below.number if len(named) == len(groups) and words == _width(below) else row.number


def _is_word(text: str) -> bool:
    text = text.strip()
    return bool(text) and not text.replace(".", "").replace(",", "").replace("-", "").isdecimal()


def name_columns(grid: Grid, header_row: int, jobs: Iterable[GridRow]) -> tuple[list[Column], list[Notice]]:
    """Every column with a header or a value, and what was done to its header."""
    headers = _headers(grid, header_row)
    used = sorted({column for columns in {row.columns for row in jobs} for column in columns} | set(headers))
    counts = Counter(_plain(headers[column][0]) for column in used if column in headers)
    taken: set[str] = set()
    next_number: dict[str, int] = {}
    columns: list[Column] = []
    blank: list[str] = []
    repeated: list[str] = []
    for index in used:
        text, cell_text = headers.get(index, ("", ""))
        plain = _plain(text)
        name = plain or f"Column {letters(index)}"
        if not plain:
            blank.append(letters(index))
        if name in taken or (not plain and name in counts):
            name = _free(name, taken, counts, next_number)
            repeated.append(f'"{name}"')
        taken.add(name)
        columns.append(Column(name, index, cell_text, (header_row, index) in grid.ours))
    return columns, _notices(blank, repeated, header_row)


def _headers(grid: Grid, header_row: int) -> dict[int, tuple[str, str]]:
    """By column: the whole header, groups above it included, and the header cell's own text."""
    rows = {row.number: row for row in grid.rows if header_row - 2 < row.number <= header_row}
    own = rows.get(header_row)
    found = {} if own is None else {c: (text, text) for c, text in zip(own.columns, own.texts, strict=True)}
    for area in grid.merges:
        if not area.top <= header_row <= area.bottom:
            continue
        text = _anchor(grid, area)
        for column in range(area.left, min(area.right, area.left + 1000) + 1):
            if text.strip() and column not in found:
                found[column] = (text, text)
    above = rows.get(header_row - 1)
    if above is not None:
        for area in grid.merges:
            if area.top == area.bottom == header_row - 1 and area.right > area.left:
                _add_group(found, area, above.text(area.left))
    return {column: texts for column, texts in found.items() if texts[0].strip()}


def _anchor(grid: Grid, area: Area) -> str:
    return next((row.text(area.left) for row in grid.rows if row.number == area.top), "")


def _add_group(found: dict[int, tuple[str, str]], area: Area, group: str) -> None:
    """Put a group's words before the headers that it spans, where it spans more than one."""
    under = [column for column in range(area.left, area.right + 1) if column in found]
    if not group.strip() or len(under) < 2 or len(under) < area.right - area.left:
        return
    for column in under:
        whole, cell_text = found[column]
        found[column] = (f"{group.strip()} {whole}", cell_text)


def _plain(text: str) -> str:
    """A header as one line without braces, so that it can stand in a template."""
    return readable_name(text).translate(_BRACES)


def _free(name: str, taken: Collection[str], headers: Collection[str], next_number: dict[str, int]) -> str:
    number = next_number.get(name, 2)
    while f"{name} ({number})" in taken or f"{name} ({number})" in headers:
        number += 1
    next_number[name] = number + 1
    return f"{name} ({number})"


def _notices(blank: Sequence[str], repeated: Sequence[str], header_row: int) -> list[Notice]:
    notices = []
    if blank:
        which = f"Column {blank[0]} has" if len(blank) == 1 else f"Columns {listed(blank)} have"
        notices.append(Notice(f"{which} values but no header; the name is the column's letter.", (header_row,)))
    if repeated:
        notices.append(Notice(f"Headers that repeat were numbered: {listed(repeated)}.", (header_row,)))
    return notices
