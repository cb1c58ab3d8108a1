"""A write that the journal has been given: what it stores, and what happens once that is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, TypeVar

from chaindesk.domain.records import Answer

T = TypeVar("T")
Store = Callable[[bool], Awaitable[Any]]
"""Stores something; told whether it was tried before."""


class PendingWrite:
    """One write on its way to the disk.

    Attributes:
        store: stores it, and may be called again after a failure.
        then: called with the journal's number of it as soon as it is on the disk.
        answer: the paid-for answer that it stores, or None.
        first: the first try, or None where the journal cannot be written at the moment.
    """

    __slots__ = ("answer", "first", "store", "then")

    def __init__(self, store: Store, then: Callable[[Any], object], answer: Answer | None) -> None:
        self.store = store
        self.then = then
        self.answer = answer
        self.first: asyncio.Future[Any] | None = None

    def begin(self) -> None:
        """Try it for the first time; nothing waits for it yet."""
        begun = self.store(False)
        self.first = begun if isinstance(begun, asyncio.Future) else asyncio.ensure_future(begun)

    def drop(self) -> None:
        """Nobody will ask what came of it."""
        if self.first is not None:
            self.first.add_done_callback(_take_note)


async def settled(future: asyncio.Future[Any], hurry: Callable[[], None]) -> bool:
    """Wait until a future is done, however it ends; return whether this was cancelled meanwhile.

    Args:
        future: what is waited for; it is never cancelled.
        hurry: called on a cancellation, so that it does not take for ever.
    """
    cancelled = False
    while not future.done():
        waiter = asyncio.get_running_loop().create_future()
        wake = lambda _, waiter=waiter: None if waiter.done() else waiter.set_result(None)  # noqa: E731
        future.add_done_callback(wake)
        try:
            await waiter
        except asyncio.CancelledError:
            cancelled = True
            future.remove_done_callback(wake)
            if not future.done():
                hurry()
    return cancelled


async def finish_despite_cancel(keeping: Coroutine[Any, Any, T], hurry: Callable[[], None] = lambda: None) -> T:
    """Finish something in spite of a cancellation, which goes on afterwards.

    Args:
        keeping: what is to be finished.
        hurry: called on a cancellation, so that it does not take for ever.
    """
    task = asyncio.ensure_future(keeping)
    cancelled = await settled(task, hurry)
    result = task.result()
    if cancelled:
        raise asyncio.CancelledError
    return result


def _take_note(future: asyncio.Future[Any]) -> None:
    """Take note of a failure, so that it is not reported as one that nobody has looked at."""
    if not future.cancelled():
        future.exception()
