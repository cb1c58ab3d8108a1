"""Replaces a file as a whole or not at all: until the new content is on the disk, the old file stays in place.

Every package that saves files does it here. Errors are the system's own, since only the caller knows what the file is
for.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from chaindesk.files.file_lock import try_lock

PRIVATE = 0o600
_BINARY = getattr(os, "O_BINARY", 0)
_LEFTOVER_AGE_S = 60.0


def replace_file(path: Path, write: Callable[[IO[bytes]], object], *, mode: int | None = PRIVATE) -> None:
    """Write a temporary file beside a path, sync it, and put it in the path's place; a link keeps leading to it.

    Temporary files that killed processes left beside it are deleted.

    Args:
        path: the file; its folder exists.
        write: writes the content.
        mode: the file's permissions; None leaves them to the system's default.

    Raises:
        OSError: the disk refuses. Nothing is changed then.
    """
    path = _real(path)
    _delete_leftovers(path)
    temporary = temporary_beside(path)
    descriptor = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | _BINARY, 0o666 if mode is None else PRIVATE)
    try:
        with _in_use(descriptor):
            with os.fdopen(descriptor, "w+b") as file:
                write(file)
                file.flush()
                os.fsync(file.fileno())
            if mode is not None:
                with contextlib.suppress(OSError):  # some drives have no permissions; the file is good all the same
                    temporary.chmod(mode)
            temporary.replace(path)
    except BaseException:
        with contextlib.suppress(OSError):  # what matters is the failure that led here
            temporary.unlink()
        raise
    sync_folder(path.parent)


def probe_replace(path: Path) -> None:
    """Check whether ``replace_file`` could write a file there, and leave nothing behind.

    Raises:
        OSError: it could not, or the file that is there cannot be read for a backup.
    """
    if path.is_dir():
        raise IsADirectoryError
    path = _real(path)
    with contextlib.suppress(FileNotFoundError):  # it may well be new; what counts is whether its name may be
        path.lstat()
    if path.exists():
        # Windows replaces no file that another program holds open; elsewhere its folder alone decides.
        path.open("r+b" if sys.platform == "win32" else "rb").close()
    probe = temporary_beside(path)
    probe.touch(exist_ok=False)
    probe.unlink()


def temporary_beside(path: Path) -> Path:
    """Return a new hidden name beside a path."""
    return path.with_name(f"{_stem(path)}{secrets.token_hex(6)}.tmp")


def sync_folder(folder: Path) -> None:
    """Make a new name in a folder durable; not every system can."""
    if not hasattr(os, "O_DIRECTORY"):
        return
    with contextlib.suppress(OSError):  # some file systems refuse to sync a folder, and the file itself is safe
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextlib.contextmanager
def _in_use(descriptor: int) -> Iterator[None]:
    """Lock an open file until this ends, even after the descriptor is closed: so nobody takes it for a leftover."""
    if sys.platform == "win32":  # an open file can neither be deleted nor renamed there
        yield
        return
    held = os.dup(descriptor)
    try:
        try_lock(held)
        yield
    finally:
        os.close(held)


def _delete_leftovers(path: Path) -> None:
    """Delete the temporary files of writers of this path that ended before they were done, as by a kill."""
    ours = re.compile(re.escape(_stem(path)) + r"[0-9a-f]{12}\.tmp")
    with contextlib.suppress(OSError), os.scandir(path.parent) as entries:  # they are in nobody's way
        for entry in entries:
            if ours.fullmatch(entry.name) and entry.is_file(follow_symlinks=False):
                with contextlib.suppress(OSError):
                    _delete_if_abandoned(Path(entry.path))


def _delete_if_abandoned(path: Path) -> None:
    if time.time() - path.stat().st_mtime < _LEFTOVER_AGE_S:
        return  # its writer may not have locked it yet
    descriptor = os.open(path, os.O_RDWR)
    try:
        abandoned = try_lock(descriptor, unsupported=False)
    finally:
        os.close(descriptor)
    if abandoned:
        path.unlink()


def _real(path: Path) -> Path:
    return Path(os.path.realpath(path)) if path.is_symlink() else path


def _stem(path: Path) -> str:
    return f".{path.stem[:40]}."
