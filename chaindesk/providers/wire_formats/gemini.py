"""Google's wire format: Gemini's generateContent."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from chaindesk.domain.completion import CompletionRequest, Endpoint, Usage
from chaindesk.domain.estimate import OutputLimit
from chaindesk.providers.base import RateHint
from chaindesk.providers.wire_formats.answer_builder import ReplyMetadata, build_answer
from chaindesk.providers.wire_formats.errors.body import ErrorBody
from chaindesk.providers.wire_formats.errors.mapping import raise_inner_error
from chaindesk.providers.wire_formats.json_stream import JsonStream
from chaindesk.providers.wire_formats.openai_chat_reply import (
    finish_word,
    mapping,
    text_of,
    token_count,
)
from chaindesk.providers.wire_formats.parameter_adaptation import schema_prompt
from chaindesk.providers.wire_formats.protocol import (
    Adaptation,
    Outgoing,
    StreamReader,
    WireAnswer,
    asks_flex,
    limit_in,
    malformed,
    refuse_own_names,
    speed_of,
    system_text,
)

_NAMES = {"max_output_tokens": "maxOutputTokens", "top_p": "topP", "stop": "stopSequences"}
_TOP_LEVEL = frozenset({"safetySettings", "tools", "toolConfig", "cachedContent", "labels", "serviceTier"})
_ROLES = {"assistant": "model"}
_FINISHES = {  # whatever else it says is one more reason to hold an answer back
    "STOP": "stop",
    "MAX_TOKENS": "length",
    "OTHER": "error",
    "FUNCTION_CALL": "tool_calls",
    "MALFORMED_FUNCTION_CALL": "tool_calls",
    "UNEXPECTED_TOOL_CALL": "tool_calls",
    "TOO_MANY_TOOL_CALLS": "tool_calls",
}
_PARTS = frozenset({"candidates", "promptFeedback", "usageMetadata"})
_UNSUPPORTED = re.compile(r"unknown name|not supported|not enabled|unsupported|does not support", re.IGNORECASE)


class Gemini:
    """``POST {base}/models/{model}:generateContent``."""

    models_path = "/models?pageSize=1000"

    def headers(self, key: str | None) -> dict[str, str]:
        """The key in a header, never in the address."""
        return {"x-goog-api-key": key} if key else {}

    def outgoing(self, request: CompletionRequest, adaptation: Adaptation) -> Outgoing:
        """The request's body; the model and whether to stream are part of the address."""
        refuse_own_names(request.parameters, ("model", "contents", "systemInstruction", "generationConfig"))
        contents = [
            {"role": _ROLES.get(one.role, "user"), "parts": [{"text": one.content}]}
            for one in request.said
            if one.role != "system"
        ]
        body: dict[str, Any] = {"contents": contents}
        system = system_text(request)
        if system:
            body["systemInstruction"] = {"parts": [{"text": system}]}
        config = _config(request)
        if request.schema is not None:
            if adaptation.structured == "prompt":
                contents[-1]["parts"].append({"text": schema_prompt(request.schema)})  # type: ignore[attr-defined]
            else:
                config |= {"responseMimeType": "application/json", "responseJsonSchema": dict(request.schema)}
        config = {name: value for name, value in config.items() if name not in adaptation.dropped}
        if config:
            body["generationConfig"] = config
        body |= {name: value for name, value in request.parameters.items() if name in _TOP_LEVEL}
        if asks_flex(request):
            body.setdefault("serviceTier", "flex")
        streamed = bool(request.parameters.get("stream"))
        method = "streamGenerateContent?alt=sse" if streamed else "generateContent"
        return Outgoing(f"/models/{quote(request.model, safe='')}:{method}", body, streamed)

    def output_limit(self, request: CompletionRequest) -> OutputLimit:
        """The step's own limit; without one none is sent."""
        return limit_in(request.parameters, ("max_output_tokens", "maxOutputTokens"), ("candidateCount",))

    def answer(self, request: CompletionRequest, payload: Any) -> WireAnswer:
        """The text parts of the first candidate; thoughts are left out."""
        reader = _GeminiStream(request)
        reader.handle(payload)
        if not reader.answered:
            raise malformed(request.endpoint, "JSON without an answer in it", usage=reader.usage)
        return reader.answer()

    def stream(self, request: CompletionRequest) -> StreamReader:
        """A reader for a stream of partial replies."""
        return _GeminiStream(request)

    def adapted(self, outgoing: Outgoing, adaptation: Adaptation, status: int, error: ErrorBody) -> Adaptation | None:
        """Leave out what the model says it does not take; ask for JSON in words where it knows no schema."""
        said = error.message
        if status != 400 or not _UNSUPPORTED.search(said):
            return None
        config = outgoing.body.get("generationConfig", {})
        named = next((name for name in config if re.search(rf"\b{re.escape(name)}\b", said)), None)
        if named is not None and not named.startswith("response"):
            return replace(adaptation, dropped=adaptation.dropped | {named})
        if "responseJsonSchema" in config and re.search(r"json|schema|mime", said, re.IGNORECASE):
            return replace(adaptation, structured="prompt")
        if "thinkingConfig" in config and "thinking" in said.lower():
            return replace(adaptation, dropped=adaptation.dropped | {"thinkingConfig"})
        return None

    def rate_hint(self, endpoint: Endpoint, headers: Mapping[str, str]) -> RateHint | None:
        """Nothing: Google tells delays in the bodies of refusals alone."""
        return None

    def model_names(self, payload: Any) -> Sequence[str]:
        """The models that can generate content, without ``models/`` before their names."""
        listed = payload.get("models") if isinstance(payload, Mapping) else None
        if not isinstance(listed, list):
            raise ValueError("no list of models")
        able = [one for one in listed if isinstance(one, Mapping) and _generates(one)]
        return tuple(text_of(one.get("name")).removeprefix("models/") for one in able)


