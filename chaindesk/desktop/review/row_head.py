"""The head of the panel: which row it is, how it stands, and how far the review has come."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from chaindesk.desktop.review import row_summary
from chaindesk.desktop.ui.buttons import arrow_button
from chaindesk.desktop.ui.layout.elided_label import ElidedLabel
from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.status_text import status_text
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState

_MIN_TEXT_WIDTH_PX = 60
_SPACING_PX = 6
_MARGINS_PX = QSize(20, 6)  # of the status


class RowHead(QWidget):
    """Shows a row's title and state, with the arrows to the rows beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self._progress_texts = ("", "")
        self.title = ElidedLabel(mode=Qt.TextElideMode.ElideRight)
        self.title.setText(tr("No row selected"))
        self.title.setProperty("title", "true")
        self.progress = QLabel()
        self.progress.setProperty("muted", "true")
        self.progress.setAccessibleName(tr("Progress of the review"))
        self.previous = arrow_button("previous", tr("Previous row (Alt+Up, or K in the table)"))
        self.next = arrow_button("next", tr("Next row (Alt+Down, or J in the table)"))
        self.status = StatusPill()
        self.status.setAccessibleName(tr("Status"))
        self.facts = QLabel()
        self.facts.setProperty("muted", "true")
        self.facts.setTextFormat(Qt.TextFormat.PlainText)
        self.facts.setMinimumWidth(_MIN_TEXT_WIDTH_PX)
        self._lay_out()

    def show_row(self, row: Row | None, state: RowState, steps: int, palette: StatusPalette, *, bare: bool) -> None:
        """Show a row; ``bare`` without its state."""
        known = row is not None
        title = tr("No row selected") if row is None else row_summary.title(row)
        if title != self.title.text():
            self.title.setText(title)
            self.title.setToolTip(html_text(title))
            self._fit_progress()
        for part in (self.status, self.facts):
            part.setVisible(known and not bare)
        status = state.status
        self.status.show_status(status_text(state, steps), palette.background[status], palette.text[status])
        self.facts.setText(row_summary.facts(state))
        self.facts.setToolTip(html_text(state.reason))
        self.previous.setEnabled(known)
        self.next.setEnabled(known)

    def show_progress(self, text: str, short: str) -> None:
        """Show how the review stands, ``short`` where there is little room."""
        self._progress_texts = (text, short)
        self.progress.setToolTip(text)
        self._fit_progress()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Another width has room for other words."""
        super().resizeEvent(event)
        self._fit_progress()

    def _fit_progress(self) -> None:
        """Tell the progress at length where the whole title has room beside it."""
        text, short = self._progress_texts
        taken = sum(button.sizeHint().width() + _SPACING_PX for button in (self.previous, self.next)) + _SPACING_PX
        room = self.width() - taken - self.title.fontMetrics().horizontalAdvance(self.title.text())
        self.progress.setText(text if self.progress.fontMetrics().horizontalAdvance(text) <= room else short)

    def _lay_out(self) -> None:
        first, second = QHBoxLayout(), QHBoxLayout()
        first.setSpacing(_SPACING_PX)
        first.addWidget(self.title, 1)
        for part in (self.progress, self.previous, self.next):
            first.addWidget(part)
        second.setSpacing(10)
        second.addWidget(self.status)
        second.addWidget(self.facts, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addLayout(first)
        layout.addLayout(second)


class StatusPill(QLabel):
    """Paints its background itself: a style sheet's radius is dropped where it is more than half the height."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._background = self._colour = QColor()
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)

    def show_status(self, text: str, background: QColor, colour: QColor) -> None:
        """Show a status in its colours."""
        self.setText(text)
        self._background, self._colour = background, colour
        self.update()

    def sizeHint(self) -> QSize:
        """The text, and room for the round ends."""
        text = self.fontMetrics().size(0, self.text())
        return text + _MARGINS_PX

    def minimumSizeHint(self) -> QSize:
        """The whole text."""
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the pill, then the text."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        height = self.sizeHint().height()
        pill = QRectF(0, (self.height() - height) / 2, self.width(), height)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._background)
        painter.drawRoundedRect(pill, height / 2, height / 2)
        painter.setPen(self._colour)
        painter.drawText(self.rect(), int(Qt.AlignmentFlag.AlignCenter), self.text())
        painter.end()
