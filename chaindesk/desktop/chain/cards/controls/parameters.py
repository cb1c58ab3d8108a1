"""The parameters of a step's calls as controls, each of which can also be left to the provider."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from chaindesk.chain_file import describe
from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.layout.spin_boxes import inset
from chaindesk.desktop.ui.layout.text_widths import fit_text
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop

PARAMETERS = ("max_output_tokens", "temperature", "top_p", "seed", "reasoning_effort", "output")
_EFFORTS = ("", "minimal", "low", "medium", "high")
_LABELS = {
    "max_output_tokens": tr_noop("Most tokens of an answer"),
    "temperature": tr_noop("Temperature"),
    "top_p": tr_noop("Top p"),
    "seed": tr_noop("Seed"),
    "reasoning_effort": tr_noop("Reasoning effort"),
    "output": tr_noop("Name of the column"),
}


class ParameterControls(QWidget):
    """Shows and changes a step's parameters.

    Signals:
        changed: a parameter's key in the chain file, and its value, or None where the provider's own is wanted.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        own = tr("provider's own")
        self.max_output_tokens = inset(QSpinBox(minimum=0, maximum=10_000_000, singleStep=100))
        self.temperature = inset(QDoubleSpinBox(minimum=-0.1, maximum=2.0, singleStep=0.1, decimals=2))
        self.top_p = inset(QDoubleSpinBox(minimum=0.0, maximum=1.0, singleStep=0.05, decimals=2))
        self.seed = QLineEdit()
        self.seed.setPlaceholderText(own)
        self.reasoning_effort = QComboBox()
        self.reasoning_effort.setEditable(True)
        self.reasoning_effort.addItems(list(_EFFORTS))
        effort = self.reasoning_effort.lineEdit()
        if effort is not None:
            effort.setPlaceholderText(own)
        self.output = QLineEdit()
        self.output.setPlaceholderText(tr("the step's name"))
        self._shown: Mapping[str, Any] = {}
        for key in ("max_output_tokens", "temperature", "top_p"):
            spin: QSpinBox | QDoubleSpinBox = getattr(self, key)
            spin.setSpecialValueText(own)
            spin.setKeyboardTracking(False)
            spin.setButtonSymbols(QAbstractSpinBox.ButtonSymbols.UpDownArrows)
            spin.valueChanged.connect(partial(self._spun, key, spin))
        for key in ("seed", "output"):
            line: QLineEdit = getattr(self, key)
            line.editingFinished.connect(partial(self._typed, key, line))
        if effort is not None:
            effort.editingFinished.connect(partial(self._typed, "reasoning_effort", effort))
        self.reasoning_effort.activated.connect(lambda _: self._typed("reasoning_effort", effort))
        self._lay_out()

    def show_values(self, values: Mapping[str, Any], fixed: frozenset[str]) -> None:
        """Show the parameters of a step as its text says them; ``fixed`` ones cannot be changed here."""
        self._shown = values
        for key in PARAMETERS:
            control: QWidget = getattr(self, key)
            control.setEnabled(key not in fixed)
            control.blockSignals(True)
            value = values.get(key)
            number = value if isinstance(value, int | float) and not isinstance(value, bool) else None
            if isinstance(control, QSpinBox):
                control.setValue(control.minimum() if number is None else int(number))
            elif isinstance(control, QDoubleSpinBox):
                control.setValue(control.minimum() if number is None else float(number))
            elif isinstance(control, QComboBox):
                control.setEditText("" if value is None else str(value))
            elif isinstance(control, QLineEdit) and not control.hasFocus():
                control.setText("" if value is None else str(value))
            control.blockSignals(False)

    def _spun(self, key: str, spin: QSpinBox | QDoubleSpinBox, *_: object) -> None:
        value = None if spin.value() == spin.minimum() else spin.value()
        self._tell(key, round(value, 4) if isinstance(value, float) else value)

    def _typed(self, key: str, line: QLineEdit | None) -> None:
        text = line.text().strip() if line is not None else ""
        if key == "seed" and text and not text.removeprefix("-").isdecimal():
            if line is not None:
                line.setText(str(self._shown.get("seed", "")))
            return
        self._tell(key, int(text) if key == "seed" and text else text or None)

    def _tell(self, key: str, value: object) -> None:
        if value != self._shown.get(key):
            self._shown = {**self._shown, key: value}
            self.changed.emit(key, value)

    def _lay_out(self) -> None:
        flow = FlowLayout(self, spacing=8, even=True)
        for key in PARAMETERS:
            control: QSpinBox | QDoubleSpinBox | QLineEdit | QComboBox = getattr(self, key)
            control.setAccessibleName(tr(_LABELS[key]))
            control.setToolTip(html_text(describe(("steps", key))))
            label = QLabel(tr(_LABELS[key]))
            label.setBuddy(control)
            label.setToolTip(control.toolTip())
            label.setProperty("muted", "true")
            cell = QWidget()
            cell.setObjectName("plain")
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(label)
            column.addWidget(control)
            fit_text(control)
            flow.addWidget(cell)
