"""Errors whose words belong to one row's text, and errors that a good HTTP status hides."""

from __future__ import annotations

import json
from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest, Endpoint, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.wire_formats.by_kind import wire_format_of
from chaindesk.providers.wire_formats.errors.body import parse_error
from chaindesk.providers.wire_formats.errors.mapping import reply_error
from chaindesk.providers.wire_formats.errors.quotations import own_words
from chaindesk.providers.wire_formats.errors.search import search_error
from chaindesk.providers.wire_formats.protocol import HttpReply
from tests.support.http_server import chat_completion, http_reply, scripted_server

K = FailureKind
ENDPOINT = Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://lab.example/v1")
PROMPT = (
    "Summarise this ticket: My invalid API key was refused, I have insufficient credits, the model is not available "
    "to me and I exceeded your current quota. Please stop, it is not allowed."
)
WAF = b"<html><head><title>403 Forbidden</title></head><body><center>nginx</center></body></html>"


def _error(status: int, body: Any, prompt: str = PROMPT) -> CallError:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    return reply_error(ENDPOINT, "m", HttpReply(status, {}, raw), prompt=prompt)


def _said(message: str, **rest: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": "invalid_request_error", **rest}}


@pytest.mark.parametrize(
    "message",
    [
        'Invalid input: "My invalid API key was refused".',
        "Could not parse: I have insufficient credits",
        "The model could not read 'the model is not available to me'",
        "input contains: insufficient credits",
        "Rejected text: My Invalid API Key was refused, I have…",
        f"Bad prompt: {PROMPT}",
    ],
)
@pytest.mark.parametrize("status", [400, 403])
def test_words_of_the_prompt_in_a_message_fail_its_row_alone(status: int, message: str) -> None:
    assert _error(status, _said(message)).kind is K.REJECTED


@pytest.mark.parametrize("status", [402, 403, 429])
def test_a_time_that_a_message_quotes_of_the_prompt_is_no_time_to_wait(status: int) -> None:
    prompt = "Translate: The shop is closed. Please try again in 28h, or call us."
    quoted = 'Busy. Your input was: "Please try again in 28h, or call us."'
    assert _error(status, _said(quoted), prompt).retry_after is None
    own = "Rate limit reached. Please try again in 90s."
    assert _error(429, _said(own), prompt).retry_after == 90.0


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (400, _said("x", code="invalid_api_key"), K.KEY),
        (400, _said("Incorrect API key provided: ab***1"), K.KEY),
        (403, _said("x", code="model_not_found"), K.MODEL),
        (403, {"error": {"type": "permission_error", "message": "no"}}, K.KEY),
        (403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "no"}}, K.KEY),
        (403, _said("Your API key does not have permission to use this resource."), K.KEY),
        (429, _said("x", code="insufficient_quota"), K.QUOTA),
        (400, _said("Your credit balance is too low to access the API."), K.QUOTA),
    ],
)
def test_codes_and_the_servers_own_words_hold_the_run_whatever_the_prompt(
    status: int, body: Any, kind: FailureKind
) -> None:
    assert _error(status, body).kind is kind


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (WAF, K.REJECTED),
        (b"", K.REJECTED),
        (b"<!DOCTYPE html><title>Attention Required! | Cloudflare</title>Sorry, you have been blocked", K.REJECTED),
        ({"code": "The caller may not", "error": "Content violates usage guidelines. SAFETY_CHECK_TYPE_X"}, K.REFUSED),
        ({"error": {"code": "SensitiveContentDetected", "message": "input refused", "type": "Forbidden"}}, K.REFUSED),
    ],
)
def test_a_403_that_does_not_speak_of_the_key_fails_its_row(body: Any, kind: FailureKind) -> None:
    error = _error(403, body, "Describe DROP TABLE.")
    assert error.kind is kind
    assert error.suspected is (K.KEY if kind is K.REJECTED else None)
    assert "Set a good one" not in str(error)


