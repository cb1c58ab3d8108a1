"""The limiter among other clients, random refusals, changing limits, short windows and caps, on a clock that jumps."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest

from tests.support.rate_world import (
    Call,
    Changing,
    Client,
    EvenBucket,
    FixedWindow,
    Meter,
    Paced,
    PlainBackoff,
    SlidingLog,
    World,
    run_virtual,
)

COMES, LEAVES, END = 30, 45, 90  # seconds of another client's stay
BURSTS = {"a second's worth at once": 1.0, "a minute's worth at once": 60.0}
PLENTY = 60_000.0  # requests a minute


def small_call(rng: random.Random) -> Call:
    return Call(guessed=100, prompt=120, most=300, answer=80)


def beside(world: World, other: Callable[[World], Client]) -> World:
    async def both() -> None:
        await world.run_all({"we": (world.limiter(), 0, END), "they": (other(world), COMES, LEAVES)})

    run_virtual(both())
    return world


def limited(kind: str, burst: float) -> World:
    if kind == "requests":
        return World({"requests": EvenBucket(600, burst)})
    return World({"tokens": EvenBucket(60_000, burst)}, call=small_call)


OTHERS: dict[str, Callable[[World], Client]] = {
    "one that backs off": lambda world: PlainBackoff(),
    "one of ours": lambda world: world.limiter(),
    "one at half the rate": lambda world: Paced(5 if "requests" in world.meters else 3),
}


@pytest.mark.parametrize("burst", BURSTS)
@pytest.mark.parametrize("kind", ["requests", "tokens"])
@pytest.mark.parametrize("other", OTHERS)
def test_the_rate_comes_back_when_another_client_leaves(other: str, kind: str, burst: str) -> None:
    world = beside(limited(kind, BURSTS[burst]), OTHERS[other])
    assert world.share(LEAVES, LEAVES + 10, "we") >= 0.9
    assert world.share(LEAVES + 10, END, "we") >= 0.97
    assert world.refused(LEAVES + 10, END) <= 0.01


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_two_of_ours_take_half_each(kind: str) -> None:
    world = beside(limited(kind, BURSTS["a second's worth at once"]), OTHERS["one of ours"])
    assert 0.38 <= world.share(COMES + 1, LEAVES, "we") <= 0.62
    assert world.refused(COMES, LEAVES) <= 0.35


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_a_client_at_half_the_rate_is_not_yielded_to_more_than_that(kind: str) -> None:
    world = beside(limited(kind, BURSTS["a minute's worth at once"]), OTHERS["one at half the rate"])
    assert world.share(COMES + 1, LEAVES, "we") >= 0.38


@pytest.mark.parametrize("kind", ["requests", "tokens"])
def test_a_client_that_does_not_yield_leaves_a_share(kind: str) -> None:
    world = beside(limited(kind, BURSTS["a second's worth at once"]), OTHERS["one that backs off"])
    assert world.share(COMES + 1, LEAVES, "we") >= 0.33
    assert world.most_refusals <= 20


@pytest.mark.parametrize(("kind", "calls", "fair"), [("requests", 500, 100.0), ("tokens", 400, 120.0)])
def test_two_runs_on_one_key_take_their_fair_time(kind: str, calls: int, fair: float) -> None:
    meter = EvenBucket(600 if kind == "requests" else 200_000, 1)
    world = World({kind: meter})

    async def both() -> None:
        await world.run_all({"one": (world.limiter(), 0, 1000), "two": (world.limiter(), 0, 1000)}, calls)

    run_virtual(both())
    assert max(world.ended.values()) <= fair * 1.08
    assert min(world.ended.values()) >= fair * 0.9


@pytest.mark.parametrize("headers", ["none", "all"])
@pytest.mark.parametrize("asks", [None, 1.0])
@pytest.mark.parametrize("share", [0.05, 0.1, 0.2])
def test_refusals_at_random_cost_no_more_than_a_plain_backoff(share: float, asks: float | None, headers: str) -> None:
    took = {}
    for name in ("ours", "plain"):
        world = World(
            {"requests": EvenBucket(PLENTY, 60)},
            headers=headers,
            error_429=share,
            noise_retry_after=asks,
            latency=1.1,
            seed=3,
        )

        async def run(world: World = world, name: str = name) -> None:
            await world.run(3000, 600, world.limiter() if name == "ours" else PlainBackoff())

        run_virtual(run())
        took[name] = world.ended["we"]
        assert world.most_refusals <= 8
    assert took["ours"] <= took["plain"] * 1.1


@pytest.mark.parametrize("retry_after", ["seconds", "none"])
@pytest.mark.parametrize("burst", BURSTS)
def test_a_limit_that_drops_untold_is_found_again(burst: str, retry_after: str) -> None:
    meter = Changing(EvenBucket(600, BURSTS[burst]), EvenBucket(60, BURSTS[burst]), 60)
    world = World({"requests": meter}, headers="none", retry_after=retry_after)
    run_virtual(world.run(260))
    assert world.rate(30, 60) >= 9.5
    assert world.rate(100, 260) >= 0.9
    assert world.refused(160, 260) <= 0.05  # at one call a second a refusal now and then is a large share
    assert world.most_refusals <= 8


WINDOWS: dict[str, Callable[[], Meter]] = {
    "10 in any second": lambda: SlidingLog(600, 1.0),
    "100 in any ten seconds": lambda: SlidingLog(600, 10.0),
    "10 each second": lambda: FixedWindow(600, 1.0),
}


@pytest.mark.parametrize("retry_after", ["seconds", "none"])
@pytest.mark.parametrize("window", WINDOWS)
def test_a_short_window_that_nobody_tells_is_used(window: str, retry_after: str) -> None:
    world = World({"requests": WINDOWS[window]()}, headers="none", retry_after=retry_after)
    run_virtual(world.run(200))
    assert world.share(60, 200) >= 0.93
    assert world.refused(60, 200) <= 0.02


@pytest.mark.parametrize("sigma", [0.0, 0.5])
@pytest.mark.parametrize("latency", [0.3, 3.0])
def test_a_cap_on_calls_in_flight_is_found(latency: float, sigma: float) -> None:
    meters = {"requests": EvenBucket(60 * PLENTY, 60)}
    world = World(meters, headers="none", most_in_flight=5, latency=latency, sigma=sigma)
    run_virtual(world.run(200))
    assert world.rate(20, 200) * latency / 5 >= 0.93
    assert world.refused(60, 200) <= 0.02
    assert world.most_refusals <= 3


def test_a_rate_is_not_taken_for_a_cap_where_calls_take_long() -> None:
    world = World({"requests": EvenBucket(240, 1)}, headers="none", latency=4.0)
    run_virtual(world.run(300))
    assert world.share(120, 300) >= 0.9


def test_a_limit_that_rises_untold_is_found() -> None:
    meter = Changing(EvenBucket(120, 1), EvenBucket(600, 1), 100)
    world = World({"requests": meter}, headers="none")
    run_virtual(world.run(500))
    assert world.rate(400, 500) >= 9.0


@pytest.mark.parametrize("burst", [1.0, 0.1])
def test_refusals_of_the_first_burst_count_once(burst: float) -> None:
    world = World({"requests": EvenBucket(600, burst)}, latency=0.3, refusal_s=0.05)
    run_virtual(world.run(100, calls=300))
    assert world.ended["we"] <= 32.0
    assert world.refusals(2) <= 3
