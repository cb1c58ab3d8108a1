"""Answers that the journal could not take: where they are kept, and how they come home."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.errors import JournalError
from chaindesk.domain.records import Answer, RunRecord
from chaindesk.journal.sqlite.journal import SqliteJournal, open_journal

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, Path]:
    """A folder for the journal, the user's, and one for temporary files."""
    made = {name: tmp_path / name for name in ("drive", "user", "temporary")}
    for folder in made.values():
        folder.mkdir()
    monkeypatch.setenv("HOME", str(made["user"]))
    monkeypatch.setenv("USERPROFILE", str(made["user"]))
    monkeypatch.setattr(tempfile, "tempdir", str(made["temporary"]))
    return made


@contextlib.contextmanager
def opened(path: Path) -> Iterator[SqliteJournal]:
    with contextlib.closing(open_journal(path)) as journal:
        yield journal


async def run_of(journal: SqliteJournal, begun: datetime = NOW) -> int:
    workbook = journal.workbook_id(Path("jobs.xlsx"), "Jobs")
    return await journal.begin_run(RunRecord(workbook, "jobs.xlsx", "Jobs", "chain", ("text",), 5, 2, begun))


def answer_of(run: int, row: int, text: str = "An answer \ud83d\ude00 \u2028.") -> Answer:
    return Answer(
        run_id=run,
        workbook_id=1,
        row_key=f"J-{row}",
        row_number=row,
        step="text",
        fingerprint=f"f{row}",
        text=text,
        fields={"title": "A", "stars": 3},
        model="writer",
        usage=Usage(10, 5, 2),
        cost=None,
        seconds=1.5,
        attempts=1,
        finish=Finish.STOP,
        request_id="req",
        finished_at=NOW,
    )


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


async def test_they_are_taken_in_once_and_whole(places: dict[str, Path]) -> None:
    path = places["drive"] / "journal.sqlite3"
    with opened(path) as journal:
        run = await run_of(journal)
        await journal.store_answer(answer_of(run, 2))  # a write that failed, and that is there all the same
        kept = journal.spill([answer_of(run, 2), answer_of(run, 3)])
        assert kept.parent == places["drive"]
        content = kept.read_bytes()
        if os.name == "posix":
            assert mode(kept) == 0o600
    with opened(path) as journal:
        assert any("were taken in" in notice for notice in journal.notices)
        assert not kept.exists()
        found = list(journal.run_answers(run))
        assert [(one.row_key, one.text, dict(one.fields), one.usage) for one in found] == [
            (f"J-{row}", "An answer \U0001f600 \u2028.", {"title": "A", "stars": 3}, Usage(10, 5, 2)) for row in (2, 3)
        ]
        kept.write_bytes(content)  # as where it could not be removed
        if os.name == "posix":
            kept.chmod(0o600)
        assert journal.import_spilled()
        assert len(list(journal.run_answers(run))) == 2


async def test_they_go_where_there_is_room(places: dict[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    path = places["drive"] / "journal.sqlite3"
    journal = open_journal(path)
    run = await run_of(journal)
    journal.close()
    away = places["drive"].rename(places["drive"].with_name("away"))
    places["drive"].mkdir()  # where the drive was mounted
    assert journal.spill([answer_of(run, 2)]).parent == places["user"]
    monkeypatch.setenv("HOME", str(places["user"] / "nowhere"))
    monkeypatch.setenv("USERPROFILE", str(places["user"] / "nowhere"))
    last = journal.spill([answer_of(run, 3)])
    assert last.parent == places["temporary"]
    monkeypatch.setattr(tempfile, "tempdir", str(places["user"] / "nowhere"))
    with pytest.raises(JournalError, match="one answer be kept anywhere"):
        journal.spill([answer_of(run, 4)])
    monkeypatch.setattr(tempfile, "tempdir", str(places["temporary"]))
    monkeypatch.setenv("HOME", str(places["user"]))
    monkeypatch.setenv("USERPROFILE", str(places["user"]))
    places["drive"].rmdir()
    away.rename(places["drive"])
    with opened(path) as again:
        assert [one.row_key for one in again.run_answers(run)] == ["J-2", "J-3"]
    assert not list(places["user"].iterdir())
    assert not last.exists()


async def test_another_journal_does_not_take_them(places: dict[str, Path]) -> None:
    path = places["drive"] / "journal.sqlite3"
    with opened(path) as journal:
        kept = journal.spill([answer_of(await run_of(journal), 2)])
    for file in places["drive"].glob("journal.sqlite3"):
        file.rename(places["user"] / "old")
    for lock in (places["drive"] / "journal.sqlite3.turns").glob("*"):
        lock.unlink()
    with opened(path) as journal:
        await run_of(journal, NOW.replace(hour=20))
        (words,) = journal.import_spilled()
        assert "belong to another journal" in words
        assert list(journal.run_answers(1)) == []
    assert kept.exists()


@pytest.mark.parametrize("content", [b"", b"{}\n", b"[]\n[]\n", b"\xff\xfe", b'{"file": 1', b"null\n"])
async def test_what_is_no_such_file_is_left_and_told(places: dict[str, Path], content: bytes) -> None:
    path = places["drive"] / "journal.sqlite3"
    with opened(path) as journal:
        kept = journal.spill([answer_of(await run_of(journal), 2)])
        kept.write_bytes(content)
        (words,) = journal.import_spilled()
        assert "cannot be read" in words
    assert kept.read_bytes() == content


@pytest.mark.skipif(os.name != "posix", reason="needs the rights of POSIX")
async def test_a_file_that_others_may_write_is_not_believed(places: dict[str, Path]) -> None:
    path = places["drive"] / "journal.sqlite3"
    with opened(path) as journal:
        run = await run_of(journal)
        journal.spill([answer_of(run, 2)]).chmod(0o666)
        found: Any = journal.import_spilled()
        assert found == ()
        assert list(journal.run_answers(run)) == []
