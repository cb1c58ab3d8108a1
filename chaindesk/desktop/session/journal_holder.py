"""The window's one journal: opened at first need, closed with the window, repaired where it is damaged."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from chaindesk import settings
from chaindesk.domain.manifest import Notice
from chaindesk.journal.protocol import Journal

if TYPE_CHECKING:
    from chaindesk.journal.sqlite.repair import RepairResult


class JournalHolder:
    """Opens the journal once for all who ask for it at the same time."""

    def __init__(self) -> None:
        self._journal: Journal | None = None
        self._lock = asyncio.Lock()  # the history may ask for it while a workbook is being opened
        self._notices: tuple[Notice, ...] = ()

    async def get(self) -> Journal:
        """Return the journal.

        Raises:
            JournalError: it cannot be opened.
        """
        async with self._lock:
            if self._journal is None:
                self._journal = await asyncio.to_thread(_open_journal)
                self._notices += tuple(map(Notice, self._journal.notices))
            return self._journal

    def pop_notices(self) -> tuple[Notice, ...]:
        """Return what the journal noticed when it was opened, once."""
        notices, self._notices = self._notices, ()
        return notices

    async def repair(self) -> RepairResult:
        """Keep the damaged file aside, and begin a new one with what can be read of it."""
        from chaindesk.journal.sqlite.repair import repair

        async with self._lock:
            await self._close()
            return await asyncio.to_thread(repair, settings.journal_path())

    async def close(self) -> None:
        """Close the journal."""
        async with self._lock:
            await self._close()

    async def _close(self) -> None:
        if self._journal is not None:
            await asyncio.to_thread(self._journal.close)
            self._journal = None


def _open_journal() -> Journal:
    from chaindesk.journal.sqlite.journal import open_journal  # in a thread, too: loading it takes as long as opening

    return open_journal(settings.journal_path())
