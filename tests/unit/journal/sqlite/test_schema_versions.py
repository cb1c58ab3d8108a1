"""Journals of earlier versions of ChainDesk go on with all that they hold; those of later versions are left alone."""

from __future__ import annotations

import contextlib
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import pytest

from chaindesk.domain.completion import Usage
from chaindesk.domain.records import RowReview
from chaindesk.domain.status import Review, Status
from chaindesk.journal.sqlite.integrity import SCHEMA_VERSION
from chaindesk.journal.sqlite.journal import open_journal

OLD = Path(__file__).with_name("old")
AT = "2026-01-02T03:04:05+00:00"


def old_journal(path: Path, version: int) -> None:
    """A journal as that version left it, with a run, an answer, an edit, outcomes and a review in it."""
    with contextlib.closing(sqlite3.connect(path)) as old:
        old.executescript(OLD.joinpath(f"version{version}.sql").read_text("utf-8"))
        old.execute("PRAGMA journal_mode = WAL")
        old.executescript(OLD.joinpath("content.sql").read_text("utf-8"))
        old.commit()


def columns(path: Path) -> dict[str, list[tuple[str, str, int, str | None]]]:
    with contextlib.closing(sqlite3.connect(path)) as now:
        names = [name for (name,) in now.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        return {name: [tuple(c[1:5]) for c in now.execute(f"PRAGMA table_info({name})")] for name in names}


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_journal_of_an_earlier_version_goes_on_with_what_it_holds(tmp_path: Path, version: int) -> None:
    path = tmp_path / "journal.sqlite3"
    old_journal(path, version)
    for _ in range(2):
        with contextlib.closing(open_journal(path)) as journal:
            assert journal.workbook_id(Path("/nowhere/a.xlsx"), "Jobs") == 1
            answer = journal.answer(1)
            assert answer is not None
            assert (answer.text, answer.shown_text, dict(answer.fields)) == ("Text.", "Mine.", {"n": 1})
            assert (answer.usage, answer.finished_at) == (Usage(10, 20, 3), datetime.fromisoformat(AT).astimezone(UTC))
            assert [text for _, text in journal.edits(1)] == ["Mine."]
            (outcome,) = journal.outcomes(1)
            assert outcome.failure is not None
            assert (outcome.status, outcome.failure.message, outcome.failure.http_status) == (
                Status.FAILED,
                "No.",
                None,
            )
            assert list(journal.reviews(1)) == [RowReview(1, "2", "d", Review.APPROVED)]
            assert [run.id for run in journal.runs()] == [1]
    open_journal(tmp_path / "new.sqlite3").close()
    assert columns(path) == columns(tmp_path / "new.sqlite3")


@pytest.mark.parametrize("version", range(1, SCHEMA_VERSION))
def test_a_journal_that_cannot_be_brought_up_to_date_stays_as_it_was(tmp_path: Path, version: int) -> None:
    path = tmp_path / "journal.sqlite3"
    old_journal(path, version)
    with contextlib.closing(sqlite3.connect(path)) as old:  # what the last step adds is there already
        old.execute("ALTER TABLE review ADD COLUMN newest INTEGER")
        old.commit()
    before = columns(path)
    with pytest.raises(Exception, match="journal"):
        open_journal(path)
    assert columns(path) == before
    with contextlib.closing(sqlite3.connect(path)) as now:
        assert now.execute("PRAGMA user_version").fetchone() == (version,)
