"""Notices that the file of the open workbook is another: saved by another program, replaced, renamed or deleted."""

from __future__ import annotations

import os
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

_SETTLE_MS = 400  # milliseconds: programs write a file in several steps
_Stamp = tuple[int, int, int]


class WorkbookWatcher(QObject):
    """Watches one file and its folder. Where the system tells nothing, as on network drives, ``look`` finds out.

    Signals:
        changed: the file has been written; its path.
        gone: nothing is there any more; its path, and the file's new path where it was renamed in its folder, or None.
    """

    changed = Signal(object)
    gone = Signal(object, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path: Path | None = None
        self._known: _Stamp | None = None
        self._seen: _Stamp | None = None
        self._system = QFileSystemWatcher(self)
        self._settle = QTimer(self, interval=_SETTLE_MS, singleShot=True)
        self._settle.timeout.connect(self._look_again)
        self._system.fileChanged.connect(lambda _: self._settle.start())
        self._system.directoryChanged.connect(lambda _: self._settle.start())

    def watch(self, path: Path | None) -> None:
        """Watch this file as it is now, and no other; None for none."""
        self._settle.stop()
        if watched := [*self._system.files(), *self._system.directories()]:
            self._system.removePaths(watched)
        self._path = path
        self._known = self._seen = _stamp(path) if path is not None else None
        self._watch_again()

    def accept(self) -> None:
        """Take the file as it is now for known: what wrote it is known."""
        if self._path is not None:
            self._known = self._seen = _stamp(self._path)
            self._watch_again()

    def look(self) -> None:
        """Look at the file, in case the system told nothing."""
        if self._path is not None and _stamp(self._path) != self._known:
            self._settle.start()

    def look_now(self) -> bool:
        """Tell at once that the file is another, without waiting for the end of its writing; return whether it is."""
        now = _stamp(self._path) if self._path is not None else None
        if self._path is None or now is None or now == self._known:
            return False
        self._settle.stop()
        self._known = self._seen = now
        self._watch_again()
        self.changed.emit(self._path)
        return True

    def _look_again(self) -> None:
        """Tell that the file is another once it is the same twice: until then it is being written."""
        if self._path is None:
            return
        now = _stamp(self._path)
        if now == self._known:
            self._seen = now
            self._watch_again()  # a file that is replaced is not watched any more
        elif now != self._seen:
            self._seen = now
            self._settle.start()
        else:
            before, self._known = self._known, now
            self._watch_again()
            if now is None:
                self.gone.emit(self._path, _renamed(self._path, before))
            else:
                self.changed.emit(self._path)

    def _watch_again(self) -> None:
        if self._path is not None:
            wanted = {str(self._path), str(self._path.parent)} - {*self._system.files(), *self._system.directories()}
            there = [path for path in wanted if os.path.exists(path)]
            if there:
                self._system.addPaths(there)


def _stamp(path: Path) -> _Stamp | None:
    """What shows that a file has been written since, and which file it is; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _renamed(path: Path, before: _Stamp | None) -> Path | None:
    """Return the path of the very file that was here, where it is in the folder under another name."""
    if before is None or not before[2]:
        return None
    try:
        with os.scandir(path.parent) as entries:
            return next((Path(entry.path) for entry in entries if entry.inode() == before[2] and entry.is_file()), None)
    except OSError:
        return None
