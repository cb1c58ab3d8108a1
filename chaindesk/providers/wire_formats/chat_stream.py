"""Puts a streamed chat completion together, chunk by chunk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaindesk.domain.completion import CompletionRequest
from chaindesk.providers.wire_formats import error_body as error_words
from chaindesk.providers.wire_formats import openai_chat_reply as chat_reply
from chaindesk.providers.wire_formats.answer_builder import made_answer
from chaindesk.providers.wire_formats.json_stream import JsonStream
from chaindesk.providers.wire_formats.protocol import Answered, malformed


class ChatStream(JsonStream):
    """One streamed answer. It is complete with ``[DONE]``, or where a server sends none, with a finish reason."""

    def __init__(self, request: CompletionRequest) -> None:
        super().__init__(request)
        self._refusal: list[str] = []
        self._finish = self._objection = ""
        self._about: dict[str, Any] = {}

    @property
    def complete(self) -> bool:
        """Whether the stream said that it is at its end."""
        return self.ended or bool(self._finish)

    def take(self, payload: Any, name: str = "") -> None:
        """Take in one chunk."""
        if not isinstance(payload, Mapping):
            raise malformed(self.request.endpoint, "a stream that is no chat completion", self.text)
        chunk = {"error": payload} if name == "error" and not payload.get("error") else payload
        chat_reply.raise_inner_error(self.request, chunk)
        self._take(chunk)

    def answer(self) -> Answered:
        """The whole answer."""
        return made_answer(
            self.request,
            text=self.text,
            refusal="".join(self._refusal),
            finish=self._finish,
            about=chat_reply.about(self._about, self._objection),
        )

    def _take(self, chunk: Mapping[str, Any]) -> None:
        for name in ("id", "model", "usage"):
            if chunk.get(name):
                self._about[name] = chunk[name]
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping) or choice.get("index") not in (None, 0):
            return
        chat_reply.raise_inner_error(self.request, choice)
        # Some servers put a whole message where the others put its next piece.
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, Mapping):
            self.pieces.append(chat_reply.text_of(delta.get("content")))
            self._refusal.append(chat_reply.text_of(delta.get("refusal")))
        elif isinstance(choice.get("text"), str):
            self.pieces.append(choice["text"])
        self._objection = error_words.filtered(choice.get("content_filter_results")) or self._objection
        self._finish = chat_reply.finish_word(choice.get("finish_reason")) or self._finish
