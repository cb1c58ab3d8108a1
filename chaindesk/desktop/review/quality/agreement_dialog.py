"""How each check and judge of the chain agrees with the user's reviews, in plain words."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from chaindesk.desktop.review.quality.words import agreement_text
from chaindesk.desktop.ui.dialogs import close_button
from chaindesk.desktop.ui.translation import tr
from chaindesk.engine.quality.agreement import CheckAgreement, Trust


class AgreementDialog(QDialog):
    """Shows what can be said of each check; those that deserve no trust come first."""

    def __init__(self, agreements: Sequence[CheckAgreement], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Checks and your reviews"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        order = [Trust.UNTRUSTED, Trust.UNSURE, Trust.TRUSTED, Trust.TOO_FEW]
        shown = sorted(agreements, key=lambda one: order.index(one.trust))
        self.lines = [f"{one.check}\n{agreement_text(one)}" for one in shown]
        about = QLabel(
            tr("What each check and judge says of the answers that you reviewed, beside what you said of them.")
            if shown
            else tr("The chain has no check that could be compared with your reviews.")
        )
        inner = QWidget()
        inner.setObjectName("plain")
        rows = QVBoxLayout(inner)
        rows.setContentsMargins(0, 0, 8, 0)
        rows.setSpacing(10)
        for label in (about, *map(QLabel, self.lines)):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            rows.addWidget(label)
        rows.addStretch(1)
        area = QScrollArea()
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setWidgetResizable(True)
        area.setWidget(inner)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.addWidget(area, 1)
        layout.addWidget(close_button(self))
        self.resize(560, 340)
