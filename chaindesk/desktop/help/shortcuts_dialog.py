"""All keys, by menu."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from chaindesk.desktop.ui.dialogs import close_button
from chaindesk.desktop.ui.translation import tr

_GROUP_GAP_PX = 18
_TITLE_ROWS = 2  # what a group takes beside its keys


class ShortcutsDialog(QDialog):
    """Shows groups of commands with their keys, in two columns, with a scroll bar only where the screen is too low."""

    def __init__(self, groups: Mapping[str, Sequence[tuple[str, str]]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        inside = QWidget()
        inside.setObjectName("plain")
        columns = QHBoxLayout(inside)
        columns.setSpacing(40)
        for names in _balanced(groups):
            column = QVBoxLayout()
            column.setSpacing(0)
            for name in names:
                column.addLayout(_group(name, groups[name]))
                column.addSpacing(_GROUP_GAP_PX)
            column.addStretch(1)
            columns.addLayout(column)
        self.area = QScrollArea()
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName(tr("Keyboard shortcuts"))
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setWidget(inside)
        self.area.setWidgetResizable(True)
        layout = QVBoxLayout(self)
        layout.addWidget(self.area, 1)
        layout.addWidget(close_button(self))
        wanted = inside.sizeHint()
        room = self.screen().availableGeometry().size()
        bar = self.area.verticalScrollBar().sizeHint().width()
        self.resize(min(wanted.width() + bar + 30, room.width() - 40), min(wanted.height() + 90, room.height() - 60))


def _group(name: str, keys: Sequence[tuple[str, str]]) -> QGridLayout:
    grid = QGridLayout()
    grid.setHorizontalSpacing(28)
    grid.setVerticalSpacing(5)
    title = QLabel(name)
    title.setProperty("title", "true")
    grid.addWidget(title, 0, 0, 1, 2)
    for row, (command, shortcut) in enumerate(keys, 1):
        words = QLabel(command)
        words.setTextFormat(Qt.TextFormat.PlainText)
        shown = QLabel(shortcut)
        shown.setTextFormat(Qt.TextFormat.PlainText)
        shown.setProperty("keys", "true")
        shown.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        grid.addWidget(words, row, 0)
        grid.addWidget(shown, row, 1)
    grid.setColumnStretch(0, 1)
    return grid


def _balanced(groups: Mapping[str, Sequence[tuple[str, str]]]) -> tuple[list[str], list[str]]:
    """Return the groups' names in two columns of about equal length, in their order."""
    names = list(groups)
    lengths = [len(groups[name]) + _TITLE_ROWS for name in names]
    cut = min(range(len(names) + 1), key=lambda cut: max(sum(lengths[:cut]), sum(lengths[cut:])))
    return names[:cut], names[cut:]
