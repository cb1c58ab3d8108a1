"""The zip that a workbook is: checked for absurd sizes before anything is unpacked, and read entry by entry.

Entries are read by offset, not by zipfile's own reader, because real workbooks hold entries whose local header and
directory spell the name differently.
"""

from __future__ import annotations

import io
import posixpath
import struct
import urllib.parse
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from lxml import etree

from chaindesk.domain.errors import WorkbookError

MAX_UNPACKED = 2 * 1024**3
MAX_ENTRIES = 20_000
MAX_RATIO = 300  # repetitive sheets reach 100; only what unpacks to a lot is looked at
RATIO_MATTERS_FROM = 200 * 1024**2
MAX_PARSED_PART = 256 * 1024**2  # for parts that are held whole, which is all but sheets and shared strings
MAX_ELEMENTS = 5_000_000  # of such a part: each takes some hundred bytes of memory, however short it is
_CHUNK = 1 << 18
_LOCAL_HEADER = struct.Struct("<4s5H3L2H")


@dataclass(frozen=True, slots=True)
class Relationship:
    """One relationship of a part: its id, the last word of its type, and the part that it leads to."""

    id: str
    kind: str
    target: str
    external: bool


class Package:
    """An opened workbook package.

    Attributes:
        name: the file's name, for messages.
        entries: the zip's entries in the order of its directory.
    """

    def __init__(self, file: IO[bytes], name: str) -> None:
        self.name = name
        self._file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except (zipfile.BadZipFile, OSError, ValueError, struct.error, NotImplementedError) as exc:
            raise WorkbookError(
                f'"{name}" is damaged: its package cannot be read. '
                "Open it in Excel, let it repair the file and save it."
            ) from exc
        self.entries = self._zip.infolist()
        self._by_name = {_folded(entry.filename): entry for entry in self.entries}
        self._check_sizes()
        self._check_places()

    @property
    def file(self) -> IO[bytes]:
        """The file below."""
        return self._file

    @property
    def comment(self) -> bytes:
        """The archive's comment."""
        return self._zip.comment

    def _check_sizes(self) -> None:
        if len(self.entries) > MAX_ENTRIES:
            raise WorkbookError(
                f'"{self.name}" holds {len(self.entries):,} parts; at most {MAX_ENTRIES:,} are opened. '
                "Save the sheet that you need as a workbook of its own."
            )
        unpacked = sum(entry.file_size for entry in self.entries)
        packed = sum(entry.compress_size for entry in self.entries)
        if unpacked > MAX_UNPACKED or (unpacked > RATIO_MATTERS_FROM and unpacked > MAX_RATIO * max(packed, 1)):
            raise WorkbookError(
                f'"{self.name}" would unpack from {packed / 1e6:,.1f} MB to {unpacked / 1e6:,.0f} MB; at most '
                f"{MAX_UNPACKED / 1e6:,.0f} MB and {MAX_RATIO} times its size are opened. "
                "Save the sheet that you need as a workbook of its own."
            )
        if any(entry.flag_bits & 1 for entry in self.entries):
            raise WorkbookError(
                f'"{self.name}" is a zip with a password of its own, which no spreadsheet program writes. '
                "Unpack it, or save the workbook anew in Excel."
            )

    def _check_places(self) -> None:
        """Find entries whose bytes are not there now, and not when the workbook is written."""
        size = self._file.seek(0, io.SEEK_END)
        for entry in self.entries:
            start, _ = self.data_start(entry)
            if start + entry.compress_size > size:
                raise self.damaged(entry.filename)

    def find(self, part: str) -> zipfile.ZipInfo | None:
        """The entry of a part, however its name is spelt; of two with one name the last, as other readers do."""
        return self._by_name.get(_folded(part)) or self._by_name.get(_folded(urllib.parse.unquote(part)))

    def data_start(self, entry: zipfile.ZipInfo) -> tuple[int, bytes]:
        """Where the entry's packed bytes begin in the file, and the extra field of its local header."""
        self._file.seek(entry.header_offset)
        header = self._file.read(_LOCAL_HEADER.size)
        if len(header) != _LOCAL_HEADER.size or not header.startswith(b"PK\3\4"):
            raise self.damaged(entry.filename)
        name_length, extra_length = _LOCAL_HEADER.unpack(header)[9:11]
        rest = self._file.read(name_length + extra_length)
        if len(rest) != name_length + extra_length:
            raise self.damaged(entry.filename)
        return entry.header_offset + _LOCAL_HEADER.size + name_length + extra_length, rest[name_length:]

    def packed(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The entry's bytes as they lie in the file."""
        start, _ = self.data_start(entry)
        left = entry.compress_size
        while left:
            self._file.seek(start)
            piece = self._file.read(min(_CHUNK, left))
            if not piece:
                raise self.damaged(entry.filename)
            yield piece
            start += len(piece)
            left -= len(piece)

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """The entry's unpacked bytes, piece by piece; they are checked against its size and checksum."""
        size = checksum = 0
        for piece in self._unpacked(entry):
            size += len(piece)
            if size > entry.file_size:
                break
            checksum = zlib.crc32(piece, checksum)
            yield piece
        if size != entry.file_size or checksum != entry.CRC:
            raise self.damaged(entry.filename)

    def _unpacked(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        if entry.compress_type == zipfile.ZIP_STORED:
            yield from self.packed(entry)
            return
        if entry.compress_type != zipfile.ZIP_DEFLATED:
            try:
                with self._zip.open(entry) as stream:
                    while piece := stream.read(_CHUNK):
                        yield piece
            except (NotImplementedError, RuntimeError) as exc:
                raise self.damaged(entry.filename) from exc
            return
        unpack = zlib.decompressobj(-15)
        try:
            for packed in self.packed(entry):
                rest = packed
                while rest:
                    if piece := unpack.decompress(rest, _CHUNK):
                        yield piece
                    rest = unpack.unconsumed_tail
            yield unpack.flush()
        except zlib.error as exc:
            raise self.damaged(entry.filename) from exc

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """All of a small part.

        Raises:
            WorkbookError: the part is damaged, or absurdly large.
        """
        if entry.file_size > MAX_PARSED_PART:
            raise WorkbookError(
                f'"{self.name}" has a part, {entry.filename}, of {entry.file_size / 1e6:,.0f} MB; at most '
                f"{MAX_PARSED_PART / 1e6:,.0f} MB are read. Save the sheet that you need as a workbook of its own."
            )
        return b"".join(self.chunks(entry))

    def xml(self, part: str) -> etree._Element | None:
        """The root element of a part, or None where there is no such part."""
        entry = self.find(part)
        return None if entry is None else self.parse(self.read(entry), part)

    def parse(self, data: bytes, part: str) -> etree._Element:
        """The root element of some XML; nothing outside is ever loaded for it.

        Raises:
            WorkbookError: it is no XML, or has a document type, which no workbook needs.
        """
        if data.count(b"<") > 2 * MAX_ELEMENTS:  # each has a start and mostly an end
            raise WorkbookError(
                f'"{self.name}" has a part, {part}, of more than {MAX_ELEMENTS:,} elements. '
                "Save the sheet that you need as a workbook of its own."
            )
        parser = etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=True)
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as exc:
            raise self.damaged(part) from exc
        if getattr(root.getroottree().docinfo, "doctype", ""):
            raise self.doctype(part)
        return root

    def relationships(self, part: str) -> list[Relationship]:
        """The relationships of a part ("" for the package itself)."""
        folder, name = posixpath.split(part)
        root = self.xml(posixpath.join(folder, "_rels", f"{name}.rels"))
        if root is None:
            return []
        found = []
        for element in root:
            if not isinstance(element.tag, str):
                continue
            target = element.get("Target", "")
            external = element.get("TargetMode", "").lower() == "external"
            found.append(
                Relationship(
                    element.get("Id", ""),
                    element.get("Type", "").rpartition("/")[2],
                    target if external else resolve(folder, target),
                    external,
                )
            )
        return found

    def damaged(self, part: str) -> WorkbookError:
        """What to raise for a part that cannot be read."""
        return WorkbookError(
            f'"{self.name}" is damaged: its part {part} cannot be read. '
            "Open it in Excel, let it repair the file and save it."
        )

    def doctype(self, part: str) -> WorkbookError:
        """What to raise for a part with a document type."""
        return WorkbookError(
            f'"{self.name}" is not opened: its part {part} has a document type (DTD), which no spreadsheet program '
            "writes. Save the workbook anew in Excel."
        )

    def close(self) -> None:
        """Close the file."""
        self._zip.close()
        self._file.close()


def resolve(folder: str, target: str) -> str:
    """The part that a relationship of a part in ``folder`` leads to."""
    target = target.partition("#")[0].replace("\\", "/")
    joined = target if target.startswith("/") else posixpath.join("/", folder, target)
    return posixpath.normpath(joined).lstrip("/")


def _folded(part: str) -> str:
    return part.replace("\\", "/").lstrip("/").casefold()
