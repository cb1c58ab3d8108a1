"""The selected row: inputs, every step's output, failures, and the user's review."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from chaindesk.desktop.review import output_text, row_summary
from chaindesk.desktop.review.failure_note import FailureNote
from chaindesk.desktop.review.inputs_view import InputsView
from chaindesk.desktop.review.quality.quality_note import QualityNote
from chaindesk.desktop.review.row_head import RowHead
from chaindesk.desktop.review.row_splitter import RowSplitter
from chaindesk.desktop.review.step_tabs import StepTabs
from chaindesk.desktop.review.step_view import StepView
from chaindesk.desktop.review.verdict_buttons import VerdictButtons
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Status
from chaindesk.engine.answers.row_history import StepOutput

_OUTPUT_HEIGHT_PX = 190  # pixels that an output has before the inputs get any
_NO_OUTPUT_HEIGHT_PX = 96
_TIGHT_SIZE_PX = (380, 440)  # pixels of width and height below which the step's buttons have no words
_BARE_HEIGHT_PX = 290  # below it the step's buttons, the status and the facts are left out
_REST_HEIGHT_PX = 150  # pixels for the panel's head and foot
_MIN_FAILURE_HEIGHT_PX = 52


class ReviewPanel(QFrame):
    """Shows one row, and emits what the user wants done with it.

    Signals:
        step_requested: the user wants the next row (1) or the one before (-1).
        review_requested: a ``Review`` for the selected rows.
        edited: a step's name and the user's text for it, or None for the model's own.
        rerun_requested: the selected rows are to be run again.
        rerun_step_requested: a step of this row is to be run again, with those that use it; its name.
        history_requested: the user wants to see all versions of a step's output; its name.
        reading_left: the user leaves the large reading view.
    """

    step_requested = Signal(int)
    review_requested = Signal(object)
    edited = Signal(str, object)
    rerun_requested = Signal()
    rerun_step_requested = Signal(str)
    history_requested = Signal(str)
    reading_left = Signal()

    def __init__(self, parent: QWidget | None = None, *, dark: bool = False) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName(tr("Selected row"))
        self._palette = StatusPalette(dark=dark)
        self._row: Row | None = None
        self._state = RowState()
        self._outputs: Sequence[StepOutput] = ()
        self._doubt: list[str] = []
        self._steps = 0
        self._runs_allowed, self._runs_reason = True, ""
        self._tab_picked = False
        self._reading = False
        self.head = RowHead()
        self.title, self.progress, self.status, self.facts = (
            self.head.title,
            self.head.progress,
            self.head.status,
            self.head.facts,
        )
        self.previous, self.next = self.head.previous, self.head.next
        self.missing = QLabel()
        self.missing.setWordWrap(True)
        self.missing.setProperty("muted", "true")
        self.missing.setAccessibleName(tr("What a run of this row would take"))
        self.missing.hide()
        self.failure = FailureNote()
        self.quality = QualityNote()
        self.inputs = InputsView()
        self.inputs.setAccessibleName(tr("Inputs of the row"))
        self.tabs = StepTabs()
        self.step = StepView()
        self.verdict = VerdictButtons()
        self.approve, self.reject = self.verdict.approve, self.verdict.reject
        self.edit, self.rerun = self.verdict.edit, self.verdict.rerun
        self._lay_out()
        self._connect()
        self.show_row(None, RowState(), ())

    @property
    def row(self) -> Row | None:
        """The row that is shown."""
        return self._row

    def set_dark(self, *, dark: bool) -> None:
        """Use the colours of the other theme."""
        self._palette = StatusPalette(dark=dark)
        self._show_state()

    def show_row(
        self,
        row: Row | None,
        state: RowState,
        outputs: Sequence[StepOutput],
        manifest: Manifest | None = None,
        steps: int = 0,
    ) -> None:
        """Show another row, or the same one as it stands now. An edit of the same row that is going on stays."""
        same = row is not None and row == self._row  # its number may be another row's in another sheet
        if not same:
            self.step.keep_edit()  # walking on is no reason to lose what was typed; it can be undone
        if not same and row is not None and manifest is not None:
            self.inputs.show_inputs(row, manifest)
        elif row is None:
            self.inputs.clear()
        before = self._state.status, self._state.step_index
        self._row, self._state, self._steps = row, state, steps
        self._show_state()
        if same and self.step.editing:
            return
        if not same or state.status is not Status.RUNNING:
            self.step.show_partial("")
        unchanged = same and tuple(outputs) == tuple(self._outputs) and (state.status, state.step_index) == before
        self._outputs = outputs
        if not unchanged:
            self._tab_picked = same and self._tab_picked
            self._show_tabs()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """In a low window the output comes first."""
        super().resizeEvent(event)
        narrow = self.width() < _TIGHT_SIZE_PX[0]
        self.step.set_tight(tight=narrow or self.height() < _TIGHT_SIZE_PX[1], bare=self._bare, narrow=narrow)
        self._show_head()
        self._share_height()

    def showEvent(self, event: QShowEvent) -> None:
        """Now heights are known."""
        super().showEvent(event)
        self._share_height()

    def show_missing(self, text: str) -> None:
        """Show what a run of the row would cost; "" hides it."""
        self.missing.setText(text)
        self.missing.setVisible(bool(text))

    def show_doubt(self, lines: list[str]) -> None:
        """Show why the row should be read, a line for each reason; nothing hides it."""
        self._doubt = lines
        self._show_doubt()

    def _show_doubt(self) -> None:
        """What the checks of the step that is shown have found stands above its text, and is told once."""
        told = output_text.findings(self.step.output)
        self.quality.show_doubt([line for line in self._doubt if line not in told], self._palette)

    def allow_runs(self, *, allowed: bool, reason: str = "") -> None:
        """Enable or disable what runs the row, with the reason."""
        self._runs_allowed, self._runs_reason = allowed, reason
        self._show_runs()

    def _show_runs(self) -> None:
        allowed = self._runs_allowed
        at_rest = self._row is not None and self._steps > 0 and self._state.status.at_rest
        self.verdict.allow_rerun(allowed=allowed and at_rest, reason=self._runs_reason)
        self.step.again.setEnabled(allowed and at_rest)

    def set_reading(self, *, reading: bool) -> None:
        """Fill the whole window: one column of text in lines of a comfortable length, in larger letters."""
        self._reading = reading
        self.step.set_reading(reading=reading)
        self.inputs.setVisible(not reading)
        self._share_height()
        if reading:
            self.step.browser.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the reading view."""
        if self._reading and event.key() == Qt.Key.Key_Escape:
            self.reading_left.emit()
        else:
            super().keyPressEvent(event)

    def show_partial(self, number: int, step: str, text: str) -> None:
        """Show what a model has written so far for a step of this row, unless the user looks at another step."""
        names = [output.step for output in self._outputs]
        if self._row is None or number != self._row.number or step not in names or self.step.editing:
            return
        if not self._tab_picked and self.shown_step != step:
            with QSignalBlocker(self.tabs):
                self.tabs.setCurrentIndex(names.index(step))
            self._show_step()
        if self.shown_step == step:
            self.step.show_partial(text)

    @property
    def shown_step(self) -> str:
        """The name of the step that is shown, or ""."""
        return self.step.name

    def highlight(self, words: Sequence[str]) -> None:
        """Mark the words of a search in the inputs and the output."""
        self.inputs.highlight(words)
        self.step.highlight(words)

    def begin_edit(self) -> None:
        """Let the user edit the output that is shown."""
        self.step.begin_edit()

    def _share_height(self) -> None:
        wanted = _OUTPUT_HEIGHT_PX + self.step.marks_height if self.step.can_edit else _NO_OUTPUT_HEIGHT_PX
        self.failure.set_max_height(max(self.height() - _REST_HEIGHT_PX - wanted, _MIN_FAILURE_HEIGHT_PX))
        self.splitter.share(wanted, answered=bool(self._outputs))

    def _show_state(self) -> None:
        row, state = self._row, self._state
        known = row is not None
        self._show_head()
        self.failure.show_failure(state.failure if known else None, state.status, self._palette)
        self.verdict.show_state(state, known=known)
        self.edit.setEnabled(known and self.step.can_edit)
        self._show_runs()

    @property
    def _bare(self) -> bool:
        """Whether there is only room for the output and the buttons that decide on it."""
        return self.height() < _BARE_HEIGHT_PX

    def _show_head(self) -> None:
        self.head.show_row(self._row, self._state, self._steps, self._palette, bare=self._bare)

    def _show_tabs(self) -> None:
        """The step that the user picked for this row, else the newest answer."""
        chosen = self.tabs.currentIndex() if self._tab_picked else row_summary.last_answered(self._outputs)
        self.tabs.show_outputs(self._outputs, chosen)
        self._show_step()

    def _pick_tab(self) -> None:
        self._tab_picked = True
        self.step.keep_edit()
        self._show_step()

    def _show_step(self) -> None:
        index = self.tabs.currentIndex()
        shown = self._outputs[index] if 0 <= index < len(self._outputs) else None
        self.step.show_output(shown, running=self._writes(index))
        self.step.setVisible(shown is not None)
        self.edit.setEnabled(self._row is not None and self.step.can_edit)
        self._show_doubt()
        self._share_height()

    def _writes(self, index: int) -> bool:
        return self._state.status is Status.RUNNING and self._state.step_index == index

    def _connect(self) -> None:
        self.tabs.currentChanged.connect(self._pick_tab)
        self.previous.clicked.connect(lambda: self.step_requested.emit(-1))
        self.next.clicked.connect(lambda: self.step_requested.emit(1))
        self.verdict.review_requested.connect(self.review_requested)
        self.edit.clicked.connect(self.begin_edit)
        self.rerun.clicked.connect(self.rerun_requested)
        self.step.saved.connect(self.edited)
        self.step.rerun_step_requested.connect(self.rerun_step_requested)
        self.step.history_requested.connect(self.history_requested)

    def _lay_out(self) -> None:
        lower = QWidget()
        lower.setObjectName("plain")
        lower_layout = QVBoxLayout(lower)
        lower_layout.setContentsMargins(0, 0, 0, 0)
        lower_layout.setSpacing(6)
        lower_layout.addWidget(self.tabs)
        lower_layout.addWidget(self.step, 1)
        self.splitter = RowSplitter(self.inputs, lower)
        self.step.stack.setMinimumHeight(40)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 9, 12, 11)
        layout.setSpacing(8)
        layout.addWidget(self.head)
        layout.addWidget(self.missing)
        layout.addWidget(self.failure)
        layout.addWidget(self.quality)
        layout.addWidget(self.splitter, 1)
        layout.addWidget(self.verdict)
