"""A cluster whose workers are in this process: a connection that loses and brings back workers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

from chaindesk.cluster import worker_service
from chaindesk.cluster.cluster_provider import ClusterProvider
from chaindesk.cluster.connection import ClusterConnection, WorkerLostError
from chaindesk.cluster.messages import RunSetup
from chaindesk.cluster.spool import Spool
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Message, ProviderKind
from chaindesk.domain.records import Answer
from chaindesk.providers.base import RateHint
from tests.support.engine import ScriptedProvider
from tests.support.waiting import until

ENDPOINT = Endpoint("lab", ProviderKind.OPENAI_CHAT, "http://lab/v1", accepts_key=False, key_required=False)


def request(text: str) -> CompletionRequest:
    """A question."""
    return CompletionRequest(ENDPOINT, "m", (Message("user", text),))


def _set_event() -> asyncio.Event:
    event = asyncio.Event()
    event.set()
    return event


@dataclass
class Worker:
    """A worker's process."""

    provider: ScriptedProvider
    service: worker_service._Service
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    unfit: str = ""
    stalls: int = 0
    may_attach: asyncio.Event = field(default_factory=_set_event)


class Connection:
    """Reaches workers in this process; each has a folder of its machine's."""

    def __init__(self, folder: Path) -> None:
        self.workers_by_name: dict[str, Worker] = {}
        self.most_asked = 0
        self._folder = folder
        self._asked = 0
        self.messages = 0
        self.opening: ScriptedProvider
        self.journal: list[Answer] = []
        self.scheduler_is_away = False

    def is_stored(self, _: str, is_same: Callable[[Answer], bool]) -> bool:
        return any(map(is_same, self.journal))

    def cut(self, name: str) -> Worker:
        """The worker is there and goes on, but nobody reaches it."""
        worker = self.workers_by_name.pop(name)
        worker.lost.set()
        return worker

    def mend(self, name: str, worker: Worker) -> None:
        """The worker is reached again."""
        worker.lost = asyncio.Event()
        self.workers_by_name[name] = worker

    def start(self, name: str, machine: str, behave: Callable[[CompletionRequest], object] | None = None) -> Worker:
        service = worker_service._Service(Spool(self._folder / machine))
        worker = self.workers_by_name[name] = Worker(ScriptedProvider(behave), service)
        return worker

    def kill(self, name: str) -> None:
        worker = self.workers_by_name.pop(name)
        os.close(worker.service.spool._file)
        worker.lost.set()

    async def workers(self) -> list[str]:
        if self.scheduler_is_away:
            raise WorkerLostError("gone")
        return list(self.workers_by_name)

    async def why_unfit(self, name: str) -> str:
        worker = self.workers_by_name[name]
        await worker.may_attach.wait()
        if worker.stalls:
            worker.stalls -= 1
            raise WorkerLostError("it does not answer")
        return worker.unfit

    async def ask(self, name: str, function: Callable[..., Any], *arguments: object) -> Any:
        worker = self.workers_by_name.get(name)
        if worker is None:
            raise WorkerLostError("gone")

        async def answer_there() -> Any:
            worker_service._services[:] = [worker.service]
            self.opening = worker.provider
            return await function(*arguments)

        self.messages += 1
        self._asked += 1
        self.most_asked = max(self.most_asked, self._asked)
        answer = asyncio.ensure_future(answer_there())
        lost = asyncio.ensure_future(worker.lost.wait())
        try:
            await asyncio.wait((answer, lost), return_when=asyncio.FIRST_COMPLETED)
            if worker.lost.is_set():
                raise WorkerLostError("killed")
            return answer.result()
        finally:
            self._asked -= 1
            answer.cancel()
            lost.cancel()


@dataclass
class Run:
    """A run that uses the cluster."""

    provider: ClusterProvider
    hints: list[tuple[CompletionRequest, RateHint]] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)


@asynccontextmanager
async def run(connection: Connection, name: str = "run", workers: int = 0) -> AsyncIterator[Run]:
    told = Run(None)
    setup = RunSetup(name, (ENDPOINT,))
    told.provider = ClusterProvider(
        cast(ClusterConnection, connection),
        setup,
        lambda request, hint: told.hints.append((request, hint)),
        told.notices.append,
        connection.is_stored,
    )
    serving = asyncio.create_task(told.provider.serve())
    await until(lambda: len(told.provider._links) >= workers)
    try:
        yield told
    finally:
        await told.provider.detach()
        serving.cancel()
        with suppress(asyncio.CancelledError):
            await serving


def stored(completion: Completion) -> Answer:
    """A stored answer, as far as the provider looks at it."""
    return cast(Answer, completion)
