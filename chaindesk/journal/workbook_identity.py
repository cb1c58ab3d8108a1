"""Recognises a workbook by its path, its content, or its name. Shared by both journals."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class WorkbookIdentity:
    """One file in which a workbook's sheet was seen.

    Attributes:
        workbook_id: the journal's number of the workbook and sheet.
        sheet: the sheet's name.
        path: the file's absolute path, case-folded if the system ignores case.
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


def identity_of(workbook_id: int, path: Path, sheet: str) -> WorkbookIdentity:
    """Return the identity of a file as it is now."""
    absolute = Path(os.path.normcase(path.absolute().resolve()))
    return WorkbookIdentity(workbook_id, sheet, str(absolute), absolute.name.casefold(), _digest(path))


def same_workbook(
    here: WorkbookIdentity, by_path: WorkbookIdentity | None, others: Iterable[WorkbookIdentity]
) -> int | None:
    """Return the number of the workbook that is at ``here``, or None if it is a new one.

    Args:
        here: the file as it is now.
        by_path: what was seen at this path before.
        others: identities of equal content or equal name, newest first.
    """
    if by_path is not None:
        return by_path.workbook_id
    candidates = [one for one in others if one.sheet == here.sheet]
    for one in candidates:
        if here.digest and one.digest == here.digest:
            return one.workbook_id
    for one in candidates:
        if one.name == here.name and not Path(one.path).exists():
            return one.workbook_id
    return None


def _digest(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""  # a file that cannot be read is still recognised by its path and its name
