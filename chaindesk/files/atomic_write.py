"""Puts a file in its place whole or not at all: what was there before stands until the new one is on the disk.

It stands below the rooms that save files, so that all of them save alike. Errors are the system's own: the caller knows
what the file was for.
"""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import IO


def write_whole(path: Path, write: Callable[[IO[bytes]], object], *, mode: int | None = None) -> None:
    """Write a file beside its place, sync it, and put it there.

    Args:
        path: its place, in a folder that exists.
        write: fills it.
        mode: the file's rights; None keeps it to this user.

    Raises:
        OSError: the disk refuses. Nothing is changed then.
    """
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".chaindesk-", suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            write(file)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            with contextlib.suppress(OSError):  # some drives know no rights; the file is good all the same
                Path(temporary).chmod(mode)
        Path(temporary).replace(path)
        sync_folder(path.parent)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder last; not every system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):  # some file systems refuse to sync a folder, and the file itself is safe
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
