"""The second pass over a sheet: its own bytes, with our cells spliced in at the places that the survey found."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import quoteattr

from chaindesk.workbook.opc.cell_refs import area, letters
from chaindesk.workbook.types import CellValue
from chaindesk.workbook.writing.byte_splicer import Splice
from chaindesk.workbook.writing.cell_writer import CellWriter
from chaindesk.workbook.writing.column_placement import Placement, widened
from chaindesk.workbook.writing.sheet_scan import Span, Survey

_NAME = re.compile(rb"<([^\s/>]+)")
_SPANS = re.compile(rb"""\sspans\s*=\s*(?:"[^"]*"|'[^']*')""")
_REF = re.compile(rb"""(\sref\s*=\s*)(["'])[^"']*["']""")
_FIELDS = 5  # of each cell in the survey's list
_Target = tuple[int, int, str]  # column, place in the values, header
_SPACE_OR_END = re.compile(rb"[\s>]")


@dataclass(frozen=True, slots=True)
class Job:
    """What is to be written into the sheet.

    Attributes:
        header_row: where the headers go.
        placement: the columns and their names.
        headers: the headers in the order of the values.
        rows: by row number the values.
        header_style: the format of new header cells, or None without formats.
        keeps_style: the headers of columns whose cells keep their own format.
        widths: of new columns, by header.
    """

    header_row: int
    placement: Placement
    headers: Sequence[str]
    rows: Mapping[int, Sequence[CellValue]]
    header_style: int | None
    keeps_style: frozenset[str]
    widths: Mapping[str, float]


