"""How long the window's thread is away at a time while rows run and are paged through: CPU of each step of its loop.

    .venv/bin/python tests/performance/bench_lateness.py [--rows 1000] [--at-once 100] [--latency 1]

The window runs offscreen; the simulated provider and a control have processes of their own. A loop step is one event
that Qt delivers, with all that it leads to: its CPU says for how long keys, mouse and timers wait, whatever else the
machine does. Beside it stands how late a timer of 16 ms comes here, and how late it comes at the same time in the
control, which does nothing else: only the difference is the window's. The control also does a fixed piece of work
(0.9 ms of CPU where the figures of docs/lateness.md come from): on a busy machine it takes up to twice as much, and so
does all else.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import xlsxwriter
from PySide6.QtCore import QEvent, QObject, QSettings, Qt, QTimer
from PySide6.QtWidgets import QApplication

from chaindesk.desktop.app import AppWindow, make_application
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.theme import Theme
from chaindesk.domain.completion import DEMO_BASE_URL
from chaindesk.domain.records import RunState
from chaindesk.simulator.options import SimulatorOptions

TICK_MS = 16
LONG_STEP_S = 0.016
SERVE = """
import asyncio, sys
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer

async def main():
    async with SimulatorServer(SimulatorOptions.from_json(sys.argv[1])) as server:
        print(server.base_url, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)

asyncio.run(main())
"""
CHAIN = """\
name: lateness
id_column: ID
concurrency: {at_once}
steps:
  - {{name: notes, model: demo/researcher, prompt: "Three facts on {{{{Topic}}}}."}}
  - {{name: draft, model: demo/writer, prompt: "20 words for {{{{Audience}}}} from {{{{notes}}}}"}}
  - {{name: edit, model: demo/editor, prompt: "Shorten {{{{draft}}}}", output: Text}}
