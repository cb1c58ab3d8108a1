"""Answers that judges were not asked about: announced before they are paid for, asked about once, and followed up."""

from __future__ import annotations

from typing import Any

import pytest

from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import SideCall, SidePurpose, StepFinished
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.run.options import RunOptions
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_manifest

ROWS = 6
JUDGE: dict[str, Any] = {"judge": "Is it about {{Topic}}?", "model": "other/judge"}
PLAIN: dict[str, Any] = {"words": "1..9"}
CASCADE = ["ask_again", {"escalate": "lab/large"}, "review"]
YES, NO = '{"yes": true, "reason": "so"}', '{"yes": false, "reason": "no"}'


def opened(
    journal: MemoryJournal,
    behave: Any,
    checks: list[dict[str, Any]] | None = None,
    rows: int = ROWS,
    later: dict[str, Any] | None = None,
    **step: Any,
) -> EngineHarness:
    steps = [{"model": "lab/cheap", "prompt": "Write on {{Topic}}."} | ({"checks": checks} if checks else {}) | step]
    chain = make_chain(*steps, *([later] if later else []))
    manifest = make_manifest([{"Topic": f"T{number}"} for number in range(rows)])
    return EngineHarness(manifest, chain, journal, ScriptedProvider(behave))


def answering(verdict: str = YES) -> Any:
    return lambda request: verdict if request.model == "judge" else f"about {request.messages[0].content}"


def said(plan: Plan) -> dict[str, tuple[int, int]]:
    return {side.purpose: (side.likely, side.most) for side in plan.estimate.sides}


async def finished(**more: Any) -> MemoryJournal:
    journal = MemoryJournal()
    await opened(journal, answering(), **more).run()
    return journal


async def test_a_judge_that_is_added_is_announced_and_asked_once_about_each_answer() -> None:
    journal = await finished(checks=[PLAIN])
    second = opened(journal, answering(), [PLAIN, JUDGE])
    plan = second.plan()
    assert (plan.calls, plan.judge_calls, plan.asks, plan.reused) == (0, ROWS, True, ROWS)
    assert said(plan) == {"judge of known answers": (ROWS, ROWS)}
    assert not any(planned.work.complete for planned in plan.rows)
    assert second.ledger.state(2).flags == ("not judged yet: “Is it about {{Topic}}?”",)
    await second.run()
    assert [request.model for request in second.provider.requests] == ["judge"] * ROWS
    assert {side.purpose for side in second.of(SideCall)} == {SidePurpose.JUDGE}
    assert {(event.reused, event.flags) for event in second.of(StepFinished)} == {(True, ())}
    third = opened(journal, answering(), [PLAIN, JUDGE])
    assert (third.plan().asks, third.plan().judge_calls) == (False, 0)
    await third.run()
    assert third.provider.requests == []


async def test_an_answer_that_a_judge_refuses_follows_on_fail_within_what_was_announced() -> None:
    journal = await finished(checks=[PLAIN])
    first = {f"about Write on T{number}." for number in range(ROWS)}

    def behave(request: CompletionRequest) -> str:
        if request.model == "judge":
            return NO if "T0" in request.messages[-1].content and "mended" not in request.messages[-1].content else YES
        return f"mended {request.messages[0].content}"

    second = opened(journal, behave, [PLAIN, JUDGE], on_fail=CASCADE)
    plan = second.plan()
    assert (plan.judge_calls, plan.follow_ups) == (ROWS, ROWS + ROWS + 2 * ROWS)
    await second.run()
    models = [request.model for request in second.provider.requests]
    assert (models.count("judge"), models.count("cheap"), models.count("large")) == (ROWS + 1, 1, 0)
    assert second.text(2) == "mended Write on T0."
    assert {second.text(number) for number in range(3, 2 + ROWS)} < first
    await journal.store_verdicts(second.ledger.checks.judge(second.ledger, second.manifest.rows))
    verdicts = {verdict.answer_id: verdict for verdict in journal.verdicts(second.workbook_id)}
    assert verdicts[second.ledger.entries[2].answers[0] or 0].path is AnswerPath.ASKED_AGAIN
    assert [one.failed for one in verdicts.values() if one.failed] == [("judge: no to “Is it about {{Topic}}?”: no",)]
    again = opened(journal, behave, [PLAIN, JUDGE], on_fail=CASCADE)
    assert not again.plan().asks
    assert again.text(2) == "mended Write on T0."


async def test_every_call_that_refused_answers_may_bring_is_announced_those_of_later_steps_included() -> None:
    later: dict[str, Any] = {"model": "lab/cheap", "prompt": "Polish {{s1}}.", "checks": [{"words": "99.."}]}
    later["on_fail"] = ["ask_again"]
    numbers = iter(range(1000))

    def behave(request: CompletionRequest) -> str:
        return NO if request.model == "judge" else f"text {next(numbers)}"

    journal = MemoryJournal()
    await opened(journal, behave, [PLAIN], later=later).run()
    second = opened(journal, behave, [PLAIN, JUDGE], later=later, on_fail=CASCADE)
    plan = second.plan()
    await second.run()
    assert len(second.provider.requests) == plan.planned_calls + plan.follow_ups == ROWS * (1 + 2 + 2 + 2)
    third = opened(journal, behave, [PLAIN, JUDGE], later=later, on_fail=CASCADE)
    assert not third.plan().asks