class SheetPatch:
    """Makes the new sheet part."""

    def __init__(self, survey: Survey, chunks: Iterator[bytes], job: Job, writer: CellWriter) -> None:
        self._survey = survey
        self._splice = Splice(chunks)
        self._job = job
        self._writer = writer
        columns = job.placement.columns
        order = sorted(range(len(job.headers)), key=lambda place: columns[job.headers[place]])
        self._targets = [(columns[job.headers[place]], place, job.headers[place]) for place in order]
        self._wanted = {*job.rows, *([job.header_row] if job.placement.new else [])}
        self._cursor = 0  # in the survey's list of cells

    def pieces(self) -> Iterator[bytes]:
        """The new part, piece by piece."""
        found = self._survey
        assert found.data is not None  # noqa: S101
        edits: list[tuple[int, Callable[[], Iterator[bytes]]]] = []
        if self._job.placement.new:  # first, since its place may be that of the data
            edits.append((found.data.start if found.columns is None else found.columns.start, self._columns))
        edits.append((found.data.start, self._data))
        if found.dimension is not None:
            edits.append((found.dimension.start, lambda: self._retag(found.dimension, self._grown_dimension())))
        if found.filter is not None:
            edits.append((found.filter.start, lambda: self._retag(found.filter, self._grown_filter())))
        for offset, edit in sorted(edits, key=lambda item: item[0]):
            yield from self._splice.copy_to(offset)
            yield from edit()
        yield from self._splice.rest()

    def _retag(self, span: Span | None, reference: str | None) -> Iterator[bytes]:
        tag = self._splice.take_tag()
        if span is not None and reference is not None:
            tag = _REF.sub(rb"\g<1>\g<2>" + reference.encode() + rb"\g<2>", tag, count=1)
        self._splice.put(tag)
        return self._splice.ready()

    def _grown_dimension(self) -> str | None:
        found = area(self._survey.dimension.reference if self._survey.dimension else "")
        if found is None:
            return None
        columns = [found.left, found.right, *(column for column, _, _ in self._targets)]
        rows = [found.top, found.bottom, *self._wanted]
        left, right, top, bottom = min(columns), max(columns), min(rows), max(rows)
        return f"{letters(left)}{top}:{letters(right)}{bottom}"

    def _grown_filter(self) -> str | None:
        new = [self._job.placement.columns[header] for header in self._job.placement.new]
        if not new or self._survey.filter is None:
            return None
        return widened(self._survey.filter.reference, self._job.header_row, min(new), max(new))

    def _prefix(self) -> bytes:
        """The namespace prefix of the tag that begins here, with its colon, or nothing."""
        match = _NAME.match(self._splice.peek(200))
        name = match[1] if match else b""
        return name[: name.find(b":") + 1]

    def _columns(self) -> Iterator[bytes]:
        prefix = self._prefix().decode()
        if self._survey.columns is not None:
            self._take_element(self._survey.columns.end)
        items = new_columns(self._survey.column_items, self._job.placement, self._job.widths)
        spelt = "".join(
            f"<{prefix}col{''.join(f' {name}={quoteattr(value)}' for name, value in item.items())}/>" for item in items
        )
        self._splice.put(f"<{prefix}cols>{spelt}</{prefix}cols>".encode())
        return self._splice.ready()

    def _take_element(self, end: int) -> bytes:
        """The element that begins here and whose content ends at ``end``, with its closing tag."""
        name = _NAME.match(self._splice.peek(200))
        body = self._splice.take_to(end)
        if name is not None and self._closes(name[1]):
            body += self._splice.take_tag()
        return body

    def _closes(self, name: bytes) -> bool:
        """Whether the closing tag of an element of that name comes next."""
        start = b"</" + name
        coming = self._splice.peek(len(start) + 1)
        return coming.startswith(start) and _SPACE_OR_END.match(coming[len(start) :]) is not None

    def _data(self) -> Iterator[bytes]:
        found, splice = self._survey, self._splice
        assert found.data is not None  # noqa: S101
        prefix = self._prefix()
        tag = splice.take_tag()
        missing = iter(sorted(self._wanted - set(found.numbers)))
        coming = next(missing, None)
        empty = tag.endswith(b"/>")
        splice.put(tag[:-2].rstrip() + b">" if empty else tag)
        in_order = found.in_order
        last = {number: place for place, number in enumerate(found.numbers)} if not in_order else None
        for place, number in enumerate(found.numbers):
            while in_order and coming is not None and coming < number:
                self._put_row(coming, prefix)
                coming = next(missing, None)
            if number in self._wanted and (last is None or last[number] == place):
                yield from splice.copy_to(found.starts[place])
                self._patch_row(place, number)
                yield from splice.ready()
        yield from splice.copy_to(found.data.end if not empty else splice.place)
        while coming is not None:
            self._put_row(coming, prefix)
            coming = next(missing, None)
            yield from splice.ready()
        if empty:
            splice.put(b"</" + prefix + b"sheetData>")

    def _put_row(self, number: int, prefix: bytes) -> None:
        """A row that the sheet did not have."""
        name = prefix.decode()
        values = self._values(number)
        cells = self._cells(self._targets, name, number, values)
        self._splice.put(f'<{name}row r="{number}">'.encode() + cells + f"</{name}row>".encode())

    def _values(self, number: int) -> Sequence[CellValue]:
        rows = self._job.rows
        if number not in rows:
            return ()
        return rows[number]

    def _cell(self, target: _Target, prefix: str, number: int, values: Sequence[CellValue], style: int | None) -> str:
        """The cell, or "" where it is not to be touched."""
        column, place, header = target
        reference = f"{letters(column)}{number}"
        if number == self._job.header_row:
            name = self._job.placement.names.get(header)
            if name is None:
                return ""
            return self._writer.xml(prefix, reference, number, header, name, self._job.header_style or 0)
        value = values[place] if place < len(values) else None
        if value is None or (value == "" and style is None):  # a cell that is not there is blank already
            return ""
        kept = style if header in self._job.keeps_style else None
        return self._writer.xml(prefix, reference, number, header, value, kept)

    def _patch_row(self, place: int, number: int) -> None:
        splice = self._splice
        tag = splice.take_tag()
        match = _NAME.match(tag)
        name = match[1] if match else b"row"
        tag = _SPANS.sub(b"", tag)
        prefix = name[: name.find(b":") + 1].decode()
        values = self._values(number)
        if tag.endswith(b"/>"):
            cells = self._cells(self._targets, prefix, number, values)
            splice.put(tag[:-2].rstrip() + b">" + cells + b"</" + name + b">" if cells else tag)
            return
        splice.put(tag)
        left = self._patch_cells(place, number, prefix, values)
        splice.put(splice.take_to(self._survey.ends[place]))
        splice.put(self._cells(left, prefix, number, values))

    def _patch_cells(self, place: int, number: int, prefix: str, values: Sequence[CellValue]) -> list[_Target]:
        """Go through the row's watched cells: replace those in our columns, put ours before those right of them.

        Returns:
            Our columns that are still to be written: at the row's end.
        """
        cells, splice, left = self._survey.cells, self._splice, self._targets
        while self._cursor < len(cells) and cells[self._cursor] < place:
            self._cursor += _FIELDS
        first = self._cursor
        while self._cursor < len(cells) and cells[self._cursor] == place:
            self._cursor += _FIELDS
        present = set(cells[first + 1 : self._cursor : _FIELDS])
        for at in range(first, self._cursor, _FIELDS):
            _, column, start, end, style = cells[at : at + _FIELDS]
            splice.put(splice.take_to(start))
            before = [target for target in left if target[0] < column and target[0] not in present]
            splice.put(self._cells(before, prefix, number, values))
            left = [target for target in left if target not in before]
            for target in left:
                if target[0] == column:
                    old = self._take_element(end)
                    splice.put(self._cell(target, prefix, number, values, style).encode() or old)
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
