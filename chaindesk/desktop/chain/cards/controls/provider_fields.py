"""What a chain says of its providers, one at a time: address, key's variable and limits as controls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from chaindesk.desktop.chain.cards.controls.more_fields import MoreFields
from chaindesk.desktop.chain.reading import ChainReading
from chaindesk.desktop.ui.layout.text_widths import fit_text
from chaindesk.desktop.ui.translation import tr


class ProviderFields(QWidget):
    """Shows and changes them.

    Signals:
        changed: the path of a field, such as ``("providers", "lab", "base_url")``, and its value or None.
    """

    changed = Signal(object, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._providers: Mapping[str, Any] = {}
        self.provider = QComboBox()
        self.provider.setAccessibleName(tr("Provider whose settings are shown"))
        self.provider.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.provider.setMinimumContentsLength(10)
        self.new_name = QLineEdit()
        self.new_name.setAccessibleName(tr("Name of a server of your own"))
        self.new_name.setPlaceholderText(tr("own server's name, then Return"))
        fit_text(self.new_name)
        self.fields = MoreFields("providers.NAME.", lambda key: "NAME" not in key and "[]" not in key)
        self.also = QLabel()
        self.also.setProperty("muted", "true")
        self.also.setTextFormat(Qt.TextFormat.PlainText)
        self.also.setWordWrap(True)
        line = QHBoxLayout()
        line.addWidget(self.provider, 1)
        line.addWidget(self.new_name, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(line)
        layout.addWidget(self.fields)
        layout.addWidget(self.also)
        self.provider.activated.connect(lambda _: self._show_fields())
        self.new_name.editingFinished.connect(self._name_server)
        self.fields.changed.connect(self._tell)

    @property
    def unsaved(self) -> bool:
        """Return whether something is typed that cannot be taken into the text."""
        return self.fields.unsaved

    def show_providers(self, reading: ChainReading) -> None:
        """Show the providers that the chain names: in its steps' models, and below providers."""
        given = reading.values.get("providers")
        self._providers = given if isinstance(given, dict) else {}
        asked = [str(step.values.get("model") or "").partition("/")[0] for step in reading.steps]
        chosen = self.provider.currentText()
        own = [chosen] if chosen else []  # one that was just named has no settings yet
        names = list(dict.fromkeys(filter(None, [*asked, *self._providers, *own])))
        if [self.provider.itemText(at) for at in range(self.provider.count())] != names:
            self.provider.clear()
            self.provider.addItems(names)
            self.provider.setCurrentIndex(max(self.provider.findText(chosen), 0))
        self._show_fields()

    def _show_fields(self) -> None:
        values = self._providers.get(self.provider.currentText())
        values = values if isinstance(values, dict) else {}
        self.fields.show_values(values)
        self.fields.setEnabled(self.provider.count() > 0)
        others = [key for key in values if key not in self.fields.keys]
        self.also.setText(tr("In the YAML, and kept as it is: {names}.").format(names=", ".join(others)))
        self.also.setVisible(bool(others))

    def _name_server(self) -> None:
        name = self.new_name.text().strip()
        if not name:
            return
        self.new_name.clear()
        if self.provider.findText(name) < 0:
            self.provider.addItem(name)
        self.provider.setCurrentIndex(self.provider.findText(name))
        self._show_fields()

    def _tell(self, key: str, value: object) -> None:
        self.changed.emit(("providers", self.provider.currentText(), *key.split(".")), value)
