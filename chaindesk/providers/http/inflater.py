"""Decompresses replies that a server compressed under a name that aiohttp does not know, such as ``x-gzip``."""

from __future__ import annotations

import zlib

import aiohttp

GZIP_MARK = b"\x1f\x8b"


class Inflater:
    """Decompresses gzip as it comes.

    Attributes:
        has_more: whether a part of the text was held back by the limit.
    """

    def __init__(self) -> None:
        self._zlib = zlib.decompressobj(16 + zlib.MAX_WBITS)
        self.has_more = False

    def feed(self, data: bytes, limit: int) -> bytes:
        """Return the text of some more bytes, of ``limit`` bytes at most.

        Raises:
            aiohttp.ClientPayloadError: they are no gzip.
        """
        try:
            text = self._zlib.decompress(data, max(limit, 1))
        except zlib.error:
            raise aiohttp.ClientPayloadError("damaged gzip") from None
        self.has_more = bool(self._zlib.unconsumed_tail)
        return text
