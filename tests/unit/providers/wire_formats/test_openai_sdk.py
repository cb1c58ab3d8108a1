"""The vendor's own SDK and its types judge what the simulated provider says."""

from __future__ import annotations

import json
from typing import Any, cast

import aiohttp
import openai
import pytest
from openai.types import Model
from openai.types.chat import ChatCompletion, ChatCompletionChunk

from chaindesk.providers.wire_formats.rate_headers import read_rate_hint, retry_after
from chaindesk.providers.wire_formats.sse import SseDecoder
from chaindesk.simulator.key_limits import KeyLimits, Refusal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer

ASK: dict[str, Any] = {"model": "writer", "messages": [{"role": "user", "content": "Write about lamps."}]}


def _client(server: SimulatorServer, key: str = "demo-key") -> openai.AsyncOpenAI:
    return openai.AsyncOpenAI(base_url=server.base_url, api_key=key, max_retries=0)


async def test_payloads_pass_the_sdks_types() -> None:
    stream = ASK | {"stream": True, "stream_options": {"include_usage": True}}
    async with SimulatorServer(SimulatorOptions(latency=0)) as server, aiohttp.ClientSession() as session:
        url = f"{server.base_url}/chat/completions"
        completion = await (await session.post(url, json=ASK)).json()
        raw = await (await session.post(url, json=stream)).read()
        models = await (await session.get(f"{server.base_url}/models")).json()
    ChatCompletion.model_validate(completion, strict=True)
    for model in models["data"]:
        Model.model_validate(model, strict=True)
    *chunks, last = [event.data for event in SseDecoder().feed(raw)]
    assert last == "[DONE]"
    read = [ChatCompletionChunk.model_validate(json.loads(chunk), strict=True) for chunk in chunks]
    assert read[0].choices[0].delta.role == "assistant"
    assert read[-2].choices[0].finish_reason == "stop"
    assert read[-1].choices == []
    assert read[-1].usage is not None
    text = "".join(chunk.choices[0].delta.content or "" for chunk in read[:-1])
    assert text == completion["choices"][0]["message"]["content"]
    assert read[-1].usage.total_tokens == completion["usage"]["total_tokens"]


async def test_the_sdks_client_gets_answers_plain_streamed_and_structured() -> None:
    schema: Any = {"name": "a", "strict": True, "schema": {"type": "object", "properties": {"n": {"type": "integer"}}}}
    async with SimulatorServer(SimulatorOptions(latency=0)) as server, _client(server) as client:
        plain = await client.chat.completions.create(**ASK)
        text = plain.choices[0].message.content
        pieces = [
            chunk.choices[0].delta.content or ""
            async for chunk in await client.chat.completions.create(**ASK, stream=True)
            if chunk.choices
        ]
        structured = await client.chat.completions.create(
            **ASK, response_format=cast("Any", {"type": "json_schema", "json_schema": schema})
        )
        names = [model.id async for model in client.models.list()]
    assert text is not None
    assert text.startswith("[simulated]")
    assert "".join(pieces) == text
    assert isinstance(json.loads(structured.choices[0].message.content or "")["n"], int)
    assert "writer" in names


@pytest.mark.parametrize(
    ("status", "error", "code"),
    [
        (400, openai.BadRequestError, "invalid_value"),
        (401, openai.AuthenticationError, "invalid_api_key"),
        (404, openai.NotFoundError, "model_not_found"),
        (429, openai.RateLimitError, "rate_limit_exceeded"),
        (500, openai.InternalServerError, None),
        (503, openai.InternalServerError, None),
    ],
)
async def test_the_sdk_knows_each_error_for_what_it_is(status: int, error: type[openai.APIError], code: Any) -> None:
    options = SimulatorOptions(latency=0, fail_containing="lamps", fail_status=status)
    async with SimulatorServer(options) as server, _client(server) as client:
        with pytest.raises(error) as caught:
            await client.chat.completions.create(**ASK)
    assert caught.value.code == code
    assert isinstance(caught.value, openai.APIStatusError)
    assert caught.value.request_id


async def test_the_sdk_waits_as_long_as_a_limit_asks_and_then_succeeds(monkeypatch: pytest.MonkeyPatch) -> None:
    acquire, refused, begun = KeyLimits.acquire, list[Refusal](), list[float]()

    def stand_still_until_refused(limits: KeyLimits, tokens: int, now: float) -> Refusal | None:
        begun.append(now)
        refusal = acquire(limits, tokens, now if refused else begun[0])
        refused.extend([refusal] if refusal else [])
        return refusal

    monkeypatch.setattr(KeyLimits, "acquire", stand_still_until_refused)
    async with SimulatorServer(SimulatorOptions(latency=0, rpm=60, burst=1)) as server, _client(server) as client:
        for _ in range(2):
            await client.with_options(max_retries=2).chat.completions.create(**ASK)
    assert server.counters.by_status == {200: 2, 429: 1}
    assert begun[2] - begun[1] >= refused[0].wait


async def test_a_wrong_key_is_echoed_with_its_middle_starred() -> None:
    options = SimulatorOptions(latency=0, require_key="right")
    async with SimulatorServer(options) as server, _client(server, "sk-wrong-0123456789-last") as client:
        with pytest.raises(openai.AuthenticationError, match=r"Incorrect API key provided: sk-wron\*+last"):
            await client.models.list()


async def test_azures_own_words_pass_the_types_and_its_integers_tell_limits() -> None:
    azure = {"api-key": "demo-key"}
    stream = ASK | {"stream": True}
    async with (
        SimulatorServer(SimulatorOptions(latency=0, rpm=1, burst=120)) as server,
        aiohttp.ClientSession() as session,
    ):
        url = f"{server.base_url}/chat/completions"
        good = await session.post(url, json=ASK, headers=azure)
        whole = await good.json()
        raw = await (await session.post(url, json=stream, headers=azure)).read()
        refused = await session.post(url, json=ASK, headers=azure)
    ChatCompletion.model_validate(whole, strict=True)
    assert whole["prompt_filter_results"][0]["content_filter_results"]["hate"]["severity"] == "safe"
    first, *chunks, _ = [event.data for event in SseDecoder().feed(raw)]
    for chunk in (first, *chunks):
        ChatCompletionChunk.model_validate(json.loads(chunk), strict=True)
    assert json.loads(first)["choices"] == []
    assert good.headers["x-ratelimit-reset-requests"].isdecimal()
    hint = read_rate_hint(good.headers)
    assert hint is not None
    assert hint.requests_limit == 1
    assert refused.status == 429
    assert retry_after(refused.headers) == int(refused.headers["retry-after-ms"]) / 1000
