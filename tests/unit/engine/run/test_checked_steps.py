"""Steps with checks and votes: asked again in the checks' words, escalated, judged; each call paid for once."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import pytest
from typing_extensions import override

from chaindesk.domain.check_results import AnswerPath, Verdict
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import RunNoticed, SideCall, SidePurpose, StepFinished
from chaindesk.domain.records import AnswerKind
from chaindesk.engine.reports.run_report import run_report
from chaindesk.engine.reports.text import report_lines
from chaindesk.engine.run.options import RunOptions
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_manifest
from tests.support.waiting import pass_rounds

PRICES = {"cheap": Decimal("0.001"), "large": Decimal("0.01"), "judge": Decimal("0.0005")}
CASCADE = ["ask_again", {"escalate": "lab/large"}, "review"]


def price(endpoint: object, model: str, usage: Usage) -> Decimal | None:
    return PRICES[model] * usage.output


def bench(behave: Any, rows: int = 1, journal: MemoryJournal | None = None, **step: Any) -> EngineHarness:
    chain = make_chain({"model": "lab/cheap", "prompt": "Write on {{Topic}}."} | step)
    manifest = make_manifest([{"Topic": f"Topic {number}"} for number in range(rows)])
    return EngineHarness(manifest, chain, journal or MemoryJournal(), ScriptedProvider(behave), price)


def models(harness: EngineHarness) -> list[str]:
    return [request.model for request in harness.provider.requests]


async def test_an_answer_that_passes_is_one_call_without_a_flag() -> None:
    harness = bench(lambda request: "one two", checks=[{"words": "2"}], on_fail=CASCADE)
    await harness.run()
    (event,) = harness.of(StepFinished)
    assert (event.flags, event.path, models(harness)) == ((), AnswerPath.AT_ONCE, ["cheap"])
    (verdict,) = harness.journal.verdicts(harness.workbook_id)
    assert verdict.failed == ()


async def test_without_on_fail_a_failed_check_is_a_flag_and_costs_nothing() -> None:
    harness = bench(lambda request: "one", checks=[{"words": "2"}])
    await harness.run()
    assert harness.of(StepFinished)[0].flags == ("s1: it has 1 word, wanted 2",)
    assert harness.ledger.state(2).flags == ("s1: it has 1 word, wanted 2",)
    assert len(harness.provider.requests) == 1
    assert harness.read_ledger().checks.judge(harness.read_ledger(), harness.manifest.rows) == []


async def test_it_is_asked_again_with_the_checks_own_words() -> None:
    answers = iter(["one", "one two"])
    harness = bench(lambda request: next(answers), checks=[{"words": "2"}], on_fail=CASCADE)
    await harness.run()
    again = harness.provider.requests[1].messages
    assert [message.role for message in again] == ["user", "assistant", "user"]
    assert "s1: it has 1 word, wanted 2" in again[-1].content
    (event,) = harness.of(StepFinished)
    assert (event.text, event.path, event.flags) == ("one two", AnswerPath.ASKED_AGAIN, ())
    assert [side.purpose for side in harness.of(SideCall)] == [SidePurpose.CHECKED]
    assert [answer.text for answer in harness.ledger.history(harness.manifest.rows[0])] == ["one two", "one"]


async def test_then_the_larger_model_and_then_the_reader() -> None:
    harness = bench(lambda request: "one", checks=[{"words": "2"}], on_fail=CASCADE)
    await harness.run()
    assert models(harness) == ["cheap", "cheap", "large"]
    (event,) = harness.of(StepFinished)
    assert (event.path, event.model) == (AnswerPath.REVIEW, "large")
    assert harness.statuses() == {"done": 1}
    assert harness.ledger.state(2).flags
    spent = sum(answer.cost or 0 for answer in harness.journal.run_answers(1))
    told = sum((side.cost or 0 for side in harness.of(SideCall)), Decimal(0)) + (event.cost or 0)
    assert spent == told == 20 * (PRICES["cheap"] * 2 + PRICES["large"])
    report = run_report(harness.journal, 1)
    assert (report.paths, report.flagged, report.side_calls) == ({AnswerPath.REVIEW: 1}, {"s1": 1}, 2)
    assert (report.cost, report.calls, report.unfit) == (spent, 3, 0)
    assert "  checks: 1 to review; 2 calls beside the answers" in report_lines(report)
    (notice,) = harness.of(RunNoticed)
    assert notice.message.startswith(
        "Checks of s1: 1 to review (100%). They cost $0.24; lab/large alone would have cost"
    )


async def test_an_answer_that_does_not_fit_its_fields_goes_to_the_larger_model() -> None:
    def behave(request: CompletionRequest) -> str:
        return '{"kind": "b"}' if request.model == "large" else "no JSON"

    harness = bench(behave, fields={"kind": ["a", "b"]}, checks=[{"field": "kind", "not_empty": True}], on_fail=CASCADE)
    await harness.run()
    assert models(harness) == ["cheap", "cheap", "large"]  # the second is the repair that any step gets
    assert harness.of(StepFinished)[0].path is AnswerPath.ESCALATED


JUDGED: dict[str, Any] = {
    "checks": [{"words": "1.."}, {"judge": "Is {{s1}} about {{Topic}}?", "model": "other/judge", "expect": "yes"}]
}


async def test_a_judge_is_asked_once_for_the_same_answer_and_its_reason_is_the_flag() -> None:
    def behave(request: CompletionRequest) -> str:
        return '{"yes": false, "reason": "It is about coffee."}' if request.model == "judge" else "coffee"

    harness = bench(behave, **JUDGED)
    await harness.run()
    question = harness.provider.requests[1].messages[-1].content
    assert question.startswith("Is coffee about Topic 0?")
    (event,) = harness.of(StepFinished)
    assert event.flags == ("judge: no to “Is {{s1}} about {{Topic}}?”: It is about coffee.",)
    assert [(side.purpose, side.model) for side in harness.of(SideCall)] == [
        (SidePurpose.CHECKED, "cheap"),
        (SidePurpose.JUDGE, "judge"),
    ]
    assert len(list(harness.journal.run_answers(1))) == len(harness.provider.requests) == 2
    report = run_report(harness.journal, 1)
    assert (set(report.steps), report.side_calls) == ({"s1", "s1.judge"}, 1)
    assert report_lines(report)
    await harness.run(RunOptions(fresh=True))  # the same text again: the judge has said what it thinks
    assert models(harness).count("judge") == 1


async def test_votes_elect_a_whole_answer_and_keep_their_agreement() -> None:
    kinds = iter(["b", "A", "a"])
    whys = iter("123")
    harness = bench(
        lambda request: json.dumps({"kind": next(kinds), "why": next(whys)}),
        fields={"kind": ["a", "b"], "why": "string"},
        votes=3,
    )
    await harness.run()
    (event,) = harness.of(StepFinished)
    assert json.loads(event.text) == {"kind": "A", "why": "2"}
    (verdict,) = harness.journal.verdicts(harness.workbook_id)
    assert verdict.agreement == pytest.approx(2 / 3)
    assert [side.purpose for side in harness.of(SideCall)] == [SidePurpose.VOTE] * 3
    assert harness.read_ledger().state(2).status.value == "done"
    assert harness.read_ledger().entries[2].answers == harness.ledger.entries[2].answers


@pytest.mark.parametrize("ends_after", range(1, 7))
async def test_a_run_that_ends_anywhere_in_a_cascade_goes_on_and_pays_nothing_twice(ends_after: int) -> None:
    step: dict[str, Any] = {
        "fields": {"kind": ["a", "b"], "why": "string"},
        "votes": 2,
        "checks": [{"field": "why", "words": "2.."}, {"judge": "Right?", "model": "other/judge"}],
        "on_fail": CASCADE,
    }
    asked: list[str] = []

    def answer(request: CompletionRequest) -> str:
        asked.append(request.fingerprint)
        if request.model == "judge":
            return json.dumps({"yes": "large words" in request.messages[-1].content, "reason": "so"})
        why = {1: "no", 2: "no", 3: "two words"}.get(len(asked), "large words")
        return json.dumps({"kind": "a", "why": why})

    journal = MemoryJournal()
    calls = 0

    def killed(request: CompletionRequest) -> str:
        nonlocal calls
        calls += 1
        if calls > ends_after:
            raise CallError(FailureKind.REJECTED, "The process is gone.")
        return answer(request)

    first = bench(killed, journal=journal, **step)
    await first.run()
    assert first.statuses() == ({"failed": 1} if ends_after < 6 else {"done": 1})
    second = bench(answer, journal=journal, **step)
    await second.run()
    assert second.statuses() == {"done": 1}
    assert len(asked) == len(set(asked)) == 6  # two votes, once more, its judge, the larger model, its judge
    third = bench(answer, journal=journal, **step)
    await third.run()
    assert len(asked) == 6
    final = journal.answer(third.ledger.entries[2].answers[0] or 0)
    assert final is not None
    assert (final.model, final.kind) == ("large", AnswerKind.USABLE)


class CutOffJournal(MemoryJournal):
    """A journal of a process that is killed when it has stored a row's answer, and no more of it."""

    gone = True

    @override
    async def store_verdicts(self, verdicts: Sequence[Verdict]) -> None:
        if not self.gone:
            await super().store_verdicts(verdicts)

    @override
    async def settle(self, answer_id: int, fingerprint: str, others: Sequence[int] = ()) -> None:
        if not self.gone:
            await super().settle(answer_id, fingerprint, others)


