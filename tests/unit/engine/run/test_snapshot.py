"""Run events folded into the live state of rows and figures."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import (
    PauseCause,
    RowFinished,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    StepFinished,
    StepStarted,
    StepWaiting,
)
from chaindesk.domain.records import Failure, RunState
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from chaindesk.engine.run.progress.snapshot import Snapshot


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def started(at: float = 0.0, rows: tuple[int, ...] = (2, 3), calls: int = 4) -> RunStarted:
    return RunStarted(at, 1, "book.xlsx", "Jobs", "article", ("s1", "s2"), rows, 5, calls, 0)


def answered(at: float, row: int, step: str, **changes: Any) -> StepFinished:
    values: dict[str, Any] = {
        "text": "x",
        "model": "m",
        "usage": Usage(1, 2),
        "cost": Decimal("0.5"),
        "seconds": 4.0,
        "attempts": 1,
        "finish": Finish.STOP,
    }
    return StepFinished(at, row, str(row), step, **(values | changes))


def test_a_row_moves_through_its_run() -> None:
    snapshot = Snapshot(clock=Clock())
    assert list(snapshot.fold(started())) == [2, 3]
    assert snapshot.counts[Status.QUEUED] == 2
    assert snapshot.fold(StepStarted(1.0, 2, "2", "s1", 1)) == (2,)
    assert (snapshot.rows[2].status, snapshot.running) == (Status.RUNNING, 1)
    snapshot.fold(StepWaiting(2.0, 2, "2", "s1", 9.0, FailureKind.SERVER, "Down."))
    waiting = snapshot.rows[2]
    assert (waiting.status, waiting.until) == (Status.WAITING, 9.0)
    assert waiting.failure == Failure("s1", FailureKind.SERVER, "Down.", 1)
    snapshot.fold(StepStarted(9.0, 2, "2", "s1", 2))
    assert (snapshot.rows[2].failure, snapshot.retries) == (None, 1)
    snapshot.fold(answered(10.0, 2, "s1", finish=Finish.LENGTH))
    assert (snapshot.rows[2].step_index, snapshot.rows[2].cut) == (1, True)
    snapshot.fold(answered(12.0, 2, "s2"))
    snapshot.fold(RowFinished(12.0, 2, "2", Status.DONE, None, 11.0))
    assert snapshot.rows[2].usage == Usage(2, 4)
    assert (snapshot.cost, snapshot.rows[2].seconds) == (Decimal(1), 8.0)
    failure = Failure("s1", FailureKind.REFUSED, "No.")
    snapshot.fold(RowFinished(13.0, 3, "3", Status.FAILED, failure, 1.0))
    assert snapshot.rows[3].failure == failure
    assert {status: count for status, count in snapshot.counts.items() if count} == {Status.DONE: 1, Status.FAILED: 1}


def test_figures_leave_pauses_out() -> None:
    clock = Clock()
    snapshot = Snapshot(clock=clock)
    snapshot.fold(started())
    snapshot.fold(StepStarted(0.0, 2, "2", "s1", 1))
    snapshot.fold(answered(10.0, 2, "s1", seconds=10.0))
    snapshot.fold(RunPaused(10.0, PauseCause.KEY, "The key was refused."))
    clock.now = 110.0
    assert snapshot.paused is not None
    assert snapshot.time_left is None
    assert snapshot.speed_up == pytest.approx(1.0), "it does not decay while the run is held"
    snapshot.fold(RunResumed(110.0))
    snapshot.fold(StepStarted(110.0, 2, "2", "s2", 1))
    snapshot.fold(answered(120.0, 2, "s2", seconds=10.0))
    snapshot.fold(RowFinished(120.0, 2, "2", Status.DONE, None, 120.0))
    clock.now = 120.0
    assert snapshot.elapsed == 120.0
    assert snapshot.held_seconds == 100.0
    assert snapshot.rate == pytest.approx(3.0)
    assert snapshot.time_left == pytest.approx(20.0), "two calls of ten seconds each"
    snapshot.fold(RunFinished(130.0, 1, RunState.FINISHED))
    clock.now = 999.0
    assert (snapshot.elapsed, snapshot.time_left, snapshot.state) == (130.0, None, RunState.FINISHED)
    assert snapshot.speed_up == pytest.approx(20 / 30)
    assert snapshot.telling_speed_up is None


def test_nothing_is_said_of_the_time_left_while_a_run_is_being_stopped() -> None:
    snapshot = Snapshot(clock=Clock())
    snapshot.fold(started(rows=(2, 3, 4), calls=6))
    snapshot.fold(StepStarted(0.0, 2, "2", "s1", 1))
    snapshot.fold(StepStarted(0.0, 3, "3", "s1", 1))
    snapshot.fold(answered(3.0, 2, "s1", seconds=3.0))
    assert snapshot.time_left is not None
    snapshot.fold(RowFinished(3.0, 4, "4", Status.PENDING, None, 0.0))
    assert snapshot.time_left is None


def test_rows_that_took_no_call_do_not_make_the_rate() -> None:
    clock = Clock()
    snapshot = Snapshot(clock=clock)
    snapshot.fold(started())
    snapshot.fold(RowFinished(1.0, 2, "2", Status.DONE, None, 0.0))
    snapshot.fold(StepStarted(1.0, 3, "3", "s1", 1))
    snapshot.fold(RowFinished(30.0, 3, "3", Status.FAILED, Failure("s1", FailureKind.REFUSED, "No."), 29.0))
    clock.now = 30.0
    assert snapshot.finished == 2
    assert snapshot.rate == pytest.approx(2.0), "one row in half a minute"


def test_rows_that_a_stop_cut_off_are_not_told_as_finished() -> None:
    snapshot = Snapshot(clock=Clock())
    snapshot.fold(started())
    snapshot.fold(RowFinished(1.0, 2, "2", Status.DONE, None, 1.0))
    snapshot.fold(RowFinished(1.0, 3, "3", Status.STOPPED, None, 1.0))
    assert snapshot.finished == 1


def test_a_state_from_the_journal_moves_the_counts() -> None:
    snapshot = Snapshot({2: RowState(Status.DONE), 3: RowState()}, Clock())
    snapshot.set_state(3, RowState(Status.FAILED))
    assert (snapshot.counts[Status.DONE], snapshot.counts[Status.FAILED], snapshot.counts[Status.PENDING]) == (1, 1, 0)


def test_a_row_that_was_complete_keeps_its_figures_and_its_review() -> None:
    before = RowState(Status.DONE, step="s2", step_index=2, usage=Usage(5, 5), review=Review.APPROVED)
    snapshot = Snapshot({2: before, 3: RowState()}, Clock())
    snapshot.fold(started())
    snapshot.fold(RowFinished(1.0, 2, "2", Status.DONE, None, 0.0))
    assert snapshot.rows[2] == before


@pytest.mark.parametrize("status", [Status.DONE, Status.SKIPPED, Status.PENDING])
def test_a_row_that_no_worker_took_counts_like_any_other(status: Status) -> None:
    clock = Clock()
    shots = [Snapshot(clock=clock), Snapshot(clock=clock)]
    for began, snapshot in zip((True, False), shots, strict=True):
        snapshot.fold(started(rows=(2, 3, 4), calls=2))
        snapshot.fold(StepStarted(0.0, 3, "3", "s1", 1))
        snapshot.fold(RowFinished(1.0, 2, "2", status, None, 0.0, began=began))
        snapshot.fold(answered(2.0, 3, "s1", seconds=2.0))
    clock.now = 2.0
    one, other = shots
    assert one.rows == other.rows
    assert one.counts == other.counts
    assert (one.finished, one.running, one.time_left) == (other.finished, other.running, other.time_left)
    assert one.estimate == other.estimate


def test_where_nobody_looks_at_rows_those_that_ended_share_a_state() -> None:
    snapshot = Snapshot(clock=Clock(), forgets_ended=True)
    snapshot.fold(started())
    for row in (2, 3):
        snapshot.fold(StepStarted(0.0, row, str(row), "s1", 1))
        snapshot.fold(answered(1.0, row, "s1"))
        snapshot.fold(RowFinished(1.0, row, str(row), Status.DONE, None, 1.0))
    assert snapshot.rows[2] is snapshot.rows[3]
    assert (snapshot.counts[Status.DONE], snapshot.finished) == (2, 2)
    assert (snapshot.cost, snapshot.usage) == (Decimal(1), Usage(2, 4))


def test_answers_from_the_journal_are_not_paid_for_again() -> None:
    snapshot = Snapshot(clock=Clock())
    snapshot.fold(started())
    snapshot.fold(answered(1.0, 2, "s1", reused=True))
    assert (snapshot.cost, snapshot.calls_done, snapshot.rows[2].cost) == (None, 0, Decimal("0.5"))


def test_rows_that_fail_early_shorten_the_time_left() -> None:
    clock = Clock()
    snapshot = Snapshot(clock=clock)
    snapshot.fold(replace(started(rows=(2, 3, 4), calls=6), concurrency=1))
    snapshot.fold(StepStarted(0.0, 2, "2", "s1", 1))
    snapshot.fold(answered(10.0, 2, "s1"))
    clock.now = 10.0
    assert snapshot.time_left == pytest.approx(50.0)
    failure = Failure("s1", FailureKind.REFUSED, "No.")
    snapshot.fold(RowFinished(10.0, 3, "3", Status.FAILED, failure, 1.0))
    assert snapshot.time_left == pytest.approx(30.0)
