"""Keeps a window's place and the positions of its splitters, soon after each change: a program may be killed."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QByteArray, QEvent, QObject, QSettings, QTimer
from PySide6.QtWidgets import QSplitter, QWidget

_SAVE_DELAY_MS = 700  # milliseconds after the last change
_CHANGES = frozenset({QEvent.Type.Resize, QEvent.Type.Move, QEvent.Type.WindowStateChange})


class WindowMemory(QObject):
    """Remembers one window."""

    def __init__(self, window: QWidget, name: str, splitters: Mapping[str, QSplitter]) -> None:
        """Remember a window as ``name``, "" for the program's main window, with its splitters by name."""
        super().__init__(window)
        self._window, self._splitters = window, dict(splitters)
        self._prefix = f"{name}/" if name else ""
        self._later = QTimer(self, interval=_SAVE_DELAY_MS, singleShot=True)
        self._later.timeout.connect(self.save)
        window.installEventFilter(self)
        for splitter in self._splitters.values():
            splitter.splitterMoved.connect(lambda *_: self._later.start())

    def restore(self) -> tuple[bool, frozenset[str]]:
        """Restore what is known; return whether the window's place was, and the names of splitters that were."""
        stored = _settings()
        geometry = stored.value(f"{self._prefix}geometry")
        placed = isinstance(geometry, QByteArray) and self._window.restoreGeometry(geometry)
        set_ = set()
        for name, splitter in self._splitters.items():
            state = stored.value(f"{self._prefix}{name}")
            if isinstance(state, QByteArray) and splitter.restoreState(state):
                set_.add(name)
        return placed, frozenset(set_)

    def add(self, name: str, splitter: QSplitter) -> bool:
        """Remember a splitter that was filled after the window was restored; return whether its place is known."""
        self._splitters[name] = splitter
        splitter.splitterMoved.connect(lambda *_: self._later.start())
        state = _settings().value(f"{self._prefix}{name}")
        return isinstance(state, QByteArray) and splitter.restoreState(state)

    def save(self) -> None:
        """Save now."""
        self._later.stop()
        stored = _settings()
        stored.setValue(f"{self._prefix}geometry", self._window.saveGeometry())
        for name, splitter in self._splitters.items():
            stored.setValue(f"{self._prefix}{name}", splitter.saveState())
        stored.sync()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Save soon after the window was moved or sized by its user."""
        if event.type() in _CHANGES and self._window.isVisible():
            self._later.start()
        return super().eventFilter(watched, event)


def _settings() -> QSettings:
    return QSettings("ChainDesk", "ChainDesk")
