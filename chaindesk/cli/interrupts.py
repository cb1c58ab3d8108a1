"""Ctrl-C, SIGTERM and a closed terminal: the first ends a command or stops its run, the second ends it at once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
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
                _tell(_SHOW_CURSOR)
            # Every answer is on disk the moment it arrives: there is nothing to tidy up.
            os._exit(Exit.INTERRUPTED)
        _tell(_STOPPING)
        self._loop.call_soon_threadsafe(self._stop)


def ending_signals() -> tuple[int, ...]:
    """Return the signals that ask a command to end, as far as this system has them.

    One that whoever started it had ignored stays so: ``nohup`` keeps a run going after its terminal is closed.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
    numbers = tuple(getattr(signal, name) for name in names if hasattr(signal, name))
    hang_up = getattr(signal, "SIGHUP", None)
    return tuple(one for one in numbers if one != hang_up or signal.getsignal(one) is not signal.SIG_IGN)


def _tell(words: bytes) -> None:
    with suppress(OSError):  # the terminal may be gone
        os.write(2, words)


@contextmanager
def interruptible() -> Iterator[None]:
    """Let each signal that asks a command to end do what Ctrl-C does: raise ``KeyboardInterrupt``, outside a loop."""
    before = {number: signal.signal(number, _as_ctrl_c) for number in ending_signals() if number != signal.SIGINT}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _as_ctrl_c(_number: int, frame: FrameType | None) -> None:
    handler = signal.getsignal(signal.SIGINT)  # asyncio's own, while a loop runs: it cancels the main task
    if not callable(handler):  # ignored, as a shell does for what it starts with &
        raise KeyboardInterrupt
    handler(signal.SIGINT, frame)


@contextmanager
def interrupts(stop: Callable[[], None]) -> Iterator[Interrupts]:
    """Let the first signal call ``stop`` in the running loop. The handlers of before are put back at the end.

    ``signal.signal`` rather than the loop's own handlers, since those do not exist on Windows; asyncio's wake-up
    descriptor makes both prompt.
    """
    taken = Interrupts(asyncio.get_running_loop(), stop)
    before: dict[int, Any] = {}
    for number in ending_signals():
        before[number] = signal.signal(number, taken.handle)
    try:
        yield taken
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
