"""Longest first at the end of a run: what it gains and what it leaves alone, on clocks that jump."""

from __future__ import annotations

import asyncio
import heapq
import math
import random
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from chaindesk.domain.chains.chain import Chain, RowOrder
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.events import RowFinished, StepStarted
from chaindesk.domain.manifest import Manifest, Row
from chaindesk.engine.ordering.row_durations import RowDurations
from chaindesk.engine.ordering.row_queue import RowQueue
from chaindesk.engine.planning.plan import PlannedRow, RowWork
from chaindesk.engine.run.options import RunOptions
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_manifest
from tests.support.rate_world import run_virtual

_STEPS = 3
_WORLDS = 100  # sheets and latencies that are summed up
Seconds = Callable[[int, int], float]
"""The seconds of a step's call, by the row's place and the step's index."""


def spread(rng: random.Random, sigma: float = 0.3) -> float:
    """Return a factor of 1 in the mean."""
    return rng.lognormvariate(-(sigma**2) / 2, sigma)


@dataclass
class World:
    """A sheet, and the seconds of each call on it.

    Attributes:
        manifest: the sheet.
        seconds: of each call.
        began: the sheet numbers of the rows in the order in which they began.
        ended: when each row ended, by sheet number.
    """

    manifest: Manifest
    seconds: Seconds
    began: list[int] = field(default_factory=list)
    ended: dict[int, float] = field(default_factory=dict)

    def chain(self, at_once: int) -> Chain:
        columns = [column.name for column in self.manifest.columns if column.name != "Place"]
        quoted = " ".join(f"{{{{{name}}}}}" for name in columns)
        steps = [{"prompt": f"{index} {{{{Place}}}} {quoted}"} for index in range(_STEPS)]
        return make_chain(*steps, concurrency=at_once)

    def scheduled(self, order: RowOrder, at_once: int = 25, *, before: bool = False) -> float:
        """Give each row of the queue to the slot that is free first, and return when the last one ends.

        Args:
            order: of the rows.
            at_once: slots.
            before: whether a run before knows the rows.
        """
        harness = EngineHarness(self.manifest, self.chain(at_once))
        earlier = {row.number: self.row_seconds(row) for row in self.manifest.rows} if before else {}
        longest_first = order is RowOrder.LONGEST_FIRST
        durations = RowDurations(harness.request_builder, earlier) if longest_first else None
        queue = RowQueue(lambda: at_once, durations)
        for row in self.manifest.rows:
            queue.append(PlannedRow(row, RowWork((None,) * _STEPS, _STEPS)))
        busy: list[tuple[float, int, PlannedRow]] = []
        now = 0.0
        while len(queue):
            if len(busy) == at_once:
                now, _, ended = heapq.heappop(busy)
                queue.observe(ended, self.row_seconds(ended.row) / _STEPS)
            planned = queue.take()
            heapq.heappush(busy, (now + self.row_seconds(planned.row), planned.row.number, planned))
        return max(at for at, _, _ in busy)

    def row_seconds(self, row: Row) -> float:
        return sum(self.seconds(int(row.values["Place"]), step) for step in range(_STEPS))

    def makespan(self, order: RowOrder, at_once: int = 25, runs: int = 1) -> float:
        """Run the sheet by the engine, and return the seconds of the last of so many runs."""
        return float(run_virtual(self._run(order, at_once, runs)))

    async def _run(self, order: RowOrder, at_once: int, runs: int) -> float:
        loop = asyncio.get_running_loop()

        async def answer(request: CompletionRequest) -> Completion:
            step, place, *_ = request.messages[-1].content.split()
            seconds = self.seconds(int(place), int(step))
            await asyncio.sleep(seconds)
            return Completion("x", request.model, Usage(10, 20), seconds=seconds)

        provider = ScriptedProvider(answer)
        harness = EngineHarness(self.manifest, self.chain(at_once), provider=provider, clock=loop.time)
        for _ in range(runs):
            began = loop.time()
            await harness.run(RunOptions(order=order, fresh=True))
        self.began = list(dict.fromkeys(event.row for event in harness.of(StepStarted)))
        self.ended = {event.row: event.at - began for event in harness.of(RowFinished)}
        return loop.time() - began


def words_world(seed: int, rows: int = 100) -> World:
    """A column says how many words are wanted, and the seconds follow it."""
    rng = random.Random(seed)
    words = [rng.randint(50, 1500) for _ in range(rows)]
    drawn = [[1 + count / 150 * spread(rng) for _ in range(_STEPS)] for count in words]
    sheet = [{"Place": str(place), "Words": str(count)} for place, count in enumerate(words)]
    return World(make_manifest(sheet), lambda place, step: drawn[place][step])


def documents_world(seed: int, rows: int = 100) -> World:
    """One row in ten has a text eight times as long as the others."""
    rng = random.Random(seed)
    times = [8 if rng.random() < 0.1 else 1 for _ in range(rows)]
    drawn = [[2 * each * spread(rng) for _ in range(_STEPS)] for each in times]
    sheet = [{"Place": str(place), "Text": "word " * (100 * each)} for place, each in enumerate(times)]
    return World(make_manifest(sheet), lambda place, step: drawn[place][step])


