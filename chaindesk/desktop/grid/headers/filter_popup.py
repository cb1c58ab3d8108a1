"""A small form for the filter of one column: words, empty or not, and the values that most cells have."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.grid.column_filter import ColumnFilter
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.formatting import count

MAX_VALUES = 40  # values that are offered
_MAX_VALUE_CHARS = 60
_TYPING_MS = 200
_WIDTH_PX, _LIST_HEIGHT_PX = 290, 210


class FilterPopup(QFrame):
    """Asks for the filter of a column; each change is shown in the table at once.

    Signals:
        changed: another ``ColumnFilter`` is asked for.
    """

    changed = Signal(object)

    def __init__(
        self,
        title: str,
        current: ColumnFilter,
        values: Sequence[tuple[str, int]],
        distinct: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setObjectName("peek")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAccessibleName(tr("Filter by {column}").format(column=title))
        self.setFixedWidth(_WIDTH_PX)
        self.words = QLineEdit(current.contains)
        self.words.setPlaceholderText(tr("Contains…"))
        self.words.setAccessibleName(tr("Contains"))
        self.words.setClearButtonEnabled(True)
        self.blank = QCheckBox(tr("Is empty"))
        self.blank.setChecked(current.blank is True)
        self.filled = QCheckBox(tr("Is not empty"))
        self.filled.setChecked(current.blank is False)
        self.values = QListWidget()
        self.values.setAccessibleName(tr("Values"))
        self.values.ensurePolished()  # else the lines are as high as without a style sheet until something changes
        self._fill(values, current.values)
        rows = max(self.values.count(), 2)
        self.values.setFixedHeight(min(rows * (self.fontMetrics().lineSpacing() + 9) + 8, _LIST_HEIGHT_PX))
        self.clear = QPushButton(tr("Clear"))
        self.done = QPushButton(tr("Done"))
        self.done.setProperty("primary", True)
        self._more = max(distinct - len(values), 0)
        self._typing = QTimer(self, interval=_TYPING_MS, singleShot=True)
        self._typing.timeout.connect(self._emit)
        self._lay_out(title)
        self._connect()

    def wanted(self) -> ColumnFilter:
        """Return the filter as it is set now."""
        items = (self.values.item(place) for place in range(self.values.count()))
        chosen = {str(item.data(_VALUE)) for item in items if item.checkState() is Qt.CheckState.Checked}
        blank = True if self.blank.isChecked() else False if self.filled.isChecked() else None
        return ColumnFilter(self.words.text(), blank, frozenset(chosen))

    def _fill(self, values: Sequence[tuple[str, int]], chosen: frozenset[str]) -> None:
        listed = {text for text, _ in values}
        for text, cells in [*((text, 0) for text in sorted(chosen - listed)), *values]:
            line = " ".join(text[: 3 * _MAX_VALUE_CHARS].split()) or tr("(empty)")
            line = line if len(line) <= _MAX_VALUE_CHARS else line[: _MAX_VALUE_CHARS - 1] + "…"
            item = QListWidgetItem(f"{line}   {count(cells)}")
            item.setData(_VALUE, text)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked if text in chosen else Qt.CheckState.Unchecked)
            self.values.addItem(item)

    def _lay_out(self, title: str) -> None:
        heading = QLabel(tr("Filter by {column}").format(column=title))
        heading.setProperty("title", True)
        heading.setTextFormat(Qt.TextFormat.PlainText)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(7)
        layout.addWidget(heading)
        layout.addWidget(self.words)
        checks = QHBoxLayout()
        checks.addWidget(self.blank)
        checks.addWidget(self.filled)
        checks.addStretch(1)
        layout.addLayout(checks)
        layout.addWidget(self.values)
        if self._more:
            more = QLabel(tr_count(self._more, tr_noop("and {n} rarer value"), tr_noop("and {n} rarer values")))
            more.setProperty("muted", True)
            layout.addWidget(more)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self.clear)
        buttons.addWidget(self.done)
        layout.addLayout(buttons)
        self.words.setFocus()

    def _connect(self) -> None:
        self.words.textChanged.connect(lambda _: self._typing.start())
        self.words.returnPressed.connect(self._finish)
        self.blank.clicked.connect(lambda: self._choose_blank(self.filled))
        self.filled.clicked.connect(lambda: self._choose_blank(self.blank))
        self.values.itemChanged.connect(lambda _: self._emit())
        self.clear.clicked.connect(self._clear)
        self.done.clicked.connect(self._finish)

    def _choose_blank(self, other: QCheckBox) -> None:
        other.setChecked(False)
        self._emit()

    def _clear(self) -> None:
        self._typing.stop()
        self.changed.emit(ColumnFilter())
        self.close()

    def _finish(self) -> None:
        self._emit()
        self.close()

    def _emit(self) -> None:
        self._typing.stop()
        self.changed.emit(self.wanted())


_VALUE = int(Qt.ItemDataRole.UserRole)
