"""Server-sent events, decoded as they arrive, whatever the boundaries of the chunks."""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its name (``message`` where the server gives none) and its data."""

    data: str
    name: str = "message"


class SseDecoder:
    """Turns bytes into events. Comments, ``id:`` and ``retry:`` lines tell nothing here and are passed over."""

    def __init__(self) -> None:
        self._text = codecs.getincrementaldecoder("utf-8")("replace")
        self._rest: list[str] = []
        self._after_cr = False
        self._begun = False
        self._data: list[str] = []
        self._name = ""

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events that are complete with this chunk."""
        return self._events_of(self._text.decode(chunk))

    def close(self) -> Iterator[ServerEvent]:
        """The event that the end of the stream completes, where the server left out the last blank line."""
        yield from self._events_of(self._text.decode(b"", final=True) + "\n\n")

    def _events_of(self, text: str) -> Iterator[ServerEvent]:
        if not self._begun and text:
            self._begun = True
            text = text.removeprefix("\ufeff")
        if self._after_cr and text:
            # "\r\n" was cut in two: the line has ended already.
            self._after_cr = False
            text = text.removeprefix("\n")
        if text.endswith("\r"):
            self._after_cr = True
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        first, *others = text.split("\n")
        self._rest.append(first)
        for following in others:
            line = "".join(self._rest)
            self._rest = [following]
            event = self._line(line)
            if event is not None:
                yield event

    def _line(self, line: str) -> ServerEvent | None:
        if not line:
            event = ServerEvent("\n".join(self._data), self._name or "message") if self._data else None
            self._data, self._name = [], ""
            return event
        field, _, value = line.partition(":")
        value = value.removeprefix(" ")
        if field == "data":
            self._data.append(value)
        elif field == "event":
            self._name = value
        return None
