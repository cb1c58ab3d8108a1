"""What happens when ChainDesk itself is at fault: a line in a log file, and plain words for the user."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Signal

from chaindesk import settings
from chaindesk.domain.errors import ChainDeskError

LOG_NAME = "window.log"
_MAX_BYTES = 500_000
_SORRY = "Something went wrong inside ChainDesk. Every answer that was paid for is kept. The details are in {path}."


class CrashHandler(QObject):
    """Takes every error that nobody expected.

    Signals:
        happened: plain words about it, from any thread.
    """

    happened = Signal(str)

    def __init__(self, tell: Callable[[str], object]) -> None:
        super().__init__()
        self.happened.connect(tell)
        self.path, self._log = _open_log()
        self._before = (sys.excepthook, threading.excepthook)

    def install(self) -> None:
        """From now on."""
        sys.excepthook = self.take
        threading.excepthook = self._take_from_thread

    def uninstall(self) -> None:
        """Leave everything as it was."""
        sys.excepthook, threading.excepthook = self._before
        for handler in list(self._log.handlers):
            self._log.removeHandler(handler)
            handler.close()

    def take(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log an error and tell the user. The log has file names and lines, and no values of variables."""
        if issubclass(kind, KeyboardInterrupt):
            return
        frames = "".join(traceback.format_tb(trace))
        self._log.error("%s: %s\n%s", kind.__name__, error, frames)
        self.happened.emit(_SORRY.format(path=self.path))

    def take_from_loop(self, loop: object, context: dict[str, object]) -> None:
        """The loop's exception handler."""
        error = context.get("exception")
        if isinstance(error, BaseException):
            self.take(type(error), error, error.__traceback__)
        else:
            self._log.error("%s", context.get("message"))

    def _take_from_thread(self, found: threading.ExceptHookArgs) -> None:
        if found.exc_value is not None:
            self.take(found.exc_type, found.exc_value, found.exc_traceback)


def _open_log() -> tuple[Path, logging.Logger]:
    log = logging.getLogger("chaindesk.window")
    log.propagate = False
    path = Path(LOG_NAME)
    try:
        path = settings.log_folder() / LOG_NAME
        handler: logging.Handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=3, encoding="utf-8")
    except (OSError, ChainDeskError):
        handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    log.addHandler(handler)
    return path, log
