"""How fast a run calls beside the limits that its limiter knows: told by events, measured over the last minute."""

from __future__ import annotations

import asyncio
import random

import pytest

from chaindesk.domain.completion import CompletionRequest, Finish, Usage
from chaindesk.domain.events import LimitSeen, StepFinished, StepStarted
from chaindesk.engine.run.progress.call_rate import CallRate, RateSeen
from chaindesk.engine.run.progress.snapshot import Snapshot
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics
from tests.support.rate_world import run_virtual


def rates(per_minute: int | None, rows: int) -> tuple[list[RateSeen], EngineHarness]:
    """Run so many rows; return the rates that were shown, one for every five seconds."""

    async def run() -> tuple[list[RateSeen], EngineHarness]:
        loop, rng = asyncio.get_running_loop(), random.Random(1)

        async def answer(request: CompletionRequest) -> str:
            await asyncio.sleep(rng.uniform(2, 4))
            return "x"

        harness = EngineHarness(
            make_topics(rows),
            make_chain({"prompt": "{{Topic}}"}, concurrency=20),
            provider=ScriptedProvider(answer),
            clock=loop.time,
            requests_per_minute=per_minute,
        )
        shot, seen = Snapshot(clock=loop.time), list[RateSeen]()

        async def watch() -> None:
            while True:
                await asyncio.sleep(5)
                if (rate := shot.call_rate) is not None:
                    seen.append(rate)

        watching = asyncio.create_task(watch())
        await harness.run(listener=shot.fold)
        watching.cancel()
        assert shot.call_rate is None, "nothing is called any more"
        return seen, harness

    return run_virtual(run())  # type: ignore[no-any-return]


def test_the_limit_of_the_chain_is_told_once_and_the_rate_stays_at_it() -> None:
    seen, harness = rates(120, 400)
    (told,) = harness.of(LimitSeen)
    assert (told.provider, told.unit, told.per_minute) == ("lab", "requests", 120)
    late = [rate.used for rate in seen[13:-1]]
    assert len(late) > 10
    assert min(late) > 105
    assert max(late) <= 125
    assert seen[-1].words.endswith(" of 120 calls a minute")
    assert all(rate.used <= 120 or rate.used == pytest.approx(120, rel=0.7) for rate in seen)


def test_without_a_limit_the_rate_alone_is_known() -> None:
    seen, harness = rates(None, 200)
    assert harness.of(LimitSeen) == []
    assert seen
    assert {rate.limit for rate in seen} == {None}
    assert {rate.words for rate in seen} == {""}
    assert seen[-1].used > 200


def test_a_long_run_at_which_nobody_looks_keeps_the_calls_of_the_last_minute_alone() -> None:
    rate = CallRate()
    for tenth in range(5_000):
        at = tenth / 10
        rate.fold(StepStarted(at, 2, "2", "draft", 1))
        rate.fold(StepFinished(at, 2, "2", "draft", "x", "writer", Usage(10, 20), None, 1.0, 1, Finish.STOP))
    kept = [len(part) for part in (rate._sent, rate._tokens)]
    assert max(kept) <= 602
    assert min(kept) >= 600
