"""Judgements and edits as steps that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from PySide6.QtGui import QUndoCommand

Value = TypeVar("Value")


class Change(QUndoCommand, Generic[Value]):
    """Sets a value, and sets the one before when it is undone."""

    def __init__(self, text: str, put: Callable[[Value], object], before: Value, after: Value) -> None:
        super().__init__(text)
        self._put, self._before, self._after = put, before, after

    def redo(self) -> None:
        """Set the new value."""
        self._put(self._after)

    def undo(self) -> None:
        """Set the value before."""
        self._put(self._before)
