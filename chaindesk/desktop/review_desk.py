"""Reviewing: the panel follows the table, and each judgement or edit can be taken back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QObject

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.run_controller import RunController
from chaindesk.desktop.undo import Change
from chaindesk.desktop.workspace import Workspace
from chaindesk.domain.row import Row
from chaindesk.domain.status import Review, Status
from chaindesk.engine.session import OutputState, StepOutput
from chaindesk.engine.snapshot import RowState


class ReviewDesk(QObject):
    """Ties the table, the panel and the undo stack to the session."""

    def __init__(self, window: MainWindow, workspace: Workspace, controller: RunController) -> None:
        super().__init__(window)
        self._window, self._workspace, self._controller = window, workspace, controller
        panel, a, undo = window.panel, window.actions_, window.undo
        window.table.row_chosen.connect(lambda _: self.show_current())
        window.table.activated_row.connect(self._read_current)
        panel.walked.connect(window.table.step_row)
        panel.judged.connect(self._judge)
        panel.edited.connect(self._edit)
        a.next_row.triggered.connect(lambda: window.table.step_row(1))
        a.previous_row.triggered.connect(lambda: window.table.step_row(-1))
        a.approve.triggered.connect(lambda: self._toggle(Review.APPROVED))
        a.reject.triggered.connect(lambda: self._toggle(Review.REJECTED))
        a.edit.triggered.connect(self._begin_edit)
        a.undo.triggered.connect(undo.undo)
        a.redo.triggered.connect(undo.redo)
        undo.canUndoChanged.connect(a.undo.setEnabled)
        undo.canRedoChanged.connect(a.redo.setEnabled)
        a.undo.setEnabled(False)
        a.redo.setEnabled(False)
        controller.row_changed.connect(self._row_changed)
        workspace.before_leaving = self.save_edit

    def show_current(self) -> None:
        """Show the current row as it stands now."""
        row = self._window.table.current_row()
        model = self._window.model
        state = model.state_of(row.number) if row is not None else RowState()
        steps = len(self._workspace.chain.steps) if self._workspace.session and self._workspace.chain else 0
        outputs = _of_this_run(self._outputs(row), state)
        self._window.panel.show_row(row, state, outputs, self._workspace.manifest, steps)
        self.show_actions()

    async def save_edit(self) -> None:
        """Save what is being typed, and wait until it and what was judged before are in the journal."""
        self._window.panel.step.keep_edit()
        await self._controller.written()

    def rows_changed(self, numbers: Iterable[int]) -> None:
        """These rows moved in a run."""
        row = self._window.panel.row
        if row is not None and row.number in set(numbers):
            self.show_current()

    def show_actions(self) -> None:
        """Only what can be done can be pressed."""
        panel, a = self._window.panel, self._window.actions_
        a.approve.setEnabled(panel.approve.isEnabled())
        a.reject.setEnabled(panel.reject.isEnabled())
        a.edit.setEnabled(panel.edit.isEnabled())
        panel.rerun.setEnabled(panel.rerun.isEnabled() and not self._controller.phase.in_run)

    def _outputs(self, row: Row | None) -> tuple[StepOutput, ...]:
        session = self._workspace.session
        return session.outputs(row) if row is not None and session is not None else ()

    def _read_current(self) -> None:
        self._window.actions_.panel.setChecked(True)
        self._window.panel.step.browser.setFocus()

    def _begin_edit(self) -> None:
        self._window.actions_.panel.setChecked(True)
        self._window.panel.begin_edit()

    def _toggle(self, review: Review) -> None:
        row = self._window.table.current_row()
        if row is not None:
            before = self._window.model.state_of(row.number).review
            self._judge(Review.UNREVIEWED if before is review else review)

    def _judge(self, review: Review) -> None:
        row = self._window.table.current_row()
        if row is None:
            return
        state = self._window.model.state_of(row.number)
        if state.status is not Status.DONE and state.review is Review.UNREVIEWED:
            return
        words = f"{review.value} of row {row.number}"
        self._window.undo.push(Change(words, lambda value: self._controller.review(row, value), state.review, review))

    def _edit(self, step: str, text: str | None) -> None:
        row = self._window.panel.row
        if row is None:
            return
        before = next((output.answer for output in self._outputs(row) if output.step == step), None)
        old = before.edited_text if before is not None else None
        words = f"edit of {step} in row {row.number}"
        self._window.undo.push(Change(words, lambda value: self._controller.edit(row, step, value), old, text))

    def _row_changed(self, number: int, state: RowState) -> None:
        self._window.model.snapshot.set_state(number, state)
        self._window.model.forget_outputs([number])
        self._window.run_bar.refresh()
        self.rows_changed([number])


def _of_this_run(outputs: Sequence[StepOutput], state: RowState) -> Sequence[StepOutput]:
    """The outputs; what a row at work has been answered in this run is not stale, though its plan is older."""
    if state.status.at_rest:
        return outputs
    return [
        replace(output, state=OutputState.ANSWERED)
        if place < state.step_index and output.state is OutputState.STALE
        else output
        for place, output in enumerate(outputs)
    ]
