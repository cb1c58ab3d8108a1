"""What is run again after something has changed, with the server's own counters as the witness; and that a person's own
words stand until the person says otherwise."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.events import Event
from chaindesk.domain.row_selection import RowSelection
from chaindesk.domain.status import Status
from chaindesk.engine.answers.row_history import OutputState
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import ReadOptions, open_manifest
from tests.support.engine import EngineHarness, make_chain, make_topics

ANSWERED, KEPT, STALE = OutputState.ANSWERED, OutputState.KEPT, OutputState.STALE
ROWS = 4
STEPS: tuple[Mapping[str, Any], ...] = (
    {"name": "notes", "prompt": "Notes on {{Topic}}"},
    {"name": "draft", "prompt": "Draft: {{notes}}"},
    {"name": "title", "prompt": "Title from {{notes}}"},
    {"name": "edit", "prompt": "Edit: {{draft}}"},
)


class SessionHarness:
    """A workbook, its journal, and a provider on loopback that counts."""

    def __init__(self, folder: Path, server: SimulatorServer) -> None:
        self.path = folder / "jobs.xlsx"
        self.server = server
        self.journal = MemoryJournal()
        self.write([f"T{number}" for number in range(ROWS)])

    def write(self, topics: Sequence[str]) -> None:
        book = openpyxl.Workbook()
        for row in (["ID", "Topic"], *([f"J-{number}", topic] for number, topic in enumerate(topics))):
            book.active.append(row)
        book.save(self.path)

    def open(self, steps: Sequence[Mapping[str, Any]] = STEPS, *, ids: bool = False) -> Session:
        told = [{"model": "demo/writer"} | dict(step) for step in steps]
        chain = Chain.model_validate({"name": "c", "steps": told} | ({"id_column": "ID"} if ids else {}))
        manifest = open_manifest(self.path, ReadOptions(id_column="ID" if ids else None))
        addresses = {"demo:embedded": self.server.base_url}
        return Session(manifest, chain, self.journal, KeyStore(environment={}), addresses=addresses)

    async def calls(self, session: Session, options: RunOptions | None = None) -> int:
        """Run, and give the calls that the server saw."""
        before = self.server.counters.requests
        planned = session.plan((options or RunOptions()).choice, rerun_step=(options or RunOptions()).rerun_step).calls
        result = await session.run(options or RunOptions(), lambda _: None)
        assert not result.counts.get(Status.FAILED)
        made = self.server.counters.requests - before
        assert made <= planned or (options and options.fresh)
        return made


@asynccontextmanager
async def harness_in(folder: Path) -> AsyncIterator[SessionHarness]:
    async with SimulatorServer(SimulatorOptions(latency=0.0, distribution="constant", words=8)) as server:
        yield SessionHarness(folder, server)


def states(session: Session, number: int = 2) -> list[OutputState]:
    return [output.state for output in session.outputs(row_of(session, number))]


def texts(session: Session, number: int = 2) -> list[str]:
    return [output.text for output in session.outputs(row_of(session, number))]


def row_of(session: Session, number: int) -> Any:
    return next(row for row in session.manifest.rows if row.number == number)


@pytest.mark.parametrize(("changed", "calls"), [(0, 4), (1, 2), (2, 1), (3, 1)])
async def test_a_changed_step_runs_with_those_that_use_it_and_no_other(
    tmp_path: Path, changed: int, calls: int
) -> None:
    steps = [dict(step) for step in STEPS]
    steps[changed]["prompt"] = f"Please: {steps[changed]['prompt']}"
    async with harness_in(tmp_path) as harness:
        before = harness.open()
        assert await harness.calls(before) == ROWS * len(STEPS)
        again = harness.open(steps)
        assert await harness.calls(again) == ROWS * calls
        assert await harness.calls(harness.open()) == 0, "the chain as it was has its answers still"
        for number in range(2, ROWS + 2):
            kept = [a == b for a, b in zip(texts(before, number), texts(again, number), strict=True)]
            assert kept[:changed] == [True] * changed
            assert kept[2] is (changed not in (0, 2)), "the title does not use the draft"


async def test_the_whole_circle_of_an_edit(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        row, first = row_of(session, 2), texts(session)
        await session.edit(row, "draft", "Mine.")
        assert states(session) == [ANSWERED, ANSWERED, ANSWERED, STALE]
        assert session.ledger.state(2).stale
        await session.edit(row, "draft", None)
        assert states(session) == [ANSWERED] * 4
        assert not session.ledger.state(2).stale
        assert await harness.calls(session) == 0, "nothing was changed in the end"

        await session.edit(row, "draft", "Mine.")
        assert await harness.calls(session) == 1
        edited = texts(session)
        assert (edited[1], edited[3] == first[3]) == ("Mine.", False)
        await session.edit(row, "draft", None)
        assert texts(session) == first, "the older later answer comes back"
        assert await harness.calls(session) == 0
        await session.edit(row, "draft", "Mine.")
        assert texts(session) == edited, "and so does the one to the edit"
        assert await harness.calls(harness.open()) == 0
        assert texts(harness.open()) == edited


async def test_a_stale_answer_stays_stale_when_another_step_is_edited(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        row = row_of(session, 2)
        await session.edit(row, "draft", "Mine.")
        await session.edit(row, "title", "A title")
        assert states(session) == [ANSWERED, ANSWERED, ANSWERED, STALE]
        assert session.ledger.state(2).stale
        assert harness.open().ledger.state(2).stale


async def test_own_words_stand_when_what_they_came_from_changes(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        row = row_of(session, 2)
        await session.edit(row, "edit", "The last word.")
        await session.edit(row, "notes", "Other notes.")
        assert states(session) == [ANSWERED, STALE, STALE, KEPT]
        assert session.ledger.state(2).kept
        shot = Snapshot(session.statuses())
        assert session.plan().calls == 2
        before = harness.server.counters.requests

        def fold(event: Event) -> None:
            shot.fold(event)

        await session.run(RunOptions(), fold)
        assert harness.server.counters.requests - before == 2
        for now in (session, harness.open()):
            assert states(now) == [ANSWERED, ANSWERED, ANSWERED, KEPT]
            assert texts(now)[3] == "The last word."
            assert now.ledger.state(2) == replace(shot.rows[2], attempts=1)
            assert now.ledger.state(2).kept
            assert now.plan().calls == 0
        (notice,) = harness.open().plan().notices
        assert notice.rows == (2,)
        assert "you wrote and that stay" in notice.message
        exported = openpyxl.load_workbook((await session.export(harness.path.with_name("out.xlsx"))).path).active
        header = [cell.value for cell in exported[1]]
        assert exported[2][header.index("edit")].value == "The last word."
        assert exported[2][header.index("Error")].value == "edit: edited by hand, kept although its inputs changed"
        assert exported[2][header.index("Status")].value == "done"


async def test_own_words_stand_until_their_step_is_run_again_on_purpose(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        row = row_of(session, 2)
        model = texts(session)[3]
        await session.edit(row, "edit", "The last word.")
        await session.edit(row, "draft", "Other draft.")
        assert await harness.calls(session) == 0
        this = RowSelection.of_numbers([2])
        plan = session.plan(this, rerun_step="edit")
        assert (plan.calls, plan.overwritten) == (1, (2,))
        assert any("new answers replace them" in notice.message for notice in plan.notices)
        assert await harness.calls(session, RunOptions(this, rerun_step="edit")) == 1
        for now in (session, harness.open()):
            assert states(now) == [ANSWERED] * 4
            assert "The last word." not in texts(now)
            assert now.plan().calls == 0
        versions = session.versions(row, "edit")
        assert [(one.text == "The last word.", one.by_hand, one.shown, one.fits) for one in versions] == [
            (False, False, True, True),
            (True, True, False, False),
            (False, False, False, False),
        ]
        assert versions[-1].text == model
        await session.edit(row, "draft", None)
        assert texts(session)[3] == "The last word.", "what was written for the older draft comes back with it"
        assert await harness.calls(harness.open()) == 0


async def test_an_answer_of_the_model_that_was_chosen_again_is_not_told_as_a_persons_own_words(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        row, this = row_of(session, 2), RowSelection.of_numbers([2])
        before = tuple(session.answers_of(this)[2])
        assert await harness.calls(session, RunOptions(this, rerun_step="edit")) == 1
        await session.choose_answers(row, before)
        plan = session.plan(this, rerun_step="edit")
        assert (plan.calls, plan.overwritten, plan.notices) == (1, (), ())
        await session.edit(row, "draft", "Other draft.")
        told = [notice.message for notice in session.plan(this).notices]
        assert told == [
            "1 row has earlier answers that you chose again and that stay, although their inputs or prompts have "
            "changed since."
        ]


async def test_back_to_the_models_text_makes_what_no_longer_fits_stale(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        row = row_of(session, 2)
        await session.edit(row, "edit", "The last word.")
        await session.edit(row, "draft", "Other draft.")
        await session.edit(row, "edit", None)
        assert states(session)[3] is STALE
        assert states(harness.open())[3] is STALE
        await session.edit(row, "edit", "Written over what is stale.")
        assert states(session)[3] is KEPT
        assert states(harness.open())[3] is KEPT
        assert harness.open().plan().calls == 0


async def test_a_step_can_be_run_again_with_those_that_use_it(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        before = [texts(session, number) for number in range(2, ROWS + 2)]
        await session.edit(row_of(session, 3), "edit", "Mine.")
        made = await harness.calls(session, RunOptions(RowSelection.of_numbers([2, 3]), rerun_step="draft"))
        assert made == 2, "an answer like the one before makes nothing else stale"
        assert [texts(session, number) for number in (4, 5)] == before[2:]
        assert texts(session, 3)[3] == "Mine."


async def test_what_a_row_at_work_has_been_answered_is_not_stale(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        await harness.calls(harness.open())
        steps = [dict(step) for step in STEPS]
        steps[0]["prompt"] = "Better notes on {{Topic}}"
        session = harness.open(steps)
        seen: list[list[OutputState]] = []

        def look(event: Any) -> None:
            if getattr(event, "row", 0) == 2 and type(event).__name__ in ("StepFinished", "RowFinished"):
                seen.append(states(session))

        assert states(session) == [STALE] * 4
        await session.run(RunOptions(RowSelection.of_numbers([2])), look)
        expected = [[ANSWERED] * done + [STALE] * (4 - done) for done in (1, 2, 3, 4)]
        assert seen == [*expected, expected[-1]]


async def test_a_corrected_input_leaves_own_words_only_where_the_row_is_surely_the_same(tmp_path: Path) -> None:
    for ids, kept in ((True, KEPT), (False, STALE)):
        folder = tmp_path / str(ids)
        folder.mkdir()
        async with harness_in(folder) as harness:
            session = harness.open(ids=ids)
            await harness.calls(session)
            await session.edit(row_of(session, 3), "edit", "Mine.")
            harness.write(["T0", "corrected", *(f"T{number}" for number in range(2, ROWS))])
            again = harness.open(ids=ids)
            assert states(again, 3) == [STALE, STALE, STALE, kept]
            assert await harness.calls(again) == (3 if ids else 4)
            assert states(harness.open(ids=ids), 3)[3] is (KEPT if ids else ANSWERED)


async def test_own_words_follow_their_row_and_no_other(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        session = harness.open()
        await harness.calls(session)
        await session.edit(row_of(session, 3), "edit", "Mine.")
        await session.edit(row_of(session, 3), "draft", "Mine, too.")
        assert session.ledger.state(3).kept
        book = openpyxl.load_workbook(harness.path)
        book.active.insert_rows(2)
        book.active["B2"] = "new"
        book.save(harness.path)
        moved = harness.open()
        assert texts(moved, 4)[1::2] == ["Mine, too.", "Mine."]
        assert [moved.ledger.state(number).kept for number in range(2, 7)] == [False, False, True, False, False]
        assert moved.ledger.state(2).status is Status.PENDING
        assert await harness.calls(moved) == 4
        assert not [number for number in (2, 3, 5, 6) if "Mine." in texts(harness.open(), number)]


OPERATIONS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.integers(0, 2), st.integers(0, 2)),
        st.tuples(st.just("take back"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("prompt"), st.integers(0, 2), st.integers(0, 1)),
        st.tuples(st.just("run"), st.just(0), st.just(0)),
        st.tuples(st.just("run anew"), st.integers(0, 2), st.just(0)),
        st.tuples(st.just("reopen"), st.just(0), st.just(0)),
    ),
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@example([("write", 1, 0), ("write", 0, 0), ("run anew", 1, 0), ("take back", 0, 0), ("write", 0, 0)])
@given(OPERATIONS)
def test_whatever_is_done_own_words_stand_and_no_call_is_made_twice(doings: list[tuple[str, int, int]]) -> None:
    """A row is edited, its chain changed, run, and run anew on purpose in any order.

    After each doing: a cell shows the person's last words unless they were taken back or the step was run anew since;
    a journal that is read anew says the very same as the ledger that was kept up to date; a run leaves nothing to run.
    """

    async def story() -> None:
        prompts = ["Notes on {{Topic}}", "Draft: {{s1}}", "Edit: {{s2}}"]
        bench = EngineHarness(make_topics(2), make_chain(*({"prompt": prompt} for prompt in prompts)))
        await bench.run()
        row, words = bench.manifest.rows[0], dict[int, str]()
        for doing, step, which in doings:
            number = bench.ledger.entries[2].answers[step]
            match doing:
                case "write" if number:
                    words[step] = f"Mine {which}"
                    await bench.journal.store_edit(number, words[step])
                    bench.ledger.record_edit(row, step, number, words[step])
                case "take back" if number and step in words:
                    del words[step]
                    await bench.journal.store_edit(number, None)
                    bench.ledger.record_edit(row, step, number, None)
                case "prompt":
                    start = ("", "Please: ")[which]
                    prompts[step] = start + prompts[step].removeprefix("Please: ")
                    bench = bench.reopened(chain=make_chain(*({"prompt": prompt} for prompt in prompts)))
                case "run":
                    await bench.run()
                    assert bench.plan().calls == 0
                case "run anew":
                    words.pop(step, None)
                    await bench.run(RunOptions(RowSelection.of_numbers([2]), rerun_step=f"s{step + 1}"))
                case "reopen":
                    bench = bench.reopened()
            for place, text in words.items():
                assert bench.text(2, place) == text
            assert "Mine" not in "".join(bench.text(3, place) for place in range(3))
            again = bench.read_ledger()
            for one in (2, 3):
                assert again.entries[one].answers == bench.ledger.entries[one].answers
                assert again.entries[one].manual_outdated == bench.ledger.entries[one].manual_outdated
                assert again.entries[one].stale == bench.ledger.entries[one].stale
                known, own = again.entries[one].totals, bench.ledger.entries[one].totals
                assert (known and known.usage) == (own and own.usage)

    asyncio.run(story())


async def test_what_another_program_stored_is_seen_at_the_next_look(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        here, there = harness.open(), harness.open()
        assert here.ledger.state(2).status is Status.PENDING
        assert not here.refresh(), "nobody has written anything"
        async with SimulatorServer(
            SimulatorOptions(latency=0.0, distribution="constant", fail_containing="T0")
        ) as failing:
            there.addresses["demo:embedded"] = failing.base_url
            await there.run(RunOptions(), lambda _: None)
        assert here.refresh()
        assert here.ledger.state(2).status is Status.FAILED
        assert here.ledger.state(3).status is Status.DONE
        assert not here.refresh()
        await here.edit(row_of(here, 3), "edit", "Mine.")
        assert not here.refresh(), "what it wrote itself is known already"
        assert there.refresh()
        assert texts(there, 3)[3] == "Mine."


async def test_failures_alone_of_another_program_are_seen(tmp_path: Path) -> None:
    async with harness_in(tmp_path) as harness:
        here, there = harness.open(), harness.open()
        assert here.ledger.state(2).status is Status.PENDING
        async with SimulatorServer(
            SimulatorOptions(latency=0.0, distribution="constant", fail_containing="Notes")
        ) as failing:
            there.addresses["demo:embedded"] = failing.base_url
            await there.run(RunOptions(), lambda _: None)
        before = harness.server.counters.requests
        await here.run(RunOptions(RowSelection(failed_only=True)), lambda _: None)
        assert harness.server.counters.requests - before == ROWS * len(STEPS), "it knows which rows failed elsewhere"
