"""The wire format of OpenAI's chat completions, which most other servers speak as well, each in its own dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chaindesk.domain.completion import CompletionRequest, Endpoint
from chaindesk.domain.estimate import OutputLimit
from chaindesk.providers.base import RateHint
from chaindesk.providers.registry import OPENAI_URL, quirks_of
from chaindesk.providers.wire_formats.answer_builder import build_answer
from chaindesk.providers.wire_formats.errors.body import ErrorBody, filter_verdict
from chaindesk.providers.wire_formats.errors.mapping import raise_inner_error
from chaindesk.providers.wire_formats.json_stream import JsonStream
from chaindesk.providers.wire_formats.openai_chat_reply import (
    finish_word,
    has_reasoning,
    metadata_of,
    read_reply,
    text_of,
    usage_in,
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
)
from chaindesk.providers.wire_formats.rate_headers import read_rate_hint
from chaindesk.providers.wire_formats.sse import ServerEvent

_OURS = ("model", "messages")
_SCHEMA_NAME = "answer"


class OpenAIChat:
    """Chat completions: ``POST {base}/chat/completions``."""

    models_path = "/models"

    def headers(self, key: str | None) -> dict[str, str]:
        """A bearer token, where there is a key."""
        return {"Authorization": f"Bearer {key}"} if key else {}

    def outgoing(self, request: CompletionRequest, adaptation: Adaptation) -> Outgoing:
        """The request's body, with neutral names turned into those that this server reads."""
        refuse_own_names(request.parameters, _OURS)
        quirks = quirks_of(request.endpoint)
        names = {"max_output_tokens": quirks.output_limit, "seed": quirks.seed}
        body: dict[str, Any] = {"model": request.model, "messages": _messages(request)}
        for name, value in request.parameters.items():
            body[names.get(name, name)] = value
        if request.cache_key and request.endpoint.base_url == OPENAI_URL:
            body.setdefault("prompt_cache_key", request.cache_key)
        if asks_flex(request):
            body.setdefault("service_tier", "flex")
        if request.schema is not None:
            _ask_for_json(body, request.schema, adaptation.structured or quirks.structured)
        streamed = bool(body.get("stream"))
        if streamed:
            body.setdefault("stream_options", {"include_usage": True})
        if not adaptation.renamed and not adaptation.dropped:
            return Outgoing("/chat/completions", body, streamed)
        adapted = {
            adaptation.renamed.get(name, name): value for name, value in body.items() if name not in adaptation.dropped
        }
        return Outgoing("/chat/completions", adapted, streamed)

    def output_limit(self, request: CompletionRequest) -> OutputLimit:
        """The step's own limit; without one none is sent."""
        return limit_in(
            request.parameters, ("max_output_tokens", "max_completion_tokens", "max_tokens"), ("n", "best_of")
        )

    def answer(self, request: CompletionRequest, payload: Any) -> WireAnswer:
        """The answer in ``choices[0].message``."""
        return read_reply(request, payload)

    def stream(self, request: CompletionRequest) -> StreamReader:
        """A reader for ``chat.completion.chunk`` events."""
        return _ChatStream(request)

    def adapted(self, outgoing: Outgoing, adaptation: Adaptation, status: int, error: ErrorBody) -> Adaptation | None:
        """Leave out or rename what the server says it does not know."""
        return adapt_parameters(outgoing.body, adaptation, status, error)

    def rate_hint(self, endpoint: Endpoint, headers: Mapping[str, str]) -> RateHint | None:
        """OpenAI's ``x-ratelimit-*`` headers, which others copied."""
        return read_rate_hint(headers, requests_per_day=quirks_of(endpoint).requests_per_day)

    def model_names(self, payload: Any) -> Sequence[str]:
        """The ids in ``data``, in the server's order; Ollama's and Together's other shapes are read too."""
        return listed_names(payload)


class AzureOpenAI(OpenAIChat):
    """Azure (v1), where the model is the deployment's name: ``POST {base}/chat/completions``."""

    def headers(self, key: str | None) -> dict[str, str]:
        """The key in ``api-key``."""
        return {"api-key": key} if key else {}


class _ChatStream(JsonStream):
    """One streamed answer. It is complete with ``[DONE]``, or where a server sends none, with a finish reason."""

    def __init__(self, request: CompletionRequest) -> None:
        super().__init__(request)
        self._refusal: list[str] = []
        self._finish = self._objection = ""
        self._thought = False
        self._about: dict[str, Any] = {}

    def feed(self, event: ServerEvent) -> None:
        """Handle one event; see ``JsonStream``."""
        super().feed(event)
        self.complete = self.ended or bool(self._finish)

    def handle(self, payload: Any, name: str = "") -> None:
        """Handle one chunk."""
        if not isinstance(payload, Mapping):
            raise malformed(self.request.endpoint, "a stream that is no chat completion", self.text)
        chunk = {"error": payload} if name == "error" and not payload.get("error") else payload
        raise_inner_error(self.request, chunk, answered="choices" in chunk)
        self._handle_chunk(chunk)

    def answer(self) -> WireAnswer:
        """The whole answer."""
        return build_answer(
            self.request,
            text=self.text,
            refusal="".join(self._refusal),
            finish=self._finish,
            metadata=metadata_of(self._about, self._objection, thought=self._thought),
        )

    def _handle_chunk(self, chunk: Mapping[str, Any]) -> None:
        for name in ("id", "model", "service_tier"):
            if chunk.get(name):
                self._about[name] = chunk[name]
        # Servers count in the last chunk, in each, or in one of the first with nothing but zeros after it.
        counted = {name: value for name, value in usage_in(chunk).items() if value}
        self._about["usage"] = {**self._about.get("usage", {}), **counted}
        choices = chunk.get("choices")
        choice = choices[0] if isinstance(choices, list) and choices else None
        if not isinstance(choice, Mapping) or choice.get("index") not in (None, 0):
            return
        raise_inner_error(self.request, choice)
        # Some servers put a whole message where the others put its next piece.
        delta = choice.get("delta") or choice.get("message")
        if isinstance(delta, Mapping):
            self._thought = self._thought or has_reasoning(delta)
            self.pieces.append(text_of(delta.get("content")))
            self._refusal.append(text_of(delta.get("refusal")))
        elif isinstance(choice.get("text"), str):
            self.pieces.append(choice["text"])
        self._objection = filter_verdict(choice.get("content_filter_results")) or self._objection
        self._finish = finish_word(choice.get("finish_reason")) or self._finish


def _messages(request: CompletionRequest) -> list[dict[str, Any]]:
    return [{"role": message.role, "content": message.content} for message in request.said]


def _ask_for_json(body: dict[str, Any], schema: Mapping[str, Any], structured: str) -> None:
    """Ask for an answer that fits the schema as strongly as the server can: by schema, by JSON mode, or in words."""
    if structured == "json_schema":
        wanted = {"name": _SCHEMA_NAME, "strict": True, "schema": dict(schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        return
    if structured == "json_object":
        body["response_format"] = {"type": "json_object"}
    body["messages"][-1]["content"] += "\n\n" + schema_prompt(schema)
