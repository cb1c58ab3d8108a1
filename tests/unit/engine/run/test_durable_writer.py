"""A journal that cannot be written in mid-run: no call starts, what has arrived waits, nothing is paid for twice."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.events import Event, PauseCause, RunFinished, RunPaused, RunResumed
from chaindesk.domain.records import Answer, RunState
from chaindesk.engine.run import lifecycle
from chaindesk.engine.run.options import RunOptions
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import EngineHarness, make_chain, make_topics

TWO = ({"prompt": "one {{Topic}}"}, {"prompt": "two {{s1}}"})
WAIT = RunOptions(concurrency=5, on_pause="wait")


class Disk(MemoryJournal):
    """A journal in memory on a disk that is full after so many answers, until it is given room."""

    def __init__(self, room: int, trouble: JournalTrouble = JournalTrouble.FULL) -> None:
        super().__init__()
        self.room = room
        self.trouble = trouble
        self.tries = 0
        self.tried = asyncio.Event()
        self.tried_often = asyncio.Event()

    async def store_answer(self, answer: Answer) -> int:
        await self._look()
        self.room -= 1
        return await super().store_answer(answer)

    async def _look(self) -> None:
        await asyncio.sleep(0)
        if self.room <= 0:
            self.tries += 1
            self.tried.set()
            if self.tries >= 20:
                self.tried_often.set()
            raise JournalError("The disk is full.", self.trouble)


@pytest.fixture
def on_disk(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """Makes a bench of thirty rows of two steps on such a disk, which is tried without waiting."""

    def make(room: int, trouble: JournalTrouble = JournalTrouble.FULL) -> Any:
        return EngineHarness(make_topics(30), make_chain(*TWO), journal=Disk(room, trouble))

    monkeypatch.setattr("chaindesk.engine.run.durable_writer._RETRY_INTERVAL_S", 0.001)
    return make


def paid_for(bench: Any) -> int:
    """Answers of which the journal has the words; of a call that was cut off it notes only that it was made."""
    return sum(bool(answer.text) for answer in bench.journal.run_answers(1))


def pauses(bench: Any) -> list[RunPaused]:
    return [event for event in bench.of(RunPaused) if event.cause is PauseCause.DISK]


@pytest.mark.parametrize("trouble", [trouble for trouble in JournalTrouble if JournalError("", trouble).passing])
async def test_a_run_waits_for_the_disk_and_goes_on_by_itself(on_disk: Any, trouble: JournalTrouble) -> None:
    bench = on_disk(20, trouble)

    async def make_room() -> None:
        await bench.journal.tried_often.wait()
        calls, kept = len(bench.provider.requests), paid_for(bench)
        assert kept == 20
        assert calls - kept <= 10, "what was out as the disk became full, and no more"
        bench.journal.room = 1000

    helper = asyncio.create_task(make_room())
    result = await bench.run(WAIT)
    await helper
    assert (result.state, bench.statuses()) == (RunState.FINISHED, {"done": 30})
    assert len(bench.provider.requests) == paid_for(bench) == 60
    assert "goes on by itself" in pauses(bench)[0].message
    assert any("to be kept" in pause.message for pause in pauses(bench))
    assert bench.of(RunResumed)


async def test_stopping_while_the_disk_is_full_keeps_what_has_arrived_elsewhere(on_disk: Any) -> None:
    bench = on_disk(20)

    def listen(event: Event) -> None:
        if isinstance(event, RunPaused) and " to be kept" in event.message:
            bench.control.stop()

    result = await bench.run(WAIT, listen)
    assert result.state is RunState.STOPPED
    assert "kept in memory" in result.message
    assert bench.statuses()["pending"] + bench.statuses()["done"] == 30
    paid = len(bench.provider.requests) - bench.provider.cancelled
    bench.journal.room = 1000
    assert bench.journal.import_spilled()
    assert paid_for(bench) == paid
    again = bench.reopened()
    await again.run(WAIT)
    assert paid + len(again.provider.requests) == 60
    assert again.statuses() == {"done": 30}


@pytest.mark.parametrize(("trouble", "patience"), [(JournalTrouble.FULL, 0.02), (JournalTrouble.DAMAGED, 1e9)])
async def test_a_run_that_waits_for_nobody_ends_after_a_while_and_loses_nothing(
    on_disk: Any, monkeypatch: pytest.MonkeyPatch, trouble: JournalTrouble, patience: float
) -> None:
    monkeypatch.setattr(lifecycle, "DISK_PATIENCE", patience)
    bench = on_disk(20, trouble)
    result = await bench.run(RunOptions(concurrency=5))
    assert result.state is RunState.HALTED
    assert "The disk is full. " in result.message
    assert "kept in memory" in result.message
    assert bench.of(RunFinished)[0].message == result.message
    assert bench.provider.cancelled == 0, "what is out has been paid for"
    paid = len(bench.provider.requests)
    assert 20 < paid <= 30
    bench.journal.room = 1000
    bench.journal.import_spilled()
    assert paid_for(bench) == paid


async def test_an_answer_that_was_kept_although_the_disk_said_no_is_not_kept_twice(on_disk: Any) -> None:
    bench = on_disk(1000)
    store = MemoryJournal.store_answer
    failed: list[Answer] = []

    async def kept_but_denied(answer: Answer) -> int:
        number = await store(bench.journal, answer)
        if len(failed) < 3:
            failed.append(answer)
            raise JournalError("An fsync failed.", JournalTrouble.DISK)
        return number

    bench.journal.store_answer = kept_but_denied
    await bench.run(WAIT)
    assert len(failed) == 3
    assert paid_for(bench) == len(bench.provider.requests) == 60


async def test_going_on_by_hand_tries_the_disk_at_once_and_starts_no_call(on_disk: Any, monkeypatch: Any) -> None:
    monkeypatch.setattr("chaindesk.engine.run.durable_writer._RETRY_INTERVAL_S", 1e6)
    bench = on_disk(20)

    async def press() -> None:
        await bench.journal.tried.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        assert bench.provider.in_flight == 0
        calls = len(bench.provider.requests)
        bench.journal.tried.clear()
        bench.control.resume()
        await bench.journal.tried.wait()
        for _ in range(50):
            await asyncio.sleep(0)
        assert len(bench.provider.requests) == calls
        bench.journal.room = 1000
        bench.control.resume()

    helper = asyncio.create_task(press())
    result = await bench.run(WAIT)
    await helper
    assert result.state is RunState.FINISHED
    assert len(bench.provider.requests) == 60


async def test_a_run_that_is_cancelled_while_the_disk_is_full_ends(on_disk: Any) -> None:
    bench = on_disk(20)
    run = asyncio.create_task(bench.run(WAIT))
    await bench.journal.tried.wait()
    run.cancel()
    with pytest.raises(asyncio.CancelledError):
        await run
    bench.journal.room = 1000
    assert bench.journal.import_spilled()
    assert paid_for(bench) == len(bench.provider.requests) - bench.provider.cancelled


class Jumping(datetime):
    """A time of day that somebody sets back by five hours at every look."""

    looks = 0

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        cls.looks += 1
        return datetime(2026, 3, 2, 20, tzinfo=UTC) - timedelta(hours=5 * cls.looks)


async def test_a_time_of_day_that_is_set_in_mid_run_shifts_nothing_that_is_kept(
    on_disk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Jumping, "looks", 0)
    for module in ("calls.clocks", "run.dependencies", "run.rows.row_context"):
        monkeypatch.setattr(f"chaindesk.engine.{module}.datetime", Jumping)
    bench = on_disk(1000)
    await bench.run(WAIT)
    assert Jumping.looks == 1
    run = bench.journal.run(1)
    kept = [*bench.journal.run_answers(1), *bench.journal.run_outcomes(1)]
    assert len(kept) == 90
    assert all(run.started_at <= one.finished_at <= run.finished_at for one in kept)
    assert run.finished_at - run.started_at < timedelta(minutes=1)


@pytest.mark.parametrize("trouble", [JournalTrouble.GONE, JournalTrouble.FULL])
async def test_what_waits_for_a_journal_that_is_gone_is_in_a_copy_meanwhile(
    on_disk: Any, monkeypatch: pytest.MonkeyPatch, trouble: JournalTrouble
) -> None:
    bench = on_disk(20, trouble)
    rescued: list[Answer] = []
    dropped: list[int] = []
    monkeypatch.setattr(bench.journal, "rescue", rescued.extend)
    monkeypatch.setattr(bench.journal, "drop_rescue", lambda: dropped.append(len(rescued)))

    async def make_room() -> None:
        await bench.journal.tried_often.wait()
        bench.journal.room = 1000

    making = asyncio.create_task(make_room())
    await bench.run(WAIT)
    await making
    identities = [(answer.row_number, answer.step) for answer in rescued]
    assert len(identities) == len(set(identities)), "each of them once"
    if trouble is JournalTrouble.GONE:
        assert rescued
        assert dropped == [len(rescued)]
    else:
        assert not rescued
        assert not dropped
