"""The owner of the window's tasks: nothing runs that nobody waits for, and no error goes unheard."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from chaindesk.domain.errors import ChainDeskError


class BackgroundTasks:
    """Starts coroutines, reports their errors, and cancels those that are left.

    Args:
        on_error: called with each ``ChainDeskError``. Anything else is a bug and goes to the loop's exception handler.
    """

    def __init__(self, on_error: Callable[[ChainDeskError], object]) -> None:
        self._on_error = on_error
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, work: Coroutine[Any, Any, object]) -> asyncio.Task[Any] | None:
        """Run ``work``; it may be cancelled through the task that is returned. None, and nothing begun, once closed."""
        if self._closed:  # a timer of a widget may outlast the window's end, and with it the loop
            work.close()
            return None
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)
        return task

    def cancel(self) -> None:
        """Cancel what still runs, without waiting for it."""
        for task in self._tasks:
            task.cancel()

    async def finish(self, seconds: float) -> None:
        """Wait until all have ended by themselves, or the time is over."""
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=seconds)

    async def close(self) -> None:
        """Cancel what still runs, wait until it has ended, and begin nothing more."""
        self._closed = True
        self.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, ChainDeskError):
            self._on_error(error)
        elif error is not None:
            context = {"message": "A task of the window failed", "exception": error, "task": task}
            task.get_loop().call_exception_handler(context)
