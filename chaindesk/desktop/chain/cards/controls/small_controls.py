"""Controls of one line, which tell what was typed in them only when the focus leaves them."""

from __future__ import annotations

from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QWidget


def take_in_typing(area: QWidget, *, but: QWidget) -> None:
    """Let the control of an area that has the focus tell what is typed in it, as if it was left; ``but`` this one."""
    focused = QApplication.focusWidget()
    small = isinstance(focused, QLineEdit | QAbstractSpinBox | QComboBox)
    if focused is not None and small and focused is not but and area.isAncestorOf(focused):
        focused.clearFocus()
        focused.setFocus()
