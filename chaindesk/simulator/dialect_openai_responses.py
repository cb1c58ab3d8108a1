"""OpenAI's responses as the simulated provider speaks them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chaindesk.simulator.call import CREATED, Call, ParsedRequest, read_json, to_json_bytes


class ResponsesDialect:
    """``POST …/responses``."""

    def read(self, body: bytes, path: str) -> ParsedRequest:
        """Model, ``input`` as text or messages, ``instructions``, ``text.format`` and ``max_output_tokens``."""
        asked = json.loads(body) if body.startswith(b"{") else {}
        given = asked.get("input")
        messages = [{"role": "user", "content": given}] if isinstance(given, str) else given
        _, model, messages = read_json(to_json_bytes({"model": asked.get("model"), "messages": messages}))
        if asked.get("instructions"):
            messages = [{"role": "system", "content": asked["instructions"]}, *messages]
        text = asked.get("text")
        wanted = text.get("format") if isinstance(text, Mapping) else None
        schema = wanted.get("schema") if isinstance(wanted, Mapping) else None
        limit = asked.get("max_output_tokens")
        return ParsedRequest(
            asked,
            model,
            messages,
            schema if isinstance(schema, Mapping) else None,
            limit if isinstance(limit, int) else None,
            asked.get("stream") is True,
        )

    def whole(self, call: Call) -> bytes:
        """One ``response``."""
        return to_json_bytes(_response(call, done=True))

    def chunks(self, call: Call) -> list[bytes]:
        """``response.created``, the text in deltas with its item and part opened and closed, ``response.completed``."""
        place = {"item_id": _identity(call, "msg"), "output_index": 0, "content_index": 0}
        item = {"output_index": 0}
        empty = {"type": "output_text", "text": "", "annotations": [], "logprobs": []}
        part = empty | {"text": call.text}
        opened = {
            "id": place["item_id"],
            "type": "message",
            "role": "assistant",
            "status": "in_progress",
            "content": [],
        }
        events: list[tuple[str, dict[str, Any]]] = [
            ("response.created", {"response": _response(call, done=False)}),
            ("response.output_item.added", item | {"item": opened}),
            ("response.content_part.added", place | {"part": empty}),
            *(("response.output_text.delta", place | {"delta": piece, "logprobs": []}) for piece in call.pieces),
            ("response.output_text.done", place | {"text": call.text, "logprobs": []}),
            ("response.content_part.done", place | {"part": part}),
            ("response.output_item.done", item | {"item": _message(call)}),
            ("response.incomplete" if call.cut else "response.completed", {"response": _response(call, done=True)}),
        ]
        return [
            f"event: {kind}\ndata: ".encode()
            + to_json_bytes({"type": kind, "sequence_number": number, **data})
            + b"\n\n"
            for number, (kind, data) in enumerate(events)
        ]

    def error(self, status: int, body: bytes) -> bytes:
        """As it is."""
        return body

    def limits(self, headers: Mapping[str, str]) -> dict[str, str]:
        """As they are."""
        return dict(headers)


def _identity(call: Call, kind: str) -> str:
    return f"{kind}_simulated{call.digest[:20]}"


def _message(call: Call) -> dict[str, Any]:
    content = [{"type": "output_text", "text": call.text, "annotations": [], "logprobs": []}]
    status = "incomplete" if call.cut else "completed"
    identity = _identity(call, "msg")
    return {"id": identity, "type": "message", "role": "assistant", "status": status, "content": content}


def _response(call: Call, *, done: bool) -> dict[str, Any]:
    status = ("incomplete" if call.cut else "completed") if done else "in_progress"
    usage = {
        "input_tokens": call.input_tokens,
        "input_tokens_details": {"cached_tokens": call.cached, "cache_write_tokens": 0},
        "output_tokens": call.output_tokens,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": call.input_tokens + call.output_tokens,
    }
    return {
        "id": _identity(call, "resp"),
        "object": "response",
        "created_at": CREATED,
        "status": status,
        "error": None,
        "incomplete_details": {"reason": "max_output_tokens"} if done and call.cut else None,
        "instructions": call.asked.body.get("instructions"),
        "metadata": {},
        "model": call.model,
        "output": [_message(call)] if done else [],
        "parallel_tool_calls": True,
        "service_tier": "flex" if call.flex else "default",
        "temperature": None,
        "tool_choice": "auto",
        "tools": [],
        "top_p": None,
        "usage": usage if done else None,
    }
