"""A damaged journal is kept aside to the byte, and what can be read of it goes on in a new one."""

from __future__ import annotations

import asyncio
import contextlib
import random
import sqlite3
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.records import Answer, RerunNote, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.domain.status import Review, Status
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.journal.sqlite.repair import repair
from tests.support.journals import make_answer

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
COUNT = 400


def filled(path: Path, count: int = COUNT) -> dict[int, Answer]:
    """A journal with a run and many answers."""

    async def fill() -> None:
        journal = open_journal(path)
        workbook = journal.workbook_id(path.with_name("a.xlsx"), "Jobs")
        run = await journal.begin_run(RunRecord(workbook, "a.xlsx", "Jobs", "c", ("draft",), 1, count, NOON))
        await journal.store_reuse(run, ())
        texts = [random.Random(key).randbytes(1200).hex() for key in range(count)]  # hardly to be compressed
        storing = [journal.store_answer(make_answer(row_key=str(key), text=texts[key])) for key in range(count)]
        numbers = await asyncio.gather(*storing)
        for key in range(0, count, 50):
            done = RowOutcome(run, workbook, str(key), key, "d", Status.DONE, None, 1.0, NOON)
            await journal.store_outcome(done)
            await journal.store_review(RowReview(workbook, str(key), "d", Review.APPROVED, numbers[key]))
            await journal.store_edit(numbers[key], "Mine.")
            await journal.store_note(RerunNote(workbook, str(key), "d", "draft", "p", "Long.", "Shorter.", NOON))
        await journal.end_run(run, RunState.FINISHED, NOON, 0, 0)
        journal.close()

    asyncio.run(fill())
    return everything(path)


def everything(path: Path) -> dict[int, Answer]:
    with contextlib.closing(open_journal(path)) as journal:
        for run in journal.runs():
            list(journal.run_outcomes(run.id))
        list(journal.reviews(1))
        list(journal.outcomes(1))
        journal.notes(1)
        return {answer.id: answer for answer in journal.run_answers(1)}


def overwritten(content: bytearray, chance: random.Random) -> None:
    for _ in range(chance.randint(1, 12)):
        start = chance.randrange(len(content))
        length = min(chance.choice([1, 16, 512, 4096, 20_000]), len(content) - start)
        content[start : start + length] = chance.randbytes(length)


def cut(content: bytearray, chance: random.Random) -> None:
    del content[chance.randrange(1, len(content)) :]


def without_beginning(content: bytearray, chance: random.Random) -> None:
    length = chance.randint(1, 4096)
    content[:length] = bytes(length)


@pytest.mark.parametrize("seed", range(8))
@pytest.mark.parametrize("damage", [overwritten, cut, without_beginning])
def test_whatever_is_damaged_is_told_in_words_and_what_reads_is_saved(tmp_path: Path, damage: Any, seed: int) -> None:
    path = tmp_path / "journal.sqlite3"
    before = filled(path)
    content = bytearray(path.read_bytes())
    damage(content, random.Random(seed))
    path.write_bytes(content)
    refused = None
    try:
        after = everything(path)
    except JournalError as error:
        refused = error
    if refused is None:  # what was overwritten is a text, or nothing at all
        assert after.keys() <= before.keys()
        return
    assert refused.trouble is JournalTrouble.DAMAGED, refused
    assert "--repair" in str(refused)
    broken = path.read_bytes()
    saved = repair(path)
    assert saved.kept.read_bytes() == broken
    after = everything(path)
    assert saved.answers == len(after)
    assert after.keys() <= before.keys()
    same = sum(after[number] == before[number] for number in after)
    assert len(after) - same <= 15, "those alone whose own bytes were overwritten may differ"
    left = sorted(file.name for file in tmp_path.iterdir() if not file.name.startswith(("journal.sqlite3", "a.xlsx")))
    assert left == []


