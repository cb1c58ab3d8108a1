"""Two chains on the same rows: said before, paid for once, judged alike, and nothing lost when one is taken."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest

from chaindesk.chain_file import parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Manifest
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Review
from chaindesk.engine.comparison.comparison import Comparison, Pick
from chaindesk.engine.comparison.differing_steps import with_models
from chaindesk.engine.comparison.measures import MeasureKind
from chaindesk.engine.comparison.row_sample import sample
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from chaindesk.workbook import ReadOptions, open_manifest
from tests.support.workbooks import WorkbookMaker

CHAIN = """\
name: sorting
providers:
  lab: {{kind: openai-chat, base_url: "{address}", prices: {{"*": {{input: 1, output: 2}}}}}}
steps:
  - {{name: notes, model: lab/writer, prompt: "Notes on {{{{Topic}}}}"}}
  - name: sort
    model: lab/writer
    prompt: "Sort this: {{{{Topic}}}} {{{{notes}}}}"
    fields: {{kind: [retail, food, other], reason: string}}
    checks: [{{field: kind, one_of: [retail, food]}}]
  - {{name: title, model: lab/writer, prompt: "A title for {{{{Topic}}}}"}}
"""
ROWS = 12


class World:
    """A workbook with its chain, a provider that counts, and a journal."""

    def __init__(self, folder: Path, server: SimulatorServer) -> None:
        self.path = WorkbookMaker(folder).table([["Topic"], *([f"topic {number}"] for number in range(ROWS))])
        self.server, self.journal = server, MemoryJournal()
        self.a = parse_chain(CHAIN.format(address=server.base_url), "a.yaml")

    @property
    def calls(self) -> int:
        return self.server.counters.requests

    @property
    def manifest(self) -> Manifest:
        return open_manifest(self.path, ReadOptions())

    @property
    def keys(self) -> KeyStore:
        return KeyStore(environment={"LAB_API_KEY": "k"})

    def session(self, chain: Chain) -> Session:
        return Session(self.manifest, chain, self.journal, self.keys)

    def changed(self, step: str, change: Callable[[str], str]) -> Chain:
        steps = [
            one.model_copy(update={"prompt": change(one.prompt)}) if one.name == step else one for one in self.a.steps
        ]
        return self.a.model_copy(update={"steps": steps})

    def compare(self, b: Chain, rows: int = ROWS) -> Comparison:
        manifest = self.manifest
        return Comparison(manifest, (self.a, b), sample(manifest.rows, rows), self.journal, self.keys)


@asynccontextmanager
async def world_in(folder: Path) -> AsyncIterator[World]:
    async with SimulatorServer(SimulatorOptions(latency=0)) as server:
        yield World(folder, server)


def other_prompt(text: str) -> str:
    return text.replace("Sort this", "Please sort")


async def test_as_many_calls_are_made_as_were_said_and_what_both_ask_alike_is_asked_once(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        comparison = world.compare(world.changed("sort", other_prompt), rows=5)
        plan = comparison.plan()
        assert (plan.calls, plan.shared, plan.side_calls) == (5 * 4, 5 * 2, 0)
        assert await comparison.run(lambda event: None) is RunState.FINISHED
        assert world.calls == plan.calls
        assert plan.high is not None
        assert Decimal(0) < comparison.spent <= plan.high


async def test_a_comparison_made_again_or_longer_pays_for_what_is_new_alone(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        b = world.changed("sort", other_prompt)
        await world.compare(b, rows=4).run(lambda event: None)
        assert world.compare(b, rows=4).plan().calls == 0
        longer = world.compare(b, rows=7)
        assert longer.plan().calls == 3 * 4
        before = world.calls
        await longer.run(lambda event: None)
        assert world.calls - before == 3 * 4


async def test_answers_of_earlier_runs_are_reused_and_those_of_a_comparison_by_the_chain_that_is_taken(
    tmp_path: Path,
) -> None:
    async with world_in(tmp_path) as world:
        await world.session(world.a).run(RunOptions(), lambda event: None)
        b = world.changed("sort", other_prompt)
        comparison = world.compare(b, rows=5)
        assert comparison.plan().calls == 5
        await comparison.run(lambda event: None)
        taken = world.session(b)
        assert taken.plan().calls == ROWS - 5
        before = world.calls
        await taken.run(RunOptions(), lambda event: None)
        assert world.calls - before == ROWS - 5
        assert world.session(world.a).plan().calls == 0  # and going back costs nothing


async def test_a_comparison_leaves_the_rows_as_they_were(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session(world.a)
        await session.run(RunOptions(), lambda event: None)
        first = session.manifest.rows[0]
        await session.edit(first, "title", "My own title")
        await session.review(first, Review.APPROVED)
        before = {number: (one.status, one.review) for number, one in session.statuses().items()}
        comparison = world.compare(world.changed("title", lambda text: f"{text}, please"))
        await comparison.run(lambda event: None)
        again = world.session(world.a)
        assert {number: (one.status, one.review) for number, one in again.statuses().items()} == before
        assert again.outputs(first)[2].text == "My own title"
        assert comparison.rows()[0].a[0].text != "My own title"  # the model is compared, not the person


async def test_what_both_are_judged_by_is_counted_row_by_row(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        comparison = world.compare(world.changed("sort", other_prompt))
        await comparison.run(lambda event: None)
        rows = comparison.rows()
        figures = comparison.figures(rows)
        (measure,) = figures.measures
        assert measure.kind is MeasureKind.CHECKS
        assert measure.by_row == {
            one.row.number: (one.a[0].fields["kind"] != "other", one.b[0].fields["kind"] != "other") for one in rows
        }
        assert f"of {ROWS} rows" in measure.sentence
        assert (figures.rows, figures.answered) == (ROWS, ROWS)


async def test_approved_and_edited_answers_are_what_counts_as_right(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        session = world.session(world.a)
        await session.run(RunOptions(), lambda event: None)
        rows = session.manifest.rows
        kinds = {row.number: session.outputs(row)[1].fields["kind"] for row in rows}
        for row in rows[:6]:
            await session.review(row, Review.APPROVED)
        wrong = rows[6]
        other = next(kind for kind in ("retail", "food", "other") if kind != kinds[wrong.number])
        await session.edit(wrong, "sort", f'{{"kind": "{other}", "reason": "mine"}}')
        await session.review(rows[7], Review.REJECTED)
        comparison = world.compare(world.changed("sort", other_prompt))
        await comparison.run(lambda event: None)
        measure = comparison.figures(comparison.rows()).measures[0]
        assert measure.kind is MeasureKind.APPROVED
        assert set(measure.by_row) == {row.number for row in rows[:7]}
        assert [measure.by_row[row.number][0] for row in rows[:7]] == [True] * 6 + [False]
        said = {one.row.number: one.b[0].fields["kind"] for one in comparison.rows()}
        assert all(measure.by_row[row.number][1] is (said[row.number] == kinds[row.number]) for row in rows[:6])


async def test_the_budget_is_for_both_together(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        b = world.changed("notes", lambda text: f"{text}!")
        free = world.compare(b, rows=6)
        whole = free.plan().cost
        assert whole is not None
        state = await free.run(lambda event: None, budget=whole / 2)
        assert state is RunState.HALTED
        assert free.spent <= whole / 2


async def test_another_model_in_a_step_is_the_other_side(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        comparison = world.compare(with_models(world.a, ["sort=lab/other"]), rows=3)
        assert comparison.steps == (("sort", "sort"),)
        assert comparison.plan().calls == 3 * 4


async def test_what_cannot_be_compared_is_said(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        with pytest.raises(UsageError, match="ask the same"):
            world.compare(world.a)
        with pytest.raises(UsageError, match='no step "srt"'):
            with_models(world.a, ["srt=lab/other"])
        with pytest.raises(UsageError, match="step=provider/model"):
            with_models(world.a, ["sort=other"])


async def test_picks_are_kept_for_their_answers_and_counted_in_every_later_comparison(tmp_path: Path) -> None:
    async with world_in(tmp_path) as world:
        b = world.changed("title", lambda text: f"{text}, in verse")
        comparison = world.compare(b, rows=6)
        await comparison.run(lambda event: None)
        apart = [row for row in comparison.rows() if row.picked_pair is not None]
        assert len(apart) >= 4
        for row, pick in zip(apart, (Pick.B, Pick.B, Pick.A, Pick.NEITHER), strict=False):
            await comparison.pick(row, pick)
        for found in (comparison, world.compare(b, rows=6)):
            rows = found.rows()
            (measure,) = found.figures(rows).measures
            assert measure.kind is MeasureKind.PICKS
            assert (measure.pairs.better, measure.pairs.worse, measure.pairs.both) == (2, 1, 1)
        again = world.compare(b, rows=6)
        await again.pick(apart[0], None)
        assert again.pick_of(apart[0]) is None
        assert world.compare(b, rows=6).pick_of(apart[1]) is Pick.B
        turned = Comparison(world.manifest, (b, world.a), [row.row.number for row in apart], world.journal, world.keys)
        assert turned.pick_of(turned.rows()[1]) is Pick.A  # the very same answer, whichever side it stands on
