"""What a person wrote or approved stays a row's own, whatever its steps ask now."""

from __future__ import annotations

from pathlib import Path

from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review
from chaindesk.engine.answers.rows.standing_answers import StandingAnswers
from chaindesk.engine.run.options import RunOptions
from tests.unit.engine.test_trial import changed, harness_in


def test_a_written_text_goes_before_an_approved_answer_and_gives_way_to_it() -> None:
    standing = StandingAnswers()
    standing.approve(2, 9, {0: 7, 1: 9})
    standing.write(2, 1, 9)
    assert (standing.is_approved(2, 1), standing.is_written(2, 1)) == (False, True)
    standing.take_back(2, 1, 8)
    assert standing.is_written(2, 1), "that was another answer's"
    standing.take_back(2, 1, 9)
    assert (standing.is_approved(2, 1), standing.answer(2, 1)) == (True, 9)


def test_a_row_with_a_new_answer_keeps_what_was_written_and_nothing_that_was_approved() -> None:
    standing = StandingAnswers()
    standing.approve(2, 9, {0: 7, 1: 9})
    standing.approve(3, 11, {0: 11})
    standing.write(2, 1, 9)
    standing.drop_approved(2)
    assert (standing.answer(2, 0), standing.answer(2, 1), standing.answer(3, 0)) == (None, 9, 11)
    standing.forget(2, 1)
    assert standing.answer(2, 1) is None


async def test_a_text_written_over_an_approved_answer_stands_when_an_earlier_step_is_rerun(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.session()
        row = session.manifest.rows[0]
        await session.run(RunOptions(), lambda event: None)
        await session.review(row, Review.APPROVED)
        session = harness.session(changed("draft", "Write: {{notes}}"))
        assert session.ledger.outdated_approved(row.number) == {2}
        await session.edit(row, "draft", "In my own words.")
        calls = harness.calls
        alone = RowSelection.of_numbers([row.number])
        await session.run(RunOptions(alone, rerun_step="notes"), lambda event: None)
        assert harness.calls == calls + 1, "nobody asks for the text that a person wrote"
        assert session.outputs(row)[2].text == "In my own words."
        assert harness.session(changed("draft", "Write: {{notes}}")).outputs(row)[2].text == "In my own words."
