"""The rows of a run that have not begun, in the order in which they begin.

A run is over when its last row is: a long row that begins late keeps it going while other slots stand idle. Longest
first takes at most 4/3 of the optimum, any other order up to twice as long (R. L. Graham, *Bounds on Multiprocessing
Timing Anomalies*, 1969). Only the last rows decide that, so all but these begin in sheet order, and a review can follow
the run from the top.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable

from chaindesk.engine.ordering.row_durations import RowDurations
from chaindesk.engine.planning.plan import PlannedRow

WINDOW = 8
"""Rows for each one at work, at the end of a run, that begin longest first. Twice as many gain less than 1 % more."""
FIRST_ROWS = 10
"""Rows at the top of the sheet that begin before any other, however short the run is."""


class RowQueue:
    """The rows that have not begun.

    Args:
        at_work: returns how many rows may be at work at once.
        durations: predicts how long rows take; None keeps all in sheet order.
    """

    def __init__(self, at_work: Callable[[], int], durations: RowDurations | None = None) -> None:
        self._at_work = at_work
        self._durations = durations
        self._rows: deque[PlannedRow] = deque()
        self._next: deque[PlannedRow] = deque()  # go before all others
        self._taken = 0
        self._sorted_by = -1  # the version of the predictions

    def __len__(self) -> int:
        """Return how many rows have not begun."""
        return len(self._next) + len(self._rows)

    @property
    def numbers(self) -> set[int]:
        """Their sheet numbers."""
        return {planned.row.number for planned in (*self._next, *self._rows)}

    def append(self, planned: PlannedRow) -> None:
        """Add a row below the others."""
        self._rows.append(planned)

    def take(self) -> PlannedRow:
        """Take the row that begins next."""
        if self._next:
            return self._next.popleft()
        self._sort()
        if self._durations is not None and len(self._rows) <= 2 * self._window:
            self._durations.look_ahead(self._rows)
        self._taken += 1
        return self._rows.popleft()

    def bring_forward(self, number: int) -> None:
        """Let the row with this sheet number begin next."""
        for rows in (self._next, self._rows):
            for place, planned in enumerate(rows):
                if planned.row.number == number:
                    del rows[place]
                    self._next.appendleft(planned)
                    return

    def drain(self) -> Iterable[PlannedRow]:
        """Take all that are left, in sheet order."""
        left = sorted((*self._next, *self._rows), key=lambda planned: planned.row.number)
        self._next.clear()
        self._rows.clear()
        return left

    def observe(self, planned: PlannedRow, seconds: float) -> None:
        """A row has ended, whose calls took so many seconds each."""
        if self._durations is not None and self._rows and len(self._rows) <= 2 * self._window:
            self._durations.observe(planned, seconds)

    @property
    def _window(self) -> int:
        return WINDOW * self._at_work()

    def _sort(self) -> None:
        if self._durations is None or self._taken < FIRST_ROWS or len(self._rows) > self._window:
            return
        if self._sorted_by != self._durations.version:
            self._sorted_by = self._durations.version
            self._rows = deque(self._durations.longest_first(sorted(self._rows, key=lambda one: one.row.number)))
