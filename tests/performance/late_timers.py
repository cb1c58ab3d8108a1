"""A timer of 16 ms that notes how late it comes, here and in a control: a process that does nothing else.

The control also does a fixed piece of work, which tells how slow the machine is at the time.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import time

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.runtime.event_loop import DesktopLoop

TICK_MS = 16


class Ticks(QObject):
    """A timer of 16 ms that notes how late it comes.

    Attributes:
        late: by how many seconds.
        fixed: seconds of CPU of the fixed work, where it is to be done.
    """

    def __init__(self, *, works: bool = False) -> None:
        super().__init__()
        self.late: list[float] = []
        self.fixed: list[float] | None = [] if works else None
        self._last = time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(TICK_MS)

    def _tick(self) -> None:
        if self.fixed is not None and not len(self.late) % 10:
            begun = time.thread_time()
            fixed_work()
            self.fixed.append(time.thread_time() - begun)
        now = time.perf_counter()
        self.late.append(max(now - self._last - TICK_MS / 1000, 0.0))
        self._last = now

    def taken(self) -> list[float]:
        """Return the seconds since the last call of this."""
        late, self.late = self.late, []
        return late


def fixed_work() -> int:
    """Some arithmetic."""
    return sum([number * number for number in range(14_000)])


def say(line: str) -> None:
    """Print a line at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


class Control:
    """The process that does nothing but wait for its timer."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, __file__], stdin=pipe, stdout=pipe, text=True)

    async def taken(self) -> tuple[list[float], float]:
        """Return how late its timer was since the last call of this, and the median CPU of the fixed work."""
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write("\n")
        process.stdin.flush()
        late, fixed = json.loads(await asyncio.to_thread(process.stdout.readline))
        return late, fixed[len(fixed) // 2]

    def end(self) -> None:
        """End it."""
        self._process.communicate("")


def serve_ticks() -> None:
    """The control: write how late a timer is to the standard output, for each line that comes in."""
    app = QApplication([])
    ticks = Ticks(works=True)
    loop = DesktopLoop(app)
    asyncio.set_event_loop(loop)

    async def answer() -> None:
        while await asyncio.to_thread(sys.stdin.readline):
            say(json.dumps([ticks.taken(), sorted(ticks.fixed or [0.0])]))
            ticks.fixed = []

    loop.run_until_complete(answer())
    loop.close()


if __name__ == "__main__":
    serve_ticks()
