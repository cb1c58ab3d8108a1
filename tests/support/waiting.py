"""Waiting for a condition, or for as many rounds of the loop as all that is ready needs, instead of for a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

LONGEST = 120.0  # seconds; what takes longer hangs, however busy the machine is


async def until(condition: Callable[[], object], seconds: float = LONGEST) -> None:
    """Return once the condition holds."""
    async with asyncio.timeout(seconds):
        while not condition():  # noqa: ASYNC110 - it is looked at from outside, as a user does
            await asyncio.sleep(0.01)


async def pass_rounds(rounds: int = 200) -> None:
    """Let the loop run so many rounds: many more than a call of a scripted provider needs from begin to end."""
    for _ in range(rounds):
        await asyncio.sleep(0)
