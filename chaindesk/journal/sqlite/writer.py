"""The journal's one writer: a thread that commits all queued writes together."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.records import Answer
from chaindesk.journal.sqlite import errors
from chaindesk.journal.sqlite.connection import file_identity, newest_answer, reopen
from chaindesk.journal.sqlite.repair import put_back
from chaindesk.journal.sqlite.rescue_copy import write_copy
from chaindesk.journal.sqlite.row_mapping import ANSWER_COLUMNS, packed

_log = logging.getLogger(__name__)
_MAX_WRITES_PER_COMMIT = 500
_TEXT = ANSWER_COLUMNS.split(", ").index("text")
_Write = tuple[Callable[[sqlite3.Connection], int], "Future[int] | _LoopFuture"]
_Gathered = tuple[Callable[[sqlite3.Connection], int], "_LoopFuture"]
_Settled = tuple["_LoopFuture", int, Exception | None]


class Statement:
    """A write of one statement; it returns the number of the inserted row."""

    __slots__ = ("_sql", "_values")

    def __init__(self, sql: str, values: Sequence[Any]) -> None:
        self._sql = sql
        self._values = values

    def __call__(self, connection: sqlite3.Connection) -> int:
        """Execute it."""
        return connection.execute(self._sql, self._values).lastrowid or 0


class InsertAnswer(Statement):
    """A write of one answer, whose text is compressed in the writer's thread."""

    __slots__ = ()

    def __call__(self, connection: sqlite3.Connection) -> int:
        """Execute it."""
        values = [*self._values]
        values[_TEXT] = packed(values[_TEXT])
        return connection.execute(self._sql, values).lastrowid or 0


class OutsideTransaction:
    """A write that cannot be part of a transaction."""

    __slots__ = ("_work",)

    def __init__(self, work: Callable[[sqlite3.Connection], int]) -> None:
        self._work = work

    def __call__(self, connection: sqlite3.Connection) -> int:
        """Execute it."""
        return self._work(connection)


class Restoration(OutsideTransaction):
    """A write that is executed although the journal's file is gone."""

    __slots__ = ()


class _LoopFuture:
    """The future of a write that a coroutine waits for; it is settled in its loop, those of one commit together."""

    __slots__ = ("future", "loop")

    def __init__(self) -> None:
        self.loop = asyncio.get_running_loop()
        self.future: asyncio.Future[int] = self.loop.create_future()


