"""Errors at the edge: each becomes plain words on standard error and an exit status, never a traceback."""

from __future__ import annotations

import datetime
import re
import traceback
from pathlib import Path

from chaindesk.cli.exits import Exit
from chaindesk.cli.output import note
from chaindesk.domain.errors import CallError, ChainDeskError, ChainError, PasswordNeeded

_KEY_LIKE = re.compile(r"[A-Za-z0-9_\-]{20,}")
_LOG = "errors.log"
_MAX_LOG = 1_000_000


def report_fault(error: Exception) -> Exit:
    """Tell of an error that ended a command before anything ran, and give the exit status."""
    match error:
        case ChainError(problems=problems) if problems:
            for problem in problems:
                note(str(problem))
        case PasswordNeeded():
            note(f"{error}\nGive it with --password: it is asked for, or read from standard input.")
        case CallError():
            note(str(error))
            return Exit.HALTED
        case ChainDeskError():
            note(str(error))
        case _:
            note(_unexpected(error))
            return Exit.FAILED
    return Exit.BAD_INPUT


def _unexpected(error: Exception) -> str:
    what = (
        f"Something unexpected went wrong ({type(error).__name__}): this is a mistake in ChainDesk, not in your files."
    )
    try:
        return f"{what} What happened is in {_log(error)}"
    except (OSError, ChainDeskError):
        return f"{what} Nothing could be written about it."


def _log(error: Exception) -> Path:
    """Append the error to the log. Whatever looks like a key is starred out: an unknown error may hold anything."""
    from chaindesk.settings import log_folder

    path = log_folder() / _LOG
    if path.exists() and path.stat().st_size > _MAX_LOG:
        path.replace(path.with_suffix(".old.log"))
    frames = "".join(traceback.format_tb(error.__traceback__))
    words = _KEY_LIKE.sub("•••", f"{type(error).__name__}: {error}")
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    with path.open("a", encoding="utf-8", errors="replace") as file:
        file.write(f"{now}\n{frames}{words}\n\n")
    return path
