"""Rows refused alike beside rows that are answered, and keys that are dead: which is which. On a virtual clock."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

import pytest

from chaindesk.domain.chains.chain import RowOrder
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, RunPaused
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from tests.support.engine import make_chain, make_topics
from tests.support.rate_world import run_virtual
from tests.unit.engine.calls.test_bad_rows import LATENCY_S, Outcome, Virtual, failing

ROWS = 40
KINDS = [FailureKind.REJECTED, FailureKind.KEY, FailureKind.QUOTA, FailureKind.MODEL]


def refusal(kind: FailureKind) -> Callable[[], CallError]:
    suspected = FailureKind.KEY if kind is FailureKind.REJECTED else None
    return lambda: CallError(kind, "No.", http_status=403, suspected=suspected)


def topics(first: int, count: int) -> set[str]:
    return {f"T{number}" for number in range(first, first + count)}


@pytest.mark.parametrize("at_once", [1, 5, 25])
@pytest.mark.parametrize("count", [1, 2, 3, 5])
@pytest.mark.parametrize("first", [0, 7, ROWS - 5])
@pytest.mark.parametrize("kind", KINDS)
def test_neighbours_that_are_refused_alike_fail_alone(kind: FailureKind, first: int, count: int, at_once: int) -> None:
    bad = topics(first, count)
    outcome = Outcome(ROWS, failing(bad, refusal(kind)), RunOptions(concurrency=at_once))
    assert outcome.result.counts == {Status.DONE: ROWS - count, Status.FAILED: count}
    assert not outcome.pauses
    asked_again = count if count > 1 and kind is not FailureKind.REJECTED else 0
    assert ROWS <= len(outcome.harness.provider.requests) <= ROWS + asked_again
    assert outcome.harness.provider.peak <= at_once


@pytest.mark.parametrize("at_once", [1, 5])
def test_long_runs_of_refused_neighbours_fail_alone_as_well(at_once: int) -> None:
    bad = topics(40, 9) | topics(80, 9)
    outcome = Outcome(100, failing(bad, refusal(FailureKind.KEY)), RunOptions(concurrency=at_once))
    assert outcome.result.counts == {Status.DONE: 82, Status.FAILED: 18}
    assert not outcome.pauses


@pytest.mark.parametrize("seed", range(20))
def test_one_refused_row_in_seven_holds_nobody(seed: int) -> None:
    chosen = random.Random(seed)
    bad = {f"T{number}" for number in range(3, 150) if chosen.random() < 1 / 7}
    options = RunOptions(concurrency=chosen.choice([2, 5, 25]), order=RowOrder.SHEET)
    outcome = Outcome(150, failing(bad, refusal(FailureKind.KEY)), options)
    assert outcome.result.counts == {Status.DONE: 150 - len(bad), Status.FAILED: len(bad)}


@pytest.mark.parametrize("at_once", [1, 5, 25])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rows", [1, 2, 3, ROWS])
def test_a_key_that_is_dead_from_the_start_holds_the_run(rows: int, kind: FailureKind, at_once: int) -> None:
    outcome = Outcome(rows, lambda topic: refusal(kind)(), RunOptions(concurrency=at_once))
    assert outcome.result.state is RunState.HALTED
    assert outcome.result.counts == {Status.PENDING: rows}
    assert len(outcome.pauses) == 1
    assert len(outcome.harness.provider.requests) <= max(min(rows, at_once) + 1, min(rows, 3))


def dying(after: int, kind: FailureKind = FailureKind.KEY) -> Callable[[str], CallError | None]:
    """Refuse everything from some call on."""
    answered: list[str] = []

    def behave(topic: str) -> CallError | None:
        if len(answered) >= after:
            return refusal(kind)()
        answered.append(topic)
        return None

    return behave


@pytest.mark.parametrize("at_once", [1, 5, 25])
@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_dies_in_mid_run_holds_the_run_after_few_calls(kind: FailureKind, at_once: int) -> None:
    outcome = Outcome(100, dying(30, kind), RunOptions(concurrency=at_once))
    assert outcome.result.state is RunState.HALTED
    assert outcome.result.counts == {Status.DONE: 30, Status.PENDING: 70}
    assert len(outcome.pauses) == 1
    beside = at_once if at_once > 1 else 0
    assert len(outcome.harness.provider.requests) <= 30 + beside + 3


@pytest.mark.parametrize("at_once", [1, 5])
def test_a_key_that_dies_after_rows_were_refused_alone_holds_the_run_too(at_once: int) -> None:
    bad, die = topics(5, 3), dying(40)

    def behave(topic: str) -> CallError | None:
        return refusal(FailureKind.KEY)() if topic in bad else die(topic)

    outcome = Outcome(100, behave, RunOptions(concurrency=at_once))
    assert outcome.result.state is RunState.HALTED
    assert outcome.result.counts == {Status.DONE: 40, Status.FAILED: 3, Status.PENDING: 57}
    assert len(outcome.harness.provider.requests) <= 43 + 3 + at_once + 5


@pytest.mark.parametrize("at_once", [1, 5, 25])
def test_rows_refused_while_the_key_was_dead_are_asked_again_once_it_is_replaced(at_once: int) -> None:
    harness = Virtual(make_topics(ROWS), make_chain({"prompt": "{{Topic}}."}))

    async def behave(request: CompletionRequest) -> str:
        await asyncio.sleep(LATENCY_S)
        if len(harness.provider.requests) > 10 and not harness.of(RunPaused):
            raise refusal(FailureKind.KEY)()
        return "fine"

    def listen(event: Event) -> None:
        if isinstance(event, RunPaused):
            asyncio.get_running_loop().call_later(10, harness.control.resume)

    harness.provider.behave = behave
    result = run_virtual(harness.run(RunOptions(on_pause="wait", concurrency=at_once), listen))
    assert result.counts == {Status.DONE: ROWS}
    assert len(harness.of(RunPaused)) == 1
    assert harness.provider.peak <= at_once


@pytest.mark.parametrize("at_once", [1, 5, 25])
def test_a_key_that_recovers_by_itself_fails_no_row(at_once: int) -> None:
    calls: list[str] = []

    def behave(topic: str) -> CallError | None:
        calls.append(topic)
        return refusal(FailureKind.KEY)() if len(calls) in range(11, 11 + max(at_once, 2)) else None

    outcome = Outcome(ROWS, behave, RunOptions(concurrency=at_once))
    assert outcome.result.counts == {Status.DONE: ROWS}
    assert not outcome.pauses


def test_two_steps_with_two_keys_are_told_apart() -> None:
    steps = [{"name": "a", "model": "one/writer", "prompt": "{{Topic}}."}]
    steps.append({"name": "b", "model": "two/writer", "prompt": "{{a}}"})
    providers = {name: {"kind": "openai-chat", "base_url": f"http://{name}/v1"} for name in ("one", "two")}
    harness = Virtual(make_topics(ROWS), make_chain(*steps, providers=providers))

    def behave(request: CompletionRequest) -> str:
        if request.endpoint.name == "two":
            raise refusal(FailureKind.KEY)()
        return "fine"

    harness.provider.behave = behave
    result = run_virtual(harness.run(RunOptions(concurrency=4)))
    assert result.state is RunState.HALTED, "answers of the one key say nothing of the other"
    assert result.counts == {Status.PENDING: ROWS}
    assert sum(request.endpoint.name == "two" for request in harness.provider.requests) <= 4 + 3


def test_the_probe_stands_far_from_the_refused_rows() -> None:
    outcome = Outcome(ROWS, failing(topics(0, 2), refusal(FailureKind.KEY)), RunOptions(concurrency=1))
    asked = [request.messages[-1].content.rstrip(".") for request in outcome.harness.provider.requests]
    assert asked[:6] == ["T0", "T1", f"T{ROWS - 1}", "T0", "T1", "T2"]
