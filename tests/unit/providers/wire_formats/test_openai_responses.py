"""OpenAI's Responses format: requests, replies, streams, refusals."""

from __future__ import annotations

import json
from contextlib import AbstractAsyncContextManager
from typing import Any

import aiohttp
import openai
import pytest
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Completion, CompletionRequest, Finish, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import Provider
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import quirks_of, resolve
from chaindesk.providers.wire_formats.openai_responses import OpenAIResponses
from chaindesk.providers.wire_formats.protocol import Adaptation
from chaindesk.providers.wire_formats.sse import SseDecoder
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer, answer_of
from tests.support.http_server import chat_completion, http_reply, scripted_server, sse_events

KIND = ProviderKind.OPENAI_RESPONSES
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
ASK: dict[str, Any] = {"model": "writer", "instructions": "Be brief.", "input": "Write about lamps."}
EVENTS = {"Content-Type": "text/event-stream"}


def _demo(**rest: Any) -> CompletionRequest:
    messages = (Message("system", "Be brief."), Message("user", "Write about lamps."))
    return CompletionRequest(resolve("demo", ProviderSettings(kind=KIND)), "writer", messages, **rest)


def _opened(server: SimulatorServer) -> AbstractAsyncContextManager[Provider]:
    return open_providers({}, 1, addresses={"demo:embedded": server.base_url})


def _response(*content: Any, status: str = "completed", **rest: Any) -> dict[str, Any]:
    output = [{"type": "reasoning", "summary": []}, {"type": "message", "role": "assistant", "content": list(content)}]
    usage = {"input_tokens": 10, "input_tokens_details": {"cached_tokens": 4}, "output_tokens": 3, "total_tokens": 13}
    return {"id": "resp_1", "status": status, "error": None, "model": "m", "output": output, "usage": usage} | rest


def _text(text: str) -> dict[str, Any]:
    return {"type": "output_text", "text": text, "annotations": []}


async def _complete(server: Any, **rest: Any) -> Completion:
    async with server, open_providers({"lab": "a-key"}, 1) as provider:
        return await provider.complete(server.request(settings={"kind": KIND}, **rest))


async def _failure(server: Any, **rest: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        await _complete(server, **rest)
    return caught.value


def test_the_request_is_written_as_the_format_wants_it() -> None:
    parameters = {"max_output_tokens": 9, "temperature": 0.5, "seed": 1, "stop": ["x"], "reasoning_effort": "low"}
    messages = (Message("system", "Brief."), Message("user", "Hi"))
    endpoint = resolve("openai", ProviderSettings(kind=KIND))
    assert endpoint.key_variable == "OPENAI_API_KEY"
    request = CompletionRequest(endpoint, "m", messages, parameters, SCHEMA)
    assert OpenAIResponses().outgoing(request, Adaptation()).body == {
        "model": "m",
        "input": [{"role": "user", "content": "Hi"}],
        "instructions": "Brief.",
        "store": False,
        "max_output_tokens": 9,
        "temperature": 0.5,
        "reasoning": {"effort": "low"},
        "text": {"format": {"type": "json_schema", "name": "answer", "strict": True, "schema": SCHEMA}},
    }


async def test_text_is_read_and_reasoning_left_out() -> None:
    completion = await _complete(scripted_server(http_reply(200, _response(_text("One "), _text("two")))))
    assert (completion.text, completion.usage) == ("One two", Usage(10, 3, 4))


@pytest.mark.parametrize("details", [{"reason": "max_output_tokens"}, {"reason": "of its own"}, None])
async def test_a_cut_answer_says_so(details: Any) -> None:
    body = _response(_text("Half"), status="incomplete", incomplete_details=details)
    assert (await _complete(scripted_server(http_reply(200, body)))).finish is Finish.LENGTH


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (_response({"type": "refusal", "refusal": "I can't"}), FailureKind.REFUSED),
        (_response(_text("x"), incomplete_details={"reason": "content_filter"}), FailureKind.REFUSED),
        (_response(incomplete_details={"reason": "max_output_tokens"}), FailureKind.REJECTED),
        (_response(status="failed", error={"code": "server_error", "message": "x"}), FailureKind.SERVER),
        (_response(status="failed", error={"code": "rate_limit_exceeded", "message": "x"}), FailureKind.RATE_LIMIT),
        (_response(), FailureKind.EMPTY),
        ({"id": "x"}, FailureKind.MALFORMED),
    ],
)
async def test_failures_inside_good_replies_have_their_kind(body: Any, kind: FailureKind) -> None:
    assert (await _failure(scripted_server(http_reply(200, body)))).kind is kind


