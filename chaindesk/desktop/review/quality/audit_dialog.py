"""How many rows of the rest are to be read at random, with what that would be worth."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QSpinBox, QVBoxLayout, QWidget

from chaindesk.desktop.review.quality.words import audit_text, class_lines, group_text
from chaindesk.desktop.ui.buttons import narrow_button
from chaindesk.desktop.ui.layout.spin_boxes import inset
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.engine.quality.audit import USUAL_ROWS, AuditResult, GroupResult
from chaindesk.engine.quality.statistics import most_wrong
from chaindesk.formatting import count


class AuditDialog(QDialog):
    """Asks for the size of an audit.

    Signals:
        draw_requested: how many rows are to be drawn.
        show_requested: the rows of the newest audit are to be shown.
    """

    draw_requested = Signal(int)
    show_requested = Signal()

    def __init__(self, rest: int, doubtful: int, newest: AuditResult | None, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Audit the rest"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._rest = rest
        words = tr("Of {rest} that are done and not reviewed none is doubtful.")
        if doubtful:
            words = tr(
                "{rest} are done, not reviewed and not doubtful; {doubtful} are doubtful: read these one by one."
            )
        worth = tr("Rows drawn at random say what those are worth that nobody reads.")
        told = words.format(rest=tr_counted(rest, "row"), doubtful=count(doubtful))
        self.about = QLabel(f"{told} {worth}")
        self.rows = inset(QSpinBox())
        self.rows.setRange(1, max(rest, 1))
        self.rows.setValue(min(USUAL_ROWS, max(rest, 1)))
        self.rows.setAccessibleName(tr("Rows to read"))
        self.worth = QLabel()
        self.worth.setAccessibleName(tr("What that would be worth"))
        self.newest = QLabel("" if newest is None else "\n".join([audit_text(newest), *class_lines(newest)]))
        self.newest.setProperty("muted", "true")
        self.newest.setVisible(newest is not None)
        self.draw = narrow_button(tr("Draw"), "", tr("Draw these rows, and show them"))
        self.draw.setProperty("primary", "true")
        self.draw.setEnabled(rest > 0)
        self.draw.clicked.connect(self._draw)
        self.again = narrow_button(tr("Show the last one"), "", tr("Show the rows of the newest audit"))
        self.again.setVisible(newest is not None)
        self.again.clicked.connect(self._show)
        self.leave = narrow_button(tr("Cancel"), "close", tr("Leave everything as it is (Escape)"))
        self.leave.clicked.connect(self.reject)
        for button in (self.again, self.leave):
            button.setAutoDefault(False)  # else Return would take the first of all buttons, hidden or not
        self.draw.setDefault(True)
        self.rows.valueChanged.connect(lambda _: self._show_worth())
        self._lay_out()
        self._show_worth()

    def _show_worth(self) -> None:
        read = self.rows.value()
        result = GroupResult(self._rest, read, 0, most_wrong(0, read, self._rest)) if self._rest else None
        self.worth.setText("" if result is None else tr("Without a fault: {said}").format(said=group_text(result)))

    def _draw(self) -> None:
        self.accept()
        self.draw_requested.emit(self.rows.value())

    def _show(self) -> None:
        self.accept()
        self.show_requested.emit()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(9)
        asked = QHBoxLayout()
        asked.addWidget(QLabel(tr("Rows to read:")))
        asked.addWidget(self.rows)
        asked.addStretch(1)
        buttons = QHBoxLayout()
        buttons.addWidget(self.again)
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.draw)
        for label in (self.about, self.worth, self.newest):
            label.setWordWrap(True)
            label.setTextFormat(Qt.TextFormat.PlainText)
        layout.addWidget(self.about)
        layout.addLayout(asked)
        layout.addWidget(self.worth)
        layout.addWidget(self.newest)
        layout.addLayout(buttons)
        self.setMinimumWidth(470)
