"""What only a journal on disk has to withstand: crashes, other processes, bad files, bad disks."""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from chaindesk.domain.completion import Usage
from chaindesk.domain.errors import JournalError, UsageError
from chaindesk.journal.sqlite.connection import set_aside
from chaindesk.journal.sqlite.integrity import SCHEMA_VERSION
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.journal.sqlite.readers import Readers
from tests.support.journals import make_answer

WRITER = """
import asyncio, sys
from datetime import UTC, datetime
from pathlib import Path
from chaindesk.domain.records import Answer
from chaindesk.domain.completion import Finish
from chaindesk.journal.sqlite.journal import open_journal

journal = open_journal(Path(sys.argv[1]))

async def one(worker):
    count = 0
    while True:
        count += 1
        key = f"{sys.argv[2]}-{worker}-{count}"
        await journal.store_answer(Answer(1, 1, key, 2, "draft", key, "text " + key, "m", None, None, 1.0, 1,
                                          Finish.STOP, "", datetime.now(UTC)))
        sys.stdout.write(key + "\\n")
        sys.stdout.flush()

async def main():
    async with asyncio.TaskGroup() as group:
        for worker in range(10):
            group.create_task(one(worker))

asyncio.run(main())
"""


def kill_after(writer: subprocess.Popen[str], lines: int) -> list[str]:
    assert writer.stdout is not None
    read = [writer.stdout.readline().strip() for _ in range(lines)]
    os.kill(writer.pid, signal.SIGKILL)
    read += [line.strip() for line in writer.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    writer.stdout.close()
    writer.wait()
    return read


def start_writer(path: Path, name: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", WRITER, str(path), name], stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_every_acknowledged_answer_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    acknowledged = kill_after(start_writer(path, "a"), 200)
    journal = open_journal(path)
    kept = {key for _, key, _ in journal.answer_index(1, "draft")}
    journal.close()
    assert len(acknowledged) >= 200
    assert set(acknowledged) <= kept


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="needs SIGKILL")
def test_two_processes_write_into_one_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    writers = [start_writer(path, "a"), start_writer(path, "b")]
    acknowledged = [key for writer in writers for key in kill_after(writer, 100)]
    journal = open_journal(path)
    kept = {key for _, key, _ in journal.answer_index(1, "draft")}
    journal.close()
    assert set(acknowledged) <= kept


async def test_writes_that_wait_together_share_a_commit(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    gate = threading.Event()
    commits: list[str] = []
    journal._writer._connection.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    holding = journal._writer.submit(lambda connection: int(gate.wait(10)))
    storing = [asyncio.ensure_future(journal.store_answer(make_answer(row_key=str(key)))) for key in range(50)]
    await asyncio.sleep(0)
    gate.set()
    numbers = await asyncio.gather(*storing)
    assert holding.result() == 1
    assert len(set(numbers)) == 50
    assert len(commits) <= 2
    journal.close()


async def test_a_cancelled_waiter_does_not_cancel_its_write(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    gate = threading.Event()
    journal._writer.submit(lambda connection: int(gate.wait(10)))
    storing = asyncio.ensure_future(journal.store_answer(make_answer()))
    await asyncio.sleep(0)
    storing.cancel()
    gate.set()
    with pytest.raises(asyncio.CancelledError):
        await storing
    journal.close()
    again = open_journal(tmp_path / "journal.sqlite3")
    assert len(list(again.answer_index(1, "draft"))) == 1
    again.close()


async def test_one_bad_write_does_not_take_the_others_with_it(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    gate = threading.Event()
    journal._writer.submit(lambda connection: int(gate.wait(10)))
    good = asyncio.ensure_future(journal.store_answer(make_answer()))
    bad = asyncio.ensure_future(journal.store_answer(make_answer(row_number=None)))
    unstorable = asyncio.ensure_future(journal.store_answer(make_answer(usage=Usage(10**30, 1))))
    await asyncio.sleep(0)
    gate.set()
    assert await good
    with pytest.raises(JournalError):
        await bad
    with pytest.raises(OverflowError):
        await unstorable
    journal.close()


async def test_half_a_surrogate_pair_does_not_lose_the_answer(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    number = await journal.store_answer(make_answer(text="broken \ud83d emoji, whole \U0001f600, nul \x00."))
    stored = journal.answer(number)
    assert stored is not None
    assert stored.text == "broken � emoji, whole \U0001f600, nul \x00."
    journal.close()


def test_a_newer_journal_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    open_journal(path).close()
    connection = sqlite3.connect(path)
    connection.execute("ALTER TABLE answer ADD COLUMN mood TEXT")  # tables that fit no number are damage
    connection.execute("PRAGMA user_version = 99")
    connection.close()
    with pytest.raises(JournalError, match=r"newer ChainDesk \(its version is 99"):
        open_journal(path)
    connection = sqlite3.connect(path)
    assert connection.execute("PRAGMA user_version").fetchone() == (99,)
    connection.close()


@pytest.mark.parametrize("content", [b"This is no database at all." * 100, b"SQLite format 3\x00" + b"\x00" * 5000])
def test_a_damaged_journal_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "journal.sqlite3"
    path.write_bytes(content)
    with pytest.raises(JournalError, match="left as it is"):
        open_journal(path)
    assert path.read_bytes() == content


def test_a_journal_with_a_torn_page_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = open_journal(path)

    async def fill() -> None:
        for key in range(200):
            await journal.store_answer(make_answer(row_key=str(key), text="x" * 500))

    asyncio.run(fill())
    journal.close()
    content = bytearray(path.read_bytes())
    content[len(content) // 2 :] = b"\xff" * (len(content) - len(content) // 2)
    path.write_bytes(content)
    with pytest.raises(JournalError, match="damaged"):
        open_journal(path)
    kept = set_aside(path)
    assert kept.read_bytes() == bytes(content)
    open_journal(path).close()


def test_another_programs_database_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "places.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE bookmarks (url TEXT)")
    connection.commit()
    connection.close()
    with pytest.raises(JournalError, match="no journal of ChainDesk"):
        open_journal(path)


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(JournalError, match="folder"):
        open_journal(tmp_path / "file" / "journal.sqlite3")


def test_a_folder_in_the_journals_place_is_said(tmp_path: Path) -> None:
    with pytest.raises(JournalError, match="cannot be opened"):
        open_journal(tmp_path)


async def test_a_full_disk_is_said_and_the_journal_lives_on(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    kept = await journal.store_answer(make_answer())
    pages = journal._read("PRAGMA page_count", ())[0][0]
    journal._writer.submit(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}").fetchone()[0])
    with pytest.raises(JournalError, match="disk is full"):
        await journal.store_answer(make_answer(text="x" * 1_000_000))
    assert journal.answer(kept) is not None
    journal._writer.submit(lambda connection: connection.execute("PRAGMA max_page_count = 100000").fetchone()[0])
    assert await journal.store_answer(make_answer(text="x" * 1_000_000))
    journal.close()


async def test_a_read_only_journal_is_said(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    journal._writer.submit(lambda connection: bool(connection.execute("PRAGMA query_only = ON")) * 1)
    with pytest.raises(JournalError, match="read-only"):
        await journal.store_answer(make_answer())
    journal.close()


async def test_reads_are_safe_from_any_thread_while_writing(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    numbers = [await journal.store_answer(make_answer(row_key=str(key))) for key in range(20)]

    def read_all() -> int:
        return sum(journal.answer(number) is not None for number in numbers)

    async with asyncio.TaskGroup() as group:
        reading = [group.create_task(asyncio.to_thread(read_all)) for _ in range(8)]
        for key in range(50):
            await journal.store_answer(make_answer(row_key=f"more {key}"))
    assert [task.result() for task in reading] == [20] * 8
    journal.close()


def test_the_journal_commits_through_to_the_disk(tmp_path: Path) -> None:
    journal = open_journal(tmp_path / "journal.sqlite3")
    asked = ("journal_mode", "synchronous", "user_version")
    assert [journal._read(f"PRAGMA {name}", ())[0][0] for name in asked] == ["wal", 2, SCHEMA_VERSION]
    journal.close()


HOLDER = """
import sys, time
from pathlib import Path
from chaindesk.journal.sqlite.journal import open_journal

with open_journal(Path(sys.argv[1])).lock_workbook(1):
    print("mine", flush=True)
    time.sleep(600)
"""


def test_a_killed_run_leaves_the_turn_to_the_next(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = open_journal(path)
    with subprocess.Popen([sys.executable, "-c", HOLDER, str(path)], stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline().strip() == b"mine"
        with pytest.raises(UsageError, match=f"process {holder.pid}"), journal.lock_workbook(1):
            pass
        holder.kill()
    with journal.lock_workbook(1):
        pass
    journal.close()


def test_a_folder_that_takes_no_lock_files_keeps_nobody_from_running(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    journal = open_journal(path)
    path.with_name(f"{path.name}.turns").write_text("in the way")
    with journal.lock_workbook(1):
        pass
    journal.close()


def test_a_journal_is_not_closed_under_a_read_of_another_thread(tmp_path: Path) -> None:
    """SQLite crashes the program where a connection is closed while one of its statements runs."""
    readers = Readers(tmp_path / "j.sqlite3", lambda: 0)
    open_journal(tmp_path / "j.sqlite3").close()
    begun, go_on = threading.Event(), threading.Event()
    ended: list[object] = []
    endless = "WITH RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT x FROM n"

    def read() -> None:
        def make(row: tuple[int]) -> int:
            begun.set()
            go_on.wait()
            return row[0]

        try:
            ended.append(readers.mapped(make, endless))
        except JournalError as error:
            ended.append(str(error))

    reading, closing = (threading.Thread(target=one, daemon=True) for one in (read, readers.close))
    reading.start()
    begun.wait()
    closing.start()
    closing.join(0.2)
    assert closing.is_alive(), "it waits for the statement to end"
    go_on.set()
    closing.join()
    reading.join()
    assert "interrupted" in str(ended[0])
    with pytest.raises(JournalError, match="was closed"):
        readers.rows("SELECT 1")
