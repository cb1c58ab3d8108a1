"""A key's value is in nothing that can be written down, whatever fails, even where a server echoes it."""

from __future__ import annotations

import asyncio
import base64
import logging
import traceback
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Message, ProviderKind
from chaindesk.domain.errors import CallError
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from tests.support.http_server import chat_chunk, chat_completion, http_reply, scripted_server, sse_events

KEY = "sk-proj-5up3rs3cr3tK3y-0123456789abcdef"
FORMS = (KEY, KEY[8:20], KEY[-10:], base64.b64encode(KEY.encode()).decode(), quote(KEY + "/", safe="")[:20])


async def _reset(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def _hang(received: Any, writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _echo_headers(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\nEcho: " + received.headers["user-agent"].encode())
    writer.write(b"\r\nbad header line " + KEY.encode() + b"\r\n\r\n")
    writer.close()


def _answers() -> list[Any]:
    echo = f"Incorrect API key provided: {KEY}. Bearer {KEY}; {KEY[:8]}****{KEY[-4:]}; {KEY[:24]}…"
    error = {"error": {"message": echo, "type": KEY, "code": KEY, "param": KEY}}
    refusals = [
        http_reply(status, error) for status in (301, 400, 401, 402, 403, 404, 413, 422, 429, 498, 500, 503, 529)
    ]
    headers = {"x-request-id": KEY, "Retry-After": KEY, "x-ratelimit-limit-requests": KEY, "Location": f"/{KEY}"}
    page = f"<html><title>{KEY}</title>{KEY}</html>".encode()
    refused = chat_completion(None, "stop")
    refused["choices"][0]["message"]["refusal"] = f"I may not tell {KEY}"
    event_stream = {"Content-Type": "text/event-stream"}
    return [
        *refusals,
        http_reply(401, error, headers),
        http_reply(307, b"", headers),
        http_reply(401, page),
        http_reply(401, KEY.encode()),
        http_reply(422, {"detail": [{"loc": ["body", KEY], "msg": KEY, "type": KEY}]}),
        http_reply(200, error),
        http_reply(200, KEY.encode()),
        http_reply(200, page),
        http_reply(200, refused),
        http_reply(200, chat_completion(f"half {KEY}", "content_filter")),
        http_reply(200, chat_completion("", id=KEY)),
        http_reply(200, sse_events(chat_chunk(KEY), error), event_stream),
        http_reply(200, sse_events(KEY), event_stream),
        http_reply(200, sse_events(chat_chunk(KEY), done=False), event_stream),
        _reset,
        _hang,
        _echo_headers,
    ]


def _shown(error: BaseException) -> str:
    """Everything that a log, a crash report or an event could take from an error."""
    shown = [str(error), repr(error), repr(vars(error)), "".join(traceback.format_exception(error))]
    chain: BaseException | None = error
    while chain is not None:
        shown += [repr(chain), repr(chain.args)]
        chain = chain.__context__
    return "\n".join(shown)


@pytest.mark.parametrize("stream", [False, True])
@pytest.mark.parametrize("kind", ProviderKind)
async def test_no_failure_shows_the_key(caplog: pytest.LogCaptureFixture, kind: ProviderKind, stream: bool) -> None:
    caplog.set_level(logging.DEBUG)
    parameters = {"stream": True} if stream else {}
    for answer in _answers():
        async with scripted_server(answer) as server, open_providers({"lab": KEY}, 1) as provider:
            patience = 0.5 if answer is _hang else 10.0
            request = server.request(timeout=patience, parameters=parameters, settings={"kind": kind})
            with pytest.raises(CallError) as caught:
                await provider.complete(request)
            assert any(KEY in value for value in server.received[0].headers.values())
            assert KEY not in server.received[0].path
            shown = _shown(caught.value) + repr(provider)
            if answer is not _hang:
                with pytest.raises(CallError) as caught:
                    await provider.models(server.endpoint(kind=kind))
                shown += _shown(caught.value)
        assert not [form for form in FORMS if form in shown + caplog.text], shown


@pytest.mark.parametrize("stream", [False, True])
async def test_no_answer_holds_the_key(stream: bool) -> None:
    told = f"You sent {KEY}; sk-proj- begins many keys."
    body = sse_events(chat_chunk(told, "stop")) if stream else chat_completion(told, model=KEY)
    headers = {"x-request-id": KEY} | ({"Content-Type": "text/event-stream"} if stream else {})
    async with scripted_server(http_reply(200, body, headers)) as server, open_providers({"lab": KEY}, 1) as provider:
        completion = await provider.complete(server.request(parameters={"stream": stream}))
    assert KEY not in repr(completion)
    assert completion.text == "You sent •••; sk-proj- begins many keys."


@pytest.mark.parametrize("key", [KEY + "\r\nX-Evil: 1", KEY + " ", KEY + "ü", KEY + "\x00"])
async def test_a_key_that_no_header_can_hold_is_refused_unshown(key: str) -> None:
    async with (
        scripted_server(http_reply(200, chat_completion())) as server,
        open_providers({"lab": key}, 1) as provider,
    ):
        with pytest.raises(CallError, match="keys set lab") as caught:
            await provider.complete(server.request())
    assert KEY not in _shown(caught.value)
    assert server.received == []


async def test_no_broken_connection_shows_the_key() -> None:
    for base_url in ("https://nowhere.invalid/v1", "http://127.0.0.1:9/v1"):
        endpoint = resolve("lab", ProviderSettings(base_url=base_url))
        async with open_providers({"lab": KEY}, 1) as provider:
            with pytest.raises(CallError) as caught:
                await provider.complete(CompletionRequest(endpoint, "m", (Message("user", "hi"),)))
        assert KEY not in _shown(caught.value)


async def test_a_redirect_takes_neither_the_key_nor_the_prompt_elsewhere() -> None:
    other = scripted_server(http_reply(200, chat_completion()))
    async with other:
        server = scripted_server(http_reply(307, b"", {"Location": other.url + "/chat/completions"}))
        async with server, open_providers({"lab": KEY}, 1) as provider:
            with pytest.raises(CallError, match="Redirects are not followed"):
                await provider.complete(server.request())
    assert other.received == []


async def test_netrc_is_never_read_into_the_authorization(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password other-secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(netrc))
    async with scripted_server(http_reply(200, chat_completion())) as server, open_providers({}, 1) as provider:
        await provider.complete(server.request())
    assert "authorization" not in server.received[0].headers


async def test_a_proxy_of_the_environment_is_used_and_its_password_stays_with_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    proxy = scripted_server(http_reply(200, chat_completion("By proxy.")))
    settings = ProviderSettings(base_url="http://llm.example.org/v1", allow_http=True)
    async with proxy:
        address = proxy.url.removeprefix("http://").removesuffix("/v1")
        monkeypatch.setenv("http_proxy", f"http://me:p%40ss@{address}")
        monkeypatch.delenv("no_proxy", raising=False)
        async with open_providers({"lab": KEY}, 1) as provider:
            completion = await provider.complete(
                CompletionRequest(resolve("lab", settings), "m", (Message("user", "hi"),))
            )
    assert completion.text == "By proxy."
    received = proxy.received[0]
    assert received.path == "http://llm.example.org/v1/chat/completions"
    assert base64.b64decode(received.headers["proxy-authorization"].removeprefix("Basic ")) == b"me:p@ss"
    assert received.headers["authorization"] == f"Bearer {KEY}"


async def test_the_proxy_is_left_out_for_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with scripted_server(http_reply(200, chat_completion())) as server, open_providers({}, 1) as provider:
        await provider.complete(server.request())
    assert len(server.received) == 1
