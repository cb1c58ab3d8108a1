"""The buttons that decide on a row: approve, reject, edit, rerun."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from chaindesk.desktop.ui.buttons import narrow_button
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status

_SPACING_PX = 3
_RERUN_TIP = tr_noop("Run the selected rows again (Shift+F5 runs what is missing of them)")


class VerdictButtons(QWidget):
    """Shows the review of a row in the buttons that change it.

    Signals:
        review_requested: a ``Review``.
    """

    review_requested = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.approve = narrow_button(tr("Approve"), "approve", tr("Approve this row (A)"), checkable=True)
        self.reject = narrow_button(tr("Reject"), "reject", tr("Reject this row (R)"), checkable=True)
        self.edit = narrow_button(tr("Edit"), "edit", tr("Edit the output that is shown (E)"))
        self.rerun = narrow_button(tr("Rerun"), "retry", tr(_RERUN_TIP))
        self._worded = {button: button.text() for button in (self.approve, self.reject, self.rerun)}
        self._reviews = (False, False)
        self._icon_size = self.approve.iconSize()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_SPACING_PX)
        for button in self._buttons:
            layout.addWidget(button, 1)
        self.approve.clicked.connect(lambda: self._request(Review.APPROVED))
        self.reject.clicked.connect(lambda: self._request(Review.REJECTED))

    def show_state(self, state: RowState, *, known: bool) -> None:
        """Show the review of a row; ``known``: whether there is one."""
        self._reviews = (known and state.review is Review.APPROVED, known and state.review is Review.REJECTED)
        self._show_reviews()
        for button in (self.approve, self.reject):
            button.setEnabled(known and (state.status is Status.DONE or state.review is not Review.UNREVIEWED))

    def allow_rerun(self, *, allowed: bool, reason: str) -> None:
        """Enable or disable *Rerun*, with the reason."""
        self.rerun.setEnabled(allowed)
        if (tip := html_text(reason) or tr(_RERUN_TIP)) != self.rerun.toolTip():
            self.rerun.setToolTip(tip)

    def show_selected(self, rows: int) -> None:
        """Say on the buttons how many rows they act on, where it is more than this one."""
        for button, text in self._worded.items():
            button.setText(f"{text} {rows:,}" if rows > 1 else text)
        self._fit_icons()
        self.approve.setToolTip(
            tr("Approve the {rows:,} selected rows (A)").format(rows=rows) if rows > 1 else tr("Approve this row (A)")
        )
        self.reject.setToolTip(
            tr("Reject the {rows:,} selected rows (R)").format(rows=rows) if rows > 1 else tr("Reject this row (R)")
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is no room for icons and words, the words stay."""
        super().resizeEvent(event)
        self._fit_icons()

    def _fit_icons(self) -> None:
        buttons = self._buttons
        for button in buttons:
            button.setIconSize(self._icon_size)
        wanted = sum(button.minimumSizeHint().width() + _SPACING_PX for button in buttons) - _SPACING_PX
        if wanted > self.width():
            for button in buttons:
                button.setIconSize(QSize(0, 0))  # an invalid size is the usual one

    @property
    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.approve, self.reject, self.edit, self.rerun

    def _request(self, review: Review) -> None:
        self._show_reviews()  # a pressed button shows what is, not what is asked for
        self.review_requested.emit(review)

    def _show_reviews(self) -> None:
        self.approve.setChecked(self._reviews[0])
        self.reject.setChecked(self._reviews[1])
