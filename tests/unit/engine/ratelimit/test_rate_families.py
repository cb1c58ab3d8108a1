"""The limiter before many kinds of limited servers, on a clock that jumps: how much of the limit it uses, and how often
it is refused once it has learnt."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.support import rate_world

pytestmark = pytest.mark.slow

LEARNT, END = 180, 420
SERVERS: dict[str, Callable[[float], rate_world.Meter]] = {
    "a minute's worth at once": lambda limit: rate_world.EvenBucket(limit, 60),
    "ten seconds' worth at once": lambda limit: rate_world.EvenBucket(limit, 10),
    "a second's worth at once": lambda limit: rate_world.EvenBucket(limit, 1),
    "one at a time": lambda limit: rate_world.EvenBucket(limit, 0),
    "windows of a minute": lambda limit: rate_world.FixedWindow(limit),
    "windows of ten seconds": lambda limit: rate_world.FixedWindow(limit, 10.0),
    "windows of a second": lambda limit: rate_world.FixedWindow(limit, 1.0),
    "any minute": lambda limit: rate_world.SlidingLog(limit),
    "any ten seconds": lambda limit: rate_world.SlidingLog(limit, 10.0),
}
FELT = ("a minute's worth at once", "ten seconds' worth at once", "a second's worth at once", "one at a time")


def measured(world: rate_world.World, learnt: float = LEARNT, end: float = END) -> tuple[float, float]:
    """The share of the limit that was used, and the share of calls refused, once it had learnt."""
    rate_world.run_virtual(world.run(end + 1))
    return world.share(learnt, end), world.refused(learnt, end)


def varied(rng: random.Random) -> rate_world.Call:
    prompt = max(20, int(rng.lognormvariate(5.5, 0.6)))
    return rate_world.Call(
        guessed=int(prompt * 0.8) + 1, prompt=prompt, answer=min(500, int(rng.lognormvariate(4.8, 0.6)) + 5)
    )


@pytest.mark.parametrize("headers", ["all", "refused"])
@pytest.mark.parametrize("server", SERVERS)
def test_a_limit_that_replies_tell_is_used_to_99_percent(server: str, headers: str) -> None:
    share, refused = measured(rate_world.World({"requests": SERVERS[server](600)}, headers=headers))
    assert share >= 0.99
    assert refused < 0.01


@pytest.mark.parametrize(
    ("limit", "at_once", "latency", "counts"),
    [(60, 25, 5.0, "arrives"), (60, 25, 5.0, "answered"), (3000, 100, 0.8, "answered"), (10_000, 500, 1.2, "arrives")],
)
def test_small_and_large_limits_are_used_alike(limit: float, at_once: int, latency: float, counts: str) -> None:
    meters = {"requests": rate_world.EvenBucket(limit, 60)}
    end, length = (END, 60) if limit < 1000 else (75, 30)  # as many calls tell enough
    world = rate_world.World(meters, at_once=at_once, latency=latency, counts=counts)
    share, refused = measured(world, end - length, end)
    assert share >= 0.99
    assert refused < 0.01


@pytest.mark.parametrize("retry_after", ["seconds", "ms", "none"])
@pytest.mark.parametrize("server", FELT)
def test_a_limit_that_nobody_tells_is_felt_out(server: str, retry_after: str) -> None:
    world = rate_world.World({"requests": SERVERS[server](600)}, headers="none", retry_after=retry_after)
    share, refused = measured(world)
    assert share >= 0.97
    assert refused < 0.01


@pytest.mark.parametrize("retry_after", ["exact", "seconds", "none"])
@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_a_limit_on_any_minute_that_nobody_tells_is_felt_out(kind: str, retry_after: str) -> None:
    meter = rate_world.SlidingLog(600 if kind == "requests" else 200_000)
    world = rate_world.World({kind: meter}, headers="none", retry_after=retry_after, latency=0.8, call=varied)
    share, refused = measured(world)
    assert share >= 0.95
    assert refused < 0.05


def test_calls_that_come_unevenly_are_kept_farther_apart() -> None:
    share, refused = measured(rate_world.World({"requests": SERVERS["one at a time"](600)}, jitter=0.02))
    assert share >= 0.75  # a call that comes late leaves unused what would have been its own
    assert refused < 0.01


@pytest.mark.parametrize("charge", ["real", "estimate"])
@pytest.mark.parametrize("burst", [60, 5])
def test_tokens_are_used_to_99_percent_though_their_number_is_guessed(burst: float, charge: str) -> None:
    meters = {"tokens": rate_world.EvenBucket(200_000, burst)}
    share, refused = measured(rate_world.World(meters, charge=charge, latency=0.8, call=varied))
    assert share >= 0.99
    assert refused < 0.01


def test_tokens_in_and_out_are_counted_apart() -> None:
    meters = {"input": rate_world.EvenBucket(400_000, 60), "output": rate_world.EvenBucket(80_000, 60)}
    share, refused = measured(rate_world.World(meters, latency=0.8, call=varied))
    assert share >= 0.99
    assert refused < 0.01


def test_the_first_calls_learn_from_a_few_refusals() -> None:
    world = rate_world.World({"requests": rate_world.EvenBucket(600, 1)}, latency=0.3)
    rate_world.run_virtual(world.run(100, calls=300))
    assert world.refusals(0, 2) <= 6
    assert world.refusals(2) <= 3


def test_a_server_without_limits_is_not_slowed() -> None:
    world = rate_world.World({"requests": rate_world.EvenBucket(6_000_000, 60)}, headers="none", latency=0.3, sigma=0.0)
    rate_world.run_virtual(world.run(100, calls=100))
    assert len(world.log) == 100
    assert world.log[24].at - world.began <= 0.03  # the first of each row
    assert world.log[-1].at - world.began <= 3 * 0.3 + 0.05


def test_refusals_that_have_nothing_to_do_with_the_pace_do_not_stop_a_run() -> None:
    world = rate_world.World(
        {"requests": rate_world.EvenBucket(6_000_000, 60)}, headers="none", retry_after="seconds", error_429=0.1
    )
    rate_world.run_virtual(world.run(600, calls=300))
    assert sum(one.let_in for one in world.log) == 300
