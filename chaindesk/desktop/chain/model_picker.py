"""Chooses a model for a step from what its provider offers; any other name can be typed."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QCompleter, QHBoxLayout, QLabel, QPushButton, QToolButton, QWidget

from chaindesk.desktop.chain.model_cache import ModelList
from chaindesk.desktop.ui import icons
from chaindesk.formatting import count


class ModelPicker(QWidget):
    """A provider, its models, and a button that puts one into the step at the cursor.

    Signals:
        provider_chosen: a provider's name: its models are wanted.
        refresh_requested: a provider's name: its models are to be asked for again.
        used: a model reference, such as ``openai/gpt-6.1-mini``.
    """

    provider_chosen = Signal(str)
    refresh_requested = Signal(str)
    used = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.provider = QComboBox()
        self.provider.setAccessibleName("Provider")
        self.provider.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.model = QComboBox()
        self.model.setAccessibleName("Model")
        self.model.setEditable(True)
        self.model.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.model.setMinimumWidth(230)
        field = self.model.lineEdit()
        if field is not None:
            field.setPlaceholderText("choose or type a model")
        completer = QCompleter(self.model.model(), self.model)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.model.setCompleter(completer)
        self.use = QPushButton("Use in this step")
        self.use.setToolTip("Write the model into the step at the cursor")
        self.use.setAutoDefault(False)
        self.again = QToolButton()
        self.again.setAccessibleName("Ask for the models again")
        self.again.setToolTip("Ask the provider for its models again")
        icons.give(self.again, "retry")
        self.state = QLabel()
        self.state.setAccessibleName("What is known of the models")
        self.state.setProperty("muted", "true")
        self.state.setWordWrap(True)
        self.state.setTextFormat(Qt.TextFormat.PlainText)
        self._lay_out()
        self.provider.currentTextChanged.connect(self._choose)
        self.again.clicked.connect(lambda: self.refresh_requested.emit(self.provider.currentText()))
        self.use.clicked.connect(self._use)
        self.model.currentTextChanged.connect(lambda text: self.use.setEnabled(bool(text.strip())))
        self.use.setEnabled(False)

    def offer(self, providers: Sequence[str]) -> None:
        """Offer these providers; the one that is chosen stays where it is among them."""
        chosen = self.provider.currentText()
        if [self.provider.itemText(index) for index in range(self.provider.count())] == list(providers):
            return
        self.provider.blockSignals(True)
        self.provider.clear()
        self.provider.addItems(list(providers))
        self.provider.blockSignals(False)
        if chosen in providers:
            self.provider.setCurrentText(chosen)
        elif providers:
            self._choose(providers[0])

    def show_list(self, provider: str, known: ModelList) -> None:
        """Show what is known of a provider's models, where it is the one that is chosen."""
        if provider != self.provider.currentText():
            return
        typed = self.model.currentText()
        self.model.blockSignals(True)
        self.model.clear()
        self.model.addItems(list(known.names or ()))
        self.model.setCurrentIndex(-1)
        self.model.setEditText(typed)
        self.model.blockSignals(False)
        self.again.setEnabled(not known.asking)
        if known.asking:
            self.state.setText(f"Asking {provider} for its models…")
        elif known.error:
            self.state.setText(f"⚠ {known.error} A name can be typed all the same.")
        elif known.names is not None:
            self.state.setText(count(len(known.names), "model"))

    def _choose(self, provider: str) -> None:
        self.model.clear()
        self.model.setEditText("")
        self.state.clear()
        if provider:
            self.provider_chosen.emit(provider)

    def _use(self) -> None:
        name = self.model.currentText().strip()
        if name:
            self.used.emit(f"{self.provider.currentText()}/{name}")

    def _lay_out(self) -> None:
        label = QLabel("Models of")
        label.setBuddy(self.provider)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        for widget in (label, self.provider, self.model, self.again, self.use):
            layout.addWidget(widget)
        layout.addWidget(self.state, 1)
