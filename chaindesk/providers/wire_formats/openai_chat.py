"""The wire format of OpenAI's chat completions, which most other servers speak as well, each in its own dialect."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from chaindesk.domain.completion import CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError
from chaindesk.domain.estimate import OutputLimit
from chaindesk.providers.base import RateHint
from chaindesk.providers.registry import quirks_of
from chaindesk.providers.wire_formats import error_mapping as failures
from chaindesk.providers.wire_formats import openai_chat_reply as chat_reply
from chaindesk.providers.wire_formats import parameter_adaptation as chat_adaptation
from chaindesk.providers.wire_formats import rate_headers as rates
from chaindesk.providers.wire_formats.chat_stream import ChatStream
from chaindesk.providers.wire_formats.protocol import (
    Adaptation,
    Answered,
    Outgoing,
    Reply,
    StreamReader,
    limit_in,
    listed_names,
    refuse_own_names,
)

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
        if request.schema is not None:
            _ask_for_json(body, request.schema, adaptation.structured or quirks.structured)
        streamed = bool(body.get("stream"))
        if streamed:
            body.setdefault("stream_options", {"include_usage": True})
        adapted = {
            adaptation.renamed.get(name, name): value for name, value in body.items() if name not in adaptation.dropped
        }
        return Outgoing("/chat/completions", adapted, streamed)

    def output_limit(self, request: CompletionRequest) -> OutputLimit:
        """The step's own limit; without one none is sent."""
        return limit_in(
            request.parameters, ("max_output_tokens", "max_completion_tokens", "max_tokens"), ("n", "best_of")
        )

    def answer(self, request: CompletionRequest, payload: Any) -> Answered:
        """The answer in ``choices[0].message``."""
        return chat_reply.answer(request, payload)

    def stream(self, request: CompletionRequest) -> StreamReader:
        """A reader for ``chat.completion.chunk`` events."""
        return ChatStream(request)

    def failure(self, endpoint: Endpoint, model: str, reply: Reply) -> CallError:
        """What a refusal says."""
        return failures.failure(endpoint, model, reply)

    def adapted(self, outgoing: Outgoing, adaptation: Adaptation, reply: Reply) -> Adaptation | None:
        """Leave out or rename what the server says it does not know."""
        return chat_adaptation.adapted(outgoing.body, adaptation, reply)

    def rate_hint(self, endpoint: Endpoint, headers: Mapping[str, str]) -> RateHint | None:
        """OpenAI's ``x-ratelimit-*`` headers, which others copied."""
        return rates.rate_hint(headers, requests_per_day=quirks_of(endpoint).requests_per_day)

    def model_names(self, payload: Any) -> Sequence[str]:
        """The ids in ``data``, in the server's order; Ollama's and Together's other shapes are read too."""
        return listed_names(payload)


def _messages(request: CompletionRequest) -> list[dict[str, Any]]:
    return [{"role": message.role, "content": message.content} for message in request.messages]


def _ask_for_json(body: dict[str, Any], schema: Mapping[str, Any], structured: str) -> None:
    """Ask for an answer that fits the schema as strongly as the server can: by schema, by JSON mode, or in words."""
    if structured == "json_schema":
        wanted = {"name": _SCHEMA_NAME, "strict": True, "schema": dict(schema)}
        body["response_format"] = {"type": "json_schema", "json_schema": wanted}
        return
    if structured == "json_object":
        body["response_format"] = {"type": "json_object"}
    body["messages"][-1]["content"] += "\n\n" + chat_adaptation.schema_in_words(schema)
