"""What the disk can do to a journal: full, read-only, failing, gone, of another machine. Nothing kept is ever lost."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.records import Answer
from chaindesk.journal.sqlite.connection import _MOUNTS, _kind_of_mount
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal
from tests.support.journals import make_answer

Make = Callable[..., Answer]


def _mount(*words: object) -> bool:
    return (
        shutil.which("mount") is not None
        and not subprocess.run(["mount", *map(str, words)], capture_output=True).returncode
    )


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "-l", folder], capture_output=True)


def delete(path: Path) -> None:
    for suffix in ("", "-wal", "-shm"):
        Path(f"{path}{suffix}").unlink(missing_ok=True)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if not _mount("-t", "tmpfs", "-o", "size=1m", "tmpfs", folder):
        pytest.skip("this user may not mount a disk")
    yield folder
    _unmount(folder)


def kept(path: Path) -> list[int]:
    with contextlib.closing(open_journal(path)) as journal:
        assert journal._read("PRAGMA integrity_check", ()) == [("ok",)]
        return [number for number, _, _ in journal.answer_index(1, "draft")]


async def refused(journal: SqliteJournal, answer: Answer) -> JournalError:
    with pytest.raises(JournalError) as caught:
        await journal.store_answer(answer)
    return caught.value


async def test_a_full_disk_loses_nothing_and_the_same_answer_is_kept_once_there_is_room(small_disk: Path) -> None:
    path = small_disk / "journal.sqlite3"
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    journal = open_journal(path)
    numbers: list[int] = []
    failure = None
    while failure is None:
        answer = make_answer(row_key=str(len(numbers)), text="x" * 5000)
        try:
            numbers.append(await journal.store_answer(answer))
        except JournalError as error:
            failure = error
    assert (failure.trouble, failure.passing) == (JournalTrouble.FULL, True)
    assert "Make room" in str(failure)
    assert (await refused(journal, answer)).trouble is JournalTrouble.FULL
    assert journal.answer(numbers[-1]) is not None, "what is kept can be read meanwhile"
    ballast.unlink()
    numbers.append(await journal.store_answer(answer))
    journal.close()
    assert kept(path) == numbers
    assert len(set(numbers)) == len(numbers)


async def test_a_journal_on_a_full_disk_opens_or_tells_why_not_and_stays(small_disk: Path) -> None:
    path = small_disk / "journal.sqlite3"
    with contextlib.closing(open_journal(path)) as journal:
        numbers = [await journal.store_answer(make_answer(row_key=str(key))) for key in range(20)]
    ballast = small_disk / "ballast"
    with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
        while file.write(bytes(4096)) == 4096:
            pass
    with pytest.raises(JournalError) as caught:
        open_journal(path)
    assert caught.value.trouble in {JournalTrouble.FULL, JournalTrouble.DISK}
    with pytest.raises(JournalError):
        open_journal(small_disk / "another.sqlite3")
    ballast.unlink()
    assert kept(path) == numbers
    open_journal(small_disk / "another.sqlite3").close()


async def test_a_read_only_disk_is_told_and_what_is_there_stays(small_disk: Path) -> None:
    path = small_disk / "journal.sqlite3"
    with contextlib.closing(open_journal(path)) as journal:
        numbers = [await journal.store_answer(make_answer())]
    assert _mount("-o", "remount,ro", small_disk)
    for name in (path, small_disk / "another.sqlite3"):
        with pytest.raises(JournalError) as caught:
            open_journal(name)
        assert caught.value.trouble in {JournalTrouble.READ_ONLY, JournalTrouble.DISK}
        assert "written to" in str(caught.value) or "read-only" in str(caught.value)
    assert _mount("-o", "remount,rw", small_disk)
    assert kept(path) == numbers


async def test_a_drive_that_is_gone_in_mid_run_and_comes_back(tmp_path: Path) -> None:
    real, drive = tmp_path / "real", tmp_path / "drive"
    for folder in (real, drive):
        folder.mkdir()
    if not _mount("--bind", real, drive):
        pytest.skip("this user may not mount a disk")
    try:
        path = drive / "journal.sqlite3"
        journal = open_journal(path)
        numbers = [await journal.store_answer(make_answer(row_key="0"))]
        _unmount(drive)
        failure = await refused(journal, make_answer(row_key="1"))
        assert (failure.trouble, failure.passing) == (JournalTrouble.GONE, True)
        assert "Bring it back" in str(failure)
        assert list(drive.iterdir()) == [], "nothing is begun anew in the empty folder"
        assert _mount("--bind", real, drive)
        numbers.append(await journal.store_answer(make_answer(row_key="1")))
        journal.close()
        assert kept(path) == numbers
    finally:
        _unmount(drive)


async def test_a_folder_that_is_moved_away_and_back(tmp_path: Path) -> None:
    folder, elsewhere = tmp_path / "here", tmp_path / "elsewhere"
    path = folder / "journal.sqlite3"
    journal = open_journal(path)
    numbers = [await journal.store_answer(make_answer(row_key="0"))]
    folder.rename(elsewhere)
    assert (await refused(journal, make_answer(row_key="1"))).trouble is JournalTrouble.GONE
    elsewhere.rename(folder)
    numbers.append(await journal.store_answer(make_answer(row_key="1")))
    journal.close()
    assert kept(path) == numbers


async def test_a_deleted_journal_is_told_and_one_put_back_from_a_copy_goes_on(tmp_path: Path) -> None:
    path, copy = tmp_path / "journal.sqlite3", tmp_path / "copy.sqlite3"
    journal = open_journal(path)
    numbers = [await journal.store_answer(make_answer(row_key="0"))]
    with contextlib.closing(sqlite3.connect(copy)) as target:
        journal._readers._reader().connection.backup(target)
    delete(path)
    assert (await refused(journal, make_answer(row_key="1"))).trouble is JournalTrouble.GONE
    open_journal(path).close()
    other = path.read_bytes()
    failure = await refused(journal, make_answer(row_key="1"))
    assert (failure.trouble, "Another file" in str(failure)) == (JournalTrouble.GONE, True)
    assert path.read_bytes() == other
    delete(path)
    copy.rename(path)
    numbers.append(await journal.store_answer(make_answer(row_key="1")))
    assert [number for number, _, _ in journal.answer_index(1, "draft")] == numbers, "readers see the new file too"
    journal.close()
    assert kept(path) == numbers


# --- a disk that cannot make anything last -------------------------------------------------------------------------

SHIM = """
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>
#include <sys/syscall.h>
static int broken(void) { const char *flag = getenv("BROKEN_DISK"); return flag && access(flag, F_OK) == 0; }
int fsync(int fd) { if (broken()) { errno = EIO; return -1; } return syscall(SYS_fsync, fd); }
int fdatasync(int fd) { if (broken()) { errno = EIO; return -1; } return syscall(SYS_fdatasync, fd); }
"""
STORING = """
import asyncio, os, sys
from datetime import UTC, datetime
from pathlib import Path
from chaindesk.domain.records import Answer
from chaindesk.domain.completion import Finish
from chaindesk.domain.errors import JournalError
from chaindesk.journal.sqlite.journal import open_journal

