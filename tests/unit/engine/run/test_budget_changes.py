"""A budget that is raised while a run goes on: it counts at once, and the journal has it before that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from decimal import Decimal

import pytest

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.events import BudgetChanged, Event, PauseCause, RunPaused, RunStarted
from chaindesk.domain.records import RunState
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import EngineHarness, make_chain, make_topics
from tests.support.rate_world import run_virtual

_HELD = 5.0  # seconds


def harness(clock: Callable[[], float] = time.monotonic) -> EngineHarness:
    chain = make_chain({"prompt": "{{Topic}}", "max_output_tokens": 20}, concurrency=2)
    return EngineHarness(
        make_topics(10), chain, price=lambda endpoint, model, usage: Decimal(usage.output) / 100, clock=clock
    )


def test_a_raised_budget_is_in_the_journal_before_it_counts() -> None:
    run_virtual(raise_the_budget())


async def raise_the_budget() -> None:
    loop = asyncio.get_running_loop()
    one = harness(loop.time)
    shot = Snapshot()
    told: list[Decimal | None] = []

    def raise_it(event: Event) -> None:
        shot.fold(event)
        match event:
            case RunStarted():
                told.append(event.budget)
            case RunPaused(cause=PauseCause.BUDGET):
                one.control.set_budget(Decimal(50))
                loop.call_later(_HELD, one.control.resume)
            case BudgetChanged(budget=budget):
                run = one.journal.run(shot.run_id)
                assert run is not None
                assert run.budget == budget, "the journal has it before it is told"
                told.append(budget)

    result = await one.run(RunOptions(budget=Decimal("0.60"), on_pause="wait"), raise_it)
    assert result.state is RunState.FINISHED
    assert told == [Decimal("0.60"), Decimal(50)]
    run = one.journal.run(result.run_id)
    assert run is not None
    assert run.budget == Decimal(50)
    assert run.held_seconds == pytest.approx(_HELD, abs=0.1)


async def test_a_budget_that_the_journal_does_not_take_does_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    one = harness()

    async def refuse(self: MemoryJournal, run_id: int, budget: Decimal | None) -> None:
        raise JournalError("The disk is full.", JournalTrouble.FULL)

    monkeypatch.setattr(MemoryJournal, "store_budget", refuse)
    messages: list[str] = []

    def raise_it(event: Event) -> None:
        if isinstance(event, RunPaused):
            messages.append(event.message)
            if event.message == "The disk is full.":
                one.control.stop()
            else:
                one.control.budget = None
                asyncio.get_running_loop().call_soon(one.control.resume)

    async with asyncio.timeout(60):
        result = await one.run(RunOptions(budget=Decimal("0.60"), on_pause="wait"), raise_it)
    assert messages[-1] == "The disk is full."
    assert (result.state, one.of(BudgetChanged)) == (RunState.STOPPED, [])
