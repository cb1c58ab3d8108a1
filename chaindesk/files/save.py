"""Saves reports and bundles as a whole or not at all, with messages for the user where the disk refuses."""

from __future__ import annotations

import contextlib
import errno
import zipfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import IO

from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.files.atomic_write import replace_file


def save_text(path: Path, text: str) -> Path:
    """Save a text file in UTF-8 and return its absolute path. What was there before is replaced.

    Raises:
        SaveError: the disk refuses.
    """
    return _save(path, lambda file: file.write(text.encode("utf-8", "replace")))


def save_bytes(path: Path, content: bytes) -> Path:
    """Save a file, such as a picture, and return its absolute path. What was there before is replaced.

    Raises:
        SaveError: the disk refuses.
    """
    return _save(path, lambda file: file.write(content))


def save_zip(path: Path, files: Mapping[str, str]) -> Path:
    """Save a zip of texts by name and return its absolute path. What was there before is replaced.

    Raises:
        SaveError: the disk refuses.
    """

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text.encode("utf-8", "replace"))

    return _save(path, write)


def checked_ending(path: Path, *endings: str) -> Path:
    """Return the path itself; a file of another kind is never replaced by a slip of the pen.

    Raises:
        UsageError: its ending is none of these.
    """
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path} does not end in {endings[0]}. Name it {path.stem or path.name}{endings[0]}")
    return path


def _save(path: Path, write: Callable[[IO[bytes]], object]) -> Path:
    path = path.absolute()
    with save_errors(path):
        replace_file(path, write, mode=path.stat().st_mode & 0o777 if path.exists() else None)
    return path


@contextlib.contextmanager
def save_errors(target: Path) -> Iterator[None]:
    """Translate the system's refusal to write a file into ``SaveError`` with a way on."""
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
            raise SaveError(f'"{target}" could not be saved: the disk is full. Make room, then save it again.') from exc
        if exc.errno == errno.ENAMETOOLONG:
            raise SaveError(f'"{target}" could not be saved: its name is too long. Give a shorter one.') from exc
        raise SaveError(f'"{target}" could not be saved: {exc.strerror or exc}. Save it elsewhere.') from exc
