"""The ledger of an opened workbook: read at first use, and again after somebody else has written to the journal."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress

from chaindesk.domain.errors import JournalError
from chaindesk.engine.answers.ledger import AnswerLedger
from chaindesk.journal.protocol import Journal


class LedgerCache:
    """Holds one ledger and knows whether the journal has changed since it was read.

    Args:
        journal: where the ledger is read from.
        workbook_id: the journal's number of the workbook and sheet.
        read: reads the ledger, which may take seconds.
    """

    def __init__(self, journal: Journal, workbook_id: int, read: Callable[[], AnswerLedger]) -> None:
        self._journal = journal
        self._workbook_id = workbook_id
        self._read = read
        self._ledger: AnswerLedger | None = None
        self._lock = threading.Lock()
        self._token: tuple[int, ...] = ()  # the journal's, when the ledger was read or last written to
        self.in_run = False

    def get(self) -> AnswerLedger:
        """Return the ledger; the first call reads it."""
        with self._lock:
            if self._ledger is None:
                self._token = self._change_token()
                self._ledger = self._read()
            return self._ledger

    def refresh(self) -> bool:
        """Drop the ledger where somebody else has written to the journal since; return whether that is so."""
        with self._lock:
            if self.in_run or self._change_token() == self._token:
                return False
            self._ledger = None
            return True

    @asynccontextmanager
    async def own_write(self) -> AsyncIterator[None]:
        """Enclose a write of this session, which is no reason to read the journal again."""
        current = self._ledger is not None and self._change_token() == self._token
        yield
        if current:
            self._token = self._change_token()

    @contextmanager
    def run(self) -> Iterator[None]:
        """Enclose a run of this session, which keeps the ledger up to date itself."""
        self.in_run = True
        try:
            yield
        finally:
            self.in_run = False
            self._token = ()
            with suppress(JournalError):  # how the run ended is what counts; the journal is read again at next use
                self._token = self._change_token()

    def _change_token(self) -> tuple[int, ...]:
        return self._journal.change_token(self._workbook_id)
