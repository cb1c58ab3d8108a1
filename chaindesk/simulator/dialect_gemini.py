"""Gemini's generateContent as the simulated provider speaks it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from chaindesk.simulator.call import Call, ParsedRequest, read_json, to_json_bytes

GEMINI_PATH = re.compile(r"/models/(?P<model>[^/]+):(?P<method>generateContent|streamGenerateContent)$")
_STATUSES = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 403: "PERMISSION_DENIED", 404: "NOT_FOUND"}
_STATUSES |= {429: "RESOURCE_EXHAUSTED", 500: "INTERNAL", 503: "UNAVAILABLE", 504: "DEADLINE_EXCEEDED"}


class GeminiDialect:
    """``POST …/models/{model}:generateContent`` and ``:streamGenerateContent``."""

    def read(self, body: bytes, path: str) -> ParsedRequest:
        """The model out of the path; contents with the system instruction first, schema and ``maxOutputTokens``."""
        match = GEMINI_PATH.search(path)
        asked = json.loads(body) if body.startswith(b"{") else {}
        contents = asked.get("contents")
        messages: Any = contents
        if isinstance(contents, list):
            messages = [_message(one) for one in contents if isinstance(one, Mapping)]
        model = unquote(match["model"]) if match else ""
        _, model, messages = read_json(to_json_bytes({"model": model, "messages": messages}))
        system = asked.get("systemInstruction")
        if isinstance(system, Mapping):
            messages = [_message(system) | {"role": "system"}, *messages]
        config = asked.get("generationConfig")
        config = config if isinstance(config, Mapping) else {}
        schema, limit = config.get("responseJsonSchema"), config.get("maxOutputTokens")
        return ParsedRequest(
            body=asked,
            model=model,
            messages=messages,
            schema=schema if isinstance(schema, Mapping) else None,
            limit=limit if isinstance(limit, int) else None,
            streamed=match is not None and match["method"].startswith("stream"),
        )

    def whole(self, call: Call) -> bytes:
        """One ``GenerateContentResponse``."""
        return to_json_bytes(_response(call, call.text, last=True))

    def chunks(self, call: Call) -> list[bytes]:
        """Partial responses; the last one has the finish reason and the usage, and nothing follows."""
        pieces = call.pieces
        responses = [_response(call, piece, last=number == len(pieces)) for number, piece in enumerate(pieces, 1)]
        return [b"data: " + to_json_bytes(response) + b"\r\n\r\n" for response in responses]

    def error(self, status: int, body: bytes) -> bytes:
        """``{"error": {"code", "message", "status"}}``, with a ``RetryInfo`` where the message names a delay."""
        message = json.loads(body)["error"]["message"]
        error: dict[str, Any] = {"code": status, "message": message, "status": _STATUSES.get(status, "UNKNOWN")}
        delay = re.search(r"try again in ([\d.]+m?s)", message)
        if delay:
            error["details"] = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay[1]}]
        return to_json_bytes({"error": error})

    def limits(self, headers: Mapping[str, str]) -> dict[str, str]:
        """None: Google tells no limits in headers."""
        return {name: value for name, value in headers.items() if not name.startswith(("x-ratelimit", "retry-after"))}


def _message(content: Mapping[str, Any]) -> dict[str, Any]:
    parts = content.get("parts")
    texts = (
        [str(part.get("text") or "") for part in parts if isinstance(part, Mapping)] if isinstance(parts, list) else []
    )
    return {"role": "assistant" if content.get("role") == "model" else "user", "content": "".join(texts)}


def _response(call: Call, text: str, *, last: bool) -> dict[str, Any]:
    candidate: dict[str, Any] = {"content": {"parts": [{"text": text}], "role": "model"}, "index": 0}
    told: dict[str, Any] = {"modelVersion": call.model, "responseId": f"simulated{call.digest[:20]}"}
    if last:
        candidate["finishReason"] = "MAX_TOKENS" if call.cut else "STOP"
        told["usageMetadata"] = {
            "promptTokenCount": call.input_tokens,
            "candidatesTokenCount": call.output_tokens,
            "totalTokenCount": call.input_tokens + call.output_tokens,
            "cachedContentTokenCount": call.cached,
        }
        if call.flex:  # a tier is told where one was asked for; the SDK's own type of usage does not have it
            told["usageMetadata"]["serviceTier"] = "flex"
    return {"candidates": [candidate], **told}
