"""Carries a run's events to the widgets in batches: thousands a second become ten signals a second."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from chaindesk.domain.events import Event, RunFinished, RunPaused, RunResumed, RunStarted

_BATCH_INTERVAL_MS = 100  # milliseconds


class EventBridge(QObject):
    """The listener of a run.

    Signals:
        events: the events of the last 100 ms, in order. The first and last of a run, and pauses, come at once.
    """

    events = Signal(list)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._buffer: list[Event] = []
        self._timer = QTimer(self)
        self._timer.setInterval(_BATCH_INTERVAL_MS)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.CoarseTimer)
        self._timer.timeout.connect(self.flush)

    def handle(self, event: Event) -> None:
        """Give this to ``Session.run`` as its listener."""
        self._buffer.append(event)
        if isinstance(event, (RunStarted, RunFinished, RunPaused, RunResumed)):
            self.flush()
        elif not self._timer.isActive():
            self._timer.start()

    def flush(self) -> None:
        """Hand over what has gathered."""
        self._timer.stop()
        if self._buffer:
            events, self._buffer = self._buffer, []
            self.events.emit(events)
