"""A step's fallback is asked where its first model fails for good or is away: told, stored, and paid for once."""

from __future__ import annotations

import asyncio
from collections import Counter
from decimal import Decimal

import pytest
from pydantic import ValidationError

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import RunNoticed, RunPaused, StepFinished
from chaindesk.engine.run.options import RunOptions
from tests.support.engine import Behaviour, EngineHarness, ScriptedProvider, make_chain, make_topics


def failing(kind: FailureKind, words: str = "") -> Behaviour:
    """The first provider fails so where the prompt has these words; the second one answers."""

    def behave(request: CompletionRequest) -> str:
        if request.endpoint.name == "lab" and words in request.messages[-1].content:
            raise CallError(kind, "It did not go.")
        return f"{request.endpoint.name} on {request.messages[-1].content}"

    return behave


def bench_of(behave: Behaviour, rows: int = 6, **step: object) -> EngineHarness:
    chain = make_chain({"prompt": "{{Topic}}.", "fallback": "spare/reserve"} | step, retry={"attempts": 1})
    return EngineHarness(make_topics(rows), chain, provider=ScriptedProvider(behave))


def asked(bench: EngineHarness) -> Counter[str]:
    return Counter(request.endpoint.name for request in bench.provider.requests)


def test_a_row_that_is_refused_has_the_answer_of_the_fallback_and_the_others_have_their_own() -> None:
    bench = bench_of(failing(FailureKind.REFUSED, "T3."))
    asyncio.run(bench.run(RunOptions(concurrency=2)))
    assert bench.statuses() == {"done": 6}
    assert bench.text(5) == "spare on T3."
    assert asked(bench) == {"lab": 6, "spare": 1}
    models = {event.row: event.model for event in bench.of(StepFinished)}
    assert models[5] == "reserve"
    assert models[4] == "writer"
    told = bench.of(RunNoticed)
    assert [event.message for event in told] == [
        "Step s1: lab/writer fails for a row (answer refused). Such rows ask spare/reserve, the step's fallback; "
        "their answers name its model."
    ]


def test_an_answer_of_the_fallback_is_not_paid_for_again() -> None:
    bench = bench_of(failing(FailureKind.REFUSED))
    asyncio.run(bench.run())
    again = bench.reopened()
    assert again.plan().calls == 0


@pytest.mark.parametrize("kind", [FailureKind.UNREACHABLE, FailureKind.KEY, FailureKind.QUOTA, FailureKind.MODEL])
def test_a_provider_that_is_away_or_refuses_all_holds_no_run_that_has_a_fallback(kind: FailureKind) -> None:
    bench = bench_of(failing(kind), rows=30)
    asyncio.run(bench.run(RunOptions(concurrency=3)))
    assert bench.statuses() == {"done": 30}
    assert asked(bench)["spare"] == 30
    assert asked(bench)["lab"] < 10
    assert not bench.of(RunPaused)
    assert len(bench.of(RunNoticed)) == 1


def test_a_row_fails_where_the_fallback_fails_as_well() -> None:
    def behave(request: CompletionRequest) -> str:
        raise CallError(FailureKind.REFUSED, f"{request.endpoint.name} will not.")

    bench = bench_of(behave, rows=1)
    asyncio.run(bench.run())
    failure = bench.ledger.state(2).failure
    assert failure is not None
    assert failure.message == "spare will not."


def test_fields_are_read_from_the_answer_of_the_fallback() -> None:
    def behave(request: CompletionRequest) -> str:
        if request.endpoint.name == "lab":
            raise CallError(FailureKind.REFUSED, "No.")
        return '{"Title": "From the spare one"}'

    bench = bench_of(behave, rows=1, fields={"Title": "string"})
    asyncio.run(bench.run())
    (event,) = bench.of(StepFinished)
    assert event.model == "reserve"
    assert bench.statuses() == {"done": 1}


def test_what_the_fallback_costs_at_most_is_said_before() -> None:
    bench = bench_of(failing(FailureKind.REFUSED))
    bench.price = lambda endpoint, model, usage: Decimal(2) if endpoint.name == "spare" else Decimal(1)
    estimate = bench.plan().estimate
    (side,) = estimate.sides
    assert (side.purpose, side.model, side.likely, side.most, side.most_cost) == (
        "fallback",
        "spare/reserve",
        0,
        6,
        Decimal(12),
    )
    assert estimate.cost == Decimal(6)


@pytest.mark.parametrize("fallback", ["lab/writer", "reserve"])
def test_a_fallback_is_another_model_with_its_provider(fallback: str) -> None:
    with pytest.raises(ValidationError):
        make_chain({"prompt": "{{Topic}}", "fallback": fallback})
