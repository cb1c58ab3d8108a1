"""Calls beyond the planned ones are announced: no run makes more of them."""

from __future__ import annotations

from typing import Any

import pytest

from chaindesk.engine.planning.extra_calls import extra_call_hints, most_repairs
from tests.support.engine import EngineHarness, make_chain, make_topics

ROWS = 10
FIELDS: dict[str, Any] = {"prompt": "Judge {{Topic}}", "fields": {"kind": ["a", "b"], "why": "string"}}
CHECKED: dict[str, Any] = {
    "votes": 3,
    "checks": [{"field": "why", "words": "2.."}],
    "on_fail": ["ask_again", {"escalate": "lab/large"}, "review"],
}


@pytest.mark.parametrize("step", [FIELDS, FIELDS | CHECKED], ids=["fields", "votes and checks"])
async def test_answers_that_never_fit_cost_no_more_calls_than_announced(step: dict[str, Any]) -> None:
    engine = EngineHarness(make_topics(ROWS), make_chain(step))
    engine.provider.behave = lambda request: "no"
    plan = engine.plan()
    repairs = most_repairs(engine.chain, plan.estimate)
    told = [hint.message for hint in extra_call_hints(engine.chain, plan)]
    await engine.run()
    announced = plan.calls + sum(side.most for side in plan.estimate.sides)
    assert announced < len(engine.provider.requests) <= announced + repairs
    assert told == [
        f"An answer that does not fit its step's fields is asked for once more: at most {repairs} calls beyond these."
    ]


async def test_each_answer_is_asked_for_once_more_at_most() -> None:
    engine = EngineHarness(make_topics(ROWS), make_chain(FIELDS))
    engine.provider.behave = lambda request: "no"
    assert most_repairs(engine.chain, engine.plan().estimate) == ROWS
    await engine.run()
    assert len(engine.provider.requests) == 2 * ROWS


async def test_texts_are_not_repaired() -> None:
    engine = EngineHarness(make_topics(ROWS), make_chain({"prompt": "About {{Topic}}."}))
    assert extra_call_hints(engine.chain, engine.plan()) == []
