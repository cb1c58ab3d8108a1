"""Opening the journal's file: its checks, its settings, and what SQLite's errors mean in the user's words."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from importlib.resources import files
from pathlib import Path

from chaindesk.domain.errors import JournalError

SCHEMA_VERSION = 3
APPLICATION_ID = 1128809291
BUSY_SECONDS = 30.0
_STEPS = {
    1: ("ALTER TABLE review ADD COLUMN answer_id INTEGER NOT NULL DEFAULT 0",),
    2: (
        "ALTER TABLE run ADD COLUMN noted INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE answer ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0",
        "ALTER TABLE outcome ADD COLUMN failure_http INTEGER",
        "ALTER TABLE outcome ADD COLUMN failure_request TEXT NOT NULL DEFAULT ''",
    ),
}
"""What brings a journal of each older version to the next one."""
_CHECKED_BYTES = 64 * 1024 * 1024

_WORDS = {
    "SQLITE_FULL": "The disk is full: the journal {path} cannot be written. Make room, then go on; nothing is lost.",
    "SQLITE_READONLY": "The journal {path} is read-only. Allow writing there, or choose another with --journal.",
    "SQLITE_CANTOPEN": "The journal {path} cannot be opened. Check that its folder exists and may be written to.",
    "SQLITE_BUSY": "Another program has held the journal {path} for too long. Close it, then go on.",
    "SQLITE_LOCKED": "Another program has held the journal {path} for too long. Close it, then go on.",
    "SQLITE_IOERR": "The disk did not take or give the data of the journal {path}. Check the disk or network drive.",
    "SQLITE_PERM": "The journal {path} may not be used. Allow reading and writing it, or choose another.",
}
_DAMAGED = (
    "The journal {path} is damaged or is no journal of ChainDesk. It was left as it is. To go on, rename or move it "
    "(a new one is begun), or choose another with --journal. `sqlite3 FILE .recover` often saves what is in it."
)
_NEWER = (
    "The journal {path} was written by a newer ChainDesk (its version is {version}, this program knows {known}). "
    "It was left as it is. Update ChainDesk, or choose another journal with --journal."
)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into ``JournalError`` with words for the user."""
    try:
        yield
    except sqlite3.Error as error:
        raise JournalError(words_for(error, path)) from error


def words_for(error: sqlite3.Error, path: Path) -> str:
    """What an error of SQLite means, and what to do about it."""
    name = getattr(error, "sqlite_errorname", None) or ""
    for code, words in _WORDS.items():
        if name == code or name.startswith(code + "_"):
            return words.format(path=path)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")):
        return _DAMAGED.format(path=path)
    return f"The journal {path} cannot be used: {error}."


def connect(path: Path, *, writing: bool) -> sqlite3.Connection:
    """A connection with the journal's settings. ``check_same_thread`` is off only so that any thread may close it."""
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("PRAGMA fullfsync = ON")  # macOS: what fsync alone does not promise there
    if not writing:
        connection.execute("PRAGMA query_only = ON")
    return connection


def prepare(path: Path) -> sqlite3.Connection:
    """Open the file for writing; make its tables where it is new.

    Raises:
        JournalError: it is damaged, foreign, newer than this program, or may not be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise JournalError(f"The folder {path.parent} for the journal cannot be made: {error.strerror}.") from error
    with translated(path):
        connection = connect(path, writing=True)
        try:
            if not _check(connection, path):
                connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # counts only before the first page
            _use_wal(connection)
            _bring_up_to_date(connection)
            connection.executescript(files(__package__).joinpath("schema.sql").read_text("utf-8"))
        except BaseException:
            connection.close()
            raise
        return connection


def set_aside(path: Path) -> Path:
    """Rename a journal that cannot be used, with its side files, so that a new one can begin. Nothing is deleted.

    Raises:
        JournalError: it cannot be renamed.
    """
    kept = path.with_name(f"{path.name}.{datetime.now().astimezone():%Y%m%d-%H%M%S}.aside")
    try:
        for suffix in ("-wal", "-shm"):
            with contextlib.suppress(FileNotFoundError):  # side files exist only while a journal is in use
                Path(f"{path}{suffix}").rename(f"{kept}{suffix}")
        path.rename(kept)
    except OSError as error:
        raise JournalError(f"The journal {path} cannot be renamed: {error.strerror}.") from error
    return kept


def _check(connection: sqlite3.Connection, path: Path) -> bool:
    """Refuse what is no sound journal. Whether there is anything in it yet."""
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        return False
    if application != APPLICATION_ID:
        raise JournalError(_DAMAGED.format(path=path))
    if version > SCHEMA_VERSION:
        raise JournalError(_NEWER.format(path=path, version=version, known=SCHEMA_VERSION))
    if path.stat().st_size <= _CHECKED_BYTES and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise JournalError(_DAMAGED.format(path=path))
    return True


def _bring_up_to_date(connection: sqlite3.Connection) -> None:
    """Bring an older journal to this version, all at once or not at all. Another process may be at the same."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for old in range(version or SCHEMA_VERSION, SCHEMA_VERSION):  # version 0 is a file without tables
            for statement in _STEPS[old]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {old + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _use_wal(connection: sqlite3.Connection) -> None:
    """Turn the write-ahead log on. SQLite does not wait for other processes here, so this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if not (error.sqlite_errorname or "").startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.02)
        else:
            return
