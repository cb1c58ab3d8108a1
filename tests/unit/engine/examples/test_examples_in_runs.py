"""Examples from approvals in runs: later rows see them, finished rows keep their answers, the journal knows which."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaindesk.chain_file import parse_chain
from chaindesk.chain_file.dump import dump_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.errors import ChainError
from chaindesk.domain.events import Event, StepFinished
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Review
from chaindesk.engine.prompting.examples import is_held_out
from chaindesk.engine.prompting.step_preview import preview_step
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.engine.trial import previewed_examples
from chaindesk.journal.sqlite.journal import open_journal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import ReadOptions, open_manifest
from tests.support.workbooks import WorkbookMaker

CHAIN = """\
name: sorting
providers:
  lab: {{kind: openai-chat, base_url: "{address}"}}
steps:
  - name: sort
    model: lab/writer
    system: Be brief.
    prompt: "Sort this: {{{{Topic}}}}"
    {examples}
"""
SHOWN = "examples: {from: approved, most: 2}"
ROWS = 14


class ExampleWorld:
    """A workbook, its journal, and a provider that keeps what it was asked."""

    def __init__(self, folder: Path, server: SimulatorServer) -> None:
        self.path = WorkbookMaker(folder).table([["Topic"], *([f"wine number {number}"] for number in range(ROWS))])
        self.journal = open_journal(folder / "journal.sqlite3")
        self.server = server

    def session(self, examples: str = SHOWN) -> Session:
        chain = parse_chain(CHAIN.format(address=self.server.base_url, examples=examples), "c.yaml")
        keys = KeyStore(environment={"LAB_API_KEY": "k"})
        return Session(open_manifest(self.path, ReadOptions()), chain, self.journal, keys)

    @property
    def calls(self) -> int:
        return self.server.counters.requests


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[ExampleWorld]:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        world = ExampleWorld(folder, server)
        yield world
        world.journal.close()


async def run(session: Session, rows: str) -> list[StepFinished]:
    events: list[Event] = []
    await session.run(RunOptions(choice=RowSelection.parse(rows)), events.append)
    return [one for one in events if isinstance(one, StepFinished) and not one.reused]


def teaching_rows(session: Session) -> list[int]:
    """Return the first two rows that are not held out."""
    return [row.number for row in session.manifest.rows if not is_held_out(row.key)][:2]


async def approve(session: Session, *numbers: int) -> None:
    for row in session.manifest.rows:
        if row.number in numbers:
            await session.review(row, Review.APPROVED)


def answers(session: Session) -> Mapping[int, Any]:
    found = {row.number: session.outputs(row)[0].answer for row in session.manifest.rows}
    return {number: answer for number, answer in found.items() if answer is not None}


async def test_later_rows_are_shown_approved_answers_and_the_journal_knows_which(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session()
        first, second = teaching_rows(session)
        await run(session, f"{first},{second}")
        assert all(answer.examples == () for answer in answers(session).values())
        await approve(session, first)
        await session.edit(session.manifest.rows[second - 2], "sort", "my own words")
        last = session.manifest.rows[-1]
        request = session.with_examples().request(0, last, {})
        assert {one.row for one in request.examples} == {first, second}
        assert "my own words" in {one.text for one in request.examples}
        assert [one.role for one in request.said] == ["system", "user", "assistant", "user", "assistant", "user"]
        await run(session, str(last.number))
        told = answers(session)
        assert set(told[last.number].examples) == {told[first].id, told[second].id}


async def test_a_later_approval_makes_no_answer_stale_and_pays_for_none_again(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session()
        await run(session, "all")
        before = answers(session)
        await approve(session, *before)
        assert session.plan().calls == 0
        again = world.session()
        assert (again.plan().calls, again.plan().reused) == (0, ROWS)
        assert not any(state.stale for state in again.statuses().values())
        asked = world.calls
        await run(again, "all")
        assert world.calls == asked
        assert {number: one.id for number, one in answers(again).items()} == {n: one.id for n, one in before.items()}


async def test_a_row_that_is_asked_again_on_purpose_sees_the_newer_examples(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session()
        await run(session, "all")
        first, _ = teaching_rows(session)
        await approve(session, first)
        last = session.manifest.rows[-1].number
        options = RunOptions(choice=RowSelection.of_numbers([last]), rerun_step="sort")
        await session.run(options, lambda event: None)
        told = answers(session)
        assert told[last].examples == (told[first].id,)


async def test_what_is_approved_while_a_run_goes_on_is_for_the_next_run(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session()
        first, second = teaching_rows(session)
        await run(session, f"{first},{second}")
        await approve(session, first)
        frozen = session.with_examples()
        await approve(session, second)
        last = session.manifest.rows[-1]
        assert [one.row for one in frozen.request(0, last, {}).examples] == [first]
        assert frozen.fingerprint(0, last, {}) == session.with_examples().fingerprint(0, last, {})
        assert frozen.request(0, last, {}).fingerprint == frozen.fingerprint(0, last, {})[0]


async def test_rejected_and_held_out_rows_are_no_examples(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session("examples: {most: 20}")
        await run(session, "all")
        rows = session.manifest.rows
        await approve(session, *(row.number for row in rows))
        first, _ = teaching_rows(session)
        await session.review(rows[first - 2], Review.REJECTED)
        shown = {one.row for one in session.with_examples().request(0, rows[-1], {}).examples}
        wanted = {row.number for row in rows if not is_held_out(row.key)} - {first, rows[-1].number}
        assert shown == wanted
        assert len(wanted) < ROWS - 2  # some are held out


async def test_an_answer_that_was_only_chosen_again_is_no_example(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session()
        first, second = teaching_rows(session)
        await run(session, f"{first},{second}")
        rows = [session.manifest.rows[number - 2] for number in (first, second)]
        before = session.answers_of(RowSelection.of_numbers([first]))[first]
        options = RunOptions(choice=RowSelection.of_numbers([first]), rerun_step="sort")
        await session.run(options, lambda event: None)
        await session.choose_answers(rows[0], before)
        assert session.ledger.is_manual(first, 0)
        last = session.manifest.rows[-1]
        assert session.with_examples().request(0, last, {}).examples == ()
        await session.review(rows[0], Review.APPROVED)
        assert [one.row for one in session.with_examples().request(0, last, {}).examples] == [first]


async def test_what_examples_are_and_take_is_said_before(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        plain = world.session("").plan().estimate.input_tokens
        session = world.session()
        plan = session.plan()
        assert plan.estimate.input_tokens == plain
        assert "has no examples yet" in session.hints(plan)[-1].message
        first, second = teaching_rows(session)
        await run(session, f"{first},{second}")
        await approve(session, first, second)
        plan = session.plan()
        assert plan.estimate.input_tokens > world.session("").plan(RowSelection.parse("all")).estimate.input_tokens
        said = session.hints(plan)[-1].message
        assert said.startswith("Step sort shows 2 of 2 examples in each call, about ")


async def test_adding_examples_keeps_what_is_approved_and_asks_the_others_again(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        before = world.session("")
        await run(before, "all")
        first, second = teaching_rows(before)
        await approve(before, first, second)
        after = world.session()
        plan = after.plan()
        assert plan.calls == ROWS - 2
        assert set(plan.approved) == {first, second}
        shown = after.with_examples().request(0, after.manifest.rows[-1], {}).examples
        assert {one.row for one in shown} == {first, second}


async def test_the_editor_is_told_what_a_step_would_show_a_row(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session("")
        first, second = teaching_rows(session)
        await run(session, f"{first},{second}")
        await approve(session, first)
        edited = parse_chain(CHAIN.format(address=world.server.base_url, examples=SHOWN), "c.yaml")
        last = session.manifest.rows[-1]
        known = (session.chain, session.ledger, session.journal)
        shown = previewed_examples(edited, session.manifest, last, "sort", *known)
        assert [one.row for one in shown] == [first]
        assert shown[0].prompt == f"Sort this: wine number {first - 2}"
        preview = preview_step(edited, session.manifest, last, "sort", {})
        assert replace(preview, examples=shown).tokens > preview.tokens
        assert previewed_examples(session.chain, session.manifest, last, "sort", *known) == ()


def test_a_chain_file_says_examples_and_mistakes_are_named() -> None:
    chain = parse_chain(CHAIN.format(address="http://localhost:1/v1", examples=SHOWN), "c.yaml")
    assert chain.steps[0].examples is not None
    assert chain.steps[0].examples.most == 2
    again = dump_chain(chain)
    assert "from: approved" in again
    assert parse_chain(again, "c.yaml") == chain
    assert json.loads(chain.model_dump_json())["steps"][0]["examples"] == {"from": "approved", "most": 2}
    for wrong, words in (
        ("examples: {from: judged}", "approved"),
        ("examples: {form: approved}", 'Did you mean "from"?'),
        ("examples: {most: 0}", "at least 1"),
        ("examples: {source: approved}", 'no field "source"'),
    ):
        with pytest.raises(ChainError) as found:
            parse_chain(CHAIN.format(address="http://localhost:1/v1", examples=wrong), "c.yaml")
        assert words in str(found.value)
