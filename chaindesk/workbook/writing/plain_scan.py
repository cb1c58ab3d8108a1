"""Finds the places of rows without a parser, and how wide they are, where they are spelt as programs spell them."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from operator import add, sub

from chaindesk.workbook.opc.cell_refs import column_number
from chaindesk.workbook.opc.plain_elements import COLUMN, ROW_ATTRIBUTES, TEXT

_FORMULA = rf'<f(?: t="shared")?+(?: ref="[A-Z0-9:]++")?+(?: si="[0-9]++")?+(?:/>|>{TEXT}</f>)'
_INLINE = rf'<is><t(?: xml:space="preserve")?+>{TEXT}</t></is>'
_CELL = (
    rf'<c r="{COLUMN}[0-9]{{1,7}}+"(?: s="[0-9]{{1,6}}+")?+(?: t="[A-Za-z]{{1,9}}+")?+'
    rf"(?:/>|>(?:{_FORMULA})?+(?:<v>{TEXT}</v>|{_INLINE})?+</c>)"
)
_ROW = re.compile(rf'(\s*+)(<row r="([0-9]{{1,7}}+)"{ROW_ATTRIBUTES}(?:/>|>(?:\s*+{_CELL})*+\s*+(</row>)))|([\s\S]++)')
_COLUMNS = re.compile(r'<c r="([A-Z]+)')
_COLUMNS_AND_CONTENT = re.compile(r'<c r="([A-Z]+)[0-9]+"[^>]*>(<[vfi])?')


@dataclass(frozen=True, slots=True)
class PlainRows:
    """Rows at the beginning of a run.

    Attributes:
        numbers: their numbers in the sheet.
        starts: where each one's tag begins in the run, in bytes.
        content_ends: where each one's content ends, in bytes.
        end: where the last one ends, in bytes.
        characters: the same in characters.
    """

    numbers: Sequence[int] = ()
    starts: Sequence[int] = ()
    content_ends: Sequence[int] = ()
    end: int = 0
    characters: int = 0


def plain_rows(run: str, looked_at: Set[int]) -> PlainRows:
    """Return the plain rows at the beginning of a run, up to one that is looked at."""
    found = _ROW.findall(run)
    if found and not found[-1][1]:
        del found[-1]
    if not found:
        return PlainRows()
    spaces, wholes, spelt, closes, _ = zip(*found, strict=True)
    numbers = list(map(int, spelt))
    count = len(numbers)
    if not looked_at.isdisjoint(numbers):
        count = next(place for place, number in enumerate(numbers) if number in looked_at)
    if not count:
        return PlainRows()
    characters = sum(map(len, spaces[:count])) + sum(map(len, wholes[:count]))
    if not run.isascii():
        wholes = tuple([whole.encode() for whole in wholes])
    gaps, lengths = map(len, spaces), list(map(len, wholes))
    ends = list(accumulate(map(add, gaps, lengths)))[:count]
    starts = list(map(sub, ends, lengths))
    return PlainRows(numbers[:count], starts, list(map(sub, ends, map(len, closes))), ends[-1], characters)


def widths(run: str) -> tuple[int, int]:
    """Return the last column of a run with content, and the last one with any cell; 0 for none."""
    if "<f" not in run and run.count('<c r="') == run.count("><v>") + run.count("><is>"):  # no cell without content
        edge = max(map(column_number, set(_COLUMNS.findall(run))), default=0)
        return edge, edge
    found: set[tuple[str, str]] = set(_COLUMNS_AND_CONTENT.findall(run))
    edge = max((column_number(name) for name, content in found if content), default=0)
    return edge, max((column_number(name) for name, _ in found), default=0)
