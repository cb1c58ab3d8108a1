"""Runs over rows: who is asked what, what is kept, and how rows end, with a provider that does as it is told."""

from __future__ import annotations

import asyncio

import pytest

from chaindesk.domain.completion import Completion, CompletionRequest, Finish, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import (
    CallInVain,
    Event,
    RowFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    StepWaiting,
)
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.engine import EngineHarness, fail_where, make_chain, make_manifest, make_topics

TWO = ({"prompt": "Notes on {{Topic}}"}, {"prompt": "Draft: {{s1}}"})


async def test_each_step_sees_the_outputs_before_it() -> None:
    bench = EngineHarness(make_topics(3), make_chain(*TWO))
    result = await bench.run()
    assert result.state is RunState.FINISHED
    assert result.counts == {Status.DONE: 3}
    assert sorted(bench.provider.prompts)[0] == "Draft: <Notes on T0>"
    assert bench.text(4, 1) == "<Draft: <Notes on T2>>"


async def test_the_stream_of_events_is_complete_and_in_order() -> None:
    bench = EngineHarness(make_topics(1), make_chain(*TWO))
    await bench.run()
    kinds = [type(event).__name__ for event in bench.events]
    step = ["StepStarted", "StepFinished"]
    assert kinds == ["RunStarted", *step, *step, "RowFinished", "RunFinished"]
    started, finished = bench.of(RunStarted)[0], bench.of(StepFinished)[0]
    assert (started.rows, started.calls, started.reused) == ((2,), 2, 0)
    assert (finished.text, finished.usage, finished.attempts) == ("<Notes on T0>", Usage(10, 20), 1)


async def test_everything_told_is_in_the_journal_before() -> None:
    bench = EngineHarness(make_topics(5), make_chain(*TWO))
    known: list[bool] = []

    def listen(event: Event) -> None:
        match event:
            case StepFinished():
                known.append(any(answer.text == event.text for answer in bench.journal.run_answers(1)))
            case RowFinished():
                known.append(any(one.row_number == event.row for one in bench.journal.run_outcomes(1)))

    await bench.run(listener=listen)
    assert known == [True] * 15


async def test_a_failing_row_fails_alone_and_alone_is_run_again() -> None:
    bench = EngineHarness(make_topics(20), make_chain(*TWO))
    bench.provider.behave = fail_where(FailureKind.REJECTED, "Draft: <Notes on T7>")
    result = await bench.run()
    assert result.counts == {Status.DONE: 19, Status.FAILED: 1}
    failure = next(event.failure for event in bench.of(RowFinished) if event.failure)
    assert (failure.step, failure.kind, failure.message, failure.attempts) == (
        "s2",
        FailureKind.REJECTED,
        "It did not go.",
        1,
    )
    again = bench.reopened(provider=type(bench.provider)())
    assert again.statuses() == {"done": 19, "failed": 1}
    result = await again.run(RunOptions(choice=RowSelection(failed_only=True)))
    assert result.counts == {Status.DONE: 1}
    assert again.provider.prompts == ["Draft: <Notes on T7>"]
    assert again.statuses() == {"done": 20}


async def test_a_failure_of_another_chain_is_none_of_this_one() -> None:
    bench = EngineHarness(make_topics(3), make_chain(*TWO))
    bench.provider.behave = fail_where(FailureKind.REJECTED, "Draft: <Notes on T1>")
    await bench.run()
    assert bench.reopened().statuses() == {"done": 2, "failed": 1}
    other = make_chain({"name": "sum up", "prompt": "Sum up {{Topic}}"})
    assert bench.reopened(chain=other).statuses() == {"pending": 3}


async def test_a_mistake_of_ours_fails_its_row_alone(caplog: pytest.LogCaptureFixture) -> None:
    bench = EngineHarness(make_topics(3), make_chain(*TWO))

    def behave(request: CompletionRequest) -> None:
        if "T1" in request.messages[-1].content:
            raise ZeroDivisionError

    bench.provider.behave = behave
    result = await bench.run()
    assert result.counts == {Status.DONE: 2, Status.FAILED: 1}
    failure = next(event.failure for event in bench.of(RowFinished) if event.failure)
    assert failure.kind is FailureKind.INTERNAL
    assert "ZeroDivisionError" in caplog.text


async def test_a_call_that_failed_for_now_is_made_again() -> None:
    bench = EngineHarness(make_topics(1), make_chain(TWO[0]))

    def behave(request: CompletionRequest) -> None:
        if len(bench.provider.requests) < 3:
            raise CallError(FailureKind.SERVER, "Down for a moment.", retry_after=0.0)

    bench.provider.behave = behave
    result = await bench.run()
    assert result.counts == {Status.DONE: 1}
    assert [event.attempt for event in bench.of(StepStarted)] == [1, 2, 3]
    assert bench.of(StepFinished)[0].attempts == 3
    assert bench.journal.run(1).retries == 2
    snapshot = Snapshot()
    for event in bench.events:
        snapshot.fold(event)
    assert snapshot.retries == 2


async def test_a_row_waits_visibly_before_it_tries_again() -> None:
    bench = EngineHarness(make_topics(1), make_chain(TWO[0], retry={"attempts": 2, "seconds": 60}))
    bench.provider.behave = fail_where(FailureKind.CONNECTION, "Notes")
    result = await bench.run()
    waiting = bench.of(StepWaiting)[0]
    assert (waiting.kind, waiting.message) == (FailureKind.CONNECTION, "It did not go.")
    assert 0 <= waiting.until - waiting.at <= 1
    assert result.counts == {Status.FAILED: 1}
    assert bench.of(RowFinished)[0].failure.attempts == 2


