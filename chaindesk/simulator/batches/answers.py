"""What a job's requests are answered: each as the live call would be, in the wire format that it asks in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from chaindesk.simulator.batches.jobs import BatchCounters, Line
from chaindesk.simulator.call import Dialect, answer_call, to_json_bytes
from chaindesk.simulator.options import SimulatorOptions


def reply_to(
    options: SimulatorOptions, dialect: Dialect, line: Line, counters: BatchCounters | None = None
) -> dict[str, Any]:
    """The body of the good reply to a request.

    Raises:
        ValueError: it is no request in this wire format.
    """
    call = answer_call(options, dialect.read(to_json_bytes(line.body), line.path))
    if counters is not None:
        counters.tokens_in += call.input_tokens
        counters.tokens_out += call.output_tokens
    body: dict[str, Any] = json.loads(dialect.whole(call))
    if isinstance(body.get("usage"), dict) and "service_tier" in body["usage"]:
        body["usage"]["service_tier"] = "batch"
    return body


def as_gemini_reads(body: Mapping[str, Any]) -> dict[str, Any]:
    """A request to Gemini as its batch jobs read it: ``responseJsonSchema`` is passed over without a word."""
    config = body.get("generationConfig")
    if not isinstance(config, Mapping):
        return dict(body)
    read = {name: value for name, value in config.items() if name not in ("responseJsonSchema", "responseSchema")}
    if isinstance(config.get("responseSchema"), Mapping):
        read["responseJsonSchema"] = _in_small_letters(config["responseSchema"])
    return {**body, "generationConfig": read}


def _in_small_letters(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_in_small_letters(one) for one in schema]
    if not isinstance(schema, Mapping):
        return schema
    return {
        name: value.lower() if name == "type" and isinstance(value, str) else _in_small_letters(value)
        for name, value in schema.items()
    }
