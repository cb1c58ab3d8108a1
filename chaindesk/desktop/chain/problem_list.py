"""The mistakes of a chain and what else is worth knowing of it, each of which leads to its place."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.errors import Problem

_MAX_HEIGHT_PX = 110
_MAX_ROWS_MEASURED = 6  # more fill the height in any case


class ProblemList(QListWidget):
    """Shows problems.

    Signals:
        chosen: a ``Problem``: its place is wanted.
    """

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Mistakes"))
        self._shown: tuple[Sequence[Problem], Sequence[Problem]] = ((), ())
        self.hide()
        self.setWordWrap(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for signal in (self.itemActivated, self.itemClicked):
            signal.connect(lambda item: self.chosen.emit(item.data(Qt.ItemDataRole.UserRole)))

    def show_problems(self, problems: Sequence[Problem], hints: Sequence[Problem]) -> None:
        """Show mistakes, then hints; none of both hides the list."""
        if (problems, hints) == self._shown:
            return
        self._shown = (problems, hints)
        self.clear()
        for mark, listed in (("✕", problems), ("?", hints)):
            for problem in listed:
                place = tr("Line {number}: ").format(number=problem.line) if problem.line else ""
                item = QListWidgetItem(f"{mark} {place}{problem.message}")
                item.setData(Qt.ItemDataRole.UserRole, problem)
                self.addItem(item)
        self.setVisible(bool(problems or hints))
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words in other lines want another height."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Take no more room than the words need."""
        wanted = (
            sum(self.sizeHintForRow(row) for row in range(min(self.count(), _MAX_ROWS_MEASURED)))
            + 2 * self.frameWidth()
            + 4
        )
        self.setFixedHeight(min(wanted, _MAX_HEIGHT_PX))
