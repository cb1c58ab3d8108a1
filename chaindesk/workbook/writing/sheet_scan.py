"""The first pass over a sheet that is to be patched: where its rows lie, how far to the right it is used, and what
else has to be known before a byte is written.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from operator import lt
from xml.parsers import expat

from chaindesk.workbook.opc.cell_refs import Area, area, column_number, letters
from chaindesk.workbook.opc.package import Package
from chaindesk.workbook.opc.plain_elements import without_plain
from chaindesk.workbook.opc.shared_strings import feed, misplaced_cell
from chaindesk.workbook.types import MAX_COLUMNS
from chaindesk.workbook.writing.plain_scan import plain_rows, widths

_DIGITS = "0123456789"


@dataclass(slots=True)
class Span:
    """A piece of the part, in bytes; for a tag just its beginning is known."""

    start: int
    end: int = 0
    reference: str = ""


@dataclass(slots=True)
class HeaderCell:
    """A cell of a row that was looked at: its format, and its text or the index of its shared string."""

    style: int
    kind: str = "n"
    pieces: list[str] = field(default_factory=list)
    filled: bool = False


@dataclass(slots=True)
class SheetScan:
    """What the first pass found. Rows are in the order of the file; offsets are in bytes of the UTF-8 part.

    Attributes:
        numbers, starts, ends: of each row its number, where its tag begins and where its content ends.
        cells: of each cell at or right of the watched column: index of its row, column, start, end, format.
        edge: the last column with content, or in a merged area.
        reach: the last column with any cell at all.
        misplaced: a cell that no program opens, such as one inside of another or right of the last column.
        whole_row_merges: merged areas that reach to the last column, in which nothing else can be seen.
        cells_in: the cells of the rows that were to be looked at, by row and column.
    """

    numbers: array[int] = field(default_factory=lambda: array("L"))
    starts: array[int] = field(default_factory=lambda: array("Q"))
    ends: array[int] = field(default_factory=lambda: array("Q"))
    cells: array[int] = field(default_factory=lambda: array("Q"))
    edge: int = 0
    reach: int = 0
    merges_edge: int = 0
    whole_row_merges: list[Area] = field(default_factory=list)
    cells_in: dict[int, dict[int, HeaderCell]] = field(default_factory=dict)
    dimension: Span | None = None
    columns: Span | None = None
    column_items: list[dict[str, str]] = field(default_factory=list)
    data: Span | None = None
    filter: Span | None = None
    protected: bool = False
    misplaced: str = ""

    @property
    def in_order(self) -> bool:
        """Return whether the rows are spelt top to bottom, each once."""
        return all(map(lt, self.numbers, islice(self.numbers, 1, None)))

    def lacking(self, rows: Iterable[int]) -> list[int]:
        """Return those of these rows that the sheet does not have, ascending."""
        wanted = sorted(rows)
        if not self.in_order:
            return sorted(set(wanted).difference(self.numbers))
        lacking: list[int] = []
        numbers = iter(self.numbers)
        coming = next(numbers, None)
        for number in wanted:
            while coming is not None and coming < number:
                coming = next(numbers, None)
            if number != coming and lacking[-1:] != [number]:
                lacking.append(number)
        return lacking


def scan_sheet(
    package: Package, chunks: Iterable[bytes], part: str, looked_at: Iterable[int], watched: int
) -> SheetScan:
    """Scan a sheet.

    Args:
        package: for messages.
        chunks: the part's bytes.
        part: its name.
        looked_at: rows whose cells are to be known.
        watched: the column from which on cells are to be known by place; beyond the last one, none are.
    """
    scanner = _Scanner(looked_at, watched)
    if watched > MAX_COLUMNS:  # else places of cells are asked for, which the parser knows
        chunks = scanner.fed(without_plain(chunks, b"<worksheet", b"<sheetData", b"</row>", scanner.take))
    feed(scanner.parser, package, chunks, part)
    if scanner.found.misplaced:
        raise misplaced_cell(package, part, scanner.found.misplaced)
    if scanner.found.data is None:
        raise package.damaged(part)
    return scanner.found


class _Scanner:
    """The handlers of the pass."""

    def __init__(self, looked_at: Iterable[int], watched: int) -> None:
        self.found = SheetScan()
        self.parser = expat.ParserCreate(namespace_separator="}")
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self._looked_at = frozenset(looked_at)
        self._watched = watched
        self._row = self._column = 0
        self._cell: HeaderCell | None = None
        self._open = self._in_cell = False
        self._depth = 0
        self._fed = self._skipped = 0  # bytes that the parser has got, and that it needs not
        self._content_tags: frozenset[str] = frozenset()
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self._around = self._inside = self._starts
        self._ends: dict[str, Callable[[], None]] = {}

    @property
    def _place(self) -> int:
        """Where the parser is in the part."""
        return self.parser.CurrentByteIndex + self._skipped

    def fed(self, pieces: Iterable[bytes]) -> Iterator[bytes]:
        """The pieces for the parser, while they are counted."""
        for piece in pieces:
            self._fed += len(piece)
            yield piece

    def take(self, run: str) -> int:
        """Scan the plain rows at the beginning of a run, up to one that is looked at; return their characters."""
        base, found = self._fed + self._skipped, self.found
        if self._in_cell or len(found.ends) < len(found.numbers):
            return 0  # what has gone before is damaged
        rows = plain_rows(run, self._looked_at)
        if not rows.numbers:
            return 0
        self._row = rows.numbers[-1]
        found.numbers.extend(rows.numbers)
        found.starts.extend([base + start for start in rows.starts])
        found.ends.extend([base + end for end in rows.content_ends])
        self._skipped = base + rows.end - self._fed
        edge, reach = widths(run[: rows.characters])
        found.edge, found.reach = max(found.edge, edge), max(found.reach, reach)
        return rows.characters

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if (
            tag in self._content_tags and self._starts is self._inside
        ):  # every other element of a large sheet is one of these
            if self._column > self.found.edge:
                self.found.edge = self._column
            if self._cell is not None:
                self._cell.filled = True
            return
        if not self._starts:
            self._name_tags(tag)
        handler = self._starts.get(tag)
        if handler is not None:
            handler(attributes)

    def _end(self, tag: str) -> None:
        handler = self._ends.get(tag)
        if handler is not None:
            handler()

    def _name_tags(self, root: str) -> None:
        space, brace, _ = root.rpartition("}")
        prefix = space + brace
        self._content_tags = frozenset(prefix + name for name in ("v", "f", "is"))
        around = {
            "sheetData": self._start_data, "dimension": self._start_dimension, "cols": self._start_columns,
            "col": self._column_item, "mergeCell": self._merge, "autoFilter": self._start_filter,
            "sheetProtection": self._protection, "customSheetViews": self._start_views,
        }  # fmt: skip
        ends = {
            "row": self._end_row, "c": self._end_cell, "sheetData": self._end_data, "cols": self._end_columns,
            "customSheetViews": self._end_views,
        }  # fmt: skip
        self._around = {prefix + name: handler for name, handler in around.items()}
        self._inside = {prefix + "row": self._start_row, prefix + "c": self._start_cell}
        self._starts = self._around
        self._ends = {prefix + name: handler for name, handler in ends.items()}

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() and len(number) < 9 else self._row + 1
        self._column = 0
        if self._in_cell or len(self.found.ends) < len(self.found.numbers):
            self.found.misplaced = self.found.misplaced or f"in row {self._row}"
        self._in_cell = False
        self.found.numbers.append(self._row)
        self.found.starts.append(self._place)
        if self._row in self._looked_at:
            self.parser.CharacterDataHandler = self._text

    def _end_row(self) -> None:
        if self._starts is self._around:
            return
        self.found.ends.append(self._place)
        self.parser.CharacterDataHandler = None
        self._cell = None

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = column_number(reference.rstrip(_DIGITS)) if reference else 0
        column = self._column = column or self._column + 1
        if column > MAX_COLUMNS or self._in_cell:
            self.found.misplaced = self.found.misplaced or (reference or f"{letters(column)}{self._row}")[:20]
            return
        self._in_cell = True
        if column > self.found.reach:
            self.found.reach = column
        if column < self._watched and self._row not in self._looked_at:
            self._open = False
            return
        style = attributes.get("s", "0")
        number = int(style) if style.isdecimal() and len(style) < 8 else 0
        if self._row in self._looked_at:
            self._cell = HeaderCell(number, attributes.get("t", "n"))
            self.found.cells_in.setdefault(self._row, {})[column] = self._cell
        self._open = column >= self._watched
        if self._open:
            index = len(self.found.numbers) - 1
            self.found.cells.extend((index, column, self._place, 0, number))

    def _end_cell(self) -> None:
        self._in_cell = False
        if self._open:
            self.found.cells[-2] = self._place

    def _text(self, text: str) -> None:
        if self._cell is not None:
            self._cell.pieces.append(text)

    def _start_data(self, _: dict[str, str]) -> None:
        self.found.data = Span(self._place)
        self._starts = self._inside

    def _end_data(self) -> None:
        if self.found.data is not None:
            self.found.data.end = self._place
        self._starts = self._around

    def _start_dimension(self, attributes: dict[str, str]) -> None:
        self.found.dimension = Span(self._place, reference=attributes.get("ref", ""))

    def _start_columns(self, _: dict[str, str]) -> None:
        self.found.columns = Span(self._place)

    def _column_item(self, attributes: dict[str, str]) -> None:
        self.found.column_items.append(attributes)

    def _end_columns(self) -> None:
        if self.found.columns is not None:
            self.found.columns.end = self._place

    def _merge(self, attributes: dict[str, str]) -> None:
        merged: Area | None = area(attributes.get("ref", ""))
        if merged is not None and merged.right < MAX_COLUMNS:
            self.found.merges_edge = max(self.found.merges_edge, merged.right)
        elif merged is not None:
            self.found.whole_row_merges.append(merged)

    def _start_filter(self, attributes: dict[str, str]) -> None:
        if not self._depth:
            self.found.filter = Span(self._place, reference=attributes.get("ref", ""))

    def _protection(self, attributes: dict[str, str]) -> None:
        self.found.protected = attributes.get("sheet", "0") in {"1", "true"}

    def _start_views(self, _: dict[str, str]) -> None:
        self._depth += 1

    def _end_views(self) -> None:
        self._depth -= 1
