"""What a chain says beside its steps, as far as a line has room for it: its name, the ID column, rows at once."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QSpinBox, QVBoxLayout, QWidget

from chaindesk.chain_file import describe
from chaindesk.desktop.chain.reading import ChainReading
from chaindesk.desktop.ui.spin_boxes import inset
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr
from chaindesk.domain.chain import MAX_CONCURRENCY

_SHOWN_KEYS = frozenset({"name", "id_column", "concurrency", "steps"})


class ChainSettings(QWidget):
    """Shows and changes them.

    Signals:
        changed: a key of the chain file, and its value, or None where it is to be taken away.
    """

    changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._values: dict[str, object] = {}
        self.name = QLineEdit()
        self.id_column = QComboBox()
        self.id_column.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.id_column.setMinimumContentsLength(10)
        self.concurrency = inset(QSpinBox(minimum=0, maximum=MAX_CONCURRENCY))
        self.concurrency.setSpecialValueText(tr("usual"))
        self.concurrency.setKeyboardTracking(False)
        self.also = QLabel()
        self.also.setProperty("muted", "true")
        self.also.setTextFormat(Qt.TextFormat.PlainText)
        self.also.setWordWrap(True)
        line = QGridLayout()
        line.setHorizontalSpacing(8)
        line.setVerticalSpacing(2)
        controls: tuple[tuple[str, str, QWidget, int], ...] = (
            (tr("Name of the chain"), "name", self.name, 3),
            (tr("ID column"), "id_column", self.id_column, 2),
            (tr("Rows at once"), "concurrency", self.concurrency, 1),
        )
        for column, (words, key, widget, stretch) in enumerate(controls):
            widget.setAccessibleName(words)
            widget.setToolTip(html_text(describe(key)))
            label = QLabel(words)
            label.setProperty("muted", "true")
            label.setBuddy(widget)
            line.addWidget(label, 0, column)
            line.addWidget(widget, 1, column)
            line.setColumnStretch(column, stretch)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(line)
        layout.addWidget(self.also)
        self.name.editingFinished.connect(lambda: self._tell("name", self.name.text().strip()))
        self.id_column.activated.connect(lambda _: self._tell("id_column", self.id_column.currentData()))
        self.concurrency.valueChanged.connect(lambda rows: self._tell("concurrency", rows or None))

    def show_settings(self, reading: ChainReading) -> None:
        """Show what a chain says."""
        values = self._values = dict(reading.values)
        if not self.name.hasFocus():
            self.name.setText(str(values.get("name") or ""))
        chosen = values.get("id_column")
        self.id_column.clear()
        self.id_column.addItem(tr("none: row numbers"), None)
        for name in dict.fromkeys([*reading.columns, *([chosen] if isinstance(chosen, str) else [])]):
            self.id_column.addItem(name, name)
        self.id_column.setCurrentIndex(max(self.id_column.findData(chosen), 0) if chosen else 0)
        rows = values.get("concurrency")
        self.concurrency.blockSignals(True)
        self.concurrency.setValue(rows if isinstance(rows, int) else 0)
        self.concurrency.blockSignals(False)
        others = [key for key in values if key not in _SHOWN_KEYS]
        self.also.setText(tr("In the YAML, and kept as it is: {names}.").format(names=", ".join(others)))
        self.also.setVisible(bool(others))

    def _tell(self, key: str, value: object) -> None:
        if key == "name" and not value:
            self.name.setText(str(self._values.get("name") or ""))
        elif value != self._values.get(key):
            self._values[key] = value
            self.changed.emit(key, value)
