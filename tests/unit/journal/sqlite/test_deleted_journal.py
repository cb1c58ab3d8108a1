"""A journal that is deleted while it is in use: noticed, never begun again in silence, and put back at the end."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sqlite3
import stat
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.records import Answer, RunRecord, RunState
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from chaindesk.journal.sqlite.writer import OutsideTransaction
from tests.support.journals import make_answer


def delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


async def refused(journal: SqliteJournal, answer: Answer) -> JournalTrouble | None:
    with pytest.raises(JournalError) as caught:
        await journal.store_answer(answer)
    return caught.value.trouble


async def test_a_journal_that_is_deleted_in_mid_run_is_never_begun_again_by_a_reader(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = open_journal(path)
    await journal.store_answer(make_answer(row_key="0"))
    delete(path)
    with pytest.raises(JournalError) as caught:
        await asyncio.to_thread(lambda: journal.answers(1, "draft", "f"))
    assert caught.value.trouble is JournalTrouble.GONE
    assert (await refused(journal, make_answer(row_key="1"))) is JournalTrouble.GONE
    assert not path.exists()
    journal.close()
    begun = open_journal(path)
    begun.close()
    assert begun.notices == ()


async def test_an_answer_that_went_into_a_replaced_file_is_not_told_as_kept(tmp_path: Path) -> None:
    path, other = tmp_path / "journal.sqlite3", tmp_path / "other.sqlite3"
    open_journal(other).close()
    journal = open_journal(path)
    await journal.store_answer(make_answer(row_key="0"))

    def replace_and_write(connection: sqlite3.Connection) -> int:
        delete(path)
        other.rename(path)
        return 1

    with pytest.raises(JournalError, match="Another file") as caught:
        await journal._write(OutsideTransaction(replace_and_write))
    assert caught.value.trouble is JournalTrouble.GONE
    journal.close()


async def test_a_deleted_journal_is_put_back_as_a_run_that_cannot_go_on_ends(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = open_journal(path)
    workbook = journal.workbook_id(tmp_path / "a.xlsx", "Jobs")
    run = await journal.begin_run(
        RunRecord(workbook, "a.xlsx", "Jobs", "c", ("draft",), 1, 2, datetime(2026, 1, 2, tzinfo=UTC))
    )
    await journal.store_answer(make_answer(row_key="0", run_id=run, workbook_id=workbook))
    delete(path)
    waiting = make_answer(row_key="1", run_id=run, workbook_id=workbook)
    assert (await refused(journal, waiting)) is JournalTrouble.GONE
    spilled = journal.spill([waiting])
    assert spilled.parent == path.parent
    assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0
    assert [answer.row_key for answer in journal.run_answers(run)][:1] == ["0"], "the export still reads it"
    journal.close()
    with contextlib.closing(open_journal(path)) as again:
        assert sorted(answer.row_key for answer in again.run_answers(run)) == ["0", "1"]
    assert not spilled.exists()
    assert [name for name in os.listdir(tmp_path) if name.startswith(".")] == []


async def test_a_journal_that_is_deleted_before_the_last_word_of_a_run_is_put_back(tmp_path: Path) -> None:
    path, noon = tmp_path / "journal.sqlite3", datetime(2026, 1, 2, tzinfo=UTC)
    journal = open_journal(path)
    workbook = journal.workbook_id(tmp_path / "a.xlsx", "Jobs")
    run = await journal.begin_run(RunRecord(workbook, "a.xlsx", "Jobs", "c", ("draft",), 1, 1, noon))
    await journal.store_answer(make_answer(row_key="0", run_id=run, workbook_id=workbook))
    delete(path)
    await journal.end_run(run, RunState.FINISHED, noon, 0, 0)
    await journal.add_path(workbook, tmp_path / "a.completed.xlsx")
    journal.close()
    with contextlib.closing(open_journal(path)) as again:
        assert [(record.id, record.state) for record in again.runs()] == [(run, RunState.FINISHED)]
        assert [answer.row_key for answer in again.run_answers(run)] == ["0"]


async def test_a_journal_whose_folder_is_gone_is_not_put_back_elsewhere(tmp_path: Path) -> None:
    folder, noon = tmp_path / "drive", datetime(2026, 1, 2, tzinfo=UTC)
    journal = open_journal(folder / "journal.sqlite3")
    run = await journal.begin_run(RunRecord(1, "a.xlsx", "Jobs", "c", ("draft",), 1, 1, noon))
    folder.rename(tmp_path / "unplugged")
    with pytest.raises(JournalError) as caught:
        await journal.end_run(run, RunState.FINISHED, noon, 0, 0)
    assert caught.value.trouble is JournalTrouble.GONE
    assert os.listdir(tmp_path) == ["unplugged"]
    (tmp_path / "unplugged").rename(folder)
    await journal.end_run(run, RunState.FINISHED, noon, 0, 0)
    journal.close()


async def begun(path: Path) -> tuple[SqliteJournal, int, int]:
    journal = open_journal(path)
    workbook = journal.workbook_id(path.with_name("a.xlsx"), "Jobs")
    noon = datetime(2026, 1, 2, tzinfo=UTC)
    run = await journal.begin_run(RunRecord(workbook, "a.xlsx", "Jobs", "c", ("draft",), 1, 9, noon))
    await journal.store_answer(make_answer(row_key="0", run_id=run, workbook_id=workbook))
    return journal, workbook, run


def copies(folder: Path) -> list[str]:
    return [name for name in os.listdir(folder) if name.endswith(".rescued.sqlite3")]


async def test_after_a_kill_a_deleted_journal_is_put_back_from_its_copy(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    killed, workbook, run = await begun(path)
    delete(path)
    for key in ("1", "2"):  # one after another, as calls come in
        waiting = make_answer(row_key=key, run_id=run, workbook_id=workbook)
        assert (await refused(killed, waiting)) is JournalTrouble.GONE
        killed.rescue([waiting])
    (copy,) = copies(tmp_path)
    assert stat.S_IMODE((tmp_path / copy).stat().st_mode) & 0o077 == 0
    assert not path.exists(), "whoever moved it may bring it back"
    with contextlib.closing(open_journal(path)) as again:
        assert sorted(answer.row_key for answer in again.run_answers(run)) == ["0", "1", "2"]
        assert any("put back from the copy" in notice for notice in again.notices)
    assert copies(tmp_path) == []
    killed.close()


async def test_after_a_kill_a_journal_that_was_brought_back_takes_the_copys_answers_in(tmp_path: Path) -> None:
    path, elsewhere = tmp_path / "journal.sqlite3", tmp_path / "elsewhere"
    killed, workbook, run = await begun(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    path.rename(elsewhere)
    waiting = make_answer(row_key="1", run_id=run, workbook_id=workbook)
    assert (await refused(killed, waiting)) is JournalTrouble.GONE
    killed.rescue([waiting])
    killed.close()
    delete(path)
    elsewhere.rename(path)
    for _ in range(2):
        with contextlib.closing(open_journal(path)) as again:
            assert sorted(answer.row_key for answer in again.run_answers(run)) == ["0", "1"]
    assert copies(tmp_path) == []


async def test_a_copy_of_another_journal_is_left_and_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    killed, _, run = await begun(path)
    delete(path)
    killed.rescue([])
    (copy,) = copies(tmp_path)
    aside = tmp_path / "aside"
    (tmp_path / copy).rename(aside)
    open_journal(path).close()
    aside.rename(tmp_path / copy)
    with contextlib.closing(open_journal(path)) as other:
        assert list(other.run_answers(run)) == []
        assert any("belong to another journal" in notice for notice in other.notices)
    assert copies(tmp_path) == [copy]
    killed.close()


async def test_no_copy_is_left_where_the_run_writes_the_journal_again(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal, _, run = await begun(path)
    delete(path)
    journal.rescue([])
    assert len(copies(tmp_path)) == 1
    await journal.end_run(run, RunState.FINISHED, datetime(2026, 1, 2, tzinfo=UTC), 0, 0)
    journal.close()
    assert copies(tmp_path) == []
