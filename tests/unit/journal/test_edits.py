"""Which answers show a person's text, and how a reader knows that somebody else has written."""

from __future__ import annotations

from datetime import UTC, datetime

from chaindesk.domain.records import RowOutcome, RowReview
from chaindesk.domain.status import Review, Status
from chaindesk.journal.protocol import Journal
from tests.support.journals import make_answer


def outcome(digest: str = "d", key: str = "2") -> RowOutcome:
    return RowOutcome(1, 1, key, 2, digest, Status.DONE, None, 1.0, datetime.now(UTC))


async def test_a_text_of_a_person_stands_until_it_is_taken_back(journal: Journal) -> None:
    first, second, _ = [await journal.store_answer(make_answer(step=step)) for step in ("draft", "edit", "score")]
    other = await journal.store_answer(make_answer(workbook_id=2))
    await journal.store_outcome(outcome())
    assert not journal.manual_edits(1)
    for number in (second, first, other):
        await journal.store_edit(number, "mine")
    standing = journal.manual_edits(1)
    assert [(one.answer_id, one.step, one.digest) for one in standing] == [(second, "edit", "d"), (first, "draft", "d")]
    await journal.store_edit(second, "mine, again")
    assert [one.answer_id for one in journal.manual_edits(1)] == [first, second]
    assert journal.manual_edits(1)[-1].edited_at == journal.edits(second)[-1][0]
    await journal.store_edit(first, None)
    assert [one.answer_id for one in journal.manual_edits(1)] == [second]


async def test_inputs_of_a_row_that_never_ended_are_not_known(journal: Journal) -> None:
    number = await journal.store_answer(make_answer(row_key="7"))
    await journal.store_edit(number, "mine")
    (standing,) = journal.manual_edits(1)
    assert (standing.row_key, standing.digest, standing.fingerprint) == ("7", "", "f" * 64)


async def test_the_mark_moves_with_everything_that_is_stored(journal: Journal) -> None:
    marks = [journal.change_token(1)]
    number = await journal.store_answer(make_answer())
    marks.append(journal.change_token(1))
    await journal.store_outcome(outcome())
    marks.append(journal.change_token(1))
    await journal.store_review(RowReview(1, "2", "d", Review.APPROVED, number))
    marks.append(journal.change_token(1))
    await journal.store_edit(number, "mine")
    marks.append(journal.change_token(1))
    assert len(set(marks)) == len(marks)
    assert journal.change_token(1) == journal.change_token(1)
