"""Ctrl-C and SIGTERM while a run goes on: the first stops it cleanly, the second ends the process at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from chaindesk.cli.exit_status import Exit

_STOPPING = b"\nStopping. What is finished is kept; press Ctrl-C again to end at once.\n"
_SHOW_CURSOR = b"\x1b[?25h"


class Interrupts:
    """What the signals did so far.

    Attributes:
        seen: how many there were.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
        self.seen = 0
        self._loop = loop
        self._stop = stop

    def handle(self, _number: int, _frame: FrameType | None) -> None:
        """Take a signal. Runs between any two instructions: so it writes past Python's own buffers."""
        self.seen += 1
        if self.seen > 1:
            if os.isatty(2):
                os.write(2, _SHOW_CURSOR)
            # Every answer is on disk the moment it arrives: there is nothing to tidy up.
            os._exit(Exit.INTERRUPTED)
        os.write(2, _STOPPING)
        self._loop.call_soon_threadsafe(self._stop)


@contextmanager
def interrupts(stop: Callable[[], None]) -> Iterator[Interrupts]:
    """Let the first signal call ``stop`` in the running loop. The handlers of before are put back at the end.

    ``signal.signal`` rather than the loop's own handlers, since those do not exist on Windows; asyncio's wake-up
    descriptor makes both prompt.
    """
    taken = Interrupts(asyncio.get_running_loop(), stop)
    names = ("SIGINT", "SIGTERM", "SIGBREAK")
    before: dict[int, Any] = {}
    for number in (getattr(signal, name) for name in names if hasattr(signal, name)):
        before[number] = signal.signal(number, taken.handle)
    try:
        yield taken
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
