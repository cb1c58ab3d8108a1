"""Reads the lines of a job's results, one by one: what cannot be read of one is the failure of that one alone."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Speed
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.batches.caller import JobCaller
from chaindesk.providers.batches.protocol import BatchLine
from chaindesk.providers.wire_formats.by_kind import wire_format_of
from chaindesk.providers.wire_formats.errors.mapping import reply_error
from chaindesk.providers.wire_formats.json_body import parsed
from chaindesk.providers.wire_formats.protocol import HttpReply, malformed, storable

_CUSTOM_ID = re.compile(rb'"(?:custom_id|key)"\s*:\s*"([A-Za-z0-9_-]{1,64})"')


def parsed_line(raw: bytes) -> dict[str, Any] | None:
    """A line as a JSON object, or None where it is none."""
    try:
        line = parsed(raw)
    except ValueError:
        return None
    return line if isinstance(line, dict) else None


def unreadable(endpoint: Endpoint, raw: bytes) -> BatchLine:
    """A line that is no JSON object. It was most likely paid for; whose it is may still be seen."""
    known = _CUSTOM_ID.search(raw)
    error = malformed(endpoint, "a line of results that cannot be read", raw[:2000].decode("utf-8", "replace"))
    return BatchLine(known[1].decode("ascii") if known else "", error)


def answer_in(caller: JobCaller, status: int, body: Any) -> Completion | CallError:
    """The answer in the reply to one request of a job, or the failure that it tells."""
    endpoint = caller.endpoint
    model = body.get("model") if isinstance(body, Mapping) else None
    request = CompletionRequest(endpoint, model if isinstance(model, str) else "", ())
    if not 200 <= status < 300:
        encoded = json.dumps(body, default=str).encode()
        return _cleaned(caller, reply_error(endpoint, request.model, HttpReply(status, {}, encoded)))
    try:
        answered = wire_format_of(endpoint).answer(request, body)
    except CallError as error:
        error.speed = Speed.BATCH
        return _cleaned(caller, error)
    return Completion(
        text=caller.clean(answered.text),
        model=caller.clean(answered.model),
        usage=answered.usage,
        finish=answered.finish,
        request_id=caller.clean(answered.request_id),
        cost=answered.cost,
        speed=Speed.BATCH,
    )


def refusal(caller: JobCaller, status: int, error: Any) -> CallError:
    """The failure of one request that never had a reply of its own."""
    failed = answer_in(caller, status, {"error": error})
    if isinstance(failed, CallError):
        return failed
    return CallError(FailureKind.REJECTED, f"{caller.endpoint.name} refused this request of the batch job.")


def text_in(source: Any, *names: str) -> str:
    """The text under a path of names, or "" where there is none: null, "" and a missing one are the same."""
    for name in names:
        source = source.get(name) if isinstance(source, Mapping) else None
    return source if isinstance(source, str) else ""


def number_in(source: Any, *names: str) -> int:
    """The whole number under a path of names, which Google writes as a text; 0 where there is none."""
    for name in names:
        source = source.get(name) if isinstance(source, Mapping) else None
    if isinstance(source, str) and source.isdecimal() and len(source) < 12:
        return int(source)
    return source if isinstance(source, int) and not isinstance(source, bool) else 0


def time_in(source: Mapping[str, Any], name: str) -> datetime | None:
    """The time under a name, as seconds or in ISO 8601, or None."""
    value = source.get(name)
    try:
        if isinstance(value, str) and value:
            at = datetime.fromisoformat(value)
            return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
        if isinstance(value, (int, float)) and not isinstance(value, bool) and value:
            return datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _cleaned(caller: JobCaller, error: CallError) -> CallError:
    error.args = (caller.clean(storable(str(error))),)
    error.raw_text = caller.clean(error.raw_text)
    return error