async def test_a_condition_on_a_column_or_a_step_skips_its_step() -> None:
    manifest = make_manifest([{"Topic": "a", "Language": "EN "}, {"Topic": "b", "Language": "de"}])
    steps = (
        {"prompt": "{{Topic}}", "run_if": {"column": "Language", "equals": "en"}},
        {"prompt": "Edit {{s1|nothing}}", "run_if": {"step": "s1", "blank": True}},
    )
    bench = EngineHarness(manifest, make_chain(*steps))
    result = await bench.run()
    assert sorted(bench.provider.prompts) == ["Edit nothing", "a"]
    assert result.counts == {Status.DONE: 2}
    assert [event.step for event in bench.of(StepFinished) if event.skipped] == ["s1", "s2"]


async def test_rows_without_anything_to_run_are_skipped_with_a_reason() -> None:
    manifest = make_manifest([{"Topic": " ", "Go": "yes"}, {"Topic": "b", "Go": ""}, {"Topic": "c", "Go": "yes"}])
    step = {"prompt": "{{Topic}}", "run_if": {"column": "Go", "equals": "yes"}}
    bench = EngineHarness(manifest, make_chain(step, id_column=None))
    blank = EngineHarness(make_manifest([{"Topic": " "}, {"Topic": "b"}]), make_chain({"prompt": "Say {{Topic}}"}))
    assert (await bench.run()).counts == {Status.DONE: 2, Status.SKIPPED: 1}
    assert (await blank.run()).counts == {Status.DONE: 1, Status.SKIPPED: 1}
    assert blank.plan().rows[0].work.skipped == "Nothing to run: Topic is blank."
    assert bench.plan().rows[1].work.skipped == "Nothing to run: no step's condition holds."


async def test_an_answer_that_was_cut_is_kept_and_flagged() -> None:
    bench = EngineHarness(make_topics(1), make_chain(TWO[0]))
    bench.provider.behave = lambda request: Completion("Half a sen", "m", None, Finish.LENGTH)
    assert (await bench.run()).counts == {Status.DONE: 1}
    assert bench.of(StepFinished)[0].finish is Finish.LENGTH
    assert bench.ledger.state(2).cut


async def test_fields_are_read_and_used_by_later_steps() -> None:
    fields = {"prompt": "Judge {{Topic}}", "fields": {"quality": "integer", "sure": "boolean"}}
    bench = EngineHarness(make_topics(1), make_chain(fields, {"prompt": "{{s1.quality}} {{s1.sure}}"}))
    bench.provider.behave = lambda request: '```json\n{"quality": 4.0, "sure": true}\n```' if request.schema else None
    assert (await bench.run()).counts == {Status.DONE: 1}
    assert bench.provider.prompts[-1] == "4 TRUE"


async def test_an_answer_that_does_not_fit_is_asked_for_once_more() -> None:
    step = {"prompt": "Judge {{Topic}}", "fields": {"quality": "integer"}}
    bench = EngineHarness(make_topics(1), make_chain(step))
    bench.provider.behave = lambda request: '{"quality": 3}' if len(request.messages) > 1 else '{"quality": "good"}'
    assert (await bench.run()).counts == {Status.DONE: 1}
    second = bench.provider.requests[1].messages
    assert [message.role for message in second] == ["user", "assistant", "user"]
    assert 'quality must be an integer, not "good"' in second[2].content
    assert bench.of(StepFinished)[0].usage == bench.of(CallInVain)[0].usage == Usage(10, 20)
    assert bench.reopened().plan().calls == 0


async def test_fields_that_never_fit_fail_the_row_and_keep_the_text() -> None:
    step = {"prompt": "Judge {{Topic}}", "fields": {"quality": "integer"}}
    bench = EngineHarness(make_topics(1), make_chain(step))
    bench.provider.behave = lambda request: "I would rather not."
    assert (await bench.run()).counts == {Status.FAILED: 1}
    failure = bench.of(RowFinished)[0].failure
    assert (failure.kind, failure.attempts) == (FailureKind.FIELDS, 2)
    assert [answer.text for answer in bench.journal.history(1, "2")] == ["I would rather not."] * 2
    again = bench.reopened()
    assert (again.plan().calls, again.plan().reused) == (1, 0)


async def test_a_fresh_run_pays_for_everything_again() -> None:
    bench = EngineHarness(make_topics(3), make_chain(*TWO))
    await bench.run()
    assert bench.plan(fresh=True).calls == 6
    bench.provider.behave = lambda request: "new"
    await bench.run(RunOptions(fresh=True))
    assert len(bench.provider.requests) == 12
    assert bench.text(2) == "new"
    assert bench.reopened().text(3) == "new"


async def test_a_listener_that_fails_ends_the_run_and_fails_no_row() -> None:
    bench = EngineHarness(make_topics(30), make_chain(*TWO))

    def listen(event: Event) -> None:
        if isinstance(event, RowFinished):
            raise BrokenPipeError

    with pytest.raises(BrokenPipeError):
        await bench.run(RunOptions(concurrency=3), listen)
    assert not bench.reopened().statuses()["failed"]
    assert len(bench.provider.requests) < 60


async def test_a_cancelled_run_keeps_what_is_finished() -> None:
    bench = EngineHarness(make_topics(30), make_chain(TWO[0]))

    stuck = asyncio.Event()

    async def behave(request: CompletionRequest) -> None:
        if int(request.messages[-1].content.removeprefix("Notes on T")) >= 10:
            if bench.provider.in_flight == 5:
                stuck.set()
            await asyncio.Event().wait()

    bench.provider.behave = behave
    running = asyncio.ensure_future(bench.run(RunOptions(concurrency=5)))
    await stuck.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert bench.journal.run(1).state is RunState.STOPPED
    assert bench.reopened().plan().reused == 10
