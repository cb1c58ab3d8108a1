"""The provider of a cluster with its workers in this process: a connection that loses and brings back workers."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest

from chaindesk.cluster import cluster_provider, lost_calls, run_calls, worker_service
from chaindesk.cluster.cluster_provider import ClusterProvider
from chaindesk.cluster.connection import ClusterConnection, WorkerLostError
from chaindesk.cluster.messages import RunSetup
from chaindesk.cluster.spool import Spool
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, Message, ProviderKind
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.records import Answer
from chaindesk.providers.base import RateHint
from tests.support.engine import ScriptedProvider
from tests.support.waiting import until

ENDPOINT = Endpoint("lab", ProviderKind.OPENAI_CHAT, "http://lab/v1", accepts_key=False, key_required=False)


def request(text: str) -> CompletionRequest:
    return CompletionRequest(ENDPOINT, "m", (Message("user", text),))


@dataclass
class Worker:
    """A worker's process."""

    provider: ScriptedProvider
    service: worker_service._Service
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    unfit: str = ""


class Connection:
    """Reaches workers in this process; each has a folder of its machine's."""

    def __init__(self, folder: Path) -> None:
        self.workers_by_name: dict[str, Worker] = {}
        self.most_asked = 0
        self._folder = folder
        self._asked = 0
        self.opening: ScriptedProvider
        self.journal: list[Answer] = []

    def is_stored(self, _: str, is_same: Callable[[Answer], bool]) -> bool:
        return any(map(is_same, self.journal))

    def start(self, name: str, machine: str, behave: Callable[[CompletionRequest], object] | None = None) -> Worker:
        service = worker_service._Service(Spool(self._folder / machine))
        worker = self.workers_by_name[name] = Worker(ScriptedProvider(behave), service)
        return worker

    def kill(self, name: str) -> None:
        worker = self.workers_by_name.pop(name)
        os.close(worker.service.spool._file)
        worker.lost.set()

    async def workers(self) -> list[str]:
        return list(self.workers_by_name)

    async def why_unfit(self, name: str) -> str:
        return self.workers_by_name[name].unfit

    async def ask(self, name: str, function: Callable[..., Any], *arguments: object) -> Any:
        worker = self.workers_by_name.get(name)
        if worker is None:
            raise WorkerLostError("gone")

        async def answer_there() -> Any:
            worker_service._services[:] = [worker.service]
            self.opening = worker.provider
            return await function(*arguments)

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


@pytest.fixture
def connection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    one = Connection(tmp_path)

    @asynccontextmanager
    async def open_scripted(*_: object) -> AsyncIterator[ScriptedProvider]:
        yield one.opening

    monkeypatch.setattr(run_calls, "open_provider", open_scripted)
    monkeypatch.setattr(run_calls, "LINGER_S", 0.001)
    monkeypatch.setattr(cluster_provider, "LOOK_INTERVAL_S", 0.005)
    yield one
    worker_service._services.clear()


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


async def test_each_answer_comes_back_to_its_own_request(connection: Connection) -> None:
    connection.start("a", "one")
    connection.start("b", "two")
    async with run(connection, workers=2) as one:
        answers = await asyncio.gather(*(one.provider.complete(request(f"q{n}")) for n in range(300)))
    assert [answer.text for answer in answers] == [f"<q{n}>" for n in range(300)]
    assert connection.most_asked <= 6, "three requests to a worker at once"


async def test_a_worker_that_joins_gets_calls_until_it_has_as_many_as_the_others(connection: Connection) -> None:
    answered = asyncio.Event()

    async def wait(_: CompletionRequest) -> None:
        await answered.wait()

    first = connection.start("a", "one", wait)
    async with run(connection, workers=1) as one:
        calls = [asyncio.create_task(one.provider.complete(request(f"q{n}"))) for n in range(10)]
        await until(lambda: first.provider.in_flight == 10)
        second = connection.start("b", "two", wait)
        await until(lambda: len(one.provider._links) == 2)
        calls += [asyncio.create_task(one.provider.complete(request(f"r{n}"))) for n in range(8)]
        await until(lambda: second.provider.in_flight == 8)
        answered.set()
        await asyncio.gather(*calls)
    assert first.provider.in_flight + len(first.provider.requests) == 10


async def test_what_a_killed_worker_had_kept_is_not_asked_again(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_calls, "LINGER_S", 1000.0)  # it is killed before it reports

    def behave(asked: CompletionRequest) -> object:
        return asyncio.Event().wait() if "slow" in asked.prompt else None

    worker = connection.start("a", "one", behave)
    async with run(connection, workers=1) as one:
        slow = asyncio.create_task(one.provider.complete(request("slow")))
        await until(lambda: worker.provider.in_flight)
        quick = asyncio.create_task(one.provider.complete(request("quick")))
        await until(lambda: worker.service.spool.outcomes())
        connection.kill("a")
        await until(lambda: not one.provider._links)
        monkeypatch.setattr(run_calls, "LINGER_S", 0.001)
        comeback = connection.start("a2", "one")
        assert (await quick).text == "<quick>"
        with pytest.raises(CallError, match="lost while it made this call") as caught:
            await slow
        assert caught.value.kind is FailureKind.CONNECTION
        assert comeback.provider.requests == []
        assert "was lost with 2 calls" in one.notices[0]


