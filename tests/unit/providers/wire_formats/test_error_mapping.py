"""Refusals and broken connections, each with the kind that the run acts on and words that say what to do."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace
from typing import Any

import pytest

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Completion, CompletionRequest, Message
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import RateHint
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from tests.support.http_server import chat_completion, http_reply, scripted_server

K = FailureKind


def _error(message: str, code: Any = None, kind: str = "invalid_request_error", **rest: Any) -> dict[str, Any]:
    return {"error": {"message": message, "type": kind, "code": code, **rest}}


async def _failure(server: Any, **request: Any) -> CallError:
    async with server, open_providers({"lab": "a-key"}, 2) as provider:
        with pytest.raises(CallError) as caught:
            await provider.complete(server.request(**request))
    return caught.value


REFUSALS: list[tuple[int, Any, FailureKind]] = [
    (401, _error("Incorrect API key provided", "invalid_api_key"), K.KEY),
    (403, _error("Country not supported", "unsupported_country_region_territory"), K.KEY),
    (
        403,
        {"error": {"code": 403, "message": "Your chosen model requires moderation and your input was flagged"}},
        K.REFUSED,
    ),
    (403, _error("Project does not have access to model x", "model_not_found"), K.MODEL),
    (402, _error("Insufficient Balance"), K.QUOTA),
    (404, _error("The model `x` does not exist", "model_not_found"), K.MODEL),
    (404, b"404 page not found", K.MODEL),
    (405, b"", K.MODEL),
    (429, _error("You exceeded your current quota, please check your plan", "insufficient_quota"), K.QUOTA),
    (429, _error("Monthly spend", "project_spend_limit_exceeded"), K.QUOTA),
    (429, _error("x", "credit_balance_exhausted"), K.QUOTA),
    (429, _error("x", "organization_usage_limit_exceeded"), K.QUOTA),
    (429, _error("Rate limit reached. Visit https://platform.example.com/account/billing to pay."), K.RATE_LIMIT),
    (429, _error("Rate limit reached for requests", "rate_limit_exceeded", "requests"), K.RATE_LIMIT),
    (429, _error("x", "slow_down"), K.RATE_LIMIT),
    (
        429,
        _error("Request too large for gpt-x on tokens per min (TPM): Limit 30000, Requested 50000.", kind="tokens"),
        K.TOO_LONG,
    ),
    (403, {"code": "no permission", "error": "Your newly created team doesn't have any credits yet."}, K.QUOTA),
    (
        429,
        {
            "code": "Some resource has been exhausted",
            "error": "Your team has either used all available credits or reached its monthly spending limit.",
        },
        K.QUOTA,
    ),
    (
        429,
        [
            {
                "error": {
                    "code": 429,
                    "message": "You exceeded your current quota",
                    "status": "RESOURCE_EXHAUSTED",
                    "details": [{"violations": [{"quotaId": "RequestsPerMinute"}]}, {"retryDelay": "34.07s"}],
                }
            }
        ],
        K.RATE_LIMIT,
    ),
    (
        429,
        [
            {
                "error": {
                    "code": 429,
                    "message": "You exceeded your current quota",
                    "status": "RESOURCE_EXHAUSTED",
                    "details": [{"violations": [{"quotaId": "GenerateRequestsPerDayPerProject"}]}],
                }
            }
        ],
        K.QUOTA,
    ),
    (408, b"", K.TIMEOUT),
    (409, _error("conflict"), K.SERVER),
    (498, _error("Flex tier capacity exceeded", "capacity_exceeded"), K.SERVER),
    (500, _error("The server had an error"), K.SERVER),
    (502, b"<html><head><title>502 Bad Gateway</title></head></html>", K.SERVER),
    (503, {"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}}, K.SERVER),
    (504, b"", K.TIMEOUT),
    (524, b"", K.TIMEOUT),
    (529, _error("Overloaded"), K.SERVER),
    (400, _error("This model's maximum context length is 8192 tokens", "context_length_exceeded"), K.TOO_LONG),
    (
        400,
        {
            "error": {
                "code": 400,
                "message": "the request exceeds the available context size",
                "type": "exceed_context_size_error",
                "n_ctx": 4096,
            }
        },
        K.TOO_LONG,
    ),
    (413, _error("Request too large for model `x`"), K.TOO_LONG),
    (413, b"", K.REJECTED),
    (413, _error("Request exceeds the maximum size", kind="request_too_large"), K.TOO_LONG),
    (
        400,
        {
            "error": {
                "code": 400,
                "message": "The input token count (9) exceeds the maximum number of tokens allowed (8)",
            }
        },
        K.TOO_LONG,
    ),
    (400, {"error": "No models loaded. Please load a model in the developer page."}, K.MODEL),
    (400, {"error": {"code": 400, "message": "User location is not supported for the API use."}}, K.MODEL),
    (
        400,
        _error("The response was filtered", "content_filter", innererror={"code": "ResponsibleAIPolicyViolation"}),
        K.REFUSED,
    ),
    (400, _error("temperature must be below 2", "invalid_value"), K.REJECTED),
    (422, {"detail": [{"loc": ["body", "messages"], "msg": "field required", "type": "missing"}]}, K.REJECTED),
    (422, {"detail": "Unprocessable"}, K.REJECTED),
    (400, {"code": "Client specified an invalid argument", "error": "Incorrect API key provided: xa***1"}, K.KEY),
    (400, _error("Invalid model: foo", 1500, "invalid_model"), K.MODEL),
    (
        400,
        {"object": "error", "message": "The model `x` does not exist.", "type": "NotFoundError", "code": 404},
        K.MODEL,
    ),
    (400, _error("You have reached your specified API usage limits."), K.QUOTA),
    (301, b"", K.MODEL),
    (307, b"", K.MODEL),
    (418, b"teapot", K.REJECTED),
]


@pytest.mark.parametrize(("status", "body", "kind"), REFUSALS)
async def test_each_refusal_has_its_kind_and_a_way_on(status: int, body: Any, kind: FailureKind) -> None:
    headers = {"x-request-id": "req_1", "Location": "http://127.0.0.1:1/other"}
    server = scripted_server(http_reply(status, body, headers))
    failure = await _failure(server)
    assert failure.kind is kind
    assert (failure.http_status, failure.request_id) == (status, "req_1")
    assert "lab" in str(failure) or "model-1" in str(failure)
    assert len(server.received) == 1  # nothing was followed, and nothing tried again


async def test_an_empty_balance_with_a_delay_is_a_rate_limit() -> None:
    failure = await _failure(scripted_server(http_reply(402, _error("x"), {"Retry-After": "5"})))
    assert (failure.kind, failure.retry_after) == (K.RATE_LIMIT, 5)


@pytest.mark.parametrize(
    ("headers", "message", "seconds"),
    [
        ({"Retry-After": "7"}, "x", 7),
        ({"retry-after-ms": "150", "Retry-After": "1"}, "x", 0.15),
        ({}, "Please try again in 1.2s.", 1.2),
        ({"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "6m0s"}, "x", 360),
        ({}, "x", None),
    ],
)
async def test_the_delay_that_is_asked_for_is_told(
    headers: dict[str, str], message: str, seconds: float | None
) -> None:
    failure = await _failure(scripted_server(http_reply(429, _error(message), headers)))
    assert failure.retry_after == seconds


async def test_limits_are_told_by_good_replies_and_by_refused_ones() -> None:
    headers = {"x-ratelimit-limit-requests": "60", "x-ratelimit-remaining-requests": "59"}
    server = scripted_server(
        http_reply(200, chat_completion(), headers), http_reply(429, {}, headers), http_reply(200, b"")
    )
    told: list[tuple[CompletionRequest, RateHint]] = []
    async with server, open_providers({}, 2, lambda request, hint: told.append((request, hint))) as provider:
        request = server.request()
        await provider.complete(request)
        for _ in range(2):
            with pytest.raises(CallError):
                await provider.complete(request)
    hint = RateHint(requests_limit=60, requests_remaining=59)
    assert told == [(request, hint), (request, replace(hint, refused=True))]


async def test_a_missing_key_is_told_before_any_call() -> None:
    async with scripted_server(http_reply(200, chat_completion())) as server, open_providers({}, 2) as provider:
        with pytest.raises(CallError, match=r"no key for lab.*keys set lab.*LAB_KEY") as caught:
            await provider.complete(server.request(settings={"api_key_env": "LAB_KEY"}))
    assert caught.value.kind is K.KEY
    assert server.received == []


async def _abort(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _cut_body(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b'HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{"choices"')
    await writer.drain()
    writer.close()


async def _no_http(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"SSH-2.0-OpenSSH_9.2\r\n\r\n")
    writer.close()


async def _nothing(received: Any, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _trickle(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n{")
    await asyncio.Event().wait()


async def _flood(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    block = b"x" * (1024 * 1024)
    while not writer.is_closing():
        writer.write(b"%x\r\n%s\r\n" % (len(block), block))
        await writer.drain()


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize(
    ("answer", "kind", "words"),
    [
        (_abort, K.CONNECTION, "closed the connection"),
        (_cut_body, K.CONNECTION, "broke off"),
        (_no_http, K.MALFORMED, "not HTTP"),
        (_nothing, K.TIMEOUT, "nothing for 0.2 seconds"),
        (_trickle, K.TIMEOUT, "nothing for 0.2 seconds"),
        (_flood, K.MALFORMED, "more than 64 MB"),
    ],
)
async def test_a_broken_connection_has_its_kind(answer: Any, kind: FailureKind, words: str, stream: bool) -> None:
    failure = await _failure(scripted_server(answer), timeout=0.2, parameters={"stream": True} if stream else {})
    assert failure.kind is kind
    assert words in str(failure)


async def _ask(base_url: str, name: str = "lab") -> Completion:
    endpoint = resolve(name, ProviderSettings(base_url=base_url, allow_http=True))
    async with open_providers({name: "a-key"}, 1) as provider:
        return await provider.complete(CompletionRequest(endpoint, "m", (Message("user", "hi"),)))


async def test_nobody_listening_is_told_plainly() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = sock.getsockname()[1]
        with pytest.raises(CallError, match=rf"lab does not answer at 127\.0\.0\.1:{port}\. Is it running") as caught:
            await _ask(f"http://127.0.0.1:{port}/v1")
    assert caught.value.kind is K.UNREACHABLE
    assert caught.value.__context__ is None


async def test_an_unknown_host_is_told_plainly() -> None:
    with pytest.raises(CallError, match=r"No computer is known as nowhere\.invalid") as caught:
        await _ask("https://nowhere.invalid/v1")
    assert caught.value.kind is K.UNREACHABLE


async def test_the_simulated_endpoint_without_a_server_is_our_mistake() -> None:
    async with open_providers({}, 1) as provider:
        with pytest.raises(CallError) as caught:
            await provider.complete(CompletionRequest(resolve("demo"), "writer", (Message("user", "hi"),)))
    assert caught.value.kind is K.INTERNAL


async def test_cancelling_a_call_is_not_swallowed_and_frees_its_connection() -> None:
    server = scripted_server(_nothing, http_reply(200, chat_completion()))
    async with server, open_providers({}, 1) as provider:
        call = asyncio.create_task(provider.complete(server.request()))
        await server.first.wait()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        assert (await provider.complete(server.request())).text == "Hello."


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"object": "error", "message": {"detail": [{"loc": ["body", "seed"], "msg": "Not permitted"}]}}, "seed: Not"),
        ({"errors": [{"code": 7003, "message": "No route for that URI"}], "success": False}, "No route for that URI"),
        ({"error": {"message": ["first", "second"]}}, "first"),
    ],
)
async def test_what_an_error_says_is_found_in_whatever_wrapping(body: Any, said: str) -> None:
    assert said in str(await _failure(scripted_server(http_reply(422, body))))


async def test_a_key_that_may_not_do_it_is_not_called_a_bad_one() -> None:
    failure = await _failure(scripted_server(http_reply(403, _error("Country not supported"))))
    assert 'lab does not allow this with this key (403): "Country not supported"' in str(failure)
