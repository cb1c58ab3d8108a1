"""How much of a limit each client uses that nobody told it, and what it costs: ChainDesk beside what others do.

    python tests/performance/bench_rates.py [--only chaindesk,raw] [--long] [--regimes noise-5,cap | all]

A real HTTP server in a process of its own lets 600 requests a minute in (or so many tokens). 100 rows of three calls
that each need the one before are run at 25 at once, by ChainDesk's engine, the openai SDK, litellm and LangChain as
they retry by default, bare aiohttp with naive retries and with plain backoff, and a client paced at the limit. Peers
are optional: ``pip install -e .[compare]``.

``--regimes`` measures what ``rate_server.py`` has instead: refusals for nothing, limits that drop, short windows, a cap
on calls in flight, and a key that a second client uses for the first 15 seconds.

The share is what was let in while the run lasted, of what the limit allows in that time; the burst that a rested limit
has in store is not counted as allowed, so that it may be a little over 100 %.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import json
import math
import os
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))


from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.events import Event, RowFinished
from chaindesk.domain.manifest import Column, Manifest, Row, RowValues
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.simulator.options import SimulatorOptions
from tests.support.rate_server import REGIMES

STEPS = 3
SHARED_S = 15.0
ROOT = Path(__file__).resolve().parents[2]
AT_ONCE = 25
Ask = Callable[[str], Awaitable[str]]


@dataclass(frozen=True, slots=True)
class Load:
    """What is asked of a limited server."""

    title: str
    options: SimulatorOptions = field(default_factory=SimulatorOptions)
    rows: int = 100
    regime: str = ""

    @property
    def allowed(self) -> float:
        """Calls a second that the limit lets in."""
        if self.regime:
            return REGIMES[self.regime].rate or 0.0
        return (self.options.rpm or 0) / 60

    @property
    def command(self) -> list[str]:
        """What starts its server."""
        if self.regime:
            return [sys.executable, str(ROOT / "tests" / "support" / "rate_server.py"), self.regime]
        return [sys.executable, "-m", "chaindesk.simulator.server", self.options.to_json()]


LOADS = (
    Load("600 requests a minute, a second's worth at once", SimulatorOptions(latency=0.3, rpm=600, burst=1)),
    Load("600 requests a minute, one at a time", SimulatorOptions(latency=0.3, rpm=600, burst=0.1)),
    Load("600 requests a minute, told nowhere", SimulatorOptions(latency=0.3, rpm=600, burst=1, limits_told=False)),
    Load("120,000 tokens a minute", SimulatorOptions(latency=0.3, tpm=120_000, burst=1, words=80)),
)
LONG = Load("1,500 requests a minute for a minute", SimulatorOptions(latency=0.3, rpm=1500, burst=1), rows=500)


async def with_chaindesk(address: str, load: Load) -> int:
    """Rows that ChainDesk's engine failed."""
    index = {"Topic": 0}
    done = 0

    def take(event: Event) -> None:
        nonlocal done
        done += isinstance(event, RowFinished) and event.status is Status.DONE

    with tempfile.TemporaryDirectory() as folder:
        rows = tuple(Row(n, str(n), RowValues(index, [f"Topic {n}"])) for n in range(2, load.rows + 2))
        manifest = Manifest(Path(folder) / "bench.xlsx", "Jobs", ("Jobs",), 1, (Column("Topic", 1, "Topic"),), rows)
        prompts = ["Notes on {{Topic}}."] + [f"Go on from this. {{{{step{number}}}}}" for number in range(1, STEPS)]
        steps = [{"name": f"step{n}", "model": "demo/writer", "prompt": prompt} for n, prompt in enumerate(prompts, 1)]
        chain = Chain.model_validate({"name": "bench", "concurrency": AT_ONCE, "steps": steps})
        journal = open_journal(Path(folder) / "journal.sqlite3")
        session = Session(manifest, chain, journal, KeyStore(environment={}), addresses={"demo:embedded": address})
        await session.run(RunOptions(), take)
        journal.close()
    return load.rows - done


async def with_raw(address: str, load: Load) -> int:
    """Rows that bare aiohttp failed, with five tries a second apart."""
    async with aiohttp.ClientSession() as session:

        async def ask(prompt: str) -> str:
            body = {"model": "writer", "messages": [{"role": "user", "content": prompt}]}
            for _ in range(5):
                async with session.post(f"{address}/chat/completions", json=body) as response:
                    if response.status == 200:
                        return str((await response.json())["choices"][0]["message"]["content"])
                await asyncio.sleep(1)
            raise RuntimeError("refused")

        return await failed_rows(ask, load)


async def with_backoff(address: str, load: Load, rate: float = math.inf) -> int:
    """Rows that bare aiohttp failed, with 30 tries that wait as they are asked, or with full jitter."""
    due = 0.0
    async with aiohttp.ClientSession() as session:

        async def ask(prompt: str) -> str:
            nonlocal due
            body = {"model": "writer", "messages": [{"role": "user", "content": prompt}]}
            for attempt in range(30):
                now = time.monotonic()
                due = max(due + 1 / rate, now)
                await asyncio.sleep(due - now)
                async with session.post(f"{address}/chat/completions", json=body) as response:
                    if response.status == 200:
                        return str((await response.json())["choices"][0]["message"]["content"])
                    asked = response.headers.get("retry-after")
                wait = random.uniform(0, min(8.0, 2.0**attempt)) if asked is None else float(asked)
                await asyncio.sleep(wait + random.uniform(0, 0.25))
            raise RuntimeError("refused")

        return await failed_rows(ask, load)


