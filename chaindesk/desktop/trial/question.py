"""What a trial asks before it begins, what it is doing, and what kept it from it: one frame below the prompt."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from chaindesk.desktop.run_controls.budget_field import BudgetField
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import UsageError


class TrialQuestion(QFrame):
    """Shows one message with what can be done about it.

    Signals:
        confirmed: begin; what it may spend in US dollars, or None.
        cancelled: leave it, or end what is going on.
        keys_requested: open the keys dialog for a provider; its name.
    """

    confirmed = Signal(object)
    cancelled = Signal()
    keys_requested = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.text = QLabel()
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.PlainText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.text.setAccessibleName(tr("Trial"))
        self.budget = BudgetField()
        self.start = QPushButton(tr("Ask"))
        self.start.setProperty("primary", "true")
        self.cancel = QPushButton(tr("Cancel"))
        self.open_keys = QPushButton(tr("Open keys…"))
        self.open_keys.setProperty("primary", "true")
        self._provider = ""
        for button in (self.start, self.cancel, self.open_keys):
            button.setAutoDefault(False)
        self.start.clicked.connect(self._confirm)
        self.budget.entered.connect(self._confirm)
        self.cancel.clicked.connect(self.cancelled)
        self.open_keys.clicked.connect(lambda: self.keys_requested.emit(self._provider))
        self._lay_out()
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self.hide()

    def ask(self, text: str, *, capped: bool) -> None:
        """Ask whether to begin, and where it can be ``capped``, what it may spend."""
        self._show(text, "info", self.start, self.cancel)
        self.budget.setVisible(capped)
        self.start.setFocus()

    def show_busy(self, text: str) -> None:
        """Show what is being done, to be cancelled."""
        self._show(text, "info", self.cancel)

    def show_note(self, text: str, *, tone: str = "info") -> None:
        """Show what should be known."""
        self._show(text, tone)

    def show_missing_key(self, text: str, provider: str) -> None:
        """Show that a provider needs a key."""
        self._provider = provider
        self._show(text, "warning", self.open_keys, self.cancel)

    def _show(self, text: str, tone: str, *buttons: QPushButton) -> None:
        self.text.setText(text)
        self.setProperty("tone", tone)
        for button in (self.start, self.cancel, self.open_keys):
            button.setVisible(button in buttons)
        self.budget.hide()
        for widget in (self, self.text):
            widget.style().unpolish(widget)
            widget.style().polish(widget)
        self.show()

    def _confirm(self) -> None:
        try:
            budget: Decimal | None = self.budget.value() if not self.budget.isHidden() else None
        except UsageError as error:
            first = self.text.text().partition("\n⚠ ")[0]
            self.text.setText(f"{first}\n⚠ {error}")
            return
        self.confirmed.emit(budget)

    def _lay_out(self) -> None:
        buttons = QHBoxLayout()
        buttons.addWidget(self.budget)
        buttons.addStretch(1)
        for button in (self.cancel, self.open_keys, self.start):
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.addWidget(self.text)
        layout.addLayout(buttons)
