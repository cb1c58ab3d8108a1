"""OpenAI's newer wire format: responses."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from chaindesk.domain.completion import CompletionRequest, Endpoint, Usage
from chaindesk.domain.estimate import OutputLimit
from chaindesk.providers.base import RateHint
from chaindesk.providers.registry import OPENAI_URL
from chaindesk.providers.wire_formats.answer_builder import ReplyMetadata, build_answer
from chaindesk.providers.wire_formats.errors.body import ErrorBody
from chaindesk.providers.wire_formats.errors.mapping import raise_inner_error
from chaindesk.providers.wire_formats.json_stream import JsonStream
from chaindesk.providers.wire_formats.openai_chat_reply import (
    entries,
    finish_word,
    mapping,
    text_of,
    token_count,
)
from chaindesk.providers.wire_formats.parameter_adaptation import adapt_parameters, schema_prompt
from chaindesk.providers.wire_formats.protocol import (
    Adaptation,
    Outgoing,
    StreamReader,
    WireAnswer,
    asks_flex,
    limit_in,
    listed_names,
    malformed,
    refuse_own_names,
    speed_of,
    system_text,
)
from chaindesk.providers.wire_formats.rate_headers import read_rate_hint

_UNKNOWN = frozenset({"seed", "stop"})
_CUT_BY = {"max_output_tokens": "length", "content_filter": "content_filter"}
_FINISHES = {"incomplete": "length", "failed": "error", "cancelled": "error"}  # where no details say why
_LAST_EVENTS = frozenset({"response.completed", "response.incomplete", "response.failed"})


class OpenAIResponses:
    """Responses: ``POST {base}/responses``."""

    models_path = "/models"

    def headers(self, key: str | None) -> dict[str, str]:
        """A bearer token, where there is a key."""
        return {"Authorization": f"Bearer {key}"} if key else {}

    def outgoing(self, request: CompletionRequest, adaptation: Adaptation) -> Outgoing:
        """The request's body; the provider is asked not to store the answer."""
        refuse_own_names(request.parameters, ("model", "input", "instructions"))
        said = [{"role": one.role, "content": one.content} for one in request.said if one.role != "system"]
        body: dict[str, Any] = {"model": request.model, "input": said, "store": False}
        system = system_text(request)
        if system:
            body["instructions"] = system
        for name, value in request.parameters.items():
            if name == "reasoning_effort":
                body["reasoning"] = {"effort": value}
            elif name not in _UNKNOWN:
                body[name] = value
        if request.cache_key and request.endpoint.base_url == OPENAI_URL:
            body.setdefault("prompt_cache_key", request.cache_key)
        if asks_flex(request):
            body.setdefault("service_tier", "flex")
        if request.schema is not None:
            if adaptation.structured == "prompt":
                said[-1]["content"] += "\n\n" + schema_prompt(request.schema)
            else:
                wanted = {"type": "json_schema", "name": "answer", "strict": True, "schema": dict(request.schema)}
                body["text"] = {"format": wanted}
        kept = {name: value for name, value in body.items() if name not in adaptation.dropped}
        return Outgoing("/responses", kept, bool(body.get("stream")))

    def output_limit(self, request: CompletionRequest) -> OutputLimit:
        """The step's own limit; without one none is sent."""
        return limit_in(request.parameters, ("max_output_tokens",))

    def answer(self, request: CompletionRequest, payload: Any) -> WireAnswer:
        """The text parts of the messages in ``output``; reasoning is left out."""
        if not isinstance(payload, Mapping):
            raise_inner_error(request, payload)
            raise malformed(request.endpoint, "JSON that is no response")
        if not isinstance(payload.get("output"), list):
            used = _usage(payload.get("usage"))
            raise_inner_error(request, payload, answered=False, usage=used)
            raise malformed(request.endpoint, "JSON without an answer in it", usage=used)
        raise_inner_error(request, payload)
        return _answer(request, payload, "")

    def stream(self, request: CompletionRequest) -> StreamReader:
        """A reader for response events."""
        return _ResponseStream(request)

    def adapted(self, outgoing: Outgoing, adaptation: Adaptation, status: int, error: ErrorBody) -> Adaptation | None:
        """Leave out what the model says it does not take; ask for JSON in words where it knows no schema."""
        further = adapt_parameters(outgoing.body, adaptation, status, error)
        if further is not None and "text" in further.dropped - adaptation.dropped:
            return replace(adaptation, structured="prompt")
        return further

    def rate_hint(self, endpoint: Endpoint, headers: Mapping[str, str]) -> RateHint | None:
        """OpenAI's ``x-ratelimit-*`` headers."""
        return read_rate_hint(headers)

    def model_names(self, payload: Any) -> Sequence[str]:
        """The ids in ``data``."""
        return listed_names(payload)


class _ResponseStream(JsonStream):
    """One streamed response. It is complete with the event that carries the whole of it."""

    def __init__(self, request: CompletionRequest) -> None:
        super().__init__(request)
        self._response: Mapping[str, Any] = {}

    def handle(self, payload: Any, name: str = "") -> None:
        """Handle one event; of the many kinds only text and the ends count."""
        if not isinstance(payload, Mapping):
            return
        kind = finish_word(payload.get("type"))
        raise_inner_error(self.request, payload, answered=bool(kind))
        if kind == "error":
            raise_inner_error(self.request, {"error": dict(payload)})
        if kind == "response.output_text.delta":
            self.pieces.append(text_of(payload.get("delta")))
        elif kind in _LAST_EVENTS and isinstance(payload.get("response"), Mapping):
            self._response = payload["response"]
            self.complete = True
            raise_inner_error(self.request, payload["response"])

    def answer(self) -> WireAnswer:
        """The whole answer."""
        return _answer(self.request, self._response, self.text)


def _answer(request: CompletionRequest, payload: Mapping[str, Any], streamed: str) -> WireAnswer:
    items = [mapping(item) for item in entries(payload.get("output"))]
    parts = [part for item in items if item.get("type") == "message" for part in entries(item.get("content"))]
    refusals = [text_of(mapping(part).get("refusal")) for part in parts]
    reason = finish_word(mapping(payload.get("incomplete_details")).get("reason"))
    status = finish_word(payload.get("status"))
    thought = any(item.get("type") == "reasoning" for item in items)
    identity, model = text_of(payload.get("id")), text_of(payload.get("model"))
    return build_answer(
        request,
        text=text_of(parts) or streamed,
        refusal="".join(refusals),
        finish=_CUT_BY.get(reason) or _FINISHES.get(status, status),
        metadata=ReplyMetadata(
            identity, model, _usage(payload.get("usage")), thought=thought, speed=speed_of(payload.get("service_tier"))
        ),
    )


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    spent = token_count(usage.get("input_tokens"))
    details = mapping(usage.get("input_tokens_details"))
    read = min(token_count(details.get("cached_tokens")), spent)
    written = min(token_count(details.get("cache_write_tokens")), spent - read)
    counted = Usage(spent, token_count(usage.get("output_tokens")), read, written)
    return counted if counted.total else None
