"""Returns the bytes of an XML part as UTF-8, whatever encoding it has, the same each time it is read."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from itertools import chain
from zipfile import ZipInfo

from chaindesk.workbook.opc.package import Package

_DECLARED = re.compile(rb"""\A\s*<\?xml[^>]*?encoding\s*=\s*["']([\w.-]+)["']""")
_DECLARATION = re.compile(r"""(\A\ufeff?\s*<\?xml[^>]*?encoding\s*=\s*)(["'])[\w.-]+["']""")
_AS_IS = frozenset({"utf-8", "ascii"})


def utf8_chunks(package: Package, entry: ZipInfo) -> Iterator[bytes]:
    """Return the part's bytes; where it is not in UTF-8 they are converted, and its declaration is changed."""
    chunks = package.chunks(entry)
    first = b""
    for piece in chunks:
        first += piece
        if len(first) >= 200:
            break
    encoding = _encoding(first)
    if encoding in _AS_IS:
        return chain([first], chunks)
    return _recoded(chain([first], chunks), encoding)


def _encoding(start: bytes) -> str:
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    if start.startswith(b"<\0"):
        return "utf-16-le"
    if start.startswith(b"\0<"):
        return "utf-16-be"
    match = _DECLARED.match(start.removeprefix(codecs.BOM_UTF8))
    try:
        return codecs.lookup(match[1].decode() if match else "utf-8").name
    except LookupError:
        return "utf-8"


def _recoded(chunks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    head = ""
    for chunk in chunks:
        head += decoder.decode(chunk)
        if ">" in head:
            break
    yield _DECLARATION.sub(r"\1\2UTF-8\2", head).lstrip("\ufeff").encode()
    for chunk in chunks:
        yield decoder.decode(chunk).encode()
    yield decoder.decode(b"", final=True).encode()
