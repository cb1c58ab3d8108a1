"""What a chain says beside its steps: its name, ID column, rows at once, and behind buttons what few chains need."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QPushButton, QSpinBox, QVBoxLayout, QWidget

from chaindesk.chain_file import describe
from chaindesk.desktop.chain.cards.controls.more_fields import MoreFields
from chaindesk.desktop.chain.cards.controls.provider_fields import ProviderFields
from chaindesk.desktop.chain.cards.controls.small_controls import ControlFilter
from chaindesk.desktop.chain.reading import ChainReading
from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.layout.spin_boxes import inset
from chaindesk.desktop.ui.layout.text_widths import fit_text
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.chains.chain import MAX_CONCURRENCY

_SHOWN_KEYS = frozenset({"name", "id_column", "concurrency", "steps", "providers"})
_SECTIONS = {"more": tr_noop("More"), "providers": tr_noop("Providers")}


class ChainSettings(QWidget):
    """Shows and changes them.

    Signals:
        changed: the path of a field of the chain file, and its value, or None where it is to be taken away.
    """

    changed = Signal(object, object)

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
        self.more = MoreFields("", _is_for_more)
        self.providers = ProviderFields()
        self.sections: dict[str, QPushButton] = {}
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
        layout.addWidget(self._section_buttons())
        layout.addWidget(self.more)
        layout.addWidget(self.providers)
        layout.addWidget(self.also)
        fit_text(self.concurrency)
        self.name.editingFinished.connect(lambda: self._tell("name", self.name.text().strip()))
        self.id_column.activated.connect(lambda _: self._tell("id_column", self.id_column.currentData()))
        self.concurrency.valueChanged.connect(lambda rows: self._tell("concurrency", rows or None))
        self.more.changed.connect(lambda key, value: self.changed.emit(tuple(key.split(".")), value))
        self.providers.changed.connect(self.changed)
        ControlFilter(self).watch(self)

    @property
    def unsaved(self) -> bool:
        """Return whether something is typed that cannot be taken into the text."""
        return self.more.unsaved or self.providers.unsaved

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
        metrics = self.id_column.fontMetrics()  # whose unit here is the width of an X
        whole = metrics.horizontalAdvance(self.id_column.itemText(0)) // metrics.horizontalAdvance("X") + 1
        self.id_column.setMinimumContentsLength(whole)
        self.id_column.setCurrentIndex(max(self.id_column.findData(chosen), 0) if chosen else 0)
        rows = values.get("concurrency")
        self.concurrency.blockSignals(True)
        self.concurrency.setValue(rows if isinstance(rows, int) else 0)
        self.concurrency.blockSignals(False)
        self.more.show_values(values)
        self.providers.show_providers(reading)
        for key, used in (("more", bool(self.more.keys & values.keys())), ("providers", "providers" in values)):
            words = tr(_SECTIONS[key])
            self.sections[key].setText(f"{words} •" if used else words)
        others = [key for key in values if key not in _SHOWN_KEYS | self.more.keys]
        self.also.setText(tr("In the YAML, and kept as it is: {names}.").format(names=", ".join(others)))
        self.also.setVisible(bool(others))

    def _section_buttons(self) -> QWidget:
        place = QWidget()
        place.setObjectName("plain")
        flow = FlowLayout(place, spacing=6)
        for key, panel, tip in (
            ("more", self.more, tr("Tries of a call that fails, columns about the run, and what else few chains need")),
            ("providers", self.providers, tr("Servers of your own, and limits of those that the chain asks")),
        ):
            button = QPushButton(tr(_SECTIONS[key]))
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("chip", "true")
            button.setToolTip(tip)
            button.toggled.connect(panel.setVisible)
            panel.hide()
            flow.addWidget(button)
            self.sections[key] = button
        return place

    def _tell(self, key: str, value: object) -> None:
        if key == "name" and not value:
            self.name.setText(str(self._values.get("name") or ""))
        elif value != self._values.get(key):
            self._values[key] = value
            self.changed.emit((key,), value)


def _is_for_more(key: str) -> bool:
    """Return whether a field of the chain is shown among those that few chains need."""
    return key.partition(".")[0] not in _SHOWN_KEYS and not key.startswith("steps[]") and "[]" not in key
