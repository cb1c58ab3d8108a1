"""A server that sends a little for ever holds a call no longer than its two limits."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest, Endpoint, Message, ProviderKind
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http import response_reader
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.http.response_reader import read_stream
from chaindesk.providers.http.transport import open_transport
from chaindesk.providers.wire_formats.by_kind import wire_format_of
from chaindesk.providers.wire_formats.protocol import HttpRequest, WireAnswer
from tests.support.http_server import chat_chunk, scripted_server, sse_events

ENDPOINT = Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://lab.example/v1")
REQUEST = CompletionRequest(ENDPOINT, "m", (Message("user", "Hi"),), timeout=60.0)


def _ticking(seconds: float) -> Callable[[], float]:
    """A clock that goes on by so many seconds whenever it is looked at."""
    ticks = itertools.count()
    return lambda: next(ticks) * seconds


async def _read(*chunks: bytes, rest: bytes, clock: Callable[[], float]) -> WireAnswer:
    async def arriving() -> AsyncIterator[bytes]:
        for chunk in itertools.chain(chunks, itertools.repeat(rest, 10_000)):
            yield chunk

    return await read_stream(wire_format_of(ENDPOINT), REQUEST, arriving(), {}, clock)


@pytest.mark.parametrize("rest", [b": wait\n\n", b"event: ping\ndata: {}\n\n", b'data: {"type": "ping"}\n\n', b"\n"])
async def test_pings_are_no_answer(rest: bytes) -> None:
    with pytest.raises(CallError, match="sent nothing for 60 seconds") as caught:
        await _read(sse_events(chat_chunk("Half"), done=False), rest=rest, clock=_ticking(1.0))
    assert (caught.value.kind, caught.value.raw_text) == (FailureKind.TIMEOUT, "Half")


async def test_pings_behind_a_whole_answer_lose_nothing() -> None:
    whole = sse_events(chat_chunk("Whole.", "stop"))
    assert (await _read(whole, rest=b": wait\n\n", clock=_ticking(1.0))).text == "Whole."


async def test_a_connection_that_stays_open_behind_a_whole_answer_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_reader, "REST_S", 0.01)

    async def arriving() -> AsyncIterator[bytes]:
        yield sse_events(chat_chunk("Whole.", "stop"))
        await asyncio.Event().wait()

    assert (await read_stream(wire_format_of(ENDPOINT), REQUEST, arriving(), {})).text == "Whole."


async def _blanks(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1\r\n \r\n")
        await writer.drain()
        await asyncio.sleep(0)


async def test_blanks_before_a_reply_are_no_content() -> None:
    async with scripted_server(_blanks) as server, open_transport(1, clock=_ticking(20.0)) as transport:
        with pytest.raises(CallError, match="sent nothing for 60 seconds") as caught:
            await transport.exchange(HttpRequest(server.url, "lab", {}, b"{}", 60.0))
    assert caught.value.kind is FailureKind.TIMEOUT


async def _trickle(received: Any, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
    while not writer.is_closing():
        writer.write(b"1\r\nx\r\n")
        await writer.drain()
        await asyncio.sleep(0)


@pytest.mark.parametrize("stream", [False, True])
async def test_a_call_ends_at_its_total_limit_whatever_still_comes(stream: bool) -> None:
    async with scripted_server(_trickle) as server, open_providers({}, 1) as provider:
        request = server.request(timeout=60.0, total_timeout=0.2, parameters={"stream": True} if stream else {})
        with pytest.raises(CallError, match=r"within 0\.2 seconds.*total_timeout") as caught:
            await provider.complete(request)
    assert caught.value.kind is FailureKind.TIMEOUT
