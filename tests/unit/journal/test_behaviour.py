"""What every journal promises, in memory and on disk alike."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaindesk.domain.completion import Finish
from chaindesk.domain.errors import FailureKind, JournalError, UsageError
from chaindesk.domain.records import Failure, RerunNote, RowOutcome, RowReview, RunRecord, RunState
from chaindesk.domain.status import Review, Status
from chaindesk.journal.protocol import Journal
from tests.support.journals import make_answer

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)


def outcome(key: str, status: Status, failure: Failure | None = None, run_id: int = 1) -> RowOutcome:
    return RowOutcome(run_id, 1, key, int(key), f"digest {key}", status, failure, 2.5, NOON)


def record() -> RunRecord:
    return RunRecord(
        1, "/a/book.xlsx", "Jobs", "article", ("research", "draft"), 25, 100, NOON, definition='{"name": "article"}'
    )


async def test_an_answer_comes_back_as_it_was_stored(journal: Journal) -> None:
    plain = make_answer()
    fields = make_answer(fields={"quality": 4, "reason": "fine", "sure": True, "share": 0.5}, finish=Finish.LENGTH)
    bare = make_answer(usage=None, cost=None, text="")
    for answer in (plain, fields, bare):
        number = await journal.store_answer(answer)
        assert journal.answer(number) == replace(answer, id=number)


async def test_answers_are_found_by_request_oldest_first(journal: Journal) -> None:
    first = await journal.store_answer(make_answer(row_key="9"))
    second = await journal.store_answer(make_answer(row_key="3"))
    await journal.store_answer(make_answer(fingerprint="other"))
    await journal.store_answer(make_answer(workbook_id=2))
    await journal.store_answer(make_answer(step="edit"))
    assert [answer.id for answer in journal.answers(1, "draft", "f" * 64)] == [first, second]
    assert [number for number, _, _ in journal.answer_index(1, "draft")][:2] == [first, second]
    assert {key for _, key, _ in journal.answer_index(1, "draft")} == {"9", "3", "2"}


async def test_an_edit_stands_beside_the_models_text_and_can_be_undone(journal: Journal) -> None:
    number = await journal.store_answer(make_answer())
    await journal.store_edit(number, "Mine.")
    edited = journal.answer(number)
    assert edited is not None
    assert (edited.text, edited.shown_text) == ("An answer.", "Mine.")
    await journal.store_edit(number, None)
    back = journal.answer(number)
    assert back is not None
    assert back.shown_text == "An answer."
    assert [text for _, text in journal.edits(number)] == ["Mine.", None]


async def test_history_is_of_one_row_key_newest_first(journal: Journal) -> None:
    old = await journal.store_answer(make_answer())
    new = await journal.store_answer(make_answer(fingerprint="new"))
    await journal.store_answer(make_answer(row_key="3"))
    assert [answer.id for answer in journal.history(1, "2")] == [new, old]


async def test_the_newest_outcome_and_review_of_each_row_count(journal: Journal) -> None:
    failure = Failure("draft", FailureKind.SERVER, "It broke.", 6, 503, "req_7")
    await journal.store_outcome(outcome("2", Status.FAILED, failure))
    await journal.store_outcome(outcome("3", Status.FAILED, failure))
    await journal.store_outcome(outcome("2", Status.DONE, run_id=2))
    found = {each.row_key: each for each in journal.outcomes(1)}
    assert found["2"].status is Status.DONE
    assert found["3"] == outcome("3", Status.FAILED, failure)
    assert [each.row_key for each in journal.run_outcomes(1)] == ["2", "3"]
    await journal.store_review(RowReview(1, "2", "digest 2", Review.REJECTED))
    await journal.store_review(RowReview(1, "2", "digest 2", Review.APPROVED))
    await journal.store_outcome(replace(outcome("2", Status.STOPPED), digest="another row stood here"))
    assert [each.status for each in journal.outcomes(1)] == [Status.FAILED, Status.DONE, Status.STOPPED]
    assert list(journal.reviews(1)) == [RowReview(1, "2", "digest 2", Review.APPROVED)]


async def test_the_newest_review_of_each_answer_counts(journal: Journal) -> None:
    words = [
        RowReview(1, "2", "d", Review.REJECTED, 7),
        RowReview(1, "2", "d", Review.REJECTED, 8, "Too long."),
        RowReview(1, "3", "d", Review.EDITED, 7),
        RowReview(2, "2", "d", Review.EDITED, 9),
    ]
    for word in words:
        await journal.store_review(word)
    assert list(journal.reviews(1)) == [words[1], words[2]]


async def test_notes_are_kept_as_they_were_stored_last_in_the_order_of_their_writing(journal: Journal) -> None:
    first = RerunNote(1, "2", "d", "draft", "plain", "Long.", "Shorter.", NOON, "noted")
    second = replace(first, answer="Short.", text="Shorter still.", made_at=NOON + timedelta(seconds=1))
    token = journal.change_token(1)
    for note in (first, second, replace(first, row_key="3"), replace(first, workbook_id=2)):
        await journal.store_note(note)
    assert journal.change_token(1) != token
    assert list(journal.notes(1)) == [first, replace(first, row_key="3"), second]
    await journal.store_note(replace(first, withdrawn=True))
    assert list(journal.notes(1)) == [replace(first, row_key="3"), replace(first, withdrawn=True), second]
    await journal.store_note(first)
    assert first in journal.notes(1)


async def test_runs_are_kept_with_how_they_ended(journal: Journal) -> None:
    first = await journal.begin_run(record())
    second = await journal.begin_run(record())
    await journal.end_run(first, RunState.STOPPED, NOON, 7, 3)
    ended = journal.run(first)
    assert ended == replace(record(), id=first, state=RunState.STOPPED, finished_at=NOON, retries=7, reused=3)
    assert [run.id for run in journal.runs()] == [second, first]
    with journal.lock_workbook(record().workbook_id):
        assert journal.runs()[0].state is RunState.RUNNING
    await journal.store_answer(make_answer(run_id=second))
    assert [answer.run_id for answer in journal.run_answers(second)] == [second]
    assert journal.run(99) is None
    assert journal.usage_counts()["run"] == 2


def test_a_workbook_is_known_by_its_path_and_sheet(journal: Journal, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"one")
    number = journal.workbook_id(book, "Jobs")
    book.write_bytes(b"edited meanwhile")
    assert journal.workbook_id(book, "Jobs") == number
    assert journal.workbook_id(book, "Other") != number
    other = tmp_path / "other.xlsx"
    other.write_bytes(b"two")
    assert journal.workbook_id(other, "Jobs") != number


def test_a_copy_of_equal_content_is_the_same_workbook(journal: Journal, tmp_path: Path) -> None:
    book, copy = tmp_path / "book.xlsx", tmp_path / "copy.xlsx"
    book.write_bytes(b"one")
    copy.write_bytes(b"one")
    assert journal.workbook_id(book, "Jobs") == journal.workbook_id(copy, "Jobs")


def test_a_moved_and_edited_workbook_is_known_by_its_name(journal: Journal, tmp_path: Path) -> None:
    book, folder = tmp_path / "book.xlsx", tmp_path / "archive"
    folder.mkdir()
    book.write_bytes(b"one")
    number = journal.workbook_id(book, "Jobs")
    namesake = folder / "book.xlsx"
    namesake.write_bytes(b"quite another")
    assert journal.workbook_id(namesake, "Jobs") != number
    moved = tmp_path / "moved"
    moved.mkdir()
    book.rename(moved / "book.xlsx")
    (moved / "book.xlsx").write_bytes(b"moved and edited")
    assert journal.workbook_id(moved / "book.xlsx", "Jobs") == number


async def test_an_export_counts_as_its_workbook(journal: Journal, tmp_path: Path) -> None:
    book, export = tmp_path / "book.xlsx", tmp_path / "book.completed.xlsx"
    book.write_bytes(b"one")
    number = journal.workbook_id(book, "Jobs")
    export.write_bytes(b"one with answers")
    await journal.add_path(number, export)
    export.write_bytes(b"one with answers, edited")
    assert journal.workbook_id(export, "Jobs") == number


async def test_a_closed_journal_takes_nothing(journal: Journal) -> None:
    journal.close()
    with pytest.raises(JournalError, match="closed"):
        await journal.store_answer(make_answer())


async def test_an_export_is_told_from_what_a_person_made_of_it(journal: Journal, tmp_path: Path) -> None:
    source, export = tmp_path / "jobs.xlsx", tmp_path / "jobs.completed.xlsx"
    source.write_bytes(b"original")
    number = journal.workbook_id(source, "Jobs")
    assert not journal.is_own_export(export)
    export.write_bytes(b"exported")
    await journal.add_path(number, export)
    assert journal.is_own_export(export)
    assert not journal.is_own_export(source)
    export.write_bytes(b"edited by hand")
    assert not journal.is_own_export(export)
    journal.workbook_id(export, "Jobs")
    assert not journal.is_own_export(export), "that it was opened meanwhile does not make it ours"


def test_one_run_at_a_time_has_the_turn_at_a_workbook(journal: Journal) -> None:
    with journal.lock_workbook(1), journal.lock_workbook(2):
        with pytest.raises(UsageError, match="Another run is going on over this workbook"), journal.lock_workbook(1):
            pass
        with pytest.raises(UsageError), journal.lock_workbook(1):
            pass
    with journal.lock_workbook(1):
        pass


async def test_what_a_person_likes_better_of_two_answers_is_kept_and_can_be_taken_back(journal: Journal) -> None:
    workbook = journal.workbook_id(Path("/nowhere/picked.xlsx"), "Jobs")
    first, second, third = [await journal.store_answer(make_answer(workbook_id=workbook)) for _ in range(3)]
    await journal.store_pick(second, first, second)
    await journal.store_pick(first, third, 0)
    assert journal.picks(workbook) == {(first, second): second, (first, third): 0}
    assert not journal.picks(workbook + 1)
    await journal.store_pick(first, second, None)
    await journal.store_pick(third, first, first)
    assert journal.picks(workbook) == {(first, third): first}


async def test_the_examples_that_an_answer_was_given_with_are_kept_with_it(journal: Journal) -> None:
    number = await journal.store_answer(make_answer(examples=(7, 3)))
    found = journal.answer(number)
    assert found is not None
    assert found.examples == (7, 3)


async def test_a_run_knows_which_answers_it_reused_and_for_which_rows(journal: Journal) -> None:
    await journal.store_reuse(4, [(1, "J-1"), (2, "J-9")])
    await journal.store_reuse(5, [(1, "J-2")])
    assert journal.run_reuse(4) == {1: "J-1", 2: "J-9"}
    assert journal.run_reuse(6) == {}
