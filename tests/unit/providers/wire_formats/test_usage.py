"""Tokens and money in replies, in the very shapes in which each vendor tells them, of failed calls too."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Finish, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.wire_formats.by_kind import wire_format_of
from chaindesk.providers.wire_formats.gemini import Gemini
from chaindesk.providers.wire_formats.openai_chat import OpenAIChat
from chaindesk.providers.wire_formats.protocol import WireAnswer
from chaindesk.providers.wire_formats.sse import ServerEvent
from tests.support.http_server import http_reply, scripted_server

OPENAI = {
    "prompt_tokens": 2006,
    "completion_tokens": 300,
    "total_tokens": 2306,
    "prompt_tokens_details": {"cached_tokens": 1920, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 192, "accepted_prediction_tokens": 0},
}
OPENROUTER = {
    "prompt_tokens": 194,
    "completion_tokens": 2,
    "total_tokens": 196,
    "cost": 0.00095,
    "is_byok": False,
    "cost_details": {"upstream_inference_cost": None},
    "prompt_tokens_details": {"cached_tokens": 50, "cache_write_tokens": 100, "audio_tokens": 0},
    "completion_tokens_details": {"reasoning_tokens": 0},
}
DEEPSEEK = {
    "prompt_tokens": 100,
    "completion_tokens": 20,
    "total_tokens": 120,
    "prompt_cache_hit_tokens": 64,
    "prompt_cache_miss_tokens": 36,
    "prompt_tokens_details": {"cached_tokens": 64},
}
XAI = {
    "prompt_tokens": 10120,
    "completion_tokens": 1499,
    "total_tokens": 14428,
    "prompt_tokens_details": {"cached_tokens": 128},
    "completion_tokens_details": {"reasoning_tokens": 2809},
    "cost_in_usd_ticks": 232856000,
}
MOONSHOT = {"prompt_tokens": 19, "completion_tokens": 21, "total_tokens": 40, "cached_tokens": 10}
ANTHROPIC = {
    "input_tokens": 21,
    "cache_creation_input_tokens": 188086,
    "cache_read_input_tokens": 1000,
    "cache_creation": {"ephemeral_5m_input_tokens": 188086, "ephemeral_1h_input_tokens": 0},
    "output_tokens": 393,
    "service_tier": "standard",
}
RESPONSES = {
    "input_tokens": 328,
    "input_tokens_details": {"cached_tokens": 256},
    "output_tokens": 52,
    "output_tokens_details": {"reasoning_tokens": 32},
    "total_tokens": 380,
}
GEMINI = {
    "promptTokenCount": 696219,
    "candidatesTokenCount": 214,
    "thoughtsTokenCount": 1024,
    "cachedContentTokenCount": 696190,
    "totalTokenCount": 697457,
}


def _chat(usage: Any, **message: Any) -> dict[str, Any]:
    said = {"role": "assistant", "content": "Hi."} | message
    return {
        "id": "c",
        "object": "chat.completion",
        "model": "model-1",
        "choices": [{"index": 0, "message": said, "finish_reason": "stop"}],
        "usage": usage,
    }


def _message(usage: Any, stop: str = "end_turn", text: str = "Hi.") -> dict[str, Any]:
    content = [{"type": "text", "text": text}] if text else []
    return {"id": "m", "type": "message", "model": "model-1", "content": content, "stop_reason": stop, "usage": usage}


def _response(usage: Any, status: str = "completed", text: str = "Hi.") -> dict[str, Any]:
    said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}
    return {"id": "r", "status": status, "model": "model-1", "output": [said], "usage": usage}


def _generated(usage: Any, reason: str = "STOP", text: str = "Hi.") -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": [{"text": text}]}, "finishReason": reason}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "model-1"}


async def _complete(kind: str, body: Any) -> Completion:
    server = scripted_server(http_reply(200, body))
    async with server, open_providers({"lab": "a-key"}, 2) as provider:
        return await provider.complete(server.request(settings={"kind": kind}))


async def _failure(kind: str, body: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        await _complete(kind, body)
    return caught.value


@pytest.mark.parametrize(
    ("kind", "body", "usage"),
    [
        ("openai-chat", _chat(OPENAI), Usage(2006, 300, 1920)),
        ("azure-openai", _chat(OPENAI), Usage(2006, 300, 1920)),
        ("openai-chat", _chat(OPENROUTER), Usage(194, 2, 50, 100)),
        ("openai-chat", _chat(DEEPSEEK), Usage(100, 20, 64)),
        ("openai-chat", _chat(XAI), Usage(10120, 4308, 128)),
        ("openai-chat", _chat(MOONSHOT), Usage(19, 21, 10)),
        ("openai-responses", _response(RESPONSES), Usage(328, 52, 256)),
        ("anthropic-messages", _message(ANTHROPIC), Usage(189107, 393, 1000, 188086)),
        ("gemini", _generated(GEMINI), Usage(696219, 1238, 696190)),
    ],
)
async def test_every_vendor_counts_its_cache_and_its_reasoning_in_its_own_way(
    kind: str, body: Any, usage: Usage
) -> None:
    assert (await _complete(kind, body)).usage == usage


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (OPENROUTER, "0.00095"),
        (OPENROUTER | {"is_byok": True, "cost_details": {"upstream_inference_cost": 0.019}}, "0.01995"),
        (OPENROUTER | {"cost": 0, "cost_details": {"upstream_inference_cost": 0.019}}, "0"),
        (XAI, "0.0232856"),
        (XAI | {"cost_in_usd_ticks": -5}, None),
        (OPENAI, None),
    ],
)
async def test_what_a_provider_says_that_it_cost_is_taken(usage: Any, cost: str | None) -> None:
    told = (await _complete("openai-chat", _chat(usage))).cost
    assert told == (None if cost is None else Decimal(cost))


@pytest.mark.parametrize(
    ("kind", "body", "failure", "usage"),
    [
        ("openai-chat", _chat(OPENAI, content=""), FailureKind.EMPTY, Usage(2006, 300, 1920)),
        ("openai-chat", _chat(OPENAI, refusal="No."), FailureKind.REFUSED, Usage(2006, 300, 1920)),
        ("openai-chat", {"id": "c", "usage": OPENAI}, FailureKind.MALFORMED, Usage(2006, 300, 1920)),
        ("openai-responses", _response(RESPONSES, text=""), FailureKind.EMPTY, Usage(328, 52, 256)),
        ("openai-responses", _response(RESPONSES, "failed"), FailureKind.SERVER, Usage(328, 52, 256)),
        ("anthropic-messages", _message(ANTHROPIC, "max_tokens", ""), FailureKind.REJECTED, Usage(189107, 393, 1000)),
        ("anthropic-messages", {"usage": ANTHROPIC}, FailureKind.MALFORMED, Usage(189107, 393, 1000)),
        ("gemini", _generated(GEMINI, "SAFETY"), FailureKind.REFUSED, Usage(696219, 1238, 696190)),
    ],
)
async def test_a_call_that_was_answered_in_vain_tells_what_it_took(
    kind: str, body: Any, failure: FailureKind, usage: Usage
) -> None:
    error = await _failure(kind, body)
    assert error.kind is failure
    assert error.usage is not None
    assert (error.usage.input, error.usage.output, error.usage.cached_input) == (
        usage.input,
        usage.output,
        usage.cached_input,
    )
    assert error.billed
    assert not error.perhaps_billed


async def test_a_cost_of_a_call_in_vain_is_told_too() -> None:
    assert (await _failure("openai-chat", _chat(OPENROUTER, content=""))).cost == Decimal("0.00095")


@pytest.mark.parametrize(
    ("kind", "status", "perhaps"),
    [
        (FailureKind.TIMEOUT, None, True),
        (FailureKind.CONNECTION, None, True),
        (FailureKind.MALFORMED, None, True),
        (FailureKind.UNREACHABLE, None, False),
        (FailureKind.SERVER, 503, False),
        (FailureKind.RATE_LIMIT, 429, False),
        (FailureKind.REFUSED, 400, False),
    ],
)
def test_only_a_call_that_went_out_and_was_not_refused_may_have_been_billed(
    kind: FailureKind, status: int | None, perhaps: bool
) -> None:
    assert CallError(kind, "Failed.", http_status=status).perhaps_billed is perhaps


COUNTED = {"prompt_tokens": 40, "completion_tokens": 8, "total_tokens": 48}
ZEROS = dict.fromkeys(COUNTED, 0)


def _request(kind: ProviderKind) -> CompletionRequest:
    return CompletionRequest(Endpoint("lab", kind, "https://llm.example/v1"), "m", (Message("user", "Hi"),))


def _streamed(kind: ProviderKind, *payloads: Any) -> WireAnswer:
    request = _request(kind)
    reader = wire_format_of(request.endpoint).stream(request)
    for payload in payloads:
        reader.feed(ServerEvent(json.dumps(payload)))
    assert reader.complete
    return reader.answer()


def _chunk(text: str, finish: str | None = None, **choice: Any) -> dict[str, Any]:
    return {"id": "1", "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": finish, **choice}]}


@pytest.mark.parametrize(
    "chunks",
    [
        [_chunk("Rye", "stop"), {"choices": [], "usage": COUNTED}],
        [_chunk("Rye"), _chunk("", "stop", usage=COUNTED)],
        [_chunk("Rye"), _chunk("", "stop") | {"x_groq": {"id": "r", "usage": COUNTED}}],
        [_chunk("Rye") | {"usage": COUNTED}, _chunk("", "stop") | {"usage": ZEROS}],
        [_chunk("Rye") | {"usage": COUNTED | {"completion_tokens": 0}}, _chunk("", "stop") | {"usage": COUNTED}],
        [_chunk("Rye") | {"usage": COUNTED}, _chunk("", "stop") | {"usage": None}],
    ],
)
def test_tokens_of_a_stream_are_found_wherever_a_server_puts_them(chunks: list[Any]) -> None:
    assert _streamed(ProviderKind.OPENAI_CHAT, *chunks).usage == Usage(40, 8)


@pytest.mark.parametrize("name", ["cached_tokens", "num_cached_tokens", "prompt_cache_hit_tokens"])
def test_cached_tokens_have_many_names(name: str) -> None:
    payload = {"choices": [{"message": {"content": "Rye"}}], "usage": COUNTED | {name: 30}}
    assert OpenAIChat().answer(_request(ProviderKind.OPENAI_CHAT), payload).usage == Usage(40, 8, 30)


@pytest.mark.parametrize(
    ("start", "delta"),
    [
        ({"input_tokens": 40, "output_tokens": 1}, {"output_tokens": 8}),
        ({"input_tokens": 40, "output_tokens": 1}, {"input_tokens": 0, "output_tokens": 8}),
        ({"input_tokens": 0, "output_tokens": 0}, {"input_tokens": 40, "output_tokens": 8}),
    ],
)
def test_a_zero_in_a_stream_of_messages_replaces_no_count(start: dict[str, int], delta: dict[str, int]) -> None:
    answer = _streamed(
        ProviderKind.ANTHROPIC_MESSAGES,
        {"type": "message_start", "message": {"id": "m", "model": "c", "content": [], "usage": start}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": "Rye"}},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn"}, "usage": delta},
        {"type": "message_stop"},
    )
    assert answer.usage == Usage(40, 8)


def test_a_gemini_reply_in_the_form_of_a_list_is_read_to_its_end() -> None:
    def part(text: str, **rest: Any) -> dict[str, Any]:
        return {"candidates": [{"content": {"parts": [{"text": text}]}, **rest}]}

    counts = {"promptTokenCount": 40, "candidatesTokenCount": 8}
    payload = [part("Rye "), part("bread") | {"usageMetadata": counts}, part(".", finishReason="STOP")]
    answer = Gemini().answer(_request(ProviderKind.GEMINI), payload)
    assert (answer.text, answer.usage, answer.finish) == ("Rye bread.", Usage(40, 8), Finish.STOP)
