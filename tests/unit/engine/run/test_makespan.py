"""How close a run comes to the best that its order of rows allows, by the whole engine on a clock that jumps."""

from __future__ import annotations

import asyncio
import heapq
import random

import pytest

from chaindesk.domain.chains.chain import RowOrder
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.engine.run.options import RunOptions
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics
from tests.support.rate_world import run_virtual

_ROWS, _STEPS = 100, 3


def drawn(seed: int) -> list[list[float]]:
    """The seconds of each row's calls, log-normal, 2 in the mean."""
    rng = random.Random(seed)
    return [[rng.lognormvariate(0.568, 0.5) for _ in range(_STEPS)] for _ in range(_ROWS)]


def greedy(seconds: list[list[float]], at_once: int) -> float:
    """The time of a run that gives each row, in order, to the slot that is free first."""
    slots = [0.0] * at_once
    for row in seconds:
        heapq.heappush(slots, heapq.heappop(slots) + sum(row))
    return max(slots)


async def run(seconds: list[list[float]], at_once: int) -> float:
    loop = asyncio.get_running_loop()

    async def answer(request: CompletionRequest) -> Completion:
        step, topic = request.messages[-1].content.split()
        taken = seconds[int(topic[1:])][int(step)]
        await asyncio.sleep(taken)
        return Completion("x", request.model, Usage(10, 20), seconds=taken)

    chain = make_chain(*({"prompt": f"{step} {{{{Topic}}}}"} for step in range(_STEPS)), concurrency=at_once)
    harness = EngineHarness(make_topics(_ROWS), chain, provider=ScriptedProvider(answer), clock=loop.time)
    began = loop.time()
    await harness.run(RunOptions(order=RowOrder.SHEET))
    return loop.time() - began


@pytest.mark.parametrize("at_once", [5, 10, 25])
def test_no_slot_stands_idle_while_a_row_waits(at_once: int) -> None:
    seconds = drawn(at_once)
    assert run_virtual(run(seconds, at_once)) <= 1.01 * greedy(seconds, at_once)
