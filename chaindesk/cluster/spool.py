"""Keeps a worker's paid answers on its disk until the run has stored them, so that a kill loses none of them."""

from __future__ import annotations

import contextlib
import os
import time
import uuid
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from chaindesk.cluster.messages import Outcome
from chaindesk.files.file_lock import try_lock
from chaindesk.files.private import make_private_folder

_SUFFIX = ".answers"
_STORED = b"-"
_MAX_BYTES = 8_000_000
_MAX_AGE_S = 30 * 86_400.0
_outcomes: TypeAdapter[Outcome] = TypeAdapter(Outcome)


class Spool:
    """The answers of one process of a worker, and those of processes before it that have ended.

    A file holds a line for each answer, and one for each that was stored meanwhile. It is locked by its process.

    Attributes:
        process: tells this process from every other.
        processes: itself, and those whose answers it has taken over.
    """

    def __init__(self, folder: Path) -> None:
        """Open a file of its own in a folder.

        Raises:
            OSError: it cannot be made.
        """
        make_private_folder(folder)
        self.process = uuid.uuid4().hex
        self.processes = {self.process}
        self._folder = folder
        self._generation = 0
        self._path, self._file = self._open_next()
        self._lines: dict[str, bytes] = {}
        self._bytes = 0
        self.take_over()

    def take_over(self) -> None:
        """Take over the answers of processes in the same folder that have ended."""
        for path in sorted(self._folder.glob(f"*{_SUFFIX}")):
            if path == self._path:
                continue
            with contextlib.suppress(OSError):  # another process was faster
                self._take_over(path)

    def _take_over(self, path: Path) -> None:
        descriptor = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
        try:
            if not try_lock(descriptor):
                return
            old = time.time() - path.stat().st_mtime > _MAX_AGE_S
            for id_, line in ({} if old else _read(path)).items():
                self._lines[id_] = line
                self._write(line)
            os.fsync(self._file)
            self.processes.add(path.name.partition(".")[0])
        finally:
            os.close(descriptor)
        path.unlink()

    def add(self, outcome: Outcome) -> None:
        """Keep an answer. It is with the system when this returns, so that only a loss of power loses it."""
        line = _outcomes.dump_json(outcome)
        self._lines[outcome.id] = line
        self._write(line)

    @property
    def holds_any(self) -> bool:
        """Return whether an answer is kept."""
        return bool(self._lines)

    def begin_sync(self) -> Callable[[], None]:
        """Return what waits until everything is on the disk; another thread may call it."""
        descriptor = os.dup(self._file)  # the file itself may be closed meanwhile

        def finish() -> None:
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)

        return finish

    def remove(self, ids: Iterable[str]) -> None:
        """Forget answers that are stored elsewhere by now."""
        gone = [id_ for id_ in ids if self._lines.pop(id_, None) is not None]
        if not gone:
            return
        self._write(b"\n".join(_STORED + id_.encode() for id_ in gone))
        if self._bytes > max(_MAX_BYTES, 2 * sum(map(len, self._lines.values()))):
            self._rewrite()

    def outcomes(self, leave_out: Collection[str] = ()) -> tuple[Outcome, ...]:
        """Return the answers that are kept."""
        return tuple(_outcomes.validate_json(line) for id_, line in self._lines.items() if id_ not in leave_out)

    def close(self) -> None:
        """Close the file; it is deleted where no answer is in it."""
        os.close(self._file)
        if not self._lines:
            self._path.unlink(missing_ok=True)

    def _write(self, line: bytes) -> None:
        os.write(self._file, line + b"\n")
        self._bytes += len(line) + 1

    def _rewrite(self) -> None:
        """Go on in a new file that holds what is still kept, and delete the old one."""
        old_path, old_file = self._path, self._file
        self._path, self._file = self._open_next()
        self._bytes = 0
        for line in self._lines.values():
            self._write(line)
        os.fsync(self._file)
        os.close(old_file)
        old_path.unlink(missing_ok=True)

    def _open_next(self) -> tuple[Path, int]:
        self._generation += 1
        path = self._folder / f"{self.process}.{self._generation}{_SUFFIX}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try_lock(descriptor)
        return path, descriptor


def _read(path: Path) -> dict[str, bytes]:
    """Return the answers of a file that were not stored, by id. A line that was cut off by a kill is left out."""
    found: dict[str, bytes] = {}
    for line in path.read_bytes().split(b"\n"):
        if line.startswith(_STORED):
            found.pop(line[1:].decode(), None)
            continue
        with contextlib.suppress(ValidationError):
            found[_outcomes.validate_json(line).id] = line
    return found
