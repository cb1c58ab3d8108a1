"""The window over calls in flight."""

from __future__ import annotations

import math

from chaindesk.engine.ratelimit.concurrency_window import ConcurrencyWindow


def fill(window: ConcurrencyWindow, now: float) -> int:
    """Send calls until one would have to wait; return how many are out."""
    while window.delay(now) <= 0:
        window.sent(now)
        if window.in_flight > 100:
            break
    return window.in_flight


def answer(window: ConcurrencyWindow, in_flight: int) -> None:
    window.in_flight -= 1
    window.observe_success(in_flight)


def test_without_a_cap_nothing_waits() -> None:
    assert fill(ConcurrencyWindow(), 0.0) > 100


def test_a_cap_holds_until_another_call_has_come_back() -> None:
    window = ConcurrencyWindow()
    window.set_cap(5)
    assert fill(window, 0.0) == 5
    assert window.delay(100.0) == math.inf


def test_one_more_is_tried_after_some_answers_at_a_distance_from_the_others() -> None:
    window = ConcurrencyWindow()
    window.set_cap(2)
    now = 0.0
    for _ in range(10):
        now += 1.0
        fill(window, now)
        answer(window, 2)
    assert fill(window, now) == 2
    assert 0 < window.delay(now) < 1
    window.sent(now + 0.9)
    assert window.observe_refusal(3) == 0  # the cap is as it was
    window.in_flight -= 1
    assert window.delay(now + 5) == math.inf


def test_refusals_below_the_cap_contradict_it() -> None:
    window = ConcurrencyWindow()
    window.set_cap(5)
    assert [window.observe_refusal(5 - tried) for tried in range(3)] == [1, 2, 3]


def test_after_an_outage_calls_come_back_one_by_one() -> None:
    window = ConcurrencyWindow()
    window.slow_start()
    assert fill(window, 0.0) == 1
    answer(window, 1)
    assert fill(window, 0.0) == 2
