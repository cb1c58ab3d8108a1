"""Says that steps are written in brackets, in which cards can change little, and offers to write them as lines."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QWidget

from chaindesk.desktop.ui.translation import tr


class BracketsNote(QWidget):
    """A note with one button.

    Signals:
        lines_requested: the steps are to be written as lines.
    """

    lines_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        words = QLabel(tr("The steps are written in brackets: they cannot be moved, copied or added to here."))
        words.setWordWrap(True)
        words.setTextFormat(Qt.TextFormat.PlainText)
        self.write = QPushButton(tr("Write them as lines"))
        self.write.setAutoDefault(False)
        self.write.setToolTip(tr("Writes each step and each of its fields in a line of its own; comments are kept"))
        self.write.clicked.connect(self.lines_requested)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 4)
        layout.addWidget(words, 1)
        layout.addWidget(self.write)
        self.hide()
