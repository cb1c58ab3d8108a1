"""Takes out of Qt's copy of ICU what nothing here uses: names of currencies, regions and the like, and old encodings.

The library ``libicudata`` is one table of files, and the largest part of what is installed. Qt has names of its own,
and texts in old encodings are read by Python; Qt asks ICU for collation and for breaks, which stay. The library is put
together again by ``as`` and ``ld``, which PyInstaller needs on Linux anyway.
"""

from __future__ import annotations

import struct
import subprocess
import tempfile
from pathlib import Path

_UNUSED = ("curr/", "lang/", "rbnf/", "region/", "translit/", "unit/", "zone/", "unames.icu", "confusables.cfu")
_ENCODINGS = (".cnv", "cnvalias.icu")
_MAGIC = b"\xda\x27"
_ALIGNMENT = 16


def trim(library: Path) -> None:
    """Replace an ICU data library by one without the unused files."""
    symbol, table = _table(library)
    kept = _without(table)
    with tempfile.TemporaryDirectory() as folder:
        data, source, made = (Path(folder) / name for name in ("data", "data.s", "data.o"))
        data.write_bytes(kept)
        source.write_text(
            f".section .rodata\n.globl {symbol}\n.type {symbol}, @object\n.balign {_ALIGNMENT}\n{symbol}:\n"
            f'.incbin "{data}"\n.size {symbol}, .-{symbol}\n.section .note.GNU-stack,"",@progbits\n'
        )
        subprocess.run(["as", "-o", made, source], check=True)
        subprocess.run(["ld", "-shared", "-s", "-soname", library.name, "-o", library, made], check=True)


def _table(library: Path) -> tuple[str, bytes]:
    """Return the name of the table's symbol, and the table."""
    listed = subprocess.run(
        ["readelf", "-Ws", "--dyn-syms", library], check=True, capture_output=True, text=True
    ).stdout
    line = next(line.split() for line in listed.splitlines() if line.endswith("_dat") and "OBJECT" in line)
    content = library.read_bytes()
    start = content.find(b"CmnD") - 12  # in its header, behind size, magic and the machine's properties
    if start < 0 or content[start + 2 : start + 4] != _MAGIC:
        raise SystemExit(f"{library} holds no ICU data of a known form.")
    return line[-1], content[start:]


def _without(table: bytes) -> bytes:
    """Return the table without the unused files, in the form of ICU's common data."""
    (header,) = struct.unpack_from("<H", table)
    body = table[header:]
    (count,) = struct.unpack_from("<I", body)
    places = [struct.unpack_from("<II", body, 4 + 8 * index) for index in range(count)]
    names = [body[name : body.index(b"\0", name)].decode() for name, _ in places]
    ends = [place for _, place in places[1:]]
    files = {
        name: body[place:end]
        for (_, place), name, end in zip(places, names, [*ends, None], strict=True)
        if not name.partition("/")[2].startswith(_UNUSED) and not name.endswith(_ENCODINGS)
    }
    last = list(files)[-1]
    files[last] = files[last].rstrip(b"\0") if last == names[-1] else files[last]
    return table[:header] + _packed(files)


def _packed(files: dict[str, bytes]) -> bytes:
    labels, offsets = b"", []
    beginning = 4 + 8 * len(files)
    for name in files:
        offsets.append(beginning + len(labels))
        labels += name.encode() + b"\0"
    place = _aligned(beginning + len(labels))
    entries, content = b"", b""
    for offset, data in zip(offsets, files.values(), strict=True):
        entries += struct.pack("<II", offset, place + len(content))
        content += data + b"\xaa" * (_aligned(len(data)) - len(data))
    head = struct.pack("<I", len(files)) + entries + labels
    return head + b"\xaa" * (place - len(head)) + content


def _aligned(length: int) -> int:
    return -(-length // _ALIGNMENT) * _ALIGNMENT
