"""Cleanup up: what is old goes, what a newer run took over stays, and nobody who is at work is disturbed."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.records import Answer, RerunNote, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.domain.status import Review, Status
from chaindesk.journal.protocol import Cleanable, Journal
from chaindesk.journal.rules import outdated_runs
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from tests.support.journals import make_answer

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
DAY = timedelta(days=1)
Make = Callable[..., Answer]


class Past:
    """Fills a journal with runs over workbooks, a day apart."""

    def __init__(self, journal: Journal, make: Make, folder: Path) -> None:
        self.journal = journal
        self.make = make
        self.folder = folder

    async def run(
        self, days: int, paid: int, reused: tuple[int, ...] = (), book: str = "a", *, noted: bool = True
    ) -> tuple[int, list[int]]:
        path = self.folder / f"{book}.xlsx"
        path.write_bytes(book.encode())
        workbook = self.journal.workbook_id(path, "Jobs")
        at = NOON + days * DAY
        run = await self.journal.begin_run(RunRecord(workbook, str(path), "Jobs", "c", ("draft",), 1, paid, at))
        if noted:
            await self.journal.store_reuse(run, [(number, "7") for number in reused])
        numbers = []
        for key in range(paid):
            answer = self.make(run_id=run, workbook_id=workbook, row_key=str(key), text="x" * 2000)
            numbers.append(await self.journal.store_answer(answer))
            done = RowOutcome(run, workbook, str(key), key, "d", Status.DONE, None, 1.0, at)
            await self.journal.store_outcome(done)
            await self.journal.store_review(RowReview(workbook, str(key), "d", Review.APPROVED, numbers[-1]))
            await self.journal.store_edit(numbers[-1], "Mine.")
            note = RerunNote(workbook, str(key), "d", "draft", "plain", "Long.", "Shorter.", at, "noted")
            await self.journal.store_note(note)
        await self.journal.end_run(run, RunState.FINISHED, at, 0, len(reused))
        return run, numbers


@pytest.fixture
def past(journal: Journal, tmp_path: Path) -> Past:
    return Past(journal, make_answer, tmp_path)


async def test_old_runs_go_with_all_that_is_theirs_and_newer_ones_stay(past: Past, journal: Journal) -> None:
    _, old = await past.run(0, 3)
    newer, kept = await past.run(5, 2)
    expected = Cleanable(1, 3, 0)
    assert journal.cleanable(NOON + DAY) == expected
    assert journal.usage_counts()["answer"] == 5
    assert await journal.clean(NOON + DAY) == expected
    assert [run.id for run in journal.runs()] == [newer]
    assert [journal.answer(number) for number in old] == [None] * 3
    assert [number for number, _, _ in journal.answer_index(1, "draft")] == kept
    counts = journal.usage_counts()
    assert [counts[name] for name in ("run", "answer", "edit", "outcome", "review")] == [1, 2, 2, 2, 2]
    assert [note.row_key for note in journal.notes(1)] == ["0", "1", "0", "1"], "rows that still have an answer"
    assert await journal.clean(NOON + DAY) == Cleanable()


async def test_what_a_newer_run_took_over_stays_until_that_run_is_old(past: Past, journal: Journal) -> None:
    _, (first, second, third) = await past.run(0, 3)
    await past.run(5, 1, reused=(first, third))
    assert await journal.clean(NOON + DAY) == Cleanable(1, 1, 0)
    assert [journal.answer(number) is not None for number in (first, second, third)] == [True, False, True]
    assert [text for _, text in journal.edits(first)] == ["Mine."]
    assert {review.answer_id for review in journal.reviews(1)} >= {first, third}
    assert await journal.clean(NOON + 6 * DAY) == Cleanable(1, 3, 1)
    assert journal.answer(first) is None


async def test_a_run_of_which_nobody_noted_what_it_took_over_keeps_all_before_it(past: Past, journal: Journal) -> None:
    _, (first,) = await past.run(0, 1)
    await past.run(5, 1, noted=False)
    assert await journal.clean(NOON + DAY) == Cleanable(1, 0, 0)
    assert journal.answer(first) is not None
    assert await journal.clean(NOON + 6 * DAY) == Cleanable(1, 2, 1)


async def test_a_number_never_comes_twice(past: Past, journal: Journal) -> None:
    run, numbers = await past.run(0, 2)
    seen = journal.change_token(1)
    assert (await journal.clean(NOON + DAY)).workbooks == 1
    assert journal.change_token(1) != seen
    assert not journal.runs()
    assert journal.run(run) is None
    again, newer = await past.run(5, 2)
    assert again > run
    assert min(newer) > max(numbers)
    assert [run.workbook_id for run in journal.runs()] == [2]


async def test_a_workbook_that_was_cleaned_away_while_it_was_open_is_known_again(past: Past, journal: Journal) -> None:
    await past.run(0, 1)
    path = past.folder / "a.xlsx"
    await journal.clean(NOON + DAY)
    run = await journal.begin_run(RunRecord(1, str(path), "Jobs", "c", ("draft",), 1, 1, NOON + 2 * DAY))
    number = await journal.store_answer(make_answer(run_id=run))
    path.write_bytes(b"edited")
    assert journal.workbook_id(path, "Jobs") == 1
    assert journal.answer(number) is not None


async def test_a_workbook_over_which_a_run_is_going_on_is_spared(past: Past, journal: Journal) -> None:
    await past.run(0, 2)
    await past.run(0, 3, book="b")
    with journal.lock_workbook(1):
        assert await journal.clean(NOON + DAY) == Cleanable(1, 3, 1)
    assert len(list(journal.answer_index(1, "draft"))) == 2
    assert await journal.clean(NOON + DAY) == Cleanable(1, 2, 1)


async def test_a_run_that_crashed_counts_by_its_beginning(journal: Journal) -> None:
    run = await journal.begin_run(RunRecord(1, "/a.xlsx", "Jobs", "c", ("draft",), 1, 1, NOON))
    await journal.store_answer(make_answer(run_id=run))
    assert journal.cleanable(NOON) == Cleanable()
    assert await journal.clean(NOON + DAY) == Cleanable(1, 1, 1)


async def test_the_time_may_be_told_in_any_zone(past: Past, journal: Journal) -> None:
    await past.run(0, 1)
    east = timezone(timedelta(hours=9))
    assert journal.cleanable((NOON - timedelta(seconds=1)).astimezone(east)) == Cleanable()
    assert journal.cleanable((NOON + timedelta(seconds=1)).astimezone(east)) == Cleanable(1, 1, 1)


@given(st.data())
def test_a_clock_that_was_wrong_makes_no_run_older_than_those_before_it(data: Any) -> None:
    now = NOON + 1000 * DAY
    times = st.integers(-20_000, 20_000).map(lambda hours: now + timedelta(hours=hours))
    runs = []
    for number in range(1, data.draw(st.integers(1, 8)) + 1):
        ended = data.draw(st.none() | times)
        runs.append(RunRecord(1, "", "", "", (), 1, 1, data.draw(times), ended, id=number))
    before = data.draw(times)
    gone = {run.id for run in outdated_runs(data.draw(st.permutations(runs)), before, now)}
    for run in runs:
        ended = max(run.started_at, run.finished_at or run.started_at)
        if run.id in gone:
            assert ended < before
            assert ended <= now
            assert all(
                max(one.started_at, one.finished_at or one.started_at) < before
                for one in runs[: run.id - 1]
                if max(one.started_at, one.finished_at or one.started_at) <= now
            )


# --- on disk -------------------------------------------------------------------------------------------------------


def _open(path: Path) -> contextlib.closing[SqliteJournal]:
    return contextlib.closing(open_journal(path))


async def test_the_space_is_given_back(tmp_path: Path) -> None:
    with _open(tmp_path / "journal.sqlite3") as journal:
        past = Past(journal, make_answer, tmp_path)
        await past.run(0, 300)
        await past.run(5, 3)
        before = journal.size()
        assert await journal.clean(NOON + DAY) == Cleanable(1, 300, 0)
        assert journal.size() < before / 3
        assert journal._read("PRAGMA freelist_count", ()) == [(0,)]
        assert journal._read("PRAGMA integrity_check", ()) == [("ok",)]


async def test_a_file_of_an_old_version_shrinks_as_soon_as_no_run_is_going_on(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(Path(__file__).with_name("old").joinpath("version2.sql").read_text("utf-8"))
    with _open(path) as journal:
        past = Past(journal, make_answer, tmp_path)
        await past.run(0, 200)
        await past.run(0, 200, book="b")
        await past.run(5, 1, book="c")
        ((before,),) = journal._read("PRAGMA page_count", ())
        with journal.lock_workbook(2):
            assert (await journal.clean(NOON + DAY)).runs == 1
        assert journal._read("PRAGMA page_count", ()) == [(before,)]
        assert (await journal.clean(NOON + DAY)).runs == 1
        assert journal._read("PRAGMA page_count", ()) < [(before / 2,)]
        assert journal._read("PRAGMA auto_vacuum", ()) == [(2,)]


async def test_another_process_writes_on_while_the_journal_is_cleaned(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with _open(path) as journal, _open(path) as other:
        past = Past(journal, make_answer, tmp_path)
        await past.run(0, 50)
        reading = other.answer_index(1, "draft")
        next(iter(reading))
        with other.lock_workbook(7):
            run = await other.begin_run(RunRecord(7, "/b.xlsx", "Jobs", "c", ("draft",), 1, 1, NOON + 5 * DAY))
            first = await other.store_answer(make_answer(run_id=run, workbook_id=7))
            assert await journal.clean(NOON + DAY) == Cleanable(1, 50, 1)
            second = await other.store_answer(make_answer(run_id=run, workbook_id=7))
        assert [number for number, _, _ in journal.answer_index(7, "draft")] == [first, second]


async def test_the_size_counts_what_is_not_yet_in_the_main_file(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with _open(path) as journal:
        await journal.store_answer(make_answer(text="x" * 100_000))
        assert journal.size() > path.stat().st_size
        assert journal.size() >= 100_000
    assert path.stat().st_size >= 100_000
