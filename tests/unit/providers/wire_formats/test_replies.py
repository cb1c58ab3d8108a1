"""Replies as real servers send them, over real HTTP."""

from __future__ import annotations

import asyncio
import gzip
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import Completion, CompletionRequest, Finish, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.providers.wire_formats.answer_builder import ReplyMetadata, build_answer
from tests.support.http_server import chat_chunk, chat_completion, http_reply, scripted_server, sse_events


async def _complete(server: Any, **request: Any) -> Completion:
    async with server, open_providers({"lab": "a-key"}, 2) as provider:
        return await provider.complete(server.request(**request))


async def _failure(server: Any, **request: Any) -> CallError:
    with pytest.raises(CallError) as caught:
        await _complete(server, **request)
    return caught.value


async def test_a_plain_answer_comes_with_usage_model_and_request_id() -> None:
    body = chat_completion(
        "Grüße.",
        usage={
            "prompt_tokens": 10,
            "completion_tokens": 4,
            "total_tokens": 14,
            "prompt_tokens_details": {"cached_tokens": 6},
        },
    )
    completion = await _complete(scripted_server(http_reply(200, body, {"X-Request-Id": "req_9"})))
    assert completion.text == "Grüße."
    assert completion.usage == Usage(10, 4, 6)
    assert (completion.model, completion.request_id, completion.finish) == ("model-1", "req_9", Finish.STOP)
    assert completion.seconds > 0


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ([{"type": "text", "text": "one "}, {"type": "text", "text": "two"}], "one two"),
        ([{"type": "thinking", "thinking": [{"type": "text", "text": "hm"}]}, {"type": "text", "text": "yes"}], "yes"),
        (["a", "b"], "ab"),
        ({"type": "text", "text": "one part"}, "one part"),
        ("<think>hm, {so}\n</think>\n\nThe answer.", "The answer."),
        ("<thinking>hm</thinking>yes", "yes"),
        ("<think>never closed, and yet the answer", "<think>never closed, and yet the answer"),
        ("<thinkers> are many", "<thinkers> are many"),
        ("First <think>this</think>.", "First <think>this</think>."),
        ("  kept as it is \n", "  kept as it is \n"),
        ("half \ud83d pair", "half \ufffd pair"),
    ],
)
async def test_text_is_taken_out_of_parts_and_thoughts_are_left_out(content: Any, text: str) -> None:
    assert (await _complete(scripted_server(http_reply(200, chat_completion(content))))).text == text


@pytest.mark.parametrize("kind", ["openai-responses", "anthropic-messages", "gemini", "azure-openai"])
def test_where_thoughts_are_told_apart_a_block_of_them_is_the_answers_own(kind: str) -> None:
    endpoint = resolve("lab", ProviderSettings(base_url="https://llm.example.org/v1", kind=ProviderKind(kind)))
    asked = CompletionRequest(endpoint, "m", (Message("user", "Write XML."),))
    text = "<think>asked for</think>rest"
    assert build_answer(asked, text=text, refusal="", finish="stop", metadata=ReplyMetadata()).text == text


async def test_a_model_cut_while_thinking_has_said_nothing() -> None:
    failure = await _failure(scripted_server(http_reply(200, chat_completion("<think>on and on", "length"))))
    assert failure.kind is FailureKind.REJECTED
    assert "Raise the step's max_output_tokens" in str(failure)


async def test_what_azures_filter_objected_to_is_told() -> None:
    results = {"hate": {"filtered": True, "severity": "high"}, "violence": {"filtered": False, "severity": "safe"}}
    body = chat_completion("Some", "content_filter")
    body["choices"][0]["content_filter_results"] = results | {"jailbreak": {"filtered": True, "detected": True}}
    error = {"message": "Filtered.", "code": "content_filter", "innererror": {"content_filter_result": results}}
    chunk = chat_chunk("Some", "content_filter")
    chunk["choices"][0]["content_filter_results"] = results
    azure = {"settings": {"kind": ProviderKind.AZURE_OPENAI}}
    for answer, stream in (
        (http_reply(200, body), False),
        (http_reply(400, {"error": error}), False),
        (http_reply(200, sse_events(chunk), {"Content-Type": "text/event-stream"}), True),
    ):
        failure = await _failure(scripted_server(answer), **azure, parameters={"stream": stream})
        assert failure.kind is FailureKind.REFUSED
        assert "hate: high" in str(failure)
        assert "violence" not in str(failure)


