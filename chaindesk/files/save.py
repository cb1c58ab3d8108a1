"""Saves reports and bundles: whole or not at all, and in words for the user where the disk refuses."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.files.atomic_write import write_whole


def save_text(path: Path, text: str) -> Path:
    """Save a text file in UTF-8; its whole path. What was there before is replaced.

    Raises:
        SaveError: the disk refuses.
    """
    return _save(path, lambda file: file.write(text.encode("utf-8", "replace")))


def save_zip(path: Path, files: Mapping[str, str]) -> Path:
    """Save a zip of texts by name; its whole path. What was there before is replaced.

    Raises:
        SaveError: the disk refuses.
    """

    def write(file: IO[bytes]) -> None:
        with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in files.items():
                archive.writestr(name, text.encode("utf-8", "replace"))

    return _save(path, write)


def checked_ending(path: Path, *endings: str) -> Path:
    """The path itself: a file of another kind is never replaced by a slip of the pen.

    Raises:
        UsageError: its ending is none of these.
    """
    if path.suffix.lower() not in endings:
        raise UsageError(f"{path} does not end in {endings[0]}. Name it {path.stem or path.name}{endings[0]}")
    return path


def _save(path: Path, write: Callable[[IO[bytes]], object]) -> Path:
    path = path.absolute()
    try:
        write_whole(path, write, mode=path.stat().st_mode & 0o777 if path.exists() else 0o644)
    except OSError as error:
        raise SaveError(f"{path} could not be saved: {error.strerror}. Choose another place.") from error
    return path
