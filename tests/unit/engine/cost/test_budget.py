"""A budget that no call may pass."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Message, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, PauseCause, RunPaused
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.cost.budget import Budget, CostCeilings, no_price
from chaindesk.engine.run.options import RunOptions
from chaindesk.providers.wire_formats.by_kind import output_limit
from tests.support.engine import EngineHarness, make_chain, make_topics

STEP = {"prompt": "Notes on {{Topic}}", "max_output_tokens": 100}


def dollars(endpoint: Any, model: str, usage: Usage) -> Decimal:
    return Decimal(usage.output) / 100


def paid(request: CompletionRequest) -> Completion:
    return Completion("text", "m", Usage(1, 100), cost=Decimal(1))


async def test_no_call_begins_that_could_pass_the_cap() -> None:
    bench = EngineHarness(make_topics(20), make_chain(STEP), price=dollars)
    bench.provider.behave = paid
    result = await bench.run(RunOptions(budget=Decimal("7.5"), concurrency=4))
    assert result.state is RunState.HALTED
    assert result.counts == {Status.DONE: 7, Status.PENDING: 13}
    paused = bench.of(RunPaused)
    assert [event.cause for event in paused] == [PauseCause.BUDGET]
    assert "$7.50 is reached: $7.00 is spent" in paused[0].message


async def test_a_raised_budget_goes_on() -> None:
    bench = EngineHarness(make_topics(10), make_chain(STEP), price=dollars)
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


async def test_a_raised_cap_is_seen_by_the_calls_that_wait() -> None:
    budget = Budget(Decimal(10))
    told: list[str] = []
    await budget.reserve(Decimal(8))
    second = asyncio.ensure_future(budget.reserve(Decimal(5), lambda: told.append("waits")))
    await asyncio.sleep(0)
    assert not second.done()
    assert told == ["waits"]
    budget.cap = Decimal(13)
    await second


async def test_what_nobody_knows_the_cost_of_stays_set_aside() -> None:
    budget = Budget(Decimal(10))
    await budget.reserve(Decimal(8))
    budget.settle(Decimal(8), None)
    assert (budget.spent, budget.possibly_spent) == (0, 8)
    with pytest.raises(CallError, match=r"\$8\.00 may have been for calls that were cut off"):
        await budget.reserve(Decimal(3))


# --- the most that a call can cost -----------------------------------------------------------------------------------

LAB = Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://llm.example.org/v1")


def asked(prompt: str = "Hi", endpoint: Endpoint = LAB, **parameters: Any) -> CompletionRequest:
    return CompletionRequest(endpoint, "m", (Message("user", prompt),), parameters)


def by_output(endpoint: Endpoint, model: str, usage: Usage) -> Decimal:
    return Decimal(usage.output)


def by_input(endpoint: Endpoint, model: str, usage: Usage) -> Decimal:
    return Decimal(usage.input - usage.cached_input) + usage.cache_write


def test_prices_that_are_not_known_are_told_in_words_that_fit_their_number() -> None:
    assert no_price(["lab/one"]).startswith("The price of lab/one is not known, ")
    told = no_price(["lab/one", "lab/two"])
    assert told.startswith("The prices of lab/one, lab/two are not known, so a budget cannot be kept. Name each in ")
    assert 'providers: {lab: {prices: {"one": {input: 0.5, output: 1.5}}}}' in told


def test_a_limit_is_the_most_that_an_answer_takes() -> None:
    ceilings = CostCeilings(by_output, output_limit)
    assert ceilings.for_call("s", asked(max_output_tokens=100)) == 100
    assert ceilings.for_call("s", asked(max_completion_tokens=70)) == 70
    assert ceilings.for_call("s", asked(max_output_tokens=100, n=3)) == 300
    anthropic = replace(LAB, kind=ProviderKind.ANTHROPIC_MESSAGES)
    assert ceilings.for_call("s", asked(endpoint=anthropic)) == 4096


def test_a_limit_that_a_server_does_not_keep_to_is_not_believed() -> None:
    ceilings = CostCeilings(by_output, output_limit)
    ceilings.observe("s", asked(), Usage(1, 500))
    assert ceilings.for_call("s", asked(max_output_tokens=100)) == 1500
    assert ceilings.for_call("other", asked(max_output_tokens=100)) == 100


def test_without_a_limit_the_first_calls_have_much_to_spare_and_later_ones_thrice_the_longest() -> None:
    ceilings = CostCeilings(by_output, output_limit)
    bounds = []
    for _ in range(100):
        bounds.append(ceilings.for_call("s", asked()))
        ceilings.observe("s", asked(), Usage(1, 200))
    assert bounds[0] == 16_384
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] == 600
    assert ceilings.for_call("other", asked(reasoning_effort="high")) == 32_768


def test_input_is_a_token_for_every_byte_at_the_dearest_price_unless_more_was_seen() -> None:
    ceilings = CostCeilings(by_input, output_limit)
    bound = ceilings.for_call("s", asked("é" * 1000, max_output_tokens=1))
    assert 2 * 2000 <= bound <= 2 * 2200
    ceilings.observe("s", asked("é" * 1000), Usage(8000, 1))
    assert ceilings.for_call("s", asked("é" * 1000, max_output_tokens=1)) > 2 * 8000


def test_without_a_price_there_is_no_ceiling() -> None:
    with pytest.raises(CallError, match="price of lab/m is not known"):
        CostCeilings(lambda endpoint, model, usage: None, output_limit).for_call("s", asked())
