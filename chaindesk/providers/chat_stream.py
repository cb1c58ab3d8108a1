"""Puts a streamed chat completion together, chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.providers import chat_reply
from chaindesk.providers.answering import made_answer
from chaindesk.providers.sse import ServerEvent
from chaindesk.providers.wire import Answered, malformed, parsed


class ChatStream:
    """One streamed answer. It is complete with ``[DONE]``, or where a server sends none, with a finish reason."""

    def __init__(self, request: CompletionRequest) -> None:
        self._request = request
        self._pieces: list[str] = []
        self._refusal: list[str] = []
        self._finish = ""
        self._done = False
        self._about: dict[str, Any] = {}

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    @property
    def complete(self) -> bool:
        """Whether the stream said that it is at its end."""
        return self._done or bool(self._finish)

    def feed(self, event: ServerEvent) -> None:
        """Take in one event; what follows ``[DONE]`` is of no interest."""
        data = event.data.strip()
        if self._done or not data:
            return
        if data == "[DONE]":
            self._done = True
            return
        try:
            chunk = parsed(data.encode("utf-8"))
        except ValueError:
            raise malformed(
                self._request.endpoint, "a stream that holds something other than JSON", self.text
            ) from None
        if not isinstance(chunk, Mapping):
            raise malformed(self._request.endpoint, "a stream that is no chat completion", self.text)
        if event.name == "error" and not chunk.get("error"):
            chunk = {"error": chunk}
        chat_reply.raise_inner_error(self._request, chunk)
        self._take(chunk)

    def answer(self) -> Answered:
        """The whole answer."""
        return made_answer(
            self._request,
            text=self.text,
            refusal="".join(self._refusal),
            finish=self._finish,
            about=chat_reply.about(self._about),
        )

    def _take(self, chunk: Mapping[str, Any]) -> None:
        for name in ("id", "model", "usage"):
            if chunk.get(name):
                self._about[name] = chunk[name]
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping) or choice.get("index") not in (None, 0):
            return
        chat_reply.raise_inner_error(self._request, choice)
        # Some servers put a whole message where the others put its next piece.
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, Mapping):
            self._pieces.append(chat_reply.text_of(delta.get("content")))
            self._refusal.append(chat_reply.text_of(delta.get("refusal")))
        elif isinstance(choice.get("text"), str):
            self._pieces.append(choice["text"])
        self._finish = chat_reply.finish_word(choice.get("finish_reason")) or self._finish
