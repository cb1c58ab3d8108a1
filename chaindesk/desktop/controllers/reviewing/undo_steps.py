"""The undo stack of reviews and edits: what is undone is named, and its rows are shown."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from PySide6.QtCore import QObject
from PySide6.QtGui import QUndoCommand

from chaindesk.desktop.main_window import MainWindow
from chaindesk.desktop.ui.translation import tr

Value = TypeVar("Value")
Report = Callable[[str, Sequence[int]], object]


class UndoSteps(QObject):
    """Ties Undo and Redo to the window's stack."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        a, undo = window.actions_, window.undo
        a.undo.triggered.connect(undo.undo)
        a.redo.triggered.connect(undo.redo)
        undo.canUndoChanged.connect(a.undo.setEnabled)
        undo.canRedoChanged.connect(a.redo.setEnabled)
        a.undo.setEnabled(False)
        a.redo.setEnabled(False)

    def push(
        self,
        text: str,
        rows: Sequence[int],
        put: Callable[[Value], object],
        before: Value,
        after: Value,
        *,
        done: bool = False,
    ) -> None:
        """Set a value by ``put``, so that it can be undone.

        Args:
            text: names the step.
            rows: the sheet rows that it changes.
            put: sets a value.
            before: the value that it has.
            after: the value that it is to have.
            done: whether it has that already.
        """
        self._window.undo.push(_Step(text, rows, put, before, after, self._report, done=done))

    def _report(self, text: str, rows: Sequence[int]) -> None:
        self._window.table.select_rows(rows)
        self._window.progress_strip.show_note(text)


class _Step(QUndoCommand, Generic[Value]):
    """Sets a value, and sets the one before when it is undone."""

    def __init__(
        self,
        text: str,
        rows: Sequence[int],
        put: Callable[[Value], object],
        before: Value,
        after: Value,
        report: Report,
        *,
        done: bool,
    ) -> None:
        super().__init__(text)
        self._rows, self._put, self._before, self._after, self._report = rows, put, before, after, report
        self._undone = False
        self._done = done

    def redo(self) -> None:
        """Set the new value."""
        if not self._done:
            self._put(self._after)
        self._done = False
        if self._undone:
            self._report(tr("Done again: {step}.").format(step=self.text()), self._rows)

    def undo(self) -> None:
        """Set the value before."""
        self._put(self._before)
        self._undone = True
        self._report(tr("Undone: {step}.").format(step=self.text()), self._rows)
