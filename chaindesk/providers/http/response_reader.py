"""From a good HTTP reply, whole or streamed, to the answer in it; failures keep the provider's id and what was said."""

from __future__ import annotations

import asyncio
import codecs
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import TextListener
from chaindesk.providers.wire_formats.errors.mapping import request_id as request_id_of
from chaindesk.providers.wire_formats.json_body import described, parsed
from chaindesk.providers.wire_formats.protocol import (
    HttpReply,
    StreamReader,
    WireAnswer,
    WireFormat,
    malformed,
    no_content,
)
from chaindesk.providers.wire_formats.sse import ServerEvent, SseDecoder

REST_S = 5.0  # how long the end of a stream is waited for whose answer is whole
TEXT_INTERVAL_S = 0.05  # between two tellings of a text that grows
_PING = '{"type":"ping"'
EVENT_STREAM = "text/event-stream"
_START = 64 * 1024  # bytes in which a body has to begin
_BLANK = codecs.BOM_UTF8 + b" \t\r\n"
_JSON = (b"{", b"[")
_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
_BREAK_OFFS = frozenset({FailureKind.CONNECTION, FailureKind.TIMEOUT, FailureKind.MALFORMED})


def read_whole(wire: WireFormat, request: CompletionRequest, reply: HttpReply) -> WireAnswer:
    """The answer in a good reply, which may be a stream although none was asked for.

    Raises:
        CallError: it tells a failure, or holds no usable answer.
    """
    try:
        return _read_whole(wire, request, reply)
    except CallError as error:
        error.request_id = request_id_of(reply.headers) or error.request_id
        raise


def _read_whole(wire: WireFormat, request: CompletionRequest, reply: HttpReply) -> WireAnswer:
    body = reply.body
    if _is_event_stream(body, reply.headers):
        return _read_events(wire, request, reply)
    try:
        payload = parsed(body.removeprefix(codecs.BOM_UTF8))
    except ValueError:
        events = _lines_as_events(body)
        if events:
            return _read_events(wire, request, replace(reply, body=events))
        raise malformed(request.endpoint, described(body)) from None
    return _with_request_id(wire.answer(request, payload), reply.headers)


def _read_events(wire: WireFormat, request: CompletionRequest, reply: HttpReply) -> WireAnswer:
    reader = wire.stream(request)
    decoder = SseDecoder()
    with _with_partial_text(reader):
        for event in decoder.feed(reply.body):
            reader.feed(event)
        _feed_rest(reader, decoder)
    return _complete_answer(request, reader, reply.headers)


def _lines_as_events(body: bytes) -> bytes:
    """A body that holds one JSON object in each line as a stream of events, or nothing where it is another thing."""
    lines = [line for line in body.splitlines() if line.strip()]
    if len(lines) < 2 or not all(line.startswith(b"{") and line.endswith(b"}") for line in lines):
        return b""
    return b"".join(b"data: %s\n\n" % line for line in lines)


async def read_stream(
    wire: WireFormat,
    request: CompletionRequest,
    chunks: AsyncIterator[bytes],
    headers: Mapping[str, str],
    clock: Callable[[], float] = time.monotonic,
    on_text: TextListener | None = None,
) -> WireAnswer:
    """The answer in a stream, as it comes; a JSON body that only says that it is a stream is read as what it is.

    Raises:
        CallError: it tells a failure, breaks off, brings nothing for too long, or holds no usable answer.
    """
    reader = wire.stream(request)
    decoder = SseDecoder()
    with known_by_request_id(headers):
        with _with_partial_text(reader):
            start = b""
            content_at = told_at = clock()
            told = ""
            async for chunk in _until_over(reader, chunks):
                if not start.strip() and (start := start[-1:] + chunk).lstrip(_BLANK).startswith(_JSON):
                    body = start + b"".join([piece async for piece in chunks])
                    return read_whole(wire, request, HttpReply(200, headers, body))
                for event in decoder.feed(chunk):
                    reader.feed(event)
                    content_at = content_at if _is_ping(event) else clock()
                if on_text is not None and clock() - told_at >= TEXT_INTERVAL_S:
                    told_at = clock()
                    if (grown := reader.text) != told:
                        told = grown
                        on_text(grown)
                if clock() - content_at > (REST_S if reader.complete else request.timeout):
                    raise no_content(request.endpoint.name, request.timeout)
            _feed_rest(reader, decoder)
        return _complete_answer(request, reader, headers)


async def _until_over(reader: StreamReader, chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """The chunks; once the answer is whole, a server that keeps the connection open is not waited for."""
    while True:
        try:
            async with asyncio.timeout(REST_S if reader.complete else None):
                chunk = await anext(chunks)
        except (StopAsyncIteration, TimeoutError):
            return
        yield chunk


def _is_ping(event: ServerEvent) -> bool:
    """Whether an event only keeps the connection alive."""
    return event.name == "ping" or not event.data.strip() or event.data.replace(" ", "").startswith(_PING)


def _is_event_stream(body: bytes, headers: Mapping[str, str]) -> bool:
    """Whether a body is a stream of events: by what it begins with, else by what it says that it is."""
    if body.startswith(_JSON):
        return False
    start = body[:_START].lstrip(_BLANK)
    if start.startswith(_JSON):
        return False
    declared = headers.get("Content-Type", "").lower().startswith(EVENT_STREAM)
    return start.startswith(_FIELDS) or (declared and bool(start))


def _feed_rest(reader: StreamReader, decoder: SseDecoder) -> None:
    """Handle a last event without its blank line; half an event is ignored."""
    for event in decoder.close():
        try:
            reader.feed(event)
        except CallError as error:
            if error.kind is not FailureKind.MALFORMED:
                raise


def _complete_answer(request: CompletionRequest, reader: StreamReader, headers: Mapping[str, str]) -> WireAnswer:
    if reader.complete:
        return _with_request_id(reader.answer(), headers)
    message = f"{request.endpoint.name} broke off in the middle of its answer."
    raise CallError(FailureKind.CONNECTION, message, raw_text=reader.text)


@contextmanager
def known_by_request_id(headers: Mapping[str, str]) -> Iterator[None]:
    """A failure in here is one of a call that the provider knows by the id in its headers."""
    try:
        yield
    except CallError as error:
        error.request_id = request_id_of(headers) or error.request_id
        raise


@contextmanager
def _with_partial_text(reader: StreamReader) -> Iterator[None]:
    """A failure in here keeps what the model had said by then: it was most likely paid for.

    Behind the whole answer the connection may break off as it likes: nothing that was paid for is asked for again.
    """
    try:
        yield
    except CallError as error:
        if reader.complete and error.kind in _BREAK_OFFS:
            return
        error.raw_text = error.raw_text or reader.text
        raise


def _with_request_id(answered: WireAnswer, headers: Mapping[str, str]) -> WireAnswer:
    """The reply's header is the id that a provider's support asks for; the body's own is the next best."""
    answered.request_id = request_id_of(headers) or answered.request_id
    return answered
