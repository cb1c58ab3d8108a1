"""Chooses the sheet that holds the jobs where nobody has named one.

The rule, in the words in which the window and the command line tell it:

1. The sheet that was active when the workbook was saved is taken where it has jobs.
2. Else the first sheet from the left that has jobs and is not hidden; where another one has jobs too, that is said.
3. Else the active sheet where it holds anything, and else the first one that does, a hidden one last.

A sheet has jobs where it reads as a table: its header row (``header_detection``) names two columns or more and a row
below fills two of them; or as a list: one column, whose header is no sentence, with five rows or more right below it
without a gap. It has none where its name says that it is a cover or explains something, or where most of the texts in
its first column end with a colon, as the names beside the entries of a form do.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.workbook.reading.grid import Grid, GridRow
from chaindesk.workbook.reading.header_detection import find_header_row

_LIST_ROWS = 5
_LONGEST_LIST_HEADER = 40  # characters
_JUDGED_ROWS = 200
_NO_JOBS = re.compile(
    r"cover([ -]?(page|sheet))?|(front|title)[ -]?(page|sheet)|read[ -]?me|(instructions?|how to)( .*)?|guide|help"
    r"|about|info|legend|change ?log|(table of )?contents"
    r"|deckblatt|titel(blatt|seite)?|anleitung(en)?|hinweise?|hilfe|legende|inhalt(sverzeichnis)?|erläuterung(en)?"
    r"|couverture|page de garde|mode d'emploi|aide|légende|sommaire|portada|instrucciones|ayuda|leyenda"
)


@dataclass(frozen=True, slots=True)
class SheetChoice:
    """The sheet that is taken.

    Attributes:
        name: its name.
        grid: what it holds.
        notice: why it is not the active one, or None.
    """

    name: str
    grid: Grid
    notice: Notice | None = None


def choose_filled(
    names: Sequence[str], active: str, hidden: Collection[str], read: Callable[[str], Grid]
) -> SheetChoice:
    """Choose a sheet by the rule above.

    Args:
        names: of all worksheets, from the left.
        active: the one that was active when the workbook was saved.
        hidden: those that a person does not see.
        read: reads one.
    """
    grids = {active: read(active)}
    if has_jobs(active, grids[active]):
        return SheetChoice(active, grids[active])
    with_jobs: list[str] = []
    for name in names:
        if name != active and name not in hidden and len(with_jobs) < 2:
            grids[name] = _read(read, name)
            with_jobs += [name] if has_jobs(name, grids[name]) else []
    state = "has no rows of jobs" if grids[active].rows else "is empty"
    if with_jobs:
        alike = f' "{with_jobs[1]}" could be meant too.' if len(with_jobs) > 1 else ""
        chosen = with_jobs[0]
        notice = Notice(f'Sheet "{chosen}" is taken, because the active sheet "{active}" {state}.{alike}')
        return SheetChoice(chosen, grids[chosen], notice)
    if grids[active].rows:
        return SheetChoice(active, grids[active])
    for name in sorted(names, key=lambda name: name in hidden):
        grid = grids[name] if name in grids else _read(read, name)
        if grid.rows:
            notice = Notice(f'The active sheet "{active}" is empty; "{name}" is taken.')
            return SheetChoice(name, grid, notice)
    return SheetChoice(active, grids[active])


def _read(read: Callable[[str], Grid], name: str) -> Grid:
    """Return what a sheet holds that nobody asked for; one that is damaged is as good as empty."""
    try:
        return read(name)
    except WorkbookError:
        return Grid()


def has_jobs(name: str, grid: Grid) -> bool:
    """Return whether a sheet reads as rows of jobs, by the rule above."""
    if not any(map(_is_filled, grid.rows)) or _NO_JOBS.fullmatch(name.replace("_", " ").strip().casefold()):
        return False
    header_row = find_header_row(grid)
    rows = (row for row in grid.rows if row.number >= header_row and _is_filled(row))
    header, *below = itertools.islice(rows, 1 + _JUDGED_ROWS)
    if len(header.columns) == 1:
        return _is_list(header, below)
    if any(number > header_row for number, _ in (*grid.unsaved, *grid.errors)):
        return True  # formulas that were never calculated: reading the jobs says what to do
    columns = set(header.columns)
    return any(len(columns.intersection(row.columns)) > 1 for row in below) and not _is_form([header, *below])


def _is_filled(row: GridRow) -> bool:
    return any(text.strip() for text in row.texts)


def _is_list(header: GridRow, below: Sequence[GridRow]) -> bool:
    text = header.texts[0].strip()
    if len(text) > _LONGEST_LIST_HEADER or text.endswith((".", "!", "?", ":", ",")):
        return False
    following = below[:_LIST_ROWS]
    in_sequence = all(
        row.number == header.number + place and row.columns == header.columns for place, row in enumerate(following, 1)
    )
    return len(following) == _LIST_ROWS and in_sequence


def _is_form(rows: Sequence[GridRow]) -> bool:
    first = min(row.columns[0] for row in rows)
    names = [text for row in rows if (text := row.text(first).strip())]
    return sum(name.endswith(":") for name in names) * 2 > len(names)
