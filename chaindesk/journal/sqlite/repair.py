"""Rebuilds a damaged journal from what can still be read, and a deleted one from what is still open."""

from __future__ import annotations

import contextlib
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.files.atomic_write import sync_folder
from chaindesk.files.private import create_private, make_private
from chaindesk.journal.sqlite import errors, integrity, row_mapping
from chaindesk.journal.sqlite.audit_rows import AUDIT_COLUMNS, audit_of
from chaindesk.journal.sqlite.connection import SIDE_FILES, open_for_writing, set_aside
from chaindesk.journal.sqlite.errors import translated

_TABLES = (
    *("workbook", "place", "run", "answer", "edit", "outcome", "review", "rerun_note", "taken_over", "cleaning"),
    *("verdict", "audit", "batch_job", "batch_item", "pick"),
)
_NEWER = {"taken_over", "cleaning", "rerun_note", "verdict", "audit", "batch_job", "batch_item", "pick"}
"""Tables that versions before had not."""
_ORDER = {
    "taken_over": "answer_id, run_id",
    "verdict": "answer_id",
    "batch_job": "nonce",
    "batch_item": "nonce",
    "pick": "first",
}
"""How those tables are read that have no numbers of their own."""
_MAKERS: dict[str, tuple[str, Callable[[tuple[Any, ...]], Any]]] = {
    "answer": (f"id, {row_mapping.ANSWER_COLUMNS}", row_mapping.answer_of),
    "run": (f"id, {row_mapping.RUN_COLUMNS}", row_mapping.run_of),
    "outcome": (row_mapping.OUTCOME_COLUMNS, row_mapping.outcome_of),
    "review": (row_mapping.REVIEW_COLUMNS, row_mapping.review_of),
    "rerun_note": (row_mapping.NOTE_COLUMNS, row_mapping.note_of),
    "audit": (f"id, {AUDIT_COLUMNS}", audit_of),
}
"""The record that a row of a table must convert to, to count as sound."""
_MAX_MISSING_IN_A_ROW = 20_000


@dataclass(frozen=True, slots=True)
class RepairResult:
    """The result of a repair.

    Attributes:
        kept: the damaged file, under its new name.
        answers: how many answers are in the new journal.
        runs: how many runs.
        whole: whether everything could be read.
    """

    kept: Path
    answers: int
    runs: int
    whole: bool


def repair(path: Path) -> RepairResult:
    """Rename a damaged journal, and put a new one with all that can be read of it in its place.

    Raises:
        JournalError: there is no journal, it is of a newer version or sound, it never was one, or the disk refused; all
            is as before.
    """
    if not path.is_file():
        raise JournalError(f"There is no journal {path}.", JournalTrouble.GONE)
    _refuse_if_sound(path)
    mark = secrets.token_hex(4)
    copy, new = (path.with_name(f".{path.name}.{mark}.{word}") for word in ("old", "new"))
    try:
        _copy(path, copy)
        whole = _read_into(copy, new, path)
        answers, runs = _counts(new)
        if not (answers or runs or integrity.may_be_journal(path)):
            raise errors.foreign(path)
        kept = set_aside(path)
        new.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise JournalError(f"The journal {path} cannot be repaired: {error.strerror}. It is as before.") from error
    finally:
        for file in (copy, new):
            for suffix in ("", *SIDE_FILES):
                with contextlib.suppress(OSError):  # most of them are not there; the others do no harm
                    Path(f"{file}{suffix}").unlink()
    return RepairResult(kept, answers, runs, whole)


def put_back(path: Path, connection: sqlite3.Connection) -> int:
    """Write the content of an open journal to its path again, from where its file was deleted.

    Returns:
        1 if it was done, 0 if a file is there or the folder is gone.
    """
    if path.exists() or not path.parent.is_dir():
        return 0
    new = path.with_name(f".{path.name}.{secrets.token_hex(4)}.new")
    try:
        create_private(new)
        with contextlib.closing(sqlite3.connect(new)) as target:
            connection.backup(target)
            target.execute("PRAGMA journal_mode = DELETE")  # so that one file holds everything when it is renamed
        for suffix in SIDE_FILES:
            Path(f"{path}{suffix}").unlink(missing_ok=True)  # they belong to the deleted file
        new.rename(path)
    except OSError as error:
        raise errors.not_created(path, error) from error
    finally:
        for suffix in ("", *SIDE_FILES):
            Path(f"{new}{suffix}").unlink(missing_ok=True)
    sync_folder(path.parent)
    return 1


def _refuse_if_sound(path: Path) -> None:
    try:
        connection, _ = open_for_writing(path)
    except JournalError as error:
        if error.trouble not in (JournalTrouble.DAMAGED, JournalTrouble.FOREIGN):
            raise
        return
    with contextlib.closing(connection):
        if _is_sound(connection):
            words = f"The journal {path} is sound: there is nothing to repair."
            raise JournalError(words, JournalTrouble.SOUND)


def _is_sound(connection: sqlite3.Connection) -> bool:
    try:
        for table, (names, make) in _MAKERS.items():
            for row in connection.execute(f"SELECT {names} FROM {table}"):  # noqa: S608
                make(row)
        return bool(connection.execute("PRAGMA quick_check(1)").fetchone()[0] == "ok")  # a large one is not yet checked
    except (sqlite3.Error, ValueError, TypeError, ArithmeticError):
        return False