class Writer:
    """Commits writes in the order of their submission; queued writes share one commit and so one fsync.

    A submitted write is executed whatever becomes of its waiter. One that failed can be submitted again: the file is
    opened again if it, or its disk, was away.

    Attributes:
        generation: grows each time that the file is opened again; older connections then read a file that is gone.
    """

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self.generation = 0
        self._connection = connection
        self._path = path
        self._place = file_identity(path)
        self._newest = newest_answer(connection)
        self._suspect = False  # the disk has failed since the file was opened
        self._queue: queue.SimpleQueue[Sequence[_Write] | None] = queue.SimpleQueue()
        self._gathered: list[_Gathered] = []  # writes of coroutines that the thread has not been given yet
        self._lock = threading.Lock()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="journal-writer", daemon=True)
        self._thread.start()

    def submit(self, write: Callable[[sqlite3.Connection], int]) -> Future[int]:
        """Queue a write. The future returns its result when it is on disk, or raises ``JournalError``."""
        future: Future[int] = Future()
        future.set_running_or_notify_cancel()  # from here on nobody can cancel it
        with self._lock:
            if self._closed:
                future.set_exception(self._is_closed())
            else:
                self._hand_over()
                self._queue.put([(write, future)])
        return future

    def begin(self, write: Callable[[sqlite3.Connection], int]) -> asyncio.Future[int]:
        """Queue a write of a coroutine, as ``submit`` does; the thread is given those of one step of the loop together.

        So it is woken once for them, and they share a commit.
        """
        waiter = _LoopFuture()
        with self._lock:
            if self._closed:
                waiter.future.set_exception(self._is_closed())
            else:
                if not self._gathered or self._gathered[-1][1].loop is not waiter.loop:
                    waiter.loop.call_soon(self._hand_over_gathered)
                self._gathered.append((write, waiter))
        return waiter.future

    def _hand_over_gathered(self) -> None:
        with self._lock:
            self._hand_over()

    def _hand_over(self) -> None:
        """Give the thread what was gathered, in its order; the lock is held."""
        if self._gathered:
            self._queue.put(self._gathered)
            self._gathered = []

    def _is_closed(self) -> JournalError:
        return JournalError(f"The journal {self._path} is closed already.")

    def restore(self) -> None:
        """Put a file that was deleted while it was in use back in its place; its content is still open here.

        Nothing is done if a file is there, or if the folder is gone, as with a drive that was pulled out.

        Raises:
            JournalError: the disk refuses.
        """
        if self.submit(Restoration(lambda connection: put_back(self._path, connection))).result():
            _log.warning("The journal was deleted while it was in use, and was written again")

    def rescue(self, answers: Sequence[Answer]) -> bool:
        """Copy a file that was deleted while it was in use, with answers that it could not take.

        Returns:
            Whether there is a copy now.
        """
        write = Restoration(lambda connection: write_copy(self._path, connection, answers))
        return bool(self.submit(write).result())

    def close(self) -> None:
        """Commit what waits, end the thread and close the connection."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._hand_over()
            self._queue.put(None)
        self._thread.join()
        with contextlib.suppress(sqlite3.Error):  # of a file that is gone, or a disk that is full
            self._connection.close()

    def _work(self) -> None:
        going = True
        while going:
            batch: list[_Write] = []
            while going and len(batch) < _MAX_WRITES_PER_COMMIT and not (batch and self._queue.empty()):
                given = self._queue.get()
                going = given is not None
                batch += given or ()
            together = [write for write in batch if not isinstance(write[0], OutsideTransaction)]
            settled: list[_Settled] = []
            self._commit(together, settled)
            _deliver(settled)
            for write in batch:
                if isinstance(write[0], OutsideTransaction):
                    self._commit([write], settled)
                    _deliver(settled)

    def _commit(self, batch: Sequence[_Write], settled: list[_Settled]) -> None:
        """Commit writes together; those that coroutines wait for are added to ``settled``."""
        if not batch:
            return
        try:
            results = self._together([write for write, _ in batch])
        except Exception as error:
            if len(batch) > 1:  # one bad write must not take the others with it
                for single in batch:
                    self._commit([single], settled)
                return
            waiter, failure = batch[0][1], self._translated(error)
            if isinstance(waiter, _LoopFuture):
                settled.append((waiter, 0, failure))
            else:
                waiter.set_exception(failure)
        else:
            for (_, waiter), result in zip(batch, results, strict=True):
                if isinstance(waiter, _LoopFuture):
                    settled.append((waiter, result, None))
                else:
                    waiter.set_result(result)

    def _translated(self, error: Exception) -> Exception:
        """Return what the waiter gets: SQLite's errors translated; anything else is a bug and stays what it is."""
        if not isinstance(error, sqlite3.Error):
            return error
        failure = errors.to_journal_error(error, self._path)
        failure.__cause__ = error
        self._suspect = self._suspect or failure.trouble is JournalTrouble.DISK
        return failure

    def _together(self, writes: Sequence[Callable[[sqlite3.Connection], int]]) -> list[int]:
        if isinstance(writes[0], Restoration):
            return [writes[0](self._connection)]
        self._ensure_open()
        connection = self._connection
        if len(writes) == 1 and isinstance(writes[0], Statement | OutsideTransaction):
            results = [writes[0](connection)]  # one statement is a transaction of its own: two calls less
        else:
            results = _in_one(connection, writes)
        self._check_place()
        self._newest = newest_answer(connection)
        return results

    # --- a file that goes away ---------------------------------------------------------------------------------

    def _ensure_open(self) -> None:
        """Open the file again if something has happened to it since.

        Raises:
            JournalError: it is not there now.
        """
        if not self._suspect and file_identity(self._path) == self._place:
            return
        if file_identity(self._path) is None:
            raise errors.gone(self._path)
        renewed = reopen(self._path, self._newest)
        with contextlib.suppress(sqlite3.Error):  # closing a file that is gone may fail
            self._connection.close()
        self._connection, self._place, self._suspect = renewed, file_identity(self._path), False
        self.generation += 1

    def _check_place(self) -> None:
        """Check that what was written is in the user's journal, rather than in a file without a name."""
        found = file_identity(self._path)
        if found != self._place:
            raise errors.gone(self._path) if found is None else errors.replaced(self._path)


def _deliver(settled: list[_Settled]) -> None:
    """Hand results over to the loops whose coroutines wait for them, and empty the list: a loop is woken once."""
    while settled:
        loop = settled[0][0].loop
        own = [one for one in settled if one[0].loop is loop]
        settled[:] = [one for one in settled if one[0].loop is not loop]
        with contextlib.suppress(RuntimeError):  # the loop is closed, so that nobody waits any more
            loop.call_soon_threadsafe(_settle, own)


def _settle(settled: Sequence[_Settled]) -> None:
    for waiter, result, failure in settled:
        if waiter.future.done():  # whoever waited was cancelled
            continue
        if failure is None:
            waiter.future.set_result(result)
        else:
            waiter.future.set_exception(failure)


def _in_one(connection: sqlite3.Connection, writes: Sequence[Callable[[sqlite3.Connection], int]]) -> list[int]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        results = [write(connection) for write in writes]
        connection.execute("COMMIT")
    except BaseException:
        with contextlib.suppress(sqlite3.Error):  # what counts is the failure that led here
            if connection.in_transaction:
                connection.execute("ROLLBACK")
        raise
    return results
