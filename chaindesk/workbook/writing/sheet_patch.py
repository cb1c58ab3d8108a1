"""The second pass over a sheet: its own bytes, with our cells spliced in at the places that the scan found."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from chaindesk.workbook.opc.cell_refs import area, letters
from chaindesk.workbook.types import CellValue
from chaindesk.workbook.writing.byte_splicer import ByteSplicer
from chaindesk.workbook.writing.cell_writer import CellWriter
from chaindesk.workbook.writing.column_placement import Placement
from chaindesk.workbook.writing.sheet_scan import SheetScan, Span

_NAME = re.compile(rb"<([^\s/>]+)")
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_REF = re.compile(rb"""(\sref\s*=\s*)(["'])[^"']*["']""")
_FIELDS = 5  # of each cell in the scan's list
_Target = tuple[int, int, str]  # column, index of the value, header
_SPACE_OR_END = re.compile(rb"[\s>]")


@dataclass(frozen=True, slots=True)
class SheetChanges:
    """What is to be written into the sheet.

    Attributes:
        header_row: where the headers go.
        placement: the columns and their names.
        headers: the headers in the order of the values.
        rows: by row number the values.
        header_style: the format of new header cells, or None without formats.
        keeps_style: the headers of columns whose cells keep their own format.
        widths: of new columns, by header.
        filter: what the autofilter is to cover, or None where it stays as it is.
    """

    header_row: int
    placement: Placement
    headers: Sequence[str]
    rows: Mapping[int, Sequence[CellValue]]
    header_style: int | None
    keeps_style: frozenset[str]
    widths: Mapping[str, float]
    filter: str | None = None


class SheetPatch:
    """Makes the new sheet part."""

    def __init__(self, scan: SheetScan, chunks: Iterator[bytes], changes: SheetChanges, writer: CellWriter) -> None:
        self._scan = scan
        self._splicer = ByteSplicer(chunks)
        self._changes = changes
        self._writer = writer
        columns = changes.placement.columns
        order = sorted(range(len(changes.headers)), key=lambda index: columns[changes.headers[index]])
        self._targets = [(columns[changes.headers[index]], index, changes.headers[index]) for index in order]
        self._cursor = 0  # in the scan's list of cells

    def pieces(self) -> Iterator[bytes]:
        """The new part, piece by piece."""
        found = self._scan
        assert found.data is not None  # noqa: S101
        edits: list[tuple[int, Callable[[], Iterator[bytes]]]] = []
        if self._changes.placement.new:  # first, since its place may be that of the data
            edits.append((found.data.start if found.columns is None else found.columns.start, self._columns))
        edits.append((found.data.start, self._data))
        if found.dimension is not None:
            edits.append((found.dimension.start, lambda: self._retag(found.dimension, self._grown_dimension())))
        if found.filter is not None:
            edits.append((found.filter.start, lambda: self._retag(found.filter, self._changes.filter)))
        for offset, edit in sorted(edits, key=lambda item: item[0]):
            yield from self._splicer.copy_to(offset)
            yield from edit()
        yield from self._splicer.rest()

    def _retag(self, span: Span | None, reference: str | None) -> Iterator[bytes]:
        tag = self._splicer.read_tag()
        if span is not None and reference is not None:
            tag = _REF.sub(rb"\g<1>\g<2>" + reference.encode() + rb"\g<2>", tag, count=1)
        self._splicer.put(tag)
        return self._splicer.ready()

    def _grown_dimension(self) -> str | None:
        found = area(self._scan.dimension.reference if self._scan.dimension else "")
        if found is None:
            return None
        columns = [found.left, found.right, *(column for column, _, _ in self._targets)]
        left, right = min(columns), max(columns)
        top = min(itertools.chain((found.top,), self._wanted()))
        bottom = max(itertools.chain((found.bottom,), self._wanted()))
        return f"{letters(left)}{top}:{letters(right)}{bottom}"

    def _prefix(self) -> bytes:
        """The namespace prefix of the tag that begins here, with its colon, or nothing."""
        match = _NAME.match(self._splicer.peek(200))
        name = match[1] if match else b""
        return name[: name.find(b":") + 1]

    def _columns(self) -> Iterator[bytes]:
        prefix = self._prefix().decode()
        if self._scan.columns is not None:
            self._read_element(self._scan.columns.end)
        items = new_columns(self._scan.column_items, self._changes.placement, self._changes.widths)
        spelt = "".join(
            f"<{prefix}col{''.join(f' {name}={quoteattr(value)}' for name, value in item.items())}/>" for item in items
        )
        self._splicer.put(f"<{prefix}cols>{spelt}</{prefix}cols>".encode())
        return self._splicer.ready()

    def _read_element(self, end: int) -> bytes:
        """The element that begins here and whose content ends at ``end``, with its closing tag."""
        name = _NAME.match(self._splicer.peek(200))
        body = self._splicer.read_to(end)
        if name is not None and self._closes(name[1]):
            body += self._splicer.read_tag()
        return body

    def _closes(self, name: bytes) -> bool:
        """Return whether the closing tag of an element of that name comes next."""
        start = b"</" + name
        coming = self._splicer.peek(len(start) + 1)
        return coming.startswith(start) and _SPACE_OR_END.match(coming[len(start) :]) is not None

    def _data(self) -> Iterator[bytes]:
        found, splicer = self._scan, self._splicer
        assert found.data is not None  # noqa: S101
        prefix = self._prefix()
        tag = splicer.read_tag()
        missing = iter(found.lacking(self._wanted()))
        coming = next(missing, None)
        empty = tag.endswith(b"/>")
        splicer.put(tag[:-2].rstrip() + b">" if empty else tag)
        in_order = found.in_order
        last = {number: index for index, number in enumerate(found.numbers)} if not in_order else None
        for index, number in enumerate(found.numbers):
            if in_order and coming is not None and coming < number:  # behind the end of the row before
                yield from splicer.copy_to(found.starts[index])
            while in_order and coming is not None and coming < number:
                self._put_row(coming, prefix)
                coming = next(missing, None)
            if self._is_wanted(number) and (last is None or last[number] == index):
                yield from splicer.copy_to(found.starts[index])
                self._patch_row(index, number)
                yield from splicer.ready()
        yield from splicer.copy_to(found.data.end if not empty else splicer.offset)
        while coming is not None:
            self._put_row(coming, prefix)
            coming = next(missing, None)
            yield from splicer.ready()
        if empty:
            splicer.put(b"</" + prefix + b"sheetData>")

    def _wanted(self) -> Iterable[int]:
        """Return the rows that get cells; a set of a million takes as much memory as their texts."""
        changes = self._changes
        return itertools.chain((changes.header_row,) if changes.placement.new else (), changes.rows)

    def _is_wanted(self, number: int) -> bool:
        changes = self._changes
        return number in changes.rows or (number == changes.header_row and bool(changes.placement.new))

    def _put_row(self, number: int, prefix: bytes) -> None:
        """A row that the sheet did not have."""
        name = prefix.decode()
        values = self._values(number)
        cells = self._cells(self._targets, name, number, values)
        self._splicer.put(f'<{name}row r="{number}">'.encode() + cells + f"</{name}row>".encode())

    def _values(self, number: int) -> Sequence[CellValue]:
        rows = self._changes.rows
        if number not in rows:
            return ()
        return rows[number]

    def _cell(self, target: _Target, prefix: str, number: int, values: Sequence[CellValue], style: int | None) -> str:
        """The cell, or "" where it is not to be touched."""
        column, index, header = target
        reference = f"{letters(column)}{number}"
        if number == self._changes.header_row:
            name = self._changes.placement.names.get(header)
            if name is None:
                return ""
            return self._writer.xml(prefix, reference, number, header, name, self._changes.header_style or 0)
        value = values[index] if index < len(values) else None
        if value is None or (value == "" and style is None):  # a cell that is not there is blank already
            return ""
        kept = style if header in self._changes.keeps_style else None
        return self._writer.xml(prefix, reference, number, header, value, kept)

    def _patch_row(self, index: int, number: int) -> None:
        splicer = self._splicer
        tag = splicer.read_tag()
        match = _NAME.match(tag)
        name = match[1] if match else b"row"
        tag = _SPANS.sub(b"", tag)
        prefix = name[: name.find(b":") + 1].decode()
        values = self._values(number)
        if tag.endswith(b"/>"):
            cells = self._cells(self._targets, prefix, number, values)
            splicer.put(tag[:-2].rstrip() + b">" + cells + b"</" + name + b">" if cells else tag)
            return
        splicer.put(tag)
        left = self._patch_cells(index, number, prefix, values)
        splicer.put(splicer.read_to(self._scan.ends[index]))
        splicer.put(self._cells(left, prefix, number, values))

    def _patch_cells(self, index: int, number: int, prefix: str, values: Sequence[CellValue]) -> list[_Target]:
        """Go through the row's watched cells: replace those in our columns, put ours before those right of them.

        Returns:
            Our columns that are still to be written: at the row's end.
        """
        cells, splicer, left = self._scan.cells, self._splicer, self._targets
        while self._cursor < len(cells) and cells[self._cursor] < index:
            self._cursor += _FIELDS
        first = self._cursor
        while self._cursor < len(cells) and cells[self._cursor] == index:
            self._cursor += _FIELDS
        present = set(cells[first + 1 : self._cursor : _FIELDS])
        for at in range(first, self._cursor, _FIELDS):
            _, column, start, end, style = cells[at : at + _FIELDS]
            splicer.put(splicer.read_to(start))
            before = [target for target in left if target[0] < column and target[0] not in present]
            splicer.put(self._cells(before, prefix, number, values))
            left = [target for target in left if target not in before]
            for target in left:
                if target[0] == column:
                    old = self._read_element(end)
                    splicer.put(self._cell(target, prefix, number, values, style).encode() or old)
            left = [target for target in left if target[0] != column]
        return left

    def _cells(self, targets: Sequence[_Target], prefix: str, number: int, values: Sequence[CellValue]) -> bytes:
        return "".join([self._cell(target, prefix, number, values, None) for target in targets]).encode()


def new_columns(
    items: Sequence[Mapping[str, str]], placement: Placement, widths: Mapping[str, float]
) -> list[dict[str, str]]:
    """The ``<col>`` entries with ours among them: visible, of their own widths, and no two overlapping."""
    ours = {placement.columns[header]: widths[header] for header in placement.new}
    kept: list[tuple[int, dict[str, str]]] = []
    for item in items:
        first, last = int(item.get("min", "0")), int(item.get("max", "0"))
        start = first
        for column in [*sorted(column for column in ours if first <= column <= last), last + 1]:
            if start <= column - 1:
                kept.append((start, {**item, "min": str(start), "max": str(column - 1)}))
            start = column + 1
    for column, width in ours.items():
        kept.append((column, {"min": str(column), "max": str(column), "width": f"{width:g}", "customWidth": "1"}))
    return [
        {name: value for name, value in item.items() if "}" not in name}
        for _, item in sorted(kept, key=lambda pair: pair[0])
    ]