"""


class Application(QApplication):
    """Notes the CPU of each loop step.

    Attributes:
        steps: seconds of CPU on this thread, with the receiver's class and the kind of the event.
    """

    def __init__(self, words: Sequence[str]) -> None:
        super().__init__(words)
        self.steps: list[tuple[float, str]] = []
        self._depth = 0

    def notify(self, receiver: QObject, event: QEvent) -> bool:
        """Deliver an event."""
        if self._depth:
            return super().notify(receiver, event)
        self._depth += 1
        kind = f"{type(receiver).__name__} {event.type().name}"
        begun = time.thread_time()
        try:
            return super().notify(receiver, event)
        finally:
            self.steps.append((time.thread_time() - begun, kind))
            self._depth -= 1


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


def figures(seconds: Sequence[float]) -> str:
    """Return how many there are, their median, p99 and longest, and how many are longer than a frame."""
    ordered = sorted(seconds) or [0.0]
    p50, p99, longest = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]
    over = sum(one > LONG_STEP_S for one in ordered)
    return (
        f"{len(ordered):>6} · p50 {p50 * 1000:6.2f} · p99 {p99 * 1000:6.2f} · longest {longest * 1000:6.1f} ms · "
        f"over {TICK_MS} ms {over}"
    )


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


class Control:
    """The process that does nothing but wait for its timer."""

    def __init__(self) -> None:
        pipe = subprocess.PIPE
        self._process = subprocess.Popen([sys.executable, __file__, "--control"], stdin=pipe, stdout=pipe, text=True)

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


@contextmanager
def server_of(options: SimulatorOptions) -> Iterator[str]:
    """The simulated provider in a process of its own: its address."""
    process = subprocess.Popen(
        [sys.executable, "-c", SERVE, options.to_json()], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate("")


def make_workbook(path: Path, rows: int) -> None:
    """A workbook of topics for audiences."""
    book = xlsxwriter.Workbook(str(path))
    sheet = book.add_worksheet("Jobs")
    sheet.write_row(0, 0, ["ID", "Topic", "Audience", "Notes"])
    for row in range(1, rows + 1):
        sheet.write_row(row, 0, [f"J-{row}", f"topic number {row} of the list", f"readers {row % 7}", "as usual " * 9])
    book.close()


class Bench:
    """Drives one window, and prints the table."""

    def __init__(self, app: Application, folder: Path, options: argparse.Namespace) -> None:
        self._app, self._folder, self._options = app, folder, options

    async def measure(self) -> None:
        """Open, run with paging, and end."""
        book, chain = self._folder / "jobs.xlsx", self._folder / "chain.yaml"
        make_workbook(book, self._options.rows)
        chain.write_text(CHAIN.format(at_once=self._options.at_once), encoding="utf-8")
        server = SimulatorOptions(latency=self._options.latency, words=40)
        with server_of(server) as address:
            workspace = Workspace()
            workspace.addresses[DEMO_BASE_URL] = address
            window_app = AppWindow(Theme(self._app, "light"), workspace)
            window_app.window.resize(1280, 720)
            window_app.window.show()
            await asyncio.sleep(0.5)
            self._ticks, self._control = Ticks(), Control()
            await self._begin()
            workspace.open_workbook(book, chain=chain)
            await until(lambda: workspace.session is not None)
            await asyncio.sleep(0.5)
            await self._tell("opening")
            await self._run(window_app)
            await self._tell("run, paging")
            await asyncio.sleep(1)
            await self._tell("after it")
            self._control.end()
            await window_app.close()
            window_app.window.allow_close()

    async def _run(self, window_app: AppWindow) -> None:
        window = window_app.window
        cpu = time.process_time()
        window.actions_.run.trigger()
        await until(lambda: window_app.run_controller.phase.in_run)
        turn = 0
        while window.model.snapshot.state is not RunState.FINISHED:
            await asyncio.sleep(0.1)
            turn += 1
            if self._options.paging:
                window.table.step_row(20 if turn % 2 else -13)
                if window.table.currentIndex().row() > self._options.rows - 50:
                    window.table.choose_row(2)
        await until(lambda: window_app.run_controller.phase is RunPhase.IDLE)
        calls = window.model.snapshot.calls_done
        say(f"{calls} calls: {(time.process_time() - cpu) / max(calls, 1) * 1000:.2f} ms of CPU each, all threads")

    async def _begin(self) -> None:
        await self._control.taken()
        self._ticks.taken()
        self._app.steps.clear()

    async def _tell(self, what: str) -> None:
        steps, here = list(self._app.steps), self._ticks.taken()
        there, fixed = await self._control.taken()
        say(f"{what:<12} CPU of a loop step  {figures([seconds for seconds, _ in steps])}")
        say(f"{'':<12} 16 ms timer, here   {figures(here)}")
        say(f"{'':<12} 16 ms timer, bare   {figures(there)}; the fixed work took {fixed * 1000:.2f} ms of CPU")
        for kind, seconds in longest_kinds(steps):
            say(f"{'':<12}   {kind:<40} {figures(seconds)}")
        await self._begin()


def longest_kinds(steps: Sequence[tuple[float, str]], most: int = 4) -> list[tuple[str, list[float]]]:
    """Return the kinds of events that took longest in one step."""
    kinds: dict[str, list[float]] = {}
    for seconds, kind in steps:
        kinds.setdefault(kind, []).append(seconds)
    return sorted(kinds.items(), key=lambda item: -max(item[1]))[:most]


async def until(condition: Callable[[], bool]) -> None:
    """Wait for the window to get there."""
    while not condition():  # noqa: ASYNC110 - a benchmark looks, nobody tells it
        await asyncio.sleep(0.02)


def main() -> Any:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1000)
    parser.add_argument("--at-once", type=int, default=100)
    parser.add_argument("--latency", type=float, default=1.0)
    parser.add_argument("--no-paging", dest="paging", action="store_false")
    parser.add_argument("--control", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.control:
        return serve_ticks()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINDESK_HOME"] = folder
        QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, folder)
        app = Application(["chaindesk"])
        make_application([])
        loop = DesktopLoop(app)
        asyncio.set_event_loop(loop)
        loop.run_until_complete(Bench(app, Path(folder), options).measure())
        loop.end_tasks()
        loop.end_threads(5)
        loop.close()
    return None


if __name__ == "__main__":
    main()