async def test_a_suspicion_is_handed_on_with_the_failure() -> None:
    async with scripted_server(http_reply(403, WAF)) as server, open_providers({"lab": "a-key"}, 1) as provider:
        with pytest.raises(CallError) as caught:
            await provider.complete(server.request())
    assert caught.value.suspected is K.KEY


def test_what_a_message_quotes_of_the_prompt_is_left_out_of_it() -> None:
    assert "insufficient" not in own_words("Refused: 'insufficient credits'", PROMPT)
    assert own_words("Slow down, please.", PROMPT) == "Slow down, please."
    assert own_words("Slow down.", "") == "Slow down."


@pytest.mark.parametrize(
    "message",
    [
        "Unsupported content: please stop, it is not allowed.",
        "The text must stop. It is not allowed here.",
        "Unknown entity: seed capital is not supported by policy",
    ],
)
async def test_no_parameter_is_dropped_over_a_plain_word_in_a_message(message: str) -> None:
    server = scripted_server(http_reply(400, _said(message)))
    async with server, open_providers({"lab": "a-key"}, 1) as provider:
        with pytest.raises(CallError):
            await provider.complete(server.request(PROMPT, parameters={"stop": ["END"], "seed": 7}))
    assert len(server.received) == 1


async def test_a_parameter_is_dropped_for_all_rows_only_where_that_helps() -> None:
    refusal = _said("Unsupported parameter: 'temperature'")
    server = scripted_server(
        http_reply(400, refusal), http_reply(400, _said("The text was flagged")), http_reply(200, chat_completion())
    )
    async with server, open_providers({"lab": "a-key"}, 1) as provider:
        request = server.request(parameters={"temperature": 0.5})
        with pytest.raises(CallError, match="flagged"):
            await provider.complete(request)
        await provider.complete(request)
    assert ["temperature" in received.json for received in server.received] == [True, False, True]


INNER = [
    ({"base_resp": {"status_code": 1008, "status_msg": "insufficient balance"}, "choices": None}, K.QUOTA, "balance"),
    ({"code": 1113, "msg": "Your account is in arrears", "success": False}, K.QUOTA, "arrears"),
    ({"code": "limit_day", "message": "Daily limit of 50 requests reached"}, K.DAY_LIMIT, "Daily limit"),
    ({"detail": "Model overloaded"}, K.SERVER, "overloaded"),
    ({"detail": [{"loc": ["body", "top_k"], "msg": "too small"}]}, K.SERVER, "top_k: too small"),
    (
        {"success": False, "errors": [{"code": 7, "message": "No such model x"}], "result": None},
        K.MODEL,
        "such model",
    ),
    ({"error_code": 110, "error_msg": "Access token expired"}, K.KEY, "token expired"),
    ({"fault": {"faultstring": "Invalid ApiKey", "detail": {}}}, K.KEY, "ApiKey"),
    ({"error": "Unauthorized", "message": "Invalid API key"}, K.KEY, "Unauthorized: Invalid API key"),
    ({"code": "InvalidApiKey", "requestId": "r"}, K.KEY, "401"),
    ({"status": "failed", "resultMsg": "too many requests"}, K.RATE_LIMIT, "too many requests"),
    ([{"error": {"code": 429, "message": "Slow down"}}], K.RATE_LIMIT, "Slow down"),
    ({"success": False, "result": {"errorMessage": "GPU lost"}}, K.SERVER, "GPU lost"),
    ({"errors": {"model": ["The model field is required."]}}, K.SERVER, "model: The model field is required."),
    ({"data": {"error": {"message": "No such model x"}}}, K.MODEL, "No such model x"),
    ({"errors": ["first", "second"]}, K.SERVER, "first; second"),
    ({"error": ["first", "second"]}, K.SERVER, "first; second"),
    ({"error": True, "message": "Please wait"}, K.SERVER, "Please wait"),
    ({"error": True, "data": {"message": "Please wait"}}, K.SERVER, "Please wait"),
    ({"status": "error", "data": {"reason": "Overloaded"}}, K.SERVER, "Overloaded"),
    ({"success": False, "data": {"msg": "invalid api key", "code": 4001}}, K.KEY, "invalid api key"),
    ({"response": {"status": {"code": "E12", "errorDescription": "Tenant away"}}}, K.SERVER, "Tenant away"),
    ({"exception": "IllegalStateException: no backend"}, K.SERVER, "no backend"),
    ({"outputs": [{"error": "CUDA out of memory"}]}, K.SERVER, "CUDA out of memory"),
    ({"head": {"returnCode": "1001", "returnMsg": "signature invalid"}}, K.SERVER, "signature invalid"),
    ({"error": {"message": {"en": "english words"}}}, K.SERVER, "english words"),
    ({"result": {"errorMessage": "Daily quota of the team is used up"}}, K.DAY_LIMIT, "Daily quota"),
]


