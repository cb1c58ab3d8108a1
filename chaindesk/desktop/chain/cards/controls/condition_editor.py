"""When a step runs, as controls: always, or only in rows where a column or an earlier output is this or that."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QWidget

from chaindesk.desktop.ui.translation import tr, tr_noop

# The words of a test, its key in the chain file, and its value where it takes none.
_TESTS: tuple[tuple[str, str, bool | None], ...] = (
    (tr_noop("is"), "equals", None),
    (tr_noop("is not"), "not_equals", None),
    (tr_noop("contains"), "contains", None),
    (tr_noop("is blank"), "blank", True),
    (tr_noop("is not blank"), "blank", False),
)


class ConditionEditor(QWidget):
    """Shows and changes a step's condition.

    Signals:
        changed: the condition as it stands in a chain file, or None for always.
    """

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.subject = QComboBox()
        self.subject.setAccessibleName(tr("What decides whether the step runs"))
        self.subject.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.subject.setMinimumContentsLength(10)
        self.test = QComboBox()
        self.test.setAccessibleName(tr("Test"))
        for words, _, _ in _TESTS:
            self.test.addItem(tr(words))
        self.value = QLineEdit()
        self.value.setMinimumWidth(60)
        self.value.setAccessibleName(tr("Value"))
        self.value.setPlaceholderText(tr("value"))
        self._shown: Any = None
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        label = QLabel(tr("Run"))
        label.setBuddy(self.subject)
        layout.addWidget(label)
        layout.addWidget(self.subject, 2)
        layout.addWidget(self.test, 1)
        layout.addWidget(self.value, 2)
        self.subject.activated.connect(lambda _: self._tell())
        self.test.activated.connect(lambda _: self._tell())
        self.value.editingFinished.connect(self._tell)

    def show_condition(self, condition: Any, columns: Sequence[str], outputs: Sequence[str]) -> None:
        """Show a condition as the text says it, and offer these names."""
        self._shown = condition
        self.subject.clear()
        self.subject.addItem(tr("always"), None)
        for name in columns:
            self.subject.addItem(tr("if the column {name}").format(name=name), ("column", name))
        for name in outputs:
            self.subject.addItem(tr("if the output {name}").format(name=name), ("step", name))
        given = condition if isinstance(condition, Mapping) else {}
        kind = "step" if "step" in given else "column"
        if isinstance(given.get(kind), str):
            subject = (kind, given[kind])
            place = next((at for at in range(1, self.subject.count()) if self.subject.itemData(at) == subject), -1)
            if place < 0:
                self.subject.addItem(tr("if {name}").format(name=given[kind]), subject)
                place = self.subject.count() - 1
            self.subject.setCurrentIndex(place)
        for at, (_, key, value) in enumerate(_TESTS):
            if key in given and (value is None or given[key] is value):
                self.test.setCurrentIndex(at)
                if value is None and not self.value.hasFocus():
                    self.value.setText(str(given[key] if given[key] is not None else ""))
        self._show_controls()

    def condition(self) -> dict[str, Any] | None:
        """Return what is chosen, as it stands in a chain file; None for always."""
        subject = self.subject.currentData()
        if subject is None:
            return None
        kind, name = subject
        _, key, value = _TESTS[self.test.currentIndex()]
        return {kind: name, key: self.value.text() if value is None else value}

    def _tell(self) -> None:
        self._show_controls()
        condition = self.condition()
        if condition != self._shown:
            self._shown = condition
            self.changed.emit(condition)

    def _show_controls(self) -> None:
        chosen = self.subject.currentData() is not None
        self.test.setVisible(chosen)
        self.value.setVisible(chosen and _TESTS[self.test.currentIndex()][2] is None)
