"""A stream of bytes that is copied, looked at, or replaced, piece by piece, with little of it in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator

_TAG = re.compile(rb"""<(?:[^>"']|"[^"]*"|'[^']*')*>""")
_FLUSH_AT = 1 << 18


class ByteSplicer:
    """Reads a part by offset, always forwards, and gathers the new part.

    Attributes:
        offset: the offset of the next byte that has not been read yet.
    """

    def __init__(self, chunks: Iterator[bytes]) -> None:
        self._chunks = chunks
        self._buffer = b""
        self._start = 0  # of the buffer's unread bytes
        self.offset = 0
        self._out: list[bytes] = []
        self._size = 0

    def read_to(self, end: int) -> bytes:
        """The bytes up to an offset, consumed."""
        length = max(end - self.offset, 0)
        self._fill(length)
        piece = self._buffer[self._start : self._start + length]
        self._start += len(piece)
        self.offset += len(piece)
        return piece

    def peek(self, length: int) -> bytes:
        """The next bytes, which stay in the stream."""
        self._fill(length)
        return self._buffer[self._start : self._start + length]

    def read_tag(self) -> bytes:
        """The tag that begins here, consumed."""
        length = 256
        while True:
            piece = self.peek(length)
            match = _TAG.match(piece)
            if match or len(piece) < length:
                return self.read_to(self.offset + (match.end() if match else len(piece)))
            length *= 2

    def put(self, piece: bytes) -> None:
        """Add bytes to the new part."""
        self._out.append(piece)
        self._size += len(piece)

    def copy_to(self, end: int) -> Iterator[bytes]:
        """Copy up to an offset, yielding what is ready."""
        while self.offset < end:
            step = min(end, self.offset + _FLUSH_AT)
            piece = self.read_to(step)
            if not piece:
                break
            self.put(piece)
            yield from self.ready()

    def ready(self) -> Iterator[bytes]:
        """The gathered bytes, once they are worth handing on."""
        if self._size >= _FLUSH_AT:
            yield from self.flush()

    def flush(self) -> Iterator[bytes]:
        """The gathered bytes."""
        if self._out:
            yield b"".join(self._out)
            self._out.clear()
            self._size = 0

    def rest(self) -> Iterator[bytes]:
        """Everything that has not been read yet, after what was gathered."""
        yield from self.flush()
        yield self._buffer[self._start :]
        self._buffer = b""
        yield from self._chunks

    def _fill(self, length: int) -> None:
        have = len(self._buffer) - self._start
        if have >= length:
            return
        pieces = [self._buffer[self._start :]]
        while have < length:
            piece = next(self._chunks, None)
            if piece is None:
                break
            pieces.append(piece)
            have += len(piece)
        self._buffer = b"".join(pieces)
        self._start = 0
