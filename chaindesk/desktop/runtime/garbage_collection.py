"""Looks for reference cycles by the window's own timer: Python's collector stops the window for tenths of a second.

Python collects whenever enough objects have come, in whatever step that is, and now and then goes through all there is.
Here, what is new is gone through once and left out afterwards (``gc.freeze``). While rows run it is left out at once:
calls close no cycles. All of it is gone through again while nobody looks at the window, once there is much of it.
"""

from __future__ import annotations

import gc
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtGui import QGuiApplication

_INTERVAL_MS = 100
NEW_OBJECTS = 5_000
"""So many more objects than at the last time are gone through, or left out: there are as many after some 400 calls."""
MANY_OBJECTS = 300_000
"""So many objects left out since all were last gone through are gone through as well, once nobody looks."""


class GarbageCollection(QObject):
    """Collects in place of Python, from ``begin`` to ``end``.

    Args:
        is_busy: returns whether rows run.
        parent: owns it.
    """

    def __init__(self, is_busy: Callable[[], bool], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._is_busy = is_busy
        self._timer = QTimer(self, interval=_INTERVAL_MS)
        self._timer.timeout.connect(self.collect_new)
        self._frozen = 0

    def begin(self) -> None:
        """Collect by the timer from now on."""
        gc.disable()
        self._frozen = gc.get_freeze_count()
        self._timer.start()
        if isinstance(app := QGuiApplication.instance(), QGuiApplication):
            app.applicationStateChanged.connect(self.collect_all)

    def end(self) -> None:
        """Leave it to Python again."""
        if self._timer.isActive():
            self._timer.stop()
            gc.unfreeze()
            gc.enable()
            if isinstance(app := QGuiApplication.instance(), QGuiApplication):
                app.applicationStateChanged.disconnect(self.collect_all)

    def collect_new(self) -> None:
        """Go through what is new, where there is enough of it."""
        if gc.get_count()[0] >= NEW_OBJECTS:
            if not self._is_busy():
                gc.collect(0)
            gc.freeze()

    def collect_all(self, state: Qt.ApplicationState) -> None:
        """Go through everything, where nobody looks at the window and enough was left out."""
        if self._is_busy() or state is Qt.ApplicationState.ApplicationActive:
            return
        if gc.get_freeze_count() - self._frozen > MANY_OBJECTS:
            gc.unfreeze()
            gc.collect()
            gc.freeze()
            self._frozen = gc.get_freeze_count()
