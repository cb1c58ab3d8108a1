"""Finds the places of rows without a parser, and how wide they are, where they are spelt as programs spell them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chaindesk.workbook.opc.cell_refs import column_number
from chaindesk.workbook.opc.plain_elements import COLUMN, ROW_ATTRIBUTES, TEXT

_FORMULA = rf'<f(?: t="shared")?+(?: ref="[A-Z0-9:]++")?+(?: si="[0-9]++")?+(?:/>|>{TEXT}</f>)'
_INLINE = rf'<is><t(?: xml:space="preserve")?+>{TEXT}</t></is>'
_CELL = (
    rf'<c r="{COLUMN}[0-9]{{1,7}}+"(?: s="[0-9]{{1,6}}+")?+(?: t="[A-Za-z]{{1,9}}+")?+'
    rf"(?:/>|>(?:{_FORMULA})?+(?:<v>{TEXT}</v>|{_INLINE})?+</c>)"
)
_ROW = re.compile(rf'(\s*+)(<row r="([0-9]{{1,7}}+)"{ROW_ATTRIBUTES}(?:/>|>(?:\s*+{_CELL})*+\s*+(</row>)))|([\s\S]++)')
_COLUMNS = re.compile(r'<c r="([A-Z]+)[0-9]+"[^>]*>(<[vfi])?')


@dataclass(frozen=True, slots=True)
class PlainRow:
    """A row: its number, where its tag begins in the run, where its content ends and where it ends; in bytes."""

    number: int
    start: int
    content_end: int
    end: int


def plain_rows(run: str) -> Iterator[tuple[PlainRow, int]]:
    """Yield the plain rows at the beginning of a run, each with its end in characters."""
    at = characters = 0
    ascii_only = run.isascii()
    for space, whole, number, close, _ in _ROW.findall(run):
        if not whole:
            return
        characters += len(space) + len(whole)
        start = at + len(space)
        at = start + (len(whole) if ascii_only else len(whole.encode()))
        yield PlainRow(int(number), start, at - len(close), at), characters


def widths(run: str) -> tuple[int, int]:
    """Return the last column of a run with content, and the last one with any cell; 0 for none."""
    found: set[tuple[str, str]] = set(_COLUMNS.findall(run))
    edge = max((column_number(name) for name, content in found if content), default=0)
    return edge, max((column_number(name) for name, _ in found), default=0)
