"""A note to the model asks its step again with the answer before; its answer stands, and nothing is paid twice."""

from __future__ import annotations

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind, UsageError
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.records import RowReview
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review, Status
from chaindesk.engine.answers.ledger_cache import LedgerCache
from chaindesk.engine.answers.rerun_notes import NotedRow, RerunNotes
from chaindesk.engine.answers.row_edits import RowEdits
from chaindesk.engine.answers.row_history import OutputState, outputs_of, versions_of
from chaindesk.engine.run.options import RunOptions
from tests.support.engine import EngineHarness, make_chain, make_manifest, make_topics

TWO = ({"prompt": "A {{Topic}}"}, {"prompt": "B {{s1}}"})


def notes_of(bench: EngineHarness) -> RerunNotes:
    ledgers = LedgerCache(bench.journal, bench.workbook_id, lambda: bench.ledger)
    return RerunNotes(bench.manifest, bench.request_builder, bench.journal, bench.workbook_id, ledgers)


async def note(bench: EngineHarness, text: str = "Shorter.", number: int = 2, step: str = "s1") -> tuple[NotedRow, ...]:
    rows = [row for row in bench.manifest.rows if row.number == number]
    return await notes_of(bench).add(rows, step, text)


async def ran(manifest: Manifest, *steps: dict[str, str]) -> EngineHarness:
    answers = iter(range(1000))
    bench = EngineHarness(manifest, make_chain(*(steps or TWO)))
    bench.provider.behave = lambda request: f"answer {next(answers)}"
    await bench.run()
    return bench


def missing(bench: EngineHarness) -> int:
    return bench.plan().calls


async def test_the_model_gets_its_answer_and_the_note_and_later_steps_follow() -> None:
    bench = await ran(make_topics(2))
    before = bench.text(2)
    await note(bench)
    assert missing(bench) == 2
    assert bench.text(3, 1)
    bench.provider.requests.clear()
    await bench.run()
    first, second = bench.provider.requests
    assert [message.role for message in first.messages] == ["user", "assistant", "user"]
    assert [message.content for message in first.messages[:2]] == ["A T0", before]
    assert first.messages[2].content.endswith("Shorter.")
    assert second.messages[0].content == f"B {bench.text(2)}"
    assert bench.text(2) not in {"", before}


async def test_its_answer_stands_in_every_later_run_and_after_reopening_until_the_prompt_changes() -> None:
    bench = await ran(make_topics(2))
    await note(bench)
    await bench.run()
    noted = bench.text(2)
    assert missing(bench) == 0
    again = bench.reopened()
    assert (missing(again), again.text(2)) == (0, noted)
    other = bench.reopened(chain=make_chain({"prompt": "C {{Topic}}"}, TWO[1]))
    assert missing(other) == 4
    await other.run()
    assert {len(request.messages) for request in other.provider.requests} == {1}
    back = bench.reopened()
    assert (missing(back), back.text(2)) == (0, noted)


async def test_a_note_whose_answer_never_came_is_asked_by_the_next_run_after_a_kill() -> None:
    bench = await ran(make_topics(2))
    await note(bench)
    again = bench.reopened()
    assert again.ledger.state(2).status is Status.PENDING
    output = outputs_of(again.request_builder, again.ledger, again.journal, again.manifest.rows[0])[0]
    assert (output.state, output.note, output.text) == (OutputState.STALE, "Shorter.", "answer 0")
    await again.run()
    assert len(again.provider.requests[0].messages) == 3
    assert missing(again.reopened()) == 0


async def test_a_failed_call_with_a_note_is_made_again_with_it() -> None:
    bench = await ran(make_topics(1))
    await note(bench)
    behave = bench.provider.behave
    bench.provider.behave = _refuse
    await bench.run()
    assert bench.ledger.state(2).status is Status.FAILED
    bench.provider.behave = behave
    await bench.run(RunOptions(RowSelection(failed_only=True)))
    assert len(bench.provider.requests[-2].messages) == 3
    assert bench.ledger.state(2).status is Status.DONE


def _refuse(request: CompletionRequest) -> str:
    raise CallError(FailureKind.REJECTED, "No.")


async def test_taken_back_the_answer_before_is_the_rows_again_and_put_back_nothing_is_paid() -> None:
    bench = await ran(make_topics(1))
    texts = [bench.text(2, step) for step in (0, 1)]
    noted = await note(bench)
    await bench.run()
    new = [bench.text(2, step) for step in (0, 1)]
    await notes_of(bench).store(noted, withdrawn=True)
    assert (missing(bench), [bench.text(2, step) for step in (0, 1)]) == (0, texts)
    again = bench.reopened()
    assert (missing(again), [again.text(2, step) for step in (0, 1)]) == (0, texts)
    await notes_of(bench).store(noted, withdrawn=False)
    assert (missing(bench), [bench.text(2, step) for step in (0, 1)]) == (0, new)