flag = Path(os.environ["BROKEN_DISK"])
journal = open_journal(Path(sys.argv[1]))

def answer(key):
    return Answer(1, 1, key, 2, "draft", key, key, "m", None, None, 1.0, 1, Finish.STOP, "", datetime.now(UTC))

async def main():
    await journal.store_answer(answer("before"))
    flag.touch()
    for key in ("first", "second"):
        try:
            await journal.store_answer(answer(key))
        except JournalError as error:
            print(error.trouble.name, error.passing, key in {k for _, k, _ in journal.answer_index(1, "draft")})
    flag.unlink()
    for key in ("first", "second"):
        await journal.store_answer(answer(key))

asyncio.run(main())
journal.close()
"""


def test_an_answer_that_could_not_be_made_to_last_is_not_told_as_kept(tmp_path: Path) -> None:
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or sys.platform != "linux":
        pytest.skip("needs a C compiler, and Linux")
    source, shim = tmp_path / "shim.c", tmp_path / "shim.so"
    source.write_text(SHIM)
    subprocess.run([compiler, "-shared", "-fPIC", "-o", shim, source], check=True)
    path = tmp_path / "journal.sqlite3"
    env = os.environ | {"LD_PRELOAD": str(shim), "BROKEN_DISK": str(tmp_path / "broken")}
    done = subprocess.run([sys.executable, "-c", STORING, path], env=env, capture_output=True, text=True)
    assert (done.stdout.splitlines(), done.stderr) == (["DISK True False"] * 2, "")
    with contextlib.closing(open_journal(path)) as journal:
        assert [key for _, key, _ in journal.answer_index(1, "draft")] == ["before", "first", "second"]


# --- disks that cannot keep a write-ahead log ----------------------------------------------------------------------


def mode(path: Path) -> str:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


@pytest.mark.skipif(not _MOUNTS.exists(), reason="this system does not list its mounts so")
async def test_on_a_network_drive_the_journal_does_without_a_log_and_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "journal.sqlite3"
    with contextlib.closing(open_journal(path)) as journal:
        assert journal.notices == ()
        numbers = [await journal.store_answer(make_answer(row_key="0"))]
    assert mode(path) == "wal"
    mounts = tmp_path / "mounts"
    mounts.write_text(f"36 35 98:0 / / rw - ext4 /dev/a rw\n37 36 0:5 / {tmp_path} rw - nfs4 server:/a rw\n")
    monkeypatch.setattr("chaindesk.journal.sqlite.connection._MOUNTS", mounts)
    with contextlib.closing(open_journal(path)) as journal, contextlib.closing(open_journal(path)) as other:
        assert "network drive" in journal.notices[0]
        numbers.append(await journal.store_answer(make_answer(row_key="1")))
        numbers.append(await other.store_answer(make_answer(row_key="2")))
        assert journal._read("PRAGMA synchronous", ()) == [(2,)]
    assert mode(path) == "delete"
    monkeypatch.undo()
    assert kept(path) == numbers
    assert mode(path) == "wal"


@pytest.mark.parametrize("kind", ["folder", "loop"])
async def test_where_no_shared_memory_can_be_had_the_journal_does_without(tmp_path: Path, kind: str) -> None:
    path, shared = tmp_path / "journal.sqlite3", tmp_path / "journal.sqlite3-shm"
    if kind == "folder":
        shared.mkdir()
    else:
        shared.symlink_to(shared)
    with contextlib.closing(open_journal(path)) as journal:
        assert journal.notices
        number = await journal.store_answer(make_answer())
        assert journal.answer(number) is not None
    assert kept(path) == [number]
    assert mode(path) == "delete"


def test_the_mount_that_holds_a_file_is_found() -> None:
    mounts = (
        "1 0 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n"
        "2 1 0:40 / /mnt/team\\040drive rw,relatime - cifs //server/team rw\n"
        "3 1 0:41 / /mnt rw - ext4 /dev/sdb rw\n"
        "4 3 0:42 / /mnt/a rw - nfs4 server:/a rw\n"
        "5 3 0:43 / /mnt/a rw - ext4 /dev/sdc rw\n"
        "no mount at all\n"
    )
    found = [_kind_of_mount(Path(path), mounts) for path in ("/home/x", "/mnt/team drive/j", "/mnt/team/j", "/mnt/a/j")]
    assert found == ["ext4", "cifs", "ext4", "ext4"]
