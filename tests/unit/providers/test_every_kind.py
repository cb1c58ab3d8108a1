"""What holds for every wire format alike: streams cut anywhere, refusals by status, lost calls, ids for the support."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Finish, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.http.response_reader import read_stream
from chaindesk.providers.registry import resolve
from chaindesk.providers.wire_formats.by_kind import wire_format_of
from tests.support.http_server import http_reply, scripted_server

TEXT = "Grüße aus Köln 🎈, {so}\nund zwei Zeilen."
PIECES = ("Grüße aus ", "Köln 🎈, ", "{so}\nund zwei ", "Zeilen.")


@dataclass(frozen=True)
class Spoken:
    """One kind's way to give ``TEXT``, by a whole reply and by the events of a stream, with thoughts before it."""

    whole: dict[str, Any]
    events: tuple[tuple[str, Any], ...]
    overloaded: Any

    def stream(self) -> bytes:
        lines = [": a comment\r\n\r\n"]
        for name, data in self.events:
            said = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
            lines.append((f"event: {name}\n" if name else "") + f"data: {said}\n\n")
        return "".join(lines).encode()


def _chat() -> Spoken:
    def chunk(delta: dict[str, Any], finish: str | None = None) -> tuple[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return "", {"id": "c-1", "model": "m", "choices": [choice]}

    usage = {"prompt_tokens": 7, "completion_tokens": 9, "total_tokens": 16}
    message = {"role": "assistant", "content": TEXT, "reasoning_content": "Hm."}
    return Spoken(
        {"id": "c-1", "model": "m", "choices": [{"index": 0, "message": message, "finish_reason": "stop"}]}
        | {"usage": usage},
        (
            chunk({"role": "assistant", "reasoning_content": "Hm."}),
            *(chunk({"content": piece}) for piece in PIECES),
            chunk({}, "stop"),
            ("", {"id": "c-1", "choices": [], "usage": usage}),
            ("", "[DONE]"),
        ),
        {"error": {"message": "Overloaded", "code": 503}},
    )


def _responses() -> Spoken:
    content = [{"type": "output_text", "text": TEXT, "annotations": []}]
    output = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm."}]},
        {"type": "message", "role": "assistant", "content": content},
    ]
    usage = {"input_tokens": 7, "output_tokens": 9, "total_tokens": 16}
    whole = {"id": "r-1", "model": "m", "status": "completed", "output": output, "usage": usage}

    def event(kind: str, **rest: Any) -> tuple[str, Any]:
        return kind, {"type": kind, **rest}

    return Spoken(
        whole,
        (
            event("response.created", response=whole | {"status": "in_progress", "output": [], "usage": None}),
            event("response.reasoning_summary_text.delta", delta="Hm."),
            *(event("response.output_text.delta", delta=piece) for piece in PIECES),
            event("response.completed", response=whole),
        ),
        {"type": "error", "code": "server_error", "message": "Overloaded"},
    )


def _messages() -> Spoken:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "s"}
    usage = {"input_tokens": 7, "output_tokens": 9}
    whole = {"id": "m-1", "type": "message", "role": "assistant", "model": "m", "stop_reason": "end_turn"}

    def event(kind: str, **rest: Any) -> tuple[str, Any]:
        return kind, {"type": kind, **rest}

    return Spoken(
        whole | {"content": [thought, {"type": "text", "text": TEXT}], "usage": usage},
        (
            event("message_start", message=whole | {"content": [], "usage": {"input_tokens": 7, "output_tokens": 1}}),
            event("content_block_delta", index=0, delta={"type": "thinking_delta", "thinking": "Hm."}),
            event("ping"),
            *(event("content_block_delta", index=1, delta={"type": "text_delta", "text": piece}) for piece in PIECES),
            event("message_delta", delta={"stop_reason": "end_turn"}, usage={"output_tokens": 9}),
            event("message_stop"),
        ),
        {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}},
    )


