"""Rescue copies: what a deleted journal held and what it was to take, beside it while its process still has it open.

A file that is deleted while it is in use lives on until its process ends. So a copy is written as soon as that is
noticed; where the process is killed, the next start puts the copy in the journal's place, or takes its answers in.
"""

from __future__ import annotations

import contextlib
import glob
import os
import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

from chaindesk.domain.records import Answer
from chaindesk.files.atomic_write import sync_folder
from chaindesk.files.private import create_private
from chaindesk.journal.sqlite.connection import SIDE_FILES
from chaindesk.journal.sqlite.row_mapping import ANSWER_COLUMNS, LATER_ANSWER_COLUMNS, answer_row
from chaindesk.journal.sqlite.spill_file import insert_answers, is_own

_ENDING = "rescued.sqlite3"
_PUT_BACK = (
    "The journal {path} was deleted while a run used it, and the program ended before it could write it again. It was "
    "put back from the copy that was kept meanwhile."
)
_TAKEN_IN = "{count} answers that were kept while the journal was away were taken in from {path}."
_FOREIGN = "The answers in {path} belong to another journal that was here before. The file was left as it is."


def write_copy(journal: Path, connection: sqlite3.Connection, answers: Sequence[Answer]) -> int:
    """Write the content of an open journal whose file is gone beside it, with answers that it was to take.

    Returns:
        1 if there is a copy now, 0 if its folder is gone too.

    Raises:
        OSError, sqlite3.Error: the disk refuses.
    """
    if not journal.parent.is_dir():
        return 0
    copy = own_copy(journal)
    new = copy.with_name(f".{copy.name}.new")
    try:
        if not copy.exists():
            create_private(new)
        with contextlib.closing(sqlite3.connect(copy if copy.exists() else new)) as target:
            if not copy.exists():
                connection.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # so that one file holds everything
            target.execute("PRAGMA synchronous = FULL")
            with target:
                insert_answers(target, [answer_row(answer) for answer in answers])
        if not copy.exists():
            new.rename(copy)
            sync_folder(copy.parent)
    finally:
        for suffix in ("", *SIDE_FILES):
            Path(f"{new}{suffix}").unlink(missing_ok=True)
    return 1


def own_copy(journal: Path) -> Path:
    """Return where this process keeps its copy."""
    return journal.with_name(f"{journal.name}.{os.getpid()}.{_ENDING}")


def put_back_copy(journal: Path) -> str:
    """Put the newest copy in the place of a journal that is not there; return the message about it, or ""."""
    if journal.exists():
        return ""
    copies = sorted(_copies(journal), key=lambda path: path.stat().st_mtime)
    if not copies:
        return ""
    for suffix in SIDE_FILES:
        Path(f"{journal}{suffix}").unlink(missing_ok=True)  # they belong to the deleted file
    copies[-1].rename(journal)
    sync_folder(journal.parent)
    return _PUT_BACK.format(path=journal)


def take_in_copies(journal: Path, connection: sqlite3.Connection) -> list[str]:
    """Take in the answers of copies that are there although the journal is; return a message about each.

    Must be part of a transaction; the copies are left.
    """
    return [_take_in(copy, connection) for copy in _copies(journal)]


def remove_copies(journal: Path) -> None:
    """Delete copies whose answers were taken in."""
    for copy in _copies(journal):
        copy.unlink(missing_ok=True)


def _take_in(copy: Path, connection: sqlite3.Connection) -> str:
    with contextlib.closing(sqlite3.connect(f"file:{copy}?mode=ro", uri=True)) as source:
        runs = source.execute("SELECT id, started_at FROM run").fetchall()
        there = {name for _, name, *_ in source.execute("PRAGMA table_info(answer)")}
        given = [
            name if name in there or name not in LATER_ANSWER_COLUMNS else f"'{LATER_ANSWER_COLUMNS[name]}'"
            for name in ANSWER_COLUMNS.split(", ")
        ]
        rows = source.execute(f"SELECT {', '.join(given)} FROM answer").fetchall()  # noqa: S608 - constants only
    begun = dict(connection.execute("SELECT id, started_at FROM run"))
    if any(begun.get(number) != at for number, at in runs):
        return _FOREIGN.format(path=copy)
    new = insert_answers(connection, rows)
    return _TAKEN_IN.format(count=new, path=copy) if new else ""


def _copies(journal: Path) -> Iterator[Path]:
    pattern = f"{glob.escape(journal.name)}.*.{_ENDING}"
    with contextlib.suppress(OSError):  # a folder that is not there has none
        yield from (path for path in sorted(journal.parent.glob(pattern)) if is_own(path))
