"""One step as a form: its name, model and prompt, and behind buttons what few steps need."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.chain_file import describe
from chaindesk.desktop.chain.cards.controls.checks_list import ChecksList
from chaindesk.desktop.chain.cards.controls.condition_editor import ConditionEditor
from chaindesk.desktop.chain.cards.controls.fields_table import FieldsTable
from chaindesk.desktop.chain.cards.controls.more_fields import MoreFields
from chaindesk.desktop.chain.cards.controls.parameters import PARAMETERS, ParameterControls
from chaindesk.desktop.chain.cards.controls.small_controls import ControlFilter
from chaindesk.desktop.chain.cards.name_chips import NameChips
from chaindesk.desktop.chain.cards.prompt_edit import PromptEdit
from chaindesk.desktop.chain.cards.prompt_hints import PromptHints
from chaindesk.desktop.chain.model_picker import ModelPicker
from chaindesk.desktop.chain.reading import StepReading
from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop

_TYPING_DELAY_MS = 350  # milliseconds after the last key
_SECTIONS = (
    ("system", tr_noop("Instructions")),
    ("fields", tr_noop("Answer fields")),
    ("checks", tr_noop("Checks")),
    ("run_if", tr_noop("Only if")),
    ("parameters", tr_noop("Parameters")),
    ("more", tr_noop("More")),
)
_SHOWN_KEYS = frozenset(
    {"name", "model", "prompt", "system", "fields", "checks", "on_fail", "run_if", "enabled", *PARAMETERS}
)
_MAX_PROBLEMS_SHOWN = 4
_NAME_CHARS = 12


class StepForm(QWidget):
    """Shows a step and says what is changed in it.

    Signals:
        value_changed: a key of the step, and its new value; None takes it away.
        renamed: the step's new name.
        field_added: a field's name, and what is to stand under it.
        field_renamed: a field's name, and its new one.
        field_changed: a field's name, and what is to stand under it; None takes the field away.
    """

    value_changed = Signal(str, object)
    renamed = Signal(str)
    field_added = Signal(str, object)
    field_renamed = Signal(str, str)
    field_changed = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._step = StepReading("", {}, 0)
        self._typed: dict[str, PromptEdit] = {}
        self._timer = QTimer(self, interval=_TYPING_DELAY_MS, singleShot=True)
        self._timer.timeout.connect(self.flush)
        self.name = QLineEdit()
        self.name.setAccessibleName(tr("Name of the step"))
        self.name.setToolTip(html_text(describe(("steps", "name"))))
        self.name.setMinimumWidth(self.fontMetrics().horizontalAdvance("x") * _NAME_CHARS)
        self.model = ModelPicker()
        self.columns = NameChips(tr("Columns"))
        self.outputs = NameChips(tr("Earlier steps"))
        self.prompt = PromptEdit(tr("Prompt"))
        self.hints = PromptHints(self.prompt)
        self.system = PromptEdit(tr("Instructions"), lines=2)
        self.system.setPlaceholderText(tr("How the model is to work, such as: You are a careful researcher."))
        self.fields = FieldsTable()
        self.checks = ChecksList()
        self.condition = ConditionEditor()
        self.parameters = ParameterControls()
        self.more = MoreFields("steps[].", _is_for_more)
        self.sections: dict[str, QPushButton] = {}
        self.also = _note()
        self.mistakes = _note()
        self.mistakes.setProperty("tone", "error")
        self.mistakes.setAccessibleName(tr("Mistakes of this step"))
        self._lay_out()
        self._connect()
        ControlFilter(self).watch(self)

    @property
    def unsaved(self) -> bool:
        """Return whether something is typed that the text does not have yet."""
        return bool(self._typed) or self.more.unsaved

    def show_step(self, step: StepReading, columns: Sequence[str]) -> None:
        """Show a step; what is being typed stays as it is."""
        if step.name != self._step.name or not self.name.hasFocus():
            self.name.setText(step.name)
        self._step = step
        complete = bool(columns)
        self.prompt.setPlaceholderText(
            tr("What to ask for each row. Click a column above to put it in, or type {{")
            if complete
            else tr("What to ask for each row. Type {{ and the name of a column to put it in")
        )
        own = set(columns)
        self.columns.show_names([name for name in step.names if name in own])
        outputs = [name for name in step.names if name not in own and not name.endswith(".link")]
        self.outputs.show_names(outputs)
        offered = list(dict.fromkeys([*reversed(outputs), *step.names]))  # the step before is wanted most often
        for key, edit in (("prompt", self.prompt), ("system", self.system)):
            edit.setReadOnly(key in step.fixed)
            if key not in self._typed:
                edit.show_text(_text_of(step.values.get(key)))
            edit.show_names(offered, complete=complete)
        fields = step.values.get("fields")
        self.fields.show_fields(fields if isinstance(fields, dict) else {})
        self.fields.setEnabled("fields" not in step.fixed)
        names = [str(name) for name in fields] if isinstance(fields, dict) else []
        self.checks.show_checks(
            step.values.get("checks"), step.values.get("on_fail"), names, str(step.values.get("model"))
        )
        self.checks.setEnabled(step.fixed.isdisjoint({"checks", "on_fail"}))
        self.condition.show_condition(step.values.get("run_if"), [n for n in step.names if n in own], outputs)
        self.condition.setEnabled("run_if" not in step.fixed)
        self.parameters.show_values(step.values, step.fixed)
        self.more.show_values(step.values, step.fixed)
        self.model.setEnabled("model" not in step.fixed)
        self.name.setEnabled("name" not in step.fixed)
        self._show_notes()

    def open_used_sections(self) -> None:
        """Open the sections that this step uses, and close the others."""
        for key, button in self.sections.items():
            button.setChecked(self._is_used(key))

    def flush(self) -> None:
        """Take in what is being typed."""
        self._timer.stop()
        typed, self._typed = self._typed, {}
        for key, edit in typed.items():
            value = _value_of(edit.text, self._step.values.get(key))
            if value != self._step.values.get(key):
                self.value_changed.emit(key, value if value or key == "prompt" else None)
        if self.name.isModified():
            self._rename()

    def insert(self, name: str) -> None:
        """Put a name into the text that was worked on last: the instructions where they have the focus."""
        target = self.system if self.system.hasFocus() else self.prompt
        target.insert_name(name)
        target.setFocus()

    def _enter(self, section: str) -> None:
        """Let the person write at once in a section that was opened to write in."""
        first = {"system": self.system, "fields": self.fields.new_name}.get(section)
        if self.sections[section].isChecked() and first is not None:
            first.setFocus()

    def _note_typing(self, key: str, edit: PromptEdit) -> None:
        self._typed[key] = edit
        self._timer.start()

    def _rename(self) -> None:
        name = self.name.text().strip()
        self.name.setModified(False)
        if not name:
            self.name.setText(self._step.name)
        elif name != self._step.name:
            self.renamed.emit(name)

    def _show_notes(self) -> None:
        shown = _SHOWN_KEYS | self.more.keys
        others = [key for key in self._step.values if key not in shown]
        words = tr("In the YAML, and kept as it is: {names}.").format(names=", ".join(others)) if others else ""
        if self._step.fixed:
            fixed = tr("Written with an anchor or alias, to be changed in the YAML: {names}.")
            words = f"{words} {fixed.format(names=', '.join(sorted(self._step.fixed)))}".strip()
        self.also.setText(words)
        self.also.setVisible(bool(words))
        told = [f"✕ {problem.message}" for problem in self._step.problems[:_MAX_PROBLEMS_SHOWN]]
        self.mistakes.setText("\n".join(told))
        self.mistakes.setVisible(bool(told))
        for key, words_ in _SECTIONS:
            self.sections[key].setText(f"{tr(words_)} •" if self._is_used(key) else tr(words_))

    def _is_used(self, section: str) -> bool:
        keys = {"parameters": PARAMETERS, "more": self.more.keys}.get(section, (section,))
        return any(self._step.values.get(key) not in (None, "", {}) for key in keys)

    def _connect(self) -> None:
        self.name.editingFinished.connect(self._rename)
        self.model.chosen.connect(lambda reference: self.value_changed.emit("model", reference))
        for key, edit in (("prompt", self.prompt), ("system", self.system)):
            edit.typed.connect(lambda key=key, edit=edit: self._note_typing(key, edit))
            edit.left.connect(self.flush)
        self.columns.chosen.connect(self.insert)
        self.outputs.chosen.connect(self.insert)
        self.fields.added.connect(self.field_added)
        self.fields.renamed.connect(self.field_renamed)
        self.fields.type_changed.connect(self.field_changed)
        self.fields.removed.connect(lambda name: self.field_changed.emit(name, None))
        self.checks.on_fail_changed.connect(lambda stages: self.value_changed.emit("on_fail", stages))
        self.condition.changed.connect(lambda condition: self.value_changed.emit("run_if", condition))
        self.parameters.changed.connect(self.value_changed)
        self.more.changed.connect(self.value_changed)

    def _lay_out(self) -> None:
        top = QGridLayout()
        top.setHorizontalSpacing(8)
        for column, (words, widget) in enumerate(((tr("Name"), self.name), (tr("Model"), self.model))):
            label = QLabel(words)
            label.setProperty("muted", "true")
            label.setBuddy(self.model.model if widget is self.model else widget)
            top.addWidget(label, 0, column)
            top.addWidget(widget, 1, column, Qt.AlignmentFlag.AlignTop)
        top.setColumnStretch(0, 2)
        top.setColumnStretch(1, 5)
        panels: dict[str, QWidget] = {
            "system": self.system,
            "fields": self.fields,
            "checks": self.checks,
            "run_if": self.condition,
            "parameters": self.parameters,
            "more": self.more,
        }
        line = QWidget()
        line.setObjectName("plain")
        buttons = FlowLayout(line, spacing=6)
        for key, words in _SECTIONS:
            button = QPushButton(tr(words))
            button.setCheckable(True)
            button.setAutoDefault(False)
            button.setProperty("chip", "true")
            button.setToolTip(html_text(_section_tip(key)))
            button.toggled.connect(panels[key].setVisible)
            button.clicked.connect(lambda _, key=key: self._enter(key))
            self.sections[key] = button
            buttons.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 10)
        layout.setSpacing(7)
        layout.addLayout(top)
        for widget in (self.columns, self.outputs, self.prompt, self.hints):
            layout.addWidget(widget)
        layout.addWidget(line)
        for panel in panels.values():
            panel.hide()
            layout.addWidget(panel)
        layout.addWidget(self.also)
        layout.addWidget(self.mistakes)


def _is_for_more(key: str) -> bool:
    """Return whether a field of a step is shown among those that few steps need."""
    return key.partition(".")[0] not in _SHOWN_KEYS and "[]" not in key


def _section_tip(key: str) -> str:
    match key:
        case "parameters":
            return tr("How the model draws its words, how long an answer may be, and its column")
        case "more":
            return tr("Where an answer ends, time-outs, and any other parameter of the provider")
    return describe(("steps", key)).partition("\n")[2]


def _text_of(value: Any) -> str:
    return str(value).removesuffix("\n") if value is not None else ""


def _value_of(text: str, before: Any) -> str:
    """Return a typed text as it is written into the file: lines end with the last one's end, as below ``|``."""
    body = text.rstrip("\n")
    ends = "\n" in body or (isinstance(before, str) and before.endswith("\n"))
    return f"{body}\n" if body and ends else body


def _note() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setProperty("muted", "true")
    label.hide()
    return label
