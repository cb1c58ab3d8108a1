"""The fields of a structured answer as a small table: a name and a type each."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QGridLayout, QLabel, QLineEdit, QToolButton, QWidget

from chaindesk.desktop.ui.buttons import arrow_button
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.answer_fields import FieldType

TYPE_WORDS = {
    FieldType.STRING: tr_noop("text"),
    FieldType.INTEGER: tr_noop("whole number"),
    FieldType.NUMBER: tr_noop("number"),
    FieldType.BOOLEAN: tr_noop("yes or no"),
    FieldType.DATE: tr_noop("date"),
    FieldType.LIST: tr_noop("list of texts"),
}


class FieldsTable(QWidget):
    """Shows and changes fields.

    Signals:
        added: a new field's name and type.
        renamed: a field's name, and its new one.
        type_changed: a field's name and its new type.
        removed: a field's name.
    """

    added = Signal(str, str)
    renamed = Signal(str, str)
    type_changed = Signal(str, str)
    removed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, Any] = {}
        self.names: list[QLineEdit] = []
        self.types: list[QComboBox] = []
        self.new_name = QLineEdit()
        self.new_name.setAccessibleName(tr("Name of a new field"))
        self.new_name.setPlaceholderText(tr("new field, then Return"))
        self.new_type = _type_box(tr("Type of the new field"))
        self.new_name.editingFinished.connect(self._add)
        self.new_type.installEventFilter(self)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(8)
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
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
        self._widgets, self.names, self.types = [], [], []
        for column, words in enumerate((tr("Field"), tr("Type"))):
            label = QLabel(words)
            label.setProperty("muted", "true")
            self._put(label, 0, column)
        for row, (name, kind) in enumerate(self._shown.items(), 1):
            self._add_row(row, name, kind)
        row = len(self._shown) + 1
        self._grid.addWidget(self.new_name, row, 0)
        self._grid.addWidget(self.new_type, row, 1)
        before = self.types[-1] if self.types else None
        if before is not None:
            QWidget.setTabOrder(before, self.new_name)
        QWidget.setTabOrder(self.new_name, self.new_type)

    def _add_row(self, row: int, name: str, kind: Any) -> None:
        field = QLineEdit(name)
        field.setAccessibleName(tr("Name of field {number}").format(number=row))
        field.editingFinished.connect(partial(self._rename, name, field))
        box = _type_box(tr("Type of {name}").format(name=name))
        place = box.findData(kind)
        if place < 0:
            box.addItem(str(kind), kind)
            place = box.count() - 1
        box.setCurrentIndex(place)
        box.activated.connect(lambda _: self.type_changed.emit(name, str(box.currentData())))
        remove: QToolButton = arrow_button("delete", tr("Remove the field {name}").format(name=name))
        remove.clicked.connect(partial(self.removed.emit, name))
        self.names.append(field)
        self.types.append(box)
        for column, widget in enumerate((field, box, remove)):
            self._put(widget, row, column)

    def _put(self, widget: QWidget, row: int, column: int) -> None:
        self._grid.addWidget(widget, row, column)
        self._widgets.append(widget)

    def _rename(self, name: str, field: QLineEdit) -> None:
        new = field.text().strip()
        if not new or (new != name and new in self._shown):
            field.setText(name)
        elif new != name:
            self.renamed.emit(name, new)

    def _add(self) -> None:
        """Add the new field, but not while its type is still being chosen."""
        name = self.new_name.text().strip()
        if name and name not in self._shown and not self.new_type.hasFocus():
            self.new_name.clear()
            self.added.emit(name, str(self.new_type.currentData()))


def _type_box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    for kind, words in TYPE_WORDS.items():
        box.addItem(tr(words), kind.value)
    return box
