"""What goes out on the wire, and how a server's dialect is learnt."""

from __future__ import annotations

from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest, Endpoint, Message, ProviderKind
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.estimate import OutputLimit
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.providers.wire_formats.by_kind import output_limit
from chaindesk.providers.wire_formats.openai_chat import OpenAIChat
from chaindesk.providers.wire_formats.protocol import Adaptation
from tests.support.http_server import chat_completion, http_reply, scripted_server

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
ALL = {
    "max_output_tokens": 100,
    "temperature": 0.5,
    "top_p": 0.9,
    "seed": 7,
    "stop": ["END"],
    "reasoning_effort": "low",
    "frequency_penalty": 0.1,
}


def _body(provider: str, adaptation: Adaptation | None = None, **rest: Any) -> dict[str, Any]:
    request = CompletionRequest(resolve(provider), "m", (Message("system", "Be brief."), Message("user", "Hi")), **rest)
    return OpenAIChat().outgoing(request, adaptation or Adaptation()).body


def test_neutral_names_become_those_of_the_server() -> None:
    assert _body("openai", parameters=ALL) == {
        "model": "m",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "max_completion_tokens": 100,
        "temperature": 0.5,
        "top_p": 0.9,
        "seed": 7,
        "stop": ["END"],
        "reasoning_effort": "low",
        "frequency_penalty": 0.1,
    }
    assert _body("ollama", parameters=ALL)["max_tokens"] == 100
    assert _body("mistral", parameters=ALL)["random_seed"] == 7


def test_a_schema_is_asked_for_as_strongly_as_the_server_can() -> None:
    asked = _body("openai", schema=SCHEMA)["response_format"]
    assert asked == {"type": "json_schema", "json_schema": {"name": "answer", "strict": True, "schema": SCHEMA}}
    weaker = _body("deepseek", schema=SCHEMA)
    assert weaker["response_format"] == {"type": "json_object"}
    assert '"additionalProperties": false' in weaker["messages"][-1]["content"]
    in_words = _body("openai", Adaptation(structured="prompt"), schema=SCHEMA)
    assert "response_format" not in in_words
    assert "JSON Schema" in in_words["messages"][-1]["content"]


def test_what_chaindesk_fills_in_itself_cannot_be_a_parameter() -> None:
    with pytest.raises(CallError, match='may not hold "messages"'):
        _body("openai", parameters={"messages": []})


async def test_the_key_goes_out_as_a_bearer_token_to_its_own_endpoint_only() -> None:
    keys = {"lab": "lab-key", "other": "other-key"}
    async with scripted_server(http_reply(200, chat_completion())) as server, open_providers(keys, 2) as provider:
        await provider.complete(server.request(name="lab"))
        await provider.complete(server.request(name="keyless"))
    first, second = server.received
    assert first.headers["authorization"] == "Bearer lab-key"
    assert "authorization" not in second.headers
    assert first.path == "/v1/chat/completions"
    assert first.headers["content-type"] == "application/json"
    assert first.headers["user-agent"].startswith("ChainDesk/")
    assert "cookie" not in second.headers


async def test_text_of_all_languages_and_broken_surrogates_goes_out_as_utf8() -> None:
    async with scripted_server(http_reply(200, chat_completion())) as server, open_providers({}, 1) as provider:
        await provider.complete(server.request("Grüße 世界 🌍 \ud83d"))
    assert server.received[0].json["messages"][0]["content"] == "Grüße 世界 🌍 ?"


def _refusal(param: str | None, message: str, code: str = "unsupported_parameter") -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", "param": param, "code": code}}


async def test_a_parameter_that_is_not_taken_is_dropped_once_and_remembered() -> None:
    refusal = _refusal("temperature", "Unsupported value: 'temperature' does not support 0.5.", "unsupported_value")
    server = scripted_server(http_reply(400, refusal), http_reply(200, chat_completion()))
    async with server, open_providers({}, 2) as provider:
        request = server.request(parameters={"temperature": 0.5, "seed": 1})
        await provider.complete(request)
        await provider.complete(request)
    assert ["temperature" in received.json for received in server.received] == [True, False, False]
    assert all(received.json["seed"] == 1 for received in server.received)


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (_refusal("max_tokens", "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead."), 400),
        (_refusal(None, "Unsupported parameter: max_tokens", ""), 400),
        (
            {"detail": [{"type": "extra_forbidden", "loc": ["body", "max_tokens"], "msg": "Extra inputs are not ok"}]},
            422,
        ),
    ],
)
async def test_the_output_limit_goes_by_its_other_name_where_asked(refusal: Any, status: int) -> None:
    server = scripted_server(http_reply(status, refusal), http_reply(200, chat_completion()))
    async with server, open_providers({}, 2) as provider:
        await provider.complete(server.request(parameters={"max_output_tokens": 50}))
    assert server.received[1].json["max_completion_tokens"] == 50
    assert "max_tokens" not in server.received[1].json


async def test_an_output_limit_under_neither_name_is_dropped() -> None:
    server = scripted_server(
        http_reply(400, _refusal("max_tokens", "Unsupported parameter")),
        http_reply(400, _refusal("max_completion_tokens", "Unsupported parameter")),
        http_reply(200, chat_completion()),
    )
    async with server, open_providers({}, 2) as provider:
        await provider.complete(server.request(parameters={"max_output_tokens": 50}))
    assert set(server.received[2].json) == {"model", "messages"}


