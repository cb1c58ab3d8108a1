"""The disk under the command line: full, gone, damaged, shared by two. What happened is said, and nothing is lost."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chaindesk.simulator.server import SimulatorOptions, SimulatorServer
from tests.support.command_line import CommandLine, read_sheet
from tests.support.waiting import until

pytestmark = pytest.mark.slow

FAST = SimulatorOptions(latency=0.02, words=8)


def kept(journal: Path) -> int:
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        return int(connection.execute("SELECT count(*) FROM answer").fetchone()[0])


def content_of(name: str) -> bytes:
    return Path(name).read_bytes()


def _command(*words: object) -> bool:
    return not subprocess.run(list(map(str, words)), capture_output=True).returncode


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of half a megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if shutil.which("mount") is None or not _command("mount", "-t", "tmpfs", "-o", "size=512k", "tmpfs", folder):
        pytest.skip("this user may not mount a disk")
    yield folder
    _command("umount", "-l", folder)


IMPATIENT = "import sys; from chaindesk.engine.run import lifecycle; lifecycle.DISK_PATIENCE = 2.0; "
IMPATIENT += "from chaindesk.cli.main import main; sys.exit(main(sys.argv[1:]))"
"""The command line, but for how long it waits for a disk."""
TELLS_TRIES = """
import sys
from chaindesk.cli.main import main
from chaindesk.engine.run.durable_writer import DurableWriter
record = DurableWriter._record_failure
def tell(self, error):
    with open("tries", "ab") as tries:
        tries.write(b".")
    record(self, error)
