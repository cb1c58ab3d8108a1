"""The provider of a cluster while its workers are there; see ``test_lost_workers`` for what goes wrong."""

from __future__ import annotations

import asyncio

import pytest

from chaindesk.cluster import cluster_provider
from chaindesk.domain.completion import Completion, CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import RateHint
from tests.support.cluster_in_process import Connection, request, run
from tests.support.waiting import until


async def test_each_answer_comes_back_to_its_own_request(connection: Connection) -> None:
    connection.start("a", "one")
    connection.start("b", "two")
    async with run(connection, workers=2) as one:
        answers = await asyncio.gather(*(one.provider.complete(request(f"q{n}")) for n in range(300)))
    assert [answer.text for answer in answers] == [f"<q{n}>" for n in range(300)]
    assert connection.most_asked <= 6, "three requests to a worker at once"
    assert connection.messages <= 60, "in batches, not call by call"


async def test_a_batch_waits_the_longer_for_more_calls_the_longer_a_call_takes(connection: Connection) -> None:
    connection.start("a", "one", lambda asked: Completion("long", asked.model, None, seconds=20.0))
    async with run(connection, workers=1) as one:
        assert one.provider._links["a"].linger == 0.025
        await one.provider.complete(request("q"))
        assert one.provider._links["a"].linger == pytest.approx(0.1)
        for n in range(3):
            await one.provider.complete(request(f"q{n}"))
        assert one.provider._links["a"].linger == 0.25


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
