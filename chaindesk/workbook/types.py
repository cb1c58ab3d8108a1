"""The values that the calls accept and return, and the limits of the file format: light enough to import anywhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType

from chaindesk.domain.manifest import Notice, SourceReading

MAX_COLUMNS = 16_384
MAX_ROWS = 1_048_576
MAX_CELL_UNITS = 32_767  # of UTF-16
OUR_STYLE = "ChainDesk column"

PlainValue = str | int | float | bool | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Filled:
    """A value with a cell fill and a text colour, both ``RRGGBB``; ``text`` may be left out."""

    value: PlainValue
    fill: str
    text: str | None = None


CellValue = PlainValue | Filled
"""What a cell is given: texts stay text, numbers and dates are typed. None leaves the cell as it is, "" blanks it."""


@dataclass(frozen=True, slots=True)
class ColumnWrite:
    """The columns that ``write_columns`` writes, and where they go.

    Attributes:
        sheet: the sheet's name.
        header_row: the row that holds its headers.
        headers: of the columns; those in ``into`` continue the column there, all others become new ones.
        rows: by sheet row number a cell for each header; asked once for each row, in ascending order.
        first_column: where new columns begin (1 is A); None for right of everything that any row uses.
        into: the columns that are continued, by header.
        widths: of new columns in characters, by header; without one, it follows from the texts.
        source: how the text of a .csv or .tsv was read, so that it is read in the same way.
    """

    sheet: str
    header_row: int
    headers: Sequence[str]
    rows: Mapping[int, Sequence[CellValue]]
    first_column: int | None = None
    into: Mapping[str, int] = field(default_factory=lambda: MappingProxyType({}))
    widths: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    source: SourceReading | None = None


@dataclass(frozen=True, slots=True)
class WriteReport:
    """What ``write_columns`` did.

    Attributes:
        path: the file that was written.
        columns: the sheet column (1 is A) of each header that was asked for.
        renamed: headers that belong to the user's own columns, and the name that the new column got instead.
        notices: what the user should know, the renaming among it.
        backup: the copy of what the target was before, if there was a file and it was to be kept.
    """

    path: Path
    columns: Mapping[str, int]
    renamed: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    notices: tuple[Notice, ...] = ()
    backup: Path | None = None
