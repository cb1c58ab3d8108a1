"""Saves exports with the permissions of their source, and backs up what they replace."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import stat
from collections.abc import Callable
from io import BufferedIOBase
from pathlib import Path
from typing import IO

from chaindesk.files.atomic_write import replace_file
from chaindesk.files.save import save_errors
from chaindesk.workbook.naming import backup_names

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)


def save(
    target: Path, write: Callable[[IO[bytes]], object], *, like: Path | None = None, make_folder: bool = False
) -> None:
    """Write a file beside the target, then put it in the target's place; a link keeps leading to it.

    Args:
        target: the file; it may exist.
        write: writes the content.
        like: the file whose permissions a new target gets; its owner may always write to it.
        make_folder: make the target's own folder where there is none.

    Raises:
        SaveError: it cannot be written; what was there is as before.
    """
    with save_errors(target):
        mode = _mode(target)
        if mode is None and like is not None:
            mode = (_mode(like) or 0o600) | stat.S_IWUSR  # so that it can be replaced by the next export
        if make_folder:
            entry = stat.S_IRWXU | ((mode or 0o777) & 0o444) >> 2  # who may read the file may enter
            target.parent.mkdir(mode=(mode or 0o777) | entry, exist_ok=True)
        replace_file(target, write, mode=mode)


def back_up(path: Path) -> Path:
    """Copy a file beside itself before it is replaced, and return the copy's path.

    An older backup is never replaced; one of equal content is enough.

    Raises:
        SaveError: it cannot be copied.
    """
    return next(backup for backup in backup_names(path) if _keeps(backup, path))


def _keeps(backup: Path, path: Path) -> bool:
    """Return whether the backup holds what the file does, if need be because it is made now."""
    with contextlib.ExitStack() as opened:
        with save_errors(path):  # an error names the file that has it
            source = opened.enter_context(path.open("rb"))
        opened.enter_context(save_errors(backup))
        if os.path.lexists(backup):
            return holds(backup, source)
        try:
            with os.fdopen(os.open(backup, _NEW, 0o600), "wb") as file:
                shutil.copyfileobj(source, file)
                file.flush()
                os.fsync(file.fileno())
            shutil.copymode(path, backup)
        except BaseException:
            backup.unlink(missing_ok=True)
            raise
    return True


def holds(path: Path, content: BufferedIOBase) -> bool:
    """Return whether a file has that very content."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest() == hashlib.file_digest(content, "sha256").digest()


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