async def test_a_model_without_schemas_is_asked_in_words() -> None:
    error = {"error": {"message": "Unsupported parameter: 'text.format'", "param": "text.format", "code": "x"}}
    server = scripted_server(http_reply(400, error), http_reply(200, _response(_text('{"a":"b"}'))))
    await _complete(server, schema=SCHEMA)
    assert "text" not in server.received[1].json
    assert "JSON Schema" in server.received[1].json["input"][-1]["content"]


@pytest.mark.parametrize(
    ("last", "kind"),
    [
        (None, FailureKind.CONNECTION),
        ({"type": "error", "code": "server_error", "message": "x"}, FailureKind.SERVER),
        ({"type": "response.failed", "response": _response(error={"code": "server_error"})}, FailureKind.SERVER),
    ],
)
async def test_a_stream_needs_its_end(last: Any, kind: FailureKind) -> None:
    delta = {"type": "response.output_text.delta", "delta": "Half"}
    body = sse_events(delta, *([last] if last else []), done=False)
    failure = await _failure(scripted_server(http_reply(200, body, EVENTS)), parameters={"stream": True})
    assert (failure.kind, failure.raw_text) == (kind, "Half")


@pytest.mark.parametrize("parameters", [{}, {"stream": True}, {"stream": True, "max_output_tokens": 12}])
async def test_the_simulated_provider_speaks_it_too(parameters: dict[str, Any]) -> None:
    request = _demo(parameters=parameters)
    async with SimulatorServer(SimulatorOptions(latency=0)) as server, _opened(server) as provider:
        completion = await provider.complete(request)
        structured = await provider.complete(_demo(schema=SCHEMA))
    expected = answer_of(SimulatorOptions(latency=0), request)
    if "max_output_tokens" in parameters:
        assert completion.finish is Finish.LENGTH
        assert expected.startswith(completion.text)
    else:
        assert completion.text == expected
    assert json.loads(structured.text)["a"].startswith("[simulated]")


async def test_its_payloads_pass_the_sdks_types_and_client() -> None:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server, aiohttp.ClientSession() as session:
        url = f"{server.base_url}/responses"
        whole = await (await session.post(url, json=ASK)).json()
        raw = await (await session.post(url, json=ASK | {"stream": True})).read()
        async with openai.AsyncOpenAI(base_url=server.base_url, api_key="k", max_retries=0) as client:
            answer = await client.responses.create(**ASK)
            stream = await client.responses.create(**ASK, stream=True)
            pieces = [event.delta async for event in stream if event.type == "response.output_text.delta"]
        assert (await session.post(url, data=b"nonsense")).status == 400
    Response.model_validate(whole)
    adapter: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)
    for event in SseDecoder().feed(raw):
        adapter.validate_python(json.loads(event.data))
    assert answer.output_text == "".join(pieces) == whole["output"][0]["content"][0]["text"]


async def test_azure_takes_its_key_in_a_header_of_its_own() -> None:
    server = scripted_server(http_reply(200, chat_completion("Hello.")))
    async with server, open_providers({"lab": "a-key"}, 1) as provider:
        request = server.request(settings={"kind": "azure-openai"}, parameters={"max_output_tokens": 5})
        assert (await provider.complete(request)).text == "Hello."
    assert server.received[0].headers["api-key"] == "a-key"
    assert "authorization" not in server.received[0].headers
    assert server.received[0].json["max_completion_tokens"] == 5
    assert quirks_of(request.endpoint).output_limit == "max_completion_tokens"
