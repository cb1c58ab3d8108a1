"""Hands the events of a run to the log and to the one listener."""

from __future__ import annotations

from collections.abc import Callable

from chaindesk.domain.events import Event
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.event_log import OF_CALLS, EventLog
from chaindesk.engine.run.progress.held_time import HeldTime


class EventDispatcher:
    """Hands events to the log and to the one listener. A listener that fails ends the run; it never fails a row.

    Attributes:
        held: how long the run was held so far.
        error: of the listener.
    """

    def __init__(self, listener: Callable[[Event], None], control: RunControl) -> None:
        self._listener = listener
        self._control = control
        self._log = EventLog()
        self.held = HeldTime()
        self.error: Exception | None = None

    def __call__(self, event: Event) -> None:
        """Hand an event on."""
        if type(event) not in OF_CALLS:
            self._log.handle(event)
            self.held.fold(event)
        if self.error is not None:
            return
        try:
            self._listener(event)
        except Exception as error:
            self.error = error
            self._control.stop()
