"""Deletes old runs from a journal on disk in small steps, so that others who use it need not wait long."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import AbstractContextManager, ExitStack
from datetime import UTC, datetime
from typing import Any

from chaindesk.domain.errors import JournalError, UsageError
from chaindesk.domain.records import RunRecord
from chaindesk.journal.protocol import Cleanable
from chaindesk.journal.sqlite.writer import OutsideTransaction

_log = logging.getLogger(__name__)
_AT_ONCE = 5000
_PAGES_AT_ONCE = 2000

Query = Callable[[str, tuple[Any, ...]], list[tuple[Any, ...]]]
Lock = Callable[[int], AbstractContextManager[None]]
Submit = Callable[[Callable[[sqlite3.Connection], int]], "Future[int]"]

_GONE = "(SELECT value FROM json_each(?))"
_ANSWERS = f"""
    SELECT id FROM answer WHERE workbook_id = ?
    AND (run_id IN {_GONE} OR run_id NOT IN (SELECT id FROM run))
    AND id NOT IN (SELECT answer_id FROM taken_over WHERE run_id NOT IN {_GONE})
    AND NOT EXISTS (
        SELECT 1 FROM run WHERE run.workbook_id = answer.workbook_id
        AND noted = 0 AND run.id > answer.run_id AND run.id NOT IN {_GONE}
    )
"""  # noqa: S608 - constants only. The last condition: nobody knows which answers a run of an old version took over
_EMPTIED = f"""
    UPDATE answer SET run_id = 0, workbook_id = 0, row_key = '', step = '', fingerprint = '', text = '', fields = NULL,
    request_id = '', edited_text = NULL WHERE id IN {_GONE}
"""  # noqa: S608
_NOTES_WITHOUT_ANSWER = """
    DELETE FROM rerun_note WHERE workbook_id = ? AND NOT EXISTS (
        SELECT 1 FROM answer WHERE answer.workbook_id = rerun_note.workbook_id
        AND answer.row_key = rerun_note.row_key AND answer.step = rerun_note.step
    )
