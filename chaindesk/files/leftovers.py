"""The file that an export is written into beside its target, and what a killed export left of such files."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
import time
from collections.abc import Iterator
from pathlib import Path

_FRESH_SECONDS = 60.0


def temporary_beside(target: Path) -> Path:
    """A new hidden name beside the target."""
    return target.with_name(f"{_stem(target)}{secrets.token_hex(6)}.tmp")


@contextlib.contextmanager
def in_use(handle: int) -> Iterator[None]:
    """Show others that an open file is being written, until this ends: even after the handle is closed."""
    if sys.platform == "win32":  # nobody can delete a file there that is open
        yield
        return
    import fcntl

    held = os.dup(handle)
    try:
        with contextlib.suppress(OSError):  # this disk knows no locks: then nobody clears it
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    finally:
        os.close(held)


def clear_leftovers(target: Path) -> None:
    """Delete the temporary files of exports to this target that ended before they were done, as by a kill."""
    ours = re.compile(re.escape(_stem(target)) + r"[0-9a-f]{12}\.tmp")
    with contextlib.suppress(OSError), os.scandir(target.parent) as entries:  # they are in nobody's way
        for entry in entries:
            if ours.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _clear(Path(entry.path))


def _clear(path: Path) -> None:
    if time.time() - path.stat().st_mtime < _FRESH_SECONDS:
        return  # its writer may not have come to mark it yet
    if sys.platform != "win32":
        import fcntl

        handle = os.open(path, os.O_RDWR)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        finally:
            os.close(handle)
    path.unlink()


def _stem(target: Path) -> str:
    return f".{target.stem[:40]}."