async def test_reasoning_content_beside_the_text_is_left_out() -> None:
    body = chat_completion("Answer.")
    body["choices"][0]["message"]["reasoning_content"] = "secret thoughts"
    assert (await _complete(scripted_server(http_reply(200, body)))).text == "Answer."


@pytest.mark.parametrize(
    ("usage", "read"),
    [
        (None, None),
        ({}, None),
        ("none", None),
        ({"prompt_tokens": None, "completion_tokens": None}, None),
        ({"prompt_tokens": 5, "completion_tokens": 2.0}, Usage(5, 2)),
        ({"prompt_tokens": "5", "completion_tokens": "2"}, Usage(5, 2)),
        ({"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 20}, Usage(5, 15)),
        ({"prompt_tokens": 5, "completion_tokens": 2, "prompt_cache_hit_tokens": 4}, Usage(5, 2, 4)),
        ({"prompt_tokens": -5, "completion_tokens": "x", "total_tokens": 3}, Usage(0, 3)),
        ({"prompt_tokens": 10**30, "completion_tokens": 1e300, "total_tokens": 3}, Usage(0, 3)),
    ],
)
async def test_usage_is_read_as_it_comes_or_not_at_all(usage: Any, read: Usage | None) -> None:
    assert (await _complete(scripted_server(http_reply(200, chat_completion(usage=usage))))).usage == read


async def test_a_cost_that_the_provider_names_is_kept() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7, "cost": 0.00014}
    assert (await _complete(scripted_server(http_reply(200, chat_completion(usage=usage))))).cost == Decimal("0.00014")


@pytest.mark.parametrize("cost", ["NaN", -1, 1e300, True, [1]])
async def test_a_cost_that_cannot_be_meant_is_none(cost: Any) -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7, "cost": cost}
    assert (await _complete(scripted_server(http_reply(200, chat_completion(usage=usage))))).cost is None


@pytest.mark.parametrize("reason", ["length", "max_tokens", "max-tokens", "model_length", "FinishReason.MAX_TOKENS"])
async def test_an_answer_that_was_cut_is_kept_and_says_so(reason: str) -> None:
    completion = await _complete(scripted_server(http_reply(200, chat_completion("Half an", reason))))
    assert (completion.text, completion.finish) == ("Half an", Finish.LENGTH)


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        ({"content": "", "finish": "length"}, FailureKind.REJECTED, "max_output_tokens"),
        ({"content": "", "finish": "stop"}, FailureKind.EMPTY, "an empty text"),
        ({"content": None, "finish": "tool_calls"}, FailureKind.REJECTED, "tool"),
        ({"content": "Some", "finish": "content_filter"}, FailureKind.REFUSED, "content filter"),
        ({"content": "x", "finish": "error"}, FailureKind.SERVER, "broke off"),
        ({"content": "x", "finish": 3}, FailureKind.REJECTED, '"3"'),
        ({"choices": []}, FailureKind.MALFORMED, "without an answer"),
        ({"choices": None}, FailureKind.MALFORMED, "without an answer"),
    ],
)
async def test_a_good_status_without_a_usable_answer_is_a_failure(
    body: dict[str, Any], kind: FailureKind, words: str
) -> None:
    failure = await _failure(scripted_server(http_reply(200, chat_completion(**body))))
    assert failure.kind is kind
    assert words in str(failure)


async def test_a_refusal_is_told_in_the_models_own_words() -> None:
    body = chat_completion(None)
    body["choices"][0]["message"]["refusal"] = "I'm sorry, I can't help with that."
    failure = await _failure(scripted_server(http_reply(200, body)))
    assert failure.kind is FailureKind.REFUSED
    assert failure.raw_text == "I'm sorry, I can't help with that."
    assert "can't help" in str(failure)


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"error": {"code": 429, "message": "slow"}}, FailureKind.RATE_LIMIT),
        ({"error": {"code": 502, "message": "bad gateway"}, "user_id": "u"}, FailureKind.SERVER),
        ({"error": {"code": "402", "message": "no credits"}}, FailureKind.QUOTA),
        ({"error": "something broke"}, FailureKind.SERVER),
        ({"error": "Unexpected endpoint or method. (POST /chat/completions)"}, FailureKind.MODEL),
        ({"error": [{"code": 401, "message": "no"}]}, FailureKind.KEY),
        ({"error": {"message": "x", "code": "context_length_exceeded"}}, FailureKind.TOO_LONG),
        ({"choices": [{"error": {"code": 503, "message": "x"}, "message": {"content": "Ha"}}]}, FailureKind.SERVER),
    ],
)
async def test_an_error_inside_a_good_reply_is_found(body: Any, kind: FailureKind) -> None:
    assert (await _failure(scripted_server(http_reply(200, body)))).kind is kind


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"null", b"[]", b'"text"', b"<html><body>Sign in</body></html>", b"\xff\xfe\x00", b"[" * 200_000],
    ids=["empty", "cut", "null", "list", "text", "page", "bytes", "deep"],
)
async def test_a_body_that_is_no_completion_is_malformed(body: bytes) -> None:
    failure = await _failure(scripted_server(http_reply(200, body)))
    assert failure.kind is FailureKind.MALFORMED
    assert "check base_url" in str(failure)


