"""Whatever replies tell of limits, and whatever calls are cancelled: no call waits for ever."""

from __future__ import annotations

import asyncio
import contextlib
import math
import random
from dataclasses import fields

from hypothesis import given, settings
from hypothesis import strategies as st

from chaindesk.domain.completion import Usage
from chaindesk.engine.ratelimit.quotas import Quotas
from chaindesk.engine.ratelimit.registry import RateLimiter
from chaindesk.providers.base import RateHint
from tests.support.rate_world import run_virtual

FIGURES = (None, 0.0, -1.0, 1.0, 600.0, 60_000.0, 1e-300, 1e18, 1e308, math.nan, math.inf, -math.inf)
FIELDS = tuple(one.name for one in fields(RateHint) if one.name != "refused")
A_MONTH = 30 * 24 * 3600.0  # on a clock that jumps; a reply may well tell of one call a minute
CALLS = 30


async def _calls(rng: random.Random, named: dict[str, float], refused: float, cancelled: float) -> None:
    loop = asyncio.get_running_loop()
    limiter = RateLimiter(lambda now: Quotas(named, now), random.Random(1), loop.time)
    left = CALLS

    async def once() -> bool:
        """Whether it was answered."""
        likely = Usage(rng.choice([0, 1, 300, 10**7]), rng.choice([0, 1, 500, 10**6]))
        acquisition = asyncio.ensure_future(limiter.acquire(likely, lambda until: None))
        if rng.random() < cancelled:
            await asyncio.sleep(rng.choice([0.0, 0.001, 1.0, 30.0]))
            acquisition.cancel()
        permit = None
        with contextlib.suppress(asyncio.CancelledError):  # by the line above
            permit = await acquisition
        if permit is None:
            return False
        await asyncio.sleep(rng.random())
        outcome = rng.random()
        told = {name: rng.choice(FIGURES) for name in FIELDS if rng.random() < 0.3}
        limiter.learn(permit, RateHint(**told, refused=outcome < refused))
        if outcome < refused:
            limiter.throttled(permit, rng.choice([None, 0.0, -3.0, 1.0, 120.0, 1e9]))
        elif outcome < refused + 0.1:
            limiter.failed(permit)
        else:
            limiter.succeeded(permit, rng.choice([None, likely, Usage(0, 0), Usage(10**7, 0)]))
            return True
        return False

    async def row() -> None:
        nonlocal left
        while left > 0:
            answered = await once()
            left -= answered

    async with asyncio.timeout(A_MONTH), asyncio.TaskGroup() as rows:
        for _ in range(rng.choice([1, 5, 25])):
            rows.create_task(row())


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    named=st.dictionaries(
        st.sampled_from(["requests", "tokens", "input_tokens", "output_tokens"]),
        st.sampled_from([1.0, 60.0, 600.0, 200_000.0]),
        max_size=3,
    ),
    refused=st.sampled_from([0.0, 0.1, 0.5]),
    cancelled=st.sampled_from([0.0, 0.2]),
)
def test_every_call_gets_its_turn_whatever_replies_tell(
    seed: int, named: dict[str, float], refused: float, cancelled: float
) -> None:
    run_virtual(_calls(random.Random(seed), named, refused, cancelled))


def test_a_call_larger_than_a_minutes_tokens_holds_the_others_for_a_minute_or_two() -> None:
    async def two() -> float:
        loop = asyncio.get_running_loop()
        limiter = RateLimiter(lambda now: Quotas({"tokens": 60_000.0}, now), random.Random(1), loop.time)
        began = loop.time()
        permit = await limiter.acquire(Usage(10**8, 500), lambda until: None)
        limiter.succeeded(permit, Usage(10**8, 500))
        await limiter.acquire(Usage(1000, 500), lambda until: None)
        return float(loop.time() - began)

    assert run_virtual(two()) <= 130