async def test_an_answer_that_was_stored_before_a_kill_is_judged_again_and_its_drafts_are_no_answers_any_more() -> None:
    journal = CutOffJournal()
    step: dict[str, Any] = {"checks": [{"words": "2"}], "on_fail": CASCADE}
    await bench(lambda request: "one", journal=journal, **step).run()
    journal.gone = False
    second = bench(lambda request: "one two", journal=journal, **step)
    assert second.plan().calls == 0
    (verdict,) = second.ledger.checks.judge(second.ledger, second.manifest.rows)
    assert verdict.failed == ("s1: it has 1 word, wanted 2",)
    await second.run(RunOptions(fresh=True))
    assert (models(second), second.text(2)) == (["cheap"], "one two")
    assert second.of(StepFinished)[0].path is AnswerPath.AT_ONCE


async def test_rows_with_the_same_answer_share_one_call_to_the_judge_though_all_are_under_way() -> None:
    async def behave(request: CompletionRequest) -> str:
        if request.model != "judge":
            return "the same"
        await pass_rounds(50)  # the other rows come to their judge meanwhile
        return '{"yes": false, "reason": "so"}'

    harness = bench(behave, rows=4, checks=[{"judge": "Is it right?", "model": "other/judge"}])
    await harness.run(RunOptions(concurrency=2))
    assert models(harness).count("judge") == 1
    assert harness.statuses() == {"done": 4}
    flags = {event.flags for event in harness.of(StepFinished)}
    assert flags == {("judge: no to “Is it right?”: so",)}


