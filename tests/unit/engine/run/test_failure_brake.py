"""The brake: most rows fail for one reason, and the run is held before the others do, by rows and not by calls."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, PauseCause, RunPaused, StepStarted
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.status import Status
from chaindesk.engine.run.failure_brake import MIN_ENDED_ROWS, FailureBrake
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.failure_groups import alike
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics


def failing(numbers: Callable[[int], bool], message: str = "The model would not answer row {}.") -> ScriptedProvider:
    def behave(request: CompletionRequest) -> None:
        number = int(request.messages[-1].content.removeprefix("T"))
        if numbers(number):
            raise CallError(FailureKind.REFUSED, message.format(number))

    return ScriptedProvider(behave)


def harness(provider: ScriptedProvider, rows: int = 100) -> EngineHarness:
    return EngineHarness(make_topics(rows), make_chain({"prompt": "{{Topic}}"}, concurrency=5), provider=provider)


async def test_where_nobody_can_be_asked_the_run_ends_and_rows_stay_untouched() -> None:
    one = harness(failing(lambda number: number % 4 != 0))
    result = await one.run()
    assert result.state is RunState.HALTED
    assert "rows failed for one reason: answer refused: The model would not answer row" in result.message
    ended = result.counts[Status.DONE] + result.counts[Status.FAILED]
    assert MIN_ENDED_ROWS <= ended <= MIN_ENDED_ROWS + 25, "those that had begun or were being stored, and no more"
    assert result.counts[Status.PENDING] == 100 - ended
    assert len(one.provider.requests) == ended


async def test_the_window_asks_once_and_goes_on_with_nothing_lost() -> None:
    one = harness(failing(lambda number: number % 4 != 0))
    asked: list[str] = []

    def go_on(event: Event) -> None:
        if isinstance(event, RunPaused):
            assert event.cause is PauseCause.FAILURES
            asked.append(event.message)
            asyncio.get_running_loop().call_soon(one.control.resume)

    async with asyncio.timeout(60):
        result = await one.run(RunOptions(on_pause="wait"), go_on)
    assert (result.state, len(asked)) == (RunState.FINISHED, 1)
    assert (result.counts[Status.DONE], result.counts[Status.FAILED]) == (25, 75)
    assert len(one.of(StepStarted)) == 100, "no call twice"


@pytest.mark.parametrize(
    ("provider", "rows"),
    [
        (failing(lambda number: number % 2 == 1), 100),
        (failing(lambda number: True), MIN_ENDED_ROWS - 1),
        (failing(lambda number: True), MIN_ENDED_ROWS),
    ],
    ids=["half of the rows fail", "too few rows to tell by", "no row is left to be held"],
)
async def test_it_does_not_fire(provider: ScriptedProvider, rows: int) -> None:
    one = harness(provider, rows)
    result = await one.run()
    assert result.state is RunState.FINISHED
    assert sum(result.counts.values()) == rows


async def test_it_can_be_switched_off() -> None:
    one = harness(failing(lambda number: True))
    result = await one.run(RunOptions(brake=False))
    assert (result.state, result.counts[Status.FAILED]) == (RunState.FINISHED, 100)


async def test_the_tries_of_a_row_count_once() -> None:
    """Ten of 100 rows fail after three tries each: more calls failed than rows, and the run goes on."""

    def behave(request: CompletionRequest) -> None:
        if request.messages[-1].content.endswith("7"):
            raise CallError(FailureKind.MALFORMED, "No JSON.", retry_after=0.001)

    one = harness(ScriptedProvider(behave))
    async with asyncio.timeout(60):
        result = await one.run()
    assert (result.state, result.counts[Status.FAILED]) == (RunState.FINISHED, 10)


def test_different_reasons_do_not_add_up() -> None:
    brake = FailureBrake()
    kinds = (FailureKind.REFUSED, FailureKind.TOO_LONG, FailureKind.REJECTED)
    for row in range(60):
        assert brake.record(row, Status.FAILED, Failure("s", kinds[row % 3], "No.")) == ""


def test_names_numbers_and_ids_do_not_make_another_reason() -> None:
    one = alike('Row 12 of "Über uns": request req_01HZX was refused after 3.5 s.')
    assert one == alike('Row 7 of "Contact": request req_77AAB was refused after 12 s.')
    assert one != alike("The context is too long.")
