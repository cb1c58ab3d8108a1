"""Finishing what must not be cut off: a paid answer that has arrived is kept, whatever is cancelled meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def to_the_end(keeping: Coroutine[Any, Any, T]) -> T:
    """Await something that a cancellation must not cut off: it is finished first, then the cancellation goes on."""
    task = asyncio.ensure_future(keeping)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error from None
        raise
