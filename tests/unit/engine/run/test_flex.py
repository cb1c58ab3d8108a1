"""Calls at the flex price: what they cost, what a refusal for want of capacity does, and that no row fails by it."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Speed, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.calls.retry_policy import FLEX_TRIES
from chaindesk.engine.reports.json_line import report_line
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.reports.text import speed_words
from chaindesk.json_contract.encoding import to_values
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics
from tests.support.rate_world import run_virtual

STEP = {"prompt": "Write on {{Topic}}."}
CALL_PRICE = Decimal("0.02")


def priced(endpoint: Endpoint, model: str, usage: Usage) -> Decimal:
    return CALL_PRICE


class FlexProvider(ScriptedProvider):
    """Refuses so many tries of each flex call for want of capacity, and serves it, or not, at the flex price."""

    def __init__(self, refusals: int = 0, served: Speed = Speed.FLEX) -> None:
        super().__init__(self._said)
        self.refusals = refusals
        self.served = served
        self.tries: Counter[str] = Counter()

    def _said(self, request: CompletionRequest) -> Completion:
        flex = request.speed is Speed.FLEX
        self.tries[request.prompt] += 1
        if flex and self.tries[request.prompt] <= self.refusals:
            raise CallError(FailureKind.CAPACITY, "No capacity.", http_status=429, retry_after=0.0)
        speed = self.served if flex else Speed.STANDARD
        return Completion(f"<{request.prompt}>", "writer", Usage(10, 20), speed=speed)


def harness(provider: FlexProvider, rows: int = 3, **chain: object) -> EngineHarness:
    return EngineHarness(make_topics(rows), make_chain(STEP, **chain), provider=provider, price=priced)


async def test_a_flex_answer_costs_half_and_the_journal_knows_why() -> None:
    engine = harness(FlexProvider(), speed="flex")
    result = await engine.run()
    report = run_report(engine.journal, result.run_id)
    assert report.cost == 3 * CALL_PRICE / 2
    assert report.speeds == {Speed.FLEX: 3}
    assert report.speed_saved == 3 * CALL_PRICE / 2
    assert speed_words(report) == "3 answers at the flex price; saved $0.030"
    assert to_values(report_line(report))["answers_by_speed"] == {"flex": 3}


async def test_what_is_served_at_the_standard_speed_is_charged_so() -> None:
    engine = harness(FlexProvider(served=Speed.STANDARD), speed="flex")
    result = await engine.run()
    report = run_report(engine.journal, result.run_id)
    assert (report.cost, report.speeds, speed_words(report)) == (3 * CALL_PRICE, {Speed.STANDARD: 3}, "")


def test_a_call_that_is_refused_for_want_of_capacity_waits_and_fails_no_row() -> None:
    refusals = 3 * FLEX_TRIES  # more than the chain's attempts

    async def run() -> EngineHarness:
        clock = asyncio.get_running_loop().time
        chain = make_chain(STEP, speed="flex")
        engine = EngineHarness(make_topics(2), chain, provider=FlexProvider(refusals), price=priced, clock=clock)
        await engine.run()
        return engine

    engine = run_virtual(run())
    assert engine.statuses() == {"done": 2}
    assert {request.speed for request in engine.provider.requests} == {Speed.FLEX}
    assert len(engine.provider.requests) == 2 * (refusals + 1)


async def test_a_call_that_may_fall_back_goes_out_at_the_standard_price_after_some_refusals() -> None:
    engine = harness(FlexProvider(refusals=1000), rows=2, speed="flex", speed_fallback="standard")
    result = await engine.run()
    assert engine.statuses() == {"done": 2}
    speeds = Counter(request.speed for request in engine.provider.requests)
    assert speeds == {Speed.FLEX: 2 * FLEX_TRIES, Speed.STANDARD: 2}
    assert run_report(engine.journal, result.run_id).cost == 2 * CALL_PRICE


async def test_an_answer_bought_at_one_speed_serves_every_other() -> None:
    engine = harness(FlexProvider(), speed="flex")
    await engine.run()
    again = engine.reopened(chain=make_chain(STEP))
    assert again.plan().calls == 0


async def test_a_step_says_its_own_speed_and_else_the_chains_holds() -> None:
    chain = make_chain({**STEP, "speed": "standard"}, {"prompt": "More on {{Topic}}."}, speed="flex")
    engine = EngineHarness(make_topics(1), chain, provider=FlexProvider())
    await engine.run()
    assert [(one.speed, one.timeout) for one in engine.provider.requests] == [
        (Speed.STANDARD, 600.0),
        (Speed.FLEX, 900.0),
    ]


async def test_a_timeout_of_the_steps_own_holds_for_flex_too() -> None:
    engine = EngineHarness(make_topics(1), make_chain({**STEP, "timeout": 30}, speed="flex"), provider=FlexProvider())
    await engine.run()
    assert engine.provider.requests[0].timeout == 30.0


def test_the_estimate_is_of_the_flex_price_and_at_most_of_the_standard_one_where_calls_may_fall_back() -> None:
    plain = harness(FlexProvider()).plan().estimate
    flex = harness(FlexProvider(), speed="flex").plan().estimate
    falling = harness(FlexProvider(), speed="flex", speed_fallback="standard").plan().estimate
    assert plain.cost is not None
    assert plain.high is not None
    assert (flex.cost, flex.high) == (plain.cost / 2, plain.high / 2)
    assert (falling.cost, falling.high) == (plain.cost / 2, plain.high)
    assert flex.steps[0].speed is Speed.FLEX


async def test_a_budget_holds_even_where_flex_calls_are_served_at_the_standard_price() -> None:
    engine = harness(FlexProvider(served=Speed.STANDARD), rows=20, speed="flex")
    engine.chain = engine.chain.model_copy(update={"concurrency": 20})
    from chaindesk.engine.run.options import RunOptions

    result = await engine.run(RunOptions(budget=Decimal("0.1")))
    cost = run_report(engine.journal, result.run_id).cost
    assert cost is not None
    assert cost <= Decimal("0.1")