async def with_paced(address: str, load: Load) -> int:
    """Rows that a client failed which was told the rate, and keeps just below it."""
    return await with_backoff(address, load, load.allowed * 0.99 or math.inf)


async def with_openai(address: str, load: Load) -> int:
    """Rows that the openai SDK failed, with its own retries."""
    openai = importlib.import_module("openai")
    async with openai.AsyncOpenAI(api_key="x", base_url=address) as client:

        async def ask(prompt: str) -> str:
            messages = [{"role": "user", "content": prompt}]
            reply = await client.chat.completions.create(model="writer", messages=messages)
            return str(reply.choices[0].message.content)

        return await failed_rows(ask, load)


async def with_litellm(address: str, load: Load) -> int:
    """Rows that litellm failed, with its own retries."""
    os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"
    litellm: Any = importlib.import_module("litellm")
    litellm.suppress_debug_info = True

    async def ask(prompt: str) -> str:
        messages = [{"role": "user", "content": prompt}]
        reply = await litellm.acompletion(model="openai/writer", messages=messages, api_base=address, api_key="x")
        return str(reply.choices[0].message.content)

    return await failed_rows(ask, load)


async def with_langchain(address: str, load: Load) -> int:
    """Rows that LangChain failed, with its own retries."""
    langchain = importlib.import_module("langchain_openai")
    model = langchain.ChatOpenAI(model="writer", base_url=address, api_key="x")

    async def ask(prompt: str) -> str:
        return str((await model.ainvoke(prompt)).content)

    return await failed_rows(ask, load)


CLIENTS: dict[str, Callable[[str, Load], Awaitable[int]]] = {
    "chaindesk": with_chaindesk,
    "openai": with_openai,
    "litellm": with_litellm,
    "langchain": with_langchain,
    "raw": with_raw,
    "backoff": with_backoff,
    "paced": with_paced,
}


async def failed_rows(ask: Ask, load: Load) -> int:
    """Run the rows as each client's own examples would: a worker for each that may run at once."""
    waiting = iter(range(load.rows))
    failed = 0

    async def work() -> None:
        nonlocal failed
        for row in waiting:
            prompt = f"Notes on Topic {row}."
            try:
                for _ in range(STEPS):
                    prompt = f"Go on from this. {await ask(prompt)}"
            except Exception:
                failed += 1

    async with asyncio.TaskGroup() as group:
        for _ in range(AT_ONCE):
            group.create_task(work())
    return failed


@asynccontextmanager
async def served(load: Load) -> AsyncIterator[str]:
    """The server in a process of its own: its address."""
    process = await asyncio.create_subprocess_exec(*load.command, stdout=asyncio.subprocess.PIPE)
    assert process.stdout is not None
    try:
        yield (await process.stdout.readline()).decode().split()[-1]
    finally:
        process.terminate()
        await process.wait()


@asynccontextmanager
async def second_client(address: str, load: Load) -> AsyncIterator[None]:
    """Another client of the key, for the first seconds, where the regime has one."""
    if load.regime != "shared":
        yield
        return

    async def use() -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(SHARED_S):
                await with_backoff(address, Load("", rows=10_000), load.allowed / 2)

    using = asyncio.create_task(use())
    try:
        yield
    finally:
        using.cancel()
        await asyncio.wait([using])


async def measure(name: str, load: Load) -> str:
    """One line of the table."""
    async with served(load) as address, second_client(address, load):
        began = time.perf_counter()
        try:
            failed = await CLIENTS[name](address, load)
        except ImportError:
            return f"  {name:10} not installed"
        took = time.perf_counter() - began
        async with aiohttp.ClientSession() as session, session.get(f"{address.removesuffix('/v1')}/counters") as reply:
            counters = json.loads(await reply.read())
    calls, refused = counters["delivered"], counters["by_status"].get("429", 0)
    counts = f"{failed:5} rows failed  {refused:5} refused of {calls + refused:5}  {took:6.1f} s"
    if load.regime and not load.allowed:
        return f"  {name:10} {counts}  {calls / took:5.1f} a second"
    share = f"{calls / (took * load.allowed):7.1%}" if load.allowed else tokens_share(counters, load, took)
    return f"  {name:10} {counts}  {share} of the limit"


def tokens_share(counters: dict[str, Any], load: Load, took: float) -> str:
    """What was used of a limit on tokens."""
    return f"{counters['tokens'] / (took * (load.options.tpm or 1) / 60):7.1%}"


def say(words: str) -> None:
    """Tell a figure as soon as it is known."""
    sys.stdout.write(words + "\n")
    sys.stdout.flush()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(CLIENTS), help="clients to measure, with commas between")
    parser.add_argument("--long", action="store_true", help="a minute at 1,500 requests a minute as well")
    parser.add_argument("--regimes", default="", help="regimes of rate_server.py instead, with commas between, or all")
    arguments = parser.parse_args()
    names = list(REGIMES) if arguments.regimes == "all" else [name for name in arguments.regimes.split(",") if name]
    regimes = [Load(REGIMES[name].title, regime=name) for name in names]
    for load in regimes or ((*LOADS, LONG) if arguments.long else LOADS):
        say(f"{load.title}: {load.rows} rows of {STEPS} calls, {AT_ONCE} at once")
        for name in arguments.only.split(","):
            say(asyncio.run(measure(name, load)))


if __name__ == "__main__":
    main()
