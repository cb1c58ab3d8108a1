"""Asks for a few words, with choices for the usual ones: why a row is rejected, what a model is to change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from chaindesk.desktop.ui.buttons import narrow_button
from chaindesk.desktop.ui.translation import tr


class WordsDialog(QDialog):
    """Asks for words. A digit takes a choice as long as nothing is typed; Return takes what is written.

    Signals:
        given: the words, never "".
    """

    given = Signal(str)

    def __init__(self, title: str, question: str, choices: Sequence[str], accept: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        label = QLabel(question)
        label.setWordWrap(True)
        self.text = _WordsEdit()
        self.text.setAccessibleName(title)
        self.text.setPlaceholderText(tr("Your own words (Return takes them, Shift+Return begins a line)"))
        self.text.setTabChangesFocus(True)
        self.text.setFixedHeight(96)
        self.choices = [QPushButton(f"{number}  {words}") for number, words in enumerate(choices, 1)]
        for button, words in zip(self.choices, choices, strict=True):
            button.setAutoDefault(False)
            button.clicked.connect(partial(self._give, words))
        self.accept_button = narrow_button(accept, "", accept)
        self.accept_button.setProperty("primary", "true")
        self.accept_button.clicked.connect(self._give_text)
        self.leave = narrow_button(tr("Cancel"), "close", tr("Leave everything as it is (Escape)"))
        self.leave.clicked.connect(self.reject)
        self.text.taken.connect(self._give_text)
        self.text.digit.connect(self._choose)
        self.text.textChanged.connect(self._show_possible)
        self._lay_out(label)
        self._show_possible()
        self.text.setFocus()

    def _choose(self, number: int) -> None:
        if number <= len(self.choices):
            self.choices[number - 1].click()

    def _give_text(self) -> None:
        self._give(self.text.toPlainText().strip())

    def _give(self, words: str, *_: object) -> None:
        if words:
            self.accept()
            self.given.emit(words)

    def _show_possible(self) -> None:
        self.accept_button.setEnabled(bool(self.text.toPlainText().strip()))

    def _lay_out(self, label: QLabel) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 12, 14, 12)
        layout.setSpacing(9)
        layout.addWidget(label)
        rows = [self.choices[start : start + 3] for start in range(0, len(self.choices), 3)]
        for row in rows:
            line = QHBoxLayout()
            line.setSpacing(6)
            for button in row:
                line.addWidget(button)
            line.addStretch(1)
            layout.addLayout(line)
        layout.addWidget(self.text)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.leave)
        buttons.addWidget(self.accept_button)
        layout.addLayout(buttons)
        self.setMinimumWidth(430)


class _WordsEdit(QPlainTextEdit):
    """A few lines of text: Return takes them, a digit before any other letter chooses.

    Signals:
        taken: the text is complete.
        digit: a digit from 1 on was pressed while nothing was written.
    """

    taken = Signal()
    digit = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take, choose, or write."""
        returned = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if returned and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.taken.emit()
        elif event.text() in "123456789" and event.text() and not self.toPlainText():
            self.digit.emit(int(event.text()))
        else:
            super().keyPressEvent(event)
