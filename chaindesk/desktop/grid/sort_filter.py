"""Which rows the table shows, and in which order: one list of indices; Qt's proxies take seconds at 100,000 rows."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from types import MappingProxyType

from chaindesk.desktop.grid.search_index import SearchIndex
from chaindesk.desktop.ui.row_filter import RowFilter
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status

SortKey = tuple[int, float, str]
CellCheck = Callable[[Row], bool]
_STATUS_RANK = {status: rank for rank, status in enumerate(Status)}


class RowOrder:
    """Filters and sorts the rows of one manifest.

    Attributes:
        filter: what the rows as a whole must have to be shown.
        visible: the places (in the manifest's rows) of the rows to show, in order.
        index: finds words in their inputs.
    """

    def __init__(self, rows: Sequence[Row] = ()) -> None:
        self._rows = rows
        self._sorted: list[int] = list(range(len(rows)))
        self.index = SearchIndex(rows)
        self.filter = RowFilter()
        self.visible: list[int] = list(self._sorted)

    def grow(self) -> range:
        """Rows were added to the list: put them at the end; return their places."""
        added = range(len(self._sorted), len(self._rows))
        self._sorted += added
        return added

    def sort(self, key: Callable[[Row], SortKey] | None, *, descending: bool = False) -> None:
        """Order the rows by ``key``, equal ones as in the sheet; None gives the sheet's own order."""
        places = range(len(self._rows))
        if key is None:
            self._sorted = list(places)
        else:
            keys = list(map(key, self._rows))
            self._sorted = sorted(places, key=keys.__getitem__, reverse=descending)

    def apply(
        self,
        states: Mapping[int, RowState],
        outputs: Callable[[Row], str] | None = None,
        checks: Sequence[CellCheck] = (),
        found_rows: Mapping[str, Collection[int]] = MappingProxyType({}),
    ) -> None:
        """Work out ``visible`` from the order, the filter and how the rows stand now.

        Args:
            states: how the rows stand.
            outputs: gives a row's outputs, casefolded, to be searched beside its inputs; None not to search them.
            checks: what single cells must pass.
            found_rows: the sheet rows in whose outputs a word was found, by word.
        """
        rows = self._rows
        shown: Sequence[int] = self._sorted
        wanted = self.filter.statuses
        if wanted:
            pending = Status.PENDING in wanted
            shown = [
                index
                for index in shown
                if (state.status in wanted if (state := states.get(rows[index].number)) else pending)
            ]
        if self.filter.by_state:
            none, fits = RowState(), self.filter.fits
            shown = [index for index in shown if fits(states.get(rows[index].number, none))]
        for check in checks:
            shown = [index for index in shown if check(rows[index])]
        for word in self.filter.words:
            found, numbers = self.index.find(word), found_rows.get(word, ())
            shown = [
                index
                for index in shown
                if index in found
                or (rows[index].number in numbers if numbers else outputs is not None and word in outputs(rows[index]))
            ]
        self.visible = list(shown)


def text_key(text: str) -> SortKey:
    """Return a key that sorts numbers by value first, then words, blanks last."""
    text = text.strip()
    if not text:
        return (2, 0.0, "")
    try:
        number = float(text.replace(",", "") if "," in text else text)
    except ValueError:
        return (1, 0.0, text.casefold())
    return (0, number, "") if number == number else (1, 0.0, text.casefold())


def status_key(state: RowState | None) -> SortKey:
    """Return a key in the order of a row's states; rows that are further in their chain come later."""
    state = state or RowState()
    return (_STATUS_RANK[state.status], float(state.step_index), "")
