"""A long beginning that all rows share is written to the provider's cache by one call, and read by the others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.planning.prompt_order import order_hints
from chaindesk.engine.reports.run_report import priced_report
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics

LONG = "These are the rules of the house, and they hold for every row. " * 330  # more than 5,000 tokens
KINDS = ["openai-chat", "openai-responses", "anthropic-messages", "gemini"]


@asynccontextmanager
async def session_of(kind: str, step: dict[str, str], rows: int) -> AsyncIterator[tuple[Session, SimulatorServer]]:
    options = SimulatorOptions(latency=0.05, words=8, prompt_cache=True)
    async with SimulatorServer(options) as server:
        prices = {"*": {"input": 10, "output": 10, "cached_input": 1, "cache_write": 12.5}}
        lab = {"kind": kind, "base_url": server.base_url, "prices": prices}
        steps = [{"name": "s", "model": "lab/writer", "max_output_tokens": 50} | step]
        chain = Chain.model_validate({"name": "c", "concurrency": 100, "steps": steps, "providers": {"lab": lab}})
        yield Session(make_topics(rows), chain, MemoryJournal(), KeyStore()), server


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("place", ["prompt", "system"])
async def test_one_call_of_a_hundred_writes_and_the_others_read(kind: str, place: str) -> None:
    texts = {"prompt": LONG + "{{Topic}}"} if place == "prompt" else {"system": LONG, "prompt": "On {{Topic}}"}
    async with session_of(kind, texts, 100) as (session, server):
        result = await session.run(RunOptions(), lambda event: None)
        report = priced_report(session.journal, result.run_id)
    assert (server.counters.cache_writes, server.counters.cache_reads) == (1, 99)
    assert server.counters.delivered == 100
    assert report.saved is not None
    assert report.cost is not None
    assert report.saved > report.cost  # nine tenths of what would have been


async def test_without_a_long_beginning_no_call_waits() -> None:
    release = asyncio.Event()
    out = 0

    async def behave(request: CompletionRequest) -> str:
        nonlocal out
        out += 1
        if out == 10:
            release.set()
        await release.wait()
        return "Fine."

    chain = make_chain({"prompt": "On {{Topic}}"}, concurrency=10)
    engine = EngineHarness(make_topics(10), chain, provider=ScriptedProvider(behave))
    async with asyncio.timeout(60):  # else it would wait for ever
        await engine.run()
    assert engine.statuses() == {"done": 10}


async def test_where_the_first_call_fails_the_next_one_leads() -> None:
    first: list[str] = []

    async def behave(request: CompletionRequest) -> str:
        first.append(request.prompt[-2:])
        await asyncio.sleep(0)
        if request.prompt.endswith("T0"):
            raise CallError(FailureKind.REJECTED, "No.", http_status=400)
        return "Fine."

    engine = EngineHarness(
        make_topics(20), make_chain({"prompt": LONG + "{{Topic}}"}, concurrency=20), provider=ScriptedProvider(behave)
    )
    async with asyncio.timeout(60):  # else it would wait for ever
        await engine.run()
    assert engine.statuses() == {"done": 19, "failed": 1}
    assert len(engine.provider.requests) == 20


async def test_at_most_one_call_is_out_until_it_is_answered() -> None:
    peaks: list[int] = []
    provider = ScriptedProvider()

    async def behave(request: CompletionRequest) -> str:
        peaks.append(provider.in_flight)
        await asyncio.sleep(0)
        return "Fine."

    provider.behave = behave
    engine = EngineHarness(
        make_topics(30), make_chain({"prompt": LONG + "{{Topic}}"}, concurrency=10), provider=provider
    )
    await engine.run()
    assert peaks[0] == 1
    assert provider.peak > 1


def test_a_beginning_that_is_no_rows_own_is_no_part_of_the_fingerprint() -> None:
    engine = EngineHarness(make_topics(1), make_chain({"prompt": LONG + "{{Topic}}"}))
    request = engine.request_builder.request(0, engine.manifest.rows[0], {})
    assert request.shared_prefix == LONG
    assert request.cache_key
    assert replace(request, shared_prefix="", cache_key="").fingerprint == request.fingerprint


@pytest.mark.parametrize(
    ("step", "told"),
    [
        ({"prompt": LONG + "{{Topic}}"}, False),
        ({"prompt": "{{Topic}}\n" + LONG}, True),
        ({"prompt": "{{Topic}}", "system": "On {{Topic}}. " + LONG}, True),
        ({"prompt": "{{Topic}}. Be short."}, False),
    ],
)
def test_check_says_where_the_rows_own_text_is_not_last(step: dict[str, str], told: bool) -> None:
    engine = EngineHarness(make_topics(20), make_chain(step))
    assert bool(order_hints(engine.request_builder, engine.plan())) is told
