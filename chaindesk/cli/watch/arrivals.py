"""Which workbooks of a folder are there as a whole: nobody copies them any more, and nobody has them open.

The folder is looked at again and again, since network folders do not tell of changes, and since that a file has stopped
changing is seen by looking only.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

WORKBOOK_ENDINGS = frozenset(
    {".xlsx", ".xlsm", ".xltx", ".xltm", ".xls", ".xlsb", ".ods", ".csv", ".tsv"}
)  # what ``open_manifest`` reads
LOCKED = "is open in another program"
Signature = tuple[int, int, int]
"""Size, time of the last change and number of a file."""


@dataclass(slots=True)
class _Seen:
    signature: Signature
    since: float


class Arrivals:
    """What was seen of the files of a folder by the looks so far.

    Attributes:
        locked: the workbooks that another program has open, as the last look found them.
        unsettled: whether the last look found files that may still be changing.
    """

    def __init__(self, folder: Path, settle_s: float, clock: Callable[[], float]) -> None:
        """Look at a folder.

        Args:
            folder: the folder.
            settle_s: for how many seconds a file must not have changed.
            clock: a monotonic time in seconds.
        """
        self.locked: tuple[Path, ...] = ()
        self.unsettled = False
        self._folder = folder
        self._settle_s = settle_s
        self._clock = clock
        self._seen: dict[Path, _Seen] = {}

    def look(self) -> list[Path]:
        """Look once more, and return the workbooks that are there as a whole, by name.

        Raises:
            OSError: the folder cannot be read.
        """
        names = {path.name: path for path in self._folder.iterdir()}
        # A link is left alone: what it names may be a file that whoever put it there cannot read.
        found = sorted(path for path in names.values() if is_workbook(path) and not path.is_symlink())
        self._seen = {path: seen for path in found if (seen := self._seen_now(path)) is not None}
        self.locked = tuple(path for path in self._seen if _lock_names(path) & names.keys())
        free = [path for path in self._seen if path not in self.locked]
        settled = [path for path in free if self.unchanged_s(path) >= self._settle_s]
        self.unsettled = len(settled) < len(free)
        return settled

    def unchanged_s(self, path: Path) -> float:
        """Return for how many seconds a file has been seen as it is."""
        return self._clock() - self._seen[path].since

    def _seen_now(self, path: Path) -> _Seen | None:
        now = signature_of(path)
        if now is None:
            return None
        before = self._seen.get(path)
        return before if before is not None and before.signature == now else _Seen(now, self._clock())


def is_workbook(path: Path) -> bool:
    """Return whether a name is that of a workbook; another program's lock file and hidden files are none."""
    return path.suffix.lower() in WORKBOOK_ENDINGS and not path.name.startswith((".", "~$"))


def signature_of(path: Path) -> Signature | None:
    """Return what changes when a file is written or replaced; None where there is no such file."""
    try:
        stat = path.stat()
    except OSError:
        return None
    return (stat.st_size, stat.st_mtime_ns, stat.st_ino) if path.is_file() else None


def _lock_names(path: Path) -> set[str]:
    """Return the names of the lock files that Excel and LibreOffice put beside a workbook while they have it open."""
    return {f"~${path.name}", f".~lock.{path.name}#"}
