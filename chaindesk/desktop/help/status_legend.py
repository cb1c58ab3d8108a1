"""What the statuses, reviews and marks of the table mean."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QGridLayout, QLabel, QVBoxLayout, QWidget

from chaindesk.desktop.ui import status_palette
from chaindesk.desktop.ui.dialogs import close_button
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.status import Review, Status

_STATUSES = {
    Status.PENDING: tr_noop("Nothing was asked for it yet, or something is missing: Run asks."),
    Status.QUEUED: tr_noop("Its turn comes in the run that goes on."),
    Status.RUNNING: tr_noop("A call is under way; the number is the step."),
    Status.WAITING: tr_noop("It waits for the provider's limit, a key, the network, or for you; it goes on by itself."),
    Status.SUBMITTED: tr_noop("It is out in a batch job, at half price; the job goes on without the program."),
    Status.DONE: tr_noop("Every step has its answer."),
    Status.FAILED: tr_noop("A step got no usable answer: the panel says why, Retry failed asks again."),
    Status.STOPPED: tr_noop("The run ended before its turn; what it has is kept, and Run goes on."),
    Status.SKIPPED: tr_noop("Nothing is to be done: its inputs are blank, or no step's condition holds."),
}
_REVIEWS = {
    Review.APPROVED: tr_noop("You approved it; it is not asked again unless you say so."),
    Review.REJECTED: tr_noop("You rejected it; Run the rejected rows again asks anew."),
    Review.EDITED: tr_noop("You changed its text; your text stands."),
}
_MARKS = {
    tr_noop("Doubtful"): tr_noop("Something speaks against an answer, and nobody has reviewed it: the tip says why."),
    tr_noop("stale"): tr_noop("Its inputs or prompts have changed since it was answered: a run asks again."),
    "✎": tr_noop("Kept: your text or approval stands although its inputs or prompts have changed."),
    "✂": tr_noop("Cut: an answer reached the output limit."),
}


class StatusLegend(QDialog):
    """Shows each status as the table does, and what it means."""

    def __init__(self, parent: QWidget | None = None, *, dark: bool) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("What the statuses mean"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        colours = StatusPalette(dark=dark)
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(7)
        grid.setColumnStretch(1, 1)
        row = 0
        chips = [(status, status_palette.label(status)) for status in _STATUSES]
        rows: Sequence[tuple[str, str, str]] = [
            *(
                (text, _STATUSES[status], _chip_style(colours.background[status].name(), colours.text[status].name()))
                for status, text in chips
            ),
            *((status_palette.review_label(review), words, "") for review, words in _REVIEWS.items()),
            *((tr(mark), words, "") for mark, words in _MARKS.items()),
        ]
        for row, (mark, words, style) in enumerate(rows):
            shown = QLabel(mark)
            shown.setStyleSheet(style)
            meaning = QLabel(tr(words))
            meaning.setWordWrap(True)
            grid.addWidget(shown, row, 0)
            grid.addWidget(meaning, row, 1)
        layout = QVBoxLayout(self)
        layout.setSpacing(14)
        layout.addLayout(grid)
        layout.addWidget(close_button(self))
        self.resize(620, self.sizeHint().height())


def _chip_style(background: str, text: str) -> str:
    return f"background: {background}; color: {text}; border-radius: 6px; padding: 2px 8px;"
