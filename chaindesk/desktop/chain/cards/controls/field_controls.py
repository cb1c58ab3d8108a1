"""Controls for fields of a chain file, each made after what the field wants: a word, a number, a choice, a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from chaindesk.chain_file.editing.scalars import flow_text
from chaindesk.chain_file.reference import FieldReference, Shape
from chaindesk.chain_file.yaml_tree import read_tree
from chaindesk.desktop.ui.layout.flow_layout import FlowLayout
from chaindesk.desktop.ui.layout.text_widths import fit_text
from chaindesk.desktop.ui.tool_tips import html_text
from chaindesk.desktop.ui.translation import tr, tr_noop

_LINES_SHOWN = 2
_WORDS = {"true": tr_noop("yes"), "false": tr_noop("no")}

_OFF = frozenset({"steps[].examples.from", "steps[].fallback"})
"""Left out, there is nothing of the kind, whatever is usual where there is."""


class FieldControl(QWidget):
    """The label and the control of one field.

    Signals:
        changed: the value as it stands in a chain file, or None where it is to be taken away.
    """

    changed = Signal(object)

    def __init__(self, field: FieldReference, words: str) -> None:
        super().__init__()
        self.field = field
        self.shown: Any = None
        self.label = QLabel(words)
        self.label.setProperty("muted", "true")
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self._layout.addWidget(self.label)

    def show_value(self, value: Any) -> None:
        """Show the value that the text has, or None where it has none."""
        self.shown = value

    @property
    def unsaved(self) -> bool:
        """Return whether something is typed that cannot be taken into the text."""
        return False

    def _hold(self, control: QWidget) -> None:
        control.setAccessibleName(self.label.text())
        control.setToolTip(html_text(str(self.field)))
        self.label.setBuddy(control)
        self.label.setToolTip(control.toolTip())
        self._layout.addWidget(control)

    def _tell(self, value: Any) -> None:
        if value != self.shown:
            self.shown = value
            self.changed.emit(value)


class WordControl(FieldControl):
    """A text or a number in one line. What is no number goes into the text as well, where its mistake is shown."""

    def __init__(self, field: FieldReference, words: str) -> None:
        super().__init__(field, words)
        self.line = QLineEdit()
        self.line.setPlaceholderText(_usual(field))
        fit_text(self.line)
        self._hold(self.line)
        self.line.editingFinished.connect(lambda: self._tell(self._value()))

    def show_value(self, value: Any) -> None:
        """Show it, unless another is being typed."""
        super().show_value(value)
        if not (self.line.hasFocus() and self.line.isModified()):
            self.line.setText(
                "" if value is None else flow_text(value, in_flow=False) if _is_number(value) else str(value)
            )

    def _value(self) -> Any:
        self.line.setModified(False)
        typed = self.line.text().strip()
        return (_number(typed) if self.field.shape in (Shape.NUMBER, Shape.WHOLE_NUMBER) else typed) if typed else None


class ChoiceControl(FieldControl):
    """One of a few words, or what it is without any."""

    def __init__(self, field: FieldReference, words: str) -> None:
        super().__init__(field, words)
        self.box = QComboBox()
        self.box.addItem(_usual(field), None)
        for choice in field.choices:
            self.box.addItem(tr(_WORDS.get(choice, "")) or choice, choice == "true" if choice in _WORDS else choice)
        self._hold(self.box)
        self.box.activated.connect(lambda _: self._tell(self.box.currentData()))

    def show_value(self, value: Any) -> None:
        """Show it, be it one of the choices or not."""
        super().show_value(value)
        place = next((at for at in range(self.box.count()) if self.box.itemData(at) == value), -1)
        if place < 0:
            self.box.addItem(str(value), value)
            place = self.box.count() - 1
        self.box.setCurrentIndex(place)


class ChoicesControl(FieldControl):
    """Any of a few words."""

    def __init__(self, field: FieldReference, words: str) -> None:
        super().__init__(field, words)
        place = QWidget()
        place.setObjectName("plain")
        flow = FlowLayout(place, spacing=10)
        self.boxes = [QCheckBox(choice) for choice in field.choices]
        for box in self.boxes:
            box.clicked.connect(self._clicked)
            flow.addWidget(box)
        self._hold(place)

    def show_value(self, value: Any) -> None:
        """Tick what the text has."""
        super().show_value(value)
        for box in self.boxes:
            box.setChecked(isinstance(value, list) and box.text() in value)

    def _clicked(self) -> None:
        ticked = [box.text() for box in self.boxes if box.isChecked()]
        before = self.shown if isinstance(self.shown, list) else []
        kept = [word for word in before if word in ticked]  # in their order, which is that of the columns
        self._tell([*kept, *(word for word in ticked if word not in kept)] or None)


class LinesControl(FieldControl):
    """Several texts, or names with values, a line each."""

    def __init__(self, field: FieldReference, words: str) -> None:
        super().__init__(field, words)
        self.lines = LinesEdit()
        self.lines.setPlaceholderText(_usual(field))
        named = field.shape is Shape.NAMES
        hint = tr("a line each, such as top_k: 40") if named else tr("a line each; \\n stands for a line's end")
        self.lines.setPlaceholderText(hint)
        self.mistake = QLabel()
        self.mistake.setProperty("tone", "error")
        self.mistake.setWordWrap(True)
        self.mistake.setTextFormat(Qt.TextFormat.PlainText)
        self.mistake.hide()
        self._hold(self.lines)
        self._layout.addWidget(self.mistake)
        self.lines.left.connect(self._left)

    @property
    def unsaved(self) -> bool:
        """Return whether what is typed is no list of names with values."""
        return self.mistake.isVisibleTo(self)

    def show_value(self, value: Any) -> None:
        """Show it, unless another is being typed."""
        changed = value != self.shown
        super().show_value(value)
        if changed or not (self.lines.document().isModified() or self.unsaved):
            self.lines.setPlainText(_as_lines(value))
            self.lines.document().setModified(False)
            self.mistake.hide()

    def _left(self) -> None:
        if not self.lines.document().isModified():
            return
        typed = self.lines.toPlainText()
        value: dict[str, Any] | list[str]
        if self.field.shape is Shape.NAMES:
            value, mistake = _named_values(typed)
            self.mistake.setText(mistake)
            self.mistake.setVisible(bool(mistake))
            if mistake:
                return
        else:
            value = [_unescaped(line) for line in typed.split("\n") if line]
        self.lines.document().setModified(False)
        self._tell(value or None)


class LinesEdit(QPlainTextEdit):
    """A few lines of text; Tab leaves them.

    Signals:
        left: the focus went elsewhere.
    """

    left = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setTabChangesFocus(True)
        self.setFixedHeight(self.fontMetrics().lineSpacing() * _LINES_SHOWN + 14)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell of it."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.left.emit()


def make_control(field: FieldReference, words: str) -> FieldControl | None:
    """Return a control for a field, or None where it is made of parts, which only the YAML shows."""
    match field.shape:
        case Shape.TEXT | Shape.NUMBER | Shape.WHOLE_NUMBER:
            return WordControl(field, words)
        case Shape.CHOICE | Shape.TRUTH:
            return ChoiceControl(field, words)
        case Shape.CHOICES:
            return ChoicesControl(field, words)
        case Shape.TEXTS | Shape.NAMES:
            return LinesControl(field, words)
    return None


def _usual(field: FieldReference) -> str:
    """Return the words for a field that is left out."""
    if field.path in _OFF:
        return tr("none")
    default = tr(_WORDS.get(field.default, "")) or field.default
    return tr("usual: {value}").format(value=default) if default else tr("usual")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _number(typed: str) -> int | float | str:
    """Return what is typed as a number, or as it is where it is none."""
    try:
        number = float(typed.replace(",", ".")) if "," in typed and "." not in typed else float(typed)
    except ValueError:
        return typed
    return int(number) if number.is_integer() else number


def _as_lines(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(
            f"{flow_text(key, in_flow=False)}: {flow_text(one, in_flow=False)}" for key, one in value.items()
        )
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "\n".join(_escaped(str(one)) for one in value)
    return "" if value is None else str(value)


def _named_values(typed: str) -> tuple[dict[str, Any], str]:
    """Return the names with their values, or what is wrong with them."""
    lines = [line.strip() for line in typed.split("\n") if line.strip()]
    tree = read_tree("\n".join(["parameters:", *(f"  {line}" for line in lines)]), "")
    data = tree.data.get("parameters") if isinstance(tree.data, dict) else None
    if lines and not tree.problems and isinstance(data, dict):
        return data, ""
    if not lines:
        return {}, ""
    first = tree.problems[0].message if tree.problems else ""
    return {}, tr("Write each as name: value. {reason}").format(reason=first).strip()


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("\n", "\\n").replace("\t", "\\t")


def _unescaped(line: str) -> str:
    marks = {"n": "\n", "t": "\t", "\\": "\\"}
    parts = line.split("\\")
    text, rest = parts[0], iter(parts[1:])
    for part in rest:
        if not part:  # two of them
            text += "\\" + next(rest, "")
        else:
            text += marks.get(part[0], f"\\{part[0]}") + part[1:]
    return text
