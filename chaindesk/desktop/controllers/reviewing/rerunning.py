"""Runs again what the user has read: the rows, one step of them, or a step with a note to the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from chaindesk.desktop.controllers.reviewing.undo_steps import UndoSteps
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.review.dialogs.words_dialog import WordsDialog
from chaindesk.desktop.review.review_queue import ReviewQueue
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import RunRequest
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr, tr_counted, tr_noop
from chaindesk.domain.row_selection import RowSelection
from chaindesk.engine.answers.rerun_notes import NotedRow

_NOTES = (
    tr_noop("Shorter"),
    tr_noop("Longer, with more detail"),
    tr_noop("Simpler words"),
    tr_noop("More formal"),
    tr_noop("Check the facts"),
)

_STANDING, _WITHDRAWN = "standing", "withdrawn"


class RerunController(QObject):
    """Ties what is run again to the session; what the user said to a model can be undone.

    Signals:
        run_requested: a ``RunRequest``.
    """

    run_requested = Signal(object)

    def __init__(
        self,
        window: MainWindow,
        workspace: Workspace,
        run_controller: RunController,
        steps: UndoSteps,
        queue: ReviewQueue,
    ) -> None:
        super().__init__(window)
        self._window, self._workspace, self._steps, self._queue = window, workspace, steps, queue
        self._writer = run_controller.writer
        a = window.actions_
        window.panel.rerun_step_requested.connect(self._again)
        window.table.menu_requested.connect(self._fill_menu)
        run_controller.noted.connect(self._noted)
        run_controller.paid_again.connect(self._paid_again)
        a.rerun.triggered.connect(window.panel.rerun_requested)
        a.rerun_note.triggered.connect(self._ask_note)
        a.run_rejected.triggered.connect(self._run_rejected)

    def _again(self, step: str) -> None:
        if numbers := [row.number for row in self._window.table.selected_rows()]:
            request = RunRequest(RowSelection.of_numbers(numbers), rerun_step=step, confirm=len(numbers) > 1)
            self.run_requested.emit(request)

    def _ask_note(self) -> None:
        """Ask what the model of the step that is shown is to change in the selected rows."""
        step = self._window.panel.shown_step
        numbers = [row.number for row in self._window.table.selected_rows()]
        if not step or not numbers:
            return
        dialog = WordsDialog(
            tr("Rerun {step} with a note").format(step=step),
            tr("What is to change? The model gets its answer with your note. The answer stays in the history."),
            [tr(note) for note in _NOTES],
            tr("Rerun"),
            self._window,
        )
        dialog.given.connect(lambda note: self._request(numbers, step, note))
        dialog.finished.connect(self._window.table.setFocus)
        dialog.open()

    def _request(self, numbers: Sequence[int], step: str, note: str) -> None:
        choice = RowSelection.of_numbers(numbers)
        self.run_requested.emit(RunRequest(choice, rerun_step=step, note=note, confirm=len(numbers) > 1))

    def _noted(self, noted: Sequence[NotedRow]) -> None:
        self._writer.tell(one.row for one in noted)
        rows = [one.row.number for one in noted]

        def stand(how: str) -> None:
            self._writer.store_notes(noted, withdrawn=how == _WITHDRAWN)

        self._steps.push(
            tr("Rerun of {rows} with a note").format(rows=_named(rows)), rows, stand, _WITHDRAWN, _STANDING, done=True
        )

    def _paid_again(self, answers: Mapping[int, tuple[Sequence[int | None], Sequence[int | None]]]) -> None:
        """Let a rerun be undone: the answers before come back, and the newer ones stay in the history."""
        session = self._workspace.session
        if session is None:
            return
        rows = {row.number: row for row in session.manifest.rows if row.number in answers}

        def show(which: int) -> None:
            self._writer.choose_answers([(row, answers[number][which]) for number, row in rows.items()])

        self._steps.push(tr("Rerun of {rows}").format(rows=_named(list(rows))), list(rows), show, 0, 1, done=True)

    def _run_rejected(self) -> None:
        self.run_requested.emit(RunRequest(RowSelection.of_numbers(self._queue.rejected), fresh=True, confirm=True))

    def _fill_menu(self, menu: QMenu) -> None:
        """What can be done with the selected rows, besides what the window itself offers."""
        chain, a = self._workspace.chain, self._window.actions_
        if chain is None or self._workspace.session is None:
            return
        again = menu.addMenu(tr("Run again &from"))
        again.setEnabled(a.run_selected.isEnabled())
        for step in chain.step_names:
            again.addAction(step, partial(self._again, step))
        menu.addActions([a.rerun_note, a.reject_reason])
        menu.addSeparator()
        menu.addActions([a.versions, a.compare])


def _named(rows: Sequence[int]) -> str:
    return tr("row {number}").format(number=rows[0]) if len(rows) == 1 else tr_counted(len(rows), "row")
