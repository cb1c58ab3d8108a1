"""Reads a worksheet's XML as a stream, in any of the shapes that real files have."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from xml.parsers import expat

from chaindesk.workbook.opc.cell_refs import area, column_number
from chaindesk.workbook.opc.plain_elements import without_plain
from chaindesk.workbook.opc.shared_strings import SharedStrings, feed, misplaced_cell
from chaindesk.workbook.opc.workbook_part import Sheet, WorkbookPart
from chaindesk.workbook.reading.grid import Grid, GridRow
from chaindesk.workbook.reading.row_batches import RowTeller, Watcher
from chaindesk.workbook.reading.xlsx.cell_texts import CellTexts
from chaindesk.workbook.reading.xlsx.plain_rows import PlainRows
from chaindesk.workbook.reading.xlsx.sheet_extras import (
    computes_address,
    floating_pictures,
    formula_address,
    is_picture_formula,
    link_targets,
    picture_values,
    tables,
)
from chaindesk.workbook.reading.xlsx.style_reader import CellStyles
from chaindesk.workbook.types import MAX_COLUMNS, MAX_ROWS

_Left = Callable[[Iterable[bytes]], Iterable[bytes]]
_DIGITS = "0123456789"
_MAX_LINKED_ROWS, _MAX_LINKED_COLUMNS = 10_000, 50  # of one link
_STYLE_SEARCH_ROWS = 200  # header cells are looked for among so many rows that hold something


def read_sheet(workbook: WorkbookPart, sheet: Sheet, watcher: Watcher | None = None) -> Grid:
    """Return the sheet's rows, merges, tables and filter.

    Args:
        workbook: whose sheet it is.
        sheet: the sheet.
        watcher: who is told now and then what has been read of a long sheet; what it raises ends the reading.

    Raises:
        WorkbookError: a part that it needs is damaged.
    """
    package = workbook.package
    styles = CellStyles(workbook)
    strings = workbook.related("sharedStrings")
    texts = SharedStrings(package, strings.target if strings else None)
    reader = _SheetReader(texts, styles, link_targets(workbook, sheet), picture_values(workbook), watcher)
    reader.grid.tables = list(tables(workbook, sheet))
    entry = package.find(sheet.part)
    if entry is not None:
        chunks = reader.teller.watched(package.chunks(entry), entry.file_size)
        reader.read(lambda parser, left: feed(parser, package, left(chunks), sheet.part))
        if reader.misplaced:
            raise misplaced_cell(package, sheet.part, reader.misplaced)
    grid = reader.grid
    texts.finish()
    grid.put_in_order()
    grid.floating_pictures = floating_pictures(workbook, sheet)
    return grid


class _SheetReader:
    """The handlers of one pass, and what they know of the row and cell at hand."""

    def __init__(
        self,
        strings: SharedStrings,
        styles: CellStyles,
        link_targets: dict[str, str],
        picture_values: frozenset[int],
        watcher: Watcher | None = None,
    ) -> None:
        self.grid = Grid()
        self.teller = RowTeller(watcher)
        self._link_targets = link_targets
        self._picture_values = picture_values
        self._is_picture = self._in_cell = False
        self.misplaced = ""
        self._texts = CellTexts(strings, styles, self.grid)
        self._styles = styles
        self._namespace: str | None = None
        self._row = self._column = 0
        self._hidden = False
        self._cells: dict[int, str] = {}
        self._kind = ""
        self._style = 0
        self._collect = False
        self._pieces: list[str] = []
        self._value: str | None = None
        self._inline: list[str] = []
        self._has_formula = False
        self._shared_by = ""
        self._shared_formulas: dict[str, str] = {}
        self._phonetic = 0
        self._depth = 0
        self._shared_columns: dict[tuple[int, ...], tuple[int, ...]] = {}
        self._starts: dict[str, Callable[[dict[str, str]], None]] = {}
        self._around = self._inside = self._starts
        self._ends: dict[str, Callable[[], None]] = {}

    def read(self, feed_into: Callable[[expat.XMLParserType, _Left], None]) -> None:
        """Read the part: what is plain at once, and what is left with a parser."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.buffer_size = 1 << 16
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text
        rows = PlainRows(self._texts, self._take_row, self._take_rows, self._styles, self._mark_ours)
        feed_into(parser, lambda chunks: without_plain(chunks, b"<worksheet", b"<sheetData", b"</row>", rows.take))

    def _take_row(self, number: int, cells: dict[int, str], *, hidden: bool) -> None:
        self._row, self._hidden, self._cells = number, hidden, cells
        self._end_row()

    def _take_rows(self, rows: list[GridRow], last: int) -> None:
        self._row = last
        self.teller.add(self.grid, rows)

    def _mark_ours(self, row: int, column: int) -> None:
        if len(self.grid.rows) < _STYLE_SEARCH_ROWS:
            self.grid.ours.add((row, column))

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        if self._namespace is None:
            self._name_tags(tag)
        handler = self._starts.get(tag)
        if handler is not None:
            handler(attributes)

    def _end(self, tag: str) -> None:
        handler = self._ends.get(tag)
        if handler is not None:
            handler()

    def _text(self, text: str) -> None:
        if self._collect:
            self._pieces.append(text)

    def _name_tags(self, root: str) -> None:
        self._namespace = root.rpartition("}")[0]
        prefix = f"{self._namespace}}}" if self._namespace else ""
        around = {
            "sheetData": self._start_data, "mergeCell": self._merge, "autoFilter": self._filter,
            "customSheetViews": self._start_views, "hyperlink": self._link,
        }  # fmt: skip
        inside = {
            "row": self._start_row, "c": self._start_cell, "v": self._start_text, "t": self._start_text,
            "f": self._start_formula, "rPh": self._start_phonetic,
        }  # fmt: skip
        ends = {
            "row": self._end_row, "c": self._end_cell, "v": self._end_value, "t": self._end_inline,
            "rPh": self._end_phonetic, "f": self._end_formula, "customSheetViews": self._end_views,
            "sheetData": self._end_data,
        }  # fmt: skip
        self._around = {prefix + name: handler for name, handler in around.items()}
        self._inside = {prefix + name: handler for name, handler in inside.items()}
        self._starts = self._around
        self._ends = {prefix + name: handler for name, handler in ends.items()}

    def _start_data(self, _: dict[str, str]) -> None:
        self._starts = self._inside

    def _end_data(self) -> None:
        self._starts = self._around
        self._cells = {}

    def _start_row(self, attributes: dict[str, str]) -> None:
        number = attributes.get("r", "")
        self._row = int(number) if number.isdecimal() else self._row + 1
        self._hidden = attributes.get("hidden", "0") in {"1", "true"}
        self._column = 0
        self._cells = {}

    def _end_row(self) -> None:
        if not self._cells or not 0 < self._row <= MAX_ROWS:
            return
        columns = tuple(self._cells)
        shared = self._shared_columns.get(columns)
        if shared is None:
            shared = self._shared_columns[columns] = tuple(sorted(columns))
        texts = tuple(self._cells.values()) if shared == columns else tuple(self._cells[column] for column in shared)
        self.grid.rows.append(GridRow(self._row, self._hidden, shared, texts))
        self.teller.row_added(self.grid)

    def _start_cell(self, attributes: dict[str, str]) -> None:
        reference = attributes.get("r")
        column = column_number(reference.rstrip(_DIGITS)) if reference else 0
        self._column = column or self._column + 1
        if self._in_cell or self._column > MAX_COLUMNS:
            self.misplaced = self.misplaced or (reference or f"in row {self._row}")[:20]
        self._in_cell = True
        self._kind = attributes.get("t", "n")
        style = attributes.get("s", "0")
        self._style = int(style) if style.isdecimal() else 0
        self._value = None
        self._inline = []
        self._has_formula = False
        value_metadata = attributes.get("vm", "")
        self._is_picture = value_metadata.isdecimal() and int(value_metadata) in self._picture_values
        if self._style in self._styles.ours:
            self._mark_ours(self._row, self._column)

    def _start_text(self, _: dict[str, str]) -> None:
        self._collect = not self._phonetic
        self._pieces = []

    def _start_formula(self, attributes: dict[str, str]) -> None:
        self._shared_by = attributes.get("si", "") if attributes.get("t") == "shared" else ""
        self._has_formula = True
        self._collect = True
        self._pieces = []

    def _end_formula(self) -> None:
        self._collect = False
        formula = "".join(self._pieces)
        if self._shared_by:  # the first cell holds the formula, the others only its number
            formula = self._shared_formulas.setdefault(self._shared_by, formula)
        if "(" not in formula:
            return
        self._is_picture = self._is_picture or is_picture_formula(formula)
        if address := formula_address(formula):
            self.grid.links[self._row, self._column] = address
        elif computes_address(formula):
            self.grid.computed_links.append((self._row, self._column))

    def _start_phonetic(self, _: dict[str, str]) -> None:
        self._phonetic += 1

    def _end_phonetic(self) -> None:
        self._phonetic -= 1

    def _end_value(self) -> None:
        self._value = "".join(self._pieces)
        self._collect = False

    def _end_inline(self) -> None:
        if self._collect:
            self._inline.extend(self._pieces)
        self._collect = False

    def _end_cell(self) -> None:
        self._in_cell = False
        if self._is_picture:
            self.grid.pictures.append((self._row, self._column))
            return
        text = self._texts.text(self._kind, self._style, self._shown_value(), (self._row, self._column))
        if text and self._column <= MAX_COLUMNS:
            self._cells[self._column] = text
        elif self._has_formula and not self._value and self._kind not in {"str", "e"}:
            self.grid.unsaved.append((self._row, self._column))

    def _shown_value(self) -> str:
        """The value, or the text of an inline string where it has one."""
        return "".join(self._inline) if self._inline and self._kind == "inlineStr" else self._value or ""

    def _merge(self, attributes: dict[str, str]) -> None:
        merged = area(attributes.get("ref", ""))
        if merged is not None:
            self.grid.merges.append(merged)

    def _filter(self, attributes: dict[str, str]) -> None:
        if not self._depth:
            self.grid.filter = area(attributes.get("ref", ""))

    def _link(self, attributes: dict[str, str]) -> None:
        linked = area(attributes.get("ref", ""))
        identifier = next((value for name, value in attributes.items() if name.endswith("}id")), "")
        location = attributes.get("location", "")
        address = self._link_targets.get(identifier, "") + (f"#{location}" if location else "")
        if linked is None or not address or linked.right > MAX_COLUMNS:
            return
        for row in range(linked.top, min(linked.bottom, linked.top + _MAX_LINKED_ROWS) + 1):
            for column in range(linked.left, min(linked.right, linked.left + _MAX_LINKED_COLUMNS) + 1):
                self.grid.links[row, column] = address

    def _start_views(self, _: dict[str, str]) -> None:
        self._depth += 1

    def _end_views(self) -> None:
        self._depth -= 1
