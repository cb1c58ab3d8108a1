"""Whatever a server sends, a call ends with an answer or with a ``CallError``, and what it brings can be stored."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import random
from collections.abc import AsyncIterator, Iterator
from typing import Any

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chaindesk.domain.completion import CompletionRequest, Endpoint, Finish, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError
from chaindesk.providers.http.response_reader import read_stream, read_whole
from chaindesk.providers.wire_formats.by_kind import wire_format_of
from chaindesk.providers.wire_formats.errors.body import read_error
from chaindesk.providers.wire_formats.errors.mapping import reply_error
from chaindesk.providers.wire_formats.protocol import Adaptation, HttpReply, WireAnswer
from chaindesk.providers.wire_formats.rate_headers import retry_after
from tests.fuzz import examples

COUNTS = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "prompt_tokens_details": {"cached_tokens": 1}}
CHAT = {
    "id": "1",
    "model": "m",
    "choices": [
        {
            "index": 0,
            "message": {"role": "assistant", "content": [{"type": "text", "text": "Rye"}], "refusal": None},
            "finish_reason": "stop",
            "content_filter_results": {"hate": {"filtered": False, "severity": "safe"}},
        }
    ],
    "usage": COUNTS | {"cost": 0.1, "is_byok": True, "cost_details": {"upstream_inference_cost": 0.2}},
    "x_groq": {"usage": COUNTS},
    "base_resp": {"status_code": 0, "status_msg": ""},
}
RESPONSES = {
    "id": "1",
    "model": "m",
    "status": "completed",
    "output": [
        {"type": "reasoning", "summary": []},
        {"type": "message", "content": [{"type": "output_text", "text": "Rye"}, {"type": "refusal", "refusal": ""}]},
    ],
    "incomplete_details": {"reason": "max_output_tokens"},
    "usage": {"input_tokens": 3, "output_tokens": 2, "input_tokens_details": {"cached_tokens": 1}},
}
MESSAGES = {
    "id": "1",
    "type": "message",
    "model": "m",
    "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Rye"}],
    "stop_reason": "end_turn",
    "usage": {"input_tokens": 3, "output_tokens": 2, "cache_read_input_tokens": 1, "cache_creation_input_tokens": 1},
}
GEMINI = {
    "candidates": [{"content": {"role": "model", "parts": [{"text": "Rye"}]}, "finishReason": "STOP"}],
    "promptFeedback": {"safetyRatings": []},
    "usageMetadata": {"promptTokenCount": 3, "candidatesTokenCount": 2, "cachedContentTokenCount": 1},
    "modelVersion": "m",
    "responseId": "1",
}
WHOLE: dict[ProviderKind, Any] = {
    ProviderKind.OPENAI_CHAT: CHAT,
    ProviderKind.AZURE_OPENAI: CHAT,
    ProviderKind.OPENAI_RESPONSES: RESPONSES,
    ProviderKind.ANTHROPIC_MESSAGES: MESSAGES,
    ProviderKind.GEMINI: GEMINI,
}
CHUNKS: list[Any] = [
    {"id": "1", "model": "m", "choices": [{"index": 0, "delta": {"content": "Rye"}, "finish_reason": None}]},
    {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": COUNTS},
]
STREAMED: dict[ProviderKind, list[Any]] = {
    ProviderKind.OPENAI_CHAT: CHUNKS,
    ProviderKind.AZURE_OPENAI: CHUNKS,
    ProviderKind.OPENAI_RESPONSES: [
        {"type": "response.output_text.delta", "delta": "Rye"},
        {"type": "response.completed", "response": RESPONSES},
    ],
    ProviderKind.ANTHROPIC_MESSAGES: [
        {"type": "message_start", "message": MESSAGES | {"content": []}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Rye"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": {"output_tokens": 2}},
        {"type": "message_stop"},
    ],
    ProviderKind.GEMINI: [GEMINI, GEMINI],
}
ERRORS: list[Any] = [
    {
        "error": {
            "message": "Unsupported parameter: 'seed'",
            "type": "invalid_request_error",
            "param": "seed",
            "code": 4,
        }
    },
    {"error": {"code": 429, "message": "m", "details": [{"violations": [{"quotaId": "PerDay"}], "retryDelay": "3s"}]}},
    {"detail": [{"loc": ["body", "seed"], "msg": "Extra inputs are not permitted", "type": "extra_forbidden"}]},
    {"error": {"message": "x", "metadata": {"raw": "y"}, "innererror": {"content_filter_result": CHAT}}},
    {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    {"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}},
    {"errors": [{"code": 1, "message": "no"}], "success": False},
    {"object": "list", "data": [{"id": "a"}, {"name": "models/b", "supportedGenerationMethods": ["generateContent"]}]},
]
DEEP = "[" * 200 + "]" * 200
LEAVES: list[Any] = [
    *(None, True, False, 0, 7, -1, 1e308, -1e308, float("nan"), float("inf"), 10**30, 10**4000, -(10**4000)),
    *("", "x", "0", "1e999", "stop", "length", "error", "\x00", "\ud800", "\ufeff", "9" * 5000, "<think>", "</think>"),
    *("<|channel|>final<|message|>", "text", "message", "data", "NaN", "429", "invalid_api_key", " " * 100),
    *([], {}, [[]], [None], [7], {"": {}}, {"message": {"message": []}}, {"error": {"error": {"error": 1}}}),
    json.loads(DEEP),
]
HEADERS = [
    *({}, {"Retry-After": "9" * 400}, {"Retry-After": "-1"}, {"Retry-After": "Wed, 99 Nov 9999 99:99:99 GMT"}),
    *({"retry-after-ms": "inf"}, {"Retry-After": "\x00"}, {"x-ratelimit-limit-requests": "1e400"}),
    *({"x-ratelimit-reset-tokens": "9m9m9m" * 50}, {"anthropic-ratelimit-tokens-reset": "0000-00-00"}),
    *({"anthropic-ratelimit-tokens-limit": "9" * 5000}, {"Content-Type": "text/event-stream"}, {"Content-Type": ""}),
]


def _places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container and key in a JSON value."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in list(pairs):
        yield value, key
        yield from _places(inner)


def _mutated(value: Any, chance: random.Random) -> Any:
    """A JSON value with some of its parts replaced, left out, wrapped or repeated."""
    wrapped = [copy.deepcopy(value)]
    for _ in range(chance.choice((0, 1, 1, 2, 3, 6))):
        holder, key = chance.choice(list(_places(wrapped)))
        match chance.randrange(6):
            case 0 if isinstance(holder, dict):
                del holder[key]
            case 1:
                holder[key] = [holder[key]]
            case 2:
                holder[key] = {chance.choice(("error", "message", "data", "text")): holder[key]}
            case 3 if isinstance(holder, list) and holder is not wrapped:
                holder.append(holder[key])
            case _:
                holder[key] = copy.deepcopy(chance.choice(LEAVES))
    return wrapped[0]


def _dumped(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False).encode("utf-8", "surrogatepass")


def _damaged(body: bytes, chance: random.Random) -> bytes:
    """A body as it comes, cut, with other bytes in it, or behind something else."""
    match chance.randrange(12):
        case 0:
            return body[: chance.randrange(len(body) + 1)]
        case 1 if body:
            place = chance.randrange(len(body))
            return body[:place] + bytes([chance.randrange(256)]) + body[place + 1 :]
        case 2:
            return chance.choice((b"\xef\xbb\xbf", b"\n\n", b"\x1f\x8b", b"data: ", b": ", b"[", b"null")) + body
        case 3:
            return chance.choice((b"", b"null", b"[]", b"{}", b'""', b"1", b"[" * 100_000, b"1" * 5000, b"\xff\xfe"))
        case _:
            return body


def _reply(kind: ProviderKind, chance: random.Random) -> HttpReply:
    """A reply as a server might send it, and as none should."""
    what = chance.randrange(4)
    if what == 0:
        body = _dumped(_mutated(chance.choice(ERRORS), chance))
    elif what == 1:
        events = [_mutated(one, chance) for one in STREAMED[kind]]
        names = chance.choice(("", "", "event: ping\n", "event: error\n", "id: 1\n"))
        body = b"".join(names.encode() + b"data: " + _dumped(event) + b"\n\n" for event in events)
        body += chance.choice((b"", b"data: [DONE]\n\n"))
    else:
        body = _dumped(_mutated(WHOLE[kind], chance))
    status = chance.choice((200, 200, 200, 400, 401, 403, 404, 422, 429, 500, 503))
    return HttpReply(status, chance.choice(HEADERS), _damaged(body, chance))


def _is_storable(answer: WireAnswer) -> bool:
    for text in (answer.text, answer.model, answer.request_id):
        text.encode("utf-8")
    usage = answer.usage or Usage()
    counts = (usage.input, usage.output, usage.cached_input, usage.cache_write)
    return isinstance(answer.finish, Finish) and all(0 <= number < 2**63 for number in counts)


async def _read(kind: ProviderKind, seed: int) -> None:
    chance = random.Random(seed)
    reply = _reply(kind, chance)
    endpoint = Endpoint("lab", kind, "https://lab.example/v1")
    parameters = {"seed": 7, "stop": ["END"], "stream": chance.random() < 0.5}
    schema = {"type": "object", "properties": {}} if chance.random() < 0.5 else None
    request = CompletionRequest(endpoint, "m", (Message("user", "Rye bread, please."),), parameters, schema)
    wire = wire_format_of(endpoint)
    wire.rate_hint(endpoint, reply.headers)
    retry_after(reply.headers)
    with contextlib.suppress(ValueError, RecursionError):  # it lists no models
        wire.model_names(json.loads(reply.body))
    if reply.status != 200:
        error = read_error(reply.body).without_prompt(request.prompt)
        wire.adapted(wire.outgoing(request, Adaptation()), Adaptation(), reply.status, error)
        str(reply_error(endpoint, "m", reply, prompt=request.prompt)).encode("utf-8", "replace")
        return

    async def arriving() -> AsyncIterator[bytes]:
        size = chance.choice((1, 7, 100_000))
        for start in range(0, min(len(reply.body), 2000 * size), size):
            yield reply.body[start : start + size]

    for streamed in (False, True):
        with contextlib.suppress(CallError):
            if streamed:
                assert _is_storable(await read_stream(wire, request, arriving(), reply.headers))
            else:
                assert _is_storable(read_whole(wire, request, reply))


@settings(
    max_examples=examples(300, 20_000),
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(st.sampled_from(list(ProviderKind)), st.integers(0, 2**63))
@example(ProviderKind.OPENAI_CHAT, 0)
def test_a_reply_is_an_answer_or_a_call_error(kind: ProviderKind, seed: int) -> None:
    asyncio.run(_read(kind, seed))
