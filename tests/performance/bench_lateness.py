"""How long the window's thread is away at a time while rows run and somebody works: CPU of each step of its loop.

    .venv/bin/python -m tests.performance.bench_lateness [--rows 1000] [--at-once 100] [--latency 1]
        [--doing paging|scrolling|typing|nothing] [--seconds 20]

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
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from enum import Enum
from pathlib import Path
from typing import Any

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

import xlsxwriter
from PySide6.QtCore import QEvent, QObject, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from chaindesk.desktop.app import AppWindow, make_application
from chaindesk.desktop.chain.cards.prompt_edit import PromptEdit
from chaindesk.desktop.runtime.event_loop import DesktopLoop
from chaindesk.desktop.session.run_request import RunPhase
from chaindesk.desktop.session.workspace import Workspace
from chaindesk.desktop.ui.theme import Theme
from chaindesk.domain.completion import DEMO_BASE_URL
from chaindesk.domain.records import RunState
from chaindesk.simulator.options import SimulatorOptions
from tests.performance.late_timers import TICK_MS, Control, Ticks, say

LONG_STEP_S = TICK_MS / 1000
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


class Doing(Enum):
    """What somebody does in the window while rows run."""

    PAGING = "paging"
    SCROLLING = "scrolling"
    TYPING = "typing"
    NOTHING = "nothing"


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


def figures(seconds: Sequence[float]) -> str:
    """Return how many there are, their median, p99 and longest, and how many are longer than a frame."""
    ordered = sorted(seconds) or [0.0]
    p50, p99, longest = ordered[len(ordered) // 2], ordered[int(len(ordered) * 0.99)], ordered[-1]
    over = sum(one > LONG_STEP_S for one in ordered)
    return (
        f"{len(ordered):>6} · p50 {p50 * 1000:6.2f} · p99 {p99 * 1000:6.2f} · longest {longest * 1000:6.1f} ms · "
        f"over {TICK_MS} ms {over}"
    )


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


class Person:
    """Does one thing again and again.

    Attributes:
        took: seconds of CPU, by each time.
    """

    def __init__(self, app: AppWindow, doing: Doing) -> None:
        self.took: list[float] = []
        self._window, self._doing = app.window, doing
        self._prompt: QWidget | None = None
        if doing is Doing.TYPING:
            app.main.opening.edit_chain()
            assert app.main.opening.editor is not None
            prompts = app.main.opening.editor.findChildren(PromptEdit)
            self._prompt = next(prompt for prompt in prompts if prompt.accessibleName().startswith("Prompt"))
            self._prompt.setFocus()

    def act(self) -> None:
        """Do it once."""
        begun, table, bar = time.thread_time(), self._window.table, self._window.table.verticalScrollBar()
        match self._doing:
            case Doing.PAGING:
                table.step_row(20 if len(self.took) % 2 else -13)
                if table.currentIndex().row() > table.rows.rowCount() - 50:
                    table.choose_row(2)
            case Doing.SCROLLING:
                jump = bar.maximum() // 7 if len(self.took) % 10 == 0 else 3 * bar.singleStep()
                bar.setValue((bar.value() + jump) % bar.maximum())
            case Doing.TYPING:
                assert self._prompt is not None
                QTest.keyClick(self._prompt, Qt.Key.Key_Space if len(self.took) % 6 == 0 else Qt.Key.Key_A)
            case Doing.NOTHING:
                return
        self.took.append(time.thread_time() - begun)


class Bench:
    """Drives one window, and prints the table."""

    def __init__(self, app: Application, folder: Path, options: argparse.Namespace) -> None:
        self._app, self._folder, self._options = app, folder, options

    async def measure(self) -> None:
        """Open, run while somebody does something, and end."""
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
            await self._tell("run")
            await asyncio.sleep(1)
            await self._tell("after it")
            self._control.end()
            await window_app.close()
            window_app.window.allow_close()

    async def _run(self, window_app: AppWindow) -> None:
        window, person = window_app.window, Person(window_app, Doing(self._options.doing))
        cpu, begun = time.process_time(), time.monotonic()
        window.actions_.run.trigger()
        await until(lambda: window_app.run_controller.phase.in_run)
        while window.model.snapshot.state is not RunState.FINISHED:
            await asyncio.sleep(0.1)
            person.act()
            if 0 < self._options.seconds < time.monotonic() - begun and window_app.run_controller.phase.in_run:
                window_app.run_controller.stop()
        await until(lambda: window_app.run_controller.phase is RunPhase.IDLE)
        calls = window.model.snapshot.calls_done
        say(f"{calls} calls: {(time.process_time() - cpu) / max(calls, 1) * 1000:.2f} ms of CPU each, all threads")
        say(f"{self._options.doing:<12} CPU of each time    {figures(person.took)}")

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
    parser.add_argument("--doing", choices=[one.value for one in Doing], default=Doing.PAGING.value)
    parser.add_argument("--seconds", type=float, default=0, help="stop the run then")
    options = parser.parse_args()
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
