"""The provider's pace, with a clock of the test's own where time matters."""

from __future__ import annotations

import asyncio
import random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.completion import CompletionRequest, Endpoint, Message, ProviderKind, Usage
from chaindesk.engine.ratelimit.quotas import Quotas
from chaindesk.engine.ratelimit.registry import Permit, RateLimiter, RateLimiters
from chaindesk.engine.ratelimit.token_bucket import TokenBucket
from chaindesk.providers.base import RateHint


class Clock:
    """Stands still but for a millisecond at each look: the first calls go out a little apart."""

    now = 100.0

    def __call__(self) -> float:
        self.now += 0.001
        return self.now


def limiter_of(clock: Clock, requests: float | None = None, tokens: float | None = None) -> RateLimiter:
    own = {name: limit for name, limit in (("requests", requests), ("tokens", tokens)) if limit}
    return RateLimiter(lambda now: Quotas(own, now), random.Random(1), clock)


def request_of(name: str = "lab", model: str = "m", url: str = "http://x/v1") -> CompletionRequest:
    return CompletionRequest(Endpoint(name, ProviderKind.OPENAI_CHAT, url), model, (Message("user", "hi"),))


@given(st.floats(1, 10_000), st.lists(st.floats(0, 5), min_size=1, max_size=60))
def test_a_bucket_never_gives_more_than_its_rate_and_its_burst(per_minute: float, pauses: list[float]) -> None:
    now, taken = 0.0, 0
    bucket = TokenBucket(per_minute, now)
    for pause in pauses:
        now += pause
        while bucket.delay(1.0, now) <= 0:
            bucket.use(1.0, now)
            taken += 1
        assert taken <= now * per_minute / 60 + max(1.0, per_minute / 60) + 1e-6


@given(st.floats(1, 10_000), st.floats(0, 1e6))
def test_what_a_bucket_says_to_wait_is_enough(per_minute: float, amount: float) -> None:
    bucket = TokenBucket(per_minute, 0.0)
    bucket.use(3.0, 0.0)
    delay = max(bucket.delay(amount, 0.0), 0.0)
    assert bucket.delay(amount, delay + 1e-6) <= 1e-3


def test_a_server_that_has_less_left_is_believed() -> None:
    bucket = TokenBucket(600.0, 0.0)
    bucket.use(1.0, 0.0)
    bucket.learn(600.0, 5.0, used_then=1.0, sent_at=0.0, now=0.1)
    assert bucket.level(0.1) == 5.0
    for _ in range(4):
        bucket.use(1.0, 0.1)
    bucket.learn(600.0, 2.0, used_then=1.0, sent_at=0.0, now=0.1)
    assert bucket.level(0.1) <= 2.0


async def test_without_limits_nobody_waits() -> None:
    limiter = limiter_of(Clock())
    waits: list[float] = []
    permits = [await limiter.acquire(Usage(500, 500), waits.append) for _ in range(1000)]
    assert len(permits) == 1000
    assert not waits


async def test_a_limit_that_the_chain_names_is_kept_from_the_first_call_on() -> None:
    clock = Clock()
    limiter = limiter_of(clock, requests=60.0)
    waits: list[float] = []
    await limiter.acquire(Usage(1), waits.append)
    second = asyncio.ensure_future(limiter.acquire(Usage(1), waits.append))
    await asyncio.sleep(0)
    assert not second.done()
    assert waits == [pytest.approx(101.0, abs=0.6)]
    second.cancel()


async def test_a_refusal_makes_everybody_wait_as_long_as_the_server_says() -> None:
    clock = Clock()
    limiter = limiter_of(clock)
    permit = await limiter.acquire(Usage(1), lambda until: None)
    limiter.throttled(permit, 30.0)
    waits: list[float] = []
    waiting = [asyncio.ensure_future(limiter.acquire(Usage(1), waits.append)) for _ in range(3)]
    await asyncio.sleep(0)
    assert [task.done() for task in waiting] == [False] * 3
    assert 130.0 <= waits[0] <= 130.2
    assert waits == sorted(waits)  # the later in the queue, the later
    for task in waiting:
        task.cancel()


async def test_after_a_refusal_without_known_limits_the_start_is_slow() -> None:
    clock = Clock()
    limiter = limiter_of(clock)
    permits = [await limiter.acquire(Usage(1), lambda until: None) for _ in range(16)]
    for permit in permits:
        limiter.throttled(permit, 0.0)
    clock.now += 1
    more = [asyncio.ensure_future(limiter.acquire(Usage(1), lambda until: None)) for _ in range(10)]
    await asyncio.sleep(0)
    assert sum(task.done() for task in more) == 1
    for task in more:
        task.cancel()


async def test_many_refusals_of_one_burst_count_as_one() -> None:
    clock = Clock()
    limiter = limiter_of(clock)
    permits = [await limiter.acquire(Usage(1), lambda until: None) for _ in range(25)]
    for permit in permits:
        limiter.throttled(permit, None)
    assert limiter._pause.until - clock.now <= 1.0