async def test_the_same_note_once_more_is_a_new_question() -> None:
    bench = await ran(make_topics(1))
    bench.provider.behave = lambda request: "always the same"
    for _ in range(3):
        await note(bench)
        bench.provider.requests.clear()
        await bench.run()
        assert len(bench.provider.requests[0].messages) == 3
    second = await note(bench, "Once more.")
    await notes_of(bench).store(second, withdrawn=True)
    assert missing(bench) == 0, "the note before stands again"


async def test_an_edited_text_is_what_the_note_is_about_and_stands_again_without_it() -> None:
    bench = await ran(make_topics(1))
    ledgers = LedgerCache(bench.journal, bench.workbook_id, lambda: bench.ledger)
    edits = RowEdits(bench.chain.steps, bench.journal, bench.workbook_id, ledgers)
    row, answer = bench.manifest.rows[0], bench.ledger.entries[2].answers[0]
    assert answer
    await edits.edit(row, 0, "Mine.", answer)
    noted = await note(bench)
    for reopened in (bench, bench.reopened()):
        assert missing(reopened) == 2
    await bench.run()
    assert bench.provider.requests[-2].messages[1].content == "Mine."
    new = bench.text(2)
    assert bench.reopened().text(2) == new
    await notes_of(bench).store(noted, withdrawn=True)
    for reopened in (bench, bench.reopened()):
        assert reopened.text(2) == "Mine."
    await notes_of(bench).store(noted, withdrawn=False)
    assert bench.text(2) == new
    assert bench.ledger.entries[2].answers[0]
    await edits.edit(row, 0, "Mine again.", bench.ledger.entries[2].answers[0])
    assert bench.reopened().text(2) == "Mine again.", "a text that was written after the note stands"


@pytest.mark.parametrize("reopen", [False, True])
async def test_an_approval_gives_way_to_a_note_and_comes_back_with_it(reopen: bool) -> None:
    bench = await ran(make_topics(1))
    last = bench.ledger.entries[2].last_answer
    await bench.journal.store_review(RowReview(bench.workbook_id, "2", bench.ledger.digests[2], Review.APPROVED, last))
    bench = bench.reopened(chain=make_chain({"prompt": "New {{Topic}}"}, TWO[1]), provider=bench.provider)
    assert (missing(bench), bench.ledger.state(2).review) == (0, Review.APPROVED)
    noted = await note(bench)
    bench = bench.reopened(provider=bench.provider) if reopen else bench
    assert missing(bench) == 2
    await notes_of(bench).store(noted, withdrawn=True)
    bench = bench.reopened(provider=bench.provider) if reopen else bench
    assert (missing(bench), bench.ledger.state(2).review) == (0, Review.APPROVED)


async def test_versions_tell_which_note_they_follow() -> None:
    bench = await ran(make_topics(1))
    await note(bench, "Shorter.")
    await bench.run()
    await note(bench, "With a number.")
    await bench.run()
    row = bench.manifest.rows[0]
    versions = versions_of(bench.request_builder, bench.ledger, bench.journal, row, 0)
    assert [(version.note, version.fits, version.shown) for version in versions] == [
        ("With a number.", True, True),
        ("Shorter.", False, False),
        ("", True, False),
    ]


async def test_a_note_follows_its_row_wherever_it_is_moved() -> None:
    manifest = make_manifest([{"ID": f"r{n}", "Topic": f"T{n}"} for n in range(4)], key="ID")
    bench = await ran(manifest)
    await note(bench, number=3)
    await bench.run()
    noted = bench.text(3)
    turned = make_manifest([{"ID": f"r{n}", "Topic": f"T{n}"} for n in reversed(range(4))], key="ID")
    moved = bench.reopened(manifest=turned)
    assert (missing(moved), moved.text(4)) == (0, noted)


async def test_a_row_without_an_answer_has_nothing_to_note() -> None:
    bench = EngineHarness(make_topics(2), make_chain(*TWO))
    with pytest.raises(UsageError, match="has no answer"):
        await note(bench)
    assert not bench.journal.notes(bench.workbook_id)


async def test_a_plan_with_a_note_counts_the_answer_before_and_stores_nothing() -> None:
    bench = await ran(make_topics(1))
    drafts = notes_of(bench).drafts(bench.manifest.rows, "s1", "x" * 4000)
    noted = bench.request_builder.with_notes(drafts)
    plain, _ = bench.request_builder.fingerprint(0, bench.manifest.rows[0], {})
    asked, tokens = noted.fingerprint(0, bench.manifest.rows[0], {})
    assert asked != plain
    assert tokens > 1000
    assert not bench.journal.notes(bench.workbook_id)
    assert noted.request(0, bench.manifest.rows[0], {}).fingerprint == asked
