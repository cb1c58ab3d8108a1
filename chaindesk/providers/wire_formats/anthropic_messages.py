"""Anthropic's wire format: messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chaindesk.domain.completion import CompletionRequest, Endpoint, Usage
from chaindesk.domain.estimate import OutputLimit
from chaindesk.providers.base import RateHint
from chaindesk.providers.wire_formats.answer_builder import ReplyMetadata, build_answer
from chaindesk.providers.wire_formats.errors.body import ErrorBody
from chaindesk.providers.wire_formats.errors.mapping import raise_inner_error
from chaindesk.providers.wire_formats.json_stream import JsonStream
from chaindesk.providers.wire_formats.openai_chat_reply import finish_word, text_of, token_count
from chaindesk.providers.wire_formats.parameter_adaptation import adapt_parameters, schema_prompt
from chaindesk.providers.wire_formats.protocol import (
    Adaptation,
    Outgoing,
    StreamReader,
    WireAnswer,
    limit_in,
    listed_names,
    malformed,
    refuse_own_names,
    system_text,
)
from chaindesk.providers.wire_formats.rate_headers import seconds_until

VERSION = "2023-06-01"  # later ones refuse temperature and top_p even for models that take them
_DEFAULT_LIMIT = 4096  # a limit must be named, and the smallest models refuse more
# Bytes of a system text that all rows share. Models cache from 1,024 to 4,096 tokens up, each its own number; a mark on
# less is passed over and costs nothing, so that the smallest number decides.
_WORTH_CACHING = 3000
_NAMES = {"max_output_tokens": "max_tokens", "stop": "stop_sequences"}
_UNKNOWN = frozenset({"seed"})


class AnthropicMessages:
    """Messages: ``POST {base}/messages``."""

    models_path = "/models?limit=1000"

    def headers(self, key: str | None) -> dict[str, str]:
        """The key in a header of its own, and the version of the wire format."""
        return {"anthropic-version": VERSION} | ({"x-api-key": key} if key else {})

    def outgoing(self, request: CompletionRequest, adaptation: Adaptation) -> Outgoing:
        """The request's body; system texts go into a field of their own."""
        refuse_own_names(request.parameters, ("model", "messages", "system"))
        said: list[dict[str, Any]] = [
            {"role": one.role, "content": one.content} for one in request.said if one.role != "system"
        ]
        body: dict[str, Any] = {"model": request.model, "max_tokens": _DEFAULT_LIMIT, "messages": said}
        system = system_text(request)
        if system:
            body["system"] = _system(system, shared=request.shared_system)
        for name, value in request.parameters.items():
            if name == "reasoning_effort":
                body.setdefault("output_config", {})["effort"] = value
            elif name not in _UNKNOWN:
                body[_NAMES.get(name, name)] = value
        if request.shared_prefix:
            _mark_prefix(said[0], request.shared_prefix)
        if request.schema is not None:
            if adaptation.structured == "prompt":
                _append(said[-1], "\n\n" + schema_prompt(request.schema))
            else:
                wanted = {"type": "json_schema", "schema": dict(request.schema)}
                body["output_config"] = {**body.get("output_config", {}), "format": wanted}
        kept = {name: value for name, value in body.items() if name not in adaptation.dropped}
        return Outgoing("/messages", kept, bool(body.get("stream")))

    def output_limit(self, request: CompletionRequest) -> OutputLimit:
        """The step's own limit, or the one that is always sent."""
        limit = limit_in(request.parameters, ("max_output_tokens", "max_tokens"))
        return limit if limit.tokens is not None else OutputLimit(_DEFAULT_LIMIT)

    def answer(self, request: CompletionRequest, payload: Any) -> WireAnswer:
        """The text blocks of ``content``; thinking blocks are left out."""
        if not isinstance(payload, Mapping):
            raise_inner_error(request, payload)
            raise malformed(request.endpoint, "JSON that is no message")
        if not isinstance(payload.get("content"), list):
            usage = _about(payload, payload.get("usage")).usage
            raise_inner_error(request, payload, answered=False, usage=usage)
            raise malformed(request.endpoint, "JSON without an answer in it", usage=usage)
        raise_inner_error(request, payload)
        return build_answer(
            request,
            text=text_of(payload["content"]),
            refusal="",
            finish=finish_word(payload.get("stop_reason")),
            metadata=_about(payload, payload.get("usage")),
        )

    def stream(self, request: CompletionRequest) -> StreamReader:
        """A reader for message events."""
        return _MessageStream(request)

    def adapted(self, outgoing: Outgoing, adaptation: Adaptation, status: int, error: ErrorBody) -> Adaptation | None:
        """Leave out what the model says it does not take; ask for JSON in words where it knows no schema."""
        if status == 400 and "output_config" in outgoing.body:
            said = error.message
            if "output_config" in said or re.search(r"structured output|output format", said):
                kept = "format" in outgoing.body["output_config"] and "effort" not in said
                if kept:
                    return replace(adaptation, structured="prompt")
                return replace(adaptation, dropped=adaptation.dropped | {"output_config"}, structured="prompt")
        return adapt_parameters(outgoing.body, adaptation, status, error)

    def rate_hint(self, endpoint: Endpoint, headers: Mapping[str, str]) -> RateHint | None:
        """The ``anthropic-ratelimit-*`` headers; where input and output are counted apart, those are what counts."""
        told, made = _limit(headers, "input-tokens"), _limit(headers, "output-tokens")
        both = (None, None, None) if told[0] or made[0] else _limit(headers, "tokens")
        hint = RateHint(*_limit(headers, "requests"), *both, *told, *made)
        return None if hint == RateHint() else hint

    def model_names(self, payload: Any) -> Sequence[str]:
        """The ids in ``data``."""
        return listed_names(payload)


