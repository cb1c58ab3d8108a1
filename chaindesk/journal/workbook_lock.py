"""One run per workbook, across processes: an advisory lock on a file, so that no two runs pay for the same rows.

The system releases the lock when its holder ends, however it ends: a crash never blocks the next run.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from chaindesk.domain.errors import UsageError
from chaindesk.files.file_lock import try_lock
from chaindesk.files.private import make_private, make_private_folder

BUSY = (
    "Another run is going on over this workbook{whose}. Wait for its end, or stop it. "
    "Nothing was run here, so that nothing is paid for twice."
)
_RETRY_SECONDS = 0.02  # ``is_locked`` holds a lock for less than that


@contextlib.contextmanager
def hold_lock(folder: Path, workbook_id: int) -> Iterator[None]:
    """Hold the lock of a workbook while the context is open.

    If the disk has no locks, as some network drives, or the folder cannot be made, nothing is locked.

    Args:
        folder: where the lock files are; made on demand. They stay there, with nothing but a process number in them.
        workbook_id: the journal's number of the workbook and sheet.

    Raises:
        UsageError: somebody else holds the lock.
    """
    try:
        make_private_folder(folder)
        path = folder / f"{workbook_id}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        make_private(path)
    except OSError:
        yield
        return
    try:
        if not try_lock(descriptor):
            time.sleep(_RETRY_SECONDS)
            if not try_lock(descriptor):
                raise UsageError(BUSY.format(whose=_holder(descriptor)))
        _sign(descriptor)
        yield
    finally:
        os.close(descriptor)


def is_locked(folder: Path, workbook_id: int) -> bool:
    """Return whether somebody holds the lock of a workbook; False if that cannot be determined."""
    try:
        descriptor = os.open(folder / f"{workbook_id}.lock", os.O_RDWR)
    except OSError:
        return False
    try:
        return not try_lock(descriptor)
    finally:
        os.close(descriptor)  # which releases the lock again


def _sign(descriptor: int) -> None:
    """Write the number of this process, for the message to others."""
    with contextlib.suppress(OSError):  # a full disk: the message lacks the number, no more
        os.lseek(descriptor, 0, os.SEEK_SET)
        os.truncate(descriptor, 0)
        os.write(descriptor, str(os.getpid()).encode("ascii"))


def _holder(descriptor: int) -> str:
    try:
        os.lseek(descriptor, 0, os.SEEK_SET)
        number = os.read(descriptor, 20)
    except OSError:
        return ""
    return f" (process {number.decode('ascii')})" if number.isdigit() else ""
