"""What ChainDesk keeps of its user is for that user's eyes alone, also where an older version was careless."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import stat
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaindesk import settings
from chaindesk.domain.records import RunRecord
from chaindesk.files.private import create_private, make_private, make_private_folder
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.journal.sqlite.repair import repair
from chaindesk.logging_setup import close_log, open_log
from tests.support.journals import make_answer

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="Windows has other permissions")


@pytest.fixture(autouse=True)
def _careless_user() -> Iterator[None]:
    before = os.umask(0o000)
    yield
    os.umask(before)


def open_to_others(folder: Path) -> dict[str, str]:
    """Whatever in and below a folder others could read or write, the folder itself included."""
    found = {}
    for path in (folder, *folder.rglob("*")):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if mode & 0o077:
            found[str(path)] = oct(mode)
    return found


async def use_everything(journal_path: Path) -> None:
    open_log(settings.log_folder)
    logging.getLogger("chaindesk").warning("a line")
    settings.save_preferences(settings.Preferences())
    settings.data_folder("windows")
    journal = open_journal(journal_path)
    try:
        workbook = journal.workbook_id(Path("a.xlsx"), "Jobs")
        with journal.lock_workbook(workbook):
            record = RunRecord(workbook, "a.xlsx", "Jobs", "c", ("draft",), 1, 1, datetime.now(UTC))
            run = await journal.begin_run(record)
            await journal.store_answer(make_answer(run_id=run, workbook_id=workbook))
            journal.spill([make_answer(run_id=run, workbook_id=workbook)])
            assert open_to_others(settings.home()) == {}
    finally:
        journal.close()
        close_log()


async def test_everything_that_is_kept_is_private() -> None:
    await use_everything(settings.journal_path())
    assert open_to_others(settings.home()) == {}


async def test_what_an_older_version_left_open_is_mended_at_the_next_start() -> None:
    await use_everything(settings.journal_path())
    for path in (settings.home(), *settings.home().rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)
    await use_everything(settings.journal_path())
    spilled = {path for path in open_to_others(settings.home()) if path.endswith(".jsonl")}
    assert open_to_others(settings.home()).keys() - spilled == set()


def test_a_journal_elsewhere_is_private_in_a_folder_that_is_not_ours(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    asyncio.run(use_everything(tmp_path / "shared" / "journal.sqlite3"))
    assert open_to_others(tmp_path).keys() == {str(tmp_path)}


def test_a_repair_leaves_nothing_open(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    open_journal(path).close()
    content = bytearray(path.read_bytes())
    content[18] = 0xFF
    path.write_bytes(content)
    path.chmod(0o644)
    tmp_path.chmod(0o700)
    repair(path)
    assert open_to_others(tmp_path) == {}


def test_what_is_shared_or_anothers_is_left_as_it_is(tmp_path: Path) -> None:
    shared, target, link = tmp_path / "shared", tmp_path / "target", tmp_path / "link"
    shared.mkdir()
    shared.chmod(0o1777)
    target.touch(0o644)
    link.symlink_to(target)
    for path in (shared, link, tmp_path / "none"):
        make_private(path)
    assert stat.S_IMODE(shared.stat().st_mode) == 0o1777
    assert stat.S_IMODE(target.stat().st_mode) == 0o644


def test_a_users_home_is_not_changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    tmp_path.chmod(0o755)
    make_private_folder(tmp_path)
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o755


def test_a_file_that_is_there_keeps_its_content(tmp_path: Path) -> None:
    path = tmp_path / "kept"
    path.write_text("before")
    create_private(path)
    assert path.read_text() == "before"
    with contextlib.suppress(PermissionError):
        create_private(tmp_path / "new")
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600