def repeated_world(seed: int, rows: int = 100) -> World:
    """Nothing in the sheet says which rows are long, but the run before knows."""
    rng = random.Random(seed)
    factors = [rng.lognormvariate(0, 0.7) for _ in range(rows)]
    drawn = [[8 * factor * spread(rng) for _ in range(_STEPS)] for factor in factors]
    sheet = [{"Place": str(place)} for place in range(rows)]
    return World(make_manifest(sheet), lambda place, step: drawn[place][step])


def noise_world(seed: int, rows: int = 100) -> World:
    """What the sheet says has nothing to do with the seconds."""
    rng = random.Random(seed)
    drawn = [[rng.lognormvariate(2, 0.5) for _ in range(_STEPS)] for _ in range(rows)]
    sheet = [
        {"Place": str(place), "Words": str(rng.randint(50, 1500)), "Text": "x" * rng.randint(1, 999)}
        for place in range(rows)
    ]
    return World(make_manifest(sheet), lambda place, step: drawn[place][step])


def gain(make: Callable[[int], World], *, before: bool = False) -> float:
    """Return the makespans of longest first, in all worlds, as a share of those of sheet order."""
    worlds = [make(seed) for seed in range(_WORLDS)]
    longest = sum(world.scheduled(RowOrder.LONGEST_FIRST, before=before) for world in worlds)
    return longest / sum(world.scheduled(RowOrder.SHEET) for world in worlds)


@pytest.mark.parametrize(
    ("make", "before", "most"),
    [(words_world, False, 0.88), (documents_world, False, 0.84), (repeated_world, True, 0.84)],
    ids=["by a column's number", "by the length of the texts", "by the run before"],
)
def test_a_run_ends_sooner_where_something_says_which_rows_are_long(
    make: Callable[[int], World], before: bool, most: float
) -> None:
    assert gain(make, before=before) <= most


def test_nothing_is_lost_where_nothing_says_it() -> None:
    assert gain(noise_world) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(("make", "runs"), [(words_world, 1), (documents_world, 1), (repeated_world, 2)])
def test_the_engine_gains_what_the_schedule_promises(make: Callable[[int], World], runs: int) -> None:
    longest, sheet = make(6), make(6)
    gained = longest.makespan(RowOrder.LONGEST_FIRST, runs=runs) / sheet.makespan(RowOrder.SHEET)
    promised = make(6).scheduled(RowOrder.LONGEST_FIRST, before=runs > 1) / make(6).scheduled(RowOrder.SHEET)
    assert promised < 0.95
    assert gained == pytest.approx(promised, abs=0.02)


def test_the_first_ten_rows_are_reviewable_as_soon_as_in_sheet_order() -> None:
    for at_once in (5, 25):
        one, other = words_world(3), words_world(3)
        one.makespan(RowOrder.LONGEST_FIRST, at_once)
        other.makespan(RowOrder.SHEET, at_once)
        top = range(2, 12)
        assert max(one.ended[row] for row in top) <= max(other.ended[row] for row in top) + 0.01


def test_only_the_last_rows_of_a_long_run_leave_the_order_of_the_sheet() -> None:
    world = words_world(1, rows=400)
    world.makespan(RowOrder.LONGEST_FIRST, at_once=10)
    in_order = next(place for place, row in enumerate(world.began) if row != place + 2)
    assert 300 <= in_order <= 321
    assert sorted(world.began) == list(range(2, 402))


def test_sheet_order_is_kept_where_it_is_asked_for() -> None:
    world = words_world(1)
    world.makespan(RowOrder.SHEET)
    assert world.began == list(range(2, 102))


def test_the_same_run_begins_its_rows_in_the_same_order() -> None:
    one, other = words_world(5), words_world(5)
    assert one.makespan(RowOrder.LONGEST_FIRST) == pytest.approx(other.makespan(RowOrder.LONGEST_FIRST))
    assert one.began == other.began


def test_what_the_rows_tell_goes_before_what_the_names_suggest() -> None:
    """Words is the wrong column here: the seconds follow Depth, which the first rows show."""
    rng = random.Random(7)
    depth = [rng.randint(1, 100) for _ in range(300)]
    sheet = [
        {"Place": str(place), "Words": str(rng.randint(50, 999)), "Depth": str(each)}
        for place, each in enumerate(depth)
    ]
    world = World(make_manifest(sheet), lambda place, step: 1 + depth[place] / 10)
    world.makespan(RowOrder.LONGEST_FIRST, at_once=10)
    tail = [depth[row - 2] for row in world.began[-40:]]
    assert tail == sorted(tail, reverse=True)
    assert math.isclose(statistics.mean(tail), statistics.mean(sorted(depth[-80:])[:40]), rel_tol=0.25)
