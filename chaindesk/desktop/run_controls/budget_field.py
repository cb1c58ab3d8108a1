"""What a run may spend, as people write it: 5, $5, 2.50, 1,000."""

from __future__ import annotations

import re
from decimal import Decimal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QWidget

from chaindesk.desktop.ui.layout.text_widths import fit_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import UsageError

_SUM = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)?(?:[.](\d+))?", re.ASCII)
_COMMA_FOR_A_POINT = re.compile(r"\d+,\d{1,2}", re.ASCII)
_USUAL_PX = 96
_MAX_BUDGET = Decimal(1_000_000)


def parse_budget(text: str) -> Decimal | None:
    """Return US dollars, or None, for no limit, where nothing is written.

    Raises:
        UsageError: it is no sum that a run could be held to, in words for the user.
    """
    plain = re.sub(r"(?i)usd|\$|dollars?", "", text).strip()
    if not plain or plain.casefold() in {"none", tr("no limit")}:
        return None
    if _COMMA_FOR_A_POINT.fullmatch(plain):
        plain = plain.replace(",", ".")
    if not _SUM.fullmatch(plain) or plain == ".":
        raise UsageError(
            tr('"{strip}" is no sum in US dollars. Write one such as 5 or 2.50, or none for no limit.').format(
                strip=text.strip()
            )
        )
    amount = Decimal(plain.replace(",", ""))
    if not amount:
        raise UsageError(tr("A budget of $0 lets nothing run. Write a sum, or leave the field empty for no limit."))
    if amount > _MAX_BUDGET:
        raise UsageError(tr("That is more than a million dollars. Leave the field empty for no limit."))
    return amount


class BudgetField(QWidget):
    """What a run may spend, in US dollars; remembered until the window closes.

    Signals:
        entered: Return was pressed in the field.
    """

    entered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = QLineEdit()
        self.field.setPlaceholderText(tr("no limit"))
        self.field.setAccessibleName(tr("Budget in US dollars"))
        self.field.setToolTip(
            tr("No call starts that could take the run past this, such as 5 or 2.50; empty is no limit")
        )
        fit_text(self.field)
        self.field.setFixedWidth(max(_USUAL_PX, self.field.minimumWidth()))
        self.field.returnPressed.connect(self.entered)
        label = QLabel(tr("Budget $"))
        label.setBuddy(self.field)
        self.setFocusProxy(self.field)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label)
        layout.addWidget(self.field)
        self.hide()

    def value(self) -> Decimal | None:
        """US dollars, or None for no limit.

        Raises:
            UsageError: something else is written there.
        """
        return parse_budget(self.field.text())

    def show_value(self, budget: Decimal | None) -> None:
        """Show a sum that the user gave elsewhere."""
        self.field.setText("" if budget is None else f"{budget.normalize():f}")
