"""Control of a run that is going on: how many rows at once, pause, resume, stop."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from enum import Enum
from weakref import WeakValueDictionary

from chaindesk.domain.chains.chain import MAX_CONCURRENCY
from chaindesk.domain.errors import UsageError


class ControlCommand(Enum):
    """What the user asks of a run."""

    CONCURRENCY = "concurrency"
    PAUSE = "pause"
    RESUME = "resume"
    STOP = "stop"
    BUDGET = "budget"
    FINISH_LIVE = "finish live"
    CANCEL_JOBS = "cancel jobs"


class _GrowingText:
    """The text of a call as far as it is written. It lives as long as the call has it."""

    def __init__(self, step: str, grown: Callable[[_GrowingText], None]) -> None:
        self.step, self.text = step, ""
        self._grown = grown

    def __call__(self, text: str) -> None:
        """Take the text so far in."""
        self.text = text
        self._grown(self)


class RunControl:
    """Controls one run: made by the caller, given to ``Session.run``, used at any time from the loop's own thread.

    Attributes:
        concurrency: rows at once, or None until the run begins and takes its own.
        budget: US dollars that the run may spend, or None.
        paused: whether the user holds new calls back.
        stopping: whether the user has ended the run.
    """

    def __init__(self) -> None:
        self.concurrency: int | None = None
        self.budget: Decimal | None = None
        self.paused = False
        self.stopping = False
        self._watched = 0
        self._texts: WeakValueDictionary[int, _GrowingText] = WeakValueDictionary()
        self._text_listener: Callable[[int, str, str], None] | None = None
        self._listener: Callable[[ControlCommand], None] | None = None

    def set_concurrency(self, rows: int) -> None:
        """Let so many rows run at once from now on. Rows that have begun are never cut off by a smaller number.

        Raises:
            UsageError: the number is out of range.
        """
        if not 1 <= rows <= MAX_CONCURRENCY:
            raise UsageError(f"Rows at once must be between 1 and {MAX_CONCURRENCY}.")
        if rows != self.concurrency:
            self.concurrency = rows
            self._notify(ControlCommand.CONCURRENCY)

    def set_budget(self, dollars: Decimal | None) -> None:
        """Let the run spend so much from its beginning on; calls that wait for the budget look again."""
        if dollars != self.budget:
            self.budget = dollars
            self._notify(ControlCommand.BUDGET)

    def pause(self) -> None:
        """Start no new call; those under way finish."""
        if not self.paused:
            self.paused = True
            self._notify(ControlCommand.PAUSE)

    def resume(self) -> None:
        """Go on after a pause, be it the user's or one for a refused key, an empty account, a model or the budget; in
        an outage try at once whether the provider is back."""
        self.paused = False
        self._notify(ControlCommand.RESUME)

    def watch_text(self, row: int, listener: Callable[[int, str, str], None] | None) -> None:
        """Call ``listener`` with a row, a step and its text as a model writes it, with what there is of it at once.

        One row is watched at a time. Calls that it begins meanwhile are streamed to their end: where it is watched
        again before that, their text so far is known. No other call is streamed for it.
        """
        self._watched, self._text_listener = row, listener
        if (begun := self._texts.get(row)) is not None and begun.text:
            self._tell(row, begun)

    def text_listener(self, row: int, step: str) -> Callable[[str], None] | None:
        """Return whom to call with the text of a row's step as it is written; None where nobody watches the row."""
        if self._text_listener is None or row != self._watched:
            return None
        growing = self._texts[row] = _GrowingText(step, lambda growing: self._tell(row, growing))
        return growing

    def _tell(self, row: int, growing: _GrowingText) -> None:
        if row == self._watched and self._text_listener is not None:
            self._text_listener(row, growing.step, growing.text)

    def stop(self) -> None:
        """End the run: calls under way are cancelled within a second, everything finished is kept."""
        if not self.stopping:
            self.stopping = True
            self._notify(ControlCommand.STOP)

    def finish_live(self) -> None:
        """Ask what is out in batch jobs at once instead: the jobs are cancelled, and what they have answered is taken
        first."""
        self._notify(ControlCommand.FINISH_LIVE)

    def cancel_jobs(self) -> None:
        """Cancel the batch jobs: what they have answered is taken, and their other rows are pending again."""
        self._notify(ControlCommand.CANCEL_JOBS)

    def attach(self, listener: Callable[[ControlCommand], None] | None) -> None:
        """Call the one listener with every command; None ends that."""
        self._listener = listener

    def _notify(self, command: ControlCommand) -> None:
        if self._listener is not None:
            self._listener(command)
