"""What all streamed answers share: events that carry JSON, text that grows, and an end that the stream itself tells."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.providers.wire_formats.json_body import parsed
from chaindesk.providers.wire_formats.protocol import WireAnswer, malformed
from chaindesk.providers.wire_formats.sse import ServerEvent


class JsonStream(ABC):
    """Puts one streamed answer together; see ``protocol.StreamReader``. Each wire format says what its events mean.

    Attributes:
        request: what was asked.
        pieces: the text so far, as it came.
        ended: whether the common end mark, ``[DONE]``, has come; what follows it is ignored.
        complete: whether the stream has reached its end, so that the answer is whole.
    """

    def __init__(self, request: CompletionRequest) -> None:
        self.request = request
        self.pieces: list[str] = []
        self.ended = False
        self.complete = False

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self.pieces)

    def feed(self, event: ServerEvent) -> None:
        """Handle one event.

        Raises:
            CallError: it tells a failure, or is no JSON.
        """
        data = event.data.strip()
        if self.ended or not data:
            return
        if data == "[DONE]":
            self.ended = True
            return
        try:
            payloads = [parsed(data.encode("utf-8", "replace"))]
        except ValueError:
            payloads = self._parse_lines(data)
        for payload in payloads:
            self.handle(payload, event.name)

    def _parse_lines(self, data: str) -> list[Any]:
        """The JSON of events that a server did not part by blank lines."""
        lines = [line for line in data.split("\n") if line.strip()]
        if lines[-1].strip() == "[DONE]":
            self.ended = True
            lines.pop()
        try:
            if len(lines) > 1 or self.ended:
                return [parsed(line.encode("utf-8", "replace")) for line in lines]
        except ValueError:
            self.ended = False
        raise malformed(self.request.endpoint, "a stream that holds something other than JSON", self.text)

    @abstractmethod
    def handle(self, payload: Any, name: str = "") -> None:
        """Handle the JSON of one event.

        Raises:
            CallError: it tells a failure.
        """

    @abstractmethod
    def answer(self) -> WireAnswer:
        """The whole answer, once the stream is complete.

        Raises:
            CallError: it cannot be used.
        """
