"""What the window costs: CPU of a call while it shows the run, and CPU until its first paint, each beside its floor.

    .venv/bin/python -m tests.performance.bench_window [--rounds 5] [--rows 200 1000]

A call's CPU is a slope: that of a run of many rows × 3 steps less that of one of few rows, by the calls between them,
so that opening, planning and loading do not count. The server answers at once. The floor is aiohttp alone; beside it
the engine without a window. Each run has a process of its own, and takes its turn with the others in each round: the
medians of the rounds' ratios count. The floor of the first paint is a process that shows an empty window of Qt's.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

ROOT = Path(__file__).parents[2]
AT_ONCE = 100
STEPS = 3
PLAIN_WINDOW = """
import time
from PySide6.QtWidgets import QApplication, QMainWindow
app = QApplication([])
window = QMainWindow()
window.show()
app.processEvents()
print(time.process_time())
"""
FIRST_PAINT = """
import os, time
from chaindesk.desktop import app

painted = app._painted
async def ended(window):
    await painted(window)
    print(time.process_time(), flush=True)
    os._exit(0)
app._painted = ended
app.run(None, [])
"""


def say(words: str) -> None:
    """Tell a figure as soon as it is known."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def cpu_of_script(script: str) -> float:
    """Return the seconds of CPU that a script of a process of its own prints."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {"CHAINDESK_HOME": folder}
        done = subprocess.run(
            [sys.executable, "-c", script], check=True, capture_output=True, text=True, cwd=ROOT, env=environment
        )
    return float(done.stdout.split()[-1])


def cpu_of_run(kind: str, address: str, rows: int) -> float:
    """Return the seconds of CPU of a run in a process of its own; ``kind`` is one of ``RUNS``, or the floor."""
    if kind == "raw aiohttp":
        words = ["-m", "tests.performance.clients", kind, address, str(rows * STEPS), str(AT_ONCE)]
    else:
        words = ["-m", "tests.performance.bench_window", "--run", kind, address, str(rows)]
    done = subprocess.run([sys.executable, *words], check=True, capture_output=True, text=True, cwd=ROOT)
    return float(json.loads(done.stdout.splitlines()[-1])["cpu"])


async def run_engine(folder: Path, address: str, rows: int) -> float:
    """Return the CPU of a run without a window."""
    from chaindesk.chain_file import load_chain
    from chaindesk.credentials import KeyStore
    from chaindesk.domain.completion import DEMO_BASE_URL
    from chaindesk.engine.run.options import RunOptions
    from chaindesk.engine.session import Session
    from chaindesk.journal.sqlite.journal import open_journal
    from chaindesk.workbook import ReadOptions, open_manifest
    from tests.performance.bench_lateness import CHAIN, make_workbook

    book, chain_file = folder / "jobs.xlsx", folder / "chain.yaml"
    make_workbook(book, rows)
    chain_file.write_text(CHAIN.format(at_once=AT_ONCE), encoding="utf-8")
    journal = open_journal(folder / "journal.sqlite3")
    manifest = open_manifest(book, ReadOptions(id_column="ID"))
    session = Session(
        manifest, load_chain(chain_file), journal, KeyStore(environment={}), addresses={DEMO_BASE_URL: address}
    )
    begun = time.process_time()
    await session.run(RunOptions(), lambda event: None)
    took = time.process_time() - begun
    journal.close()
    return took


def run_window(folder: Path, address: str, rows: int) -> float:
    """Return the CPU of a run that the window shows."""
    from PySide6.QtCore import QSettings
    from PySide6.QtWidgets import QApplication

    from chaindesk.desktop.app import AppWindow, make_application
    from chaindesk.desktop.runtime.event_loop import DesktopLoop
    from chaindesk.desktop.session.run_request import RunPhase
    from chaindesk.desktop.session.workspace import Workspace
    from chaindesk.desktop.ui.theme import Theme
    from chaindesk.domain.completion import DEMO_BASE_URL
    from tests.performance.bench_lateness import CHAIN, make_workbook, until

    os.environ["CHAINDESK_HOME"] = str(folder)
    QSettings.setPath(QSettings.Format.NativeFormat, QSettings.Scope.UserScope, str(folder))
    app = QApplication([])
    make_application([])

    async def measure() -> float:
        book, chain = folder / "jobs.xlsx", folder / "chain.yaml"
        make_workbook(book, rows)
        chain.write_text(CHAIN.format(at_once=AT_ONCE), encoding="utf-8")
        workspace = Workspace()
        workspace.addresses[DEMO_BASE_URL] = address
        window_app = AppWindow(Theme(app, "light"), workspace)
        controller, window = window_app.run_controller, window_app.window
        window.resize(1280, 720)
        window.show()
        workspace.open_workbook(book, chain=chain)
        await until(lambda: workspace.session is not None)
        await asyncio.sleep(0.5)
        begun = time.process_time()
        window.actions_.run.trigger()
        await until(lambda: controller.phase.in_run)
        await until(lambda: controller.phase is RunPhase.IDLE)
        took = time.process_time() - begun
        assert window.model.snapshot.calls_done == rows * STEPS
        await window_app.close()
        window.allow_close()
        return took

    loop = DesktopLoop(app)
    asyncio.set_event_loop(loop)
    took: float = loop.run_until_complete(measure())
    loop.end_tasks()
    loop.end_threads(5)
    loop.close()
    return took


def compare_calls(rounds: int, few: int, many: int) -> None:
    """Print the CPU of a call by slope, with and without the window, and its ratio to the floor's."""
    from chaindesk.simulator.options import SimulatorOptions
    from tests.performance.bench_lateness import server_of

    kinds = ("raw aiohttp", "engine", "window")
    slopes: dict[str, list[float]] = {kind: [] for kind in kinds}
    with server_of(SimulatorOptions(latency=0.0, distribution="constant", words=40)) as address:
        for _ in range(rounds):
            for kind in kinds:
                seconds = cpu_of_run(kind, address, many) - cpu_of_run(kind, address, few)
                slopes[kind].append(seconds / ((many - few) * STEPS))
            say("  ".join(f"{kind} {slopes[kind][-1] * 1000:.3f} ms" for kind in kinds))
    floor = slopes["raw aiohttp"]
    for kind in kinds:
        ratio = statistics.median(own / raw for own, raw in zip(slopes[kind], floor, strict=True))
        say(f"{kind:<12} {statistics.median(slopes[kind]) * 1000:7.3f} ms of CPU a call  {ratio:6.2f} × raw aiohttp")


