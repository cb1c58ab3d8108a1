"""Saves a file whole or not at all."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
from collections.abc import Callable, Iterator
from io import BufferedIOBase
from pathlib import Path
from typing import IO

from chaindesk.domain.errors import SaveError
from chaindesk.files.atomic_write import sync_folder
from chaindesk.files.leftovers import clear_leftovers, in_use, temporary_beside
from chaindesk.workbook.naming import backup_names


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
    with _save_errors(target):
        if make_folder:
            target.parent.mkdir(exist_ok=True)
        target = _real(target)
        mode = _mode(target)
        if mode is None and like is not None:
            mode = (_mode(like) or 0o600) | stat.S_IWUSR  # so that it can be replaced by the next export
        clear_leftovers(target)
        temporary = temporary_beside(target)
        handle = os.open(temporary, os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o666)
        try:
            with in_use(handle):
                with os.fdopen(handle, "w+b") as file:
                    write(file)
                    file.flush()
                    os.fsync(file.fileno())
                if mode is not None:
                    temporary.chmod(mode)
                temporary.replace(target)
        except BaseException:
            with contextlib.suppress(OSError):  # what matters is the failure that led here
                temporary.unlink()
            raise
        sync_folder(target.parent)


def try_folder(target: Path, *, readable: bool = False) -> None:
    """Find out whether a file can be made beside the target, and leave nothing behind.

    Args:
        target: the file; it may exist.
        readable: whether a target that exists has to be readable, for its backup.

    Raises:
        SaveError: it cannot.
    """
    with _save_errors(target):
        if target.is_dir():
            raise IsADirectoryError
        target = _real(target)
        with contextlib.suppress(FileNotFoundError):  # it may well be new; what counts is whether its name may be
            target.lstat()
        if readable and target.exists():
            target.open("rb").close()
        probe = temporary_beside(target)
        probe.touch(exist_ok=False)
        probe.unlink()


def back_up(path: Path) -> Path:
    """Copy a file beside itself before it is replaced, and return the copy's path.

    An older backup is never replaced; one of equal content is enough.

    Raises:
        SaveError: it cannot be copied.
    """
    return next(backup for backup in backup_names(path) if _keeps(backup, path))


def _keeps(backup: Path, path: Path) -> bool:
    """Return whether the backup holds what the file does, if need be because it is made now."""
    with _save_errors(backup), path.open("rb") as source:
        if os.path.lexists(backup):
            return holds(backup, source)
        try:
            with backup.open("xb") as file:
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


def _real(target: Path) -> Path:
    return Path(os.path.realpath(target)) if target.is_symlink() else target


@contextlib.contextmanager
def _save_errors(target: Path) -> Iterator[None]:
    try:
        yield
    except PermissionError as exc:
        raise SaveError(
            f'"{target}" could not be saved: it may be open in another program such as Excel, or its folder may be '
            "read-only. Close it there, or save under another name."
        ) from exc
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise SaveError(f'"{target}" could not be saved: there is no folder "{target.parent}".') from exc
    except IsADirectoryError as exc:
        raise SaveError(f'"{target}" could not be saved: it is a folder. Give a file name.') from exc
    except OSError as exc:
        if exc.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise SaveError(f'"{target}" could not be saved: the disk is full. Make room, then export again.') from exc
        if exc.errno == errno.ENAMETOOLONG:
            raise SaveError(f'"{target}" could not be saved: its name is too long. Give a shorter one.') from exc
        raise SaveError(f'"{target}" could not be saved: {exc.strerror or exc}. Save it elsewhere.') from exc


def _mode(path: Path) -> int | None:
    try:
        return stat.S_IMODE(path.stat().st_mode)
    except OSError:
        return None
