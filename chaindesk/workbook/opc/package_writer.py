"""Writes a package: untouched entries with their packed bytes as they are, others packed again."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from chaindesk.domain.errors import SaveError
from chaindesk.workbook.opc.package import Package

PACKING_LEVEL = 6  # within 2 % of what openpyxl writes; 4 is 5 % larger and saves next to no time of an export
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_ZIP64_EXTRA = 1
_ZIP32_LIMIT = 0xFFFFFFFF
_DATA_DESCRIPTOR = 0x08
_UTF8 = 0x800
FIRST_DAY = (1980, 1, 1, 0, 0, 0)  # that a zip knows


class PackageWriter:
    """Entries written one after another; the directory keeps the order of the source's, new entries come last."""

    def __init__(self, out: IO[bytes], source: Package) -> None:
        self._out = out
        self._source = source
        self._written: dict[int, zipfile.ZipInfo] = {}
        self._added: list[zipfile.ZipInfo] = []
        self._extras: dict[int, bytes] = {}

    def copy(self, entry: zipfile.ZipInfo) -> None:
        """Copy an entry; sizes that stood behind its data go into its header."""
        _, extra = self._source.data_start(entry)
        new = self._begin(entry, _without_zip64(extra))
        new.CRC, new.file_size, new.compress_size = entry.CRC, entry.file_size, entry.compress_size
        self._header(new, _without_zip64(extra))
        for piece in self._source.packed(entry):
            self._out.write(piece)

    def replace(self, entry: zipfile.ZipInfo, pieces: Iterator[bytes]) -> None:
        """Give an entry a new content."""
        self._pack(self._begin(entry, b""), pieces)

    def add(self, name: str, data: bytes) -> None:
        """Add an entry."""
        entry = zipfile.ZipInfo(name, FIRST_DAY)
        entry.header_offset = self._out.tell()
        self._added.append(entry)
        self._pack(entry, iter([data]))

    def _begin(self, entry: zipfile.ZipInfo, extra: bytes) -> zipfile.ZipInfo:
        new = zipfile.ZipInfo(entry.filename, entry.date_time)
        new.orig_filename = entry.orig_filename
        for name in ("compress_type", "create_system", "create_version", "extract_version", "external_attr"):
            setattr(new, name, getattr(entry, name))
        new.internal_attr, new.comment = entry.internal_attr, entry.comment
        new.flag_bits = entry.flag_bits & ~_DATA_DESCRIPTOR
        new.extra = _without_zip64(entry.extra)
        new.header_offset = self._out.tell()
        self._written[id(entry)] = new
        return new

    def _pack(self, entry: zipfile.ZipInfo, pieces: Iterator[bytes]) -> None:
        entry.compress_type = zipfile.ZIP_DEFLATED
        entry.extract_version = 20
        entry.CRC = entry.file_size = entry.compress_size = 0
        entry.flag_bits &= ~6  # the bits that name a packing level
        self._header(entry, b"")
        pack = zlib.compressobj(PACKING_LEVEL, zlib.DEFLATED, -15, 9)
        size = checksum = packed = 0
        for piece in pieces:
            size += len(piece)
            checksum = zlib.crc32(piece, checksum)
            packed += self._out.write(pack.compress(piece))
        packed += self._out.write(pack.flush())
        if max(size, packed) >= _ZIP32_LIMIT:
            raise SaveError(f"{entry.filename} would grow beyond 4 GB, which no program opens. Export fewer rows.")
        entry.CRC, entry.file_size, entry.compress_size = checksum, size, packed
        end = self._out.tell()
        self._out.seek(entry.header_offset)
        self._header(entry, b"")
        self._out.seek(end)

    def _header(self, entry: zipfile.ZipInfo, extra: bytes) -> None:
        name, flags = _name(entry)
        date, time = _moment(entry)
        sizes = (entry.CRC, entry.compress_size, entry.file_size)
        version = max(entry.extract_version, 20) & 0xFF
        self._out.write(
            _LOCAL.pack(b"PK\3\4", version, flags, entry.compress_type, time, date, *sizes, len(name), len(extra))
            + name
            + extra
        )

    def finish(self) -> None:
        """Write the directory."""
        entries = [self._written[id(entry)] for entry in self._source.entries if id(entry) in self._written]
        entries += self._added
        start = self._out.tell()
        if start >= _ZIP32_LIMIT or len(entries) >= 0xFFFF:
            raise SaveError("The workbook would grow beyond 4 GB, which no program opens. Export fewer rows.")
        for entry in entries:
            name, flags = _name(entry)
            date, time = _moment(entry)
            self._out.write(
                _CENTRAL.pack(
                    b"PK\1\2", (entry.create_system << 8) | (entry.create_version & 0xFF),
                    max(entry.extract_version, 20) & 0xFF, flags, entry.compress_type, time, date, entry.CRC,
                    entry.compress_size, entry.file_size, len(name), len(entry.extra), len(entry.comment), 0,
                    entry.internal_attr, entry.external_attr, entry.header_offset,
                )
                + name + entry.extra + entry.comment
            )  # fmt: skip
        size = self._out.tell() - start
        comment = self._source.comment
        count = len(entries)
        self._out.write(_END.pack(b"PK\5\6", 0, 0, count, count, size, start, len(comment)) + comment)


def _name(entry: zipfile.ZipInfo) -> tuple[bytes, int]:
    """The name's bytes as they were, and the flags of its encoding."""
    if entry.flag_bits & _UTF8:
        return entry.orig_filename.encode(), entry.flag_bits
    try:
        return entry.orig_filename.encode("cp437"), entry.flag_bits
    except UnicodeEncodeError:
        return entry.orig_filename.encode(), entry.flag_bits | _UTF8


def _moment(entry: zipfile.ZipInfo) -> tuple[int, int]:
    year, month, day, hour, minute, second = entry.date_time
    return (max(year - 1980, 0) << 9 | month << 5 | day), (hour << 11 | minute << 5 | second // 2)


def _without_zip64(extra: bytes) -> bytes:
    kept = b""
    offset = 0
    while offset + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, offset)
        if kind != _ZIP64_EXTRA:
            kept += extra[offset : offset + 4 + length]
        offset += 4 + length
    return kept + extra[offset:]