def _gemini() -> Spoken:
    def part(*parts: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        candidate = {"content": {"role": "model", "parts": list(parts)}, "index": 0}
        return {"candidates": [candidate | ({"finishReason": finish} if finish else {})], "responseId": "g-1"}

    usage = {"promptTokenCount": 7, "candidatesTokenCount": 6, "thoughtsTokenCount": 3, "totalTokenCount": 16}
    thought = {"text": "Hm.", "thought": True}
    return Spoken(
        part(thought, {"text": TEXT}, finish="STOP") | {"usageMetadata": usage},
        (
            ("", part(thought)),
            *(("", part({"text": piece})) for piece in PIECES[:-1]),
            ("", part({"text": PIECES[-1]}, finish="STOP") | {"usageMetadata": usage}),
        ),
        {"error": {"code": 503, "status": "UNAVAILABLE", "message": "Overloaded"}},
    )


KINDS = {
    ProviderKind.OPENAI_CHAT: _chat(),
    ProviderKind.AZURE_OPENAI: _chat(),
    ProviderKind.OPENAI_RESPONSES: _responses(),
    ProviderKind.ANTHROPIC_MESSAGES: _messages(),
    ProviderKind.GEMINI: _gemini(),
}
EVERY_KIND = pytest.mark.parametrize("kind", KINDS)
EITHER_WAY = pytest.mark.parametrize("stream", [False, True])
EVENT_STREAM = {"Content-Type": "text/event-stream"}


def _request(kind: ProviderKind) -> CompletionRequest:
    endpoint = resolve("lab", ProviderSettings(base_url="https://llm.example.org/v1", kind=kind))
    return CompletionRequest(endpoint, "m", (Message("user", "hi"),), {"stream": True})


async def _collect(kind: ProviderKind, chunks: list[bytes]) -> Any:
    async def arriving() -> Any:
        for chunk in chunks:
            yield chunk

    request = _request(kind)
    return await read_stream(wire_format_of(request.endpoint), request, arriving(), {"x-request-id": "req-9"})


@EVERY_KIND
@given(data=st.data())
def test_a_stream_reads_the_same_wherever_its_chunks_are_cut(kind: ProviderKind, data: st.DataObject) -> None:
    whole = KINDS[kind].stream()
    places = sorted(data.draw(st.sets(st.integers(0, len(whole)), max_size=40)))
    chunks = [whole[first:last] for first, last in zip([0, *places], [*places, len(whole)], strict=True)]
    answered = asyncio.run(_collect(kind, chunks))
    assert (answered.text, answered.usage, answered.finish) == (TEXT, Usage(7, 9), Finish.STOP)
    assert answered.request_id == "req-9"


@EVERY_KIND
@given(data=st.data())
def test_a_stream_that_ends_early_is_never_taken_for_the_answer(kind: ProviderKind, data: st.DataObject) -> None:
    """What was said by then goes along, and the call counts as one that may have been paid for."""
    whole = KINDS[kind].stream()
    ended = asyncio.run(_tried(kind, whole[: data.draw(st.integers(0, len(whole)))]))
    if isinstance(ended, CallError):
        assert ended.kind in (FailureKind.CONNECTION, FailureKind.MALFORMED)
        assert TEXT.startswith(ended.raw_text)
        assert ended.request_id == "req-9"
        assert ended.perhaps_billed
    else:
        assert ended.text == TEXT


async def _tried(kind: ProviderKind, cut: bytes) -> Any:
    try:
        return await _collect(kind, [cut])
    except CallError as error:
        return error


async def _ask(kind: ProviderKind, answer: Any, *, stream: bool, **rest: Any) -> Any:
    parameters = {"stream": True} if stream else {}
    async with scripted_server(answer) as server, open_providers({"lab": "a-key-of-the-lab"}, 1) as provider:
        request = server.request(parameters=parameters, settings={"kind": kind}, **rest)
        try:
            return await provider.complete(request)
        except CallError as error:
            return error


@EVERY_KIND
@EITHER_WAY
async def test_an_answer_is_read_without_its_thoughts(kind: ProviderKind, stream: bool) -> None:
    spoken = KINDS[kind]
    answers = [http_reply(200, spoken.whole)]  # a plain reply is taken in answer to a stream as well
    if stream:
        answers.append(http_reply(200, spoken.stream(), EVENT_STREAM))
        answers.append(http_reply(200, spoken.stream()))
    for answer in answers:
        done = await _ask(kind, answer, stream=stream)
        assert (done.text, done.usage) == (TEXT, Usage(7, 9))


@EVERY_KIND
@EITHER_WAY
async def test_missing_usage_is_unknown_rather_than_nothing(kind: ProviderKind, stream: bool) -> None:
    zeros = {"input_tokens": 0, "output_tokens": 0, "prompt_tokens": 0, "completion_tokens": 0, "promptTokenCount": 0}
    for usage in ({}, {"usage": None, "usageMetadata": None}, {"usage": zeros, "usageMetadata": zeros}):
        whole = {name: value for name, value in KINDS[kind].whole.items() if not name.startswith("usage")} | usage
        done = await _ask(kind, http_reply(200, whole), stream=stream)
        assert (done.text, done.usage) == (TEXT, None)


@EVERY_KIND
@EITHER_WAY
@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, FailureKind.REJECTED),
        (401, FailureKind.KEY),
        (402, FailureKind.QUOTA),
        (403, FailureKind.REJECTED),
        (404, FailureKind.MODEL),
        (413, FailureKind.REJECTED),
        (429, FailureKind.RATE_LIMIT),
        (500, FailureKind.SERVER),
        (503, FailureKind.SERVER),
        (529, FailureKind.SERVER),
    ],
)
async def test_a_status_means_the_same_everywhere_and_keeps_its_id(
    kind: ProviderKind, stream: bool, status: int, expected: FailureKind
) -> None:
    body = {"error": {"message": f"Told {status}.", "type": "some_error"}}
    answer = http_reply(status, body, {"request-id": "req-7", "Retry-After": "3"} if status != 402 else {})
    error = await _ask(kind, answer, stream=stream)
    assert (error.kind, error.http_status) == (expected, status)
    assert f"Told {status}." in str(error)
    if status != 402:
        assert (error.request_id, error.retry_after) == ("req-7", 3.0)
    assert not error.perhaps_billed


