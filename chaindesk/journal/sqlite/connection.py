"""Opens the journal's file: checks it, migrates old versions, and sets how it is synced on the disk that holds it."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import sys
import time
from datetime import datetime
from pathlib import Path

from chaindesk.domain.errors import JournalError
from chaindesk.files.atomic_write import sync_folder
from chaindesk.files.private import create_private, make_private, make_private_folder
from chaindesk.journal.sqlite import errors
from chaindesk.journal.sqlite.errors import translated
from chaindesk.journal.sqlite.integrity import (
    SCHEMA_VERSION,
    check_tables,
    refuse_foreign_or_damaged,
    schema,
    was_emptied,
)
from chaindesk.journal.sqlite.migrations import MIGRATIONS

BUSY_SECONDS = 30.0
SIDE_FILES = ("-wal", "-shm", "-journal")
_NO_LOG = (
    "The journal {path} is on a network drive, or on another disk that cannot keep a write-ahead log. It is as safe, "
    "but each answer takes longer to keep. On a disk of this computer it is quicker."
)
_STARTED_AGAIN = (
    "The journal {path} was empty, although runs were kept in it: something else has emptied it. It was started again, "
    "so rows are paid for again whose answers it had. If you have a backup of it, stop, and put that in its place."
)
_NO_SHARED_MEMORY = (
    "SQLITE_IOERR_SHMOPEN",
    "SQLITE_IOERR_SHMMAP",
    "SQLITE_IOERR_SHMLOCK",
    "SQLITE_IOERR_LOCK",
    "SQLITE_IOERR_MMAP",
    "SQLITE_READONLY",
    "SQLITE_CANTOPEN",
    "SQLITE_PROTOCOL",
)

_REMOTE_FILE_SYSTEMS = (
    "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "afs", "ncpfs", "davfs", "fuse.sshfs", "fuse.davfs2", "fuse.rclone",
    "fuse.gvfsd-fuse", "fuse.s3fs", "glusterfs", "fuse.glusterfs", "ceph", "lustre", "vboxsf", "prl_fs",
    "fuse.vmhgfs-fuse",
)  # fmt: skip
_MOUNTS = Path("/proc/self/mountinfo")
_WINDOWS_REMOTE = 4


def connect(path: Path, *, writing: bool) -> sqlite3.Connection:
    """Return a connection with the journal's settings. It never creates the file."""
    connection = _open(path)
    try:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: what fsync alone does not promise there
        if not writing:
            connection.execute("PRAGMA query_only = ON")
    except BaseException:  # a damaged file is found out here
        connection.close()
        raise
    return connection


def _open(path: Path) -> sqlite3.Connection:
    address = path.absolute().as_uri()
    if not address.startswith("file:///"):  # a Windows share, which SQLite wants as a path
        address = address.replace("file://", "file:////", 1)
    # ``check_same_thread`` is off only so that any thread may close it.
    return sqlite3.connect(
        f"{address}?mode=rw", uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
    )


def open_for_writing(path: Path) -> tuple[sqlite3.Connection, tuple[str, ...]]:
    """Open the file for writing, and create its tables if it is new.

    Returns:
        The connection, and what the user should know about the file and its disk.

    Raises:
        JournalError: it is damaged, foreign, newer than this program, or may not be written.
    """
    try:
        if not path.parent.exists():
            make_private_folder(path.parent)
    except OSError as error:
        raise JournalError(f"The folder {path.parent} for the journal cannot be made: {error.strerror}.") from error
    notices = (_STARTED_AGAIN.format(path=path),) if was_emptied(path) else ()
    try:
        create_private(path)
    except OSError as error:
        raise errors.not_created(path, error) from error
    with translated(path):
        try:
            connection, logged = _prepared_for_disk(path)
        except sqlite3.Error:
            refuse_foreign_or_damaged(path)
            raise
    for suffix in ("", *SIDE_FILES):
        make_private(Path(f"{path}{suffix}"))  # not before it is known to be a journal
    return connection, notices if logged else (*notices, _NO_LOG.format(path=path))


def _prepared_for_disk(path: Path) -> tuple[sqlite3.Connection, bool]:
    """Return a connection, and whether it uses a write-ahead log, which network drives cannot hold safely."""
    refused = None
    if not is_remote(path):
        try:
            return _prepared(path, logged=True), True
        except sqlite3.OperationalError as error:
            if not (error.sqlite_errorname or "").startswith(_NO_SHARED_MEMORY):
                raise
            refused = error
    try:
        _leave_log(path)
        return _prepared(path, logged=False), False
    except sqlite3.OperationalError as error:
        raise refused or error from None


