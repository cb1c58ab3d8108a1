"""Anthropic's Messages format: requests, replies, streams, refusals."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import pytest

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Finish, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import RateHint
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.providers.wire_formats.anthropic_messages import AnthropicMessages
from chaindesk.providers.wire_formats.protocol import Adaptation
from chaindesk.providers.wire_formats.sse import SseDecoder
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer, answer_of
from tests.support.http_server import http_reply, scripted_server, sse_events

KIND = ProviderKind.ANTHROPIC_MESSAGES
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
ASK: dict[str, Any] = {
    "model": "writer",
    "max_tokens": 500,
    "system": "Be brief.",
    "messages": [{"role": "user", "content": "Write about lamps."}],
}


def _demo(prompt: str = "Write about lamps.", **rest: Any) -> CompletionRequest:
    endpoint = resolve("demo", ProviderSettings(kind=KIND))
    return CompletionRequest(endpoint, "writer", (Message("system", "Be brief."), Message("user", prompt)), **rest)


def _message(*content: Any, stop: str = "end_turn", **usage: Any) -> dict[str, Any]:
    usage = usage or {"input_tokens": 5, "output_tokens": 2}
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude",
        "content": list(content),
        "stop_reason": stop,
        "usage": usage,
    }


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}


async def _complete(server: Any, **rest: Any) -> Any:
    async with server, open_providers({"lab": "a-key"}, 1) as provider:
        return await provider.complete(server.request(settings={"kind": KIND}, **rest))


async def _failure(server: Any, **rest: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        await _complete(server, **rest)
    return caught.value


def test_the_request_is_written_as_anthropic_reads_it() -> None:
    parameters = {"max_output_tokens": 9, "temperature": 0.5, "stop": ["END"], "seed": 1, "reasoning_effort": "low"}
    request = CompletionRequest(
        resolve("anthropic"), "claude", (Message("system", "Brief."), Message("user", "Hi")), parameters, SCHEMA
    )
    assert AnthropicMessages().outgoing(request, Adaptation()).body == {
        "model": "claude",
        "max_tokens": 9,
        "system": "Brief.",
        "messages": [{"role": "user", "content": "Hi"}],
        "temperature": 0.5,
        "stop_sequences": ["END"],
        "output_config": {"effort": "low", "format": {"type": "json_schema", "schema": SCHEMA}},
    }


def test_a_limit_is_always_named_and_a_long_system_text_that_rows_share_is_cached() -> None:
    said = (Message("system", "x" * 3000), Message("user", "Hi"))
    request = CompletionRequest(resolve("anthropic"), "claude", said, shared_system=True)
    body = AnthropicMessages().outgoing(request, Adaptation()).body
    assert body["max_tokens"] == AnthropicMessages().output_limit(request).tokens == 4096
    assert body["system"][0]["cache_control"] == {"type": "ephemeral"}
    brief = replace(request, messages=(Message("system", "x" * 2999), Message("user", "Hi")))
    for other in (brief, replace(request, shared_system=False)):
        assert isinstance(AnthropicMessages().outgoing(other, Adaptation()).body["system"], str)


async def test_the_key_goes_out_in_its_own_header_with_the_version() -> None:
    server = scripted_server(http_reply(200, _message(_text("Hello."))))
    assert (await _complete(server)).text == "Hello."
    received = server.received[0]
    assert (received.path, received.headers["x-api-key"]) == ("/v1/messages", "a-key")
    assert received.headers["anthropic-version"] == "2023-06-01"
    assert "authorization" not in received.headers


async def test_thinking_is_left_out_and_cached_tokens_are_counted_in() -> None:
    usage: dict[str, Any] = {
        "input_tokens": 5,
        "cache_creation_input_tokens": 10,
        "cache_read_input_tokens": 85,
        "output_tokens": 7,
    }
    body = _message({"type": "thinking", "thinking": "hm", "signature": "s"}, _text("One "), _text("two"), **usage)
    completion = await _complete(scripted_server(http_reply(200, body, {"request-id": "req_7"})))
    assert completion.text == "One two"
    assert completion.usage == Usage(100, 7, 85, 10)
    assert completion.request_id == "req_7"


@pytest.mark.parametrize("stop", ["max_tokens", "model_context_window_exceeded"])
async def test_a_cut_answer_says_so(stop: str) -> None:
    assert (
        await _complete(scripted_server(http_reply(200, _message(_text("Half"), stop=stop))))
    ).finish is Finish.LENGTH


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, _message(_text("I can't"), stop="refusal"), FailureKind.REFUSED),
        (200, _message(stop="end_turn"), FailureKind.EMPTY),
        (200, _message(stop="max_tokens"), FailureKind.REJECTED),
        (200, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, FailureKind.SERVER),
        (200, {"type": "message"}, FailureKind.MALFORMED),
        (
            401,
            {"type": "error", "error": {"type": "authentication_error", "message": "invalid x-api-key"}},
            FailureKind.KEY,
        ),
        (404, {"type": "error", "error": {"type": "not_found_error", "message": "model: x"}}, FailureKind.MODEL),
        (429, {"type": "error", "error": {"type": "rate_limit_error", "message": "slow"}}, FailureKind.RATE_LIMIT),
        (429, {"type": "error", "error": {"type": "x", "code": "org_spend_limit_reached"}}, FailureKind.QUOTA),
        (
            400,
            {"type": "error", "error": {"type": "invalid_request_error", "message": "Your credit balance is too low"}},
            FailureKind.QUOTA,
        ),
        (
            400,
            {
                "type": "error",
                "error": {
                    "type": "invalid_request_error",
                    "message": "You have reached your specified API usage limits.",
                },
            },
            FailureKind.QUOTA,
        ),
        (
            400,
            {
                "type": "error",
                "error": {"type": "invalid_request_error", "message": "prompt is too long: 210000 tokens > 200000"},
            },
            FailureKind.TOO_LONG,
        ),
        (529, {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}, FailureKind.SERVER),
    ],
)
async def test_failures_have_their_kind(status: int, body: Any, kind: FailureKind) -> None:
    failure = await _failure(scripted_server(http_reply(status, body, {"request-id": "req_7"})))
    assert failure.kind is kind
    assert status == 200 or failure.request_id == "req_7"


async def test_temperature_is_dropped_where_the_model_does_not_take_it() -> None:
    refusal = {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": "`temperature` is not supported for this model."},
    }
    server = scripted_server(http_reply(400, refusal), http_reply(200, _message(_text("Hello."))))
    await _complete(server, parameters={"temperature": 0.5, "top_p": 0.5})
    assert "temperature" not in server.received[1].json
    assert server.received[1].json["top_p"] == 0.5


async def test_a_model_without_schemas_is_asked_in_words() -> None:
    refusal = {
        "type": "error",
        "error": {"type": "invalid_request_error", "message": "output_config.format: not supported by this model"},
    }
    server = scripted_server(http_reply(400, refusal), http_reply(200, _message(_text('{"a":"b"}'))))
    await _complete(server, schema=SCHEMA, parameters={"reasoning_effort": "low"})
    again = server.received[1].json
    assert again["output_config"] == {"effort": "low"}
    assert "JSON Schema" in again["messages"][-1]["content"]


async def test_limits_are_learnt_from_anthropics_headers() -> None:
    told: list[RateHint] = []
    headers = {
        "anthropic-ratelimit-requests-limit": "50",
        "anthropic-ratelimit-requests-remaining": "49",
        "anthropic-ratelimit-requests-reset": (datetime.now(UTC) + timedelta(seconds=30)).isoformat(),
        "anthropic-ratelimit-input-tokens-limit": "1000",
        "anthropic-ratelimit-input-tokens-remaining": "900",
        "anthropic-ratelimit-output-tokens-limit": "1000",
        "anthropic-ratelimit-output-tokens-remaining": "100",
    }
    server = scripted_server(http_reply(200, _message(_text("Hello.")), headers))
    async with server, open_providers({}, 1, lambda request, hint: told.append(hint)) as provider:
        await provider.complete(server.request(settings={"kind": KIND}))
    assert (told[0].requests_limit, told[0].requests_remaining) == (50, 49)
    assert told[0].requests_reset == pytest.approx(30, abs=2)
    assert (told[0].tokens_limit, told[0].tokens_remaining) == (None, None)
    assert (told[0].input_tokens_limit, told[0].input_tokens_remaining) == (1000, 900)
    assert (told[0].output_tokens_limit, told[0].output_tokens_remaining) == (1000, 100)


@pytest.mark.parametrize("cut", [True, False])
async def test_a_stream_needs_its_end(cut: bool) -> None:
    events = [
        {"type": "message_start", "message": _message(input_tokens=9, output_tokens=1)},
        {"type": "ping"},
        {"type": "content_block_delta", "delta": {"type": "thinking_delta", "thinking": "hm"}},
        {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Grüße"}},
        {"type": "message_delta", "delta": {"stop_reason": "max_tokens"}, "usage": {"output_tokens": 4}},
    ] + ([] if cut else [{"type": "message_stop"}])
    server = scripted_server(http_reply(200, sse_events(*events, done=False), {"Content-Type": "text/event-stream"}))
    if cut:
        failure = await _failure(server, parameters={"stream": True})
        assert (failure.kind, failure.raw_text) == (FailureKind.CONNECTION, "Grüße")
    else:
        completion = await _complete(server, parameters={"stream": True})
        assert (completion.text, completion.usage, completion.finish) == ("Grüße", Usage(9, 4), Finish.LENGTH)


async def test_an_error_in_mid_stream_is_a_failure() -> None:
    error = {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}
    delta = {"type": "content_block_delta", "delta": {"type": "text_delta", "text": "Half"}}
    body = sse_events(delta, error, done=False)
    failure = await _failure(
        scripted_server(http_reply(200, body, {"Content-Type": "text/event-stream"})), parameters={"stream": True}
    )
    assert (failure.kind, failure.raw_text) == (FailureKind.SERVER, "Half")


@pytest.mark.parametrize("stream", [False, True])
async def test_the_simulated_provider_speaks_it_too(stream: bool) -> None:
    request = _demo(parameters={"stream": True} if stream else {})
    async with SimulatorServer(SimulatorOptions(latency=0, rpm=60)) as server:
        addresses = {"demo:embedded": server.base_url}
        hints: list[RateHint] = []
        async with open_providers({}, 1, lambda _, hint: hints.append(hint), addresses=addresses) as provider:
            completion = await provider.complete(request)
            structured = await provider.complete(_demo(schema=SCHEMA))
            assert "writer" in await provider.models(request.endpoint)
    assert completion.text == answer_of(SimulatorOptions(latency=0), request)
    assert completion.usage is not None
    assert json.loads(structured.text)["a"].startswith("[simulated]")
    assert hints[0].requests_limit == 60


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 529])
async def test_its_errors_have_anthropics_form(status: int) -> None:
    options = SimulatorOptions(latency=0, fail_containing="lamps", fail_status=status)
    async with SimulatorServer(options) as server, aiohttp.ClientSession() as session:
        response = await session.post(f"{server.base_url}/messages", json=ASK)
        body = await response.json()
    assert (response.status, body["type"]) == (status, "error")
    assert set(body["error"]) == {"type", "message"}


async def test_its_payloads_pass_the_sdks_types() -> None:
    import anthropic
    from pydantic import TypeAdapter

    async with SimulatorServer(SimulatorOptions(latency=0)) as server, aiohttp.ClientSession() as session:
        url = f"{server.base_url}/messages"
        whole = await (await session.post(url, json=ASK)).json()
        raw = await (await session.post(url, json=ASK | {"stream": True})).read()
        models = await (await session.get(f"{server.base_url}/models")).json()
        anthropic.types.Message.model_validate(whole)
        adapter = TypeAdapter(anthropic.types.RawMessageStreamEvent)
        for event in SseDecoder().feed(raw):
            if event.name != "ping":
                adapter.validate_python(json.loads(event.data))
        for model in models["data"]:
            anthropic.types.ModelInfo.model_validate(model)
        base = server.root_url
        async with anthropic.AsyncAnthropic(base_url=base, api_key="k", max_retries=0) as client:
            answer = await client.messages.create(**ASK)
            assert answer.content[0].text == whole["content"][0]["text"]
            async with client.messages.stream(**ASK) as stream:
                assert await stream.get_final_text() == whole["content"][0]["text"]
