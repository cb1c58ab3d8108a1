"""Which runs were asked for: a file for each request id, so that an id is one run, whoever asks how often.

The file is on the disk before the first call goes out. A lock beside it, which the system releases however its holder
ends, says whether the run is going on.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.files.file_lock import try_lock
from chaindesk.files.private import make_private_folder
from chaindesk.files.save import save_text

_LONGEST_ID = 100


class Claim:
    """A request id that this process has, and nobody else."""

    def __init__(self, path: Path, descriptor: int) -> None:
        self._path = path
        self._descriptor = descriptor

    def record(self, values: dict[str, Any]) -> None:
        """Store how the run stands.

        Raises:
            SaveError: the disk refuses.
        """
        save_text(self._path, json.dumps(values, separators=(",", ":")))

    def release(self) -> None:
        """Let others look whether the run has ended."""
        os.close(self._descriptor)


class RequestStore:
    """The requests of one journal."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def claim(self, request_id: str) -> Claim | None:
        """Return the claim of a new request id; None where there is a request of that id.

        Raises:
            UsageError: the id is none.
            SaveError: the disk refuses.
        """
        path = self._path(request_id)
        try:
            make_private_folder(self._folder)
            descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise SaveError(f"{self._folder} cannot be written: {error.strerror}.") from error
        if not try_lock(descriptor) or path.exists():
            os.close(descriptor)
            return None
        return Claim(path, descriptor)

    def recorded(self, request_id: str) -> dict[str, Any]:
        """Return how a request stands; one that nobody is running any more and that has no end is ``interrupted``.

        Raises:
            UsageError: there is no such request.
        """
        path = self._path(request_id)
        try:
            values: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            raise UsageError(f'There is no request "{request_id}".') from None
        if values.get("state") == "running" and not self._is_held(path):
            again: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))  # it may have ended in between
            values = again if again.get("state") != "running" else again | {"state": "interrupted"}
        return values

    def _is_held(self, path: Path) -> bool:
        try:
            descriptor = os.open(path.with_suffix(".lock"), os.O_RDWR)
        except OSError:
            return False
        try:
            return not try_lock(descriptor)
        finally:
            os.close(descriptor)

    def _path(self, request_id: str) -> Path:
        if not request_id.strip() or len(request_id) > _LONGEST_ID:
            raise UsageError(f"A request id has 1 to {_LONGEST_ID} characters.")
        return self._folder / f"{hashlib.sha256(request_id.encode('utf-8', 'replace')).hexdigest()[:32]}.json"
