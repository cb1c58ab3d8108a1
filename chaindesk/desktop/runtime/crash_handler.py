"""What happens when ChainDesk itself is at fault: a line in a log file, and plain words for the user."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from chaindesk import settings
from chaindesk.logging_setup import close_log, open_log

_SORRY = "Something went wrong inside ChainDesk. Every answer that was paid for is kept."
_log = logging.getLogger(__name__)


class CrashHandler(QObject):
    """Handles every unexpected error.

    Signals:
        happened: plain words about it, from any thread.
    """

    happened = Signal(str)

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__()
        self.happened.connect(tell)
        self.path = open_log(settings.log_folder)
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """From now on."""
        sys.excepthook = self.handle
        threading.excepthook = self._handle_thread_error

    def uninstall(self) -> None:
        """Leave everything as it was."""
        sys.excepthook, threading.excepthook = self._before
        close_log()

    def handle(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an error and tell the user. The log has file names and lines, and no values of variables."""
        if issubclass(kind, KeyboardInterrupt):
            return
        _log.error("Unexpected", exc_info=(kind, error, trace))
        self.happened.emit(_SORRY if self.path is None else f"{_SORRY} The details are in {self.path}.")

    def handle_loop_error(self, loop: object, context: dict[str, object]) -> None:
        """The loop's exception handler."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.handle(type(error), error, error.__traceback__)
        else:
            _log.error("%s", context.get("message"))

    def _handle_thread_error(self, found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None:
            self.handle(found.exc_type, found.exc_value, found.exc_traceback)
