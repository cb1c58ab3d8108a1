"""Where a result goes: the default place, what may be overwritten, and a probe before anything is paid for."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from chaindesk.domain.errors import SaveError, UsageError
from chaindesk.workbook import export_name


def target_of(workbook: Path, out: Path | None, *, overwrite: bool) -> Path:
    """The file that the result is to be saved as: ``out``, or ``NAME.completed.xlsx`` beside the workbook.

    A completed workbook is continued in its own file; a copy of it is kept.

    Raises:
        UsageError: it is the workbook itself without ``overwrite``, or its ending does not fit.
    """
    usual = export_name(workbook)
    if out is None:
        return workbook if overwrite else usual
    if out.is_dir():
        out = out / usual.name
    if is_same(workbook, out):
        if not overwrite:
            raise UsageError(f"--out is the workbook itself. Add --overwrite to write into {out.name}; a copy is kept.")
        return out
    if out.suffix.lower() != usual.suffix:
        words = f"the result of {workbook.name} is a {usual.suffix} file. Name it {out.stem}{usual.suffix}"
        raise UsageError(f"--out {out}: {words}.")
    return out


def probe(target: Path) -> None:
    """Make sure that ``target`` can be written, before any call is paid for.

    Raises:
        SaveError: the folder or the file refuses.
    """
    folder = target.parent
    if not folder.is_dir():
        raise SaveError(f"The folder {folder} does not exist. Make it, or choose another place with --out.")
    try:
        handle, name = tempfile.mkstemp(dir=folder, prefix=".chaindesk-", suffix=".tmp")
        os.close(handle)
        Path(name).unlink()
    except OSError as error:
        raise SaveError(f"Nothing can be written in {folder}: {error.strerror}. Choose another with --out.") from error
    if target.exists():
        try:
            with target.open("r+b"):
                pass
        except OSError as error:
            words = f"{target} cannot be written: {error.strerror}. Close it in Excel, or choose another with --out."
            raise SaveError(words) from error


def is_same(one: Path, other: Path) -> bool:
    """Whether both paths lead to one file."""
    try:
        return one.samefile(other)
    except OSError:
        return one.absolute() == other.absolute()
