"""Which rows have failed at an address of late, and what that says: an outage, or rows that it cannot digest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

_ROWS_OF_AN_OUTAGE = 5
_ROWS_OF_AN_OUTAGE_IF_ALL = 3
_DECAY = 0.98  # of what was counted, with every answer


class FailedRows:
    """Tells an outage from bad rows by what other rows met.

    A row is bad where it failed, a call of another row that was sent later was answered, and it failed again: then it
    is the row, and not the provider. Bad rows are no sign of an outage.
    """

    def __init__(self) -> None:
        self._active: set[int] = set()  # rows that want an answer here
        self._first_failed: dict[int, float] = {}  # when rows that want an answer failed first
        self._since_success: set[int] = set()  # rows that failed since the last answer
        self._bad: set[int] = set()
        self._answered_sent_at = float("-inf")  # when the latest of the answered calls was sent
        self._answers = 0.0  # of late: the older, the less they count
        self._overcome = 0.0  # failed calls of late that were answered when they were made again
        self._failures: Counter[int] = Counter()  # failed calls of rows that want an answer

    @property
    def failed(self) -> set[int]:
        """Return the rows that failed since the last answer, and those that are bad."""
        return self._since_success | self._bad

    def enter(self, row: int) -> None:
        """A row begins a call."""
        self._active.add(row)

    def leave(self, row: int) -> None:
        """The row's call has ended."""
        self._active.discard(row)
        self._first_failed.pop(row, None)
        self._bad.discard(row)
        self._failures.pop(row, None)

    def record_success(self, row: int, sent_at: float) -> None:
        """A row's call was answered."""
        self._answered_sent_at = max(self._answered_sent_at, sent_at)
        self._since_success.clear()
        self._answers = self._answers * _DECAY + 1
        self._overcome = self._overcome * _DECAY + self._failures.pop(row, 0)
        self._first_failed.pop(row, None)
        self._bad.discard(row)

    def record_failure(self, row: int, now: float) -> None:
        """A row's call failed."""
        first = self._first_failed.setdefault(row, now)
        self._failures[row] += 1
        if first < self._answered_sent_at:
            self._bad.add(row)
        self._since_success.add(row)

    def mark_bad(self, rows: Iterable[int]) -> None:
        """Take rows for bad ones, as long as they want an answer."""
        self._bad.update(self._active.intersection(rows))

    def is_bad(self, row: int) -> bool:
        """Return whether it is the row that is at fault."""
        return row in self._bad

    @property
    def share(self) -> float:
        """Return which share of calls failed of late, those of bad rows left out; high while few are known."""
        failures = self._overcome + sum(count for row, count in self._failures.items() if row not in self._bad)
        return (failures + 1) / (failures + self._answers + 2)

    def look_like_outage(self) -> bool:
        """Return whether so many rows failed since the last answer that the provider is likely to be at fault."""
        failed = self._since_success - self._bad
        all_active = self._active - self._bad <= failed
        return len(failed) >= _ROWS_OF_AN_OUTAGE or (len(failed) >= _ROWS_OF_AN_OUTAGE_IF_ALL and all_active)
