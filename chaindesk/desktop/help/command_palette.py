"""Every command by a few letters of its name, with its keys, and why it is not possible now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import (
    QDialog,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from chaindesk.desktop.help.fuzzy import fuzzy_score
from chaindesk.desktop.ui.translation import tr

_SIZE = QSize(640, 420)
_TOP_PX = 60  # between the window's top and the palette
_LIST_KEYS = frozenset({Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp})
_RECENT_BONUS = 3


@dataclass(frozen=True, slots=True)
class Command:
    """A command as it is listed.

    Attributes:
        action: what is carried out.
        name: its words.
        place: the menus in which it is, such as ``View › Theme``.
        reason: why it is not possible now, or "".
    """

    action: QAction
    name: str
    place: str
    reason: str = ""

    @property
    def keys(self) -> str:
        """Its shortcuts."""
        return ", ".join(keys.toString(keys.SequenceFormat.NativeText) for keys in self.action.shortcuts())


class CommandPalette(QDialog):
    """Lists commands, the best first. Without letters: those that were used last, then in the menus' order.

    Signals:
        triggered: a command was carried out; the object name of its action.
    """

    triggered = Signal(str)

    def __init__(self, commands: Sequence[Command], recent: Sequence[str], parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Commands"))
        self.setObjectName("palette")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._commands = list(commands)
        self._recent = {name: place for place, name in enumerate(reversed(recent))}
        self.line = QLineEdit()
        self.line.setAccessibleName(tr("Find a command"))
        self.line.setPlaceholderText(tr("A few letters of a command, such as “exp”"))
        self.line.setClearButtonEnabled(True)
        self.list = QTreeWidget()
        self.list.setAccessibleName(tr("Commands"))
        self.list.setColumnCount(3)
        self.list.setHeaderHidden(True)
        self.list.setRootIsDecorated(False)
        self.list.setUniformRowHeights(True)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the keys of the line move in it
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.list.header()
        header.setStretchLastSection(False)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for column in (1, 2):
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.ResizeToContents)
        self.nothing = QLabel(tr("No command has these letters."))
        self.nothing.setProperty("muted", "true")
        layout = QVBoxLayout(self)
        layout.addWidget(self.line)
        layout.addWidget(self.list, 1)
        layout.addWidget(self.nothing)
        self.line.textChanged.connect(self._show)
        self.line.installEventFilter(self)
        self.list.itemClicked.connect(lambda item: self._carry_out(item))
        self.resize(_SIZE)
        window = parent.window()
        self.move(window.mapToGlobal(window.rect().center()).x() - _SIZE.width() // 2, window.y() + _TOP_PX)
        self._show()
        self.line.setFocus()

    def shown(self) -> list[Command]:
        """Return the commands that fit, the best first."""
        wanted = self.line.text()
        scored: list[tuple[int, int, Command]] = []
        for place, command in enumerate(self._commands):
            score = fuzzy_score(wanted, command.name)
            if score is None and (by_place := fuzzy_score(wanted, f"{command.place} {command.name}")) is not None:
                score = by_place - len(wanted) * _RECENT_BONUS
            if score is None:
                continue
            used = self._recent.get(command.action.objectName())
            bonus = 0 if used is None else _RECENT_BONUS + (used if not wanted.strip() else 0)
            scored.append((-score - bonus, place, command))
        return [command for _, _, command in sorted(scored, key=lambda one: one[:2])]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move in the list by the line's arrow keys, and carry out by Return."""
        if isinstance(event, QKeyEvent) and event.type() is QEvent.Type.KeyPress:
            if event.key() in _LIST_KEYS:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._carry_out(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _show(self) -> None:
        self.list.clear()
        for command in self.shown():
            text = f"{command.name} – {command.reason}" if command.reason else command.name
            item = QTreeWidgetItem([text, command.place, command.keys])
            item.setIcon(0, command.action.icon())
            item.setData(0, Qt.ItemDataRole.UserRole, command)
            item.setToolTip(0, command.reason or command.action.statusTip())
            if command.reason or not command.action.isEnabled():
                for column in range(3):
                    item.setForeground(column, self.palette().placeholderText())
            self.list.addTopLevelItem(item)
        if (first := self.list.topLevelItem(0)) is not None:
            self.list.setCurrentItem(first)
        self.nothing.setVisible(not self.list.topLevelItemCount())

    def _carry_out(self, item: QTreeWidgetItem | None) -> None:
        if item is None:
            return
        command: Command = item.data(0, Qt.ItemDataRole.UserRole)
        if not command.action.isEnabled():
            return  # the reason stands beside it
        self.accept()
        self.triggered.emit(command.action.objectName())
        QTimer.singleShot(0, command.action.trigger)  # the window has the focus by then
