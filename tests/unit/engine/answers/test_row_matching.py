"""Rows that are moved, sorted, inserted and edited between runs find their own answers, and nobody pays twice."""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.records import RowReview
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review, Status
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.counting import count_instructions
from tests.support.engine import EngineHarness, make_chain, make_manifest, make_topics

STEPS = ({"prompt": "Notes on {{Topic}}"}, {"prompt": "Draft for {{Tone}}: {{s1}}"}, {"prompt": "Edit {{s2}}"})


def numbered() -> Any:
    """Each call gets an answer of its own, so that it can be told which one a row has."""
    asked: Counter[str] = Counter()

    def behave(request: CompletionRequest) -> str:
        prompt = request.messages[-1].content
        asked[prompt] += 1
        return f"({prompt})"

    return behave


async def test_a_sorted_sheet_pays_for_nothing() -> None:
    rows = [{"Topic": f"T{n}", "Tone": "dry"} for n in range(8)]
    bench = EngineHarness(make_manifest(rows), make_chain(*STEPS))
    await bench.run()
    again = bench.reopened(manifest=make_manifest(rows[::-1]))
    assert again.plan().calls == 0
    assert again.text(2) == "<Notes on T7>"


async def test_an_inserted_row_alone_is_paid_for() -> None:
    rows = [{"Topic": f"T{n}", "Tone": "dry"} for n in range(8)]
    bench = EngineHarness(make_manifest(rows), make_chain(*STEPS))
    await bench.run()
    rows.insert(2, {"Topic": "New", "Tone": "dry"})
    again = bench.reopened(manifest=make_manifest(rows))
    assert [planned.row.number for planned in again.plan().rows if planned.work.calls] == [4]
    assert not any(planned.work.stale for planned in again.plan().rows)
    await again.run()
    assert len(again.provider.requests) == 3


async def test_an_edited_row_is_stale_and_runs_again_from_what_changed() -> None:
    rows = [{"Topic": f"T{n}", "Tone": "dry"} for n in range(3)]
    bench = EngineHarness(make_manifest(rows), make_chain(*STEPS))
    await bench.run()
    rows[1]["Tone"] = "warm"
    again = bench.reopened(manifest=make_manifest(rows))
    planned = again.plan().rows
    assert [each.work.stale for each in planned] == [False, True, False]
    assert [each.work.calls for each in planned] == [0, 2, 0]
    assert again.statuses() == {"done": 2, "pending": 1}
    await again.run()
    assert sorted(again.provider.prompts)[0] == "Draft for warm: <Notes on T1>"


async def test_equal_rows_each_have_an_answer_of_their_own() -> None:
    rows = [{"Topic": "Same", "Tone": "dry"}] * 4
    bench = EngineHarness(make_manifest(rows), make_chain(STEPS[0]))
    await bench.run()
    assert len(bench.provider.requests) == 4
    again = bench.reopened(manifest=make_manifest([*rows, *rows[:1]]))
    assert again.plan().calls == 1
    taken = [planned.work.answers[0] for planned in again.plan().rows]
    assert len(set(taken)) == 5
    assert taken[:4] == [bench.ledger.entries[number].answers[0] for number in (2, 3, 4, 5)]


async def test_planning_equal_rows_is_work_in_proportion_to_them() -> None:
    work: list[int] = []
    for count in (50, 200):
        bench = EngineHarness(make_manifest([{"Topic": "Same", "Tone": "dry"}] * count), make_chain(STEPS[0]))
        await bench.run(RunOptions(concurrency=50))
        again = bench.reopened()
        assert again.plan().calls == 0
        work.append(count_instructions(bench.reopened().plan))
    assert work[1] < 5 * work[0]


