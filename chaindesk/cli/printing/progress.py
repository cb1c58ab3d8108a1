"""Shows a run in a terminal: a live display, or a plain line now and then where output is no terminal."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from enum import Enum
from typing import TYPE_CHECKING

from chaindesk.cli.printing.job_words import job_line
from chaindesk.cli.printing.output import note
from chaindesk.domain.events import (
    BatchJobChanged,
    Event,
    PauseCause,
    RowFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    StepFinished,
    StepStarted,
    StepWaiting,
)
from chaindesk.domain.status import STATUS_STYLES, Status
from chaindesk.engine.reports.money_text import forecast_words
from chaindesk.engine.run.progress.jobs_wait import jobs_wait
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count, duration, money, time_left, visible

if TYPE_CHECKING:
    from rich.console import Group

_LIVE_REFRESH_S = 0.2
_PLAIN_REFRESH_S = 10.0
_MAX_FAILURES_SHOWN = 20
_WAITED_FOR = {
    PauseCause.USER: "paused",
    PauseCause.KEY: "for a key",
    PauseCause.QUOTA: "for the account",
    PauseCause.MODEL: "for the model",
    PauseCause.BUDGET: "for the budget",
    PauseCause.LIMIT: "for the provider's limit",
    PauseCause.TRUST: "for a trusted connection",
    PauseCause.OUTAGE: "for the provider",
    PauseCause.DISK: "for the disk",
    PauseCause.FAILURES: "most rows fail",
}
_SILENT = frozenset({StepStarted, StepFinished})  # nearly all events: they have no line of their own
_COLOURS = {
    Status.DONE: "green",
    Status.FAILED: "red",
    Status.RUNNING: "cyan",
    Status.WAITING: "yellow",
    Status.SUBMITTED: "cyan",
}


class ProgressStyle(Enum):
    """How progress is shown."""

    LIVE = "live"
    PLAIN = "plain"
    SILENT = "silent"


def progress_style(*, quiet: bool, json: bool) -> ProgressStyle:
    """Return the style: live in a terminal, plain lines elsewhere, nothing if it would disturb the output."""
    if quiet or json:
        return ProgressStyle.SILENT
    return ProgressStyle.LIVE if sys.stderr.isatty() else ProgressStyle.PLAIN


class Progress:
    """Folds a run's events, and shows them on standard error while it is open.

    Attributes:
        snapshot: the run as it stands.
        braked: whether the brake has held the run.
    """

    def __init__(self, title: str, style: ProgressStyle, *, verbose: bool = False) -> None:
        self._verbose = verbose
        self.snapshot = Snapshot(forgets_ended=True)
        self._title = title
        self._style = style
        self._failures = 0
        self._lines: list[str] = []
        self._last_message = ""
        self._cause: PauseCause | None = None
        self.braked = False

    def handle(self, event: Event) -> None:
        """Fold an event, and queue the lines that it gives rise to."""
        self.snapshot.fold(event)
        if type(event) in _SILENT:
            return
        match event:
            case RunStarted():
                self._queue(self._first_line(event))
            case BatchJobChanged():
                self._queue(job_line(event))
            case RowFinished(status=Status.FAILED):
                self._failures += 1
                if self._verbose or self._failures <= _MAX_FAILURES_SHOWN:
                    self._queue(failure_line(event))
                elif self._failures == _MAX_FAILURES_SHOWN + 1:
                    self._queue("  more failures are told at the end")
            case RowFinished() | StepWaiting() if self._verbose:
                self._queue(verbose_line(event))
            case RunPaused():
                self.braked = self.braked or event.cause is PauseCause.FAILURES
                full = event.cause is PauseCause.DISK and self._cause is event.cause  # repeated with each answer
                if event.message != self._last_message and not full:  # an outage is repeated with each try
                    self._last_message = event.message
                    self._queue(event.message)
                self._cause = event.cause
            case RunResumed():
                if self._last_message and event.cause is PauseCause.OUTAGE:
                    self._queue(f"{event.provider} answers again.")
                if self._cause is PauseCause.DISK:
                    self._queue("The journal can be written again.")
                self._last_message, self._cause = "", None

    @asynccontextmanager
    async def shown(self) -> AsyncIterator[None]:
        """Show progress for as long as this is open."""
        if self._style is ProgressStyle.SILENT:
            yield
            return
        ticker = asyncio.create_task(self._live() if self._style is ProgressStyle.LIVE else self._plain())
        try:
            yield
        finally:
            ticker.cancel()
            await asyncio.gather(ticker, return_exceptions=True)
            self._flush()

    async def _plain(self) -> None:
        while True:
            self._flush()
            for _ in range(20):
                await asyncio.sleep(_PLAIN_REFRESH_S / 20)
                self._flush()
            if self.snapshot.chosen:
                note(self.plain_line())

    async def _live(self) -> None:
        from rich.console import Console
        from rich.live import Live

        console = Console(stderr=True)
        with Live(console=console, auto_refresh=False, transient=True) as live:
            while True:
                for line in self._drain():
                    live.console.print(line, markup=False, highlight=False)
                live.update(self._picture(), refresh=True)
                await asyncio.sleep(_LIVE_REFRESH_S)

    def _flush(self) -> None:
        for line in self._drain():
            note(line)

    def _queue(self, line: str) -> None:
        if self._style is not ProgressStyle.SILENT:
            self._lines.append(visible(line))

    def _drain(self) -> list[str]:
        lines, self._lines = self._lines, []
        return lines

    def _first_line(self, event: RunStarted) -> str:
        reused = f", {count(event.reused, 'answer')} reused" if event.reused else ""
        judged = f", {count(event.judge_calls, 'judge call')} about known answers" if event.judge_calls else ""
        rows = f"{count(len(event.rows), 'row')}, {count(event.calls, 'call')} to make{judged}{reused}"
        return f"{self._title}: {rows}, {count(event.concurrency, 'row')} at once"

    def plain_line(self) -> str:
        """Return the run in one line."""
        shot = self.snapshot
        parts = [f"{shot.finished:,} of {shot.chosen:,} rows"]
        parts += [f"{number:,} {status.value}{self._why(status)}" for status, number in self._counts().items()]
        return ", ".join([*parts, *self._figures()])

    def _counts(self) -> dict[Status, int]:
        """Return the rows by status, as far as there are any."""
        found = {**self.snapshot.counts, Status.RUNNING: self.snapshot.running}
        return {status: found[status] for status in _COLOURS if found[status]}

    def _why(self, status: Status, *, in_full: bool = True) -> str:
        """Return for what, and until when, rows wait: `` (for the provider, until 12:31:05)``."""
        if status is not Status.WAITING:
            return ""
        reason, until = self._reason(), self.snapshot.waiting_until
        parts = [reason] if reason and (in_full or self.snapshot.paused is not None) else []
        if until is not None:
            parts.append(f"until {datetime.now() + timedelta(seconds=until - time.monotonic()):%H:%M:%S}")
        return f" ({', '.join(parts)})" if parts else ""

    def _reason(self) -> str:
        """Return what the waiting rows wait for, or ""."""
        shot = self.snapshot
        if shot.paused is not None:
            return _WAITED_FOR[shot.paused.cause]
        if not shot.waiting:
            return ""
        failed = shot.waiting_after
        return "for the provider's limits" if failed is None else f"after {failed.value}"

    def _figures(self) -> list[str]:
        shot = self.snapshot
        figures = [f"{shot.rate:,.{0 if shot.rate >= 100 else 1}f} rows/min"] if shot.finished else []
        if (rate := shot.call_rate) is not None and rate.words:
            figures.append(rate.words)
        if (left := shot.time_left) is not None:
            figures.append(time_left(left))
        if (wait := jobs_wait(shot)) is not None:
            figures.append(wait.words)
        if shot.telling_speed_up is not None and shot.elapsed > 1:
            figures.append(f"{shot.telling_speed_up:.1f} × faster than one after another")
        if words := forecast_words(shot.estimate):
            figures.append(words)
        elif shot.cost:
            figures.append(money(shot.cost))
        return figures

    def _picture(self) -> Group:
        from rich.console import Group
        from rich.progress_bar import ProgressBar
        from rich.table import Table
        from rich.text import Text

        shot = self.snapshot
        if not shot.chosen:
            return Group()
        top = Table.grid(padding=(0, 1))
        bar = ProgressBar(total=max(shot.calls, 1), completed=shot.calls_done, width=32)
        counts = Text()
        for status, number in self._counts().items():
            words = f"{STATUS_STYLES[status].symbol} {number:,} {status.value}{self._why(status, in_full=False)}  "
            counts.append(words, style=_COLOURS[status])
        top.add_row(bar, Text(f"{shot.finished:,}/{shot.chosen:,} rows"), counts)
        waits = [f"waiting {reason}"] if (reason := self._reason()) else []
        line = shot.paused.message if shot.paused else " · ".join([duration(shot.elapsed), *waits, *self._figures()])
        return Group(top, Text(visible(line), style="dim", no_wrap=True, overflow="ellipsis"))


def verbose_line(event: RowFinished | StepWaiting) -> str:
    """Return how a row ended, or why it waits, in one line."""
    key = "" if event.key == str(event.row) else f" ({event.key})"
    if isinstance(event, RowFinished):
        return f"  Row {event.row}{key} {event.status.value} in {duration(event.seconds)}."
    reason = " ".join((event.message or (_WAITED_FOR[event.cause] if event.cause else "for its turn")).split())
    seconds = "" if event.until is None else f" {duration(max(event.until - event.at, 0))}"
    return f"  Row {event.row}{key} waits{seconds} in {event.step}: {reason}"


def failure_line(event: RowFinished) -> str:
    """Return why a row failed, in one line."""
    key = "" if event.key == str(event.row) else f" ({event.key})"
    if event.failure is None:
        return f"  Row {event.row}{key} failed."
    reason = " ".join(event.failure.message.split())
    return f"  Row {event.row}{key} failed in {event.failure.step}: {event.failure.kind.value}: {reason}"
