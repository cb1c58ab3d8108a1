"""The steps of a row as tabs, each with a mark of how its output stands."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSignalBlocker
from PySide6.QtWidgets import QTabBar, QWidget

from chaindesk.desktop.ui.translation import tr
from chaindesk.engine.answers.row_history import OutputState, StepOutput

_MARKS = {OutputState.STALE: "↻ ", OutputState.SKIPPED: "– "}


class StepTabs(QTabBar):
    """Shows one tab for each output."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Steps"))
        self.setExpanding(False)
        self.setUsesScrollButtons(True)

    def show_outputs(self, outputs: Sequence[StepOutput], chosen: int) -> None:
        """Show a tab for each of these, and choose one without a signal; what is the same stays."""
        texts = list(map(_text, outputs))
        with QSignalBlocker(self):
            while self.count() > len(texts):
                self.removeTab(self.count() - 1)
            for place, text in enumerate(texts):
                if place >= self.count():
                    self.addTab(text)
                elif text != self.tabText(place):
                    self.setTabText(place, text)
            self.setCurrentIndex(min(max(chosen, 0), self.count() - 1))
        self.setVisible(bool(outputs))


def _text(output: StepOutput) -> str:
    edited = output.answer is not None and output.answer.by_hand
    return f"{_MARKS.get(output.state, '✎ ' if edited else '')}{output.step}"
