"""What a cluster costs: the same rows from one machine alone and by workers, in CPU seconds of all processes.

    python -m tests.performance.bench_cluster [--rows 500 2500] [--at-once 200] [--latency 0.2] [--workers 2] [--tls]
                                              [--alone no] [--join yes]

A scheduler, its workers, the simulated provider and each run are processes of their own. The cost of a row is the slope
between the sizes, so that no start-up is in it. Told are the CPU seconds of the run, the workers and the scheduler, the
most calls that the provider ever had at once, answers that were paid for twice, and the memory of the scheduler.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from chaindesk.cli.printing.output import say
from tests.support.cluster import Cluster, certificates, cluster
from tests.support.command_line import CommandLine


@dataclass(frozen=True, slots=True)
class Cost:
    """CPU seconds of a run of so many rows, by where they were spent."""

    rows: int
    client: float
    workers: float = 0.0
    scheduler: float = 0.0

    def __str__(self) -> str:
        parts = f"client {self.client:.2f}, workers {self.workers:.2f}, scheduler {self.scheduler:.2f}"
        return f"CPU {self.client + self.workers + self.scheduler:.2f} s ({parts})"


@dataclass(frozen=True, slots=True)
class Server:
    """The simulated provider, in a process of its own."""

    pid: int
    base_url: str

    async def counters(self) -> dict[str, Any]:
        """What it has counted."""
        url = self.base_url.removesuffix("/v1") + "/counters"
        async with aiohttp.ClientSession() as session, session.get(url) as reply:
            found: dict[str, Any] = await reply.json()
            return found


@contextlib.asynccontextmanager
async def serving(latency: float) -> AsyncIterator[Server]:
    """A fresh simulated provider."""
    words = ["serve-demo", "--json", "--until-stdin-ends", "--latency", str(latency)]
    process = subprocess.Popen(  # noqa: ASYNC220 - it takes no time
        [sys.executable, "-m", "chaindesk", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdin is not None
    try:
        yield Server(process.pid, json.loads(process.stdout.readline())["base_url"])
    finally:
        process.stdin.close()
        process.wait()


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """CPU seconds of processes so far."""
    return sum(sum(one.cpu_times()[:2]) for one in processes)


def worker_processes() -> list[psutil.Process]:
    """The processes of ``chaindesk worker``, those that start others anew among them."""
    found: list[psutil.Process] = []
    for parent in psutil.Process().children():
        if "worker" in parent.cmdline():
            found += [parent, *parent.children(recursive=True)]
    return found


async def run(cli: CommandLine, *words: object) -> tuple[float, dict[str, Any]]:
    """CPU seconds of a run, and its result."""
    command = [sys.executable, "-m", "chaindesk", "run", *map(str, words), "--json"]
    with (cli.folder / "events").open("wb") as out:
        process = subprocess.Popen(command, stdout=out, cwd=cli.folder)  # noqa: ASYNC220 - it takes no time
        _, status, used = await asyncio.to_thread(os.wait4, process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, process.returncode
    with (cli.folder / "events").open("rb") as told:
        last = told.readlines()[-1]
    return used.ru_utime + used.ru_stime, json.loads(last)


@dataclass(slots=True)
class SchedulerMemory:
    """The resident memory of a scheduler in megabytes.

    Attributes:
        idle: before the first run.
        most: the most that was seen since.
    """

    process: psutil.Process
    idle: float = 0.0
    most: float = 0.0

    def __post_init__(self) -> None:
        self.idle = self.most = self.now

    @property
    def now(self) -> float:
        """What it is now."""
        return self.process.memory_info().rss / 1e6

    async def watch(self) -> None:
        """Look at it until cancelled."""
        while True:
            self.most = max(self.most, self.now)
            await asyncio.sleep(0.5)

    def __str__(self) -> str:
        return f"scheduler {self.idle:.1f} MB idle, at most {self.most:.1f} MB"


async def measure(
    cli: CommandLine,
    arguments: argparse.Namespace,
    rows: int,
    one: Cluster | None = None,
    memory: SchedulerMemory | None = None,
) -> Cost:
    """Run once against a fresh server, and tell how it went."""
    async with serving(arguments.latency) as server:
        chain = cli.chain(server.base_url, name=f"{server.pid}.yaml")
        # a limit that is told: else a busy machine is taken for a crowded server, and fewer calls at once cost more
        told_limit = "LAB_KEY, requests_per_minute: 9000000}"
        chain.write_text(chain.read_text("utf-8").replace("LAB_KEY}", told_limit), "utf-8")
        book = cli.workbook(rows, f"{rows}.xlsx")
        journal = cli.folder / f"{server.pid}.sqlite3"
        common = (book, "--chain", chain, "--concurrency", arguments.at_once, "--journal", journal, "--overwrite")
        if one is None:
            used, result = await run(cli, *common, "--allow-key-env")
            cost = Cost(rows, used)
        else:
            scheduler, workers = [psutil.Process(one.scheduler.pid)], worker_processes()
            before = cpu_seconds(scheduler), cpu_seconds(workers)
            joining = asyncio.create_task(join(one, server, rows)) if arguments.join == "yes" else None
            used, result = await run(cli, *common, *one.options)
            if joining is not None:
                await joining
            cost = Cost(rows, used, cpu_seconds(worker_processes()) - before[1], cpu_seconds(scheduler) - before[0])
        seen = await server.counters()
    journal.unlink()
    twice = sum(seen["answers"].values()) - len(seen["answers"])
    told = f"{seen['requests']} requests, at most {seen['peak']} at once, {twice} paid twice, {result['counts']}"
    name = "cluster" if one else "alone"
    say(f"{name}, {rows} rows: {result['seconds']:.1f} s, {cost}; {told}" + (f", {memory}" if memory else ""))
    return cost


async def join(one: Cluster, server: Server, rows: int) -> None:
    """Let one more worker join in the middle."""
    while (await server.counters())["requests"] < 1.5 * rows:  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.5)
    await one.add_workers(1)


def per_row(costs: Sequence[Cost], part: Callable[[Cost], float]) -> float:
    """Milliseconds of CPU a row, by the slope between the smallest and the largest run."""
    first, last = costs[0], costs[-1]
    return (part(last) - part(first)) / (last.rows - first.rows) * 1000


def tell_slopes(alone: Sequence[Cost], by_cluster: Sequence[Cost]) -> None:
    """Tell what a row costs, and where."""
    parts = [per_row(by_cluster, part) for part in (lambda c: c.client, lambda c: c.workers, lambda c: c.scheduler)]
    say("cluster: {:.2f} ms of CPU a row: client {:.2f}, workers {:.2f}, scheduler {:.2f}".format(sum(parts), *parts))
    if alone:
        one = per_row(alone, lambda cost: cost.client)
        say(f"alone: {one:.2f} ms of CPU a row; the cluster costs {sum(parts) - one:.2f} ms more")


async def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="+", default=[500, 2500])
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--tls", action="store_true")
    parser.add_argument("--alone", choices=("yes", "no"), default="yes")
    parser.add_argument("--join", choices=("yes", "no"), default="no")
    arguments = parser.parse_args()
    os.environ["LAB_KEY"] = "sk-lab-0123456789abcdef"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINDESK_HOME"] = folder
        cli = CommandLine(Path(folder))
        tls = certificates(Path(folder) / "certificates") if arguments.tls else None
        async with cluster(Path(folder), arguments.workers, tls) as one:
            memory = SchedulerMemory(psutil.Process(one.scheduler.pid))
            watching = asyncio.create_task(memory.watch())
            alone: list[Cost] = []
            by_cluster: list[Cost] = []
            for rows in arguments.rows:
                if arguments.alone == "yes":
                    alone.append(await measure(cli, arguments, rows))
                by_cluster.append(await measure(cli, arguments, rows, one, memory))
            watching.cancel()
        if len(arguments.rows) > 1:
            tell_slopes(alone, by_cluster)


if __name__ == "__main__":
    asyncio.run(main())
