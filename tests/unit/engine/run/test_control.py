"""Steering a run that goes on: rows at once, pause, resume, stop, and what holds it back, by a provider in memory."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from chaindesk.domain.chains.chain import RowOrder
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import (
    ConcurrencyChanged,
    Event,
    PauseCause,
    RowFinished,
    RunPaused,
    RunResumed,
    StepFinished,
    StepStarted,
    StepWaiting,
)
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.engine import EngineHarness, fail_where, make_chain, make_topics
from tests.support.waiting import pass_rounds

TWO = ({"prompt": "Notes on {{Topic}}"}, {"prompt": "Draft: {{s1}}"})


async def test_no_more_rows_at_once_than_asked() -> None:
    bench = EngineHarness(make_topics(60), make_chain(*TWO))
    provider = bench.provider

    async def behave(request: CompletionRequest) -> None:
        while provider.in_flight < 7 and len(provider.requests) < 114:  # noqa: ASYNC110 - until the others are there
            await asyncio.sleep(0)

    provider.behave = behave
    await bench.run(RunOptions(concurrency=7))
    assert provider.peak == 7


async def test_the_number_of_rows_at_once_can_be_turned_up_and_down() -> None:
    bench = EngineHarness(make_topics(120), make_chain(TWO[0]))
    provider, control = bench.provider, bench.control
    turns = {20: 20, 60: 3}  # after so many requests
    peaks: dict[int, int] = {}
    flights: list[int] = []

    async def behave(request: CompletionRequest) -> None:
        for due in [due for due in turns if len(provider.requests) >= due]:
            control.set_concurrency(turns.pop(due))
        flights.append(provider.in_flight)
        while provider.in_flight < control.concurrency and len(provider.requests) < 118:  # noqa: ASYNC110 - as above
            await asyncio.sleep(0)
        peaks[control.concurrency] = max(peaks.get(control.concurrency, 0), provider.in_flight)

    bench.provider.behave = behave
    await bench.run(RunOptions(concurrency=5, order=RowOrder.SHEET))
    late = [event.row for event in bench.of(StepStarted)][-1]
    assert late == 121
    assert (peaks[5], peaks[20]) == (5, 20)
    assert max(flights[-12:]) == 3
    assert [event.concurrency for event in bench.of(ConcurrencyChanged)] == [20, 3]


async def test_many_rows_at_once_are_begun_bit_by_bit() -> None:
    bench = EngineHarness(make_topics(300), make_chain(TWO[0]))
    gate = asyncio.Event()
    peaks: list[int] = []

    async def behave(request: CompletionRequest) -> None:
        peaks.append(bench.provider.in_flight)
        if len(peaks) == 300:
            gate.set()
        await gate.wait()

    bench.provider.behave = behave
    began = asyncio.get_running_loop().time()
    await bench.run(RunOptions(concurrency=300))
    assert bench.provider.peak == 300
    assert asyncio.get_running_loop().time() - began > 0.1


async def test_stop_cancels_what_is_under_way_and_keeps_what_is_finished() -> None:
    bench = EngineHarness(make_topics(30), make_chain(*TWO))

    async def behave(request: CompletionRequest) -> None:
        if request.messages[-1].content.startswith("Draft") and len(bench.of(RowFinished)) >= 4:
            hanging.append(request)
            if len(hanging) == 4:
                asyncio.get_running_loop().call_soon(bench.control.stop)
            await asyncio.Event().wait()

    hanging: list[CompletionRequest] = []
    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=4))
    assert result.state is RunState.STOPPED
    assert result.counts[Status.DONE] + result.counts[Status.PENDING] == 30
    outcomes = [outcome.status for outcome in bench.journal.run_outcomes(1)]
    assert outcomes.count(Status.STOPPED) == 4
    assert bench.provider.cancelled == 4
    assert len({event.row for event in bench.of(RowFinished)}) == len(bench.of(RowFinished)) == 30
    asked = len(bench.provider.requests)
    again = bench.reopened(provider=type(bench.provider)())
    assert again.statuses()["pending"] == result.counts[Status.PENDING]
    assert (await again.run()).counts == {Status.DONE: 30}
    assert asked + len(again.provider.requests) == 60 + 4


async def test_an_answer_that_is_being_kept_survives_a_stop() -> None:
    bench = EngineHarness(make_topics(1), make_chain(*TWO))
    store = bench.journal.store_answer

    async def slowly(answer: Any) -> int:
        bench.control.stop()
        await asyncio.sleep(0.05)
        return int(await store(answer))

    bench.journal.store_answer = slowly  # type: ignore[method-assign]
    result = await bench.run()
    assert result.counts == {Status.PENDING: 1}
    assert [event.step for event in bench.of(StepFinished)] == ["s1"]
    assert bench.reopened().plan().reused == 1


async def test_pause_starts_no_new_call_and_resume_goes_on() -> None:
    bench = EngineHarness(make_topics(10), make_chain(*TWO))
    quiet: list[int] = []

    async def look_and_resume() -> None:
        await pass_rounds()
        quiet.append(len(bench.provider.requests))
        await pass_rounds()
        quiet.append(len(bench.provider.requests))
        bench.control.resume()

    looking: list[asyncio.Task[None]] = []

    def listen(event: Event) -> None:
        if isinstance(event, StepFinished) and len(bench.of(StepFinished)) == 5:
            bench.control.pause()
            looking.append(asyncio.create_task(look_and_resume()))

    result = await bench.run(RunOptions(concurrency=3), listen)
    await looking[0]
    assert quiet[0] == quiet[1] < 20
    assert result.counts == {Status.DONE: 10}
    assert [event.cause for event in bench.of(RunPaused)] == [PauseCause.USER]
    assert len(bench.of(RunResumed)) == 1


@pytest.mark.parametrize("kind", [FailureKind.KEY, FailureKind.QUOTA, FailureKind.MODEL])
async def test_a_dead_key_halts_the_run_and_fails_no_row(kind: FailureKind) -> None:
    bench = EngineHarness(make_topics(50), make_chain(*TWO))
    bench.provider.behave = fail_where(kind, "Draft")
    result = await bench.run(RunOptions(concurrency=5))
    assert result.state is RunState.HALTED
    assert result.counts == {Status.PENDING: 50}
    paused = bench.of(RunPaused)
    assert [event.cause.value for event in paused] == [kind.name.lower()]
    assert "lab" in paused[0].message
    assert result.message == paused[0].message
    assert len(bench.provider.requests) <= 12  # both steps of five rows, and of the row begun to tell by
    assert bench.reopened().plan().reused >= 5


async def test_a_halt_does_not_wait_for_rows_that_only_wait() -> None:
    bench = EngineHarness(make_topics(4), make_chain(TWO[0], retry={"attempts": 3, "seconds": 7200}))
    both_out, one_waits = asyncio.Event(), asyncio.Event()

    async def behave(request: CompletionRequest) -> None:
        if bench.provider.in_flight == 2:
            both_out.set()
        await both_out.wait()
        if "T0" in request.messages[-1].content:
            raise CallError(FailureKind.SERVER, "Later.", retry_after=3600.0)
        await one_waits.wait()
        raise CallError(FailureKind.KEY, "No.")

    def listen(event: Event) -> None:
        if isinstance(event, StepWaiting):
            one_waits.set()

    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=2), listen)
    assert result.counts == {Status.PENDING: 4}


async def test_a_run_that_waits_tries_the_same_call_again_with_renewed_keys() -> None:
    bench = EngineHarness(make_topics(10), make_chain(*TWO))
    keys: list[str] = []
    bench.renewed = lambda: keys.append("new") or ""

    def behave(request: CompletionRequest) -> None:
        if not keys:
            raise CallError(FailureKind.KEY, "The key was refused.")

    def listen(event: Event) -> None:
        if isinstance(event, RunPaused):
            asyncio.get_running_loop().call_later(0.02, bench.control.resume)

    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=4, on_pause="wait"), listen)
    assert result.counts == {Status.DONE: 10}
    assert (len(bench.of(RunPaused)), len(bench.of(RunResumed)), keys) == (1, 1, ["new"])


async def test_a_run_that_waits_can_be_stopped() -> None:
    bench = EngineHarness(make_topics(10), make_chain(*TWO))
    bench.provider.behave = fail_where(FailureKind.QUOTA, "Notes")

    def listen(event: Event) -> None:
        if isinstance(event, RunPaused):
            asyncio.get_running_loop().call_later(0.02, bench.control.stop)

    result = await bench.run(RunOptions(on_pause="wait"), listen)
    assert result.state is RunState.STOPPED
    assert result.counts == {Status.PENDING: 10}


async def test_rows_held_at_the_gate_show_that_they_wait_and_for_what() -> None:
    bench = EngineHarness(make_topics(8), make_chain(*TWO))
    shot = Snapshot()
    seen: list[tuple[int, int, set[PauseCause | None]]] = []

    def look() -> None:
        causes = {row.cause for row in shot.rows.values() if row.status is Status.WAITING}
        seen.append((shot.waiting, shot.running, causes))
        bench.control.resume()

    def listen(event: Event) -> None:
        shot.fold(event)
        if isinstance(event, StepFinished) and len(bench.of(StepFinished)) == 5:
            bench.control.pause()
            asyncio.get_running_loop().call_later(0.1, look)

    result = await bench.run(RunOptions(concurrency=3), listen)
    assert result.counts == {Status.DONE: 8}
    assert seen == [(3, 0, {PauseCause.USER})]