async def test_a_compressed_reply_is_read() -> None:
    body = gzip.compress(b'{"choices":[{"message":{"content":"small"},"finish_reason":"stop"}]}')
    assert (await _complete(scripted_server(http_reply(200, body, {"Content-Encoding": "gzip"})))).text == "small"


async def test_a_stream_that_nobody_asked_for_is_read() -> None:
    body = sse_events(chat_chunk("Hel"), chat_chunk("lo."), chat_chunk(None, "stop"))
    server = scripted_server(http_reply(200, body, {"Content-Type": "text/event-stream"}))
    assert (await _complete(server)).text == "Hello."


async def test_a_plain_body_in_answer_to_a_stream_is_read() -> None:
    server = scripted_server(http_reply(200, chat_completion("Whole.")))
    assert (await _complete(server, parameters={"stream": True})).text == "Whole."
    assert server.received[0].json["stream_options"] == {"include_usage": True}


def _streamed(*pieces: bytes, close: bool = True) -> Any:
    async def answer(received: Any, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        for piece in pieces:
            writer.write(b"%x\r\n%s\r\n" % (len(piece), piece))
            await writer.drain()
        if close:
            writer.transport.abort()
        else:
            writer.write(b"0\r\n\r\n")

    return answer


async def test_a_stream_is_put_together_whatever_its_chunks() -> None:
    usage = {"choices": [], "usage": {"prompt_tokens": 3, "completion_tokens": 9, "total_tokens": 12}}
    thought = chat_chunk(None)
    thought["choices"][0]["delta"] = {"reasoning_content": "hm"}
    body = b": OPENROUTER PROCESSING\n\n" + sse_events(
        chat_chunk(""), thought, chat_chunk("Grüße "), chat_chunk("🌍"), chat_chunk(None, "length"), usage
    )
    pieces = [body[place : place + 3] for place in range(0, len(body), 3)]
    completion = await _complete(scripted_server(_streamed(*pieces, close=False)), parameters={"stream": True})
    assert (completion.text, completion.finish) == ("Grüße 🌍", Finish.LENGTH)
    assert completion.usage == Usage(3, 9)


async def test_a_stream_that_ends_with_a_finish_reason_needs_no_done() -> None:
    body = sse_events(chat_chunk("All."), chat_chunk(None, "stop"), done=False)
    assert (await _complete(scripted_server(_streamed(body, close=False)), parameters={"stream": True})).text == "All."


@pytest.mark.parametrize("close", [True, False], ids=["reset", "ended"])
@pytest.mark.parametrize("said", ["", "Half of it"])
async def test_a_stream_that_is_cut_is_tried_again_and_keeps_what_it_said(close: bool, said: str) -> None:
    server = scripted_server(_streamed(sse_events(chat_chunk(said), done=False), close=close))
    failure = await _failure(server, parameters={"stream": True})
    assert failure.kind is FailureKind.CONNECTION
    assert failure.raw_text == said


@pytest.mark.parametrize(
    "error",
    ['{"error": {"code": 529, "message": "overloaded"}}', '{"error": "busy"}', '{"choices":[{"error":{"code":500}}]}'],
)
async def test_an_error_in_mid_stream_is_a_failure(error: str) -> None:
    body = sse_events(chat_chunk("Some"), error, chat_chunk(" more"))
    failure = await _failure(scripted_server(_streamed(body, close=False)), parameters={"stream": True})
    assert failure.kind is FailureKind.SERVER
    assert failure.raw_text == "Some"


async def test_a_stream_of_something_else_is_malformed() -> None:
    failure = await _failure(scripted_server(_streamed(b"data: hello\n\n", close=False)), parameters={"stream": True})
    assert failure.kind is FailureKind.MALFORMED


async def test_a_refused_stream_is_a_failure_like_any_other() -> None:
    server = scripted_server(http_reply(429, {"error": {"message": "slow down"}}, {"Retry-After": "3"}))
    failure = await _failure(server, parameters={"stream": True})
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMIT, 3)


