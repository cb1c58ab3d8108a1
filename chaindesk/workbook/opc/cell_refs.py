"""Cell references: ``B7``, ``A1:C9``, and the letters of columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


@dataclass(frozen=True, slots=True)
class Area:
    """A rectangle of cells, all sides inclusive, 1 for column A and for the first row."""

    top: int
    left: int
    bottom: int
    right: int

    @property
    def reference(self) -> str:
        """The area as ``A1:C9``, or ``A1`` where it is one cell."""
        first = f"{letters(self.left)}{self.top}"
        last = f"{letters(self.right)}{self.bottom}"
        return first if first == last else f"{first}:{last}"


@lru_cache(maxsize=20_000)
def column_number(name: str) -> int:
    """The number of a column's letters; 0 where they are none."""
    number = 0
    for letter in name.upper():
        if not "A" <= letter <= "Z":
            return 0
        number = number * 26 + ord(letter) - 64
    return number


@lru_cache(maxsize=20_000)
def letters(column: int) -> str:
    """The letters of a column's number."""
    name = ""
    while column:
        column, rest = divmod(column - 1, 26)
        name = chr(65 + rest) + name
    return name


def split(reference: str) -> tuple[int, int]:
    """The column and the row of a cell reference; (0, 0) where it is none."""
    match = _CELL.fullmatch(reference)
    return (column_number(match[1]), int(match[2])) if match else (0, 0)


def area(reference: str) -> Area | None:
    """The area of a reference such as ``A1:C9`` or ``B2``, or None where it is none."""
    first, _, last = reference.strip().partition(":")
    left, top = split(first)
    right, bottom = split(last or first)
    if not (left and right):
        return None
    return Area(min(top, bottom), min(left, right), max(top, bottom), max(left, right))
