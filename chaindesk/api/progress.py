"""How a run stands, in a line of text or, in a notebook, in a small bar; no library is needed for either."""

from __future__ import annotations

import html
import sys
import time
from contextlib import suppress
from typing import Any, TextIO

from chaindesk.domain.events import Event, RunFinished, RunPaused, RunStarted
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.jobs_wait import jobs_wait
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count, duration, money

_REFRESH_S = 0.5


class Progress:
    """How a run stands; in a notebook it is a bar that goes on by itself.

    It is told in the run's thread, and shown in the caller's: what is shown is made where it is told.

    Attributes:
        snapshot: the figures of the run, for the run's own thread.
        share: the share of the chosen rows that came to rest, 0 to 1.
    """

    def __init__(self) -> None:
        self.snapshot = Snapshot()
        self.share = 0.0
        self._text = _words(self.snapshot)
        self._made_at = 0.0

    def fold(self, event: Event) -> None:
        """Take an event in."""
        self.snapshot.fold(event)
        now = time.monotonic()
        if now - self._made_at >= _REFRESH_S or isinstance(event, RunStarted | RunFinished | RunPaused):
            self._made_at = now
            self.share = self.snapshot.finished / self.snapshot.chosen if self.snapshot.chosen else 0.0
            self._text = _words(self.snapshot)

    def __str__(self) -> str:
        return self._text

    def _repr_html_(self) -> str:
        bar = f'<progress max="1" value="{self.share:.3f}" style="width:20em"></progress>'
        return f"{bar} {html.escape(str(self))}"


def _words(shot: Snapshot) -> str:
    parts = [f"{shot.finished:,} of {count(shot.chosen, 'row')}"]
    if failed := shot.counts[Status.FAILED]:
        parts.append(f"{failed:,} failed")
    parts.append(count(shot.calls_done, "answer"))
    if shot.cost is not None:
        parts.append(money(shot.cost))
    if shot.paused is not None:
        parts.append(shot.paused.message)
    elif shot.time_left is not None and shot.finished < shot.chosen:
        parts.append(f"{duration(shot.time_left)} left")
    elif (wait := jobs_wait(shot)) is not None:
        parts.append(wait.words)
    return ", ".join(parts)


class ProgressDisplay:
    """Shows a run's progress where the caller looks: in a notebook's output, or on a terminal; else nowhere."""

    def __init__(self, *, shown: bool | None) -> None:
        """Show it, or not; None shows it where somebody is likely to look."""
        self.progress = Progress()
        self._display = _notebook_display() if shown is not False else None
        terminal = sys.stderr is not None and sys.stderr.isatty()
        self._line: TextIO | None = (
            sys.stderr if self._display is None and (shown or (shown is None and terminal)) else None
        )
        self._handle: Any = None
        self._told = ""
        self._told_at = 0.0

    def fold(self, event: Event) -> None:
        """Take an event in."""
        self.progress.fold(event)

    def refresh(self) -> None:
        """Show how the run stands now, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self._told_at >= _REFRESH_S:
            self._told_at = now
            self.show()

    def show(self) -> None:
        """Show how the run stands now."""
        text = str(self.progress)
        if text == self._told or not self.progress.snapshot.chosen:
            return
        if self._display is not None:
            if self._handle is None:
                self._handle = self._display(self.progress, display_id=True)
            else:
                self._handle.update(self.progress)
        elif self._line is not None:
            with suppress(OSError):  # a closed terminal is no reason to end a run
                self._line.write(f"\r{text.ljust(len(self._told))}")
                self._line.flush()
        self._told = text

    def close(self) -> None:
        """End the line on the terminal."""
        self.show()
        if self._line is not None and self._told:
            with suppress(OSError):
                self._line.write("\n")


def _notebook_display() -> Any:
    """Return the notebook's function that displays an object; None where no notebook is running."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if shell is None or not hasattr(shell, "kernel"):
        return None
    from importlib import import_module

    return import_module("IPython.display").display