async def test_json_is_asked_for_more_weakly_step_by_step() -> None:
    refusal = _refusal("response_format", "This model does not support response_format of this type", "")
    server = scripted_server(
        http_reply(400, refusal), http_reply(400, refusal), http_reply(200, chat_completion('{"a":"b"}'))
    )
    async with server, open_providers({}, 2) as provider:
        await provider.complete(server.request(schema=SCHEMA))
    kinds = [received.json.get("response_format", {}).get("type") for received in server.received]
    assert kinds == ["json_schema", "json_object", None]


async def test_a_server_that_fails_over_an_unknown_kind_of_format_is_asked_more_weakly() -> None:
    said = "[{'type': 'literal_error', 'loc': ('body', 'response_format', 'type'), 'msg': \"Input should be 'text'\"}]"
    refusal = {"error": {"message": said, "type": "internal_server_error", "param": None, "code": None}}
    server = scripted_server(http_reply(500, refusal), http_reply(200, chat_completion('{"a":"b"}')))
    async with server, open_providers({}, 2) as provider:
        await provider.complete(server.request(schema=SCHEMA, parameters={"temperature": 1}))
    assert server.received[1].json["response_format"] == {"type": "json_object"}


async def test_two_models_of_one_server_are_learnt_apart() -> None:
    refusal = _refusal("seed", "Unknown parameter: seed")
    server = scripted_server(http_reply(400, refusal), http_reply(200, chat_completion()))
    async with server, open_providers({}, 2) as provider:
        first = server.request(parameters={"seed": 1})
        await provider.complete(first)
        await provider.complete(CompletionRequest(first.endpoint, "model-2", first.messages, {"seed": 1}))
    assert "seed" in server.received[2].json


@pytest.mark.parametrize(
    "refusal",
    [
        _refusal("messages", "Unsupported content in messages", "unsupported_value"),
        _refusal("temperature", "temperature must be at most 2", "invalid_value"),
        _refusal("response_format", "Unsupported response_format"),
        _refusal("tools", "Unsupported parameter: tools"),
    ],
)
async def test_a_refusal_of_another_sort_is_not_tried_again(refusal: Any) -> None:
    parameters = {"temperature": 3, "response_format": {"type": "text"}}
    async with scripted_server(http_reply(400, refusal)) as server, open_providers({}, 2) as provider:
        with pytest.raises(CallError) as caught:
            await provider.complete(server.request(parameters=parameters))
    assert caught.value.kind is FailureKind.REJECTED
    assert len(server.received) == 1


async def test_a_server_that_refuses_without_end_is_given_up() -> None:
    names = [f"extra_{number}" for number in range(20)]
    refusals = [http_reply(400, _refusal(name, "Unsupported parameter")) for name in names]
    async with scripted_server(*refusals) as server, open_providers({}, 2) as provider:
        with pytest.raises(CallError):
            await provider.complete(server.request(parameters=dict.fromkeys(names, 1)))
    assert len(server.received) < 10


async def test_parameters_that_are_no_json_are_refused_before_any_call() -> None:
    async with scripted_server(http_reply(200, chat_completion())) as server, open_providers({}, 2) as provider:
        with pytest.raises(CallError, match="cannot be sent as JSON"):
            await provider.complete(server.request(parameters={"when": object()}))
    assert server.received == []


@pytest.mark.parametrize(
    ("name", "refusal"),
    [
        ("reasoning_effort", {"code": "invalid", "error": "Model x does not support parameter reasoningEffort."}),
        ("response_format", {"error": {"message": "This response_format type is unavailable now", "param": None}}),
        (
            "seed",
            {
                "object": "error",
                "message": {"detail": [{"type": "extra_forbidden", "loc": ["body", "seed"], "msg": "x"}]},
            },
        ),
    ],
)
async def test_vendors_own_words_for_what_they_do_not_take_are_understood(name: str, refusal: Any) -> None:
    parameters = {"reasoning_effort": "low", "seed": 1, "response_format": {"type": "json_object"}}
    server = scripted_server(http_reply(400, refusal), http_reply(200, chat_completion()))
    async with server, open_providers({}, 2) as provider:
        if name == "response_format":
            schema = {"type": "object", "properties": {}, "required": [], "additionalProperties": False}
            await provider.complete(server.request(parameters={"seed": 1}, schema=schema))
            assert server.received[1].json["response_format"] == {"type": "json_object"}
        else:
            await provider.complete(server.request(parameters=parameters))
            assert server.received[1].json.keys() == server.received[0].json.keys() - {name}


@pytest.mark.parametrize(
    ("kind", "parameters", "limit"),
    [
        (ProviderKind.OPENAI_CHAT, {"max_output_tokens": 9}, OutputLimit(9)),
        (ProviderKind.OPENAI_CHAT, {"max_tokens": 9, "n": 3, "best_of": 2}, OutputLimit(9, 3)),
        (ProviderKind.AZURE_OPENAI, {"max_completion_tokens": 9}, OutputLimit(9)),
        (ProviderKind.OPENAI_RESPONSES, {"max_output_tokens": 9, "n": 3}, OutputLimit(9)),
        (ProviderKind.ANTHROPIC_MESSAGES, {"max_output_tokens": 9}, OutputLimit(9)),
        (ProviderKind.ANTHROPIC_MESSAGES, {}, OutputLimit(4096)),
        (ProviderKind.GEMINI, {"maxOutputTokens": 9, "candidateCount": 2}, OutputLimit(9, 2)),
        (ProviderKind.OPENAI_CHAT, {"max_tokens": "9"}, OutputLimit()),
    ],
)
def test_the_limit_of_a_call_is_the_one_that_is_sent(
    kind: ProviderKind, parameters: dict[str, Any], limit: OutputLimit
) -> None:
    endpoint = Endpoint("p", kind, "https://p.example/v1")
    assert output_limit(CompletionRequest(endpoint, "m", (Message("user", "Hi"),), parameters)) == limit