def compare_first_paint(rounds: int) -> None:
    """Print the CPU until the window is painted first, and until an empty window of Qt's is."""
    cpu_of_script(FIRST_PAINT)  # a first time compiles what later ones find compiled
    pairs = [(cpu_of_script(PLAIN_WINDOW), cpu_of_script(FIRST_PAINT)) for _ in range(rounds)]
    plain, own = (statistics.median(column) for column in zip(*pairs, strict=True))
    ratio = statistics.median(own / plain for plain, own in pairs)
    say(f"first paint  {own:7.3f} s of CPU; an empty window of Qt's {plain:.3f} s, ratio {ratio:.2f}")


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--rows", type=int, nargs=2, default=(200, 1000), metavar=("FEW", "MANY"))
    parser.add_argument("--only", choices=("calls", "paint"))
    parser.add_argument("--run", nargs=3, metavar=("KIND", "ADDRESS", "ROWS"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.run:
        kind, address, rows = options.run
        with tempfile.TemporaryDirectory() as folder:
            if kind == "engine":
                took = asyncio.run(run_engine(Path(folder), address, int(rows)))
            else:
                took = run_window(Path(folder), address, int(rows))
        say(json.dumps({"cpu": took}))
        return
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    if options.only != "calls":
        compare_first_paint(options.rounds)
    if options.only != "paint":
        compare_calls(options.rounds, *options.rows)


if __name__ == "__main__":
    main()