DurableWriter._record_failure = tell
sys.exit(main(sys.argv[1:]))
"""
"""The command line, but that each try to keep an answer that fails makes the file ``tries`` a byte longer."""


async def told(process: asyncio.subprocess.Process, event: str, words: str) -> list[dict[str, Any]]:
    """What a process said until it told of such an event."""
    said: list[dict[str, Any]] = []
    while line := await process.stdout.readline():
        said.append(json.loads(line))
        if said[-1]["event"] == event and words in said[-1]["message"]:
            return said
    raise AssertionError(f"no {event} that says {words!r}: {await process.stderr.read()!r}")


async def test_a_run_on_a_full_disk_waits_for_room_and_asks_for_nothing_twice(
    cli: CommandLine, small_disk: Path
) -> None:
    book, journal = cli.workbook(60), small_disk / "journal.sqlite3"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(180_000))
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=150)) as server:
        chain = cli.chain(server.base_url)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", TELLS_TRIES, "run", str(cli.folder / book), "--chain", str(chain)),
            *("--journal", str(journal), "--json"),
            cwd=cli.folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        await told(process, "run_paused", "to be kept")
        await until(lambda: not server.counters.running)
        requests, there = server.counters.requests, kept(journal)
        assert 0 < requests - there <= 25, "what was under way as the disk became full"
        tries = cli.folder / "tries"
        failed = tries.stat().st_size
        await until(lambda: tries.stat().st_size >= failed + 2)
        assert server.counters.requests == requests, "no call starts meanwhile"
        ballast.unlink()
        assert _command("mount", "-o", "remount,size=8m", small_disk)
        out, err = await process.communicate()
        assert process.returncode == 0, (out, err)
        assert server.counters.requests == 180
    assert kept(journal) == 180


async def test_a_run_that_ends_on_a_full_disk_keeps_its_answers_elsewhere(cli: CommandLine, small_disk: Path) -> None:
    book, journal, home = cli.workbook(60), small_disk / "journal.sqlite3", cli.folder / "home"
    home.mkdir()
    (small_disk / "ballast").write_bytes(bytes(180_000))
    env = {"HOME": str(home), "USERPROFILE": str(home)}
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=150)) as server:
        words = ("run", cli.folder / book, "--chain", cli.chain(server.base_url), "--journal", journal, "--quiet")
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-c", IMPATIENT, *map(str, words)),
            cwd=cli.folder,
            env=os.environ | env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        out, err = (part.decode() for part in await process.communicate())
        assert process.returncode == 3, (out, err)
        assert "Traceback" not in err
        assert "disk is full" in out + err
        (rescued,) = home.glob("journal.sqlite3.*.rescued.jsonl")
        assert str(rescued) in out + err
        assert rescued.stat().st_mode & 0o777 == 0o600
        delivered, there = server.counters.delivered, kept(journal)
        assert len(rescued.read_text("utf-8").splitlines()) - 1 == delivered - there
        (small_disk / "ballast").unlink()
        assert _command("mount", "-o", "remount,size=8m", small_disk)
        again = await cli(*words, env=env)
        assert again.status == 0, again.err
        assert "were taken in" in again.err
        assert server.counters.delivered == server.counters.requests == 180, "nothing is asked for again"
    assert kept(journal) == 180
    assert not rescued.exists()
    assert all(row["Status"] == "done" for row in read_sheet(cli.folder / "jobs.completed.xlsx"))


async def test_a_journal_that_vanishes_in_mid_run_is_waited_for(cli: CommandLine) -> None:
    book = cli.workbook(60)
    folder = cli.folder / "drive"
    folder.mkdir()
    journal = folder / "journal.sqlite3"
    async with SimulatorServer(SimulatorOptions(latency=0.1, words=8)) as server:
        chain = cli.chain(server.base_url)
        process = await cli.start("run", book, "--chain", chain, "--journal", journal, "--json", "--concurrency", "5")
        finished = 0
        while finished < 12:
            finished += json.loads(await process.stdout.readline())["event"] == "step_finished"
        folder.rename(cli.folder / "away")
        await told(process, "run_paused", "not there any more")
        (cli.folder / "away").rename(folder)
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode == 0, (out, err)
        assert server.counters.requests == 180
    assert kept(journal) == 180


async def test_a_run_that_is_stopped_while_its_journal_is_gone_loses_nothing(cli: CommandLine) -> None:
    book = cli.workbook(60)
    folder, home = cli.folder / "drive", cli.folder / "home"
    folder.mkdir()
    home.mkdir()
    env = {"HOME": str(home), "USERPROFILE": str(home)}
    journal = folder / "journal.sqlite3"
    async with SimulatorServer(SimulatorOptions(latency=0.1, words=8)) as server:
        words = ("run", book, "--chain", cli.chain(server.base_url), "--journal", journal, "--concurrency", "5")
        process = await cli.start(*words, "--json", env=env)
        finished = 0
        while finished < 12:
            finished += json.loads(await process.stdout.readline())["event"] == "step_finished"
        folder.rename(cli.folder / "away")
        await told(process, "run_paused", "to be kept")
        await until(lambda: not server.counters.running)
        process.send_signal(signal.SIGINT)
        async with asyncio.timeout(60):
            out, err = await process.communicate()
        assert process.returncode == 130, (out, err)
        assert b"Traceback" not in err
        delivered = server.counters.delivered
        (cli.folder / "away").rename(folder)
        again = await cli(*words, "--quiet", env=env)
        assert again.status == 0, again.err
        # What was delivered is not asked for again, but for replies that were not read yet as the run was cut off.
        assert 180 <= server.counters.delivered <= 180 + 5
        assert delivered < 180
    assert not list(home.iterdir())


async def test_a_damaged_journal_is_refused_with_a_way_on_that_works(cli: CommandLine) -> None:
    book = cli.workbook(40)
    journal = cli.folder / "journal.sqlite3"
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url)
        words = ("run", book, "--chain", chain, "--journal", journal, "--quiet")
        assert (await cli(*words)).status == 0
        content = bytearray(journal.read_bytes())
        middle = len(content) // 2 // 4096 * 4096
        content[middle : middle + 4096] = b"\xff" * 4096
        journal.write_bytes(content)
        refused = await cli(*words)
        assert (refused.status, server.counters.requests) == (2, 120)
        assert "is damaged" in refused.err
        assert f'chaindesk runs --repair --journal "{journal}"' in refused.err
        assert journal.read_bytes() == bytes(content)
        repaired = await cli("runs", "--repair", "--journal", journal, "--json")
        assert repaired.status == 0, repaired.err
        told = repaired.events[0]
        assert content_of(told["kept"]) == bytes(content)
        assert (await cli(*words)).status == 0
        assert server.counters.requests == 120 + 120 - told["answers"]
    sound = await cli("runs", "--repair", "--journal", journal)
    assert (sound.status, "is sound" in sound.out + sound.err) == (0, True)


@pytest.mark.skipif(shutil.which("strace") is None, reason="needs strace")
async def test_an_answer_is_on_the_disk_before_it_is_told(cli: CommandLine) -> None:
    book = cli.workbook(6)
    journal, trace = cli.folder / "journal.sqlite3", cli.folder / "trace"
    async with SimulatorServer(FAST) as server:
        chain = cli.chain(server.base_url)
        words = ["run", book, "--chain", chain, "--journal", journal, "--json"]
        calls = "write,pwrite64,fsync,fdatasync,rename,renameat,renameat2"
        strace = ["strace", "-f", "-y", "-s", "100000", "-e", f"trace={calls}", "-o", str(trace)]
        process = await asyncio.create_subprocess_exec(
            *strace,
            sys.executable,
            "-m",
            "chaindesk",
            *map(str, words),
            cwd=cli.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        _, err = await process.communicate()
    if b"ptrace" in err:
        pytest.skip("this user may trace nothing")
    assert process.returncode == 0, err
    told = 0
    written, synced, syncing = b"", b"", set()
    lines = trace.read_text("utf-8", "replace").splitlines()
    for line in lines:
        if re.search(r"pwrite64\(\d+<[^>]*journal\.sqlite3-wal>", line):
            written += payload(line)
        elif re.search(r"f(data)?sync\(\d+<[^>]*journal\.sqlite3-wal>", line) and "unfinished" in line:
            syncing.add(line.split()[0])
        elif re.search(r"f(data)?sync(\(\d+<[^>]*journal\.sqlite3-wal>| resumed>).*= 0$", line):
            if "resumed" not in line or line.split()[0] in syncing:
                syncing.discard(line.split()[0])
                synced, written = synced + written, b""
        elif "step_finished" in line and re.search(r" write\(1<", line):
            for event in map(json.loads, payload(line).splitlines()):
                if event["event"] == "step_finished":
                    assert event["text"].encode() in synced, f"told before it was synced: {event}"
                    told += 1
    assert told == 18
    replaced = [place for place, line in enumerate(lines) if "jobs.completed.xlsx" in line and "rename" in line]
    assert len(replaced) == 1
    assert any("sync(" in line and ".tmp>" in line for line in lines[: replaced[0]]), "the file before it is renamed"
    assert any(f"<{cli.folder}>" in line and "fsync(" in line for line in lines[replaced[0] :]), "its folder after that"


def payload(line: str) -> bytes:
    """The bytes that a traced call wrote."""
    found = re.search(r'>, "(.*)", \d+(, \d+)?(\)| <unfinished)', line)
    return b"" if found is None else found[1].encode("latin-1", "replace").decode("unicode_escape").encode("latin-1")


# --- two processes -------------------------------------------------------------------------------------------------


async def _until(process: Any, event: str, count: int = 1) -> None:
    while count:
        count -= json.loads(await process.stdout.readline())["event"] == event


async def test_two_runs_over_one_workbook_the_second_is_refused_and_a_crash_frees_it(cli: CommandLine) -> None:
    book = cli.workbook(40)
    journal = cli.folder / "journal.sqlite3"
    async with SimulatorServer(SimulatorOptions(latency=0.3, words=8)) as server:
        chain = cli.chain(server.base_url)
        words = ("run", book, "--chain", chain, "--journal", journal)
        first = await cli.start(*words, "--json", "--concurrency", "4")
        await _until(first, "step_finished", 6)
        first.send_signal(signal.SIGSTOP)  # so that it does not end before the others have looked
        second = await cli(*words, "--quiet")
        assert second.status == 2
        assert f"Another run is going on over this workbook (process {first.pid})" in second.err
        elsewhere = cli.folder / "copy of jobs.xlsx"
        shutil.copyfile(book, elsewhere)
        copied = await cli("run", elsewhere, "--chain", chain, "--journal", journal, "--quiet")
        assert (copied.status, "Another run" in copied.err) == (2, True), "an equal copy is the same workbook"
        first.send_signal(signal.SIGKILL)
        await first.communicate()
        there = kept(journal)
        assert there >= 6
        await until(lambda: not server.counters.running)
        delivered = server.counters.delivered
        third = await cli(*words, "--quiet")
        assert third.status == 0, third.err
        assert server.counters.delivered == delivered + 120 - there
    assert kept(journal) == 120


async def test_two_runs_at_once_over_two_workbooks_share_a_journal(cli: CommandLine) -> None:
    books = [cli.workbook(30, "one.xlsx"), cli.workbook(31, "two.xlsx")]
    journal = cli.folder / "journal.sqlite3"
    async with SimulatorServer(SimulatorOptions(latency=0.05, words=8)) as server:
        chain = cli.chain(server.base_url)
        both = [cli("run", book, "--chain", chain, "--journal", journal, "--quiet") for book in books]
        done = await asyncio.gather(*both)
        assert [one.status for one in done] == [0, 0], [one.err for one in done]
        assert server.counters.requests == 61 * 3
        again = await asyncio.gather(
            *(cli("run", book, "--chain", chain, "--journal", journal, "--quiet") for book in books)
        )
        assert [one.status for one in again] == [0, 0]
        assert server.counters.requests == 61 * 3
    for name, rows in (("one", 30), ("two", 31)):
        statuses = [row["Status"] for row in read_sheet(cli.folder / f"{name}.completed.xlsx")]
        assert statuses == ["done"] * rows
    with contextlib.closing(sqlite3.connect(journal)) as connection:
        runs = connection.execute("SELECT workbook_id, state FROM run ORDER BY id").fetchall()
    assert sorted(runs) == [(1, "finished")] * 2 + [(2, "finished")] * 2
