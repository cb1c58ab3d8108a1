"""Reviewing: the panel follows the table, and each review or edit can be undone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.controllers.reviewing.undo_steps import UndoSteps
from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.review import row_summary
from chaindesk.desktop.review.dialogs.compare_dialog import CompareDialog, ComparedText
from chaindesk.desktop.review.dialogs.versions_dialog import VersionsDialog, version_text
from chaindesk.desktop.review.review_queue import ReviewQueue
from chaindesk.desktop.session.run_controller import RunController
from chaindesk.desktop.session.run_request import OutputEdit, RowVerdict
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState
from chaindesk.engine.answers.row_history import StepOutput

_REFILTER_INTERVAL_MS = 500


class ReviewController(QObject):
    """Ties the table, the panel and the undo stack to the session.

    Signals:
        run_requested: a ``RunRequest``: what the user rejected or read is to be run again.
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
        self._queue = queue
        self._window, self._workspace, self._run_controller = window, workspace, run_controller
        self._steps = steps
        self._refilter = QTimer(self, interval=_REFILTER_INTERVAL_MS, singleShot=True)
        self._refilter.timeout.connect(window.model.refilter)
        panel, a = window.panel, window.actions_
        window.table.row_chosen.connect(lambda _: self.show_current())
        window.table.activated_row.connect(self._read_current)
        panel.step_requested.connect(window.table.step_row)
        panel.edited.connect(self._edit)
        run_controller.text_grew.connect(panel.show_partial)
        panel.step.edit_closed.connect(self._focus_text_or_table)
        panel.history_requested.connect(self._show_versions)
        a.versions.triggered.connect(panel.step.show_history)
        a.next_row.triggered.connect(lambda: window.table.step_row(1))
        a.previous_row.triggered.connect(lambda: window.table.step_row(-1))
        a.edit.triggered.connect(self._begin_edit)
        a.compare.triggered.connect(self._compare)
        a.raw_text.toggled.connect(lambda raw: panel.step.set_raw(raw=raw))
        a.reading.toggled.connect(lambda reading: window.set_reading(reading=reading))
        panel.reading_left.connect(lambda: a.reading.setChecked(False))
        window.model.order_changed.connect(self._show_search)
        run_controller.row_changed.connect(self._row_changed)
        run_controller.rows_changed.connect(self._rows_changed)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            app.applicationStateChanged.connect(self._came_back)
        workspace.save_before_leaving(self.save_edit)

    def show_current(self) -> None:
        """Show the current row as it stands now."""
        row = self._window.table.current_row()
        model = self._window.model
        state = model.state_of(row.number) if row is not None else RowState()
        steps = len(self._workspace.session.chain.steps) if self._workspace.session else 0
        manifest = self._workspace.manifest or self._workspace.partial
        self._window.panel.show_row(row, state, self._outputs(row), manifest, steps)
        self._run_controller.watch_row(row.number if row is not None else 0)
        session = self._workspace.session
        plan = session.plan_of(row) if session is not None and row is not None and state.status.at_rest else None
        self._window.panel.show_missing(row_summary.missing(plan, state) if plan is not None else "")
        self.show_actions()

    async def save_edit(self) -> None:
        """Save what is being typed, and wait until it and what was reviewed before are in the journal."""
        self._window.panel.step.keep_edit()
        await self._run_controller.writer.written()

    def rows_changed(self, numbers: Iterable[int]) -> None:
        """These rows moved in a run."""
        row = self._window.panel.row
        if row is not None and row.number in set(numbers):
            self.show_current()
        else:
            self.show_actions()

    def show_actions(self) -> None:
        """Only what can be done can be pressed."""
        panel, a = self._window.panel, self._window.actions_
        a.approve.setEnabled(panel.approve.isEnabled())
        a.reject.setEnabled(panel.reject.isEnabled())
        a.edit.setEnabled(panel.edit.isEnabled())
        a.versions.setEnabled(panel.step.can_edit)
        a.reject_reason.setEnabled(panel.reject.isEnabled())
        a.reading.setEnabled(panel.row is not None or a.reading.isChecked())
        a.compare.setEnabled(panel.step.has_answer)
        problem = self._workspace.chain_problem
        startable = not self._run_controller.phase.in_run and not problem
        panel.allow_runs(allowed=startable, reason=problem)
        a.rerun.setEnabled(panel.rerun.isEnabled())
        a.rerun_note.setEnabled(panel.rerun.isEnabled() and panel.step.has_answer)
        a.run_rejected.setEnabled(startable and self._workspace.session is not None and bool(self._queue.rejected))

    def _outputs(self, row: Row | None) -> tuple[StepOutput, ...]:
        session = self._workspace.session
        return session.outputs(row) if row is not None and session is not None else ()

    def _focus_text_or_table(self) -> None:
        """The keys of the review are the table's, or the text's where it fills the window."""
        reading = self._window.actions_.reading.isChecked()
        (self._window.panel.step.browser if reading else self._window.table).setFocus()

    def _read_current(self) -> None:
        self._window.actions_.panel.setChecked(True)
        self._window.panel.step.browser.setFocus()

    def _begin_edit(self) -> None:
        self._window.actions_.panel.setChecked(True)
        self._window.panel.begin_edit()

    def _edit(self, step: str, written: str | None) -> None:
        row = self._window.panel.row
        if row is None:
            return
        shown = next((output.answer for output in self._outputs(row) if output.step == step), None)
        if shown is None:
            return
        state = self._window.model.state_of(row.number)
        verdict = RowVerdict(state.review, state.reason)
        before, after = OutputEdit(step, shown.edited_text, shown.id, verdict), OutputEdit(step, written, shown.id)
        text = tr("Edit of {step} in row {number}").format(step=step, number=row.number)
        self._steps.push(text, [row.number], lambda value: self._run_controller.writer.edit(row, value), before, after)

    def _came_back(self, state: Qt.ApplicationState) -> None:
        """The user may come from another program that ran this very workbook."""
        if state is Qt.ApplicationState.ApplicationActive:
            self._run_controller.check_for_external_changes()

    def _rows_changed(self, states: Mapping[int, RowState]) -> None:
        model = self._window.model
        for number, state in states.items():
            model.snapshot.set_state(number, state)
        model.forget_outputs(states)
        model.refilter()
        self._window.progress_strip.refresh()
        self.show_current()

    def _show_search(self) -> None:
        self._window.panel.highlight(self._window.model.order.filter.text.split())

    def _compare(self) -> None:
        """Compare what the steps of the row say, and every version of them: at first the step before with this one."""
        session, row = self._workspace.session, self._window.panel.row
        outputs = [output for output in self._outputs(row) if output.answer is not None]
        if session is None or row is None or not outputs:
            return
        texts = [ComparedText(tr("{step}, now").format(step=output.step), output.text) for output in outputs]
        names = [output.step for output in outputs]
        shown = self._window.panel.shown_step
        right = names.index(shown) if shown in names else len(names) - 1
        left = right - 1
        for output in outputs:
            for version in session.versions(row, output.step):
                if not version.shown:
                    left = len(texts) if output.step == names[right] and left < len(outputs) else left
                    texts.append(ComparedText(f"{output.step}, {version_text(version, lines=False)}", version.text))
        title, dark = row_summary.title(row), self._window.theme.dark
        CompareDialog(title, texts, max(left, 0), right, self._window, dark=dark).open()

    # --- versions ---------------------------------------------------------------------------

    def _show_versions(self, step: str) -> None:
        session, row = self._workspace.session, self._window.panel.row
        if session is None or row is None:
            return
        title = f"{step}, {row_summary.title(row)}"
        dark = self._window.theme.dark
        dialog = VersionsDialog(title, lambda: session.versions(row, step), self._window, dark=dark)
        dialog.used.connect(lambda text: self._edit(step, text))

        def renew(number: int) -> None:
            if number == row.number and session is self._workspace.session:
                dialog.renew()

        listening = self._run_controller.row_changed.connect(renew)
        dialog.finished.connect(lambda _: self._run_controller.row_changed.disconnect(listening))
        dialog.open()

    def _row_changed(self, number: int, state: RowState) -> None:
        self._window.model.snapshot.set_state(number, state)
        self._window.model.forget_outputs([number])
        self._window.progress_strip.refresh()
        self.rows_changed([number])
        if self._window.model.filtered:
            self._window.model.refilter()