async def test_a_listed_name_that_would_write_lines_of_its_own_is_no_model() -> None:
    listed = {"data": [{"id": "writer-1"}, {"id": "a\nNothing can be run."}, {"id": "b\x1b[31m"}, {"id": "\ud800"}]}
    async with scripted_server(http_reply(200, listed)) as server, open_providers({"lab": "a-key"}, 1) as provider:
        assert list(await provider.models(server.endpoint())) == ["writer-1"]


async def test_the_models_are_listed_in_every_known_shape() -> None:
    bodies = (
        {"object": "list", "data": [{"id": "b"}, {"id": "a"}, {"id": "b"}, {"nothing": 1}]},
        [{"id": "b"}, {"id": "a"}],
        {"models": [{"name": "b"}, "a"]},
    )
    for body in bodies:
        async with scripted_server(http_reply(200, body)) as server, open_providers({}, 1) as provider:
            assert list(await provider.models(server.endpoint())) == ["b", "a"]
            assert (server.received[0].method, server.received[0].path) == ("GET", "/v1/models")
    async with scripted_server(http_reply(200, {"ok": True})) as server, open_providers({}, 1) as provider:
        with pytest.raises(CallError):
            await provider.models(server.endpoint())


@pytest.mark.parametrize(
    ("reason", "kind"),
    [
        ("insufficient_system_resource", FailureKind.SERVER),
        ("abort", FailureKind.SERVER),
        ("NETWORK_ERROR", FailureKind.SERVER),
        ("timeout", FailureKind.SERVER),
        ("sensitive", FailureKind.REFUSED),
        ("content_filtered", FailureKind.REFUSED),
        ("guardrail_intervened", FailureKind.REFUSED),
        ("moon_phase", FailureKind.REJECTED),
        ("FINISH_REASON_UNSPECIFIED", FailureKind.REJECTED),
        ("pause_turn", FailureKind.REJECTED),
    ],
)
async def test_an_answer_that_may_be_broken_off_is_no_answer_and_its_text_is_kept(
    reason: str, kind: FailureKind
) -> None:
    failure = await _failure(scripted_server(http_reply(200, chat_completion("Half an", reason))))
    assert failure.kind is kind
    assert failure.raw_text == "Half an"
    assert failure.usage is not None
    assert kind is FailureKind.REFUSED or reason.lower() in str(failure)


@pytest.mark.parametrize(
    "reason", [None, "", "stop", "STOP", "eos", "eos_token", "end_turn", "stop_sequence", "completed"]
)
async def test_the_many_words_for_a_whole_answer_are_known(reason: str | None) -> None:
    assert (await _complete(scripted_server(http_reply(200, chat_completion("Whole.", reason))))).finish is Finish.STOP


async def test_a_message_that_is_nothing_but_text_is_the_answer() -> None:
    body = chat_completion("")
    body["choices"][0]["message"] = "Rye"
    assert (await _complete(scripted_server(http_reply(200, body)))).text == "Rye"


@pytest.mark.parametrize("content", [None, "", "<think>hm</think>"])
async def test_a_reply_of_reasoning_alone_is_told_as_such(content: Any) -> None:
    body = chat_completion(content)
    body["choices"][0]["message"]["reasoning_content"] = "Let me see."
    failure = await _failure(scripted_server(http_reply(200, body)))
    assert "wrote its reasoning and no answer" in str(failure)
    assert failure.usage is not None


async def test_half_characters_of_a_server_can_be_stored() -> None:
    body = b'{"id": "\\ud800", "model": "\\udfff", "choices": [{"message": {"content": "Rye"}}]}'
    completion = await _complete(scripted_server(http_reply(200, body)))
    (completion.model + completion.request_id).encode()
    failure = await _failure(scripted_server(http_reply(400, b'{"error": {"message": "no \\ud800"}}')))
    str(failure).encode()
    cut = http_reply(
        200, b'{"id": "\\ud800", "choices": [{"message": {"content": "Half \\ud800"}, "finish_reason": "abort"}]}'
    )
    failure = await _failure(scripted_server(cut))
    (failure.raw_text + failure.request_id).encode()
