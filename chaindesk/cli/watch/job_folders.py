"""Where a workbook is on its way: taken into ``working``, and moved with its result to ``done`` or ``failed``.

Every move is one renaming of a file or folder, which a kill leaves done or undone.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path

from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.files.atomic_write import sync_folder
from chaindesk.files.file_lock import try_lock
from chaindesk.files.save import save_text

WORKING, DONE, FAILED = "working", "done", "failed"


class JobFolders:
    """The folders inside the one that is watched. A job is a folder of ``working`` called as its workbook."""

    def __init__(self, folder: Path) -> None:
        """Make the folders, and lock them against a second watcher.

        Raises:
            UsageError: another watcher has them, or there is no such folder.
            SaveError: they cannot be made.
        """
        if not folder.is_dir():
            raise UsageError(f"There is no folder {folder}.")
        self.folder = folder
        try:
            for name in (WORKING, DONE, FAILED):
                (folder / name).mkdir(exist_ok=True)
            self._lock = os.open(folder / WORKING / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SaveError(f"{folder} cannot be written: {error.strerror}.") from error
        if not try_lock(self._lock):
            os.close(self._lock)
            raise UsageError(f"Another chaindesk watch has {folder}. Two would take each other's workbooks.")

    def close(self) -> None:
        """Release the lock."""
        os.close(self._lock)

    def waiting(self) -> list[Path]:
        """Return the workbooks that were taken and have not ended, such as those of a watcher that was killed."""
        found = []
        for job in sorted((self.folder / WORKING).iterdir()):
            if not job.is_dir():
                continue
            if (job / job.name).is_file():
                found.append(job / job.name)
            else:
                with contextlib.suppress(OSError):  # a kill came before the workbook did; else it is not ours to delete
                    job.rmdir()
        return found

    def take(self, path: Path) -> Path | None:
        """Move a workbook into ``working``, and return where it is; None where one of its name is there already.

        Raises:
            OSError: it cannot be moved, because another program has it or because the folder is read-only.
        """
        job = self.folder / WORKING / path.name
        if (job / path.name).exists():
            return None
        job.mkdir(exist_ok=True)
        os.rename(path, job / path.name)
        return job / path.name

    def end(self, workbook: Path, *, failure: str = "") -> Path:
        """Move a job with all that it made to ``done``, or, with a text that says why, to ``failed``; return where.

        Raises:
            SaveError: it cannot be moved.
        """
        if failure:
            save_text(workbook.with_name(f"{workbook.stem}.txt"), failure.rstrip("\n") + "\n")
        try:
            target = self._free(self.folder / (FAILED if failure else DONE) / workbook.stem)
            os.rename(workbook.parent, target)
            sync_folder(target.parent)
        except OSError as error:
            raise SaveError(f"{workbook.parent} cannot be moved: {error.strerror}.") from error
        return target

    def _free(self, path: Path) -> Path:
        names = itertools.chain([path], (path.with_name(f"{path.name} {number}") for number in itertools.count(2)))
        return next(name for name in names if not name.exists())
