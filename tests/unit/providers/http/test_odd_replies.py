"""Good answers in odd wrappings: each is read with the one call that it was paid for with."""

from __future__ import annotations

import asyncio
import errno
import gzip
import json
from collections.abc import Callable
from typing import Any

import aiohttp
import pytest

from chaindesk.domain.completion import Completion
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.http.network_errors import to_call_error
from chaindesk.providers.http.transport import open_transport
from chaindesk.providers.wire_formats.protocol import HttpRequest
from tests.support.http_server import chat_chunk, chat_completion, http_reply, scripted_server, sse_events

EVENTS = {"Content-Type": "text/event-stream"}


async def _complete(server: Any, **rest: Any) -> Completion:
    async with server, open_providers({"lab": "a-key"}, 1) as provider:
        return await provider.complete(server.request(**rest))


@pytest.mark.parametrize(
    "header",
    [
        "Content-Security-Policy: " + "https://a.example " * 1000,
        "Set-Cookie: sid=" + "a" * 100_000,
        "\r\n".join(f"X-Trace-{number}: {number}" for number in range(600)),
        "X-\xdcser: 1",
        "X-User: Jos\xe9",
        "X-Folded: a\r\n b",
        "X-Bell: a\x01b",
    ],
    ids=["9,000 bytes", "100,000 bytes", "600 headers", "name", "value", "folded", "control"],
)
async def test_no_header_loses_an_answer(header: str) -> None:
    content = json.dumps(chat_completion("Grüße.", choices=None) | chat_completion("Grüße.")).encode()
    head = f"HTTP/1.1 200 OK\r\n{header}\r\nContent-Length: {len(content)}\r\n\r\n".encode()
    server = scripted_server(head + content)
    async with server, open_providers({}, 1) as provider:
        for _ in range(2):  # the connection goes on to be used
            assert (await provider.complete(server.request())).text == "Grüße."
    assert (len(server.received), server.connections) == (2, 1)


async def test_a_head_that_comes_in_pieces_is_read_with_its_letters() -> None:
    content = json.dumps(chat_completion("Grüße."), ensure_ascii=False).encode()
    whole = f"HTTP/1.1 200 OK\r\nX-\xdcser: \xe9\r\nContent-Length: {len(content)}\r\n\r\n".encode() + content

    async def answer(received: Any, writer: asyncio.StreamWriter) -> None:
        for piece in (whole[:20], whole[20 : -len(content) - 3], whole[-len(content) - 3 : -5], whole[-5:]):
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)

    assert (await _complete(scripted_server(answer))).text == "Grüße."


def _as_it_is(events: bytes) -> bytes:
    return events


FRAMES: dict[str, Callable[[bytes], bytes]] = {
    "plain": _as_it_is,
    "comment": lambda events: b":ok\n\n" + events,
    "many comments": lambda events: b": wait\n\n" * 300 + events,
    "retry": lambda events: b"retry: 3000\n\n" + events,
    "ids": lambda events: b"id: 7\n" + events.replace(b"\n\ndata", b"\n\nid: 8\ndata"),
    "mark of UTF-8": lambda events: b"\xef\xbb\xbf" + events,
    "blank lines": lambda events: b"\n" * 200 + events,
    "no space": lambda events: events.replace(b"data: ", b"data:"),
    "single line ends": lambda events: events.replace(b"\n\n", b"\n"),
    "carriage returns": lambda events: events.replace(b"\n", b"\r\n"),
    "no end mark": lambda events: events.replace(b"data: [DONE]\n\n", b""),
}


@pytest.mark.parametrize("asked", [False, True], ids=["unasked", "asked"])
@pytest.mark.parametrize("kind", ["text/event-stream", "text/plain", "application/json"])
@pytest.mark.parametrize("frame", list(FRAMES))
async def test_a_stream_is_read_however_it_is_framed(frame: str, kind: str, asked: bool) -> None:
    events = sse_events(chat_chunk("Rye "), chat_chunk("bread."), chat_chunk(None, "stop"))
    reply = http_reply(200, FRAMES[frame](events), {"Content-Type": kind})
    parameters = {"stream": True} if asked else {}
    assert (await _complete(scripted_server(reply), parameters=parameters)).text == "Rye bread."


@pytest.mark.parametrize("asked", [False, True], ids=["unasked", "asked"])
@pytest.mark.parametrize("before", [b"", b"\n\n", b"\xef\xbb\xbf"], ids=["plain", "blank", "mark"])
async def test_json_is_read_as_json_though_it_is_called_a_stream(before: bytes, asked: bool) -> None:
    reply = http_reply(200, before + json.dumps(chat_completion("Rye.")).encode(), EVENTS)
    assert (await _complete(scripted_server(reply), parameters={"stream": True} if asked else {})).text == "Rye."


async def test_a_json_object_in_each_line_is_a_stream() -> None:
    chunks = (chat_chunk("Rye "), chat_chunk("bread."), chat_chunk(None, "stop"))
    body = b"".join(json.dumps(chunk).encode() + b"\n" for chunk in chunks)
    reply = http_reply(200, body, {"Content-Type": "application/x-ndjson"})
    assert (await _complete(scripted_server(reply))).text == "Rye bread."


@pytest.mark.parametrize("name", ["gzip", "x-gzip", None])
@pytest.mark.parametrize("stream", [False, True])
async def test_a_compressed_reply_is_read_whatever_it_is_called(name: str | None, stream: bool) -> None:
    body = sse_events(chat_chunk("Rye.", "stop")) if stream else json.dumps(chat_completion("Rye.")).encode()
    headers = {"Content-Type": "text/event-stream" if stream else "application/json"}
    reply = http_reply(200, gzip.compress(body), headers | ({"Content-Encoding": name} if name else {}))
    assert (await _complete(scripted_server(reply), parameters={"stream": stream})).text == "Rye."


async def test_a_small_reply_that_unpacks_to_a_large_one_is_given_up() -> None:
    bomb = gzip.compress(b" " * 3_000_000)
    async with scripted_server(http_reply(200, bomb)) as server, open_transport(1, 100_000) as transport:
        with pytest.raises(CallError, match="sent more than"):
            await transport.exchange(HttpRequest(server.url, "lab", {}, b"{}", 5.0))


async def test_damaged_compression_is_a_broken_reply() -> None:
    with pytest.raises(CallError) as caught:
        await _complete(scripted_server(http_reply(200, b"\x1f\x8b" + b"x" * 50)))
    assert caught.value.kind is FailureKind.CONNECTION


@pytest.mark.parametrize("number", [errno.EMFILE, errno.ENFILE])
def test_a_machine_without_files_left_is_told_as_such(number: int) -> None:
    request = HttpRequest("http://127.0.0.1:9/v1", "lab", {}, b"{}", 5.0)
    refused = OSError(number, "Too many open files")
    key: Any = None
    for error in (refused, aiohttp.ClientOSError(number, "x"), aiohttp.ClientConnectorError(key, refused)):
        failure = to_call_error(error, request)
        assert failure.kind is FailureKind.UNREACHABLE
        assert "ulimit -n" in str(failure)
        assert "base_url" not in str(failure)
