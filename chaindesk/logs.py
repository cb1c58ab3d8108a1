"""The log file, for the window and the command line alike: rotating, and with whatever looks like a key starred out."""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path

from chaindesk.domain.errors import ChainDeskError

_KEY_LIKE = re.compile(r"[A-Za-z0-9_\-]{20,}")
_MAX_BYTES = 1_000_000
_KEPT = 3
_ROOT = logging.getLogger("chaindesk")


class _Redacting(logging.Formatter):
    """Lines with a time. An unknown error may hold anything, so its words are starred; frames are names and lines."""

    def format(self, record: logging.LogRecord) -> str:
        frames = ""
        error = record.exc_info[1] if record.exc_info else None
        if error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
        words = record.getMessage() if error is None else f"{record.getMessage()}: {type(error).__name__}: {error}"
        line = f"{self.formatTime(record)} {record.levelname} {record.name}: {_KEY_LIKE.sub('•••', words)}"
        return f"{line}\n{frames}".rstrip()


def open_log(folder: Callable[[], Path]) -> Path | None:
    """From now on everything that ChainDesk logs goes to a file, and nowhere else. A second call changes the place.

    Args:
        folder: gives the log folder.

    Returns:
        The file, which is made at the first line; None where there can be none, and what is logged is dropped.
    """
    close_log()
    _ROOT.setLevel(logging.INFO)
    _ROOT.propagate = False
    try:
        path = folder() / "chaindesk.log"
        handler = RotatingFileHandler(path, maxBytes=_MAX_BYTES, backupCount=_KEPT, encoding="utf-8", delay=True)
    except (OSError, ChainDeskError):
        _ROOT.addHandler(logging.NullHandler())
        return None
    handler.setFormatter(_Redacting())
    _ROOT.addHandler(handler)
    return path


def close_log() -> None:
    """Let go of the file."""
    for handler in list(_ROOT.handlers):
        _ROOT.removeHandler(handler)
        handler.close()
    _ROOT.propagate = True
