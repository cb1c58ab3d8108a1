"""A cluster on this machine: a scheduler and workers as processes of their own."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from tests.support.waiting import until

SCHEDULER = (sys.executable, "-m", "distributed.cli.dask_scheduler", "--no-dashboard", "--port", "0")


@dataclass
class Cluster:
    """A scheduler and its workers.

    Attributes:
        folder: where the workers keep their things.
        url: of the scheduler.
        certificates: the options that name the certificates, or none.
        scheduler: the scheduler's process.
    """

    folder: Path
    url: str
    scheduler: asyncio.subprocess.Process
    certificates: Sequence[str] = ()
    env: dict[str, str] = field(default_factory=dict)
    _stack: AsyncExitStack = field(default_factory=AsyncExitStack)

    @property
    def options(self) -> tuple[str, ...]:
        """The options with which a run uses it."""
        return ("--cluster", self.url, *self.certificates)

    async def add_workers(self, processes: int = 1) -> asyncio.subprocess.Process:
        """Start ``chaindesk worker``, and return once its workers are connected."""
        return await self.start_worker("--processes", str(processes), *self.certificates)

    async def start_worker(self, *options: str) -> asyncio.subprocess.Process:
        """Start ``chaindesk worker`` with these options, and return once its workers are connected."""
        words = ("-m", "chaindesk", "worker", self.url, *options, "--json")
        env = os.environ | {"CHAINDESK_HOME": str(self.folder / "home")} | self.env
        process = await self._stack.enter_async_context(started(sys.executable, *words, env=env))
        assert process.stdout is not None
        line = await process.stdout.readline()
        assert json.loads(line)["event"] == "connected"
        return process

    async def restart_scheduler(self) -> None:
        """Kill the scheduler, and start another one at its address."""
        self.scheduler.kill()
        await self.scheduler.wait()
        host, _, port = self.url.rpartition(":")
        words = (*SCHEDULER[:-1], port, "--host", host.rpartition("/")[2])
        self.scheduler = await self._stack.enter_async_context(started(*words, env=os.environ))

    @staticmethod
    def workers_of(process: asyncio.subprocess.Process) -> list[psutil.Process]:
        """The processes that make calls for ``chaindesk worker``."""
        found = psutil.Process(process.pid).children(recursive=True)
        return [one for one in found if "spawn_main" in " ".join(one.cmdline())]


@asynccontextmanager
async def started(*words: str, env: Mapping[str, str]) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process, ended at the end."""
    process = await asyncio.create_subprocess_exec(
        *words, env=env, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        yield process
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.send_signal(signal.SIGTERM)
        await process.wait()


@asynccontextmanager
async def cluster(folder: Path, workers: int = 2, tls: Mapping[str, Path] | None = None) -> AsyncIterator[Cluster]:
    """A cluster with so many workers; over TLS where there are certificates by Dask's names of them."""
    told = folder / "scheduler.json"
    named = [word for name, path in (tls or {}).items() for word in (f"--{name}", str(path))]
    where = ("--host", "tls://127.0.0.1" if tls else "127.0.0.1", "--scheduler-file", str(told))
    async with started(*SCHEDULER, *where, *named, env=os.environ) as scheduler, AsyncExitStack() as stack:
        await until(lambda: told.exists() and told.stat().st_size > 0)
        one = Cluster(folder, json.loads(told.read_text())["address"], scheduler, named, {}, stack)
        if workers:
            await one.add_workers(workers)
        yield one


def certificates(folder: Path) -> dict[str, Path]:
    """An authority of its own and a certificate that it has signed, by the names of Dask's options."""
    from distributed.security import Security

    folder.mkdir()
    made = Security.temporary()
    texts = {"tls-ca-file": made.tls_ca_file, "tls-cert": made.tls_client_cert, "tls-key": made.tls_client_key}
    for name, text in texts.items():
        (folder / name).write_text(text)
    return {name: folder / name for name in texts}