async def test_every_call_for_checks_and_votes_is_announced_likely_and_at_most() -> None:
    step: dict[str, Any] = {
        "fields": {"kind": ["a", "b"], "why": "string"},
        "votes": 3,
        "checks": [{"field": "why", "words": "2.."}, {"judge": "Right?", "model": "other/judge"}],
        "on_fail": CASCADE,
    }

    numbers = itertools.count()

    def behave(request: CompletionRequest) -> str:
        if request.model == "judge":
            return '{"yes": false, "reason": "no"}'
        return json.dumps({"kind": "a", "why": f"two {next(numbers)}"})

    harness = bench(behave, rows=10, **step)
    plan = harness.plan()
    said = {side.purpose: (side.model, side.likely, side.most) for side in plan.estimate.sides}
    assert said == {
        "votes": ("lab/cheap", 20, 20),
        "asking again": ("lab/cheap", 2, 10),
        "escalation": ("lab/large", 1, 10),
        "judge": ("other/judge", 13, 30),
    }
    await harness.run()
    most = plan.calls + sum(side.most for side in plan.estimate.sides)
    assert len(harness.provider.requests) == 10 * 3 + 10 + 10 + 30 == most


async def test_a_cheap_model_that_is_detectably_wrong_in_a_fifth_becomes_as_good_as_the_large_one() -> None:
    rows = 1000

    def number_of(request: CompletionRequest) -> int:
        return int(request.messages[0].content.removesuffix(".").rpartition(" ")[2])

    def behave(request: CompletionRequest) -> Completion:
        number = number_of(request)
        right = ["retail", "food", "other"][number % 3]
        wrong = request.model == "cheap" and number % 5 == 0
        text = json.dumps({"kind": right, "proof": f"line {number + 1 if wrong else number}"})
        return Completion(text, request.model, Usage(10, 20), seconds=0.01)

    step: dict[str, Any] = {
        "prompt": "Source: line {{Line}}. Classify {{Topic}}.",
        "fields": {"kind": ["retail", "food", "other"], "proof": "string"},
        "checks": [{"field": "proof", "quoted_from": "Source"}],
        "on_fail": [{"escalate": "lab/large"}, "review"],
    }
    values = [{"Line": str(n), "Topic": str(n), "Source": f"This is line {n} of it."} for n in range(rows)]
    chain = make_chain({"model": "lab/cheap"} | step, concurrency=50)
    harness = EngineHarness(make_manifest(values), chain, MemoryJournal(), ScriptedProvider(behave), price)
    await harness.run()
    same = 0
    for row in harness.manifest.rows:
        answer = harness.journal.answer(harness.ledger.entries[row.number].answers[0] or 0)
        assert answer is not None
        number = int(row.values["Topic"])
        same += dict(answer.fields) == {"kind": ["retail", "food", "other"][number % 3], "proof": f"line {number}"}
    assert same / rows >= 0.99
    spent = sum(answer.cost or 0 for answer in harness.journal.run_answers(1))
    assert spent / (rows * 20 * PRICES["large"]) <= Decimal("0.35")
    (notice,) = harness.of(RunNoticed)
    assert notice.message.startswith("Checks of s1: 800 passed at once (80%), 200 escalated (20%). They cost $60.00;")
    assert "lab/large alone would have cost about $200.00, of which this is 30%." in notice.message
