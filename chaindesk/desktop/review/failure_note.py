"""Why a row failed or waits: whole where there is room for it, to be scrolled where there is not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QWidget

from chaindesk.desktop.ui.engine_words import failure_text, kind_text
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.domain.records import Failure
from chaindesk.domain.status import Status


class FailureNote(QScrollArea):
    """Shows one failure, in a height that leaves room for the rest of the panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._most = 0
        self._label = QLabel()
        self._label.setWordWrap(True)
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._label.setAccessibleName(tr("Why the row failed"))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setWidget(self._label)

    def text(self) -> str:
        """What is shown."""
        return self._label.text()

    def show_failure(self, failure: Failure | None, status: Status, palette: StatusPalette) -> None:
        """Show what went wrong, or nothing where nothing did."""
        self.setVisible(failure is not None)
        if failure is None:
            return
        calls = tr_counted(failure.attempts, "call")
        support = (
            tr(". For the provider's support: request {request_id}").format(request_id=failure.request_id)
            if failure.request_id
            else ""
        )
        told = f"{_capital(kind_text(failure.kind.value))}, {calls}{support}"
        self._label.setText(f"{failure.step}: {failure_text(failure.message)}\n{told}")
        tone = status if status is Status.WAITING else Status.FAILED
        back, text = palette.background[tone].name(), palette.text[tone].name()
        look = f"background: {back}; color: {text}; border-radius: 6px; padding: 7px 10px;"
        if look != self._label.styleSheet():  # each time Qt would go through all the sheets of the application
            self._label.setStyleSheet(look)
        self._fit()

    def set_max_height(self, height: int) -> None:
        """Limit the height to so many pixels."""
        self._most = height
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width makes other lines."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        if not self.text():
            return
        whole = self._label.heightForWidth(self.viewport().width())
        self.setFixedHeight(min(whole, self._most) if self._most else whole)


def _capital(words: str) -> str:
    return words[:1].upper() + words[1:]