def _prepared(path: Path, *, logged: bool) -> sqlite3.Connection:
    connection = connect(path, writing=True)
    try:
        known = check_tables(connection, path)
        if not known:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # counts only before the first page
        if logged:
            _set_journal_mode(connection, "WAL")
        _migrate(connection)
        connection.executescript(schema())
        if not known:
            sync_folder(path.parent)
    except BaseException:
        connection.close()
        raise
    return connection


def _leave_log(path: Path) -> None:
    """Switch the file to a rollback journal. An exclusive connection needs no shared memory for that."""
    with contextlib.closing(_open(path)) as connection:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # before anything that reads
        _set_journal_mode(connection, "DELETE")


def reopen(path: Path, newest: int) -> sqlite3.Connection:
    """Open the journal again after its file was out of reach. Never creates one.

    Args:
        path: where it is.
        newest: the highest number of an answer that was in it.

    Raises:
        JournalError: it is still not there, or another file is in its place.
    """
    if not path.exists():
        raise errors.gone(path)
    with translated(path):
        connection = connect(path, writing=True)
        try:
            same = check_tables(connection, path) and newest_answer(connection) >= newest
        except BaseException:
            connection.close()
            raise
    if not same:
        connection.close()
        raise errors.replaced(path)
    return connection


def newest_answer(connection: sqlite3.Connection) -> int:
    """Return the highest number of an answer in a journal."""
    return int(connection.execute("SELECT max(id) FROM answer").fetchone()[0] or 0)


def set_aside(path: Path) -> Path:
    """Rename a journal that cannot be used, with its side files, so that a new one can be started; return its new path.

    Nothing is deleted.

    Raises:
        JournalError: it cannot be renamed.
    """
    kept = _free_name(path)
    try:
        for suffix in SIDE_FILES:
            with contextlib.suppress(FileNotFoundError):  # side files exist only while a journal is in use
                Path(f"{path}{suffix}").rename(f"{kept}{suffix}")
        path.rename(kept)
        make_private(kept)
    except OSError as error:
        raise JournalError(f"The journal {path} cannot be renamed: {error.strerror}.") from error
    sync_folder(path.parent)
    return kept


def _free_name(path: Path) -> Path:
    stem = f"{path.name}.{datetime.now().astimezone():%Y%m%d-%H%M%S}"
    number = 1
    while (name := path.with_name(f"{stem}{f'-{number}' if number > 1 else ''}.aside")).exists():
        number += 1
    return name


def _migrate(connection: sqlite3.Connection) -> None:
    """Migrate an older journal to this version in one transaction. Another process may be doing the same."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        version = connection.execute("PRAGMA user_version").fetchone()[0]
        for old in range(version or SCHEMA_VERSION, SCHEMA_VERSION):  # version 0 is a file without tables
            for statement in MIGRATIONS[old]:
                connection.execute(statement)
            connection.execute(f"PRAGMA user_version = {old + 1}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _set_journal_mode(connection: sqlite3.Connection, mode: str) -> str:
    """Change the journal mode and return it. SQLite does not wait for other processes here, so this does."""
    deadline = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            return str(connection.execute(f"PRAGMA journal_mode = {mode}").fetchone()[0]).lower()
        except sqlite3.OperationalError as error:
            if not (error.sqlite_errorname or "").startswith("SQLITE_BUSY") or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


def file_identity(path: Path) -> tuple[int, int] | None:
    """Return the device and inode of a file, or None if there is none."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def is_remote(path: Path) -> bool:
    """Return whether a file is on a network drive, where SQLite's write-ahead log is not safe.

    False if that cannot be determined, as on macOS.
    """
    absolute = Path(os.path.realpath(path))
    if sys.platform == "win32":
        import ctypes

        drive = absolute.anchor
        return drive.startswith("\\\\") or bool(ctypes.windll.kernel32.GetDriveTypeW(drive) == _WINDOWS_REMOTE)
    try:
        return _kind_of_mount(absolute, _MOUNTS.read_text("utf-8", "surrogateescape")) in _REMOTE_FILE_SYSTEMS
    except OSError:
        return False


def _kind_of_mount(path: Path, mounts: str) -> str:
    """Return the file system type of the mount that holds a path, from the text of ``mountinfo``."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        mount, _, device = line.partition(" - ")
        parts = mount.split()
        if len(parts) < 5 or not device:
            continue
        point = parts[4].replace("\\040", " ").replace("\\011", "\t").replace("\\134", "\\")
        if len(point) >= best and path.is_relative_to(point):
            best, kind = len(point), device.split()[0]
    return kind
