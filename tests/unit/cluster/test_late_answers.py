"""Workers that come back with answers after their calls were given up: taken where that is possible, else booked."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from chaindesk.cluster import access, lost_calls, worker_link
from chaindesk.cluster.access import ClusterAccess
from chaindesk.cluster.address import ClusterAddress
from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError
from chaindesk.domain.events import Event, RunNoticed
from chaindesk.domain.records import AnswerKind
from chaindesk.domain.status import Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.workbook import open_manifest
from tests.support.cluster_in_process import Connection, request, run
from tests.support.waiting import until

PRICE = Decimal("0.00005")  # 10 tokens in and 20 out
CHAIN = {
    "name": "late",
    "concurrency": 1,
    "steps": [{"name": "draft", "model": "lab/m", "prompt": "{{Topic}}"}],
    "providers": {
        "lab": {
            "kind": "openai-chat",
            "base_url": "http://127.0.0.1:9/v1",
            "prices": {"m": {"input": 1, "output": 2}},
        }
    },
}


class Answering:
    """Answers once it may."""

    def __init__(self) -> None:
        self.may = asyncio.Event()

    async def __call__(self, _: CompletionRequest) -> None:
        await self.may.wait()


@pytest.fixture(autouse=True)
def gives_up_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lost_calls, "COMEBACK_S", 0.0)


async def test_what_comes_late_is_given_to_a_call_that_was_to_be_made_again(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    answering = Answering()
    away = connection.start("a", "one", answering)
    async with run(connection, workers=1) as one:
        first = asyncio.create_task(one.provider.complete(request("q")))
        await until(lambda: away.provider.in_flight)
        connection.cut("a")
        with pytest.raises(CallError, match="was lost while it made this call"):
            await first
        monkeypatch.setattr(worker_link, "_LINGER_S", 1000.0)  # the second call does not go out
        other = connection.start("b", "two")
        await until(lambda: one.provider._links)
        again = asyncio.create_task(one.provider.complete(request("q")))
        await until(lambda: one.provider._links["b"].unsent)
        answering.may.set()
        await until(lambda: away.service.spool.outcomes())
        connection.mend("a", away)
        assert (await again).text == "<q>"
    assert other.provider.requests == []
    assert one.provider._links["b"].calls == {}


async def test_what_comes_after_its_call_was_made_again_is_booked(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    @asynccontextmanager
    async def connected(_: ClusterAddress) -> AsyncIterator[Connection]:
        yield connection

    monkeypatch.setattr(access, "ClusterConnection", connected)
    monkeypatch.setattr(Connection, "ready_workers", Connection.workers, raising=False)
    answering, second = Answering(), Answering()
    away = connection.start("a", "one", answering)
    journal = open_journal(tmp_path / "journal.sqlite3")
    with closing(journal):
        session = Session(
            open_manifest(_workbook(tmp_path)), Chain.model_validate(CHAIN), journal, KeyStore(environment={})
        )
        told: list[Event] = []
        cluster = ClusterAccess(ClusterAddress("tcp://127.0.0.1:1"), session)
        running = asyncio.create_task(session.run(RunOptions(), told.append, access=cluster))
        await until(lambda: away.provider.in_flight)
        connection.cut("a")
        other = connection.start("b", "two", second)
        await until(lambda: other.provider.in_flight)
        answering.may.set()
        await until(lambda: away.service.spool.outcomes())
        connection.mend("a", away)
        await until(lambda: cluster._provider is not None and "a" in cluster._provider._links)
        second.may.set()
        result = await running
        answers = list(journal.run_answers(result.run_id))
    assert result.counts == {Status.DONE: 1}
    assert len(away.provider.requests) == len(other.provider.requests) == 1
    assert [(answer.kind, answer.cost) for answer in answers] == [
        (AnswerKind.POSSIBLY_BILLED, None),
        (AnswerKind.USABLE, PRICE),
        (AnswerKind.UNUSABLE, PRICE),
    ]
    assert [one.message for one in told if isinstance(one, RunNoticed)][-1].startswith("1 call had been made again")
    assert away.service.spool.outcomes() == other.service.spool.outcomes() == ()


def _workbook(folder: Path) -> Path:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Topic"])
    sheet.append(["rivers"])
    book.save(folder / "jobs.xlsx")
    return folder / "jobs.xlsx"
