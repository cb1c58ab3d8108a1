"""The walk through the rows that wait for a review: the next one, how many are left, and the end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from PySide6.QtCore import QObject

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.review.review_queue import ReviewQueue
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.row_state import RowState
from chaindesk.engine.run.progress.snapshot import Snapshot

_ALL_REVIEWED = tr_noop("All done rows are reviewed.")
_ALL_IN_FILTER = tr_noop("All done rows in this filter are reviewed.")


class ReviewQueueController(QObject):
    """Ties the queue of unreviewed rows to the table, and shows its progress in the panel.

    Attributes:
        queue: which rows wait.
    """

    def __init__(self, window: MainWindow, run_controller: RunController) -> None:
        super().__init__(window)
        self._window = window
        self.queue = ReviewQueue()
        self._snapshot: Snapshot | None = None
        self._in_writing: set[int] = set()  # reviewed rows that the journal does not have yet
        window.model.order_changed.connect(self._order_changed)
        window.model.folded.connect(lambda numbers: self._update(numbers, window.model.state_of))
        run_controller.row_changed.connect(lambda number, state: self._written({number: state}))
        run_controller.rows_changed.connect(self._written)
        run_controller.failed.connect(lambda _: self._in_writing.clear())
        window.actions_.next_unreviewed.triggered.connect(lambda: self._go_on())

    def reviewed(self, numbers: Iterable[int]) -> None:
        """Go to the next unreviewed row: these ones are being stored as reviewed."""
        self._in_writing.update(numbers)
        if self._window.actions_.advance.isChecked():
            self._go_on()

    def waits(self, number: int) -> bool:
        """Return whether a row is still to be reviewed."""
        return number in self.queue and number not in self._in_writing

    def _go_on(self) -> None:
        table, model = self._window.table, self._window.model
        total, here = model.rowCount(), table.currentIndex().row()
        if self.queue.left:
            for step in range(1, total + 1):
                row = model.row_at((here + step) % total)
                if row is not None and self.waits(row.number):
                    table.choose_row(row.number)
                    return
        if self.queue.total:
            self._window.progress_strip.show_note(tr(_ALL_IN_FILTER if model.order.filter.active else _ALL_REVIEWED))

    def _written(self, states: Mapping[int, RowState]) -> None:
        self._in_writing.difference_update(states)
        self._update(states, states.__getitem__)

    def _update(self, numbers: Iterable[int], state_of: Callable[[int], RowState]) -> None:
        self.queue.update(numbers, state_of)
        self._show()

    def _order_changed(self) -> None:
        model = self._window.model
        if model.snapshot is not self._snapshot:
            self._snapshot = model.snapshot
            self._in_writing.clear()
            self.queue.restart(model.snapshot.rows)
        self.queue.filter(self._is_shown if model.order.filter.active else None)
        self._show()

    def _is_shown(self, number: int) -> bool:
        return self._window.model.position_of(number) is not None

    def _show(self) -> None:
        self._window.panel.head.show_progress(self.queue.progress_text(), self.queue.short_text())
