"""The time left of simulated runs, on a clock that jumps: how far it is from the truth, and what it does not count."""

from __future__ import annotations

import asyncio
import math
import random
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics
from tests.support.rate_world import run_virtual

Latency = Callable[[random.Random], float]
_LOOKS = 150  # at the time left, in the time that a run is expected to take


def constant(seconds: float) -> Latency:
    return lambda rng: seconds


def even(least: float, most: float) -> Latency:
    return lambda rng: rng.uniform(least, most)


def log_normal(mean: float, sigma: float) -> Latency:
    return lambda rng: rng.lognormvariate(math.log(mean) - sigma**2 / 2, sigma)


@dataclass(frozen=True)
class SimulatedRun:
    """A run over a provider that answers after as long as its step's latency says."""

    rows: int
    at_once: int
    latencies: Sequence[Latency]
    per_minute: int | None = None
    failing: float = 0.0
    pause_at: float | None = None
    pause: float = 0.0
    seed: int = 1

    def looks(self) -> tuple[float, list[tuple[float, float | None]]]:
        """Run it; return the seconds that it took, and at several of them the time left that was shown."""
        return run_virtual(self._run())  # type: ignore[no-any-return]

    def errors(self) -> list[float]:
        """Return the errors after the first tenth of the run, each as a share of what was really left."""
        took, looks = self.looks()
        return [
            abs(shown - (took - at)) / (took - at)
            for at, shown in looks
            if took * 0.1 <= at < took and shown is not None
        ]

    async def _run(self) -> tuple[float, list[tuple[float, float | None]]]:
        loop, rng = asyncio.get_running_loop(), random.Random(self.seed)

        async def answer(request: CompletionRequest) -> str:
            await asyncio.sleep(self.latencies[int(request.messages[-1].content[0])](rng))
            if rng.random() < self.failing:
                raise CallError(FailureKind.REFUSED, "No.")
            return "x"

        steps = [{"prompt": f"{index} {{{{Topic}}}}"} for index in range(len(self.latencies))]
        harness = EngineHarness(
            make_topics(self.rows),
            make_chain(*steps, concurrency=self.at_once),
            provider=ScriptedProvider(answer),
            clock=loop.time,
            requests_per_minute=self.per_minute,
        )
        shot = Snapshot(clock=loop.time)
        began = loop.time()
        looks: list[tuple[float, float | None]] = []
        watching = asyncio.create_task(self._watch(shot, began, looks))
        steering = asyncio.create_task(self._steer(harness))
        await harness.run(listener=shot.fold)
        took = loop.time() - began
        for task in (watching, steering):
            task.cancel()
        return took, looks

    async def _watch(self, shot: Snapshot, began: float, looks: list[tuple[float, float | None]]) -> None:
        whole = self.rows * sum(statistics.mean(one(random.Random(2)) for _ in range(9)) for one in self.latencies)
        while True:
            looks.append((asyncio.get_running_loop().time() - began, shot.time_left))
            await asyncio.sleep(whole / self.at_once / _LOOKS)

    async def _steer(self, harness: EngineHarness) -> None:
        if self.pause_at is not None:
            await asyncio.sleep(self.pause_at)
            harness.control.pause()
            await asyncio.sleep(self.pause)
            harness.control.resume()


ARTICLE = (log_normal(3, 0.5), log_normal(9, 0.4), log_normal(2, 0.6))
RUNS = {
    "one call of a constant time": SimulatedRun(150, 25, [constant(4)]),
    "steps of constant times, in few rounds": SimulatedRun(60, 25, [constant(3), constant(12)]),
    "one row after another": SimulatedRun(100, 1, [even(3, 15)]),
    "evenly spread, ten at once": SimulatedRun(100, 10, [even(3, 15)]),
    "evenly spread, many at once": SimulatedRun(500, 50, [even(3, 15)]),
    "log-normal, 25 at once": SimulatedRun(300, 25, [log_normal(4, 0.4)]),
    "three steps, ten at once": SimulatedRun(100, 10, ARTICLE),
    "three steps, 25 at once": SimulatedRun(200, 25, ARTICLE),
    "a quick and a slow kind of answer": SimulatedRun(300, 25, [lambda rng: 2.0 if rng.random() < 0.8 else 20.0]),
    "a limit of 60 a minute": SimulatedRun(400, 25, [log_normal(4, 0.4)], per_minute=60),
    "one of ten rows fails": SimulatedRun(300, 20, [log_normal(3, 0.4), log_normal(9, 0.4)], failing=0.1),
}


@pytest.mark.parametrize("run", RUNS.values(), ids=RUNS)
def test_after_the_first_tenth_the_middle_of_the_errors_is_within_15_percent(run: SimulatedRun) -> None:
    errors = [error for seed in (1, 2, 3) for error in replace(run, seed=seed).errors()]
    assert len(errors) > 80
    assert statistics.median(errors) <= 0.15


def test_a_pause_counts_for_nothing() -> None:
    run = SimulatedRun(200, 20, [even(3, 15)], pause_at=40.0, pause=3600.0)
    errors = []
    for seed in (1, 2, 3):
        took, looks = replace(run, seed=seed).looks()
        assert 3600 < took < 3800
        assert all(shown is None for at, shown in looks if 41 < at < 3639), "nothing is said while the run is held"
        errors += [abs(shown - (took - at)) / (took - at) for at, shown in looks if 3650 < at < took and shown]
    assert len(errors) > 60
    assert statistics.median(errors) <= 0.15


def test_calls_in_flight_are_counted() -> None:
    """All rows are out at once, and a third is back: what the others have waited already is not waited again."""
    took, looks = SimulatedRun(30, 30, [even(10, 20)]).looks()
    late = [(at, shown) for at, shown in looks if 11 <= at < 17 and shown is not None]
    assert late
    assert all(abs(shown - (took - at)) < 6 for at, shown in late), "by rows a minute: three minutes"


def test_a_call_that_is_out_longer_than_any_before_is_not_taken_for_back() -> None:
    took, looks = SimulatedRun(20, 5, [lambda rng: 60.0 if rng.random() < 0.06 else rng.uniform(3, 5)], seed=3).looks()
    assert took > 60
    assert all(shown is not None and shown > 0.5 for at, shown in looks if 30 < at < took - 10)


def test_many_rows_at_once_are_played_in_proportion_to_the_very_end() -> None:
    took, looks = SimulatedRun(1200, 300, [even(3, 15)]).looks()
    errors = [abs(shown - (took - at)) / (took - at) for at, shown in looks if took * 0.1 <= at < took and shown]
    assert statistics.median(errors) <= 0.15
    assert all(shown for at, shown in looks if took * 0.2 < at < took - 0.5), "never nothing while calls are out"
