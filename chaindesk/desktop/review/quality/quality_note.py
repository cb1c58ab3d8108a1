"""Why the row that is shown should be read, and what the audit says by now: two notes above its texts."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from chaindesk.desktop.ui.status_palette import StatusPalette
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.status import Status

_MAX_LINES = 4


class QualityNote(QWidget):
    """Shows the doubts about one row, and how the audit stands."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.doubt, self.audit = QLabel(), QLabel()
        self.doubt.setAccessibleName(tr("Why this row should be read"))
        self.audit.setAccessibleName(tr("What the audit says"))
        self.audit.setProperty("muted", "true")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        for label in (self.doubt, self.audit):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            label.hide()
            layout.addWidget(label)
        self.hide()

    def show_doubt(self, lines: list[str], palette: StatusPalette) -> None:
        """Show why the row is doubted, a line each; nothing where it is not."""
        self.doubt.setText("\n".join(lines[:_MAX_LINES]))
        self.doubt.setToolTip(html_text("\n".join(lines)))
        back, text = palette.background[Status.WAITING].name(), palette.text[Status.WAITING].name()
        look = f"background: {back}; color: {text}; border-radius: 6px; padding: 6px 10px;"
        if look != self.doubt.styleSheet():  # each time Qt would go through all the sheets of the application
            self.doubt.setStyleSheet(look)
        self.doubt.setVisible(bool(lines))
        self._fit()

    def show_audit(self, text: str, more: str = "") -> None:
        """Show how the audit stands; "" hides it."""
        self.audit.setText(text)
        self.audit.setToolTip(html_text(more))
        self.audit.setVisible(bool(text))
        self._fit()

    def _fit(self) -> None:
        self.setVisible(bool(self.doubt.text() or self.audit.text()))
