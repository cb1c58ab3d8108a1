"""The log file, for the window and the command line alike: rotating, and with whatever looks like a key starred out.

It reports what happened by names and figures. No prompt, output or cell ever gets into it.
"""

from __future__ import annotations

import logging
import re
import traceback
from collections.abc import Callable
from pathlib import Path

from concurrent_log_handler import ConcurrentRotatingFileHandler
from typing_extensions import override

from chaindesk.domain.errors import ChainDeskError, InputError
from chaindesk.formatting import visible

KNOWN = {"known": True}
"""For ``extra=``: the line is made of names, figures and ids of requests, which are long and no keys."""
_KEY_LIKE = re.compile(r"[A-Za-z0-9_\-]{20,}")
_SURE_KEY = re.compile(r"\b(?:sk|pk|rk|gsk|xai|AIza|hf|nvapi)[-_]?[A-Za-z0-9_\-]{16,}")
_TELLING = (OSError, ImportError, AttributeError, NameError, TypeError, RuntimeError, ChainDeskError)
"""Errors whose words are the program's or the system's. Others may quote what they could not read, such as a cell."""
_MAX_BYTES = 1_000_000
_OLD_FILES = 3
_ROOT = logging.getLogger("chaindesk")


class _Redacting(logging.Formatter):
    """Lines with a time. An unknown error may hold anything, so its words are starred or left out; frames are names
    and lines."""

    def format(self, record: logging.LogRecord) -> str:
        frames = ""
        error = record.exc_info[1] if record.exc_info else None
        words = record.getMessage()
        if error is not None:
            frames = "".join(traceback.format_tb(error.__traceback__))
            words = f"{words}: {_error_text(error)}"
        key_like = _SURE_KEY if getattr(record, "known", False) else _KEY_LIKE
        words = visible(key_like.sub("•••", " ".join(words.split())))
        return (
            f"{self.formatTime(record)} {record.levelname} {record.name} [{record.process}]: {words}\n{frames}".rstrip()
        )


class SharedLogFile(ConcurrentRotatingFileHandler):
    """Several processes append whole lines to one file: ``NAME`` becomes ``NAME.1`` when it has grown, and so on.

    A disk that refuses is no reason to disturb anybody: the line is dropped then.
    """

    def __init__(self, path: Path, max_bytes: int, old_files: int) -> None:
        super().__init__(str(path), maxBytes=max_bytes, backupCount=old_files, encoding="utf-8", chmod=0o600)

    @override
    def handleError(self, record: logging.LogRecord) -> None:
        pass


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
    except (OSError, ChainDeskError):
        _ROOT.addHandler(logging.NullHandler())
        return None
    handler = SharedLogFile(path, _MAX_BYTES, _OLD_FILES)
    handler.setFormatter(_Redacting())
    _ROOT.addHandler(handler)
    return path


def close_log() -> None:
    """Let go of the file."""
    for handler in list(_ROOT.handlers):
        _ROOT.removeHandler(handler)
        handler.close()
    _ROOT.propagate = True


def _error_text(error: BaseException) -> str:
    if isinstance(error, _TELLING) and not isinstance(error, InputError):
        return f"{type(error).__name__}: {error}"
    return f"{type(error).__name__} (its words are left out, because they may quote a text)"
