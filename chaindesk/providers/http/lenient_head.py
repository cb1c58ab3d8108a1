"""Connections that accept the heads of replies as gateways really send them.

An answer is paid for once its head arrives, so that a header of odd form must not lose it: aiohttp's parser refuses
letters beyond ASCII in a header's name, whatever its leniency.
"""

from __future__ import annotations

import functools
from typing import Any

import aiohttp
from aiohttp.client_proto import ResponseHandler

MAX_HEADER_BYTES = 1024 * 1024
MAX_HEADERS = 10_000
_PLAIN = bytes(range(128)) + b"_" * 128
_ENDS = (b"\r\n\r\n", b"\n\n")
_LONGEST_END = 4


class LenientConnector(aiohttp.TCPConnector):
    """Pools connections whose replies are read leniently."""

    def __init__(self, **rest: Any) -> None:
        super().__init__(**rest)
        factory: Any = functools.partial(LenientHandler, loop=self._loop)
        self._factory = factory


class LenientHandler(ResponseHandler):
    """Reads one connection's replies, with ``_`` for each byte of a head that is not ASCII."""

    _in_head = False
    _seen = b""

    def set_response_params(self, **rest: Any) -> None:
        """Prepare for the next reply."""
        self._in_head = True
        self._seen = b""
        super().set_response_params(**rest)

    def data_received(self, data: bytes) -> None:
        """Handle some more bytes of a reply."""
        super().data_received(self._plain(data) if self._in_head and data else data)

    def _plain(self, data: bytes) -> bytes:
        known = len(self._seen)
        both = self._seen + data
        ends = [found + len(end) for end in _ENDS if (found := both.find(end)) >= 0]
        self._in_head = not ends
        self._seen = both[-_LONGEST_END + 1 :]
        if data.isascii():
            return data
        head = max(min(ends) - known, 0) if ends else len(data)
        return data[:head].translate(_PLAIN) + data[head:]
