"""Makes small .xls and .xlsb files record by record: no program that is free writes them."""

from __future__ import annotations

import struct
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_SECTOR = 512
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
DOCUMENT = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"

Cell = str | tuple[float, int]  # a text, or a number and the index of its format


def ole(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams."""
    padded = {name: data + bytes(max(4096 - len(data), -len(data) % _SECTOR)) for name, data in streams.items()}
    fat, body, entries = [_FAT], b"", []
    for name, data in padded.items():
        start, count = len(fat), len(data) // _SECTOR
        fat += [*range(start + 1, start + count), _END]
        body += data
        entries.append((name, start, len(data)))
    directory = _entry("Root Entry", 5, 1 if entries else _FREE, _END, 0)
    for index, (name, start, size) in enumerate(entries, 1):
        directory += _entry(name, 2, _FREE, start, size, index + 1 if index < len(entries) else _FREE)
    directory += bytes(-len(directory) % _SECTOR)
    first_directory = len(fat)
    fat += [*range(first_directory + 1, first_directory + len(directory) // _SECTOR), _END]
    table = struct.pack(f"<{len(fat)}L", *fat) + b"\xff" * (_SECTOR - 4 * len(fat))
    header = struct.pack("<8s16x5H6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9L", 0, 1, first_directory, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<L", 0) + b"\xff" * (_SECTOR - len(header) - 4)
    return header + table + body + directory


def _entry(name: str, kind: int, child: int, start: int, size: int, sibling: int = _FREE) -> bytes:
    spelt = name.encode("utf-16-le") + b"\0\0"
    return struct.pack("<64sHBBLLL36xLQ", spelt, len(spelt), kind, 1, _FREE, sibling, child, start, size)


def xls(formats: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    """An .xls with one sheet, Jobs; the cell formats have these number formats."""
    bof = struct.pack("<6H", 0x600, 5, 0, 0, 0, 0) + bytes(4)
    start = _record(0x809, bof)
    for number, code in enumerate(formats, 164):
        start += _record(0x41E, struct.pack("<2HB", number, len(code), 1) + code.encode("utf-16-le"))
    start += b"".join(_record(0xE0, struct.pack("<2H16x", 0, number)) for number in range(164, 164 + len(formats)))
    bound = 4 + 8 + len("Jobs")
    start += _record(0x85, struct.pack("<LBBBB", len(start) + bound + 4, 0, 0, 4, 0) + b"Jobs") + _record(0x0A, b"")
    sheet = _record(0x809, struct.pack("<6H", 0x600, 0x10, 0, 0, 0, 0) + bytes(4))
    for row, cells in enumerate(rows):
        for column, cell in enumerate(cells):
            place = struct.pack("<2H", row, column)
            if isinstance(cell, str):
                spelt = cell.encode("utf-16-le")
                sheet += _record(0x204, place + struct.pack("<2HB", 0, len(cell), 1) + spelt)
            else:
                sheet += _record(0x203, place + struct.pack("<Hd", cell[1], cell[0]))
    return ole({"Workbook": start + sheet + _record(0x0A, b"")})


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<2H", kind, len(body)) + body


def xlsb(path: Path, formats: Sequence[str], rows: Sequence[Sequence[Cell]], *, chart_sheet: bool = False) -> Path:
    """An .xlsb with a sheet Jobs, perhaps behind a chart sheet."""
    sheets = [("rId1", "Jobs")]
    related = [("rId1", "worksheet", "worksheets/sheet1.bin"), ("rId3", "styles", "styles.bin")]
    if chart_sheet:
        sheets.insert(0, ("rId2", "Chart"))
        related.append(("rId2", "chartsheet", "chartsheets/sheet1.bin"))
    bundles = b"".join(
        _part(156, struct.pack("<2L", 0, index) + _wide(identifier) + _wide(name))
        for index, (identifier, name) in enumerate(sheets, 1)
    )
    workbook = _part(131) + _part(143) + bundles + _part(144) + _part(132)
    codes = b"".join(_part(44, struct.pack("<H", number) + _wide(code)) for number, code in enumerate(formats, 164))
    looks = b"".join(_part(47, struct.pack("<2H12x", 0xFFFF, 164 + index)) for index in range(len(formats)))
    styles = (
        _part(278) + _part(615, struct.pack("<L", len(formats))) + codes + _part(616)
        + _part(617, struct.pack("<L", len(formats))) + looks + _part(618) + _part(279)
    )  # fmt: skip
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("[Content_Types].xml", f'<Types xmlns="{PACKAGE}/content-types"/>')
        package.writestr("_rels/.rels", _relations([("rId1", "officeDocument", "xl/workbook.bin")]))
        package.writestr("xl/_rels/workbook.bin.rels", _relations(related))
        package.writestr("xl/workbook.bin", workbook)
        package.writestr("xl/styles.bin", styles)
        package.writestr("xl/worksheets/sheet1.bin", _sheet(rows))
        if chart_sheet:
            package.writestr("xl/chartsheets/sheet1.bin", _part(129) + _part(130))
    return path


def _sheet(rows: Sequence[Sequence[Cell]]) -> bytes:
    body = b""
    for row, cells in enumerate(rows):
        body += _part(0, struct.pack("<L21x", row))
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                body += _part(6, struct.pack("<2L", column, 0) + _wide(cell))
            else:
                body += _part(5, struct.pack("<2Ld", column, cell[1], cell[0]))
    dimension = _part(148, struct.pack("<4L", 0, max(len(rows) - 1, 0), 0, max(map(len, rows)) - 1))
    return _part(129) + dimension + _part(145) + body + _part(146) + _part(130)


def _part(kind: int, body: bytes = b"") -> bytes:
    spelt = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    length = len(body)
    size = b""
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return spelt + size + body


def _wide(text: str) -> bytes:
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def _relations(items: Sequence[tuple[str, str, str]]) -> str:
    found = "".join(f'<Relationship Id="{i}" Type="{DOCUMENT}/{kind}" Target="{target}"/>' for i, kind, target in items)
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'
