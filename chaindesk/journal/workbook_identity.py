"""By what a workbook is known again: its path, its content, or its name. Shared by every kind of journal."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Place:
    """One place where a workbook's sheet was seen.

    Attributes:
        workbook_id: the journal's number of the workbook and sheet.
        sheet: the sheet's name.
        path: the file's absolute path, folded where the system does not tell cases apart.
        name: the file's name, folded.
        digest: of the file's content when it was last seen, or "" where it could not be read.
        exported: of the content that was last exported to it, or "".
    """

    workbook_id: int
    sheet: str
    path: str
    name: str
    digest: str
    exported: str = ""


def place_of(workbook_id: int, path: Path, sheet: str) -> Place:
    """The place that a file is now."""
    absolute = Path(os.path.normcase(path.absolute().resolve()))
    return Place(workbook_id, sheet, str(absolute), absolute.name.casefold(), _digest(path))


def same_workbook(here: Place, by_path: Place | None, others: Iterable[Place]) -> int | None:
    """The number of the workbook that is at ``here``, or None where it is a new one.

    Args:
        here: the file as it is now.
        by_path: what was seen at this path before.
        others: places of equal content or equal name, newest first.
    """
    if by_path is not None:
        return by_path.workbook_id
    candidates = [place for place in others if place.sheet == here.sheet]
    for place in candidates:
        if here.digest and place.digest == here.digest:
            return place.workbook_id
    for place in candidates:
        if place.name == here.name and not Path(place.path).exists():
            return place.workbook_id
    return None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""  # a file that cannot be read is still known by its path and its name
