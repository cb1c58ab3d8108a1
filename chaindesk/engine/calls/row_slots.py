"""How many rows are at work at once: a row that only waits lends its slot, so that it holds up no other row."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

MAX_LENT_SLOTS = 50
"""Rows that may wait for themselves alone while others work in their place; any further one keeps its slot."""


class RowSlots:
    """The slots of a run's rows.

    A row that waits for itself alone, such as before a retry, lends its slot to a new row. A row that waits for its
    provider's outage to pass only steps aside: no new row takes its place, but it needs a slot again to go on.

    Args:
        limit: returns how many rows may be at work at once.

    Attributes:
        active: rows that have a slot.
        lent: rows that wait while others work in their place.
        aside: rows that wait in place.
    """

    def __init__(self, limit: Callable[[], int]) -> None:
        self.active = 0
        self.lent = 0
        self.aside = 0
        self._limit = limit
        self._on_lent: Callable[[], None] = lambda: None
        self._on_idle: Callable[[], None] = lambda: None
        self._returning: deque[asyncio.Future[None]] = deque()

    def subscribe_lent(self, listener: Callable[[], None]) -> None:
        """Call the one listener when a new row may begin."""
        self._on_lent = listener

    def subscribe_idle(self, listener: Callable[[], None]) -> None:
        """Call the one listener when no row is at work."""
        self._on_idle = listener

    @property
    def has_free(self) -> bool:
        """Return whether a new row may begin."""
        return self.active + self.aside < self._limit() and not self._returning

    @property
    def in_demand(self) -> bool:
        """Return whether a row that ends is to give its slot away instead of passing it to the next in the queue."""
        return self.active + self.aside > self._limit() or bool(self._returning)

    def enter(self) -> None:
        """A new row begins."""
        self.active += 1

    def leave(self) -> None:
        """A row ends."""
        self.active -= 1
        self.admit()
        if not self.active:
            self._on_idle()

    def admit(self) -> None:
        """Give free slots to rows that want theirs back."""
        while self._returning and self.active < self._limit():
            future = self._returning.popleft()
            if not future.done():
                self.active += 1
                future.set_result(None)

    @asynccontextmanager
    async def lend(self, *, always: bool = False) -> AsyncIterator[None]:
        """Enclose a wait of one row alone: another row may work meanwhile.

        Args:
            always: whether it does so however many wait, since it waits for a row that must not lack a slot.
        """
        if always:
            async with self._without_slot():
                self._on_lent()
                yield
            return
        if self.lent >= MAX_LENT_SLOTS:
            yield
            return
        self.lent += 1
        try:
            async with self._without_slot():
                self._on_lent()
                yield
        finally:
            self.lent -= 1

    @asynccontextmanager
    async def step_aside(self) -> AsyncIterator[None]:
        """Enclose a wait of many rows: no other takes their place."""
        self.aside += 1
        try:
            async with self._without_slot():
                yield
        finally:
            self.aside -= 1

    @asynccontextmanager
    async def _without_slot(self) -> AsyncIterator[None]:
        self.leave()
        try:
            yield
            await self._return()
        except BaseException:  # the row ends, and what is left of it is no call
            self.active += 1
            raise

    async def _return(self) -> None:
        if self.active < self._limit() and not self._returning:
            self.active += 1
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._returning.append(future)
        try:
            await future
        except asyncio.CancelledError:
            if future.done() and not future.cancelled():
                self.active -= 1  # it had its slot already, and the caller counts it again
            raise
