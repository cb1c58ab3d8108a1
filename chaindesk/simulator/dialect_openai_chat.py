"""OpenAI's chat completions as the simulated provider speaks them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from chaindesk.simulator.call import CREATED, Call, ParsedRequest, read_json, to_json_bytes
from chaindesk.simulator.options import SimulatorOptions


class ChatDialect:
    """``POST …/chat/completions``."""

    def read(self, body: bytes, path: str) -> ParsedRequest:
        """Model, messages, ``response_format`` and either name of the output limit."""
        asked, model, messages = read_json(body)
        limit = asked.get("max_completion_tokens") or asked.get("max_tokens")
        schema = _schema(asked.get("response_format"))
        return ParsedRequest(
            asked, model, messages, schema, limit if isinstance(limit, int) else None, asked.get("stream") is True
        )

    def whole(self, call: Call) -> bytes:
        """One ``chat.completion``."""
        message: dict[str, Any] = {"role": "assistant", "content": call.text, "refusal": None, "annotations": []}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": _finish(call)}
        return to_json_bytes({**_about(call, "chat.completion"), "choices": [choice], "usage": _usage(call)})

    def chunks(self, call: Call) -> list[bytes]:
        """``chat.completion.chunk`` events, the usage where it was asked for, and ``[DONE]``."""
        deltas: list[tuple[dict[str, Any], str | None]] = [({"role": "assistant", "content": ""}, None)]
        deltas += [({"content": piece}, None) for piece in call.pieces]
        deltas.append(({}, _finish(call)))
        options = call.asked.body.get("stream_options")
        counted = isinstance(options, Mapping) and options.get("include_usage") is True
        about = _about(call, "chat.completion.chunk") | ({"usage": None} if counted else {})
        events = [
            about | {"choices": [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": finish}]}
            for delta, finish in deltas
        ]
        if counted:
            events.append(about | {"choices": [], "usage": _usage(call)})
        return [*(b"data: " + to_json_bytes(event) + b"\n\n" for event in events), b"data: [DONE]\n\n"]

    def error(self, status: int, body: bytes) -> bytes:
        """As it is."""
        return body

    def limits(self, headers: Mapping[str, str]) -> dict[str, str]:
        """As they are."""
        return dict(headers)


def model_list(options: SimulatorOptions) -> dict[str, Any]:
    """The answer to ``GET /v1/models``, in a form that serves all vendors' clients."""
    data = [
        {
            "id": name,
            "object": "model",
            "created": CREATED,
            "owned_by": "simulated",
            "type": "model",
            "display_name": name,
            "lifecycle": "active",
            "created_at": "2025-10-09T08:53:20Z",
        }
        for name in options.models
    ]
    ends = {"first_id": data[0]["id"], "last_id": data[-1]["id"]} if data else {}
    google = [{"name": f"models/{name}", "supportedGenerationMethods": ["generateContent"]} for name in options.models]
    return {"object": "list", "data": data, "has_more": False, **ends, "models": google}


def _finish(call: Call) -> str:
    return "length" if call.cut else "stop"


def _about(call: Call, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-simulated{call.digest[:20]}",
        "object": kind,
        "created": CREATED,
        "model": call.model,
        "system_fingerprint": "fp_simulated",
        "service_tier": "flex" if call.flex else "default",
    }


def _schema(response_format: Any) -> Mapping[str, Any] | None:
    if not isinstance(response_format, Mapping):
        return None
    if response_format.get("type") == "json_object":
        return {"type": "object", "properties": {"answer": {"type": "string"}}}
    wrapped = response_format.get("json_schema")
    schema = wrapped.get("schema") if isinstance(wrapped, Mapping) else None
    return schema if isinstance(schema, Mapping) else None


def _usage(call: Call) -> dict[str, Any]:
    return {
        "prompt_tokens": call.input_tokens,
        "completion_tokens": call.output_tokens,
        "total_tokens": call.input_tokens + call.output_tokens,
        "prompt_tokens_details": {"cached_tokens": call.cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0, "audio_tokens": 0},
    }