@EVERY_KIND
async def test_an_error_in_the_middle_of_a_stream_keeps_text_id_and_doubt_about_the_bill(kind: ProviderKind) -> None:
    spoken = KINDS[kind]
    begun = spoken.stream().partition("Köln".encode())[0].rpartition(b"\n\n")[0] + b"\n\n"
    body = begun + b"event: error\ndata: " + json.dumps(spoken.overloaded).encode() + b"\n\n"
    answer = http_reply(200, body, EVENT_STREAM | {"x-request-id": "req-8"})
    error = await _ask(kind, answer, stream=True)
    assert (error.kind, error.raw_text, error.request_id) == (FailureKind.SERVER, PIECES[0], "req-8")
    assert "Overloaded" in str(error)
    assert error.perhaps_billed


@EVERY_KIND
async def test_a_connection_cut_after_some_text_keeps_the_text_and_the_id(kind: ProviderKind) -> None:
    begun = KINDS[kind].stream().partition("Köln".encode())[0].rpartition(b"\n\n")[0] + b"\n\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nx-request-id: req-8\r\nContent-Length: 99999\r\n\r\n"

    async def cut(received: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(head + begun)
        writer.close()

    error = await _ask(kind, cut, stream=True)
    assert (error.kind, error.raw_text, error.request_id) == (FailureKind.CONNECTION, PIECES[0], "req-8")
    assert "broke off in the middle" in str(error)
    assert error.perhaps_billed


@EVERY_KIND
@EITHER_WAY
@pytest.mark.parametrize("body", [b"", b"{", b"<html>Gateway</html>", b"[]", b"3", b'{"object": "other"}', b'"text"'])
async def test_a_good_status_over_nonsense_is_a_malformed_reply(kind: ProviderKind, stream: bool, body: bytes) -> None:
    error = await _ask(kind, http_reply(200, body, {"x-request-id": "req-5"}), stream=stream)
    assert (error.kind, error.request_id) == (FailureKind.MALFORMED, "req-5")


@EVERY_KIND
@pytest.mark.parametrize("after", [b"data: {junk\n\n", b"data: {ju", b""])
async def test_what_goes_wrong_behind_the_whole_answer_loses_nothing_of_it(kind: ProviderKind, after: bytes) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: 99999\r\n\r\n"

    async def cut(received: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(head + KINDS[kind].stream().removesuffix(b"data: [DONE]\n\n") + after)
        await writer.drain()
        writer.close()

    answered = await _ask(kind, cut, stream=True)
    assert (answered.text, answered.usage) == (TEXT, Usage(7, 9))


@EVERY_KIND
async def test_a_stream_that_ends_within_a_letter_was_cut(kind: ProviderKind) -> None:
    cut = KINDS[kind].stream().partition("🎈".encode())[0] + "🎈".encode()[:2]
    error = await _ask(kind, http_reply(200, cut, EVENT_STREAM), stream=True)
    assert (error.kind, error.raw_text) == (FailureKind.CONNECTION, PIECES[0])


@EVERY_KIND
async def test_a_damaged_letter_loses_no_answer(kind: ProviderKind) -> None:
    body = json.dumps(KINDS[kind].whole, ensure_ascii=False).encode().replace("🎈".encode(), b"\xff")
    answered = await _ask(kind, http_reply(200, body), stream=False)
    assert answered.text == TEXT.replace("🎈", "\ufffd")


@EVERY_KIND
async def test_an_error_of_any_server_in_mid_stream_is_told(kind: ProviderKind) -> None:
    begun = KINDS[kind].stream().partition("Köln".encode())[0].rpartition(b"\n\n")[0] + b"\n\n"
    body = begun + b'data: {"error": {"message": "slow", "code": 429}}\n\n'
    error = await _ask(kind, http_reply(200, body, EVENT_STREAM), stream=True)
    assert error.kind is FailureKind.RATE_LIMIT
