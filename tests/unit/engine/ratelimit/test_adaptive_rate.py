"""The rate that refusals teach, at times of the test's own."""

from __future__ import annotations

import itertools

from chaindesk.engine.ratelimit.adaptive_rate import AdaptiveRate


def rate_of(calls_a_second: float, *, sure: bool = True) -> AdaptiveRate:
    rate = AdaptiveRate()
    rate.set(calls_a_second, 0.0, sure=sure)
    return rate


def test_nothing_waits_until_something_was_refused() -> None:
    rate = AdaptiveRate()
    rate.sent(0.0)
    assert not rate.limits
    assert rate.delay(0.0) <= 0


def test_slow_start_doubles() -> None:
    rate = AdaptiveRate()
    rate.slow_start(0.0)
    assert rate.at(1.0) == 4 * rate.at(0.0)


def test_a_refusal_takes_a_little_and_time_gives_it_back() -> None:
    rate = rate_of(10.0)
    assert 9.6 < rate.at(0.0) < 9.8
    assert 9.99 < rate.at(15.0) < 10.01
    assert rate.at(60.0) > 40  # a long calm


def test_refusals_that_come_soon_take_more_and_more() -> None:
    rate = rate_of(10.0)
    left = [rate.at(0.0)]
    for second in range(1, 5):
        rate.step_down(float(second))
        left.append(rate.at(float(second)))
    drops = [before - after for before, after in itertools.pairwise(left)]
    assert drops[1] > 1.5 * drops[0]
    assert rate.fall < 0.8


def test_calls_are_spaced_by_the_rate() -> None:
    rate = rate_of(10.0)
    now, sent = 0.0, 0
    while now < 10:
        now += max(rate.delay(now), 0.0)
        rate.sent(now)
        sent += 1
    assert 95 <= sent <= 101
