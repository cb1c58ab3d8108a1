"""Picks as the command line takes them: which side a person likes better in a row, in a word or in a file of them."""

from __future__ import annotations

import csv
from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Row
from chaindesk.engine.comparison.comparison import Pick

_PICKS: dict[str, Pick | None] = {pick.value.casefold(): pick for pick in Pick} | {"none": None}
_WANTED = "A, B, neither or none"


def read_picks(given: Iterable[str], rows: Sequence[Row], compared: Collection[int]) -> dict[int, Pick | None]:
    """Return what is picked in rows, by their sheet numbers; None takes a pick back, and the last word counts.

    Args:
        given: each ``ROW=SIDE``, or the name of a .csv file with a row and a side in each line.
        rows: the rows of the sheet, which go by their sheet numbers, else by their IDs.
        compared: the sheet numbers of the compared rows.

    Raises:
        UsageError: a row is not compared, a side is none, or a file cannot be read.
    """
    by_name = {row.key: row.number for row in rows} | {str(row.number): row.number for row in rows}
    found: dict[int, Pick | None] = {}
    for where, name, side in _words(given, by_name):
        number = by_name.get(name)
        if number is None:
            raise UsageError(f'{where}: the sheet has no row "{name}". Rows go by their sheet numbers or their IDs.')
        if number not in compared:
            raise UsageError(f"{where}: row {number} is not among the compared rows: see --rows and --sample.")
        if side.casefold() not in _PICKS:
            raise UsageError(f'{where}: "{side}" is no side. Write {_WANTED}.')
        found[number] = _PICKS[side.casefold()]
    return found


def _words(given: Iterable[str], names: Collection[str]) -> Iterator[tuple[str, str, str]]:
    """Yield where each pick was given, its row and its side."""
    for one in given:
        row, equals, side = one.rpartition("=")
        if equals and not Path(one).is_file():
            yield f"--pick {one}", row.strip(), side.strip()
        else:
            yield from _lines(Path(one), names)


def _lines(path: Path, names: Collection[str]) -> Iterator[tuple[str, str, str]]:
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        raise UsageError(f'--pick wants ROW=SIDE, or a .csv file of them; there is no file "{path}".') from None
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read ({error}).") from None
    for number, cells in enumerate(csv.reader(text.splitlines()), 1):
        row, side = ([cell.strip() for cell in cells] + ["", ""])[:2]
        is_header = number == 1 and row not in names and side.casefold() not in _PICKS
        if (row or side) and not is_header:
            yield f"{path}, line {number}", row, side
