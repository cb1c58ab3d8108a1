"""What a call costs that a worker makes, beyond the call: CPU of client, workers and scheduler, and its memory.

    python -m tests.performance.bench_cluster_calls [--calls 3000 30000] [--at-once 200] [--latency 0.2] [--tls]

Neither the engine nor HTTP takes part, which a run on one machine has as well: workers answer by themselves after the
latency. So this is what a run on a cluster costs more than one without, as the slope between two numbers of calls.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import psutil

from chaindesk.cli.printing.output import say
from chaindesk.cluster import run_calls
from chaindesk.cluster.address import ClusterAddress
from chaindesk.cluster.cluster_provider import ClusterProvider
from chaindesk.cluster.connection import ClusterConnection
from chaindesk.cluster.messages import RunSetup, portable_endpoint
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Message, ProviderKind, Usage
from chaindesk.domain.records import Answer
from tests.performance.bench_cluster import SchedulerMemory, cpu_seconds, worker_processes
from tests.support.cluster import certificates, cluster
from tests.support.waiting import until

ENDPOINT = Endpoint("lab", ProviderKind.OPENAI_CHAT, "http://lab/v1", accepts_key=False, key_required=False)
SYSTEM = "You write for a catalogue. " * 40
TEXT = "An answer of some length. " * 40


class TimedProvider:
    """Answers after a while, in the worker."""

    def __init__(self, latency: float) -> None:
        self._latency = latency

    async def complete(self, request: CompletionRequest, _: object) -> Completion:
        """Answer."""
        await asyncio.sleep(self._latency)
        return Completion(f"{request.prompt}: {TEXT}", "m", Usage(300, 200), request_id=request.prompt)


def answer_in_worker(latency: float) -> None:
    """Let a worker answer by itself."""

    @asynccontextmanager
    async def opened(*_: object) -> AsyncIterator[TimedProvider]:
        yield TimedProvider(latency)

    setattr(run_calls, "open_provider", opened)  # noqa: B010 - what the module imports is replaced


async def make_calls(provider: ClusterProvider, calls: int, at_once: int) -> None:
    """Make so many calls, and say of each that it is stored."""
    numbers = iter(range(calls))

    async def slot() -> None:
        for number in numbers:
            request = CompletionRequest(
                ENDPOINT, "m", (Message("system", SYSTEM), Message("user", f"{calls}.{number}"))
            )
            completion = await provider.complete(request)
            provider.stored(_answer(completion))

    await asyncio.gather(*(slot() for _ in range(at_once)))


def _answer(completion: Completion) -> Answer:
    return completion  # type: ignore[return-value]  # all that is looked at is the same in both


def slope(costs: Sequence[tuple[int, float]]) -> float:
    """Milliseconds a call, between the smallest and the largest number of calls."""
    return (costs[-1][1] - costs[0][1]) / (costs[-1][0] - costs[0][0]) * 1000


async def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--calls", type=int, nargs="+", default=[3000, 30_000])
    parser.add_argument("--at-once", type=int, default=200)
    parser.add_argument("--latency", type=float, default=0.2)
    parser.add_argument("--tls", action="store_true")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["CHAINDESK_HOME"] = folder
        tls = certificates(Path(folder) / "certificates") if arguments.tls else None
        async with cluster(Path(folder), 2, tls) as one:
            memory = SchedulerMemory(psutil.Process(one.scheduler.pid))
            address = ClusterAddress.parse(
                one.url, *(tls[name] for name in ("tls-ca-file", "tls-cert", "tls-key")) if tls else ()
            )
            async with ClusterConnection(address) as connection:
                for worker in await connection.ready_workers():
                    await connection.ask(worker, answer_in_worker, arguments.latency)
                found = [await measure(connection, calls, arguments.at_once, memory) for calls in arguments.calls]
        if len(found) > 1:
            each = [slope([(calls, parts[place]) for calls, parts in found]) for place in range(3)]
            say("{:.3f} ms of CPU a call: client {:.3f}, workers {:.3f}, scheduler {:.3f}".format(sum(each), *each))


async def measure(
    connection: ClusterConnection, calls: int, at_once: int, memory: SchedulerMemory
) -> tuple[int, tuple[float, float, float]]:
    """CPU seconds of client, workers and scheduler for so many calls."""
    processes = [psutil.Process()], worker_processes(), [memory.process]
    setup = RunSetup(f"of{calls}", (portable_endpoint(ENDPOINT),))
    provider = ClusterProvider(connection, setup, lambda *_: None, say, lambda *_: False)
    serving, watching = asyncio.create_task(provider.serve()), asyncio.create_task(memory.watch())
    await until(lambda: len(provider._links) == 2)
    before = [cpu_seconds(several) for several in processes]
    await make_calls(provider, calls, at_once)
    client, workers, scheduler = (cpu_seconds(several) - b for several, b in zip(processes, before, strict=True))
    await provider.detach()
    for task in (serving, watching):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
    say(f"{calls} calls: client {client:.2f} s, workers {workers:.2f} s, scheduler {scheduler:.2f} s; {memory}")
    return calls, (client, workers, scheduler)


if __name__ == "__main__":
    asyncio.run(main())
