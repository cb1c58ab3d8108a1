"""Anthropic's messages as the simulated provider speaks them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from chaindesk.simulator.call import Call, ParsedRequest, read_json, to_json_bytes
from chaindesk.simulator.key_limits import seconds_of

_TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    402: "billing_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    529: "overloaded_error",
}


class MessagesDialect:
    """``POST …/messages``."""

    def read(self, body: bytes, path: str) -> ParsedRequest:
        """Model, messages with the system text first, the schema of ``output_config`` and ``max_tokens``."""
        asked, model, messages = read_json(body)
        limit = asked.get("max_tokens")
        if not isinstance(limit, int):
            raise ValueError("max_tokens: Field required")
        system = asked.get("system")
        if system:
            messages = [{"role": "system", "content": _plain(system)}, *messages]
        config = asked.get("output_config")
        wanted = config.get("format") if isinstance(config, Mapping) else None
        schema = wanted.get("schema") if isinstance(wanted, Mapping) else None
        return ParsedRequest(
            asked, model, messages, schema if isinstance(schema, Mapping) else None, limit, asked.get("stream") is True
        )

    def whole(self, call: Call) -> bytes:
        """One ``message``."""
        content = [{"type": "text", "text": call.text, "citations": None}]
        return to_json_bytes(_message(call, content, _stop(call), call.output_tokens))

    def chunks(self, call: Call) -> list[bytes]:
        """``message_start``, the text in deltas, ``message_delta`` with usage and stop reason, ``message_stop``."""
        start = {"type": "text", "text": "", "citations": None}
        deltas: list[dict[str, Any]] = [
            {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
            for piece in call.pieces
        ]
        events: list[dict[str, Any]] = [
            {"type": "message_start", "message": _message(call, [], None, 1)},
            {"type": "content_block_start", "index": 0, "content_block": start},
            {"type": "ping"},
            *deltas,
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": _stop(call), "stop_sequence": None},
                "usage": {"output_tokens": call.output_tokens},
            },
            {"type": "message_stop"},
        ]
        return [f"event: {event['type']}\ndata: ".encode() + to_json_bytes(event) + b"\n\n" for event in events]

    def error(self, status: int, body: bytes) -> bytes:
        """``{"type": "error", "error": {"type", "message"}}``."""
        message = json.loads(body)["error"]["message"]
        error = {"type": _TYPES.get(status, "api_error"), "message": message}
        return to_json_bytes({"type": "error", "error": error, "request_id": "req_simulated"})

    def limits(self, headers: Mapping[str, str]) -> dict[str, str]:
        """``anthropic-ratelimit-*``, with times for durations."""
        told: dict[str, str] = {}
        for name, value in headers.items():
            prefix, _, what = name.partition("x-ratelimit-")
            if prefix or not what:
                told[name.replace("x-request-id", "request-id")] = value
                continue
            kind, _, of = what.partition("-")
            if kind == "reset":
                value = (datetime.now(UTC) + timedelta(seconds=seconds_of(value))).isoformat()
            told[f"anthropic-ratelimit-{of}-{kind}"] = value
        return told


def _plain(system: Any) -> str:
    if isinstance(system, str):
        return system
    return "".join(str(block.get("text", "")) for block in system if isinstance(block, Mapping))


def _stop(call: Call) -> str:
    return "max_tokens" if call.cut else "end_turn"


def _message(call: Call, content: list[dict[str, Any]], stop: str | None, made: int) -> dict[str, Any]:
    usage = {
        "input_tokens": call.input_tokens - call.cached - call.written,
        "cache_creation_input_tokens": call.written,
        "cache_read_input_tokens": call.cached,
        "output_tokens": made,
        "service_tier": "standard",
    }
    return {
        "id": f"msg_simulated{call.digest[:18]}",
        "type": "message",
        "role": "assistant",
        "model": call.model,
        "content": content,
        "stop_reason": stop,
        "stop_sequence": None,
        "usage": usage,
    }
