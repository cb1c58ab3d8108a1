"""The checks of a step as a short list: what is looked at, the rule and what it wants; and what a failed one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from chaindesk.chain_file import describe
from chaindesk.desktop.chain.cards.controls.check_specs import PLAIN, CheckSpec, read_check, write_check
from chaindesk.desktop.ui.buttons import arrow_button
from chaindesk.desktop.ui.layout.text_widths import fit_text
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop

RULE_WORDS = {
    "not_empty": tr_noop("is not empty"),
    "words": tr_noop("has so many words"),
    "characters": tr_noop("has so many characters"),
    "contains": tr_noop("contains"),
    "not_contains": tr_noop("does not contain"),
    "matches": tr_noop("fits the pattern"),
    "not_matches": tr_noop("does not fit the pattern"),
    "starts_with": tr_noop("starts with"),
    "one_of": tr_noop("is one of"),
    "number": tr_noop("is a number within"),
    "date": tr_noop("is a date within"),
    "json_schema": tr_noop("is JSON"),
    "url": tr_noop("is a web address"),
    "email": tr_noop("is an e-mail address"),
    "language": tr_noop("is in the language"),
    "not_equal_to": tr_noop("is not the same as"),
    "unique": tr_noop("is in no other row"),
    "numbers_from": tr_noop("has its numbers from"),
    "quoted_from": tr_noop("is quoted from"),
    "similar_length": tr_noop("is as long as others, times"),
    "judge": tr_noop("passes the judge (costs a call)"),
}
_HINTS = {
    "words": "5..40",
    "characters": "..160",
    "number": "0..10",
    "date": "2026-01-01..2026-12-31",
    "language": "en",
    "similar_length": "3",
    "contains": tr_noop("several between ;"),
    "not_contains": tr_noop("several between ;"),
    "one_of": tr_noop("several between ;"),
    "numbers_from": tr_noop("columns between ; – or all that the prompt uses"),
    "quoted_from": tr_noop("columns between ; – or all that the prompt uses"),
    "judge": tr_noop("a question to be answered by yes"),
}


class ChecksList(QWidget):
    """Shows and changes checks.

    Signals:
        added: a new check.
        changed: the place of a check, and the check as it is to stand there.
        removed: the place of a check.
        on_fail_changed: the stages of ``on_fail``, or None.
    """

    added = Signal(object)
    changed = Signal(int, object)
    removed = Signal(int)
    on_fail_changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Any, Any, tuple[str, ...]] = ((), (), ())
        self._model = ""
        self.rows: list[CheckRow] = []
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(8)
        self._grid.setColumnStretch(2, 1)
        self.new_rule = QComboBox()
        self.new_rule.setAccessibleName(tr("Add a check"))
        self.new_rule.setToolTip(html_text(describe(("steps", "checks"))))
        self.new_rule.activated.connect(self._add)
        self.ask_again = QCheckBox(tr("If one fails: ask again"))
        self.ask_again.setToolTip(html_text(tr("The model gets its answer back with what failed.")))
        self.larger = QLineEdit()
        self.larger.setAccessibleName(tr("Larger model for rows that still fail"))
        self.larger.setPlaceholderText(tr("then this larger model: provider/model"))
        fit_text(self.larger)
        self.ask_again.clicked.connect(self._tell_on_fail)
        self.larger.editingFinished.connect(self._tell_on_fail)
        below = QHBoxLayout()
        below.addWidget(self.ask_again)
        below.addWidget(self.larger, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(self._grid)
        layout.addWidget(self.new_rule)
        layout.addLayout(below)
        self._fill_rules()

    def show_checks(self, checks: Any, on_fail: Any, fields: Sequence[str], model: str) -> None:
        """Show these checks, and what a failed one does; a new judge begins with this model."""
        self._model = model
        wanted = (checks, on_fail, tuple(fields))
        if wanted == self._shown and self.rows:
            return
        self._shown = wanted
        for row in self.rows:
            row.take_away()
        found = checks if isinstance(checks, list) else []
        self.rows = [CheckRow(self._grid, place, read_check(one), fields) for place, one in enumerate(found)]
        for place, row in enumerate(self.rows):
            row.tell = partial(self.changed.emit, place)
            row.remove.clicked.connect(partial(self.removed.emit, place))
        stages = on_fail if isinstance(on_fail, list) else []
        larger = [one["escalate"] for one in stages if isinstance(one, dict) and "escalate" in one]
        self.ask_again.setChecked("ask_again" in stages)
        self.larger.setText(str(larger[-1]) if larger else "")
        several = len(larger) > 1 or stages.count("ask_again") > 1
        for control in (self.ask_again, self.larger):
            control.setEnabled(bool(found) and not several)

    def _fill_rules(self) -> None:
        self.new_rule.addItem(tr("+ Check …"), "")
        for rule, words in RULE_WORDS.items():
            self.new_rule.addItem(tr(words), rule)

    def _add(self, _: int) -> None:
        rule = str(self.new_rule.currentData())
        self.new_rule.setCurrentIndex(0)
        if rule:
            value = _HINTS.get(rule, "") if rule in {"words", "characters", "number", "date", "language"} else ""
            value = {"similar_length": "3", "judge": tr("Is it right?")}.get(rule, value)
            spec = CheckSpec("", rule, value or "…", self._model if rule == "judge" else "")
            if rule in {"numbers_from", "quoted_from"}:
                spec = replace(spec, value="")
            self.added.emit(write_check(spec))

    def _tell_on_fail(self) -> None:
        stages: list[Any] = ["ask_again"] if self.ask_again.isChecked() else []
        if larger := self.larger.text().strip():
            stages.append({"escalate": larger})
        before = self._shown[1] if isinstance(self._shown[1], list) else []
        if stages and (not before or "review" in before):
            stages.append("review")
        if stages != before:
            self.on_fail_changed.emit(stages or None)


class CheckRow:
    """The controls of one check: the field, the rule, what it wants, a judge's model, and taking it away."""

    def __init__(self, grid: QGridLayout, place: int, spec: CheckSpec, fields: Sequence[str]) -> None:
        self.spec = spec
        self.tell: Any = lambda check: None
        number = place + 1
        self.field = QComboBox()
        self.field.setAccessibleName(tr("What check {number} looks at").format(number=number))
        self.field.addItem(tr("the answer"), "")
        for name in dict.fromkeys([*fields, *([spec.field] if spec.field else [])]):
            self.field.addItem(name, name)
        self.field.setCurrentIndex(self.field.findData(spec.field))
        self.rule = QLabel(tr(RULE_WORDS.get(spec.rule, "")) or tr("as in the YAML"))
        self.rule.setToolTip(html_text(describe(("steps", "checks", spec.rule))) if spec.rule else "")
        self.value = QLineEdit(spec.value if spec.rule else spec.text)
        self.value.setAccessibleName(tr("What check {number} wants").format(number=number))
        self.value.setPlaceholderText(tr(_HINTS.get(spec.rule, "")))
        self.value.setToolTip(self.rule.toolTip())
        self.model = QLineEdit(spec.model)
        self.model.setAccessibleName(tr("Model of the judge in check {number}").format(number=number))
        self.remove = arrow_button("delete", tr("Take check {number} away").format(number=number))
        for column, widget in enumerate((self.field, self.rule, self.value, self.model, self.remove)):
            grid.addWidget(widget, place, column)
        self.value.setVisible(spec.rule not in PLAIN)
        self.model.setVisible(spec.rule == "judge")
        for control in (self.field, self.value):
            control.setEnabled(bool(spec.rule))
        self.field.activated.connect(lambda _: self._changed())
        self.value.editingFinished.connect(self._changed)
        self.model.editingFinished.connect(self._changed)

    def take_away(self) -> None:
        """Remove the controls."""
        for widget in (self.field, self.rule, self.value, self.model, self.remove):
            widget.hide()
            widget.deleteLater()

    def _changed(self) -> None:
        new = replace(
            self.spec,
            field=str(self.field.currentData() or ""),
            value=self.value.text().strip(),
            model=self.model.text().strip(),
        )
        if new != self.spec and self.spec.rule:
            self.spec = new
            self.tell(write_check(new))
