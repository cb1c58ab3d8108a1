"""What 10,000 rows cost at the flex price, and where they ask 500 different questions."""

from __future__ import annotations

import asyncio
import random
import sys
from decimal import Decimal

import pytest

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Speed, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.reports.run_report import run_report
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_manifest, make_topics
from tests.support.rate_world import run_virtual

ROWS = 10_000
CALL_PRICE = Decimal("0.02")
pytestmark = pytest.mark.slow


def priced(endpoint: Endpoint, model: str, usage: Usage) -> Decimal:
    return CALL_PRICE


def test_flex_costs_half_of_the_standard_price_whatever_is_refused() -> None:
    rng, refused = random.Random(14), 0

    def answer(request: CompletionRequest) -> Completion:
        nonlocal refused
        if request.speed is Speed.FLEX and rng.random() < 0.05:
            refused += 1
            raise CallError(FailureKind.CAPACITY, "No capacity.", http_status=429)
        return Completion(f"<{request.prompt}>", "writer", Usage(10, 20), speed=request.speed)

    async def run() -> tuple[Decimal | None, dict[str, int]]:
        steps = [{"prompt": "A {{Topic}}."}, {"prompt": "B {{s1}}."}, {"prompt": "C {{s2}}."}]
        named = [{"name": f"s{number}"} | step for number, step in enumerate(steps, 1)]
        chain = make_chain(*named, speed="flex", speed_fallback="standard", concurrency=200)
        clock = asyncio.get_running_loop().time
        engine = EngineHarness(make_topics(ROWS), chain, provider=ScriptedProvider(answer), price=priced, clock=clock)
        result = await engine.run()
        return run_report(engine.journal, result.run_id).cost, dict(engine.statuses())

    cost, statuses = run_virtual(run())
    assert cost is not None
    share = cost / (3 * ROWS * CALL_PRICE)
    sys.stdout.write(f"{share:.2%} of the standard price, {refused} refusals, {statuses}\n")
    assert statuses == {"done": ROWS}
    assert refused > 1000
    assert share <= Decimal("0.51")


async def test_as_many_calls_as_different_questions() -> None:
    manifest = make_manifest([{"Topic": f"T{number % 500}"} for number in range(ROWS)])
    chain = make_chain({"prompt": "About {{Topic}}.", "same_request": "one_answer"}, concurrency=200)
    engine = EngineHarness(manifest, chain, price=priced)
    await engine.run()
    sys.stdout.write(f"{len(engine.provider.requests)} calls for {ROWS} rows\n")
    assert len(engine.provider.requests) == 500
    assert engine.statuses() == {"done": ROWS}
