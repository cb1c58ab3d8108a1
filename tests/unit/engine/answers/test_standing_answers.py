"""What a person wrote or approved stays a row's own, whatever its steps ask now."""

from __future__ import annotations

from pathlib import Path

from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review
from chaindesk.engine.answers.ledger_cache import LedgerCache
from chaindesk.engine.answers.row_edits import RowEdits
from chaindesk.engine.answers.rows.standing_answers import StandingAnswers
from chaindesk.engine.run.options import RunOptions
from tests.support.engine import EngineHarness, make_chain, make_topics
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


async def test_an_approval_of_a_prompt_taken_up_again_stands_against_newer_answers_to_another_until_it_is_run() -> None:
    first = ({"prompt": "Write on {{Topic}}"}, {"prompt": "Cut {{s1}}"})
    other = ({"prompt": "Tell of {{Topic}}"}, {"prompt": "Cut {{s1}}"})
    bench = EngineHarness(make_topics(2), make_chain(*first))
    answers = iter(range(100))
    bench.provider.behave = lambda request: f"answer {next(answers)}"
    await bench.run()
    bench = bench.reopened(chain=make_chain(*other), provider=bench.provider)
    await bench.run()
    bench = bench.reopened(chain=make_chain(*first), provider=bench.provider)
    approved = [bench.text(2, step) for step in (0, 1)]
    ledgers = LedgerCache(bench.journal, bench.workbook_id, lambda: bench.ledger)
    edits = RowEdits(bench.chain.steps, bench.journal, bench.workbook_id, ledgers)
    await edits.review(bench.manifest.rows[0], Review.APPROVED)
    bench = bench.reopened(chain=make_chain(*other), provider=bench.provider)
    assert [bench.text(2, step) for step in (0, 1)] == approved
    assert bench.text(3) not in {"", approved[0]}
    assert (bench.ledger.state(2).review, bench.plan().calls) == (Review.APPROVED, 0)
    await bench.run(RunOptions(RowSelection.of_numbers([2]), fresh=True))
    bench = bench.reopened(chain=make_chain(*other), provider=bench.provider)
    assert bench.text(2) not in {"", approved[0]}, "the person ran the row after the approval"
