"""The whole text of one cell, above the table: shown by Space, and gone by Space or Escape."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop

_WIDTH_PX, _MIN_HEIGHT_PX, _MAX_HEIGHT_PX = 520, 84, 360
_CHROME_PX = 62  # title, margins
_GAP_PX = 4


class CellPeek(QFrame):
    """Shows the text of a cell beside it. It takes no focus: the table's keys go on, and the text follows them.

    Signals:
        closed: it is gone.
    """

    closed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("peek")
        self.setAccessibleName(tr("Whole cell"))
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAutoFillBackground(True)
        self.title = QLabel()
        self.title.setProperty("title", "true")
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.length = QLabel()
        self.length.setProperty("muted", "true")
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.text.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.text.setAccessibleName(tr("Text of the cell"))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 10)
        layout.setSpacing(5)
        layout.addWidget(self.title)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.length)
        self.hide()

    def show_text(self, title: str, text: str, cell: QRect) -> None:
        """Show the text of the cell that lies at ``cell`` in the parent."""
        self.title.setText(title)
        self.text.setPlainText(text)
        words = tr_count(len(text.split()), tr_noop("{n} word"), tr_noop("{n} words"))
        characters = tr_count(len(text), tr_noop("{n} character"), tr_noop("{n} characters"))
        self.length.setText(f"{words} · {characters}")
        self._place(cell)
        self.show()
        self.raise_()

    def close_peek(self) -> None:
        """Hide it, and give the focus back to the table where it was in the text."""
        if self.isVisible():
            self.hide()
            self.closed.emit()

    def scroll_pages(self, pages: int) -> None:
        """Scroll the text by pages."""
        bar = self.text.verticalScrollBar()
        bar.setValue(bar.value() + pages * bar.pageStep())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space or Escape in the text closes it, too."""
        if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_Space):
            self.close_peek()
        else:
            super().keyPressEvent(event)

    def _place(self, cell: QRect) -> None:
        """Below the cell, or above it where there is more room; inside the parent."""
        parent = self.parentWidget()
        room = (parent or self).rect().adjusted(6, 6, -6, -6)
        width = min(_WIDTH_PX, room.width())
        lines = self.text.document().size().height()
        metrics = self.text.fontMetrics()
        wrapped = metrics.boundingRect(
            0, 0, width - 40, 100_000, int(Qt.TextFlag.TextWordWrap), self.text.toPlainText()[:4000]
        )
        wanted = max(wrapped.height(), int(lines) * metrics.lineSpacing()) + _CHROME_PX + 12
        height = min(max(wanted, _MIN_HEIGHT_PX), _MAX_HEIGHT_PX, room.height())
        below, above = room.bottom() - cell.bottom() - _GAP_PX, cell.top() - room.top() - _GAP_PX
        if below >= height or below >= above:
            height = min(height, max(below, _MIN_HEIGHT_PX))
            top = cell.bottom() + _GAP_PX
        else:
            height = min(height, max(above, _MIN_HEIGHT_PX))
            top = cell.top() - _GAP_PX - height
        left = min(max(cell.left(), room.left()), room.right() - width)
        self.setGeometry(left, top, width, height)
