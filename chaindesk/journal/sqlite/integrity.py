"""Tells whether a file is a sound journal of this version, or emptied, damaged, foreign or newer."""

from __future__ import annotations

import contextlib
import sqlite3
from importlib.resources import files
from pathlib import Path

from chaindesk.journal.sqlite import errors

SCHEMA_VERSION = 11
APPLICATION_ID = 1128809291
_MAGIC = b"SQLite format 3\0"
_HEADER_BYTES = 100
_FIRST_PAGES = 8192
_OTHER_FILES = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"%PDF-")
_CHECKED_BYTES = 64 * 1024 * 1024


def was_emptied(path: Path) -> bool:
    """Return whether a file is empty although runs were kept in it.

    Raises:
        JournalError: there is a write-ahead log, which SQLite would throw away with the old content.
    """
    try:
        if path.stat().st_size:
            return False
        log = Path(f"{path}-wal")
        if log.exists() and log.stat().st_size:
            raise errors.emptied(path)
        return any(path.with_name(f"{path.name}.turns").glob("*.lock"))
    except OSError:
        return False  # most often there is no file yet; opening it shows what else is wrong


def may_be_journal(path: Path) -> bool:
    """Return whether there is a sign that a file was a journal, though nothing in it can be read."""
    header = _beginning(path, _HEADER_BYTES)
    named = header.startswith(_MAGIC) or _MAGIC.startswith(header) or header[68:72] == APPLICATION_ID.to_bytes(4, "big")
    return named or any(path.with_name(f"{path.name}.turns").glob("*.lock"))


def _beginning(path: Path, length: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(length)
    except OSError:
        return b""  # opening it shows what is wrong


def refuse_foreign_or_damaged(path: Path) -> None:
    """Refuse a file of another kind, and header bytes that no SQLite writes, which it calls read-only or unsupported.

    To be called after SQLite has failed: closing a file releases the locks of every connection of this process to it.
    """
    beginning = _beginning(path, _FIRST_PAGES)
    text = bool(beginning) and b"\0" not in beginning and not _MAGIC.startswith(beginning[: len(_MAGIC)])
    if text or beginning.startswith(_OTHER_FILES):
        raise errors.foreign(path)
    header = beginning[:_HEADER_BYTES]
    if len(header) < _HEADER_BYTES or not header.startswith(_MAGIC):
        return  # it is being made, or SQLite tells that it is no database
    versions, fractions = header[18:20], header[21:24]
    schema_format, encoding = (int.from_bytes(header[at : at + 4], "big") for at in (44, 56))
    if not (set(versions) <= {1, 2} and fractions == bytes((64, 32, 32)) and schema_format <= 4 and encoding <= 3):
        raise errors.damaged(path)


def check_tables(connection: sqlite3.Connection, path: Path) -> bool:
    """Refuse what is no sound journal, and return whether it has any table yet."""
    connection.execute("BEGIN")  # number and tables must be of one moment: another process may be migrating
    try:
        return _check(connection, path)
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _check(connection: sqlite3.Connection, path: Path) -> bool:
    version = connection.execute("PRAGMA user_version").fetchone()[0]
    application = connection.execute("PRAGMA application_id").fetchone()[0]
    tables = connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    if not tables:
        return False
    if application != APPLICATION_ID:
        ours = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'answer'").fetchone()
        raise errors.damaged(path) if ours else errors.foreign(path)
    if version != SCHEMA_VERSION and _has_current_columns(connection):
        raise errors.damaged(path)  # the number is not that of the tables
    if version > SCHEMA_VERSION:
        raise errors.newer(path, version, SCHEMA_VERSION)
    if path.stat().st_size <= _CHECKED_BYTES and connection.execute("PRAGMA quick_check(1)").fetchone()[0] != "ok":
        raise errors.damaged(path)
    return True


def _has_current_columns(connection: sqlite3.Connection) -> bool:
    """Return whether the tables have just the columns of this version."""
    with contextlib.closing(sqlite3.connect(":memory:")) as model:
        model.executescript(schema())
        return _columns(connection) == _columns(model)


def _columns(connection: sqlite3.Connection) -> set[tuple[str, str]]:
    sql = "SELECT t.name, c.name FROM sqlite_master AS t JOIN pragma_table_info(t.name) AS c WHERE t.type = 'table'"
    return {(str(table), str(column)) for table, column in connection.execute(sql)}


def schema() -> str:
    """Return the statements that make the tables of this version."""
    return files(__package__).joinpath("schema.sql").read_text("utf-8")
