"""What reading needs of styles.xml: the number format of each cell format, and which formats mark our own headers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from chaindesk.workbook.numfmt.calendars import is_approximate
from chaindesk.workbook.numfmt.number_format import builtin_code, compiled, is_plain
from chaindesk.workbook.opc.workbook_part import WorkbookPart, children, items, resolved
from chaindesk.workbook.types import OUR_STYLE

if TYPE_CHECKING:
    from lxml import etree


class CellStyles:
    """The cell formats of a workbook.

    Attributes:
        codes: the number format code of each cell format.
        ours: the cell formats that carry the named style of ChainDesk's columns.
        approximate: the cell formats in which Excel shows numbers in another way.
    """

    def __init__(self, workbook: WorkbookPart) -> None:
        self.codes: list[str] = []
        self.ours: frozenset[int] = frozenset()
        self.approximate: frozenset[int] = frozenset()
        self._date1904 = workbook.date1904
        self._shown: dict[int, Callable[[float], str] | None] = {}
        relationship = workbook.related("styles")
        root = None if relationship is None else workbook.package.xml(relationship.target)
        if root is None:
            return
        own = {
            _number(item.get("numFmtId")): item.get("formatCode", "")
            for holder in children(root, "numFmts")
            for item in children(holder, "numFmt")
        }
        formats = [resolved(item) for holder in children(root, "cellXfs")[:1] for item in items(holder)]
        numbers = [_number(item.get("numFmtId")) for item in formats]
        self.codes = [own.get(number) or builtin_code(number) for number in numbers]
        self.approximate = frozenset(index for index, code in enumerate(self.codes) if is_approximate(code))
        named = {
            item.get("xfId")
            for holder in children(root, "cellStyles")
            for item in children(holder, "cellStyle")
            if item.get("name") == OUR_STYLE
        }
        used = {item.get("xfId", "0") for item in formats}
        if named and named.isdisjoint(used):
            named = _renumbered(root, used)
        self.ours = frozenset(index for index, item in enumerate(formats) if item.get("xfId", "0") in named)

    def shower(self, style: int) -> Callable[[float], str] | None:
        """The function that shows a number in that cell format, or None where the format adds nothing."""
        if style not in self._shown:
            code = self.codes[style] if 0 <= style < len(self.codes) else ""
            self._shown[style] = None if is_plain(code) else compiled(code, date1904=self._date1904)
        return self._shown[style]


def _renumbered(root: etree._Element, used: set[str]) -> set[str | None]:
    """Where no cell format has our style although it is there: the number of no style that some have instead.

    openpyxl numbers the styles of a LibreOffice workbook anew, but not the formats that have them. There is no doubt
    where ours is the only style that does not come with every program, and all these formats have one and the same.
    """
    count = sum(1 for holder in children(root, "cellStyleXfs") for _ in children(holder, "xf"))
    renumbered: set[str | None] = {number for number in used if _number(number) >= count}
    others = [
        item
        for holder in children(root, "cellStyles")
        for item in children(holder, "cellStyle")
        if item.get("name") != OUR_STYLE and item.get("builtinId") is None
    ]
    return renumbered if len(renumbered) == 1 and not others else set()


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() else 0
