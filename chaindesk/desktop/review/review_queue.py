"""Which rows wait for a person's review, counted as they change: no count goes through all rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status
from chaindesk.formatting import count


class ReviewQueue:
    """The done rows of a sheet by whether they are reviewed, and how many of those that are shown are left.

    Attributes:
        rejected: the numbers of the rejected rows, done or not.
    """

    def __init__(self) -> None:
        self.rejected: set[int] = set()
        self._reviewed: set[int] = set()
        self._unreviewed: set[int] = set()
        self._is_shown: Callable[[int], bool] | None = None
        self._shown: set[int] = set()  # the unreviewed rows that the filter lets through

    @property
    def reviewed(self) -> int:
        """How many done rows a person has reviewed."""
        return len(self._reviewed)

    @property
    def total(self) -> int:
        """How many rows are done."""
        return len(self._reviewed) + len(self._unreviewed)

    @property
    def left(self) -> int:
        """How many rows of the filter are done and not reviewed."""
        return len(self._unreviewed if self._is_shown is None else self._shown)

    def restart(self, states: Mapping[int, RowState]) -> None:
        """Take the rows as they stand now, by sheet number."""
        for rows in (self.rejected, self._reviewed, self._unreviewed, self._shown):
            rows.clear()
        fresh = RowState()
        wanted = [
            number
            for number, state in states.items()
            if state.status is not fresh.status or state.review is not fresh.review
        ]
        self.update(wanted, states.__getitem__)

    def filter(self, is_shown: Callable[[int], bool] | None) -> None:
        """Count what is left among the rows that are shown; None: no filter is set."""
        self._is_shown = is_shown
        self._shown = set() if is_shown is None else set(filter(is_shown, self._unreviewed))

    def update(self, numbers: Iterable[int], state_of: Callable[[int], RowState]) -> None:
        """Take these rows as they stand now."""
        for number in numbers:
            for rows in (self.rejected, self._reviewed, self._unreviewed, self._shown):
                rows.discard(number)
            state = state_of(number)
            if state.review is Review.REJECTED:
                self.rejected.add(number)
            wanted = self._set_of(state)
            if wanted is None:
                continue
            wanted.add(number)
            if wanted is self._unreviewed and self._is_shown is not None and self._is_shown(number):
                self._shown.add(number)

    def __contains__(self, number: int) -> bool:
        """Return whether a row waits for a review."""
        return number in self._unreviewed

    def _set_of(self, state: RowState) -> set[int] | None:
        if state.status is not Status.DONE:
            return None
        return self._unreviewed if state.review is Review.UNREVIEWED else self._reviewed

    def progress_text(self) -> str:
        """Return how the review stands, such as ``212 of 500 reviewed, 37 left in this filter``; "" without rows."""
        if not self.total:
            return ""
        told = tr("{done} of {all} reviewed").format(done=count(self.reviewed), all=count(self.total))
        if self._is_shown is not None:
            left = tr("{n} left in this filter").format(n=count(self.left))
            return f"{told}, {left}"
        return told if self.left else tr("All {all} reviewed").format(all=count(self.total))

    def short_text(self) -> str:
        """Return the same where there is little room."""
        return tr("{n} left").format(n=count(self.left)) if self.total else ""
