"""Answers that were cut at the output limit, in a step with fields."""

from __future__ import annotations

from chaindesk.domain.completion import Completion, Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import CallInVain, RowFinished, StepFinished
from tests.support.engine import EngineHarness, make_chain, make_topics

FIELDS = ({"prompt": "one {{Topic}}", "fields": {"title": "string"}},)


async def test_fields_that_were_cut_fail_the_row_and_are_not_asked_for_again() -> None:
    bench = EngineHarness(make_topics(1), make_chain(*FIELDS))
    bench.provider.behave = lambda request: Completion('{"title": "Half a', "m", Usage(10, 100), Finish.LENGTH)
    await bench.run()
    assert len(bench.provider.requests) == 1
    failure = bench.of(RowFinished)[0].failure
    assert failure.kind is FailureKind.FIELDS
    assert "cut at the output limit" in failure.message
    assert "max_output_tokens" in failure.message
    assert [event.usage for event in bench.of(CallInVain)] == [Usage(10, 100)]
    assert [answer.text for answer in bench.journal.run_answers(1)] == ['{"title": "Half a']


async def test_fields_that_are_whole_are_kept_and_flagged_although_the_answer_was_cut() -> None:
    bench = EngineHarness(make_topics(1), make_chain(*FIELDS))
    bench.provider.behave = lambda request: Completion('{"title": "All"}', "m", Usage(10, 100), Finish.LENGTH)
    await bench.run()
    assert len(bench.provider.requests) == 1
    assert bench.of(StepFinished)[0].finish is Finish.LENGTH
    assert bench.statuses() == {"done": 1}
