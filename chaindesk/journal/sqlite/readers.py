"""Read connections, one for each thread, so that no reader waits for another."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from chaindesk.journal.sqlite.connection import connect
from chaindesk.journal.sqlite.errors import translated

T = TypeVar("T")
_FETCH_ROWS = 1000


class Readers:
    """Reads from any thread. Every method raises ``JournalError``."""

    def __init__(self, path: Path, generation: Callable[[], int]) -> None:
        """Read the journal at a path; ``generation`` grows whenever its file has to be opened again."""
        self._path = path
        self._generation = generation
        self._local = threading.local()
        self._open: list[sqlite3.Connection] = []
        self._lock = threading.Lock()

    def rows(self, sql: str, values: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
        """Return all rows of a query."""
        with translated(self._path):
            return self._reader().execute(sql, values).fetchall()

    def mapped(self, make: Callable[[tuple[Any, ...]], T], sql: str, values: tuple[Any, ...] = ()) -> list[T]:
        """Return what ``make`` returns for each row of a query."""
        with translated(self._path):
            return [make(row) for row in self._reader().execute(sql, values)]

    def stream(self, make: Callable[[tuple[Any, ...]], T], sql: str, values: tuple[Any, ...] = ()) -> Iterator[T]:
        """Yield what ``make`` returns for each row of a query, fetching some at a time."""
        with translated(self._path):
            cursor = self._reader().execute(sql, values)
            while some := cursor.fetchmany(_FETCH_ROWS):
                yield from [make(row) for row in some]

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            readers, self._open = self._open, []
        for reader in readers:
            with contextlib.suppress(sqlite3.Error):  # of a file that is gone
                reader.close()

    def _reader(self) -> sqlite3.Connection:
        generation = self._generation()
        reader: sqlite3.Connection | None = getattr(self._local, "reader", None)
        if reader is None or self._local.generation != generation:
            reader = connect(self._path, writing=False)
            self._local.reader, self._local.generation = reader, generation
            with self._lock:
                self._open.append(reader)
        return reader
