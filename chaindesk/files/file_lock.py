"""An exclusive lock on an open file. The system releases it when its holder ends, however it ends."""

from __future__ import annotations

import os
import sys

_LOCKED_BYTE = 1 << 30  # beyond any text, which others may then read on Windows too


def try_lock(descriptor: int, *, unsupported: bool = True) -> bool:
    """Lock an open file without waiting, and return whether it is locked by this descriptor now.

    Closing the descriptor, and every duplicate of it, releases the lock.

    Args:
        descriptor: the file, open for writing.
        unsupported: what to return where the disk has no locks, as some network drives.
    """
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
    except OSError:
        return unsupported
    return True
