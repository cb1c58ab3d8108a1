"""Workers, runs and schedulers that come and go: no answer that a worker has got is asked for again."""

from __future__ import annotations

import asyncio

import pytest

from chaindesk.cluster import cluster_provider, lost_calls, run_calls
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from tests.support.cluster_in_process import Connection, request, run, stored
from tests.support.waiting import pass_rounds, until


def never(_: CompletionRequest) -> object:
    return asyncio.Event().wait()


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


async def test_a_worker_that_stalls_is_waited_for_as_long_as_the_scheduler_has_it(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_calls, "COMEBACK_S", 0.001)
    answered = asyncio.Event()

    async def wait(_: CompletionRequest) -> None:
        await answered.wait()

    worker = connection.start("a", "one", wait)
    async with run(connection, workers=1) as one:
        call = asyncio.create_task(one.provider.complete(request("q")))
        await until(lambda: worker.provider.in_flight)
        worker.stalls = 1000
        worker.lost.set()
        await until(lambda: one.notices)
        (lost,) = one.provider._lost._by_process.values()
        await until(lambda: lost.waited > 0.02)
        assert not call.done()
        worker.stalls, worker.lost = 0, asyncio.Event()
        await until(lambda: one.provider._links)
        answered.set()
        assert (await call).text == "<q>"
    assert len(worker.provider.requests) == 1


async def test_a_worker_that_stalls_for_ever_is_given_up(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_calls, "COMEBACK_S", 0.001)
    monkeypatch.setattr(lost_calls, "STALLED_S", 0.004)
    worker = connection.start("a", "one", never)
    async with run(connection, workers=1) as one:
        call = asyncio.create_task(one.provider.complete(request("q")))
        await until(lambda: worker.provider.in_flight)
        worker.stalls = 1000
        worker.lost.set()
        with pytest.raises(CallError, match="was lost while it made this call"):
            await call


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


async def test_a_call_that_waits_for_the_first_worker_gets_the_answer_that_is_kept_there(
    connection: Connection,
) -> None:
    worker = connection.start("a", "one")
    async with run(connection, "first", workers=1) as one:
        await one.provider.complete(request("asked"))
    async with run(connection, "second") as one:
        assert (await one.provider.complete(request("asked"))).text == "<asked>"
    assert len(worker.provider.requests) == 1


async def test_no_call_begins_before_each_worker_has_told_what_it_keeps(connection: Connection) -> None:
    keeps = connection.start("b", "two")
    async with run(connection, "first", workers=1) as one:
        await one.provider.complete(request("asked"))
    quick = connection.start("a", "one")
    keeps.may_attach.clear()
    async with run(connection, "second", workers=1) as one:
        call = asyncio.create_task(one.provider.complete(request("asked")))
        await pass_rounds()
        keeps.may_attach.set()
        assert (await call).text == "<asked>"
    assert quick.provider.requests == []


async def test_a_worker_that_is_slow_to_begin_is_waited_for(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_provider, "NO_WORKER_S", 0.001)
    slow = connection.start("a", "one")
    slow.may_attach.clear()
    async with run(connection) as one:
        await until(lambda: one.provider._attaching)
        call = asyncio.create_task(one.provider.complete(request("q")))
        await asyncio.wait((call,), timeout=0.1)
        slow.may_attach.set()
        assert (await call).text == "<q>"


async def test_an_answer_that_the_journal_has_is_given_to_no_other_row(connection: Connection) -> None:
    worker = connection.start("a", "one")
    async with run(connection, "first", workers=1) as one:
        completion = await one.provider.complete(request("asked"))  # the run is killed before it can say: stored
    connection.journal.append(stored(completion))
    async with run(connection, "second", workers=1) as one:
        await one.provider.complete(request("asked"))
    assert len(worker.provider.requests) == 2
    assert [outcome.id[:6] for outcome in worker.service.spool.outcomes()] == ["second"]


async def test_an_answer_that_is_told_again_after_a_pause_serves_one_call(connection: Connection) -> None:
    worker = connection.start("a", "one")
    async with run(connection, "first", workers=1) as one:
        await one.provider.complete(request("asked"))
    async with run(connection, "second", workers=1) as one:
        connection.cut("a")
        await until(lambda: not one.provider._links)
        connection.mend("a", worker)
        await until(lambda: one.provider._links)
        for _ in range(2):
            await one.provider.complete(request("asked"))
    assert len(worker.provider.requests) == 2, "one was kept, one is new"


