"""A log file that several processes write to at once: each line whole, and turned over when it has grown.

Python's own rotating handler keeps the file open. Windows then refuses the renaming as soon as a second process has it
open too, and elsewhere the second one goes on writing into the renamed file. So a line is written under a lock, and the
file is open for no longer than that.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_TRIES = 20
_PAUSE = 0.005  # seconds: a tenth of a second in all, which nobody at a window notices
_BINARY = getattr(os, "O_BINARY", 0)


class SharedLogFile(logging.Handler):
    """Appends to a file and turns it over: ``NAME`` becomes ``NAME.1``, that ``NAME.2``, and so on.

    A disk that refuses is no reason to disturb anybody: the line is lost then, and nothing else.
    """

    def __init__(self, path: Path, most_bytes: int, kept: int) -> None:
        """Log to a file that is made at the first line.

        Args:
            path: the file.
            most_bytes: a line that would make it longer goes into a new file.
            kept: how many old ones are kept.
        """
        super().__init__()
        self.path = path
        self._most_bytes, self._kept = most_bytes, kept

    def emit(self, record: logging.LogRecord) -> None:
        """Write a line."""
        line = (self.format(record) + "\n").encode("utf-8", "replace")
        with contextlib.suppress(OSError), _turn(self.path.with_name(f"{self.path.name}.lock")) as mine:
            if mine and self._length() + len(line) > self._most_bytes:
                self._turn_over()
            _append(self.path, line)

    def _length(self) -> int:
        try:
            return self.path.stat().st_size
        except FileNotFoundError:
            return 0

    def _turn_over(self) -> None:
        """Rename. Where somebody reads the file on Windows, that is refused, and it grows until the next line."""
        for number in range(self._kept, 0, -1):
            newer = self.path if number == 1 else self.path.with_name(f"{self.path.name}.{number - 1}")
            with contextlib.suppress(OSError):
                newer.replace(self.path.with_name(f"{self.path.name}.{number}"))


def _append(path: Path, line: bytes) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | _BINARY, 0o600)
    try:
        while line:
            line = line[os.write(descriptor, line) :]
    finally:
        os.close(descriptor)


@contextlib.contextmanager
def _turn(path: Path) -> Iterator[bool]:
    """Whether nobody else writes for as long as this is open. Who waits too long, or has no locks, writes all the same,
    and only leaves the file as it is."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        yield _waited_for(descriptor)
    finally:
        os.close(descriptor)  # lets go of the lock


def _waited_for(descriptor: int) -> bool:
    for _ in range(_TRIES):
        if _locked(descriptor):
            return True
        time.sleep(_PAUSE)
    return False


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 0, os.SEEK_SET)
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True
