"""Read connections, one for each thread, so that no reader waits for another."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from chaindesk.domain.errors import JournalError
from chaindesk.journal.sqlite.connection import connect
from chaindesk.journal.sqlite.errors import translated

T = TypeVar("T")
_FETCH_ROWS = 1000


@dataclass(frozen=True, slots=True, eq=False)
class _Reader:
    """A connection of one thread.

    Attributes:
        generation: of the file that it reads.
        in_use: held while a statement runs: SQLite crashes where a connection is closed under one.
    """

    connection: sqlite3.Connection
    generation: int
    in_use: threading.RLock = field(default_factory=threading.RLock)


class Readers:
    """Reads from any thread. Every method raises ``JournalError``, also for a read that is cut off by ``close``."""

    def __init__(self, path: Path, generation: Callable[[], int]) -> None:
        """Read the journal at a path; ``generation`` grows whenever its file has to be opened again."""
        self._path = path
        self._generation = generation
        self._local = threading.local()
        self._open: list[_Reader] = []
        self._closed = False
        self._lock = threading.Lock()

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with self._reading() as connection:
            return connection.execute(sql, values).fetchall()

    def mapped(self, make: Callable[[tuple[Any, ...]], T], sql: str, values: tuple[Any, ...] = ()) -> list[T]:
        """Return what ``make`` returns for each row of a query."""
        with self._reading() as connection:
            return [make(row) for row in connection.execute(sql, values)]

    def stream(self, make: Callable[[tuple[Any, ...]], T], sql: str, values: tuple[Any, ...] = ()) -> Iterator[T]:
        """Yield what ``make`` returns for each row of a query, fetching some at a time."""
        with translated(self._path):
            reader = self._reader()
        with self._reading(reader) as connection:
            cursor = connection.execute(sql, values)
        while True:
            with self._reading(reader):
                made = [make(row) for row in cursor.fetchmany(_FETCH_ROWS)]
            if not made:
                return
            yield from made

    def close(self) -> None:
        """Close all connections; what is being read in other threads is cut off first."""
        with self._lock:
            self._closed = True
            readers, self._open = self._open, []
        for reader in readers:
            if not reader.in_use.acquire(blocking=False):
                reader.connection.interrupt()
                reader.in_use.acquire()
            with contextlib.suppress(sqlite3.Error):  # of a file that is gone
                reader.connection.execute(
                    "SELECT 1"
                )  # else an interruption holds for the checkpoint at the end as well
            with contextlib.suppress(sqlite3.Error):
                reader.connection.close()
            reader.in_use.release()

    @contextlib.contextmanager
    def _reading(self, reader: _Reader | None = None) -> Iterator[sqlite3.Connection]:
        """Give the connection of a reader, or of this thread's, which nobody closes meanwhile."""
        with translated(self._path):
            reader = reader or self._reader()
            with reader.in_use:
                if self._closed:
                    raise self._closed_error()
                yield reader.connection

    def _reader(self) -> _Reader:
        generation = self._generation()
        reader: _Reader | None = getattr(self._local, "reader", None)
        if reader is None or reader.generation != generation:
            reader = _Reader(connect(self._path, writing=False), generation)
            with self._lock:
                if not self._closed:
                    self._open.append(reader)
                    self._local.reader = reader
                    return reader
            reader.connection.close()
            raise self._closed_error()
        return reader

    def _closed_error(self) -> JournalError:
        return JournalError(f"The journal {self._path} was closed while it was read.")
