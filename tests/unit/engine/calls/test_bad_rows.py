"""Rows that a server cannot digest, refusals that are about one row's text: the others go on. On a virtual clock."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import PauseCause, RowFinished, RunPaused
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.calls.outages.outage import BreakerSettings
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.options import RunOptions, RunResult
from tests.support.engine import EngineHarness, make_chain, make_topics
from tests.support.rate_world import run_virtual

LATENCY_S = 0.1


class Virtual(EngineHarness):
    """Runs on the loop's clock, with calls that take a while."""

    def _dependencies(self) -> RunDependencies:
        loop = asyncio.get_running_loop()
        return replace(super()._dependencies(), clock=loop.time, breaker_settings=BreakerSettings())


class Outcome:
    """How a run of rows T0, T1 … ended, and the virtual seconds after which rows did."""

    def __init__(self, rows: int, behave: Callable[[str], CallError | None], options: RunOptions, **chain: Any) -> None:
        self.harness = Virtual(make_topics(rows), make_chain({"prompt": "{{Topic}}."}, **({"retry": {}} | chain)))
        self.ended: dict[str, float] = {}

        async def answer(request: CompletionRequest) -> str:
            await asyncio.sleep(LATENCY_S)
            error = behave(request.messages[-1].content.rstrip("."))
            if error is not None:
                raise error
            return "fine"

        self.harness.provider.behave = answer
        self.result: RunResult = run_virtual(self._run(options))

    async def _run(self, options: RunOptions) -> RunResult:
        loop = asyncio.get_running_loop()
        began = loop.time()

        def listen(event: Any) -> None:
            if isinstance(event, RowFinished):
                self.ended[f"T{event.row - 2}"] = loop.time() - began

        return await self.harness.run(options, listen)

    def slowest(self, *, but: set[str]) -> float:
        """Return the seconds after which the last of the rows ended, some left out."""
        return max(seconds for topic, seconds in self.ended.items() if topic not in but)

    @property
    def pauses(self) -> list[RunPaused]:
        return self.harness.of(RunPaused)


def failing(bad: set[str], make: Callable[[], CallError]) -> Callable[[str], CallError | None]:
    return lambda topic: make() if topic in bad else None


def server_error() -> CallError:
    return CallError(FailureKind.SERVER, "Oops.", http_status=500)


@pytest.mark.parametrize(
    ("rows", "bad", "at_once"),
    [
        (100, {"T7", "T31", "T55", "T90"}, 10),
        (60, {"T10", "T11", "T12", "T13", "T14"}, 5),
        (60, {"T0", "T1", "T2", "T3", "T4"}, 5),
        (60, {f"T{number}" for number in range(8)}, 5),
        (100, {"T96", "T97", "T98", "T99"}, 10),
        (30, {"T3"}, 1),
    ],
)
def test_rows_that_always_fail_hold_up_no_other_row(rows: int, bad: set[str], at_once: int) -> None:
    outcome = Outcome(rows, failing(bad, server_error), RunOptions(concurrency=at_once))
    assert outcome.result.counts == {Status.DONE: rows - len(bad), Status.FAILED: len(bad)}
    attempts = {failure.attempts for event in outcome.harness.of(RowFinished) if (failure := event.failure)}
    assert attempts <= set(range(5, 11))
    undisturbed = LATENCY_S * rows / at_once
    assert outcome.slowest(but=bad) < undisturbed + 15
    assert outcome.slowest(but=set()) < 400
    assert len(outcome.pauses) <= 3


def test_a_row_that_fails_alike_where_others_are_answered_is_given_up_early() -> None:
    outcome = Outcome(100, failing({"T7", "T55"}, server_error), RunOptions(concurrency=10))
    failures = [failure for event in outcome.harness.of(RowFinished) if (failure := event.failure)]
    assert [failure.attempts for failure in failures] == [5, 5]
    assert outcome.slowest(but=set()) < LATENCY_S * 100 / 10 + 16


@pytest.mark.parametrize("share", [0.2, 0.4])
def test_no_row_is_given_up_early_where_other_rows_fail_as_well(share: float) -> None:
    """Also where a server is unwell for a while after a thousand good answers: what counts is how it is of late."""
    chosen = random.Random(7)
    calls: list[str] = []

    def behave(topic: str) -> CallError | None:
        calls.append(topic)
        unwell = len(calls) > 500 and chosen.random() < share
        return server_error() if unwell else None

    retry = {"attempts": 20, "seconds": 3600}
    outcome = Outcome(1000, behave, RunOptions(concurrency=10), retry=retry)
    assert outcome.result.counts == {Status.DONE: 1000}


def test_rows_whose_answers_are_empty_cost_three_calls_each_and_are_no_outage() -> None:
    bad = {"T3", "T4", "T5", "T6", "T7"}

    def empty() -> CallError:
        return CallError(FailureKind.EMPTY, "Nothing.", http_status=200, usage=Usage(10, 0))

    outcome = Outcome(40, failing(bad, empty), RunOptions(concurrency=5))
    assert outcome.result.counts == {Status.DONE: 35, Status.FAILED: 5}
    assert len(outcome.harness.provider.requests) == 35 + 5 * 3
    assert not outcome.pauses


def test_an_outage_that_all_rows_meet_is_still_waited_out() -> None:
    calls = []

    def behave(topic: str) -> CallError | None:
        calls.append(topic)
        return server_error() if 20 < len(calls) <= 45 else None

    outcome = Outcome(60, behave, RunOptions(concurrency=8))
    assert outcome.result.counts == {Status.DONE: 60}
    assert outcome.pauses


