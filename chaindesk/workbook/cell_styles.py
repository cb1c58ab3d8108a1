"""What reading needs of styles.xml: the number format of each cell format, and which formats mark our own headers."""

from __future__ import annotations

from collections.abc import Callable

from chaindesk.workbook.book import Book, children, items, resolved
from chaindesk.workbook.formats import builtin_code, compiled, is_plain
from chaindesk.workbook.model import OUR_STYLE


class CellStyles:
    """The cell formats of a workbook.

    Attributes:
        codes: the number format code of each cell format.
        ours: the cell formats that carry the named style of ChainDesk's columns.
    """

    def __init__(self, book: Book) -> None:
        self.codes: list[str] = []
        self.ours: frozenset[int] = frozenset()
        self._date1904 = book.date1904
        self._shown: dict[int, Callable[[float], str] | None] = {}
        relationship = book.related("styles")
        root = None if relationship is None else book.package.xml(relationship.target)
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
        named = {
            item.get("xfId")
            for holder in children(root, "cellStyles")
            for item in children(holder, "cellStyle")
            if item.get("name") == OUR_STYLE
        }
        self.ours = frozenset(index for index, item in enumerate(formats) if item.get("xfId", "0") in named)

    def shower(self, style: int) -> Callable[[float], str] | None:
        """The function that shows a number in that cell format, or None where the format adds nothing."""
        if style not in self._shown:
            code = self.codes[style] if 0 <= style < len(self.codes) else ""
            self._shown[style] = None if is_plain(code) else compiled(code, date1904=self._date1904)
        return self._shown[style]


def _number(text: str | None) -> int:
    return int(text) if text and text.strip().isdecimal() else 0
