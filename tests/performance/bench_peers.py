"""ChainDesk beside the floor and what people use instead, as ratios of one run; writes the README's section and chart.

    python tests/performance/bench_peers.py [--peers PYTHON] [--calls 2000] [--rounds 3] [--print]

The peers (extra ``compare``) go into ``.venv-compare``, an environment of their own, at first use.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import python_calamine
import xlsxwriter

from chaindesk.cli.bench.measurement import Bench
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.workbook import open_manifest
from tests.performance.clients import CLIENTS, OURS
from tests.performance.performance_page import Figures, section, write

ROOT = Path(__file__).parents[2]
VENV = ROOT / ".venv-compare"
AT_ONCE, MANY_AT_ONCE, LATENCY_OF_MANY_S = 25, 1000, 0.05
ROUNDS_OF_MANY = 5  # calls for each that is out at once: enough that memory shows whether it grows
TICKS = os.sysconf("SC_CLK_TCK")
BATCHES, CONCURRENCIES = (10, 25, 50, 100), (1, 5, 10, 25)


@dataclass(frozen=True, slots=True)
class Server:
    """The simulated provider in a process of its own."""

    address: str
    process: subprocess.Popen[str]

    @property
    def cpu(self) -> float:
        """Seconds of CPU that it has taken."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / TICKS


@contextmanager
def served(options: SimulatorOptions) -> Iterator[Server]:
    """A server with these options, as long as this is open."""
    command = [sys.executable, "-m", "chaindesk.simulator.server", options.to_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        try:
            yield Server(process.stdout.readline().split()[-1], process)
        finally:
            process.terminate()


def peers_python() -> Path:
    """The Python of the environment that holds the peers; made where there is none yet."""
    python = VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        wanted = ("openai[aiohttp]>=3.54", "litellm", "langchain-openai")
        subprocess.run([python, "-m", "pip", "install", "--quiet", *wanted], check=True)
    return python


@dataclass(frozen=True, slots=True)
class Measured:
    """What one client took.

    Attributes:
        cpu: seconds of CPU a call.
        rate: calls a second.
        server: the share of a processor that the server took.
        failed: calls that failed.
        memory: megabytes at most after as many calls as were out at once.
        grown: megabytes more at the end.
    """

    cpu: float
    rate: float
    server: float
    failed: int
    memory: float
    grown: float


def measured(python: Path, client: str, server: Server, calls: int, at_once: int) -> Measured:
    """Measure one client in a process of its own."""
    own = client in OURS
    words = ["-m", "tests.performance.clients", client, server.address, str(calls), str(at_once)]
    before = server.cpu
    done = subprocess.run(
        [sys.executable if own else str(python), *words], capture_output=True, text=True, check=True, cwd=ROOT
    )
    told = json.loads(done.stdout.splitlines()[-1])
    seconds = told["seconds"]
    share = (server.cpu - before) / seconds
    return Measured(told["cpu"] / calls, calls / seconds, share, told["failed"], told["memory"], told["grown"])


def compare(figures: Figures, python: Path, calls: int, rounds: int) -> None:
    """Measure every client in turn, round by round; medians of the ratios within a round count."""
    cpu: dict[str, list[float]] = {name: [] for name in CLIENTS}
    rate: dict[str, list[float]] = {name: [] for name in CLIENTS}
    many = SimulatorOptions(latency=LATENCY_OF_MANY_S, distribution="constant", words=40)
    with served(many) as server:
        for _ in range(rounds):
            floor_rate: float | None = None
            for name in CLIENTS:
                took = measured(python, name, server, max(calls, ROUNDS_OF_MANY * MANY_AT_ONCE), MANY_AT_ONCE)
                floor_rate = floor_rate or took.rate
                rate[name].append(took.rate / floor_rate)
                figures.add(name, took.server, took.failed, took.grown)
                words = f"{took.failed} failed, {took.memory:.0f} MB and {took.grown:.1f} more at the end"
                say(f"{name:<24}{took.rate:8.0f} calls/s at {MANY_AT_ONCE} at once; server {took.server:.0%}; {words}")
    with served(SimulatorOptions(latency=0.0, distribution="constant", words=40)) as server:
        for _ in range(rounds):
            floor: float | None = None
            for name in CLIENTS:
                took = measured(python, name, server, calls, AT_ONCE)
                floor = floor or took.cpu
                cpu[name].append(took.cpu / floor)
                figures.add(name, took.server, took.failed)
                words = f"{took.cpu * 1000:8.3f} ms CPU a call, {took.cpu / floor:5.1f} × raw"
                say(f"{name:<24}{words}; server {took.server:.0%}; {took.failed} failed")
    figures.cpu = {name: statistics.median(ratios) for name, ratios in cpu.items()}
    figures.rate = {name: statistics.median(ratios) for name, ratios in rate.items()}


def tabulate(figures: Figures) -> None:
    """Measure the tutorial's table, at a twenty-fifth of its times: the median of three but for one at a time."""
    options = SimulatorOptions(latency=1.0, distribution="log-normal", sigma=0.3)

    async def measure(address: str) -> None:
        bench = Bench(options, {"demo:embedded": address})
        await bench.measure(5, 5)
        for calls in BATCHES:
            for at_once in CONCURRENCIES:
                runs = [await bench.measure(calls, at_once) for _ in range(1 if at_once == 1 else 3)]
                taken = sorted(runs, key=lambda run: run.seconds)[len(runs) // 2]
                figures.table[calls, at_once] = (taken.share, taken.in_order / taken.seconds)
                say(f"{calls} calls, {at_once} at once: {taken.share:.0%} of the ideal")

    with served(options) as server:
        asyncio.run(measure(server.address))


def open_workbooks(figures: Figures, rounds: int) -> None:
    """Measure opening 100,000 rows against python-calamine, in turn."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "jobs.xlsx"
        book = xlsxwriter.Workbook(path)
        sheet = book.add_worksheet("Jobs")
        sheet.write_row(0, 0, ["ID", "Topic", "Words"])
        for row in range(1, 100_001):
            sheet.write_row(row, 0, [f"J-{row}", f"topic number {row} of a long list of topics", row % 900 + 100])
        book.close()
        open_manifest(path)  # a first time loads what later ones find loaded
        ratios = []
        for _ in range(rounds):
            began = time.process_time()
            python_calamine.CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()
            middle = time.process_time()
            open_manifest(path)
            ratios.append((time.process_time() - middle) / (middle - began))
    figures.opening["an .xlsx of 100,000 rows × 3 columns"] = statistics.median(ratios)


def say(words: str) -> None:
    """Tell a figure as soon as it is known."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", metavar="PYTHON", type=Path, help="of an environment that holds the peers")
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--print", action="store_true", help="write nothing")
    asked = parser.parse_args()
    load = f"a load average of {os.getloadavg()[0]:.0f} before the run"
    figures = Figures(
        f"{os.cpu_count()} processors, {platform.system()}, Python {platform.python_version()}, with {load}"
    )
    compare(figures, asked.peers or peers_python(), asked.calls, asked.rounds)
    open_workbooks(figures, asked.rounds)
    tabulate(figures)
    say(section(figures))
    if not asked.print:
        write(figures, ROOT)


if __name__ == "__main__":
    main()