async def test_answers_that_failed_a_check_are_judged_once_it_is_relaxed() -> None:
    journal = await finished(checks=[{"words": "99.."}, JUDGE])
    relaxed = opened(journal, answering(), [PLAIN, JUDGE])
    assert relaxed.plan().judge_calls == ROWS
    await relaxed.run()
    assert len(relaxed.provider.requests) == ROWS
    assert not opened(journal, answering(), [PLAIN, JUDGE]).plan().asks


async def test_rows_with_the_same_answer_and_question_count_and_cost_one_call() -> None:
    journal = MemoryJournal()
    judge = {"judge": "Is it right?", "model": "other/judge"}
    await opened(journal, lambda request: "the same").run()
    second = opened(journal, lambda request: YES, [judge])
    plan = second.plan()
    assert (plan.judge_calls, plan.unjudged) == (1, ROWS)
    await second.run(RunOptions(concurrency=3))
    assert len(second.provider.requests) == 1
    assert not opened(journal, lambda request: YES, [judge]).plan().asks


async def test_what_judges_said_of_one_row_settles_others_with_the_same_answer_at_no_cost() -> None:
    journal = MemoryJournal()
    judge = {"judge": "Is it right?", "model": "other/judge"}
    await opened(journal, lambda request: "the same").run()
    second = opened(journal, lambda request: YES, [judge])
    await second.run(RunOptions(RowSelection.of_numbers([2])))
    second.ledger.checks.judge(second.ledger, second.manifest.rows)
    assert [second.ledger.state(row.number).flags for row in second.manifest.rows] == [()] * ROWS
    assert not second.plan().asks


async def test_a_second_judge_is_asked_only_what_it_was_not_asked() -> None:
    other = {"judge": "Is it kind?", "model": "other/judge"}
    journal = await finished(checks=[JUDGE])
    second = opened(journal, answering(), [JUDGE, other])
    assert second.plan().judge_calls == ROWS
    await second.run()
    assert len(second.provider.requests) == ROWS
    assert all("kind" in request.messages[-1].content for request in second.provider.requests)


@pytest.mark.parametrize("failed_before", [False, True])
@pytest.mark.parametrize("ends_after", range(1, 4))
async def test_a_run_that_is_cut_off_in_a_follow_up_goes_on_and_pays_nothing_twice(
    ends_after: int,
    failed_before: bool,
) -> None:
    journal = await (finished(rows=1, checks=[{"words": "99.."}]) if failed_before else finished(rows=1))
    asked: list[str] = []

    def answer(request: CompletionRequest) -> str:
        asked.append(request.fingerprint)
        if request.model == "judge":
            return YES if "large words" in request.messages[-1].content else NO
        return "large words" if request.model == "large" else "still wrong"

    def killed(request: CompletionRequest) -> str:
        if len(asked) >= ends_after:
            raise CallError(FailureKind.REJECTED, "The process is gone.")
        return answer(request)

    first = opened(journal, killed, [JUDGE], rows=1, on_fail=CASCADE)
    await first.run()
    second = opened(journal, answer, [JUDGE], rows=1, on_fail=CASCADE)
    plan = second.plan()
    assert plan.asks
    assert len(asked) + plan.planned_calls + plan.follow_ups >= 5
    await second.run()
    assert len(asked) == len(set(asked)) == 5  # a judge, once more, its judge, the larger model, its judge
    third = opened(journal, answer, [JUDGE], rows=1, on_fail=CASCADE)
    assert not third.plan().asks
    assert third.text(2) == "large words"


async def test_an_approved_answer_is_judged_and_stays_whatever_the_judge_says() -> None:
    journal = MemoryJournal()
    first = opened(journal, answering(), rows=1)
    await first.run()
    row = first.manifest.rows[0]
    second = opened(journal, answering(NO), [JUDGE], rows=1, on_fail=CASCADE)
    second.ledger.record_review(second.ledger.entries[row.number].last_answer, Review.APPROVED)
    plan = second.plan()
    assert (plan.judge_calls, plan.follow_ups) == (1, 0)
    await second.run()
    assert len(second.provider.requests) == 1
    assert second.text(2) == first.text(2)
    assert second.ledger.state(2).flags == ("judge: no to “Is it about {{Topic}}?”: no",)
    assert not second.plan().asks


async def test_what_is_paid_for_again_is_not_judged_before() -> None:
    journal = await finished()
    second = opened(journal, answering(), [JUDGE])
    plan = second.plan(fresh=True)
    assert (plan.calls, plan.judge_calls) == (ROWS, 0)


async def test_an_answer_is_judged_anew_where_an_earlier_output_that_its_judge_sees_has_changed() -> None:
    later = {"model": "lab/cheap", "prompt": "Write on {{Topic}}, too.", "checks": [{"judge": "Does it fit {{s1}}?"}]}
    later["checks"][0]["model"] = "other/judge"  # type: ignore[index]
    journal = MemoryJournal()
    first = opened(journal, answering(), rows=1, later=later)
    await first.run()
    row, answer = first.manifest.rows[0], first.ledger.entries[2].answers[0] or 0
    await journal.store_edit(answer, "a person's own")
    first.ledger.record_edit(row, 0, answer, "a person's own")
    assert (first.plan().calls, first.plan().judge_calls) == (0, 1)
    await first.run(RunOptions(rerun_step="s1", choice=RowSelection.of_numbers([2])))
    assert (first.plan().calls, first.plan().judge_calls) == (0, 0)  # s1 says again what it said first
