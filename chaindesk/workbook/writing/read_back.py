"""Tells whether a cell still says what was written into it, or whether a person has edited it since."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from chaindesk.workbook.naming import without_cut_mark
from chaindesk.workbook.numfmt.number_digits import general
from chaindesk.workbook.opc.shared_strings import possible
from chaindesk.workbook.types import CellValue, Filled


def is_as_written(cell: str, value: CellValue) -> bool:
    """Whether ``cell``, a text that ``open_manifest`` gave, is what ``write_columns`` makes of ``value``.

    A text that was too long for its cell counts as written where the cell still holds its beginning.
    """
    if isinstance(value, Filled):
        value = value.value
    if isinstance(value, str):
        beginning = without_cut_mark(cell)
        whole = possible(value)
        return cell == whole if beginning is None else whole.startswith(beginning)
    return cell == _shown(value) or cell == str(value)


def _shown(value: float | Decimal | date | datetime | None) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "TRUE" if value else "FALSE"
        case datetime():
            return value.replace(tzinfo=None).isoformat(" ", "seconds")
        case date():
            return value.isoformat()
        case _:
            return general(float(value))
