"""What is compared with the chain that is open, and on how many rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from PySide6.QtCore import QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QSpinBox, QWidget

from chaindesk.desktop.chain.model_picker import ModelPicker
from chaindesk.desktop.run_controls.budget_field import BudgetField
from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.layout.spin_boxes import inset
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.errors import UsageError

_TYPING_DELAY_MS = 400
_ROWS = 20


class OtherSide(Enum):
    """What B is."""

    MODEL = "model"
    CHAIN = "chain"
    EXAMPLES = "examples"


_WORDS = {
    OtherSide.MODEL: tr_noop("Another model in a step"),
    OtherSide.CHAIN: tr_noop("Another chain file"),
    OtherSide.EXAMPLES: tr_noop("With examples against without"),
}


@dataclass(frozen=True, slots=True)
class ComparisonChoice:
    """What is to be compared.

    Attributes:
        other: what B is.
        rows: how many rows.
        step: the step that asks another model.
        model: that model.
        path: the other chain's file, or None.
    """

    other: OtherSide
    rows: int
    step: str = ""
    model: str = ""
    path: Path | None = None

    @property
    def complete(self) -> bool:
        """Whether it says enough to be compared."""
        match self.other:
            case OtherSide.MODEL:
                return bool(self.step) and all(self.model.partition("/"))
            case OtherSide.CHAIN:
                return self.path is not None
            case OtherSide.EXAMPLES:
                return True


class SetupBar(QWidget):
    """Chooses what B is.

    Signals:
        changed: something else is chosen.
        model_shown: the model that the chosen step has by now: to be shown, and chosen another one for.
        file_requested: the other chain's file is to be chosen.
        start_requested: compare; what both may spend together, or None.
        stop_requested: end what is going on.
        refused: why what is typed cannot be used.
    """

    changed = Signal()
    model_shown = Signal(str)
    file_requested = Signal()
    start_requested = Signal(object)
    stop_requested = Signal()
    refused = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("plain")
        self.other, self.step, self.model = QComboBox(), QComboBox(), ModelPicker()
        self.file, self.rows, self.budget = QPushButton(tr("Choose…")), inset(QSpinBox()), BudgetField()
        self.start, self.stop = QPushButton(tr("&Compare")), QPushButton(tr("&Stop"))
        self._path: Path | None = None
        self._models: Mapping[str, str] = {}
        self._model = ""
        self._timer = QTimer(self, interval=_TYPING_DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self.changed)
        for other, words in _WORDS.items():
            self.other.addItem(tr(words), other)
        self.rows.setRange(1, 100_000)
        self.rows.setValue(_ROWS)
        self.start.setProperty("primary", "true")
        for widget, name in (
            (self.other, tr("What B is")),
            (self.step, tr("Step with another model")),
            (self.model, tr("Model of B")),
            (self.file, tr("Chain file of B")),
            (self.rows, tr("Rows to compare")),
        ):
            widget.setAccessibleName(name)
        self.rows.setToolTip(tr("So many rows by chance, the same ones each time: more rows go on from fewer"))
        self._lay_out()
        self._connect()
        self._show_fields()

    @property
    def choice(self) -> ComparisonChoice:
        """What is chosen."""
        other = self.other.currentData()
        step = self.step.currentText()
        model = self._model if self._model != self._models.get(step) else ""
        return ComparisonChoice(other, self.rows.value(), step, model, self._path)

    def show_steps(self, models: Mapping[str, str], *, examples: bool) -> None:
        """Show the steps of the chain that is open with their models, and whether one of them has examples."""
        if models != self._models:
            self._models, self._model = models, ""
            with QSignalBlocker(self.step):
                self.step.clear()
                self.step.addItems(list(models))
                self.step.setCurrentIndex(len(models) - 1)
            self._show_model()
        place = self.other.findData(OtherSide.EXAMPLES)
        if place >= 0 and not examples:
            self.other.removeItem(place)

    def show_file(self, path: Path) -> None:
        """Show the other chain's file."""
        self._path = path
        self.file.setText(path.name)
        self.file.setToolTip(str(path))
        self.changed.emit()

    def show_state(self, *, ready: bool, busy: bool) -> None:
        """Show whether it can begin, and whether it is going on."""
        self.start.setEnabled(ready and not busy)
        self.stop.setVisible(busy)
        for widget in (self.other, self.step, self.model, self.file, self.rows, self.budget):
            widget.setEnabled(not busy)

    def _show_fields(self) -> None:
        other = self.other.currentData()
        for widget in (self.step, self.model):
            widget.setVisible(other is OtherSide.MODEL)
        self.file.setVisible(other is OtherSide.CHAIN)

    def _show_model(self) -> None:
        self._model = ""
        self.model_shown.emit(self._models.get(self.step.currentText(), ""))

    def _take_model(self, model: str) -> None:
        self._model = model
        self.changed.emit()

    def _begin(self) -> None:
        try:
            budget = self.budget.value()
        except UsageError as error:
            self.refused.emit(str(error))
            self.budget.setFocus()
            return
        self.start_requested.emit(budget)

    def _connect(self) -> None:
        self.other.currentIndexChanged.connect(lambda _: self._show_fields())
        self.other.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.step.currentIndexChanged.connect(lambda _: self._show_model())
        self.step.currentIndexChanged.connect(lambda _: self.changed.emit())
        self.model.chosen.connect(self._take_model)
        self.rows.valueChanged.connect(lambda _: self._timer.start())
        self.file.clicked.connect(self.file_requested)
        self.start.clicked.connect(self._begin)
        self.stop.clicked.connect(self.stop_requested)

    def _lay_out(self) -> None:
        self.model.setMinimumWidth(280)
        for button in (self.file, self.start, self.stop):
            button.setAutoDefault(False)
        fields = QWidget()
        fields.setObjectName("plain")
        flow = FlowLayout(fields, spacing=8)
        for word, widget in (
            (tr("A is this chain, &B:"), self.other),
            ("", self.step),
            ("", self.model),
            ("", self.file),
        ):
            _add(flow, word, widget)
        _add(flow, tr("&Rows:"), self.rows)
        flow.addWidget(self.budget)
        self.budget.setVisible(True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(fields, 1)
        layout.addWidget(self.stop)
        layout.addWidget(self.start)


def _add(flow: FlowLayout, word: str, widget: QWidget) -> None:
    if word:
        label = QLabel(word)
        label.setBuddy(widget)
        label.setMinimumHeight(widget.sizeHint().height())
        flow.addWidget(label)
    flow.addWidget(widget)
