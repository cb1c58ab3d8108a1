"""Calls that are made twice at the end of a run: what that gains, what it may cost, and that both are booked."""

from __future__ import annotations

import asyncio
import random
from collections import Counter

from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import CallInVain
from chaindesk.domain.records import AnswerKind, RunState
from chaindesk.domain.status import Status
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics
from tests.support.rate_world import run_virtual

_ROWS, _AT_ONCE = 100, 25


def harness(seed: int, *, hedge: bool) -> EngineHarness:
    """A run whose first call of each request has a log-normal latency, and whose second one has another."""
    rng = random.Random(seed)
    drawn: dict[tuple[str, int], float] = {
        (f"{step} T{row}", turn): rng.lognormvariate(1.0, 1.0)
        for turn in range(2)
        for row in range(_ROWS)
        for step in range(3)
    }
    turns: Counter[str] = Counter()

    async def answer(request: CompletionRequest) -> Completion:
        prompt = request.messages[-1].content
        seconds = drawn[prompt, min(turns[prompt], 1)]
        turns[prompt] += 1
        await asyncio.sleep(seconds)
        return Completion("x", request.model, Usage(10, 20), seconds=seconds)

    chain = make_chain(
        *({"prompt": f"{step} {{{{Topic}}}}"} for step in range(3)), concurrency=_AT_ONCE, hedge=hedge, order="sheet"
    )
    clock = asyncio.get_running_loop().time
    return EngineHarness(make_topics(_ROWS), chain, provider=ScriptedProvider(answer), clock=clock)


async def run(seed: int, *, hedge: bool) -> tuple[float, EngineHarness]:
    loop = asyncio.get_running_loop()
    one, began = harness(seed, hedge=hedge), loop.time()
    result = await one.run()
    assert result.counts == {Status.DONE: _ROWS}
    return loop.time() - began, one


def test_the_end_of_a_run_comes_sooner_for_few_calls_more() -> None:
    with_it = without = 0.0
    for seed in range(12):
        seconds, one = run_virtual(run(seed, hedge=True))
        calls = len(one.provider.requests)
        assert 300 <= calls <= 306
        with_it += seconds
        without += run_virtual(run(seed, hedge=False))[0]
    assert with_it < 0.95 * without


def test_both_calls_are_booked() -> None:
    twice = 0
    for seed in range(6):
        _, one = run_virtual(run(seed, hedge=True))
        made = Counter(answer.kind for answer in one.journal.run_answers(1))
        twice += len(one.provider.requests) - 300
        assert made[AnswerKind.USABLE] == 300
        assert made.total() == len(one.provider.requests)
        assert len(one.of(CallInVain)) == len(one.provider.requests) - 300
        assert one.provider.peak <= _AT_ONCE
    assert twice, "a test without any shows nothing"


def test_no_call_is_made_twice_unasked() -> None:
    assert len(run_virtual(run(1, hedge=False))[1].provider.requests) == 300


async def stop_while_a_call_is_out_twice() -> EngineHarness:
    one = harness(2, hedge=True)
    asked: Counter[str] = Counter()

    async def answer(request: CompletionRequest) -> Completion:
        prompt = request.messages[-1].content
        asked[prompt] += 1
        if prompt == "2 T99":
            if asked[prompt] == 2:
                asyncio.get_running_loop().call_later(1.0, one.control.stop)
            await asyncio.sleep(10_000.0)
        await asyncio.sleep(1.0)
        return Completion("x", request.model, Usage(10, 20), seconds=1.0)

    one.provider.behave = answer
    await one.run()
    assert asked["2 T99"] == 2
    return one


def test_a_stop_books_both_calls_that_are_out() -> None:
    one = run_virtual(stop_while_a_call_is_out_twice())
    made = Counter(answer.kind for answer in one.journal.run_answers(1))
    assert made == {AnswerKind.USABLE: 299, AnswerKind.POSSIBLY_BILLED: 2}


async def stop_as_an_answer_comes() -> EngineHarness:
    """Stop the run in the very moment in which the hanging call, or its twin, is answered."""
    one = harness(2, hedge=True)
    asked: Counter[str] = Counter()

    async def answer(request: CompletionRequest) -> Completion:
        prompt = request.messages[-1].content
        asked[prompt] += 1
        if prompt == "2 T99":
            await asyncio.sleep(10_000.0 if asked[prompt] == 1 else 100.0)
            one.control.stop()
        else:
            await asyncio.sleep(1.0)
        return Completion("x", request.model, Usage(10, 20), seconds=1.0)

    one.provider.behave = answer
    await one.run()
    assert asked["2 T99"] <= 2
    return one


def test_a_stop_takes_no_answer_that_has_come() -> None:
    one = run_virtual(stop_as_an_answer_comes())
    made = Counter(answer.kind for answer in one.journal.run_answers(1))
    assert made == {AnswerKind.USABLE: 300, AnswerKind.POSSIBLY_BILLED: 1}
    assert one.ledger.state(101).status is Status.DONE


async def stop_as_an_only_call_is_answered() -> EngineHarness:
    chain = make_chain({"prompt": "{{Topic}}"}, {"prompt": "Then {{Topic}}"}, hedge=True)
    one = EngineHarness(make_topics(1), chain)

    async def answer(request: CompletionRequest) -> Completion:
        one.control.stop()
        return Completion("x", request.model, Usage(10, 20), seconds=1.0)

    one.provider.behave = answer
    await one.run()
    return one


def test_a_stop_takes_no_answer_of_a_call_that_was_made_once() -> None:
    one = run_virtual(stop_as_an_only_call_is_answered())
    assert len(one.provider.requests) == 1
    assert Counter(answer.kind for answer in one.journal.run_answers(1)) == {AnswerKind.USABLE: 1}


async def halt_while_only_the_second_call_is_out() -> EngineHarness:
    """The first call fails and waits to be made again; then the run is halted, while its twin is being answered."""
    one = harness(2, hedge=True)
    asked: Counter[str] = Counter()

    async def answer(request: CompletionRequest) -> Completion:
        prompt = request.messages[-1].content
        asked[prompt] += 1
        if prompt == "2 T99" and asked[prompt] == 1:
            await asyncio.sleep(100.0)
            raise CallError(FailureKind.RATE_LIMIT, "Slow down.", http_status=429, retry_after=50.0)
        if prompt == "2 T98":
            await asyncio.sleep(110.0)
            raise CallError(FailureKind.DAY_LIMIT, "Today's calls are used up.", http_status=429)
        await asyncio.sleep(120.0 if prompt == "2 T99" else 1.0)
        return Completion("x", request.model, Usage(10, 20), seconds=1.0)

    one.provider.behave = answer
    result = await one.run()
    assert result.state is RunState.HALTED
    assert asked["2 T99"] == 2
    return one


def test_a_halt_lets_the_second_call_finish_whose_first_one_only_waits() -> None:
    one = run_virtual(halt_while_only_the_second_call_is_out())
    made = Counter(answer.kind for answer in one.journal.run_answers(1))
    assert made == {AnswerKind.USABLE: 299}
    assert one.ledger.state(101).status is Status.DONE