class _MessageStream(JsonStream):
    """One streamed message. It is complete with ``message_stop``."""

    def __init__(self, request: CompletionRequest) -> None:
        super().__init__(request)
        self._message: dict[str, Any] = {}
        self._usage: dict[str, Any] = {}
        self._finish = ""

    def handle(self, payload: Any, name: str = "") -> None:
        """Handle one event; pings and thinking tell nothing."""
        if not isinstance(payload, Mapping):
            return
        raise_inner_error(self.request, payload, answered="type" in payload)
        match payload.get("type"):
            case "message_start":
                self._message = _mapping(payload.get("message"))
                self._usage = _mapping(self._message.get("usage"))
            case "content_block_delta":
                delta = _mapping(payload.get("delta"))
                if delta.get("type") == "text_delta":
                    self.pieces.append(text_of(delta.get("text")))
            case "message_delta":
                self._finish = finish_word(_mapping(payload.get("delta")).get("stop_reason")) or self._finish
                told = _mapping(payload.get("usage"))
                self._usage |= {name: value for name, value in told.items() if value}  # zeros tell nothing new
            case "message_stop":
                self.complete = True

    def answer(self) -> WireAnswer:
        """The whole answer."""
        about = _about(self._message, self._usage)
        return build_answer(self.request, text=self.text, refusal="", finish=self._finish, metadata=about)


def _system(text: str, *, shared: bool) -> Any:
    """A long system text that every row sends again is marked for the cache; writing one row's own would cost more."""
    if not shared or len(text.encode("utf-8", "replace")) < _WORTH_CACHING:
        return text
    return [{"type": "text", "text": text, "cache_control": {"type": "ephemeral"}}]


def _mark_prefix(message: dict[str, Any], prefix: str) -> None:
    """Mark the beginning that every row's prompt shares for the cache; the row's own text stands behind it."""
    text = message["content"]
    if text.startswith(prefix) and len(text) > len(prefix):
        shared = {"type": "text", "text": prefix, "cache_control": {"type": "ephemeral"}}
        message["content"] = [shared, {"type": "text", "text": text[len(prefix) :]}]


def _append(message: dict[str, Any], text: str) -> None:
    if isinstance(message["content"], list):
        message["content"][-1]["text"] += text
    else:
        message["content"] += text


def _about(payload: Mapping[str, Any], usage: Any) -> ReplyMetadata:
    counted: Usage | None = None
    if isinstance(usage, Mapping):
        read, written = (
            token_count(usage.get("cache_read_input_tokens")),
            token_count(usage.get("cache_creation_input_tokens")),
        )
        spent = token_count(usage.get("input_tokens")) + read + written
        counted = Usage(spent, token_count(usage.get("output_tokens")), read, written)
        counted = counted if counted.total else None
    return ReplyMetadata(text_of(payload.get("id")), text_of(payload.get("model")), counted)


def _limit(headers: Mapping[str, str], name: str) -> tuple[float | None, float | None, float | None]:
    def number(what: str) -> float | None:
        text = headers.get(f"anthropic-ratelimit-{name}-{what}", "")
        return float(text) if text.isdecimal() else None

    return number("limit"), number("remaining"), seconds_until(headers.get(f"anthropic-ratelimit-{name}-reset", ""))


def _mapping(value: Any) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}
