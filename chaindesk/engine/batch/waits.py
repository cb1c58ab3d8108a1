"""Waits that lose no cancellation, and that cancel nothing else."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Any


async def happened(event: asyncio.Event, seconds: float | None) -> None:
    """Wait for an event for so long at the most. Unlike ``wait_for`` of Python 3.11 it never loses a cancellation."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()


async def done(future: asyncio.Future[Any]) -> None:
    """Wait until a future is done, without cancelling it where this is cancelled."""
    waiter = asyncio.get_running_loop().create_future()
    wake = lambda _: None if waiter.done() else waiter.set_result(None)  # noqa: E731
    future.add_done_callback(wake)
    try:
        await waiter
    finally:
        future.remove_done_callback(wake)
