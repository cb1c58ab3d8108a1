"""The progress of a run as plain lines and as a live picture."""

from __future__ import annotations

import io
import time

import pytest
from rich.console import Console

from chaindesk.cli.printing.progress import Progress, ProgressStyle, failure_line, progress_style
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import (
    Event,
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
from chaindesk.domain.status import Status


def events(began: float) -> list[Event]:
    """Two of four rows are done, one has failed, one waits."""
    failure = Failure("draft", FailureKind.TIMEOUT, "No answer\nin 600 s.")
    told: list[Event] = [RunStarted(began, 1, "a.xlsx", "S", "c", ("draft",), (2, 3, 4, 5), 4, calls=4, reused=0)]
    told += [StepStarted(began, row, f"K{row}", "draft", 1) for row in (2, 3, 4, 5)]
    for row in (2, 3):
        answer = StepFinished(began + 5, row, f"K{row}", "draft", "x", "m", Usage(1, 1), None, 5.0, 1, Finish.STOP)
        told += [answer, RowFinished(began + 5, row, f"K{row}", Status.DONE, None, 5.0)]
    told.append(RowFinished(began + 6, 4, "K4", Status.FAILED, failure, 6.0))
    told.append(StepWaiting(began + 6, 5, "K5", "draft", began + 60, FailureKind.RATE_LIMIT, "Slower."))
    return told


def test_the_plain_line_tells_counts_rate_and_speed_up() -> None:
    progress = Progress("c over a.xlsx", ProgressStyle.PLAIN)
    for event in events(time.monotonic() - 6):
        progress.handle(event)
    line = progress.plain_line()
    assert line.startswith("3 of 4 rows, 2 done, 1 failed, 1 waiting (after rate limit, until ")
    assert "rows/min" in line
    assert " left" in line
    assert "1.7 × faster than one after another" in line


def test_verbose_tells_each_row_and_each_wait() -> None:
    progress = Progress("c over a.xlsx", ProgressStyle.PLAIN, verbose=True)
    for event in events(time.monotonic() - 6):
        progress.handle(event)
    assert progress._drain()[1:] == [
        "  Row 2 (K2) done in 5.0 s.",
        "  Row 3 (K3) done in 5.0 s.",
        "  Row 4 (K4) failed in draft: timeout: No answer in 600 s.",
        "  Row 5 (K5) waits 54 s in draft: Slower.",
    ]


def test_the_live_picture_tells_the_same_in_two_lines() -> None:
    progress = Progress("c over a.xlsx", ProgressStyle.LIVE)
    console = Console(file=io.StringIO(), width=100, force_terminal=False)
    console.print(progress._picture())
    for event in events(time.monotonic() - 6):
        progress.handle(event)
    console.print(progress._picture())
    assert isinstance(console.file, io.StringIO)
    lines = [line for line in console.file.getvalue().splitlines() if line.strip()]
    assert len(lines) == 2
    assert "3/4 rows ✓ 2 done  ✕ 1 failed  ◔ 1 waiting" in lines[0]
    assert "1.7 × faster" in lines[1]
    assert lines[1].startswith("6.0 s · waiting after rate limit · ")


def test_a_speed_up_that_says_nothing_is_left_out() -> None:
    began = time.monotonic() - 30
    progress = Progress("c over a.xlsx", ProgressStyle.PLAIN)
    for event in events(began):
        progress.handle(event)
    assert "faster" not in progress.plain_line()


def test_no_more_rows_are_told_to_run_than_may_at_once() -> None:
    began = time.monotonic()
    progress = Progress("c over a.xlsx", ProgressStyle.PLAIN)
    progress.handle(RunStarted(began, 1, "a.xlsx", "S", "c", ("draft",), (2, 3, 4), 2, calls=3, reused=0))
    for row in (2, 3, 4):
        progress.handle(StepStarted(began, row, f"K{row}", "draft", 1))
    assert "2 running" in progress.plain_line()


async def test_plain_progress_tells_the_start_and_every_failure(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("c over a.xlsx", ProgressStyle.PLAIN)
    async with progress.shown():
        for event in events(time.monotonic() - 6):
            progress.handle(event)
        progress.handle(RunFinished(time.monotonic(), 1, RunState.FINISHED))
    assert capsys.readouterr().err.splitlines() == [
        "c over a.xlsx: 4 rows, 4 calls to make, 4 rows at once",
        "  Row 4 (K4) failed in draft: timeout: No answer in 600 s.",
    ]


async def test_silent_progress_tells_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    progress = Progress("c over a.xlsx", progress_style(quiet=False, json=True))
    async with progress.shown():
        for event in events(time.monotonic() - 6):
            progress.handle(event)
    assert capsys.readouterr() == ("", "")
    assert progress.snapshot.finished == 3


def test_a_row_without_a_key_of_its_own_is_called_by_its_number() -> None:
    event = RowFinished(1.0, 7, "7", Status.FAILED, Failure("s", FailureKind.KEY, "No."), 1.0)
    assert failure_line(event) == "  Row 7 failed in s: key refused: No."


@pytest.mark.parametrize(
    ("kind", "words"),
    [(None, "for the provider's limits, until "), (FailureKind.RATE_LIMIT, "after rate limit, until ")],
)
def test_rows_that_wait_for_no_pause_say_why_as_well(kind: FailureKind | None, words: str) -> None:
    progress = Progress("Run", ProgressStyle.PLAIN)
    began = time.monotonic()
    progress.handle(RunStarted(began, 1, "b.xlsx", "Jobs", "chain", ("draft",), (2, 3), 2, 2, 0))
    progress.handle(StepWaiting(began, 2, "2", "draft", began + 9, kind, "Slow down.", None))
    assert f"1 waiting ({words}" in progress.plain_line()


def test_a_limit_of_a_day_is_said_with_its_time() -> None:
    progress = Progress("Run", ProgressStyle.PLAIN)
    began = time.monotonic()
    progress.handle(RunStarted(began, 1, "b.xlsx", "Jobs", "chain", ("draft",), (2, 3), 2, 2, 0))
    progress.handle(StepWaiting(began, 2, "2", "draft", None, None, None, PauseCause.LIMIT))
    progress.handle(RunPaused(began, PauseCause.LIMIT, "No more today.", until=began + 3600))
    assert "1 waiting (for the provider's limit, until " in progress.plain_line()
    assert "No more today." in progress._drain()


def test_an_outage_is_told_once_and_waiting_rows_say_what_for() -> None:
    progress = Progress("Run", ProgressStyle.PLAIN)
    began = time.monotonic()
    progress.handle(RunStarted(began, 1, "b.xlsx", "Jobs", "chain", ("draft",), (2, 3), 2, 2, 0))
    progress.handle(StepWaiting(began, 2, "2", "draft", None, None, None, PauseCause.OUTAGE))
    for number in range(3):
        progress.handle(RunPaused(began, PauseCause.OUTAGE, "lab is away.", "lab", began + number))
    assert "1 waiting (for the provider, until " in progress.plain_line()
    progress.handle(RunResumed(began, PauseCause.OUTAGE, "lab"))
    assert progress._drain()[1:] == ["lab is away.", "lab answers again."]
    assert progress.snapshot.paused is None