def _copy(path: Path, copy: Path) -> None:
    create_private(copy)
    shutil.copyfile(path, copy)
    for suffix in ("-wal", "-journal"):
        with contextlib.suppress(FileNotFoundError):
            shutil.copyfile(f"{path}{suffix}", f"{copy}{suffix}")
            make_private(Path(f"{copy}{suffix}"))


def _counts(new: Path) -> tuple[int, int]:
    with contextlib.closing(sqlite3.connect(new)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")  # so that one file holds everything when it is renamed
        answers = connection.execute("SELECT count(*) FROM answer WHERE workbook_id > 0").fetchone()[0]
        return answers, connection.execute("SELECT count(*) FROM run WHERE workbook_id > 0").fetchone()[0]


def _read_into(copy: Path, new: Path, path: Path) -> bool:
    """Fill the new journal, and return whether everything could be read."""
    target, _ = open_for_writing(new)
    with contextlib.closing(target), translated(path):
        source = _opened(copy, path)
        if source is None:
            _replace_first_page(copy, new)
            source = _opened(copy, path)
        if source is None:
            return False
        with contextlib.closing(source):
            target.execute("BEGIN")
            whole = [_table(source, target, table) for table in _TABLES]
            target.execute("COMMIT")
        return all(whole)


def _opened(copy: Path, path: Path) -> sqlite3.Connection | None:
    """Open the damaged file; None if SQLite finds none of our tables in it."""
    connection = sqlite3.connect(copy, isolation_level=None)
    try:
        connection.execute("PRAGMA writable_schema = ON")  # reads on where the file is shorter than it should be
        connection.execute("PRAGMA cell_size_check = ON")
        connection.text_factory = lambda raw: raw.decode("utf-8", "replace")
        tables = {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    except (sqlite3.Error, ValueError):
        tables = set()  # not even the list of its tables can be read
    if "answer" in tables:
        return connection
    connection.close()
    if tables:
        raise errors.foreign(path)
    return None


def _replace_first_page(copy: Path, new: Path) -> None:
    """Replace a damaged first page by that of a new journal, which has the same tables in the same places."""
    with contextlib.closing(sqlite3.connect(new)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    first = bytearray(new.read_bytes()[:size])
    with copy.open("r+b") as file:
        pages = max(1, file.seek(0, 2) // size)
        first[28:32] = pages.to_bytes(4, "big")
        first[32:40] = bytes(8)  # no list of free pages: none is written
        first[92:96] = first[24:28]  # the number of pages above is valid
        file.seek(0)
        file.write(first)
    for suffix in SIDE_FILES:
        Path(f"{copy}{suffix}").unlink(missing_ok=True)


def _table(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> bool:
    """Copy what can be read of a table, and return whether that was everything."""
    try:
        there = [column[1] for column in source.execute(f"PRAGMA table_info({table})")]
    except sqlite3.Error:
        return False
    wanted = [column[1] for column in target.execute(f"PRAGMA table_info({table})")]
    columns = [name for name in wanted if name in there]
    if not columns:
        return table in _NEWER
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    insert = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own tables
    whole = True
    for row in _rows(source, table, columns):
        if row is None:
            whole = False
            continue
        try:
            if not target.execute(insert, row).rowcount:
                whole = False
            elif table in _MAKERS:
                _check_record(target, table, row[0])
        except (sqlite3.Error, ValueError, TypeError, ArithmeticError):
            whole = False
    return whole


def _check_record(target: sqlite3.Connection, table: str, number: Any) -> None:
    """Delete a row again that no ChainDesk can have written."""
    names, make = _MAKERS[table]
    try:
        make(target.execute(f"SELECT {names} FROM {table} WHERE id = ?", (number,)).fetchone())  # noqa: S608
    except (ValueError, TypeError, ArithmeticError):
        target.execute(f"DELETE FROM {table} WHERE id = ?", (number,))  # noqa: S608
        raise


def _rows(source: sqlite3.Connection, table: str, columns: list[str]) -> Iterator[tuple[Any, ...] | None]:
    """Yield every row that can be read and None for each gap: first in one query, then one by one past the damage."""
    names = ", ".join(columns)
    order = _ORDER.get(table, "id")
    last = 0
    try:
        for row in source.execute(f"SELECT {names} FROM {table} ORDER BY {order}"):  # noqa: S608
            last = row[0] if isinstance(row[0], int) else last
            yield row
    except (sqlite3.Error, ValueError):
        yield None
    else:
        return
    if table in _ORDER:
        return
    missed, number = 0, last
    highest = _highest(source, table)
    while missed < _MAX_MISSING_IN_A_ROW and number < highest:
        number += 1
        try:
            found = source.execute(f"SELECT {names} FROM {table} WHERE id = ?", (number,)).fetchone()  # noqa: S608
        except (sqlite3.Error, ValueError):
            found = None
        missed = 0 if found else missed + 1
        if found:
            yield found


def _highest(source: sqlite3.Connection, table: str) -> int:
    """Return the highest number that a table may have, from its end if that can be read."""
    try:
        return int(source.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 0)  # noqa: S608
    except (sqlite3.Error, ValueError, TypeError):
        return 1 << 40
