"""Approves and rejects: on every selected row, in one step of the undo stack."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject

from chaindesk.desktop.controllers.reviewing.review_queue import ReviewQueueController
from chaindesk.desktop.controllers.reviewing.undo_steps import UndoSteps
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.review.dialogs.words_dialog import WordsDialog
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RowVerdict
from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status

_NOUNS = {
    Review.APPROVED: tr_noop("Approval"),
    Review.REJECTED: tr_noop("Rejection"),
    Review.UNREVIEWED: tr_noop("Withdrawal of the review"),
}
_DONE = {
    Review.APPROVED: tr_noop("Approved"),
    Review.REJECTED: tr_noop("Rejected"),
    Review.UNREVIEWED: tr_noop("Review withdrawn of"),
}

_REASONS = (
    tr_noop("Wrong facts"),
    tr_noop("Off topic"),
    tr_noop("Too long"),
    tr_noop("Too short"),
    tr_noop("Wrong tone"),
)


class ApprovalController(QObject):
    """Ties Approve, Reject and Copy to the selected rows."""

    def __init__(
        self, window: MainWindow, run_controller: RunController, steps: UndoSteps, queue: ReviewQueueController
    ) -> None:
        super().__init__(window)
        self._window, self._run_controller, self._steps, self._queue = window, run_controller, steps, queue
        window.panel.review_requested.connect(self._toggle)
        window.table.selection_changed.connect(window.panel.verdict.show_selected)
        a = window.actions_
        a.approve.triggered.connect(lambda: self._toggle(Review.APPROVED))
        a.reject.triggered.connect(lambda: self._toggle(Review.REJECTED))
        a.reject_reason.triggered.connect(self._ask_reason)
        a.copy.triggered.connect(self._copy)

    def _toggle(self, review: Review) -> None:
        """Give the selected rows this review, or withdraw it where all of them have it; go on after a row's first."""
        selected = self._window.table.selected_rows()
        if {self._state(row).review for row in selected if _can_be_reviewed(self._state(row))} == {review}:
            review = Review.UNREVIEWED
        self._give(selected, RowVerdict(review))

    def _ask_reason(self) -> None:
        """Reject the selected rows once the user has said why."""
        selected = self._window.table.selected_rows()
        rows = [row for row in selected if _can_be_reviewed(self._state(row))]
        if not rows:
            return
        dialog = WordsDialog(
            tr("Reject {rows}").format(rows=_named(rows)),
            tr("Why? It stands in the Error column of an export."),
            [tr(reason) for reason in _REASONS],
            tr("Reject"),
            self._window,
        )
        dialog.given.connect(lambda reason: self._give(selected, RowVerdict(Review.REJECTED, reason)))
        dialog.finished.connect(self._window.table.setFocus)
        dialog.open()

    def _give(self, selected: Sequence[Row], verdict: RowVerdict) -> None:
        rows = [row for row in selected if _can_be_reviewed(self._state(row))]
        if not rows:
            return
        first = len(selected) == 1 and self._queue.waits(rows[0].number)
        before = {row.number: RowVerdict(self._state(row).review, self._state(row).reason) for row in rows}
        after = dict.fromkeys(before, verdict)
        by_number = {row.number: row for row in rows}
        writer = self._run_controller.writer
        self._steps.push(
            tr("{review} of {rows}").format(review=tr(_NOUNS[verdict.review]), rows=_named(rows)),
            list(before),
            lambda verdicts: writer.review([(by_number[one], value) for one, value in verdicts.items()]),
            before,
            after,
        )
        if len(selected) > 1:
            without = len(selected) - len(rows)
            rest = (
                tr(" {rows} had no answer to review.").format(rows=tr_counted(without, "selected row"))
                if without
                else ""
            )
            self._window.progress_strip.show_note(f"{tr(_DONE[verdict.review])} {_named(rows)}.{rest}")
        if first:
            self._queue.reviewed(before)

    def _copy(self) -> None:
        self._window.progress_strip.show_note(
            tr("Copied {rows}.").format(rows=tr_counted(self._window.table.copy_selected(), "row"))
        )

    def _state(self, row: Row) -> RowState:
        return self._window.model.state_of(row.number)


def _can_be_reviewed(state: RowState) -> bool:
    return state.status is Status.DONE or state.review is not Review.UNREVIEWED


def _named(rows: Sequence[Row]) -> str:
    return tr("row {number}").format(number=rows[0].number) if len(rows) == 1 else tr_counted(len(rows), "row")
