"""The simulated provider: its answers, delays, limits, faults and counters."""

from __future__ import annotations

import asyncio
import json
import math
import os
import statistics
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.completion import CompletionRequest, Finish, Message
from chaindesk.domain.errors import CallError, EnvironmentFailure, FailureKind, InputError
from chaindesk.providers.base import Provider, RateHint
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.simulator.key_limits import KeyLimits
from chaindesk.simulator.options import SimulatorOptions, draw_latency
from chaindesk.simulator.server import SimulatorServer, answer_of, latency_of
from chaindesk.simulator.text import form_of, topic_of
from tests.support.waiting import until

DEMO = resolve("demo")
QUICK = SimulatorOptions(latency=0)


def _request(prompt: str = "Say hello.", **rest: Any) -> CompletionRequest:
    return CompletionRequest(DEMO, rest.pop("model", "writer"), (Message("user", prompt),), **rest)


@asynccontextmanager
async def _served(
    options: SimulatorOptions, connections: int = 50, key: str = "", **rest: Any
) -> AsyncIterator[tuple[SimulatorServer, Provider]]:
    async with SimulatorServer(options) as server:
        addresses = {DEMO.base_url: server.base_url}
        async with open_providers({"demo": key} if key else {}, connections, addresses=addresses, **rest) as provider:
            yield server, provider


PROMPTS = {
    "bullets": "List ten facts about tidal power for general readers.",
    "article": "Write 120 words on bees in towns from these notes. - a - b",
    "label": "Classify this lead as hot, warm or cold: Acme wants a demo on Monday",
    "translation": "Translate into German:\nHello world",
    "score": "Judge this text. It is short.",
    "summary": "Summarise the following in one sentence: It rained.",
    "paragraph": "Hello there",
}


@pytest.mark.parametrize("form", PROMPTS)
async def test_an_answer_fits_the_ask_and_is_marked_as_simulated(form: str) -> None:
    prompt = PROMPTS[form]
    assert form_of(prompt) == form
    async with _served(QUICK) as (_, provider):
        text = (await provider.complete(_request(prompt))).text
    assert text.startswith("[simulated]")
    match form:
        case "bullets":
            assert text.count("\n- ") == 10
            assert "tidal power" in text
        case "article":
            assert 100 <= len(text.split()) <= 150
        case "label":
            assert text.removeprefix("[simulated] ") in ("hot", "warm", "cold")
        case "translation":
            assert text == "[simulated] (German) Hello world"
        case "score":
            assert "/10" in text


@given(st.text(max_size=300))
def test_any_prompt_has_a_topic_and_an_answer(prompt: str) -> None:
    assert topic_of(prompt)
    assert answer_of(QUICK, _request(prompt)).startswith("[simulated]")


async def test_the_same_request_has_the_same_answer_and_the_caller_can_foretell_it() -> None:
    request = _request("Write about lamps.")
    async with _served(QUICK) as (_, provider):
        first = await provider.complete(request)
        second = await provider.complete(request)
        streamed = await provider.complete(_request("Write about lamps.", parameters={"stream": True}))
    assert first.text == second.text == streamed.text == answer_of(QUICK, request)
    assert first.usage == streamed.usage
    assert answer_of(SimulatorOptions(seed=1), request) != answer_of(QUICK, request)


async def test_an_output_limit_cuts_the_answer() -> None:
    async with _served(QUICK) as (_, provider):
        completion = await provider.complete(_request("Write about lamps.", parameters={"max_output_tokens": 10}))
    assert completion.finish is Finish.LENGTH
    assert completion.usage is not None
    assert completion.usage.output <= 10


async def test_a_schema_is_answered_with_json_that_fits_it() -> None:
    schema = {
        "type": "object",
        "properties": {
            "grade": {"type": "string", "enum": ["A", "B"]},
            "quality": {"type": "integer", "minimum": 1, "maximum": 3},
            "share": {"type": "number"},
            "sure": {"type": "boolean"},
            "reason": {"type": ["string", "null"]},
            "tags": {"type": "array", "items": {"$ref": "#/$defs/tag"}},
        },
        "$defs": {"tag": {"type": "object", "properties": {"name": {"type": "string"}}}},
    }
    async with _served(QUICK) as (_, provider):
        answer = json.loads((await provider.complete(_request("Judge lamps.", schema=schema))).text)
    assert answer["grade"] in ("A", "B")
    assert answer["quality"] in (1, 2, 3)
    assert isinstance(answer["share"], float)
    assert isinstance(answer["sure"], bool)
    assert answer["reason"].startswith("[simulated]")
    assert answer["tags"][0]["name"].startswith("[simulated]")