async def test_a_failed_row_that_moved_is_still_the_failed_one() -> None:
    def behave(request: CompletionRequest) -> None:
        if "T1" in request.messages[-1].content:
            raise CallError(FailureKind.REFUSED, "No.")

    rows = [{"Topic": f"T{n}", "Tone": "dry"} for n in range(3)]
    bench = EngineHarness(make_manifest(rows), make_chain(*STEPS))
    bench.provider.behave = behave
    await bench.run()
    moved = bench.reopened(manifest=make_manifest([rows[1], rows[0], rows[2]]))
    assert [row.row.number for row in moved.plan(RowSelection(failed_only=True)).rows] == [2]
    corrected = bench.reopened(manifest=make_manifest([rows[0], {"Topic": "Better", "Tone": "dry"}, rows[2]]))
    assert [row.row.number for row in corrected.plan(RowSelection(failed_only=True)).rows] == [3]
    corrected.provider.behave = None
    await corrected.run(RunOptions(choice=RowSelection(failed_only=True)))
    assert corrected.reopened().statuses() == {"done": 3}


async def test_a_changed_step_runs_again_with_those_that_use_it() -> None:
    rows = make_manifest([{"Topic": f"T{n}", "Tone": "dry"} for n in range(5)])
    bench = EngineHarness(rows, make_chain(*STEPS))
    await bench.run()
    changed = ({"prompt": "Notes on {{Topic}}"}, {"prompt": "Rewrite: {{s1}}"}, {"prompt": "Edit {{s2}}"})
    again = bench.reopened(chain=make_chain(*changed))
    assert again.plan().calls == 10
    await again.run()
    assert not [prompt for prompt in again.provider.prompts if prompt.startswith("Notes")]
    back = again.reopened(chain=make_chain(*STEPS))
    assert back.plan().calls == 0


async def test_an_edit_by_hand_feeds_the_later_steps_and_makes_them_stale() -> None:
    bench = EngineHarness(make_topics(2), make_chain({"prompt": "Notes on {{Topic}}"}, {"prompt": "Draft: {{s1}}"}))
    await bench.run()
    number = bench.ledger.entries[2].answers[0]
    await bench.journal.store_edit(number, "Mine")
    bench.ledger.replan(bench.manifest.rows[0])
    assert bench.plan().rows[0].work.stale
    assert bench.reopened().plan().rows[0].work.stale
    await bench.run()
    assert bench.provider.prompts[-1] == "Draft: Mine"
    await bench.journal.store_edit(number, None)
    bench.ledger.replan(bench.manifest.rows[0])
    assert bench.plan().calls == 0


async def test_the_status_column_counts_where_the_journal_knows_nothing() -> None:
    manifest = make_manifest([{"Topic": "a", "Status": "done"}, {"Topic": "b", "Status": "failed"}])
    columns = tuple(replace(column, ours=column.name == "Status") for column in manifest.columns)
    bench = EngineHarness(replace(manifest, columns=columns), make_chain({"prompt": "{{Topic}}"}))
    assert [row.row.number for row in bench.plan(RowSelection(failed_only=True)).rows] == [3]


async def reviewed(bench: Any, number: int, word: Review) -> None:
    """Say a word on a row as ``Session.review`` does."""
    last = bench.ledger.entries[number].last_answer
    row = RowReview(bench.workbook_id, str(number), bench.ledger.digests[number], word, last)
    await bench.journal.store_review(row)
    bench.ledger.record_review(last, word)


async def test_a_review_follows_its_answer() -> None:
    rows = [{"Topic": "a"}, {"Topic": "b"}]
    bench = EngineHarness(make_manifest(rows), make_chain({"prompt": "{{Topic}}"}))
    await bench.run()
    await reviewed(bench, 2, Review.APPROVED)
    assert bench.ledger.state(2).review is Review.APPROVED
    moved = bench.reopened(manifest=make_manifest(rows[::-1]))
    assert [moved.ledger.state(number).review for number in (2, 3)] == [Review.UNREVIEWED, Review.APPROVED]
    with_notes = bench.reopened(manifest=make_manifest([one | {"Note": "seen"} for one in rows]))
    assert with_notes.ledger.state(2).review is Review.APPROVED
    changed = bench.reopened(manifest=make_manifest([{"Topic": "new"}, rows[1]]))
    assert changed.ledger.state(2).review is Review.UNREVIEWED


