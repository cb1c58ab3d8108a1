"""Google's Gemini format: requests, replies, streams, refusals."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
import pytest

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Completion, CompletionRequest, Finish, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.pricing import cost
from chaindesk.providers.registry import resolve
from chaindesk.providers.wire_formats.gemini import Gemini
from chaindesk.providers.wire_formats.protocol import Adaptation
from chaindesk.providers.wire_formats.sse import SseDecoder
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer, answer_of
from tests.support.http_server import http_reply, scripted_server, sse_events

KIND = ProviderKind.GEMINI
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
ASK: dict[str, Any] = {"contents": [{"role": "user", "parts": [{"text": "Write about lamps."}]}]}
EVENTS = {"Content-Type": "text/event-stream"}


def _demo(**rest: Any) -> CompletionRequest:
    messages = (Message("system", "Be brief."), Message("user", "Write about lamps."))
    return CompletionRequest(resolve("demo", ProviderSettings(kind=KIND)), "writer", messages, **rest)


def _content(*parts: Any, finish: str | None = "STOP", **rest: Any) -> dict[str, Any]:
    candidate = {"content": {"role": "model", "parts": list(parts)}, "finishReason": finish}
    usage = {"promptTokenCount": 10, "candidatesTokenCount": 3, "thoughtsTokenCount": 5, "cachedContentTokenCount": 4}
    return {"candidates": [candidate], "usageMetadata": usage, "modelVersion": "gemini-x", "responseId": "r1"} | rest


async def _complete(server: Any, **rest: Any) -> Completion:
    async with server, open_providers({"lab": "a-key"}, 1) as provider:
        return await provider.complete(server.request(settings={"kind": KIND}, **rest))


async def _failure(server: Any, **rest: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        await _complete(server, **rest)
    return caught.value


def test_the_request_is_written_as_google_reads_it() -> None:
    parameters = {"max_output_tokens": 9, "top_p": 0.5, "stop": "END", "reasoning_effort": "low", "safetySettings": []}
    messages = (Message("system", "Brief."), Message("user", "Hi"), Message("assistant", "Yes?"))
    outgoing = Gemini().outgoing(
        CompletionRequest(resolve("gemini"), "gemini x/1", messages, parameters, SCHEMA), Adaptation()
    )
    assert outgoing.path == "/models/gemini%20x%2F1:generateContent"
    assert outgoing.body == {
        "contents": [{"role": "user", "parts": [{"text": "Hi"}]}, {"role": "model", "parts": [{"text": "Yes?"}]}],
        "systemInstruction": {"parts": [{"text": "Brief."}]},
        "generationConfig": {
            "maxOutputTokens": 9,
            "topP": 0.5,
            "stopSequences": ["END"],
            "thinkingConfig": {"thinkingLevel": "low"},
            "responseMimeType": "application/json",
            "responseJsonSchema": SCHEMA,
        },
        "safetySettings": [],
    }


async def test_thoughts_are_left_out_and_counted_and_the_key_goes_in_a_header() -> None:
    body = _content({"text": "hm", "thought": True}, {"text": "One "}, {"text": "two"})
    server = scripted_server(http_reply(200, body))
    completion = await _complete(server)
    assert (completion.text, completion.usage) == ("One two", Usage(10, 8, 4))
    assert (completion.model, completion.request_id) == ("gemini-x", "r1")
    assert server.received[0].headers["x-goog-api-key"] == "a-key"
    assert server.received[0].path == "/v1/models/model-1:generateContent"


async def test_a_cut_answer_says_so() -> None:
    body = _content({"text": "Half"}, finish="MAX_TOKENS")
    assert (await _complete(scripted_server(http_reply(200, body)))).finish is Finish.LENGTH


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, _content({"text": "x"}, finish="SAFETY"), FailureKind.REFUSED),
        (200, _content(finish="SPII"), FailureKind.REFUSED),
        (200, {"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, FailureKind.REFUSED),
        (200, _content(finish="MAX_TOKENS"), FailureKind.REJECTED),
        (200, _content(finish="OTHER"), FailureKind.SERVER),
        (200, {}, FailureKind.MALFORMED),
        (
            400,
            {
                "error": {
                    "code": 400,
                    "message": "API key not valid. Please pass a valid API key.",
                    "status": "INVALID_ARGUMENT",
                }
            },
            FailureKind.KEY,
        ),
        (404, {"error": {"code": 404, "message": "models/x is not found", "status": "NOT_FOUND"}}, FailureKind.MODEL),
        (503, {"error": {"code": 503, "message": "overloaded", "status": "UNAVAILABLE"}}, FailureKind.SERVER),
    ],
)
async def test_failures_have_their_kind(status: int, body: Any, kind: FailureKind) -> None:
    assert (await _failure(scripted_server(http_reply(status, body)))).kind is kind


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({"promptFeedback": {"blockReason": "PROHIBITED_CONTENT"}}, "(PROHIBITED_CONTENT)"),
        (_content({"text": "x"}, finish="RECITATION"), "(RECITATION)"),
    ],
)
async def test_what_the_filter_objected_to_is_told(body: Any, told: str) -> None:
    assert told in str(await _failure(scripted_server(http_reply(200, body))))


async def test_the_delay_is_read_out_of_the_body() -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "34.07s"}]
    error = {"error": {"code": 429, "message": "x", "status": "RESOURCE_EXHAUSTED", "details": details}}
    failure = await _failure(scripted_server(http_reply(429, error)))
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMIT, 34.07)


@pytest.mark.parametrize(
    ("message", "gone"),
    [
        ("Thinking level is not supported for this model.", "thinkingConfig"),
        ('Invalid JSON payload received. Unknown name "seed" at generation_config', "seed"),
        ("JSON mode is not enabled for this model", "responseJsonSchema"),
    ],
)
async def test_what_a_model_does_not_take_is_left_out(message: str, gone: str) -> None:
    error = {"error": {"code": 400, "message": message, "status": "INVALID_ARGUMENT"}}
    server = scripted_server(http_reply(400, error), http_reply(200, _content({"text": "{}"})))
    await _complete(server, schema=SCHEMA, parameters={"seed": 1, "reasoning_effort": "low"})
    configs = [received.json["generationConfig"] for received in server.received]
    assert [gone in config for config in configs] == [True, False]


@pytest.mark.parametrize("cut", [True, False])
async def test_a_stream_needs_its_end(cut: bool) -> None:
    parts = [_content({"text": "Grü"}, finish=None), _content({"text": "ße"}, finish=None if cut else "STOP")]
    server = scripted_server(http_reply(200, sse_events(*parts, done=False), EVENTS))
    if cut:
        failure = await _failure(server, parameters={"stream": True})
        assert (failure.kind, failure.raw_text) == (FailureKind.CONNECTION, "Grüße")
    else:
        assert (await _complete(server, parameters={"stream": True})).text == "Grüße"
    assert server.received[0].path == "/v1/models/model-1:streamGenerateContent?alt=sse"


async def test_only_models_that_generate_are_listed() -> None:
    models = [
        {"name": "models/gemini-x", "supportedGenerationMethods": ["generateContent"]},
        {"name": "models/embedding", "supportedGenerationMethods": ["embedContent"]},
    ]
    async with scripted_server(http_reply(200, {"models": models})) as server, open_providers({}, 1) as provider:
        assert list(await provider.models(server.endpoint(kind=KIND))) == ["gemini-x"]


def test_its_prices_are_known() -> None:
    assert cost(resolve("gemini"), "gemini-2.5-flash", Usage(1000, 1000)) is not None


@pytest.mark.parametrize("stream", [False, True])
async def test_the_simulated_provider_speaks_it_too(stream: bool) -> None:
    request = _demo(parameters={"stream": True} if stream else {})
    async with SimulatorServer(SimulatorOptions(latency=0, require_key="right")) as server:
        addresses = {"demo:embedded": server.base_url}
        async with open_providers({"demo": "right"}, 1, addresses=addresses) as provider:
            completion = await provider.complete(request)
            structured = await provider.complete(_demo(schema=SCHEMA))
            assert "writer" in await provider.models(request.endpoint)
    assert completion.text == answer_of(SimulatorOptions(latency=0), request)
    assert completion.usage is not None
    assert json.loads(structured.text)["a"].startswith("[simulated]")


async def test_its_payloads_pass_the_sdks_types() -> None:
    from google.genai import types

    async with SimulatorServer(SimulatorOptions(latency=0)) as server, aiohttp.ClientSession() as session:
        url = f"{server.base_url}/models/writer"
        whole = await (await session.post(f"{url}:generateContent", json=ASK)).json()
        raw = await (await session.post(f"{url}:streamGenerateContent?alt=sse", json=ASK)).read()
    text = types.GenerateContentResponse.model_validate(whole).text
    parts = [types.GenerateContentResponse.model_validate_json(event.data) for event in SseDecoder().feed(raw)]
    assert "".join(part.text for part in parts) == text
    assert parts[-1].usage_metadata.total_token_count > 0