async def test_delays_are_those_that_were_drawn() -> None:
    options = SimulatorOptions(latency=0.2, sigma=0.4, seed=5)
    requests = [_request(f"Row {number}") for number in range(30)]
    async with _served(options) as (_, provider):
        completions = await asyncio.gather(*map(provider.complete, requests))
    drawn = [latency_of(options, one) for one in requests]
    took = [done.seconds for done in completions]
    assert min(one - other for one, other in zip(took, drawn, strict=True)) > -0.005
    # Not how late each came, which the machine decides, but that the slow ones are the slow ones.
    assert statistics.correlation(drawn, took) > 0.5


def test_log_normal_delays_have_their_mean() -> None:
    options = SimulatorOptions(latency=2.0, sigma=0.6)
    draws = [draw_latency(options, str(number), number) for number in range(20_000)]
    assert statistics.fmean(draws) == pytest.approx(2.0, rel=0.03)
    assert statistics.pstdev(map(math.log, draws)) == pytest.approx(0.6, rel=0.03)
    assert {draw_latency(SimulatorOptions(latency=2.0, distribution="constant"), "x", 0)} == {2.0}


async def test_delays_can_go_by_the_order_of_arrival() -> None:
    options = SimulatorOptions(latency=0.05, draw="arrival", seed=9)
    async with _served(options) as (_, provider):
        for number in range(4):
            completion = await provider.complete(_request())
            assert completion.seconds >= latency_of(options, _request(), number) - 0.005


async def test_a_limit_of_requests_is_kept_and_told(monkeypatch: pytest.MonkeyPatch) -> None:
    hints: list[RateHint] = []
    passed = [0.0]
    acquire = KeyLimits.acquire
    monkeypatch.setattr(KeyLimits, "acquire", lambda limits, tokens, now: acquire(limits, tokens, now + passed[0]))
    options = SimulatorOptions(latency=0, rpm=1, burst=240)
    async with _served(options, on_rate=lambda request, hint: hints.append(hint)) as (server, provider):
        for _ in range(4):
            await provider.complete(_request())
        with pytest.raises(CallError, match=r"Rate limit reached.*RPM.*Limit 1,") as caught:
            await provider.complete(_request())
        assert caught.value.kind is FailureKind.RATE_LIMIT
        wait = caught.value.retry_after
        assert wait is not None
        assert 0 < wait <= 60
        passed[0] = wait
        await provider.complete(_request())
    assert server.counters.by_status == {200: 5, 429: 1}
    assert [hint.requests_remaining for hint in hints[:4]] == [3, 2, 1, 0]
    assert {hint.requests_limit for hint in hints} == {1}
    assert all(hint.requests_reset is not None and hint.requests_reset <= 240 for hint in hints)


async def test_a_limit_of_tokens_is_kept_for_each_key_apart() -> None:
    options = SimulatorOptions(latency=0, tpm=600, burst=1)
    async with _served(options, key="first") as (server, provider):
        await provider.complete(_request("Write 200 words about lamps."))
        with pytest.raises(CallError, match="TPM"):
            await provider.complete(_request("Write 200 words about chairs."))
        async with open_providers({"demo": "second"}, 1, addresses={DEMO.base_url: server.base_url}) as other:
            await other.complete(_request("Write 200 words about tables."))


@pytest.mark.parametrize(
    ("fault", "kinds"),
    [
        ("error_500", {FailureKind.SERVER}),
        ("error_503", {FailureKind.SERVER}),
        ("error_429", {FailureKind.RATE_LIMIT}),
        ("reset", {FailureKind.CONNECTION}),
        ("hang", {FailureKind.TIMEOUT}),
        ("malformed", {FailureKind.MALFORMED}),
    ],
)
async def test_a_fault_is_met_as_it_was_asked_for(fault: str, kinds: set[FailureKind]) -> None:
    met: set[FailureKind] = set()
    async with _served(SimulatorOptions(latency=0, **{fault: 1.0})) as (server, provider):  # type: ignore[arg-type]
        for number in range(8):
            with pytest.raises(CallError) as caught:
                await provider.complete(_request(f"Row {number}", timeout=0.1 if fault == "hang" else 60.0))
            met.add(caught.value.kind)
    assert met == kinds
    assert server.counters.delivered == 0
    assert sum(server.counters.by_status.values()) == (0 if fault in ("reset", "hang") else 8)


async def test_faults_come_in_their_shares_and_the_same_ones_each_time() -> None:
    async def statuses() -> list[int | None]:
        async with _served(SimulatorOptions(latency=0, error_500=0.3, seed=3)) as (_, provider):
            requests = [_request(f"Row {number}") for number in range(200)]
            done = await asyncio.gather(*map(provider.complete, requests), return_exceptions=True)
            return [one.http_status if isinstance(one, CallError) else 200 for one in done]

    first = await statuses()
    assert 40 <= first.count(500) <= 80
    assert await statuses() == first