"""
_OVER = "SELECT nonce FROM batch_job WHERE run_id = ? AND stage IN ('collected', 'abandoned')"
_JOBS_THAT_ARE_OVER = (
    f"DELETE FROM batch_item WHERE nonce IN ({_OVER})",  # noqa: S608
    f"DELETE FROM batch_job WHERE nonce IN ({_OVER})",  # noqa: S608
)
_RUN_OF_WORKBOOK = "SELECT id FROM run WHERE workbook_id = ?"
_ANSWERS_OF_WORKBOOK = "SELECT count(*) FROM answer WHERE workbook_id = ?"


class Cleanup:
    """One clean-up.

    Attributes:
        going: the numbers of the runs to delete, by the workbook's number.
    """

    def __init__(self, runs: Iterable[RunRecord], query: Query) -> None:
        self.going: dict[int, list[int]] = {}
        for run in runs:
            self.going.setdefault(run.workbook_id, []).append(run.id)
        self._query = query

    def preview(self) -> Cleanable:
        """Return what would be deleted."""
        return sum(map(self._preview_of, self.going), Cleanable())

    def execute(self, before: datetime, submit: Submit, lock: Lock) -> Cleanable:
        """Delete it, except in workbooks that are locked by a run, and return what was deleted.

        Args:
            before: the time that is recorded for this clean-up.
            submit: hands a write to the writer.
            lock: the lock of a workbook.
        """
        gone = Cleanable()
        for workbook in self.going:
            try:
                with lock(workbook):
                    gone += self._clear(workbook, submit)
            except UsageError:
                continue
        if gone != Cleanable():
            _note(submit, before)
            self._give_back(submit, lock)
        return gone

    # --- one workbook ------------------------------------------------------------------------------------------

    def _preview_of(self, workbook: int) -> Cleanable:
        answers = len(self._answers(workbook))
        return Cleanable(len(self.going[workbook]), answers, int(self._empty_after(workbook, answers)))

    def _answers(self, workbook: int) -> list[int]:
        runs = json.dumps(self.going[workbook])
        return [number for (number,) in self._query(_ANSWERS, (workbook, runs, runs, runs))]

    def _empty_after(self, workbook: int, answers: int) -> bool:
        runs = {number for (number,) in self._query(_RUN_OF_WORKBOOK, (workbook,))}
        return runs <= set(self.going[workbook]) and self._query(_ANSWERS_OF_WORKBOOK, (workbook,))[0][0] == answers

    def _clear(self, workbook: int, submit: Submit) -> Cleanable:
        answers = self._answers(workbook)
        empty = self._empty_after(workbook, len(answers))
        for some in _portions(answers):
            submit(_without_answers(some)).result()
        submit(lambda connection: connection.execute(_NOTES_WITHOUT_ANSWER, (workbook,)).rowcount).result()
        for run in self.going[workbook]:
            submit(_without_run(run)).result()
        if empty:
            submit(_without_workbook(workbook)).result()
        return Cleanable(len(self.going[workbook]), len(answers), int(empty))

    # --- space -------------------------------------------------------------------------------------------------

    def _give_back(self, submit: Submit, lock: Lock) -> None:
        """Shrink the file. A failure does no harm: free pages are used again for what comes."""
        try:
            if not self._query("PRAGMA auto_vacuum", ())[0][0]:
                self._rebuild(submit, lock)
            while self._query("PRAGMA freelist_count", ())[0][0] and submit(_shrink).result():
                pass
            submit(OutsideTransaction(_into_the_file)).result()
        except JournalError as error:
            _log.warning("The space of what was cleaned up could not be given back: %s", error)

    def _rebuild(self, submit: Submit, lock: Lock) -> None:
        """Rewrite the file of an old version once, so that it can shrink from then on.

        Nobody can write meanwhile: it is done only while no run is going on at all.
        """
        with ExitStack() as locks:
            try:
                for (workbook,) in self._query("SELECT id FROM workbook", ()):
                    locks.enter_context(lock(workbook))
            except UsageError:
                return
            submit(OutsideTransaction(_vacuum)).result()


def _portions(numbers: Sequence[int]) -> Iterator[str]:
    for start in range(0, len(numbers), _AT_ONCE):
        yield json.dumps(numbers[start : start + _AT_ONCE])


def _without_answers(numbers: str) -> Callable[[sqlite3.Connection], int]:
    def write(connection: sqlite3.Connection) -> int:
        for table in ("edit", "review", "taken_over", "verdict"):
            connection.execute(f"DELETE FROM {table} WHERE answer_id IN {_GONE}", (numbers,))  # noqa: S608
        connection.execute(f"DELETE FROM pick WHERE first IN {_GONE} OR second IN {_GONE}", (numbers, numbers))  # noqa: S608
        highest = connection.execute("SELECT max(id) FROM answer").fetchone()[0]
        connection.execute(f"DELETE FROM answer WHERE id IN {_GONE} AND id <> ?", (numbers, highest))  # noqa: S608
        return connection.execute(_EMPTIED, (numbers,)).rowcount

    return write


def _without_run(number: int) -> Callable[[sqlite3.Connection], int]:
    def write(connection: sqlite3.Connection) -> int:
        for table in ("outcome", "taken_over"):
            connection.execute(f"DELETE FROM {table} WHERE run_id = ?", (number,))  # noqa: S608
        for statement in _JOBS_THAT_ARE_OVER:
            connection.execute(statement, (number,))
        highest = connection.execute("SELECT max(id) FROM run").fetchone()[0]
        if number != highest:
            return connection.execute("DELETE FROM run WHERE id = ?", (number,)).rowcount
        emptied = "UPDATE run SET workbook_id = 0, workbook = '', sheet = '', chain = '', definition = '' WHERE id = ?"
        return connection.execute(emptied, (number,)).rowcount

    return write


def _without_workbook(number: int) -> Callable[[sqlite3.Connection], int]:
    def write(connection: sqlite3.Connection) -> int:
        for table in ("outcome", "review", "rerun_note", "audit", "place"):
            connection.execute(f"DELETE FROM {table} WHERE workbook_id = ?", (number,))  # noqa: S608
        highest = "(SELECT max(id) FROM workbook)"
        return connection.execute(f"DELETE FROM workbook WHERE id = ? AND id <> {highest}", (number,)).rowcount  # noqa: S608

    return write


def _note(submit: Submit, before: datetime) -> None:
    values = (datetime.now(UTC).isoformat(), before.astimezone(UTC).isoformat())
    sql = "INSERT INTO cleaning (made_at, before) VALUES (?, ?)"
    submit(lambda connection: connection.execute(sql, values).rowcount).result()


def _shrink(connection: sqlite3.Connection) -> int:
    """Return some pages to the system, and return how many."""
    before = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA incremental_vacuum({_PAGES_AT_ONCE})").fetchall()
    return int(before - connection.execute("PRAGMA page_count").fetchone()[0])


def _vacuum(connection: sqlite3.Connection) -> int:
    """Rewrite the file."""
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
    connection.execute("VACUUM")
    return 0


def _into_the_file(connection: sqlite3.Connection) -> int:
    """Move the write-ahead log into the file and truncate it, if nobody is reading."""
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    return 0
