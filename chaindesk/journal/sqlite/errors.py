"""Translates SQLite's errors into ``JournalError``: the kind of trouble, and a message with a way on."""

from __future__ import annotations

import contextlib
import errno
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from chaindesk.domain.errors import JournalError, JournalTrouble

_FULL = (
    JournalTrouble.FULL,
    "The disk is full: the journal {path} cannot be written. Make room, then go on; nothing is lost.",
)
_MESSAGES = {
    "SQLITE_FULL": _FULL,
    "SQLITE_IOERR_SHMSIZE": _FULL,
    "SQLITE_READONLY": (
        JournalTrouble.READ_ONLY,
        "The journal {path} is read-only. Allow writing to it and to its folder, or choose another with --journal.",
    ),
    "SQLITE_CANTOPEN": (
        JournalTrouble.DISK,
        "The journal {path} cannot be opened. Check that its folder exists and may be written to.",
    ),
    "SQLITE_BUSY": (
        JournalTrouble.BUSY,
        "Another program has held the journal {path} for too long. Close it, then go on.",
    ),
    "SQLITE_LOCKED": (
        JournalTrouble.BUSY,
        "Another program has held the journal {path} for too long. Close it, then go on.",
    ),
    "SQLITE_PROTOCOL": (
        JournalTrouble.BUSY,
        "Another program has held the journal {path} for too long. Close it, then go on.",
    ),
    "SQLITE_IOERR": (
        JournalTrouble.DISK,
        "The disk did not take or give the data of the journal {path}. Check the disk or network drive, then go on.",
    ),
    "SQLITE_PERM": (
        JournalTrouble.READ_ONLY,
        "The journal {path} may not be used. Allow reading and writing it, or choose another.",
    ),
}
_DAMAGED = (
    "The journal {path} is damaged, or is no journal of ChainDesk. It was left as it is. `chaindesk runs --repair"
    "{option}` keeps it aside under another name and saves all that can still be read of it into a new one. "
    "Or choose another with --journal."
)
_FOREIGN = (
    "{path} is no journal of ChainDesk, but a file of another kind or of another program. It was left as it is. Name "
    "another file with --journal."
)
_EMPTIED = (
    "The journal {path} is empty, although runs were kept in it: something else has cut it. Put it back from a backup, "
    "or go on with a new one by renaming it. Or choose another with --journal."
)
_NEWER = (
    "The journal {path} was written by a newer ChainDesk (its version is {version}, this program knows {known}). "
    "It was left as it is. Update ChainDesk, or choose another journal with --journal."
)
_GONE = (
    "The journal {path} is not there any more: it was moved or deleted, or its drive is gone. Bring it back, then go "
    "on."
)
_ANOTHER = (
    "Another file has taken the place of the journal {path}. Put the journal back, then go on; nothing was written "
    "into that file."
)


@contextlib.contextmanager
def translated(path: Path) -> Iterator[None]:
    """Translate SQLite's errors, and impossible values, into ``JournalError``."""
    try:
        yield
    except sqlite3.Error as error:
        raise to_journal_error(error, path) from error
    except (ValueError, TypeError, ArithmeticError) as error:  # a value that no ChainDesk has written
        raise damaged(path) from error


def to_journal_error(error: sqlite3.Error, path: Path) -> JournalError:
    """Return the ``JournalError`` for an error of SQLite."""
    name = getattr(error, "sqlite_errorname", None) or ""
    if name.startswith("SQLITE_CANTOPEN") and path.parent.exists() and not path.exists():
        return gone(path)
    for code, (trouble, words) in _MESSAGES.items():
        if name == code or name.startswith(code + "_"):
            return JournalError(words.format(path=path), trouble)
    undecodable = name == "" and "decode" in str(error)
    if name.startswith(("SQLITE_CORRUPT", "SQLITE_NOTADB")) or undecodable:
        return damaged(path)
    return JournalError(f"The journal {path} cannot be used: {error}.")


def not_created(path: Path, error: OSError) -> JournalError:
    """Return the error of a file that cannot be made."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    trouble, words = _MESSAGES["SQLITE_FULL" if full else "SQLITE_CANTOPEN"]
    return JournalError(words.format(path=path), trouble)


def damaged(path: Path) -> JournalError:
    """Return the error of a file that is damaged, or no journal."""
    option = f' --journal "{path}"'
    return JournalError(_DAMAGED.format(path=path, option=option), JournalTrouble.DAMAGED)


def foreign(path: Path) -> JournalError:
    """Return the error of a file that never was a journal."""
    return JournalError(_FOREIGN.format(path=path), JournalTrouble.FOREIGN)


def emptied(path: Path) -> JournalError:
    """Return the error of a file that was emptied."""
    return JournalError(_EMPTIED.format(path=path), JournalTrouble.DAMAGED)


def newer(path: Path, version: int, known: int) -> JournalError:
    """Return the error of a journal that a later version of ChainDesk has written."""
    return JournalError(_NEWER.format(path=path, version=version, known=known), JournalTrouble.NEWER)


def gone(path: Path) -> JournalError:
    """Return the error of a file that is not there any more."""
    return JournalError(_GONE.format(path=path), JournalTrouble.GONE)


def replaced(path: Path) -> JournalError:
    """Return the error of a path where another file has been put."""
    return JournalError(_ANOTHER.format(path=path), JournalTrouble.GONE)