@pytest.mark.parametrize("status", [400, 401, 404, 429, 500])
async def test_a_chosen_request_fails_and_no_other(status: int) -> None:
    options = SimulatorOptions(latency=0, fail_containing="FAIL-ME", fail_status=status)
    async with _served(options) as (_, provider):
        with pytest.raises(CallError) as caught:
            await provider.complete(_request("Please FAIL-ME now"))
        assert caught.value.http_status == status
        await provider.complete(_request("Please do not fail"))


async def test_a_chosen_request_can_succeed_on_a_later_attempt() -> None:
    options = SimulatorOptions(latency=0, fail_containing="FAIL-ME", fail_status=503, fail_attempts=2)
    async with _served(options) as (server, provider):
        for _ in range(2):
            with pytest.raises(CallError):
                await provider.complete(_request("FAIL-ME twice"))
        assert (await provider.complete(_request("FAIL-ME twice"))).text.startswith("[simulated]")
    assert list(server.counters.attempts.values()) == [3]
    assert list(server.counters.answers.values()) == [1]


async def test_a_key_can_be_demanded_and_a_wrong_one_is_not_echoed_to_the_user() -> None:
    options = SimulatorOptions(latency=0, require_key="demo-key-0123456789")
    async with _served(options, key="demo-key-0123456789") as (_, provider):
        await provider.complete(_request())
        assert "writer" in await provider.models(DEMO)
    async with _served(options, key="wrong-key-abcdefghij") as (_, provider):
        with pytest.raises(CallError) as caught:
            await provider.complete(_request())
        assert caught.value.kind is FailureKind.KEY
        assert "ghij" not in str(caught.value)


async def test_the_witness_counts_what_it_saw() -> None:
    async with _served(SimulatorOptions(latency=0.02, distribution="constant"), connections=5) as (server, provider):
        await asyncio.gather(*(provider.complete(_request(f"Row {number}")) for number in range(40)))
        async with aiohttp.ClientSession() as session:
            seen = await (await session.get(f"{server.root_url}/counters")).json()
            await session.post(f"{server.root_url}/counters/reset")
            anew = await (await session.get(f"{server.root_url}/counters")).json()
    assert (seen["requests"], seen["delivered"], seen["by_status"], seen["running"]) == (40, 40, {"200": 40}, 0)
    assert seen["connections"] == 5 + 1  # the witness was asked over one more
    assert seen["peak"] == 5
    assert sorted(seen["answers"].values()) == [1] * 40
    assert (anew["requests"], anew["answers"]) == (0, {})


async def test_an_answer_that_nobody_waits_for_is_not_counted_as_delivered() -> None:
    async with _served(SimulatorOptions(latency=30, distribution="constant")) as (server, provider):
        with pytest.raises(CallError):
            await provider.complete(_request(timeout=0.1))
        await until(lambda: not server.counters.running)
    assert (server.counters.requests, server.counters.delivered) == (1, 0)


async def test_a_taken_port_is_told_plainly() -> None:
    async with SimulatorServer(QUICK) as server:
        port = int(server.root_url.rpartition(":")[2])
        with pytest.raises(EnvironmentFailure, match=f"Port {port} on .* Choose another"):
            await SimulatorServer(QUICK, port=port).__aenter__()


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"model":"m"}', b'{"model":"m","messages":[1]}', b"\xff"])
async def test_a_request_that_is_none_is_answered_400(body: bytes) -> None:
    async with SimulatorServer(QUICK) as server, aiohttp.ClientSession() as session:
        response = await session.post(f"{server.base_url}/chat/completions", data=body)
        assert response.status == 400
        assert (await response.json())["error"]["type"] == "invalid_request_error"
        assert (await session.get(f"{server.base_url}/nothing")).status == 404


def test_options_go_through_json_and_wrong_ones_are_refused() -> None:
    options = SimulatorOptions(latency=0.3, rpm=600, models=("a",), fail_containing="x")
    assert SimulatorOptions.from_json(options.to_json()) == options
    for text in ("", "[]", '{"speed": 1}'):
        with pytest.raises(InputError, match="It knows: latency"):
            SimulatorOptions.from_json(text)
    for wrong in ({"distribution": "normal"}, {"draw": "x"}, {"latency": -1.0}, {"rpm": 0.0}, {"reset": 2.0}):
        with pytest.raises(InputError):
            SimulatorOptions(**wrong)  # type: ignore[arg-type]


def test_it_serves_alone_until_it_is_stopped() -> None:
    command = [sys.executable, "-W", "error", "-m", "chaindesk.simulator.server", QUICK.to_json()]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONUNBUFFERED": "1"}
    ) as served:
        assert served.stdout is not None
        address = served.stdout.readline().split()[-1]

        async def ask() -> str:
            async with open_providers({}, 1, addresses={DEMO.base_url: address}) as provider:
                return (await provider.complete(_request())).text

        try:
            assert asyncio.run(ask()).startswith("[simulated]")
        finally:
            served.terminate()