async def test_a_cancelled_waiter_gives_its_turn_to_the_next() -> None:
    clock = Clock()
    limiter = limiter_of(clock, requests=6000.0)
    permits = [await limiter.acquire(Usage(1), lambda until: None) for _ in range(99)]
    assert len(permits) == 99
    first = asyncio.ensure_future(limiter.acquire(Usage(1), lambda until: None))
    second = asyncio.ensure_future(limiter.acquire(Usage(1), lambda until: None))
    await asyncio.sleep(0)
    first.cancel()
    clock.now += 0.02
    await second


async def test_one_limiter_for_each_address_key_and_model() -> None:
    limits = RateLimiters({"a": "a", "b": "a", "c": "c"}, random.Random(1), Clock())
    one = limits.limiter_for(request_of("a"))
    assert limits.limiter_for(request_of("b")) is one
    assert limits.limiter_for(request_of("c")) is not one
    assert limits.limiter_for(request_of("a", model="n")) is not one
    assert limits.limiter_for(request_of("a", url="http://y/v1")) is not one


async def test_what_replies_tell_is_learnt_unless_the_chain_names_less() -> None:
    clock = Clock()
    limits = RateLimiters({}, random.Random(1), clock)
    request = request_of()
    limiter = limits.limiter_for(request)
    permit = await limiter.acquire(Usage(1), lambda until: None)
    limits.track(request, limiter, permit)
    limits.on_rate_hint(request, RateHint(requests_limit=60.0, requests_remaining=0.0))
    waiting: Any = asyncio.ensure_future(limiter.acquire(Usage(1), lambda until: None))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()
    own = limiter_of(clock, requests=6.0)
    own.learn(await own.acquire(Usage(1), lambda until: None), RateHint(requests_limit=600.0, requests_remaining=600.0))
    waiting = asyncio.ensure_future(own.acquire(Usage(1), lambda until: None))
    await asyncio.sleep(0)
    assert not waiting.done()
    waiting.cancel()


REFUSAL_REPORT = RateHint(requests_limit=60.0, requests_remaining=0.0, refused=True)


async def paced(limiter: RateLimiter, clock: Clock) -> Permit:
    """A permit, with the clock turned on for as long as it has to be waited for."""
    acquisition = asyncio.ensure_future(limiter.acquire(Usage(1), lambda until: None))
    await asyncio.sleep(0)
    while not acquisition.done():
        clock.now += 0.25
        limiter._pump()
        await asyncio.sleep(0)
    return acquisition.result()


def refuse(limiter: RateLimiter, permit: Permit) -> None:
    limiter.learn(permit, REFUSAL_REPORT)
    limiter.throttled(permit, 1.0)


async def through(limiter: RateLimiter, clock: Clock, calls: int, refused_every: int) -> float:
    """The seconds that so many answered calls take where every n-th call is refused, with a limit that is told then."""
    began, sent, answered = clock.now, 0, 0
    while answered < calls:
        permit = await paced(limiter, clock)
        sent += 1
        if sent % refused_every == 0:
            refuse(limiter, permit)
        else:
            limiter.succeeded(permit, None)
            answered += 1
    return clock.now - began


async def test_a_limit_that_refusals_alone_tell_is_dropped_once_keeping_to_it_did_not_help() -> None:
    clock = Clock()
    seconds = await through(limiter_of(clock), clock, 300, refused_every=10)
    assert seconds < 150  # 300 at the pace of the limit that was told


async def test_a_limit_that_refusals_alone_tell_is_kept_to_while_it_is_true() -> None:
    clock = Clock()
    seconds = await through(limiter_of(clock), clock, 300, refused_every=100)
    assert seconds > 180


async def test_a_limit_that_good_replies_tell_is_never_doubted() -> None:
    clock = Clock()
    limiter = limiter_of(clock)
    limiter.learn(
        await limiter.acquire(Usage(1), lambda until: None), RateHint(requests_limit=60.0, requests_remaining=0.0)
    )
    assert await through(limiter, clock, 100, refused_every=5) > 90


async def test_a_limit_that_the_chain_names_outlives_a_doubt() -> None:
    clock = Clock()
    assert await through(limiter_of(clock, requests=120.0), clock, 100, refused_every=5) > 45


async def test_a_lone_refusal_is_the_calls_own_affair() -> None:
    clock = Clock()
    limiter = limiter_of(clock)
    permits = [await limiter.acquire(Usage(1), lambda until: None) for _ in range(5)]
    limiter.throttled(permits[0], 1.0)
    assert permits[0].backs_off_alone
    waits: list[float] = []
    await limiter.acquire(Usage(1), waits.append)
    assert not waits


async def test_many_refusals_in_a_row_hold_all_calls() -> None:
    limiter = limiter_of(Clock())
    permits = [await limiter.acquire(Usage(1), lambda until: None) for _ in range(8)]
    for permit in permits:
        limiter.throttled(permit, 1.0)
    assert not permits[-1].backs_off_alone