def test_all_but_what_was_hit_is_saved(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    before = filled(path)
    content = bytearray(path.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 3 * 4096] = b"\xff" * (3 * 4096)
    path.write_bytes(content)
    with pytest.raises(JournalError, match="damaged"):
        open_journal(path)
    saved = repair(path)
    assert not saved.whole
    assert saved.answers >= COUNT * 0.95
    assert saved.runs == 1
    after = everything(path)
    assert all(before[number] == answer for number, answer in after.items())


def test_the_beginning_is_lent_by_a_new_journal(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    before = filled(path)
    content = bytearray(path.read_bytes())
    content[:4096] = b"This is no database at all." + bytes(4096 - 27)
    path.write_bytes(content)
    assert repair(path).answers == COUNT
    assert everything(path) == before


def test_a_journal_of_no_byte_is_begun_again_and_that_is_told(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    path.touch()
    journal = open_journal(path)  # a crash at its very making leaves such a file
    assert journal.notices == ()
    with journal.lock_workbook(1):
        pass
    journal.close()
    path.write_bytes(b"")
    begun = open_journal(path)
    begun.close()
    assert [str(path) in words and "was empty" in words for words in begun.notices] == [True]
    again = open_journal(path)
    again.close()
    assert again.notices == ()


@pytest.fixture
def small_journal(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    path = tmp_path_factory.mktemp("small") / "journal.sqlite3"
    filled(path, 3)
    return path.read_bytes()


@pytest.mark.parametrize("position", [*range(18, 24), *range(40, 100)])
@pytest.mark.parametrize("change", [0xFF, 0x01])
def test_a_header_damaged_in_one_byte_is_told_as_damage_and_repaired(
    tmp_path: Path, small_journal: bytes, position: int, change: int
) -> None:
    path = tmp_path / "journal.sqlite3"
    content = bytearray(small_journal)
    content[position] ^= change
    path.write_bytes(content)
    refused = None
    try:
        open_journal(path).close()
    except JournalError as error:
        refused = error
    if refused is not None:
        assert refused.trouble is JournalTrouble.DAMAGED, str(refused)
        saved = repair(path)
        assert (saved.answers, saved.kept.read_bytes()) == (3, bytes(content))
    assert len(everything(path)) == 3


def test_a_write_ahead_log_is_never_thrown_away_with_an_emptied_file(tmp_path: Path) -> None:
    path, log = tmp_path / "journal.sqlite3", tmp_path / "journal.sqlite3-wal"
    path.touch()
    log.write_bytes(b"answers")
    with pytest.raises(JournalError, match="is empty"):
        open_journal(path)
    assert log.read_bytes() == b"answers"


def test_what_is_not_damaged_is_not_repaired(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    with pytest.raises(JournalError, match="There is no journal"):
        repair(path)
    before = filled(path)
    with pytest.raises(JournalError, match="is sound"):
        repair(path)
    assert everything(path) == before
    other = tmp_path / "places.sqlite"
    with contextlib.closing(sqlite3.connect(other)) as connection:
        connection.execute("CREATE TABLE bookmarks (url TEXT)")
        connection.execute("PRAGMA user_version = 7")
        connection.commit()
    content = other.read_bytes()
    with pytest.raises(JournalError, match="another program"):
        repair(other)
    assert other.read_bytes() == content
    assert {file.name for file in tmp_path.iterdir()} == {"journal.sqlite3", "places.sqlite"}


def test_a_value_that_cannot_be_is_told_as_damage(tmp_path: Path) -> None:
    path = tmp_path / "journal.sqlite3"
    filled(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE answer SET finished_at = 'soon' WHERE id = 3")
        connection.execute("UPDATE answer SET text = CAST(x'ff41' AS TEXT) WHERE id = 4")
        connection.commit()
    with contextlib.closing(open_journal(path)) as journal:
        for number in (3, 4):
            with pytest.raises(JournalError) as caught:
                journal.answer(number)
            assert caught.value.trouble is JournalTrouble.DAMAGED
    saved = repair(path)
    assert (saved.answers, saved.whole) == (COUNT - 1, False)
    assert set(range(1, COUNT + 1)) - everything(path).keys() == {3}
