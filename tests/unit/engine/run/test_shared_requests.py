"""Rows that ask the very same thing share one call where the step says so; each keeps an answer of its own."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from decimal import Decimal

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import StepFinished
from chaindesk.domain.manifest import Manifest
from chaindesk.engine.planning.repeated_requests import sharing_hints
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.run.options import RunOptions
from tests.support.counting import count_calls
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_manifest

SHARED = {"prompt": "About {{Topic}}.", "same_request": "one_answer"}


def topics(rows: int, different: int) -> Manifest:
    return make_manifest([{"Topic": f"T{number % different}"} for number in range(rows)])


def harness(manifest: Manifest, *steps: Mapping[str, object], **rest: object) -> EngineHarness:
    more = {name: rest.pop(name) for name in ("concurrency",) if name in rest}
    return EngineHarness(manifest, make_chain(*steps, **more), price=lambda e, m, u: Decimal("0.01"), **rest)  # type: ignore[arg-type]


@pytest.mark.parametrize("concurrency", [1, 10, 300])
async def test_as_many_calls_as_different_requests(concurrency: int) -> None:
    engine = harness(topics(1000, 50), SHARED, concurrency=concurrency)
    assert engine.plan().calls == 50
    result = await engine.run()
    report = run_report(engine.journal, result.run_id)
    assert len(engine.provider.requests) == 50
    assert engine.statuses() == {"done": 1000}
    assert {engine.text(row.number) for row in engine.manifest.rows} == {f"<About T{n}.>" for n in range(50)}
    assert (report.cost, report.calls) == (50 * Decimal("0.01"), 50)
    assert report.usage.output == 50 * 20
    assert sum(1 for event in engine.of(StepFinished) if not event.reused) == 50


async def test_without_the_word_each_row_makes_its_own_call() -> None:
    engine = harness(topics(20, 2), {"prompt": "About {{Topic}}."})
    assert engine.plan().calls == 20
    await engine.run()
    assert len(engine.provider.requests) == 20


async def test_a_step_behind_a_shared_one_shares_too_and_the_plan_knows() -> None:
    second = {"prompt": "Shorten {{s1}} for {{Topic}}.", "same_request": "one_answer"}
    engine = harness(topics(60, 6), SHARED, second)
    assert engine.plan().calls == 12
    await engine.run()
    assert Counter(len(request.prompt) > 20 for request in engine.provider.requests) == {False: 6, True: 6}


async def test_an_edit_in_one_row_stays_in_that_row() -> None:
    engine = harness(topics(4, 1), SHARED)
    await engine.run()
    number = engine.ledger.entries[3].answers[0]
    assert number
    await engine.journal.store_edit(number, "Mine.")
    again = engine.reopened()
    assert [again.text(row) for row in (2, 3, 4, 5)] == ["<About T0.>", "Mine.", "<About T0.>", "<About T0.>"]
    assert again.plan().calls == 0
    more = engine.reopened(manifest=topics(5, 1))  # a row that comes later gets the model's words, not the person's
    assert more.plan().calls == 0
    await more.run()
    assert more.text(6) == "<About T0.>"
    assert more.provider.requests == []


async def test_what_was_not_copied_before_a_crash_is_copied_by_the_next_run() -> None:
    first = harness(make_manifest([{"Topic": "T0"}]), SHARED)
    await first.run()
    engine = first.reopened(manifest=topics(10, 1))
    assert engine.plan().calls == 0
    await engine.run()
    assert engine.provider.requests == []
    assert engine.statuses() == {"done": 10}


async def test_rows_that_are_paid_for_again_share_the_new_call() -> None:
    engine = harness(topics(10, 2), SHARED)
    await engine.run()
    again = engine.reopened()
    assert again.plan(fresh=True).calls == 2
    await again.run(RunOptions(fresh=True))
    assert len(again.provider.requests) == 2


async def test_where_the_first_row_fails_the_next_one_asks() -> None:
    calls = 0

    def behave(request: CompletionRequest) -> str:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise CallError(FailureKind.REJECTED, "Not this once.", http_status=400)
        return "Fine."

    engine = harness(topics(8, 1), SHARED, provider=ScriptedProvider(behave))
    await engine.run()
    assert engine.statuses() == {"done": 7, "failed": 1}
    assert calls == 2


async def test_rows_that_wait_for_another_hold_up_no_other_request() -> None:
    release = asyncio.Event()
    others = 0

    async def behave(request: CompletionRequest) -> str:
        nonlocal others
        if "T0" in request.prompt:
            await release.wait()
        else:
            others += 1
            if others == 5:
                release.set()
        return "Fine."

    rows = make_manifest([{"Topic": "T0"}] * 200 + [{"Topic": f"T{number}"} for number in range(1, 6)])
    engine = harness(rows, SHARED, provider=ScriptedProvider(behave), concurrency=2)
    async with asyncio.timeout(60):  # else it would wait for ever
        await engine.run()
    assert engine.statuses() == {"done": 205}
    assert len(engine.provider.requests) == 6
    assert engine.provider.peak <= 2


def test_check_says_where_it_would_save() -> None:
    engine = harness(topics(1000, 50), {"prompt": "About {{Topic}}."}, {"prompt": "Shorten {{s1}}."})
    hints = [hint.message for hint in sharing_hints(engine.request_builder, engine.ledger, engine.plan())]
    assert hints == [
        f"Step {step}: 1,000 rows ask 50 different questions. Write same_request: one_answer in this step, and 950 "
        "calls need not be made."
        for step in ("s1", "s2")
    ]


async def test_answers_that_are_alike_already_make_what_follows_alike() -> None:
    engine = harness(topics(40, 40), {"prompt": "About {{Topic}}."}, provider=ScriptedProvider(lambda request: "Same."))
    await engine.run()
    longer = make_chain({"prompt": "About {{Topic}}."}, {"prompt": "Shorten {{s1}}."})
    again = engine.reopened(chain=longer)
    hints = sharing_hints(again.request_builder, again.ledger, again.plan())
    assert [hint.message.partition(".")[0] for hint in hints] == ["Step s2: 40 rows ask 1 different question"]


def test_a_step_whose_rows_all_differ_needs_no_look_at_what_follows_from_it() -> None:
    engine = harness(
        topics(500, 500), {"prompt": "About {{Topic}}."}, {"prompt": "Shorten {{s1}}."}, {"prompt": "{{s2}}!"}
    )
    ledger, plan = engine.ledger, engine.plan()
    one = harness(topics(500, 500), {"prompt": "About {{Topic}}."})
    alone, plan_alone = one.ledger, one.plan()
    calls = count_calls(lambda: sharing_hints(engine.request_builder, ledger, plan))
    assert calls < 1.5 * count_calls(lambda: sharing_hints(one.request_builder, alone, plan_alone))


@pytest.mark.parametrize(
    "step",
    [
        SHARED,
        {"prompt": "About {{Topic}}.", "temperature": 0.9},
        {"prompt": "Write a random joke on {{Topic}}."},
    ],
)
def test_no_hint_where_it_shares_already_or_answers_are_to_differ(step: dict[str, object]) -> None:
    engine = harness(topics(1000, 50), step)
    assert sharing_hints(engine.request_builder, engine.ledger, engine.plan()) == []


def test_no_hint_where_hardly_anything_is_asked_twice() -> None:
    engine = harness(topics(100, 95), {"prompt": "About {{Topic}}."})
    assert sharing_hints(engine.request_builder, engine.ledger, engine.plan()) == []


@pytest.mark.parametrize("more", [{"checks": [{"words": "..9"}]}, {"votes": 3, "fields": {"kind": "string"}}])
def test_answers_that_are_settled_row_by_row_are_not_shared(more: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="row by row"):
        make_chain({**SHARED, **more})
