"""How wide a control is at least, so that what it says where nothing is typed is not cut, in any language."""

from __future__ import annotations

from PySide6.QtCore import QRect
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QLineEdit,
    QStyle,
    QStyleOptionComboBox,
    QStyleOptionFrame,
    QStyleOptionSpinBox,
    QWidget,
)

_PROBE = QRect(0, 0, 400, 40)
_CURSOR_PX = 6  # the cursor, and what a line edit keeps free at either end


def fit_text(control: QLineEdit | QAbstractSpinBox | QComboBox) -> None:
    """Make a control wide enough for its placeholder, or the text that stands for no value."""
    control.ensurePolished()
    texts, frame, margins = _parts(control)
    widest = max((control.fontMetrics().horizontalAdvance(text) for text in texts), default=0)
    control.setMinimumWidth(widest + frame + margins + _CURSOR_PX)


def _parts(control: QWidget) -> tuple[list[str], int, int]:
    """Return the texts of a control, and how much of its width is its frame, and its text's margins."""
    style = control.style()
    if isinstance(control, QAbstractSpinBox):
        option = QStyleOptionSpinBox()
        control.initStyleOption(option)
        option.rect = _PROBE
        inside = style.subControlRect(
            QStyle.ComplexControl.CC_SpinBox, option, QStyle.SubControl.SC_SpinBoxEditField, control
        )
        return [control.specialValueText()], _PROBE.width() - inside.width(), _margins(control.lineEdit())
    if isinstance(control, QComboBox):
        box = QStyleOptionComboBox()
        control.initStyleOption(box)
        box.rect = _PROBE
        inside = style.subControlRect(
            QStyle.ComplexControl.CC_ComboBox, box, QStyle.SubControl.SC_ComboBoxEditField, control
        )
        line = control.lineEdit()
        texts = [line.placeholderText()] if line is not None else []
        items = [control.itemText(place) for place in range(control.count())]
        return [*texts, *items], _PROBE.width() - inside.width(), _margins(line)
    if isinstance(control, QLineEdit):
        frame = QStyleOptionFrame()
        control.initStyleOption(frame)
        frame.rect = _PROBE
        inside = style.subElementRect(QStyle.SubElement.SE_LineEditContents, frame, control)
        return [control.placeholderText()], _PROBE.width() - inside.width(), _margins(control)
    return [], 0, 0


def _margins(line: QLineEdit | None) -> int:
    if line is None:
        return 0
    margins = line.textMargins()
    return margins.left() + margins.right()
