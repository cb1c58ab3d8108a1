from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.answer import RunState
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, PauseCause, RunPaused
from chaindesk.domain.status import Status
from chaindesk.engine.budget import Budget
from chaindesk.engine.planned import RunOptions

STEP = {"prompt": "Notes on {{Topic}}", "max_output_tokens": 100}


def dollars(endpoint: Any, model: str, usage: Usage) -> Decimal:
    return Decimal(usage.output) / 100


def paid(request: CompletionRequest) -> Completion:
    return Completion("text", "m", Usage(1, 100), cost=Decimal(1))


async def test_no_call_begins_that_could_pass_the_cap(bench_of: Any, topics: Any, steps_of: Any) -> None:
    bench = bench_of(topics(20), steps_of(STEP), price=dollars)
    bench.provider.behave = paid
    result = await bench.run(RunOptions(budget=Decimal("7.5"), concurrency=4))
    assert result.state is RunState.HALTED
    assert result.counts == {Status.DONE: 7, Status.PENDING: 13}
    paused = bench.of(RunPaused)
    assert [event.cause for event in paused] == [PauseCause.BUDGET]
    assert "$7.5 is reached: $7.0000 is spent" in paused[0].message


async def test_a_raised_budget_goes_on(bench_of: Any, topics: Any, steps_of: Any) -> None:
    bench = bench_of(topics(10), steps_of(STEP), price=dollars)
    bench.provider.behave = paid

    def listen(event: Event) -> None:
        if isinstance(event, RunPaused):
            bench.control.budget = Decimal(100)
            asyncio.get_running_loop().call_later(0.01, bench.control.resume)

    result = await bench.run(RunOptions(budget=Decimal(4), on_pause="wait"), listen)
    assert result.counts == {Status.DONE: 10}
    assert len(bench.of(RunPaused)) == 1


async def test_what_calls_under_way_may_leave_is_waited_for() -> None:
    budget = Budget(Decimal(10))
    await budget.reserve(Decimal(8))
    second = asyncio.ensure_future(budget.reserve(Decimal(5)))
    await asyncio.sleep(0)
    assert not second.done()
    budget.settle(Decimal(8), Decimal(2))
    await second
    budget.settle(Decimal(5), Decimal(5))
    with pytest.raises(CallError) as caught:
        await budget.reserve(Decimal(4))
    assert caught.value.kind is FailureKind.BUDGET
