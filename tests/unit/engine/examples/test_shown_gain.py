"""The gain that examples are said to bring, measured on held-out rows, against what they bring to rows that are new."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from chaindesk.chain_file import parse_chain
from chaindesk.credentials import KeyStore
from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, RowReview
from chaindesk.domain.status import Review
from chaindesk.engine.comparison.measures import Measure, MeasureKind
from chaindesk.engine.comparison.row_sample import held_out_from
from chaindesk.engine.prompting.examples import MOST_KEPT, ExampleSet
from chaindesk.engine.session import Session
from chaindesk.journal.memory import MemoryJournal
from tests.support.engine import make_manifest

CHAIN = """\
name: sorting
steps:
  - name: sort
    model: demo/classifier
    prompt: "Sort this: {{Topic}}"
    fields: {kind: string}
    examples: {from: approved, most: 2}
"""
KINDS, WORDS_OF_A_KIND, COMMON_WORDS = 12, 250, 40
APPROVED, NEW = 3_600, 600
ALONE, TAUGHT = 0.80, 0.85
"""How often the simulated model is right: without an example of the right kind, and with one."""
TRIALS = 100


@dataclass(frozen=True, slots=True)
class World:
    """Rows of which the first ones are approved, as the product sees them, and the kind that each truly is."""

    session: Session
    kinds: dict[int, str]

    def chance(self, examples: ExampleSet, row: Row) -> float:
        """Return how often the simulated model is right about a row that is shown its examples."""
        shown = examples.nearest(row.number, row.values["Topic"])
        if any(one.row == row.number for one in shown):
            return 1.0  # it copies
        return TAUGHT if any(self.kinds[one.row] == self.kinds[row.number] for one in shown) else ALONE


def make_world(chance: random.Random) -> World:
    kinds = {number: f"kind-{chance.randrange(KINDS)}" for number in range(2, APPROVED + NEW + 2)}

    def topic(kind: str) -> str:
        own = f"{kind.replace('-', '')}w{chance.randrange(WORDS_OF_A_KIND)}"
        return " ".join((own, *(f"w{chance.randrange(COMMON_WORDS)}" for _ in range(5))))

    manifest = make_manifest([{"Topic": topic(kind)} for kind in kinds.values()], Path("jobs.xlsx"))
    journal = MemoryJournal()
    session = Session(manifest, parse_chain(CHAIN, "c.yaml"), journal, KeyStore(environment={}))
    asyncio.run(approve(session, manifest.rows[:APPROVED], kinds))
    return World(Session(manifest, session.chain, journal, session.keys), kinds)


async def approve(session: Session, rows: tuple[Row, ...], kinds: dict[int, str]) -> None:
    now = datetime(2026, 1, 2, tzinfo=UTC)
    digests = session.manifest.digests()
    for row in rows:
        asked, _ = session.request_builder.fingerprint(0, row, {})
        kind = kinds[row.number]
        told = Answer(
            1, session.workbook_id, row.key, row.number, "sort", asked, f'{{"kind": "{kind}"}}', "m", Usage(1, 1), None,
            1.0, 1, Finish.STOP, "", now, fields={"kind": kind},
        )  # fmt: skip
        number = await session.journal.store_answer(told)
        review = RowReview(session.workbook_id, row.key, digests[row.number], Review.APPROVED, number)
        await session.journal.store_review(review)


def test_the_shown_gain_of_examples_is_within_two_points_of_the_truth_in_95_of_100_trials() -> None:
    world = make_world(random.Random(1))
    rows = world.session.manifest.rows
    examples = world.session.with_examples().examples[0]
    assert len(examples.known) == MOST_KEPT
    held_out = held_out_from(world.session, rows)
    assert len(held_out) == examples.held_out
    assert not {row.number for row in held_out} & {one.row for one in examples.known}
    measured = {row.number: world.chance(examples, row) for row in held_out}
    new = [world.chance(examples, row) for row in rows[APPROVED:]]
    truth = sum(new) / len(new) - ALONE
    assert 0.02 < truth < TAUGHT - ALONE  # they help, and not everywhere
    within = 0
    for trial in range(TRIALS):
        chance = random.Random(trial)
        difficulty = {number: chance.random() for number in measured}
        right = {one: (difficulty[one] < ALONE, difficulty[one] < taught) for one, taught in measured.items()}
        measure = Measure.of(MeasureKind.APPROVED, right)
        assert measure is not None
        within += abs(measure.pairs.gain - truth) <= 0.02
    assert within >= 95
