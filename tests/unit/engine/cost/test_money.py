"""What calls cost that gave nothing: it counts in the run, in its budget and in its report."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.completion import Completion, CompletionRequest, Finish, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import CallInVain, Event, StepStarted
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.planning.planner import make_plan
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.engine import EngineHarness, make_chain, make_topics

PLAIN = {"prompt": "Notes on {{Topic}}", "max_output_tokens": 100}
FIELDS = {"prompt": "Judge {{Topic}}", "fields": {"quality": "integer"}, "max_output_tokens": 100}


def dollars(endpoint: Any, model: str, usage: Usage) -> Decimal:
    return Decimal(usage.output) / 100


def said(text: str, tokens: int = 100) -> Completion:
    return Completion(text, "m", Usage(10, tokens))


def watched(bench: Any) -> Snapshot:
    snapshot = Snapshot()
    for event in bench.events:
        snapshot.fold(event)
    return snapshot


async def test_an_answer_that_did_not_fit_is_paid_for_like_the_one_that_replaced_it() -> None:
    bench = EngineHarness(make_topics(1), make_chain(FIELDS), price=dollars)
    bench.provider.behave = lambda request: said('{"quality": 3}' if len(request.messages) > 1 else "good", 50)
    result = await bench.run()
    snapshot = watched(bench)
    assert (snapshot.cost, snapshot.unusable_cost, snapshot.unusable_calls) == (1, Decimal("0.5"), 1)
    assert snapshot.usage == Usage(20, 100)
    assert snapshot.rows[2].cost == bench.ledger.state(2).cost == Decimal("0.5")
    report = run_report(bench.journal, result.run_id)
    assert (report.cost, report.usage, report.unfit) == (1, Usage(20, 100), 1)


async def test_fields_that_never_fit_cost_two_calls() -> None:
    bench = EngineHarness(make_topics(1), make_chain(FIELDS), price=dollars)
    bench.provider.behave = lambda request: said("no", 70)
    result = await bench.run()
    assert result.counts == {Status.FAILED: 1}
    assert watched(bench).cost == run_report(bench.journal, result.run_id).cost == Decimal("1.4")
    assert [event.kind for event in bench.of(CallInVain)] == [FailureKind.FIELDS] * 2


async def test_tokens_of_a_reply_that_cannot_be_used_are_paid_for_at_each_try() -> None:
    bench = EngineHarness(make_topics(1), make_chain(PLAIN), price=dollars)

    def behave(request: CompletionRequest) -> Completion:
        if len(bench.provider.requests) == 1:
            raise CallError(FailureKind.MALFORMED, "Empty.", usage=Usage(10, 30), retry_after=0.0)
        if len(bench.provider.requests) == 2:
            raise CallError(FailureKind.MALFORMED, "Empty.", usage=Usage(10, 1), cost=Decimal(7), retry_after=0.0)
        return said("fine", 20)

    bench.provider.behave = behave
    result = await bench.run()
    assert result.counts == {Status.DONE: 1}
    assert watched(bench).cost == run_report(bench.journal, result.run_id).cost == Decimal("7.5")
    assert bench.reopened().plan().reused == 1


async def test_what_was_paid_in_vain_uses_the_budget_up() -> None:
    bench = EngineHarness(make_topics(9), make_chain(PLAIN), price=dollars)

    def refuse(request: CompletionRequest) -> Completion:
        raise CallError(FailureKind.REFUSED, "No.", usage=Usage(10, 100), raw_text="I cannot.")

    bench.provider.behave = refuse
    result = await bench.run(RunOptions(budget=Decimal("3.5"), concurrency=2))
    assert result.counts == {Status.FAILED: 3, Status.PENDING: 6}
    assert watched(bench).cost == 3
    assert [answer.text for answer in bench.journal.history(1, "2")] == ["I cannot."]


async def test_calls_that_may_have_been_billed_are_counted_and_kept_aside() -> None:
    bench = EngineHarness(make_topics(9), make_chain(PLAIN), price=dollars)

    def lose(request: CompletionRequest) -> Completion:
        raise CallError(FailureKind.TIMEOUT, "Nothing came.", retry_after=0.0)

    bench.provider.behave = lose
    result = await bench.run(RunOptions(budget=Decimal("4.5"), concurrency=1))
    assert result.counts == {Status.FAILED: 1, Status.PENDING: 8}
    assert len(bench.provider.requests) == 4
    assert "$4.00 may have been for calls that were cut off" in result.message
    snapshot = watched(bench)
    assert (snapshot.perhaps_billed, snapshot.cost, snapshot.unusable_calls) == (4, None, 0)
    report = run_report(bench.journal, result.run_id)
    assert (report.perhaps_billed, report.unfit, report.cost) == (4, 0, None)
    assert bench.reopened().plan().reused == 0


async def test_a_refused_call_costs_nothing() -> None:
    bench = EngineHarness(make_topics(1), make_chain(PLAIN), price=dollars)

    def behave(request: CompletionRequest) -> Completion:
        if len(bench.provider.requests) < 3:
            raise CallError(FailureKind.SERVER, "Overloaded.", http_status=503, retry_after=0.0)
        return said("fine")

    bench.provider.behave = behave
    assert (await bench.run(RunOptions(budget=Decimal("1.5")))).counts == {Status.DONE: 1}
    assert bench.of(CallInVain) == []


async def test_an_answer_without_a_count_may_have_cost_what_was_set_aside() -> None:
    bench = EngineHarness(make_topics(9), make_chain(PLAIN), price=dollars)
    bench.provider.behave = lambda request: Completion("text", "m", None)
    result = await bench.run(RunOptions(budget=Decimal("3.5"), concurrency=4))
    assert result.counts == {Status.DONE: 3, Status.PENDING: 6}


@pytest.mark.parametrize("free", [False, True])
async def test_calls_that_a_stop_cuts_off_may_have_been_billed(free: bool) -> None:
    bench = EngineHarness(
        make_topics(5), make_chain(PLAIN), price=lambda *asked: Decimal(0) if free else dollars(*asked)
    )
    started = 0

    def listen(event: Event) -> None:
        nonlocal started
        started += isinstance(event, StepStarted)
        if started == 3:
            asyncio.get_running_loop().call_soon(bench.control.stop)

    async def hang(request: CompletionRequest) -> str:
        await asyncio.Event().wait()
        return ""

    bench.provider.behave = hang
    result = await bench.run(RunOptions(concurrency=3), listen)
    lost = bench.of(CallInVain)
    assert len(lost) == watched(bench).perhaps_billed == (0 if free else 3)
    assert all(event.perhaps and event.kind is None for event in lost)
    assert run_report(bench.journal, result.run_id).perhaps_billed == len(lost)


async def test_a_cut_answer_is_paid_for_like_any() -> None:
    bench = EngineHarness(make_topics(1), make_chain(PLAIN), price=dollars)
    bench.provider.behave = lambda request: Completion("Half a", "m", Usage(10, 100), Finish.LENGTH)
    result = await bench.run()
    assert watched(bench).cost == run_report(bench.journal, result.run_id).cost == 1


async def test_only_a_system_text_without_columns_is_the_same_for_all_rows() -> None:
    steps = ({**PLAIN, "system": "Be brief."}, {**PLAIN, "system": "You know {{Topic}} well."})
    bench = EngineHarness(make_topics(1), make_chain(*steps))
    await bench.run()
    assert [request.shared_system for request in bench.provider.requests] == [True, False]


async def test_outputs_that_later_steps_send_are_guessed_by_what_is_known_of_their_length() -> None:
    short = {**PLAIN, "name": "notes", "max_output_tokens": 40}
    bench = EngineHarness(make_topics(10), make_chain(short, {"name": "draft", "prompt": "{{notes}}"}), price=dollars)
    chain, choice = bench.request_builder, RowSelection()
    by_limit = make_plan(bench.manifest, chain, bench.ledger, choice, dollars, fresh=False).estimate
    by_answers = make_plan(
        bench.manifest, chain, bench.ledger, choice, dollars, fresh=False, earlier=lambda step: [Usage(10, 7)] * 3
    ).estimate
    assert by_limit.steps[1].input_tokens == 10 * 40
    assert by_answers.steps[1].input_tokens == 10 * 7
