"""The panel beside the chain editor: the current step's prompt for one row, live, and the step tried on it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from chaindesk.desktop.trial.answers_view import AnswersView
from chaindesk.desktop.trial.prompt_view import PromptView
from chaindesk.desktop.trial.question import TrialQuestion
from chaindesk.desktop.ui.buttons import arrow_button, narrow_button
from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.estimate import StepEstimate
from chaindesk.domain.manifest import Row
from chaindesk.engine.prompting.step_preview import StepPreview
from chaindesk.engine.trial import TrialAnswer
from chaindesk.formatting import listed, money

_MIN_WIDTH = 276


class TrialPanel(QWidget):
    """Shows a step's prompt for a row, and what it answers when it is tried.

    Signals:
        row_requested: the row so many places further is to be shown (-1: the one before).
        trial_requested: the step is to be tried on the row that is shown.
        first_requested: the step is to be tried on the sheet's first three rows.
        again_requested: the step is to be asked once more, and paid for, on the rows that were tried last.
    """

    row_requested = Signal(int)
    trial_requested = Signal()
    first_requested = Signal()
    again_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setMinimumWidth(_MIN_WIDTH)
        self.title = QLabel()
        self.title.setProperty("title", "true")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setWordWrap(True)
        self.previous = arrow_button("previous", tr("The row before (Alt+Up)"))
        self.next = arrow_button("next", tr("The next row (Alt+Down)"))
        self.prompt = PromptView()
        self.notes = QLabel()
        self.notes.setWordWrap(True)
        self.notes.setTextFormat(Qt.TextFormat.PlainText)
        self.notes.setAccessibleName(tr("Notes on the prompt"))
        self.figures = QLabel()
        self.figures.setProperty("muted", "true")
        self.figures.setWordWrap(True)
        self.figures.setTextFormat(Qt.TextFormat.PlainText)
        self.figures.setAccessibleName(tr("Tokens and cost"))
        tip = tr("Ask this step for the row that is shown; the answer is kept (Ctrl+Return)")
        self.try_row = narrow_button(tr("Try this row"), "run", tip)
        self.try_first = narrow_button(tr("First 3 rows"), "", tr("Ask this step for the sheet's first three rows"))
        self.again = narrow_button(tr("Ask again"), "retry", tr("Ask once more for another answer, which is paid for"))
        self.question = TrialQuestion()
        self.answers = AnswersView()
        self._preview: StepPreview | None = None
        self._busy = False
        self._lay_out()
        self._connect()
        self.show_prompt(None, None, tr("Open a workbook: the prompt is shown here as it is sent for a row."))
        self.show_answers("", ())

    def show_prompt(self, row: Row | None, preview: StepPreview | None, why_not: str = "") -> None:
        """Show what a step asks for a row, or why nothing is shown."""
        self._preview = preview
        self.title.setText(_title(row, preview))
        self.prompt.show_preview(preview, why_not)
        notes = _notes(preview) if preview is not None else ""
        self.notes.setText(notes)
        self.notes.setVisible(bool(notes))
        self.previous.setEnabled(row is not None)
        self.next.setEnabled(row is not None)
        if preview is None:
            self.figures.setText("")
        self._enable()

    def show_estimate(self, estimate: StepEstimate | None, tokens: int) -> None:
        """Show what one call of the step sends and costs."""
        sends = tr("Sends about {tokens}").format(tokens=tr_count(tokens, tr_noop("{n} token"), tr_noop("{n} tokens")))
        self.figures.setText(sends if estimate is None else f"{sends}  ·  {cost_text(estimate)}")

    def show_answers(self, step: str, answers: Sequence[TrialAnswer]) -> None:
        """Show what a trial of a step has answered."""
        self.answers.show_answers(step, answers)
        self.answers.setVisible(bool(answers))
        self.again.setVisible(bool(answers))

    def set_busy(self, *, busy: bool) -> None:
        """A trial is being planned, asked about or going on: no other one begins."""
        self._busy = busy
        self._enable()

    def _enable(self) -> None:
        ready = self._preview is not None and not self._busy
        for button in (self.try_row, self.try_first, self.again):
            button.setEnabled(ready)

    def _connect(self) -> None:
        self.previous.clicked.connect(lambda: self.row_requested.emit(-1))
        self.next.clicked.connect(lambda: self.row_requested.emit(1))
        self.try_row.clicked.connect(self.trial_requested)
        self.try_first.clicked.connect(self.first_requested)
        self.again.clicked.connect(self.again_requested)

    def add_shortcuts(self, window: QWidget) -> None:
        """Let the keys of the row switcher and of the trial work in the whole editor window."""
        for keys, button in (("Alt+Up", self.previous), ("Alt+Down", self.next), ("Ctrl+Return", self.try_row)):
            QShortcut(QKeySequence(keys), window, button.click)

    def _lay_out(self) -> None:
        for button in (self.try_row, self.try_first, self.again):
            button.setAutoDefault(False)
        head = QHBoxLayout()
        head.addWidget(self.title, 1)
        head.addWidget(self.previous)
        head.addWidget(self.next)
        foot = QWidget()
        foot.setObjectName("plain")
        buttons = FlowLayout(foot, spacing=6)  # on two lines where one has no room for their words
        buttons.addWidget(self.try_row)
        buttons.addWidget(self.try_first)
        buttons.addWidget(self.again)
        views = QSplitter(Qt.Orientation.Vertical)
        views.addWidget(self.prompt)
        views.addWidget(self.answers)
        views.setStretchFactor(0, 3)
        views.setStretchFactor(1, 2)
        views.setChildrenCollapsible(False)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 0, 0, 0)
        layout.setSpacing(7)
        layout.addLayout(head)
        layout.addWidget(views, 1)
        layout.addWidget(self.notes)
        layout.addWidget(self.figures)
        layout.addWidget(self.question)
        layout.addWidget(foot)


def cost_text(estimate: StepEstimate) -> str:
    """Return what one call is likely to cost, in one clause."""
    if estimate.cost is None:
        return tr("no price is known for {model}").format(model=estimate.model)
    if not estimate.cost:
        return tr("no cost")
    return tr("one call about {cost}").format(cost=money(estimate.cost))


def _title(row: Row | None, preview: StepPreview | None) -> str:
    if row is None or preview is None:
        return tr("Prompt")
    named = tr("row {number}").format(number=row.number)
    known = f"{named} ({row.key})" if row.key != str(row.number) else named
    return tr("{step}, {row}").format(step=preview.step, row=known)


def _notes(preview: StepPreview) -> str:
    notes = []
    if preview.missing:
        text = tr("Not there yet: {steps}. A trial asks for it first.")
        notes.append(
            text.format(steps=listed([tr("the answer of {step}").format(step=name) for name in preview.missing]))
        )
    if preview.outdated:
        text = tr("{steps}: shown is the answer to an earlier prompt; a trial asks anew.")
        notes.append(text.format(steps=listed(preview.outdated)))
    if preview.skipped:
        notes.append(tr("The step's condition does not hold for this row: it is skipped."))
    return "\n".join(notes)
