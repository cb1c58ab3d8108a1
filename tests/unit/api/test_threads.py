"""Running to the end for a caller that waits, also where the caller is interrupted."""

from __future__ import annotations

import asyncio

import pytest

from chaindesk.api.threads import run_in_thread


class Work:
    """Work that goes on until it is told to stop."""

    def __init__(self) -> None:
        self.stopped = asyncio.Event()
        self.ended = False
        self.shown = 0

    async def run(self) -> str:
        await self.stopped.wait()
        self.ended = True
        return "kept"

    def stop(self) -> None:
        self.stopped.set()

    def interrupt_once(self) -> None:
        self.shown += 1
        if self.shown == 1:
            raise KeyboardInterrupt


def test_an_interrupted_caller_waits_until_the_work_has_ended_in_order() -> None:
    work = Work()
    with pytest.raises(KeyboardInterrupt):
        run_in_thread(work.run, work.stop, work.interrupt_once)
    assert work.ended


def test_what_the_work_returns_or_raises_is_the_callers() -> None:
    async def three() -> int:
        return 3

    async def fails() -> int:
        raise ValueError("as it was")

    assert run_in_thread(three, lambda: None, lambda: None) == 3
    with pytest.raises(ValueError, match="as it was"):
        run_in_thread(fails, lambda: None, lambda: None)
