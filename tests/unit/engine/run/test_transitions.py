"""Every move of every row's status, over whole runs of every kind, is one that ``Status`` allows."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, RunPaused, StepStarted
from chaindesk.domain.records import RunState
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.engine import EngineHarness, make_chain, make_manifest

STEPS = ({"prompt": "Notes on {{Topic}}"}, {"prompt": "Draft {{s1}}", "run_if": {"column": "Tone", "not_equals": "-"}})


class Watched:
    """A bench whose rows are watched from before a run to after it; every move is checked as it happens."""

    def __init__(self, bench: EngineHarness) -> None:
        self.bench = bench
        self.moves: set[tuple[Status, Status]] = set()

    async def run(self, options: RunOptions | None = None, then: Any = None) -> Any:
        bench = self.bench
        shot = Snapshot({row.number: bench.ledger.state(row.number) for row in bench.manifest.rows})

        def take(event: Event) -> None:
            before = {number: state.status for number, state in shot.rows.items()}
            for number in shot.fold(event):
                self._check(before[number], shot.rows[number].status)
            if then is not None:
                then(event)

        result = await bench.run(options, take)
        for row in bench.manifest.rows:
            now = bench.ledger.state(row.number).status
            assert now is shot.rows[row.number].status, f"row {row.number}: the journal says {now}"
        return result

    def _check(self, before: Status, after: Status) -> None:
        if before is not after:
            assert before.may_become(after), f"{before} may not become {after}"
            self.moves.add((before, after))


def watched(count: int = 6, **chain: Any) -> Watched:
    """Return so many rows, and an empty one, whose run will be watched."""
    rows = [{"Topic": f"T{number}", "Tone": "-" if number % 3 else "dry"} for number in range(count)]
    manifest = make_manifest([*rows, {"Topic": " ", "Tone": ""}])
    return Watched(EngineHarness(manifest, make_chain(*STEPS, concurrency=2, **chain)))


def failing(kind: FailureKind, times: int, *, on: str = "T1", retry_after: float | None = None) -> Any:
    """Fails so many calls of one topic, and answers everything else."""
    left = [times]

    def behave(request: CompletionRequest) -> str:
        if on in request.messages[-1].content and left[0]:
            left[0] -= 1
            raise CallError(kind, "No.", retry_after=retry_after)
        return "fine"

    return behave


async def test_rows_that_are_done_skipped_and_reused() -> None:
    one = watched()
    assert (await one.run()).counts == {Status.DONE: 6, Status.SKIPPED: 1}
    await one.run()
    await one.run(RunOptions(fresh=True))
    assert (Status.DONE, Status.QUEUED) in one.moves
    assert (Status.QUEUED, Status.SKIPPED) in one.moves


async def test_rows_that_fail_and_are_run_again() -> None:
    one = watched()
    one.bench.provider.behave = failing(FailureKind.REJECTED, 1)
    assert (await one.run()).counts[Status.FAILED] == 1
    await one.run(RunOptions(choice=RowSelection(failed_only=True)))
    assert {(Status.RUNNING, Status.FAILED), (Status.FAILED, Status.QUEUED)} <= one.moves


async def test_rows_that_wait_before_they_try_again() -> None:
    one = watched()
    one.bench.provider.behave = failing(FailureKind.RATE_LIMIT, 2, on="T", retry_after=0.3)
    await one.run()
    one.bench.provider.behave = failing(FailureKind.SERVER, 2)
    await one.run(RunOptions(fresh=True))
    assert {(Status.RUNNING, Status.WAITING), (Status.WAITING, Status.RUNNING)} <= one.moves


async def test_rows_that_wait_for_a_limit_before_their_first_call() -> None:
    one = watched()
    one.bench.provider.behave = failing(FailureKind.RATE_LIMIT, 1, on="T0", retry_after=2.1)
    await one.run(RunOptions(concurrency=2))
    assert (Status.QUEUED, Status.WAITING) in one.moves


async def test_rows_that_are_stopped_and_gone_on_with() -> None:
    one = watched()

    async def slow(request: CompletionRequest) -> str:
        await asyncio.sleep(60 if "T3" in request.messages[-1].content else 0)
        return "fine"

    def stop(event: Event) -> None:
        if isinstance(event, StepStarted) and event.row == 5:
            one.bench.control.stop()

    one.bench.provider.behave = slow
    result = await one.run(then=stop)
    assert result.state is RunState.STOPPED
    again = Watched(one.bench.reopened())
    again.bench.provider.behave = None
    assert (await again.run()).counts[Status.DONE] == 6
    assert (Status.RUNNING, Status.PENDING) in one.moves
    assert (Status.PENDING, Status.QUEUED) in again.moves


@pytest.mark.parametrize("kind", [FailureKind.KEY, FailureKind.QUOTA, FailureKind.MODEL])
async def test_rows_of_a_run_that_is_halted(kind: FailureKind) -> None:
    one = watched()
    one.bench.provider.behave = failing(kind, 9, on="T")
    assert (await one.run()).state is RunState.HALTED
    assert (Status.RUNNING, Status.PENDING) in one.moves
    assert (Status.QUEUED, Status.PENDING) in one.moves


async def test_rows_of_a_run_that_is_held_and_goes_on() -> None:
    one = watched()
    one.bench.provider.behave = failing(FailureKind.KEY, 2, on="T")

    def resume(event: Event) -> None:
        if isinstance(event, RunPaused):
            asyncio.get_running_loop().call_soon(one.bench.control.resume)

    assert (await one.run(RunOptions(on_pause="wait"), resume)).counts[Status.DONE] == 6


async def test_rows_of_a_run_whose_budget_is_reached() -> None:
    one = watched()
    one.bench.price = lambda endpoint, model, usage: Decimal(1)
    assert (await one.run(RunOptions(budget=Decimal(3)))).state is RunState.HALTED
    assert (await one.run(RunOptions(choice=RowSelection(first=6), budget=Decimal("0.5")))).state is RunState.HALTED


async def test_rows_of_a_run_that_is_stopped_before_it_begins() -> None:
    one = watched()
    one.bench.control.stop()
    assert (await one.run()).counts == {Status.PENDING: 6, Status.SKIPPED: 1}