@pytest.mark.parametrize("kind", list(ProviderKind))
@pytest.mark.parametrize(("body", "failure", "words"), INNER)
def test_an_error_inside_a_good_reply_is_read_under_whatever_name(
    kind: ProviderKind, body: Any, failure: FailureKind, words: str
) -> None:
    request = CompletionRequest(Endpoint("lab", kind, "https://lab.example/v1"), "m", (Message("user", "Hi"),))
    with pytest.raises(CallError) as caught:
        wire_format_of(request.endpoint).answer(request, body)
    assert caught.value.kind is failure
    assert words in str(caught.value)


@pytest.mark.parametrize("kind", list(ProviderKind))
@pytest.mark.parametrize(
    "body",
    [
        {"result": {"message": "Paris"}},
        {"data": {"text": "error: Paris"}},
        {"data": {"content": {"error": "Paris"}}},
        {"request": {"messages": [{"error": "Paris"}]}, "code": 0, "data": {"info": "Paris"}},
        {"errors": [], "success": True, "result": {"description": "Paris"}},
    ],
)
def test_an_answer_in_an_unknown_shape_is_no_word_of_an_error(kind: ProviderKind, body: Any) -> None:
    request = CompletionRequest(Endpoint("lab", kind, "https://lab.example/v1"), "m", (Message("user", "Hi"),))
    with pytest.raises(CallError, match="JSON without an answer in it") as caught:
        wire_format_of(request.endpoint).answer(request, body)
    assert "Paris" not in str(caught.value)


@pytest.mark.parametrize("kind", [ProviderKind.OPENAI_CHAT, ProviderKind.OPENAI_RESPONSES])
def test_an_error_that_counts_tokens_has_cost_them(kind: ProviderKind) -> None:
    request = CompletionRequest(Endpoint("lab", kind, "https://lab.example/v1"), "m", (Message("user", "Hi"),))
    counts = {"prompt_tokens": 9, "completion_tokens": 4, "input_tokens": 9, "output_tokens": 4}
    with pytest.raises(CallError, match="GPU lost") as caught:
        wire_format_of(request.endpoint).answer(request, {"result": {"errorMessage": "GPU lost"}, "usage": counts})
    assert caught.value.usage == Usage(9, 4)


@pytest.mark.parametrize("base", [None, {"status_code": 0, "status_msg": "success"}])
def test_an_answer_with_other_fields_beside_it_is_an_answer(base: Any) -> None:
    request = CompletionRequest(ENDPOINT, "m", (Message("user", "Hi"),))
    payload = {"choices": [{"message": {"content": "Rye"}}], "base_resp": base, "code": 0, "msg": "ok", "error": None}
    assert wire_format_of(ENDPOINT).answer(request, payload).text == "Rye"


def test_an_error_is_read_to_a_bounded_length_and_depth() -> None:
    deep: Any = "end"
    for _ in range(2000):
        deep = {"error": deep, "message": [deep]}
    assert parse_error(deep).message == ""
    wide = {f"a{n}": {f"b{n}": [{"error": ""}] * 50} for n in range(3000)}
    assert parse_error(wide).message == ""
    assert search_error(wide) is None
    assert search_error({"data": {"error": {"x": deep}}}) is None
    assert len(parse_error({"error": {"message": "x" * 10**6, "code": "y" * 10**6}}).message) <= 4000
    assert parse_error({"error": {"code": 10**4000, "message": "m"}}).code == ""