async def test_without_a_comeback_the_calls_of_a_lost_worker_fail_after_a_while(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_calls, "COMEBACK_S", 0.0)
    worker = connection.start("a", "one", lambda _: asyncio.Event().wait())
    connection.start("b", "two", lambda _: asyncio.Event().wait())
    async with run(connection, workers=2) as one:
        calls = [asyncio.create_task(one.provider.complete(request(f"q{n}"))) for n in range(4)]
        await until(lambda: worker.provider.in_flight == 2)
        connection.kill("a")
        await until(lambda: sum(call.done() for call in calls) == 2)
        assert {type(call.exception()) for call in calls if call.done()} == {CallError}
        for call in calls:
            call.cancel()


async def test_an_answer_that_is_stored_is_kept_by_no_worker(connection: Connection) -> None:
    worker = connection.start("a", "one")
    async with run(connection, workers=1) as one:
        first = await one.provider.complete(request("first"))
        await one.provider.complete(request("second"))
        one.provider.stored(stored(first))
    assert [outcome.completion.text for outcome in worker.service.spool.outcomes()] == ["<second>"]


async def test_the_next_run_takes_what_was_never_stored_and_pays_for_it_once(connection: Connection) -> None:
    worker = connection.start("a", "one")
    async with run(connection, "first", workers=1) as one:
        await one.provider.complete(request("asked"))
    async with run(connection, "second", workers=1) as one:
        again = await one.provider.complete(request("asked"))
        assert again.text == "<asked>"
        assert len(worker.provider.requests) == 1
        await one.provider.complete(request("asked"))  # another row asks the same: it gets an answer of its own
        assert len(worker.provider.requests) == 2
        one.provider.stored(stored(again))
    kept = [outcome.id for outcome in worker.service.spool.outcomes()]
    assert len(kept) == 1
    assert kept[0].startswith("second")


async def test_without_a_worker_a_call_fails_as_one_that_was_not_sent(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_provider, "NO_WORKER_S", 0.0)
    async with run(connection) as one:
        with pytest.raises(CallError, match="No worker of the cluster is connected") as caught:
            await one.provider.complete(request("q"))
    assert caught.value.kind is FailureKind.UNREACHABLE


async def test_a_call_that_nobody_waits_for_is_cut_off_at_the_worker(connection: Connection) -> None:
    worker = connection.start("a", "one", lambda _: asyncio.Event().wait())
    async with run(connection, workers=1) as one:
        call = asyncio.create_task(one.provider.complete(request("q")))
        await until(lambda: worker.provider.in_flight)
        call.cancel()
        await until(lambda: worker.provider.cancelled == 1)


async def test_a_worker_that_does_not_fit_is_told_once_and_left_out(connection: Connection) -> None:
    connection.start("a", "one").unfit = "The worker at a has another version"
    connection.start("b", "two")
    async with run(connection, workers=1) as one:
        for _ in range(20):
            await one.provider.complete(request("q"))
        assert one.notices == ["The worker at a has another version"]
        assert list(one.provider._links) == ["b"]


async def test_a_failure_comes_back_with_its_kind(connection: Connection) -> None:
    def refuse(_: CompletionRequest) -> object:
        raise CallError(FailureKind.RATE_LIMIT, "slow down", http_status=429, retry_after=3.0)

    worker = connection.start("a", "one", refuse)
    async with run(connection, workers=1) as one:
        with pytest.raises(CallError, match="slow down") as caught:
            await one.provider.complete(request("q"))
    assert (caught.value.kind, caught.value.retry_after) == (FailureKind.RATE_LIMIT, 3.0)
    assert worker.service.spool.outcomes() == (), "nothing was paid for"


async def test_what_a_reply_tells_of_limits_reaches_its_own_request(connection: Connection) -> None:
    worker = connection.start("a", "one")

    def answer_with_limits(asked: CompletionRequest) -> str:
        worker.service.runs["run"]._on_rate(asked, RateHint(requests_limit=len(asked.prompt)))
        return "said"

    worker.provider.behave = answer_with_limits
    async with run(connection, workers=1) as one:
        asked = [request("q" * length) for length in (1, 2, 3)]
        await asyncio.gather(*map(one.provider.complete, asked))
    assert {id(asked): hint.requests_limit for asked, hint in one.hints} == {id(one): len(one.prompt) for one in asked}