def test_no_more_calls_are_out_than_rows_at_once() -> None:
    outcome = Outcome(
        60, failing({f"T{number}" for number in range(0, 60, 6)}, server_error), RunOptions(concurrency=4)
    )
    assert outcome.result.counts[Status.DONE] == 50
    assert outcome.harness.provider.peak <= 4


@pytest.mark.parametrize("kind", [FailureKind.KEY, FailureKind.QUOTA, FailureKind.MODEL])
@pytest.mark.parametrize("at_once", [1, 5])
def test_a_refusal_that_only_one_row_meets_fails_that_row_alone(kind: FailureKind, at_once: int) -> None:
    outcome = Outcome(20, failing({"T5"}, lambda: CallError(kind, "No.")), RunOptions(concurrency=at_once))
    assert outcome.result.counts == {Status.DONE: 19, Status.FAILED: 1}
    assert not outcome.pauses


@pytest.mark.parametrize("bad", [{"T5"}, {"T5", "T6"}, {"T0", "T1", "T2"}, {"T19"}])
def test_a_refusal_that_may_be_about_the_text_needs_a_later_call_to_be_believed(bad: set[str]) -> None:
    def page() -> CallError:
        return CallError(FailureKind.REJECTED, "A web page.", http_status=403, suspected=FailureKind.KEY)

    outcome = Outcome(20, failing(bad, page), RunOptions(concurrency=4))
    assert outcome.result.counts == {Status.DONE: 20 - len(bad), Status.FAILED: len(bad)}
    assert not outcome.pauses


@pytest.mark.parametrize("suspected", [None, FailureKind.KEY])
@pytest.mark.parametrize(("rows", "at_once"), [(1, 1), (30, 1), (30, 5)])
def test_a_dead_key_holds_all_rows_after_few_calls(suspected: FailureKind | None, rows: int, at_once: int) -> None:
    kind = FailureKind.KEY if suspected is None else FailureKind.REJECTED
    outcome = Outcome(rows, lambda topic: CallError(kind, "No.", suspected=suspected), RunOptions(concurrency=at_once))
    assert outcome.result.state is RunState.HALTED
    assert outcome.result.counts == {Status.PENDING: rows}
    assert len(outcome.harness.provider.requests) <= 2 * at_once + 1
    assert len(outcome.pauses) == 1


def daily(seconds: float) -> Callable[[str], CallError | None]:
    """Refuse everything behind the fifth call for so many seconds, then answer again."""
    began: list[float] = []
    calls: list[str] = []

    def behave(topic: str) -> CallError | None:
        now = asyncio.get_running_loop().time()
        began.append(now)
        calls.append(topic)
        if len(calls) > 5 and now - began[0] < seconds:
            return CallError(FailureKind.RATE_LIMIT, "No more today.", http_status=429, retry_after=seconds)
        return None

    return behave


@pytest.mark.parametrize("seconds", [1728.0, 3600.0, 86_000.0])
def test_a_limit_of_a_day_ends_a_run_that_waits_for_nobody_and_says_until_when(seconds: float) -> None:
    outcome = Outcome(30, daily(seconds), RunOptions(concurrency=5))
    assert outcome.result.state is RunState.HALTED
    assert outcome.result.counts == {Status.DONE: 5, Status.PENDING: 25}
    assert len(outcome.harness.provider.requests) <= 11
    (paused,) = outcome.pauses
    assert paused.cause is PauseCause.LIMIT
    assert paused.until is not None
    assert paused.until - paused.at == pytest.approx(seconds)
    assert "No more today. Calls are taken again at" in outcome.result.message


@pytest.mark.parametrize("options", [RunOptions(on_pause="wait"), RunOptions(wait_for_limits=True)])
def test_a_limit_of_a_day_is_waited_out_by_a_run_that_may_wait(options: RunOptions) -> None:
    outcome = Outcome(30, daily(3600.0), replace(options, concurrency=5))
    assert outcome.result.counts == {Status.DONE: 30}
    assert len(outcome.harness.provider.requests) <= 30 + 6
    assert [pause.cause for pause in outcome.pauses] == [PauseCause.LIMIT]
    assert 3600 < outcome.slowest(but=set()) < 3700


def test_a_limit_of_a_day_without_an_end_ends_the_run_as_well() -> None:
    outcome = Outcome(30, lambda topic: CallError(FailureKind.DAY_LIMIT, "No more today."), RunOptions(concurrency=5))
    assert outcome.result.state is RunState.HALTED
    assert len(outcome.harness.provider.requests) <= 5
    assert "It is not said until when" in outcome.result.message


def test_a_limit_of_minutes_is_waited_out_unasked() -> None:
    outcome = Outcome(30, daily(300.0), RunOptions(concurrency=5))
    assert outcome.result.counts == {Status.DONE: 30}
    assert 300 < outcome.slowest(but=set()) < 400


def test_the_user_may_go_on_before_a_limit_has_passed() -> None:
    behave = daily(3600.0)
    harness = Virtual(make_topics(10), make_chain({"prompt": "{{Topic}}."}))

    async def main() -> RunResult:
        def answer(request: CompletionRequest) -> None:
            error = behave(request.messages[-1].content)
            if error is not None and not harness.of(RunPaused):
                raise error

        def listen(event: Any) -> None:
            if isinstance(event, RunPaused):
                asyncio.get_running_loop().call_later(10, harness.control.resume)

        harness.provider.behave = answer
        return await harness.run(RunOptions(on_pause="wait", concurrency=2), listen)

    assert run_virtual(main()).counts == {Status.DONE: 10}
