"""Which rows the table shows, and in which order: one list of indices; Qt's proxies take seconds at 100,000 rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status

SortKey = tuple[int, float, str]
_STATUS_RANK = {status: rank for rank, status in enumerate(Status)}


class RowOrder:
    """Filters and sorts the rows of one manifest.

    Attributes:
        visible: the places (in the manifest's rows) of the rows to show, in order.
    """

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows = rows
        self._texts: list[str] | None = None
        self._sorted: list[int] = list(range(len(rows)))
        self.filter = RowFilter()
        self.visible: list[int] = list(self._sorted)

    def sort(self, key: Callable[[Row], SortKey] | None, *, descending: bool = False) -> None:
        """Order the rows by ``key``, equal ones as in the sheet; None gives the sheet's own order."""
        places = range(len(self._rows))
        if key is None:
            self._sorted = list(places)
        else:
            keys = [key(row) for row in self._rows]
            self._sorted = sorted(places, key=keys.__getitem__, reverse=descending)

    def apply(self, states: Mapping[int, RowState], outputs: Callable[[Row], str] | None = None) -> None:
        """Work out ``visible`` from the order, the filter and how the rows stand now.

        Args:
            states: how the rows stand.
            outputs: gives a row's outputs, casefolded, to be searched beside its inputs; None not to search them.
        """
        shown: Sequence[int] = self._sorted
        wanted = self.filter.statuses
        if wanted:
            rows = self._rows
            pending = Status.PENDING in wanted
            shown = [
                index
                for index in shown
                if (state.status in wanted if (state := states.get(rows[index].number)) else pending)
            ]
        if self.filter.review is not None or self.filter.changed:
            none, fits = RowState(), self.filter.fits_review
            shown = [index for index in shown if fits(states.get(self._rows[index].number, none))]
        words = self.filter.text.casefold().split()
        if words:
            shown = [index for index in shown if self._has(index, words, outputs)]
        self.visible = list(shown)

    def _has(self, index: int, words: Sequence[str], outputs: Callable[[Row], str] | None) -> bool:
        inputs = self._searchable()[index]
        missing = [word for word in words if word not in inputs]
        if not missing or outputs is None:
            return not missing
        written = outputs(self._rows[index])
        return all(word in written for word in missing)

    def _searchable(self) -> list[str]:
        if self._texts is None:
            self._texts = ["\n".join((str(row.number), row.key, *row.values.values())).casefold() for row in self._rows]
        return self._texts


def text_key(text: str) -> SortKey:
    """Return a key that sorts numbers by value first, then words, blanks last."""
    text = text.strip()
    if not text:
        return (2, 0.0, "")
    try:
        number = float(text.replace(",", ""))
    except ValueError:
        return (1, 0.0, text.casefold())
    return (0, number, "") if number == number else (1, 0.0, text.casefold())


def status_key(state: RowState | None) -> SortKey:
    """Return a key in the order of a row's states; rows that are further in their chain come later."""
    state = state or RowState()
    return (_STATUS_RANK[state.status], float(state.step_index), "")
