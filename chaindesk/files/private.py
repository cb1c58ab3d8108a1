"""Keeps this user's files from other users of the machine: files 0600, folders 0700.

Windows has other permissions: there a user's folders are private by themselves.
"""

from __future__ import annotations

import contextlib
import os
import stat
from pathlib import Path

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def make_private(path: Path) -> None:
    """Take all permissions from other users, if the file or folder is this user's own.

    Links, shared folders such as ``/tmp``, and drives without permissions are left as they are.
    """
    if not hasattr(os, "getuid"):
        return
    with contextlib.suppress(OSError):
        found = path.lstat()
        shared = stat.S_ISLNK(found.st_mode) or bool(found.st_mode & stat.S_ISVTX)
        if found.st_uid == os.getuid() and found.st_mode & _OTHERS and not shared:
            path.chmod(stat.S_IMODE(found.st_mode) & ~_OTHERS)


def make_private_folder(folder: Path) -> None:
    """Make a folder for this user alone; one that is there becomes so, unless it is the home or the root.

    Raises:
        OSError: it cannot be made.
    """
    folder.mkdir(mode=stat.S_IRWXU, parents=True, exist_ok=True)
    found = folder.resolve()
    if found not in (Path(os.path.expanduser("~")).resolve(), found.parent):
        make_private(folder)


def create_private(path: Path) -> None:
    """Make an empty file for this user alone, if there is none.

    Raises:
        OSError: it cannot be made.
    """
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, stat.S_IRUSR | stat.S_IWUSR))
