"""What a call costs us: CPU of the provider against bare aiohttp in one run, and how near a run comes to its ideal.

``python tests/performance/bench_providers.py`` prints the figures; the simulated provider runs in a process of its own.
"""

from __future__ import annotations

import argparse
import asyncio
import heapq
import json
import statistics
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import aiohttp

from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.simulator.options import SimulatorOptions, latency_of

DEMO = resolve("demo")
AT_ONCE = 25
Call = Callable[[CompletionRequest], Awaitable[object]]


def main() -> int:
    """Run both benches and print their figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--calls", type=int, default=3000, help="calls of one round (default 3000)")
    parser.add_argument("--rounds", type=int, default=5, help="rounds, interleaved; the median counts (default 5)")
    arguments = parser.parse_args()
    with _served(SimulatorOptions(latency=0, words=40)) as address:
        floor, ours = asyncio.run(_cpu(address, arguments.calls, arguments.rounds))
    print(f"bare aiohttp  {floor * 1000:.3f} ms CPU a call")  # noqa: T201
    ratio = ours / floor
    print(f"our provider  {ours * 1000:.3f} ms CPU a call: {ratio:.2f} times the floor")  # noqa: T201
    options = SimulatorOptions(latency=1 / 3, sigma=0.5, seed=1)
    with _served(options) as address:
        taken, ideal = asyncio.run(_run(address, options))
    share = f"{taken / ideal:.4f} times the greedy bound ({ideal:.3f} s)"
    print(f"100 rows × 3 steps, {AT_ONCE} at once: {taken:.3f} s, {share}")  # noqa: T201
    return 0


async def _cpu(address: str, calls: int, rounds: int) -> tuple[float, float]:
    """Median CPU seconds a call, of bare aiohttp and of the provider."""
    requests = [_request(f"Say something about lamp {number}.") for number in range(calls)]
    floors, ours = [], []
    connector = aiohttp.TCPConnector(limit=AT_ONCE)
    async with (
        aiohttp.ClientSession(connector=connector) as session,
        open_providers({}, AT_ONCE, addresses={DEMO.base_url: address}) as provider,
    ):

        async def bare(request: CompletionRequest) -> str:
            messages = [{"role": message.role, "content": message.content} for message in request.messages]
            body = {"model": request.model, "messages": messages}
            async with session.post(f"{address}/chat/completions", json=body) as response:
                text: str = json.loads(await response.read())["choices"][0]["message"]["content"]
                return text

        for number in range(rounds + 1):
            pair = (await _burned(bare, requests), await _burned(provider.complete, requests))
            if number:  # the first round warms up
                floors.append(pair[0])
                ours.append(pair[1])
    return statistics.median(floors), statistics.median(ours)


async def _burned(call: Call, requests: list[CompletionRequest]) -> float:
    began = time.process_time()
    await _side_by_side([[request] for request in requests], call)
    return (time.process_time() - began) / len(requests)


async def _run(address: str, options: SimulatorOptions) -> tuple[float, float]:
    """Seconds that 100 chains of three calls take, and the least that greedy scheduling needs for their delays."""
    chains = [[_request(f"Row {row}, step {step}.") for step in range(3)] for row in range(100)]
    async with open_providers({}, AT_ONCE, addresses={DEMO.base_url: address}) as provider:
        began = time.perf_counter()
        await _side_by_side(chains, provider.complete)
        taken = time.perf_counter() - began
    return taken, greedy_bound([sum(latency_of(options, call) for call in chain) for chain in chains], AT_ONCE)


async def _side_by_side(chains: list[list[CompletionRequest]], call: Call) -> None:
    waiting = iter(chains)

    async def work() -> None:
        for chain in waiting:
            for request in chain:
                await call(request)

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())


def greedy_bound(seconds: list[float], slots: int) -> float:
    """The time of a run in which each chain, in order, goes to the slot that is free first."""
    free = [0.0] * slots
    for length in seconds:
        heapq.heappush(free, heapq.heappop(free) + length)
    return max(free)


def _request(prompt: str) -> CompletionRequest:
    return CompletionRequest(DEMO, "writer", (Message("user", prompt),))


@contextmanager
def _served(options: SimulatorOptions) -> Iterator[str]:
    command = [sys.executable, "-m", "chaindesk.simulator.server", options.to_json()]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server.stdout.readline().split()[-1]
        finally:
            server.terminate()


if __name__ == "__main__":
    raise SystemExit(main())
