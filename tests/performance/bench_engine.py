"""How near the engine comes to the ideal, over real HTTP against the simulated provider in a process of its own.

    python tests/performance/bench_engine.py [--rows 10000] [--repeat 3]

Prints for 100 rows × 3 steps of log-normal latency (mean chain 1 s) at 5, 10 and 25 at once the time of the run over
the greedy list-schedule bound of the very same draws (at most 1.01 is asked for, on an idle machine), the connections
it opened, and for a long fast run the client's CPU per row.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.events import Event, RowFinished, StepFinished, StepStarted
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.simulator.options import SimulatorOptions, latency_of

STEPS = 3
CONCURRENCIES = (5, 10, 25)
AT_MOST = 1.01
SERVE = """
import asyncio, json, sys
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer

async def main():
    async with SimulatorServer(SimulatorOptions.from_json(sys.argv[1])) as server:
        print(server.base_url, flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)
        counters = server.counters
        print(json.dumps({"connections": counters.connections, "requests": counters.requests}), flush=True)

asyncio.run(main())
"""


def manifest_of(rows: int, folder: Path) -> Manifest:
    """A sheet of topics, without a file: reading workbooks is measured elsewhere."""
    index = {"Topic": 0}
    jobs = tuple(Row(number, str(number), RowValues(index, [f"Topic {number}"])) for number in range(2, rows + 2))
    return Manifest(folder / "bench.xlsx", "Jobs", ("Jobs",), 1, (Column("Topic", 1, "Topic"),), jobs)


def chain_of(steps: int, concurrency: int) -> Chain:
    """Steps that each use the one before."""
    prompts = ["Notes on {{Topic}}."] + [f"Go on from this. {{{{step{number}}}}}" for number in range(1, steps)]
    named = [{"name": f"step{n}", "model": "demo/writer", "prompt": prompt} for n, prompt in enumerate(prompts, 1)]
    return Chain.model_validate({"name": "bench", "concurrency": concurrency, "steps": named})


def greedy_bound(chains: Iterable[float], slots: int) -> float:
    """The time that the rows take when each, in order, goes to the slot that is free first."""
    free = [0.0] * slots
    for seconds in chains:
        heapq.heapreplace(free, free[0] + seconds)
    return max(free)


@asynccontextmanager
async def server_of(options: SimulatorOptions) -> AsyncIterator[tuple[str, asyncio.subprocess.Process]]:
    """The simulated provider in a process of its own: its address and the process."""
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SERVE, options.to_json(), stdin=pipe, stdout=pipe
    )
    assert process.stdout is not None
    address = (await process.stdout.readline()).decode().strip()
    try:
        yield address, process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def counters_of(process: asyncio.subprocess.Process) -> str:
    """End the server and give what it counted."""
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.close()
    return (await process.stdout.readline()).decode().strip()


class Watch:
    """Notes when the first call went out and the last answer came, and how the rows ended."""

    def __init__(self) -> None:
        self.first: float | None = None
        self.last = 0.0
        self.done = 0

    def take(self, event: Event) -> None:
        match event:
            case StepStarted():
                self.first = event.at if self.first is None else self.first
            case StepFinished():
                self.last = event.at
            case RowFinished(status=Status.DONE):
                self.done += 1


async def measure_bound(at_once: int, rows: int = 100) -> float:
    """One run over HTTP with a journal on the disk; prints and gives its time over the greedy bound of its draws."""
    options = SimulatorOptions(latency=1.0 / STEPS, distribution="log-normal", draw="request")
    with tempfile.TemporaryDirectory() as folder:
        journal = open_journal(Path(folder) / "journal.sqlite3")
        manifest = manifest_of(rows, Path(folder))
        watch = Watch()
        async with server_of(options) as (address, process):
            chain = chain_of(STEPS, at_once)
            session = Session(manifest, chain, journal, KeyStore(environment={}), addresses={"demo:embedded": address})
            await session.run(RunOptions(), watch.take)
            counters = await counters_of(process)
        draws = [chain_seconds(session, row, options) for row in manifest.rows]
        journal.close()
    elapsed = watch.last - (watch.first or 0.0)
    bound = greedy_bound(draws, at_once)
    ratio = elapsed / bound
    words = f"{watch.done} rows x {STEPS} steps, {at_once} at once: {elapsed:.3f} s, bound {bound:.3f} s"
    say(f"{words}, ratio {ratio:.4f}; {counters}")
    return ratio


def chain_seconds(session: Session, row: Row, options: SimulatorOptions) -> float:
    """The seconds that the server took for a row, from the requests that it was sent."""
    seconds = 0.0
    for index in range(session.request_builder.count):
        request = session.request_builder.request(index, row, session.ledger.outputs_before(row, index))
        seconds += latency_of(options, request)
    return seconds


async def measure_cpu(rows: int, concurrency: int) -> float:
    """A long run against a server that answers at once; prints and gives the client's CPU milliseconds per row."""
    with tempfile.TemporaryDirectory() as folder:
        journal = open_journal(Path(folder) / "journal.sqlite3")
        watch = Watch()
        async with server_of(SimulatorOptions(latency=0.0, distribution="constant", words=40)) as (address, process):
            addresses = {"demo:embedded": address}
            chain = chain_of(1, concurrency)
            session = Session(
                manifest_of(rows, Path(folder)), chain, journal, KeyStore(environment={}), addresses=addresses
            )
            began, cpu = time.perf_counter(), time.process_time()
            await session.run(RunOptions(), watch.take)
            cpu, took = time.process_time() - cpu, time.perf_counter() - began
            counters = await counters_of(process)
        journal.close()
    say(
        f"{watch.done} rows x 1 step at {concurrency} at once: {took:.2f} s, {watch.done / took:.0f} rows/s, "
        f"client CPU {cpu / rows * 1000:.3f} ms a row; server: {counters}"
    )
    return cpu / rows * 1000


def say(words: str) -> None:
    """Tell a figure as soon as it is known."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the long run")
    parser.add_argument("--repeat", type=int, default=3, help="how often the bound is measured")
    arguments = parser.parse_args()
    for at_once in CONCURRENCIES:
        ratios = [asyncio.run(measure_bound(at_once)) for _ in range(arguments.repeat)]
        say(f"{at_once} at once: median ratio {median(ratios):.4f} (at most {AT_MOST} is asked for)")
    asyncio.run(measure_cpu(arguments.rows, CONCURRENCIES[-1]))


if __name__ == "__main__":
    main()
