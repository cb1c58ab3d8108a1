"""Where a result goes: the default place, and what may be overwritten."""

from __future__ import annotations

from pathlib import Path

from chaindesk.domain.errors import UsageError
from chaindesk.workbook import export_name

STANDARD_OUTPUT = Path("-")


def target_of(workbook: Path, out: Path | None, *, overwrite: bool) -> Path:
    """Return the file that the result is to be saved as: ``out``, or ``NAME.completed.xlsx`` beside the workbook.

    A completed workbook is continued in its own file; a copy of it is kept.

    Raises:
        UsageError: it is the workbook itself without ``overwrite``, another file with it, or its ending does not fit.
    """
    usual = export_name(workbook)
    if overwrite and workbook.suffix.lower() != usual.suffix:
        words = f"{workbook.name} is no {usual.suffix} file, so no columns can be written into it."
        raise UsageError(f"--overwrite: {words} Leave it out: the result is then {usual.name}.")
    if out is None:
        return workbook if overwrite else usual
    if out.is_dir():
        out = out / usual.name
    if is_same(workbook, out):
        if not overwrite:
            raise UsageError(f"--out is the workbook itself. Add --overwrite to write into {out.name}; a copy is kept.")
        return out
    if overwrite:
        words = f"--overwrite writes into {workbook.name} itself, and --out names another file, {out}."
        raise UsageError(f"{words} Leave one of them out.")
    if out.suffix.lower() != usual.suffix:
        words = f"the result of {workbook.name} is a {usual.suffix} file. Name it {out.stem}{usual.suffix}"
        raise UsageError(f"--out {out}: {words}.")
    return out


def shown_path(path: Path) -> Path:
    """Return the absolute path of a file, without ``..`` in it; ``-`` is standard output."""
    if path == STANDARD_OUTPUT:
        return path
    return path.resolve() if ".." in path.parts else path.absolute()


def result_words(path: Path) -> str:
    """Return the line that tells a person where the result is."""
    return f"Result: {'standard output' if path == STANDARD_OUTPUT else shown_path(path)}"


def is_same(one: Path, other: Path) -> bool:
    """Return whether both paths lead to one file."""
    try:
        return one.samefile(other)
    except OSError:
        return one.absolute() == other.absolute()