async def test_calls_go_on_through_a_pause_of_the_network(connection: Connection) -> None:
    answered = asyncio.Event()

    async def wait(_: CompletionRequest) -> None:
        await answered.wait()

    worker = connection.start("a", "one", wait)
    async with run(connection, workers=1) as one:
        calls = [asyncio.create_task(one.provider.complete(request(f"q{n}"))) for n in range(6)]
        await until(lambda: worker.provider.in_flight == 6)
        connection.cut("a")
        await until(lambda: not one.provider._links)
        connection.mend("a", worker)
        await until(lambda: one.provider._links)
        answered.set()
        await asyncio.gather(*calls)
    assert len(worker.provider.requests) == 6


async def test_while_the_scheduler_is_away_no_call_is_given_up(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_calls, "COMEBACK_S", 0.0)
    answered = asyncio.Event()

    async def wait(_: CompletionRequest) -> None:
        await answered.wait()

    worker = connection.start("a", "one", wait)
    async with run(connection, workers=1) as one:
        call = asyncio.create_task(one.provider.complete(request("q")))
        await until(lambda: worker.provider.in_flight)
        connection.scheduler_is_away = True
        await until(lambda: one.notices)
        connection.cut("a")
        await until(lambda: not one.provider._links)
        await pass_rounds()
        monkeypatch.setattr(lost_calls, "COMEBACK_S", 100.0)
        await pass_rounds()
        connection.mend("a", worker)
        connection.scheduler_is_away = False
        await until(lambda: one.provider._links)
        answered.set()
        assert (await call).text == "<q>"
    assert len(worker.provider.requests) == 1
    assert "The scheduler does not answer; the run waits for it" in one.notices[0]


async def test_calls_that_were_given_up_are_cut_off_when_their_worker_comes_back(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_calls, "COMEBACK_S", 0.0)
    worker = connection.start("a", "one", never)
    async with run(connection, workers=1) as one:
        call = asyncio.create_task(one.provider.complete(request("q")))
        await until(lambda: worker.provider.in_flight)
        connection.cut("a")
        with pytest.raises(CallError, match="was lost while it made this call"):
            await call
        connection.mend("a", worker)
        await until(lambda: worker.provider.cancelled == 1)


async def test_a_batch_that_comes_after_a_long_silence_begins_nothing(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lost_calls, "COMEBACK_S", 0.0)
    worker = connection.start("a", "one")
    async with run(connection, workers=1) as one:
        await pass_rounds()  # it is being listened to by now
        worker.service.runs["run"].heard_at -= 1000.0  # it was stopped for so long
        with pytest.raises(CallError, match="was lost while it made this call") as caught:
            await one.provider.complete(request("q"))
        assert caught.value.kind is FailureKind.CONNECTION
        assert worker.provider.requests == []
        await one.provider.complete(request("q"))  # it has been attached again
        assert len(worker.provider.requests) == 1
    assert "it had not heard of this run for a while" in one.notices[0]


async def test_a_batch_from_before_a_pause_begins_nothing(connection: Connection) -> None:
    worker = connection.start("a", "one")
    async with run(connection, workers=1) as one:
        before = one.provider._links["a"]
        connection.cut("a")
        await until(lambda: not one.provider._links)
        connection.mend("a", worker)
        await until(lambda: one.provider._links)
        with pytest.raises(run_calls.RunLostError):
            worker.service.runs["run"].begin(before._attachment, before.last_batch())


async def test_a_worker_that_stalls_is_used_once_it_answers_again(connection: Connection) -> None:
    connection.start("a", "one").stalls = 3
    async with run(connection, workers=1) as one:
        assert (await one.provider.complete(request("q"))).text == "<q>"
        assert one.notices == []


async def test_the_end_of_a_run_reports_no_lost_worker(connection: Connection) -> None:
    connection.start("a", "one")
    async with run(connection, workers=1) as one:
        await one.provider.complete(request("q"))
    await pass_rounds()
    assert one.notices == []


async def test_two_runs_at_once_have_their_own_calls(connection: Connection) -> None:
    worker = connection.start("a", "one")
    async with run(connection, "first", workers=1) as one, run(connection, "second", workers=1) as two:
        for several in (one, two):
            answers = await asyncio.gather(*(several.provider.complete(request(f"q{n}")) for n in range(20)))
            for answer in answers:
                several.provider.stored(stored(answer))
        assert len(worker.provider.requests) == 40
    assert worker.service.spool.outcomes() == ()


async def test_answers_are_written_through_to_the_disk_aside_and_together(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_calls, "SYNC_S", 0.0)
    synced: list[int] = []
    worker = connection.start("a", "one")
    spool = worker.service.spool

    def begin_sync() -> object:
        synced.append(len(spool.outcomes()))
        return lambda: None

    monkeypatch.setattr(spool, "begin_sync", begin_sync)
    async with run(connection, workers=1) as one:
        await asyncio.gather(*(one.provider.complete(request(f"q{n}")) for n in range(40)))
        await until(lambda: synced)
    assert len(synced) < 40
