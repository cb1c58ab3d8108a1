"""The numbers of .xls and .xlsb with their number formats, which python-calamine does not return.

Both formats are streams of records: a kind, a length, and content. Just what a number's look needs is read of them.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import IO

from chaindesk.domain.errors import WorkbookError
from chaindesk.workbook.numfmt.calendars import is_approximate
from chaindesk.workbook.numfmt.number_format import builtin_code, compiled
from chaindesk.workbook.opc.package import Package

_Records = Iterator[tuple[int, bytes]]
_DOUBLE = struct.Struct("<d")
_LONG = struct.Struct("<L")
_SHORT = struct.Struct("<H")
_CELL = struct.Struct("<3H")  # row, column, cell format


@dataclass(slots=True)
class NumberFormats:
    """The numbers of a workbook.

    Attributes:
        cells: by sheet name, by row and column (from 1) the number and its cell format.
        codes: the number format of each cell format.
        date1904: whether dates count from 1904.
    """

    cells: dict[str, dict[tuple[int, int], tuple[float, int]]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)
    date1904: bool = False

    def code(self, sheet: str, row: int, column: int) -> str:
        """The number format of a cell with a number, or ""."""
        found = self.cells.get(sheet, {}).get((row, column))
        return self.codes[found[1]] if found is not None and found[1] < len(self.codes) else ""

    def text(self, sheet: str, row: int, column: int) -> str | None:
        """A number as a person sees it; None where the cell holds none, or its format is not known."""
        found = self.cells.get(sheet, {}).get((row, column))
        if found is None or found[1] >= len(self.codes):
            return None
        return compiled(self.codes[found[1]], date1904=self.date1904)(found[0])

    def is_approximate(self, sheet: str, row: int, column: int) -> bool:
        """Return whether Excel shows the cell in another way."""
        return is_approximate(self.code(sheet, row, column))


def number_formats(file: IO[bytes], name: str) -> NumberFormats | None:
    """The numbers of an .xls or .xlsb; None of other files, and where they cannot be found."""
    file.seek(0)
    start = file.read(4)
    try:
        if start == b"PK\3\4":
            return _of_xlsb(Package(file, name))
        return _of_xls(file) if start == b"\xd0\xcf\x11\xe0" else None
    except (WorkbookError, OSError, struct.error, IndexError, ValueError):
        return None


def _of_xls(file: IO[bytes]) -> NumberFormats | None:
    import olefile  # type: ignore[import-untyped]

    with olefile.OleFileIO(io.BytesIO(_all(file))) as container:
        stream = next((name for name in ("Workbook", "Book") if container.exists(name)), None)
        if stream is None:
            return None
        data = container.openstream(stream).read()
    records = partial(_biff_records, data)
    found = NumberFormats()
    own: dict[int, str] = {}
    numbers: list[int] = []
    sheets: list[tuple[str, int]] = []
    is_biff8 = _SHORT.unpack_from(data, 4)[0] == 0x600
    for kind, body in records(0):
        match kind:
            case 0x85 if body[5] == 0:  # a sheet that is a worksheet
                sheets.append((_biff_text(body, 6, 1, wide=is_biff8), _LONG.unpack_from(body)[0]))
            case 0x22:
                found.date1904 = body[:2] == b"\1\0"
            case 0x41E:
                own[_SHORT.unpack_from(body)[0]] = _biff_text(body, 2, 2 if is_biff8 else 1, wide=is_biff8)
            case 0xE0:
                numbers.append(_SHORT.unpack_from(body, 2)[0])
    found.codes = [own.get(number) or builtin_code(number) for number in numbers]
    for name, offset in sheets:
        cells = found.cells[name] = {}
        for kind, body in records(offset):
            for row, column, style, value in _biff_numbers(kind, body):
                cells[row + 1, column + 1] = (value, style)
    return found


def _all(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()


def _biff_records(data: bytes, offset: int) -> _Records:
    """The records of a substream; those of a chart that is embedded in it are left out."""
    depth = 0
    while offset + 4 <= len(data):
        kind, length = struct.unpack_from("<2H", data, offset)
        body = data[offset + 4 : offset + 4 + length]
        offset += 4 + length
        if kind == 0x809:
            depth += 1
        elif kind == 0x0A:
            depth -= 1
            if not depth:
                return
        elif depth == 1:
            yield kind, body


def _biff_text(body: bytes, start: int, size: int, *, wide: bool) -> str:
    count = int.from_bytes(body[start : start + size], "little")
    start += size
    if not wide:
        return body[start : start + count].decode("cp1252", "replace")
    if body[start] & 1:
        return body[start + 1 : start + 1 + 2 * count].decode("utf-16-le", "replace")
    return body[start + 1 : start + 1 + count].decode("latin-1")


def _biff_numbers(kind: int, body: bytes) -> Iterator[tuple[int, int, int, float]]:
    """Row, column (from 0), cell format and number of a record's cells."""
    match kind:
        case 0x203:
            yield *_CELL.unpack_from(body), _DOUBLE.unpack_from(body, 6)[0]
        case 0x27E:
            yield *_CELL.unpack_from(body), _compressed(_LONG.unpack_from(body, 6)[0])
        case 0xBD:
            row, first = struct.unpack_from("<2H", body)
            for index in range((len(body) - 6) // 6):
                style, packed = struct.unpack_from("<HL", body, 4 + 6 * index)
                yield row, first + index, style, _compressed(packed)
        case 0x06 if body[12:14] != b"\xff\xff":  # a formula whose result is a number
            yield *_CELL.unpack_from(body), _DOUBLE.unpack_from(body, 6)[0]


def _compressed(packed: int) -> float:
    """A number that is kept in 30 bits: whole or the upper part of a double, perhaps of its hundredfold."""
    if packed & 2:
        value = float((packed >> 2) - (1 << 30 if packed >> 31 else 0))
    else:
        value = _DOUBLE.unpack(b"\0\0\0\0" + _LONG.pack(packed & 0xFFFFFFFC))[0]
    return value / 100 if packed & 1 else value


def _of_xlsb(package: Package) -> NumberFormats | None:
    workbook = next((item.target for item in package.relationships("") if item.kind == "officeDocument"), "")
    related = {item.id: item for item in package.relationships(workbook)}
    found = NumberFormats()
    sheets: dict[str, str] = {}
    for kind, body in _xlsb_records(package, workbook):
        if kind == 153:
            found.date1904 = bool(body[0] & 1)
        elif kind == 156:
            identifier, end = _wide_text(body, 8)
            name, _ = _wide_text(body, end)
            if identifier in related and related[identifier].kind == "worksheet":
                sheets[name] = related[identifier].target
    styles = next((item.target for item in related.values() if item.kind == "styles"), None)
    if styles is None:
        return None
    found.codes = _xlsb_codes(_xlsb_records(package, styles))
    for name, part in sheets.items():
        found.cells[name] = dict(_xlsb_numbers(_xlsb_records(package, part)))
    return found


def _xlsb_records(package: Package, part: str) -> _Records:
    entry = package.find(part)
    data = b"" if entry is None else package.read(entry)
    offset = 0
    while offset < len(data):
        kind, offset = _varying(data, offset, 2)
        length, offset = _varying(data, offset, 4)
        yield kind, data[offset : offset + length]
        offset += length


def _varying(data: bytes, offset: int, most: int) -> tuple[int, int]:
    """A number of up to ``most`` bytes, of which the last one lacks the upper bit, and where it ends."""
    value = 0
    for index in range(most):
        byte = data[offset + index]
        value |= (byte & 0x7F) << 7 * index
        if not byte & 0x80:
            return value, offset + index + 1
    return value, offset + most


def _wide_text(body: bytes, offset: int) -> tuple[str, int]:
    count = _LONG.unpack_from(body, offset)[0]
    end = offset + 4 + 2 * count
    return body[offset + 4 : end].decode("utf-16-le", "replace"), end


def _xlsb_codes(records: _Records) -> list[str]:
    own: dict[int, str] = {}
    codes: list[str] = []
    in_cell_formats = False
    for kind, body in records:
        match kind:
            case 44:
                own[_SHORT.unpack_from(body)[0]] = _wide_text(body, 2)[0]
            case 617 | 618:
                in_cell_formats = kind == 617
            case 47 if in_cell_formats:
                number = _SHORT.unpack_from(body, 2)[0]
                codes.append(own.get(number) or builtin_code(number))
    return codes


def _xlsb_numbers(records: _Records) -> Iterator[tuple[tuple[int, int], tuple[float, int]]]:
    readers: dict[int, Callable[[bytes], float]] = {
        2: lambda body: _compressed(_LONG.unpack_from(body, 8)[0]),
        5: lambda body: float(_DOUBLE.unpack_from(body, 8)[0]),
        9: lambda body: float(_DOUBLE.unpack_from(body, 8)[0]),
    }
    row = 0
    for kind, body in records:
        if kind == 0:
            row = _LONG.unpack_from(body)[0] + 1
        elif kind in readers:
            column, style = struct.unpack_from("<2L", body)
            yield (row, column + 1), (readers[kind](body), style & 0xFFFFFF)
