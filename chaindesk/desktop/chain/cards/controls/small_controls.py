"""Small controls, which tell what was typed in them only when the focus leaves them."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QWidget

from chaindesk.desktop.chain.cards.controls.field_controls import LinesEdit
from chaindesk.desktop.chain.cards.prompt_edit import is_history_key


def take_in_typing(area: QWidget, *, but: QWidget) -> None:
    """Let the control of an area that has the focus tell what is typed in it, as if it was left; ``but`` this one."""
    focused = QApplication.focusWidget()
    small = isinstance(focused, QLineEdit | QAbstractSpinBox | QComboBox | LinesEdit)
    if focused is not None and small and focused is not but and area.isAncestorOf(focused):
        focused.clearFocus()
        focused.setFocus()


class ControlFilter(QObject):
    """Leaves undo to the chain's history, and the wheel to the cards around a control that has no focus."""

    def watch(self, area: QWidget) -> None:
        """Look after every control that is in an area now."""
        for widget in area.findChildren(QWidget):
            widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Stop what is not for the control."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and is_history_key(event):
            event.ignore()
            return True
        if (
            event.type() == QEvent.Type.Wheel
            and isinstance(watched, QComboBox | QAbstractSpinBox)
            and not watched.hasFocus()
        ):
            event.ignore()
            return True
        return super().eventFilter(watched, event)
