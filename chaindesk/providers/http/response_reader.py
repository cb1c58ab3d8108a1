"""From a good HTTP reply, whole or streamed, to the answer in it; failures keep the provider's id and what was said."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.wire_formats.error_mapping import request_id as request_id_of
from chaindesk.providers.wire_formats.protocol import (
    HttpReply,
    StreamReader,
    WireAnswer,
    WireFormat,
    described,
    malformed,
    parsed,
)
from chaindesk.providers.wire_formats.sse import SseDecoder

_BREAK_OFFS = frozenset({FailureKind.CONNECTION, FailureKind.TIMEOUT, FailureKind.MALFORMED})


def read_whole(wire: WireFormat, request: CompletionRequest, reply: HttpReply) -> WireAnswer:
    """The answer in a good reply, which may be a stream although none was asked for.

    Raises:
        CallError: it tells a failure, or holds no usable answer.
    """
    body = reply.body
    with known_by_request_id(reply.headers):
        if body[:64].lstrip().startswith((b"data:", b"event:", b": ")):
            reader = wire.stream(request)
            decoder = SseDecoder()
            with _keeping_partial_text(reader):
                for event in decoder.feed(body):
                    reader.feed(event)
                _feed_rest(reader, decoder)
            return _complete_answer(request, reader, reply.headers)
        try:
            payload = parsed(body)
        except ValueError:
            raise malformed(request.endpoint, described(body)) from None
        return _with_request_id(wire.answer(request, payload), reply.headers)


async def read_stream(
    wire: WireFormat, request: CompletionRequest, chunks: AsyncIterator[bytes], headers: Mapping[str, str]
) -> WireAnswer:
    """The answer in a stream, as it comes.

    Raises:
        CallError: it tells a failure, breaks off, or holds no usable answer.
    """
    reader = wire.stream(request)
    decoder = SseDecoder()
    with known_by_request_id(headers):
        with _keeping_partial_text(reader):
            async for chunk in chunks:
                for event in decoder.feed(chunk):
                    reader.feed(event)
            _feed_rest(reader, decoder)
        return _complete_answer(request, reader, headers)


def _feed_rest(reader: StreamReader, decoder: SseDecoder) -> None:
    """Take in a last event without its blank line; half an event says nothing, and the stream is judged without it."""
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
def _keeping_partial_text(reader: StreamReader) -> Iterator[None]:
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
    request_id = request_id_of(headers)
    return replace(answered, request_id=request_id) if request_id else answered
