"""Makes calls side by side by one client, and prints what they took: for ``bench_peers.py``, in a process of its own.

    python clients.py CLIENT ADDRESS CALLS AT_ONCE

It needs the client's own library alone, so that the peers can be installed in an environment of their own.
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any

Ask = Callable[[str], Awaitable[object]]
KEY = "sk-none"


async def side_by_side(ask: Ask, calls: int, at_once: int) -> int:
    """Ask so many prompts, so many at once; return how many failed."""
    numbers = iter(range(calls))
    failed = 0

    async def work() -> None:
        nonlocal failed
        for number in numbers:
            try:
                await ask(f"Say something about lamp {number}.")
            except Exception as error:  # whatever a client raises for a call
                failed += 1
                sys.stderr.write(f"{type(error).__name__}: {error}\n")

    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(work())
    return failed


def peak_memory() -> float:
    """The most memory that this process has held so far, in megabytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most / (1024 * 1024 if sys.platform == "darwin" else 1024)


async def raw_aiohttp(address: str, calls: int, at_once: int) -> int:
    """One session and nothing else: the floor."""
    import aiohttp

    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=at_once)) as session:

        async def ask(prompt: str) -> object:
            body = {"model": "writer", "messages": [{"role": "user", "content": prompt}]}
            async with session.post(f"{address}/chat/completions", json=body) as response:
                return json.loads(await response.read())["choices"][0]["message"]["content"]

        return await side_by_side(ask, calls, at_once)


async def raw_on_uvloop(address: str, calls: int, at_once: int) -> int:
    """The floor on the faster loop."""
    return await raw_aiohttp(address, calls, at_once)


async def openai_httpx(address: str, calls: int, at_once: int) -> int:
    """OpenAI's library as it comes."""
    import openai

    async with openai.AsyncOpenAI(base_url=address, api_key=KEY) as client:
        return await side_by_side(lambda prompt: _completion(client, prompt), calls, at_once)


async def openai_aiohttp(address: str, calls: int, at_once: int) -> int:
    """OpenAI's library over aiohttp."""
    import openai

    async with openai.AsyncOpenAI(base_url=address, api_key=KEY, http_client=openai.DefaultAioHttpClient()) as client:
        return await side_by_side(lambda prompt: _completion(client, prompt), calls, at_once)


async def _completion(client: object, prompt: str) -> object:
    messages = [{"role": "user", "content": prompt}]
    return await client.chat.completions.create(model="writer", messages=messages)  # type: ignore[attr-defined]


async def litellm(address: str, calls: int, at_once: int) -> int:
    """LiteLLM's ``acompletion``."""
    import litellm as library  # type: ignore[import-not-found]

    async def ask(prompt: str) -> object:
        messages = [{"role": "user", "content": prompt}]
        return await library.acompletion(model="openai/writer", api_base=address, api_key=KEY, messages=messages)

    return await side_by_side(ask, calls, at_once)


async def langchain(address: str, calls: int, at_once: int) -> int:
    """LangChain's ``abatch``."""
    from langchain_openai import ChatOpenAI  # type: ignore[import-not-found]

    model = ChatOpenAI(model="writer", base_url=address, api_key=KEY)
    prompts = [f"Say something about lamp {number}." for number in range(calls)]
    answers = await model.abatch(prompts, config={"max_concurrency": at_once}, return_exceptions=True)
    return sum(isinstance(answer, BaseException) for answer in answers)


async def chaindesk(address: str, calls: int, at_once: int) -> int:
    """A whole run: every answer is in a journal on the disk before it counts."""
    from chaindesk.credentials import KeyStore
    from chaindesk.domain.chains.chain import Chain
    from chaindesk.domain.status import Status
    from chaindesk.engine.run.options import RunOptions
    from chaindesk.engine.session import Session
    from chaindesk.journal.sqlite.journal import open_journal
    from tests.performance.bench_engine import manifest_of

    prompt = "Say something about lamp {{Topic}}."
    chain = Chain.model_validate(
        {"name": "bench", "concurrency": at_once, "steps": [{"name": "a", "model": "demo/writer", "prompt": prompt}]}
    )
    with tempfile.TemporaryDirectory() as folder:
        journal = open_journal(Path(folder) / "journal.sqlite3")
        keys = KeyStore(environment={})
        session = Session(manifest_of(calls, Path(folder)), chain, journal, keys, addresses={"demo:embedded": address})
        result = await session.run(RunOptions(), lambda event: None)
        journal.close()
    return calls - result.counts[Status.DONE]


FLOOR = "raw aiohttp"
CLIENTS: dict[str, Callable[[str, int, int], Awaitable[int]]] = {
    FLOOR: raw_aiohttp,
    "raw aiohttp on uvloop": raw_on_uvloop,
    "ChainDesk, a whole run": chaindesk,
    "openai on aiohttp": openai_aiohttp,
    "openai on httpx": openai_httpx,
    "LangChain abatch": langchain,
    "litellm": litellm,
}

OURS = {FLOOR, "raw aiohttp on uvloop", "ChainDesk, a whole run"}
"""Those that ChainDesk's own environment has the libraries of."""


async def main(name: str, address: str, calls: int, at_once: int) -> int:
    """Warm up, measure, print."""
    client = CLIENTS[name]
    await client(address, at_once, at_once)
    memory = peak_memory()
    cpu, began = time.process_time(), time.perf_counter()
    failed = await client(address, calls, at_once)
    figures = {
        "cpu": time.process_time() - cpu,
        "seconds": time.perf_counter() - began,
        "failed": failed,
        "memory": memory,
        "grown": peak_memory() - memory,
    }
    sys.stdout.write(json.dumps(figures) + "\n")
    return 0


def run(work: Coroutine[Any, Any, int], name: str) -> int:
    """Run a client: ChainDesk, and the floor beside it, as its command line does."""
    if name in OURS and name != FLOOR:
        from chaindesk.cli import event_loop

        return event_loop.run(work)
    return asyncio.run(work)


if __name__ == "__main__":
    sys.exit(run(main(sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])), sys.argv[1]))
