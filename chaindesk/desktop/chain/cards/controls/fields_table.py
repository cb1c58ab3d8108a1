"""The fields of a structured answer as a small table: a name, a type, and allowed values where it has some."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QLabel, QLineEdit, QToolButton, QWidget

from chaindesk.desktop.chain.cards.controls.field_specs import (
    WITH_VALUES,
    FieldSpec,
    joined_values,
    read_spec,
    split_values,
    write_spec,
)
from chaindesk.desktop.ui.buttons import arrow_button
from chaindesk.desktop.ui.layout.text_widths import fit_text
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.chains.answer_fields import FieldType

TYPE_WORDS = {
    FieldType.STRING: tr_noop("text"),
    FieldType.INTEGER: tr_noop("whole number"),
    FieldType.NUMBER: tr_noop("number"),
    FieldType.BOOLEAN: tr_noop("yes or no"),
    FieldType.DATE: tr_noop("date"),
    FieldType.LIST: tr_noop("list of texts"),
    FieldType.CHOICE: tr_noop("one of some values"),
}
_NAME, _TYPE, _EMPTY, _REMOVE = range(4)  # the columns


class FieldsTable(QWidget):
    """Shows and changes fields.

    Signals:
        added: a new field's name, and what is to stand under it.
        renamed: a field's name, and its new one.
        type_changed: a field's name, and what is to stand under it from now on.
        removed: a field's name.
    """

    added = Signal(str, object)
    renamed = Signal(str, str)
    type_changed = Signal(str, object)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, Any] = {}
        self.names: list[QLineEdit] = []
        self.types: list[QComboBox] = []
        self.values: list[QLineEdit] = []
        self.empty: list[QCheckBox] = []
        self.new_name = QLineEdit()
        self.new_name.setAccessibleName(tr("Name of a new field"))
        self.new_name.setPlaceholderText(tr("new field, then Return"))
        fit_text(self.new_name)
        self.new_type = _type_box(tr("Type of the new field"))
        self.new_values = _values_line(tr("Allowed values of the new field"))
        self.new_values.hide()
        self.new_name.editingFinished.connect(self._add)
        self.new_values.editingFinished.connect(self._add)
        self.new_type.installEventFilter(self)
        self.new_type.currentIndexChanged.connect(self._show_new_values)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(_NAME, 3)
        self._grid.setColumnStretch(_TYPE, 2)
        self._widgets: list[QWidget] = []
        self._fill()

    def show_fields(self, fields: Mapping[str, Any]) -> None:
        """Show these fields with their types."""
        if dict(fields) != self._shown or not self.names:
            kept = self.new_name.hasFocus()
            self._shown = dict(fields)
            self._fill()
            if kept:
                self.new_name.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A new field is added once its type is left, too."""
        if (
            isinstance(event, QFocusEvent)
            and event.type() == QEvent.Type.FocusOut
            and event.reason() != Qt.FocusReason.PopupFocusReason  # which opens the list of types
        ):
            self._add()
        return super().eventFilter(watched, event)

    def _fill(self) -> None:
        for widget in self._widgets:
            self._grid.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._widgets, self.names, self.types, self.values, self.empty = [], [], [], [], []
        for column, words in enumerate((tr("Field"), tr("Type"))):
            label = QLabel(words)
            label.setProperty("muted", "true")
            self._put(label, 0, column)
        for row, (name, written) in enumerate(self._shown.items()):
            self._add_row(row, name, written)
        line = 2 * len(self._shown) + 1
        self._grid.addWidget(self.new_name, line, _NAME)
        self._grid.addWidget(self.new_type, line, _TYPE)
        self._grid.addWidget(self.new_values, line + 1, _NAME, 1, 2)
        before = self._widgets[-1] if self.names else None
        if before is not None:
            QWidget.setTabOrder(before, self.new_name)
        QWidget.setTabOrder(self.new_name, self.new_type)
        QWidget.setTabOrder(self.new_type, self.new_values)

    def _add_row(self, row: int, name: str, written: Any) -> None:
        spec = read_spec(written)
        field = QLineEdit(name)
        field.setAccessibleName(tr("Name of field {number}").format(number=row + 1))
        field.editingFinished.connect(partial(self._rename, name, field))
        box = _type_box(tr("Type of {name}").format(name=name))
        place = next((at for at in range(box.count()) if box.itemData(at) is spec.kind), -1)
        if place < 0:
            box.addItem(str(spec.kind), spec.kind)
            place = box.count() - 1
        box.setCurrentIndex(place)
        empty = QCheckBox(tr("may be empty"))
        empty.setAccessibleName(tr("{name} may be empty").format(name=name))
        empty.setChecked(spec.nullable)
        remove: QToolButton = arrow_button("delete", tr("Remove the field {name}").format(name=name))
        remove.clicked.connect(partial(self.removed.emit, name))
        values = _values_line(tr("Allowed values of {name}").format(name=name))
        values.setText(joined_values(spec.values))
        values.setVisible(spec.kind in WITH_VALUES)
        box.activated.connect(partial(self._type_chosen, name, row))
        empty.clicked.connect(partial(self._tell, name, row))
        values.editingFinished.connect(partial(self._tell, name, row))
        self.names.append(field)
        self.types.append(box)
        self.empty.append(empty)
        self.values.append(values)
        for column, widget in enumerate((field, box, empty, remove)):
            self._put(widget, 2 * row + 1, column)
        self._put(values, 2 * row + 2, _NAME, columns=2)
        for one, following in pairwise((field, box, empty, remove, values)):
            QWidget.setTabOrder(one, following)

    def _put(self, widget: QWidget, line: int, column: int, *, columns: int = 1) -> None:
        self._grid.addWidget(widget, line, column, 1, columns)
        self._widgets.append(widget)

    def _type_chosen(self, name: str, row: int, *_: object) -> None:
        values = self.values[row]
        values.setVisible(self.types[row].currentData() in WITH_VALUES)
        if self.types[row].currentData() is FieldType.CHOICE and not values.text().strip():
            values.setFocus()  # a choice of nothing is a mistake: it is told once the line is left
            return
        self._tell(name, row)

    def _tell(self, name: str, row: int, *_: object) -> None:
        before = self._shown.get(name)
        kind, nullable = self.types[row].currentData(), self.empty[row].isChecked()
        written = write_spec(FieldSpec(kind, nullable, split_values(self.values[row].text())), before)
        if written != before and read_spec(written) != read_spec(before):
            self.type_changed.emit(name, written)

    def _rename(self, name: str, field: QLineEdit) -> None:
        new = field.text().strip()
        if not new or (new != name and new in self._shown):
            field.setText(name)
        elif new != name:
            self.renamed.emit(name, new)

    def _show_new_values(self) -> None:
        self.new_values.setVisible(self.new_type.currentData() in WITH_VALUES)

    def _add(self) -> None:
        """Add the new field, but not while its type or values are still being chosen."""
        name = self.new_name.text().strip()
        busy = self.new_type.hasFocus() or (self.new_values.hasFocus() and not self.new_values.text().strip())
        if name and name not in self._shown and not busy:
            spec = FieldSpec(self.new_type.currentData(), values=split_values(self.new_values.text()))
            self.new_name.clear()
            self.new_values.clear()
            self.added.emit(name, write_spec(spec, None))


def _type_box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for kind, words in TYPE_WORDS.items():
        box.addItem(tr(words), kind)
    return box


def _values_line(name: str) -> QLineEdit:
    line = QLineEdit()
    line.setAccessibleName(name)
    line.setPlaceholderText(tr("allowed values, with commas between"))
    fit_text(line)
    return line
