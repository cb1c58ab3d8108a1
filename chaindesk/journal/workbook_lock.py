"""Whose turn it is at a workbook: an advisory lock on a file, so that no two runs pay for the same rows at once.

The system lets go of the lock when its holder ends, however it ends: a crash never blocks the next run.
"""

from __future__ import annotations

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from chaindesk.domain.errors import UsageError

BUSY = (
    "Another run is going on over this workbook{whose}. Wait for its end, or stop it. "
    "Nothing was run here, so that nothing is paid for twice."
)
_LOOK_SECONDS = 0.02
_LOCKED_BYTE = 1 << 30  # beyond the text, which others may then read on Windows too


@contextlib.contextmanager
def hold_lock(folder: Path, workbook_id: int) -> Iterator[None]:
    """Hold the turn at a workbook for as long as this is open.

    Where the disk knows no locks, as some network drives, or the folder cannot be made, it is as if nobody else ran.

    Args:
        folder: where the lock files are; made on demand. They are left there, empty but for a process number.
        workbook_id: the journal's number of the workbook and sheet.

    Raises:
        UsageError: somebody else has it.
    """
    try:
        folder.mkdir(exist_ok=True)
        descriptor = os.open(folder / f"{workbook_id}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        yield
        return
    try:
        if not _locked(descriptor) and not _locked_soon(descriptor):
            raise UsageError(BUSY.format(whose=_holder(descriptor)))
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def is_locked(folder: Path, workbook_id: int) -> bool:
    """Whether somebody holds the turn at a workbook; False where that cannot be told."""
    try:
        descriptor = os.open(folder / f"{workbook_id}.lock", os.O_RDWR)
    except OSError:
        return False
    try:
        return not _locked(descriptor)
    finally:
        os.close(descriptor)  # which lets go of it again


def _locked_soon(descriptor: int) -> bool:
    """Try once more: somebody may just have looked whether it is taken."""
    time.sleep(_LOOK_SECONDS)
    return _locked(descriptor)


def _locked(descriptor: int) -> bool:
    """Whether nobody else holds it; from now on it is ours."""
    if sys.platform == "win32":
        import msvcrt

        os.lseek(descriptor, _LOCKED_BYTE, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
    import fcntl

    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # this disk knows no locks
        return True
    return True


def _sign(descriptor: int) -> None:
    with contextlib.suppress(OSError):  # a full disk: the words for others will lack the number, no more
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.truncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode("ascii"))


def _holder(descriptor: int) -> str:
    try:
        number = os.pread(descriptor, 20, 0) if hasattr(os, "pread") else os.read(descriptor, 20)
    except OSError:
        return ""
    return f" (process {number.decode('ascii')})" if number.isdigit() else ""
