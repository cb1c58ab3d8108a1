"""Spill files: paid answers that the journal could not store, kept in a file until the journal imports them.

A file of JSON lines: a header, then each answer as it stands in the journal's table.
"""

from __future__ import annotations

import contextlib
import glob
import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from chaindesk.domain.errors import JournalError
from chaindesk.domain.records import Answer
from chaindesk.files.atomic_write import replace_file
from chaindesk.journal.sqlite.row_mapping import ANSWER_COLUMNS, LATER_ANSWER_COLUMNS, answer_row

_KIND = "answers that a ChainDesk journal could not take"
_ENDING = "rescued.jsonl"
_COLUMNS = ANSWER_COLUMNS.split(", ")
_KNOWN_BY = ("run_id", "workbook_id", "row_key", "step", "fingerprint", "attempts", "finished_at")
_IMPORTED = "{count} that were paid for, and that the journal could not take at the time, were taken in from {path}."
_NOT_READ = "The file {path} of answers that were paid for cannot be read. It was left as it is."
_FOREIGN = "The answers in {path} belong to another journal that was here before. The file was left as it is."


def write_spill(journal: Path, runs: Mapping[int, str], answers: Sequence[Answer]) -> Path:
    """Write answers to the first folder that can be written: beside the journal, the home folder, the temporary folder.

    Args:
        journal: the journal's file, where it is or was.
        runs: the start of each run that paid for them, by its number.
        answers: the answers.

    Raises:
        JournalError: no folder can be written.
    """
    wanted = {answer.run_id for answer in answers}
    head = {"file": _KIND, "version": 1, "runs": {str(number): runs[number] for number in wanted}}
    lines = [json.dumps(head), *(json.dumps(answer_row(answer)) for answer in answers)]
    content = ("\n".join(lines) + "\n").encode("ascii")
    name = f"{journal.name}.{_key(journal)}.{datetime.now().astimezone():%Y%m%d-%H%M%S}-{os.getpid()}.{_ENDING}"
    for folder in _folders(journal):
        if folder == journal.parent and not journal.exists():
            continue  # its drive is gone, and what is written there would be hidden when it is back
        with contextlib.suppress(OSError):  # the next place may take it
            replace_file(folder / name, lambda file: file.write(content))
            return folder / name
    raise JournalError(f"Nor could {_count(len(answers))} be kept anywhere else: no disk takes them.")


def import_spill(connection: sqlite3.Connection, path: Path) -> int:
    """Insert the answers of a file into the journal, within a transaction; the file is left.

    Returns:
        How many there are in it; those that the journal has already are not stored twice. -1 if they belong to
        another journal.

    Raises:
        ValueError: the file is none of ours, or damaged.
        OSError: it cannot be read.
    """
    head, *rows = (json.loads(line) for line in path.read_text("ascii").splitlines())
    if not isinstance(head, dict) or head.get("file") != _KIND or head.get("version") != 1:
        raise ValueError(path)
    rows = [_completed(row) for row in rows]
    if any(len(row) != len(_COLUMNS) for row in rows):
        raise ValueError(path)
    begun = {str(number): at for number, at in connection.execute("SELECT id, started_at FROM run")}
    if any(begun.get(number) != at for number, at in head["runs"].items()):
        return -1
    insert_answers(connection, rows)
    return len(rows)


def _completed(row: Any) -> list[Any]:
    """Return an answer of a file, with what versions before this one did not store; [] where it is none."""
    if not isinstance(row, list):
        return []
    missing = len(_COLUMNS) - len(row)
    return row + list(LATER_ANSWER_COLUMNS.values())[-missing:] if missing > 0 else row


def insert_answers(connection: sqlite3.Connection, rows: Iterable[Sequence[Any]]) -> int:
    """Insert answers, each as a row of the journal's table, that it does not have yet; return how many these were."""
    same = " AND ".join(f"{name} = ?" for name in _KNOWN_BY)
    marks = ", ".join("?" * len(_COLUMNS))
    sql = (
        f"INSERT INTO answer ({ANSWER_COLUMNS}) SELECT {marks} "  # noqa: S608 - constants only
        f"WHERE NOT EXISTS (SELECT 1 FROM answer WHERE {same})"
    )
    known = [_COLUMNS.index(name) for name in _KNOWN_BY]
    return sum(connection.execute(sql, (*row, *(row[index] for index in known))).rowcount for row in rows)


def find_spills(journal: Path) -> Iterator[Path]:
    """Yield the files that wait for this journal; only the user's own, since anybody writes to the temporary folder."""
    for folder in dict.fromkeys(_folders(journal)):
        which = "*" if folder == journal.parent else f"{_key(journal)}.*"
        pattern = f"{glob.escape(journal.name)}.{which}.{_ENDING}"
        with contextlib.suppress(OSError):  # a folder that is not there has none
            yield from (path for path in sorted(folder.glob(pattern)) if is_own(path))


def import_message(path: Path, answers: int) -> str:
    """Return the message about an imported file; a negative number means that it is another journal's."""
    return (
        _FOREIGN.format(path=path) if answers < 0 else _IMPORTED.format(count=_count(answers).capitalize(), path=path)
    )


def unreadable_message(path: Path) -> str:
    """Return the message about a file that cannot be read."""
    return _NOT_READ.format(path=path)


def _folders(journal: Path) -> Iterator[Path]:
    yield journal.parent
    with contextlib.suppress(RuntimeError):  # nobody knows where this user's folder is
        yield Path.home()
    yield Path(tempfile.gettempdir())


def _key(journal: Path) -> str:
    """Return what distinguishes a journal from others of its name, wherever the spill file is."""
    return hashlib.sha256(os.path.normcase(journal.absolute()).encode("utf-8", "surrogateescape")).hexdigest()[:12]


def is_own(path: Path) -> bool:
    """Return whether a file is the user's own, and nobody else may write to it."""
    if not hasattr(os, "getuid"):
        return path.is_file()
    found = path.lstat()
    return path.is_file() and not path.is_symlink() and found.st_uid == os.getuid() and not found.st_mode & 0o022


def _count(answers: int) -> str:
    return "one answer" if answers == 1 else f"{answers} answers"
