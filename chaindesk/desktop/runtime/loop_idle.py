"""Lets long work in a thread give way to the window: it goes on while the loop has nothing to do.

Python runs one thread at a time. While a table is painted, Qt asks for each of its cells, and each time the painting
would wait for the other thread to let go: a hundred times for one picture.
"""

from __future__ import annotations

import threading

from PySide6.QtCore import QAbstractEventDispatcher

MAX_WAIT_S = 0.05  # in which a window that is never idle lets the work go on all the same


class LoopIdle:
    """Knows whether the loop of the thread in which it was made has something to do."""

    def __init__(self) -> None:
        self._idle = threading.Event()
        self._idle.set()
        self._closed = False
        self._dispatcher = QAbstractEventDispatcher.instance()
        if self._dispatcher is not None:
            self._dispatcher.awake.connect(self._idle.clear)
            self._dispatcher.aboutToBlock.connect(self._idle.set)

    def give_way(self) -> None:
        """Wait, in another thread, until the loop is idle, though not for long."""
        self._idle.wait(MAX_WAIT_S)

    def close(self) -> None:
        """Watch the loop no more."""
        if self._dispatcher is not None and not self._closed:
            self._closed = True
            self._dispatcher.awake.disconnect(self._idle.clear)
            self._dispatcher.aboutToBlock.disconnect(self._idle.set)
        self._idle.set()
