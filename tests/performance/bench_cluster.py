"""What a cluster costs: the same run from one machine alone and by two workers, in CPU seconds of all processes.

    python tests/performance/bench_cluster.py [--rows 10000] [--at-once 200] [--latency 0.2] [--alone no]

A scheduler, two workers, the simulated provider and the run are processes of their own. A third worker joins in the
middle. Told are the CPU seconds of the run, the workers and the scheduler, the most calls that the provider ever had at
once, answers that were paid for twice, and the memory of the scheduler.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from chaindesk.cli.output import say
from tests.support.cluster import Cluster, cluster
from tests.support.command_line import CommandLine


def cpu_seconds(processes: Sequence[psutil.Process]) -> float:
    """CPU seconds of processes so far."""
    return sum(sum(one.cpu_times()[:2]) for one in processes)


async def counters(root: str) -> dict[str, Any]:
    """What the simulated provider has counted."""
    async with aiohttp.ClientSession() as session, session.get(f"{root}/counters") as reply:
        found: dict[str, Any] = await reply.json()
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


async def with_server(cli: CommandLine, arguments: argparse.Namespace, one: Cluster | None) -> float:
    """Run once against a fresh server, tell how it went, and return the CPU seconds a row."""
    words = ["serve-demo", "--json", "--until-stdin-ends", "--latency", str(arguments.latency)]
    server = subprocess.Popen(  # noqa: ASYNC220 - it takes no time
        [sys.executable, "-m", "chaindesk", *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert server.stdout is not None
    assert server.stdin is not None
    base_url = json.loads(server.stdout.readline())["base_url"]
    root = base_url.removesuffix("/v1")
    chain = cli.chain(base_url, name=f"{server.pid}.yaml")
    book = cli.workbook(arguments.rows)
    journal = cli.folder / f"{server.pid}.sqlite3"
    common = (book, "--chain", chain, "--concurrency", arguments.at_once, "--journal", journal, "--overwrite")
    helpers: list[psutil.Process] = []
    joined: asyncio.Task[Any] | None = None
    if one is not None:
        helpers = [psutil.Process(one.scheduler.pid)]
        for parent in psutil.Process().children():
            if "worker" in parent.cmdline():
                helpers += [parent, *parent.children(recursive=True)]
        joined = asyncio.create_task(join(one, root, arguments.rows))
    before = [cpu_seconds([helper]) for helper in helpers]
    used, result = await run(cli, *common, *(one.options if one else ("--allow-key-env",)))
    each = [cpu_seconds([helper]) - earlier for helper, earlier in zip(helpers, before, strict=True)]
    helped = sum(each)
    seen = await counters(root)
    server.stdin.close()
    server.wait()
    twice = sum(seen["answers"].values()) - len(seen["answers"])
    memory = f", scheduler {helpers[0].memory_info().rss / 1e6:.0f} MB" if helpers else ""
    if joined is not None:
        await joined
        say("CPU seconds of scheduler, chaindesk worker and its processes: " + " ".join(f"{cpu:.1f}" for cpu in each))
    name = "cluster" if one else "alone"
    lines = (
        f"{name}: {result['seconds']:.1f} s, CPU {used:.1f} s the run and {helped:.1f} s helpers,",
        f"{(used + helped) / arguments.rows * 1000:.2f} ms a row; at most {seen['peak']} at once, {twice} paid twice,",
        f"{seen['connections']} connections, {result['counts']}{memory}",
    )
    say(" ".join(lines))
    return (used + helped) / arguments.rows


async def join(one: Cluster, root: str, rows: int) -> None:
    """Let a third worker join in the middle."""
    while (await counters(root))["requests"] < 1.5 * rows:  # noqa: ASYNC110 - of another process
        await asyncio.sleep(0.5)
    await one.add_workers(1)


async def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=10_000)
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--alone", choices=("yes", "no"), default="yes")
    arguments = parser.parse_args()
    os.environ["LAB_KEY"] = "sk-lab-0123456789abcdef"
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINDESK_HOME"] = folder
        cli = CommandLine(Path(folder))
        alone = await with_server(cli, arguments, None) if arguments.alone == "yes" else None
        async with cluster(Path(folder)) as one:
            rss = psutil.Process(one.scheduler.pid).memory_info().rss / 1e6
            say(f"scheduler {rss:.0f} MB before")
            by_cluster = await with_server(cli, arguments, one)
        if alone is not None:
            say(f"{(by_cluster - alone) * 1000:.2f} ms of CPU a row over one process")


if __name__ == "__main__":
    asyncio.run(main())
