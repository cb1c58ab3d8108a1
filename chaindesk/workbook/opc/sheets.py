"""Chooses the sheet that holds the jobs."""

from __future__ import annotations

from pathlib import Path

from chaindesk.domain.errors import WorkbookError
from chaindesk.domain.manifest import Notice
from chaindesk.domain.template import nearest_name
from chaindesk.workbook.opc.workbook_part import Book, Sheet


def choose_sheet(book: Book, path: Path, wanted: str | None, notices: list[Notice]) -> Sheet:
    """The sheet of that name, or the active one.

    Raises:
        WorkbookError: there is none that can be a manifest.
    """
    names = [item.name for item in book.worksheets]
    if not names:
        raise WorkbookError(f'"{path.name}" has no worksheet, so there is no manifest in it.')
    if wanted is None:
        active = book.sheets[book.active]
        if active.is_worksheet:
            return active
        chosen = book.worksheets[0]
        notices.append(Notice(f'The active sheet "{active.name}" is no worksheet; "{chosen.name}" is taken.'))
        return chosen
    for item in book.sheets:
        if item.name == wanted:
            if not item.is_worksheet:
                raise WorkbookError(f'Sheet "{wanted}" of "{path.name}" is a chart or dialog, not a worksheet.')
            return item
    raise no_sheet(path, wanted, names)


def no_sheet(path: Path, wanted: str, names: list[str]) -> WorkbookError:
    """What to raise where there is no sheet of that name."""
    nearest = nearest_name(wanted, names)
    hint = f'Did you mean "{nearest}"?' if nearest else "It has: " + ", ".join(f'"{name}"' for name in names[:12]) + "."
    return WorkbookError(f'"{path.name}" has no sheet "{wanted}". {hint}')