async def test_a_row_that_is_paid_for_again_is_unreviewed() -> None:
    bench = EngineHarness(make_manifest([{"Topic": "a"}, {"Topic": "b"}]), make_chain({"prompt": "{{Topic}}"}))
    await bench.run()
    for number in (2, 3):
        await reviewed(bench, number, Review.REJECTED)
    shot = Snapshot({row.number: bench.ledger.state(row.number) for row in bench.manifest.rows})
    await bench.run(RunOptions(choice=RowSelection(first=1), fresh=True), shot.fold)
    wanted = [Review.UNREVIEWED, Review.REJECTED]
    assert [bench.ledger.state(number).review for number in (2, 3)] == wanted
    assert [shot.rows[number].review for number in (2, 3)] == wanted
    assert [bench.reopened().ledger.state(number).review for number in (2, 3)] == wanted
    await reviewed(bench, 2, Review.APPROVED)
    assert bench.reopened().ledger.state(2).review is Review.APPROVED


async def test_a_review_without_a_noted_answer_counts_for_equal_inputs() -> None:
    rows = [{"Topic": "a"}, {"Topic": "b"}]
    bench = EngineHarness(make_manifest(rows), make_chain({"prompt": "{{Topic}}"}))
    await bench.run()
    await bench.journal.store_review(RowReview(bench.workbook_id, "2", bench.ledger.digests[2], Review.APPROVED))
    assert bench.reopened().ledger.state(2).review is Review.APPROVED
    changed = bench.reopened(manifest=make_manifest([{"Topic": "new"}, rows[1]]))
    assert changed.ledger.state(2).review is Review.UNREVIEWED


row = st.fixed_dictionaries({"Topic": st.sampled_from("abc"), "Tone": st.sampled_from("xy")})
sheets = st.lists(row, min_size=1, max_size=7)


@pytest.mark.slow
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=sheets, second=sheets, data=st.data())
def test_any_shuffled_inserted_edited_resumed_sheet_ends_as_one_run_from_scratch(
    first: Any, second: Any, data: Any
) -> None:
    kept = data.draw(st.permutations(first))[: data.draw(st.integers(0, len(first)))]
    sheet = data.draw(st.permutations([*kept, *second]))
    broken = data.draw(st.sets(st.sampled_from(["Notes on a", "Draft for x: (Notes on b)", "Edit"]), max_size=2))
    answer = numbered()

    def behave(request: CompletionRequest) -> str:
        if any(request.messages[-1].content.startswith(start) for start in broken):
            raise CallError(FailureKind.REJECTED, "No.")
        return str(answer(request))

    async def story() -> None:
        bench = EngineHarness(make_manifest(first), make_chain(*STEPS))
        bench.provider.behave = behave
        await bench.run()
        again = bench.reopened(manifest=make_manifest(sheet))
        again.provider.behave = answer
        plan = again.plan()
        result = await again.run()
        scratch = EngineHarness(make_manifest(sheet), make_chain(*STEPS))
        scratch.provider.behave = numbered()
        await scratch.run()
        numbers = [row.number for row in again.manifest.rows]
        assert result.counts == {Status.DONE: len(sheet)}
        texts = [[again.text(number, step) for step in range(3)] for number in numbers]
        assert texts == [[scratch.text(number, step) for step in range(3)] for number in numbers]
        owned = [answer_id for number in numbers for answer_id in again.ledger.entries[number].answers]
        assert len(set(owned)) == len(owned)
        # The fewest calls that any pairing could need: of each request as many as were not yet answered.
        paid = Counter(one.fingerprint for one in bench.journal.run_answers(1))
        wanted = Counter(one.fingerprint for one in scratch.journal.run_answers(1))
        assert len(again.provider.requests) == (wanted - paid).total()
        assert plan.calls >= len(again.provider.requests)
        assert again.reopened().plan().calls == 0

    asyncio.run(story())


async def test_cleaning_up_spares_what_a_newer_run_took_over() -> None:
    rows = [{"Topic": "a", "Tone": "x"}, {"Topic": "b", "Tone": "x"}]
    bench = EngineHarness(make_manifest(rows), make_chain(*STEPS))
    await bench.run()
    between = datetime.now(UTC)
    again = bench.reopened(manifest=make_manifest([rows[1], {"Topic": "c", "Tone": "x"}]))
    await again.run()
    assert len(again.provider.requests) == 3
    assert (await bench.journal.clean(between)).answers == 3
    assert again.reopened().plan().calls == 0
    assert bench.reopened().plan().calls == 3