class _GeminiStream(JsonStream):
    """One answer, whole or in parts. A stream is complete with a finish reason; there is no other end.

    Attributes:
        answered: whether there was anything of an answer, be it the reason why there is none.
    """

    def __init__(self, request: CompletionRequest) -> None:
        super().__init__(request)
        self._finish = ""
        self._reason = ""
        self._about: dict[str, Any] = {}
        self._usage: dict[str, Any] = {}
        self.answered = False
        self._thought = False

    def handle(self, payload: Any, name: str = "") -> None:
        """Handle one reply, a whole one or a part.

        Raises:
            CallError: it tells a failure, or is something else.
        """
        if isinstance(payload, list) and payload and all(isinstance(part, Mapping) for part in payload):
            for part in payload:  # a stream whose parts come as one JSON list
                self.handle(part)
            return
        if not isinstance(payload, Mapping):
            raise_inner_error(self.request, payload)
            raise malformed(self.request.endpoint, "JSON that is no generated content")
        raise_inner_error(self.request, payload, answered=bool(_PARTS & payload.keys()))
        for name in ("responseId", "modelVersion"):
            if payload.get(name):
                self._about[name] = payload[name]
        self._usage |= {name: value for name, value in mapping(payload.get("usageMetadata")).items() if value}
        feedback = payload.get("promptFeedback")
        if isinstance(feedback, Mapping) and feedback.get("blockReason"):
            self._finish, self._reason = "content_filter", finish_word(feedback["blockReason"])
            self.answered = True
            self.complete = True
        candidates = payload.get("candidates")
        if isinstance(candidates, list) and candidates and isinstance(candidates[0], Mapping):
            self._candidate(candidates[0])
            self.answered = True

    @property
    def usage(self) -> Usage | None:
        """The tokens that were counted."""
        return _usage(self._usage)

    def answer(self) -> WireAnswer:
        """The whole answer."""
        identity, model = text_of(self._about.get("responseId")), text_of(self._about.get("modelVersion"))
        speed = speed_of(self._usage.get("serviceTier"))
        about = ReplyMetadata(identity, model, self.usage, objection=self._reason, thought=self._thought, speed=speed)
        return build_answer(self.request, text=self.text, refusal="", finish=self._finish, metadata=about)

    def _candidate(self, candidate: Mapping[str, Any]) -> None:
        content = candidate.get("content")
        parts = content.get("parts") if isinstance(content, Mapping) else None
        for part in parts if isinstance(parts, list) else []:
            if isinstance(part, Mapping) and part.get("thought"):
                self._thought = True
            elif isinstance(part, Mapping):
                self.pieces.append(text_of(part.get("text")))
        reason = finish_word(candidate.get("finishReason"))
        if reason and reason != "FINISH_REASON_UNSPECIFIED":
            self._finish, self._reason = _FINISHES.get(reason, "content_filter"), reason
            self.complete = True


def _config(request: CompletionRequest) -> dict[str, Any]:
    config: dict[str, Any] = {}
    for name, value in request.parameters.items():
        if name == "reasoning_effort":
            config["thinkingConfig"] = {"thinkingLevel": value}
        elif name == "stop":
            config["stopSequences"] = [value] if isinstance(value, str) else value
        elif name != "stream" and name not in _TOP_LEVEL:
            config[_NAMES.get(name, name)] = value
    return config


def _usage(usage: Any) -> Usage | None:
    if not isinstance(usage, Mapping):
        return None
    spent = token_count(usage.get("promptTokenCount")) + token_count(usage.get("toolUsePromptTokenCount"))
    made = token_count(usage.get("candidatesTokenCount")) + token_count(usage.get("thoughtsTokenCount"))
    counted = Usage(spent, made, min(token_count(usage.get("cachedContentTokenCount")), spent))
    return counted if counted.total else None


def _generates(model: Mapping[str, Any]) -> bool:
    methods = model.get("supportedGenerationMethods")
    return not isinstance(methods, list) or "generateContent" in methods
