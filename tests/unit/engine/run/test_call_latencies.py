"""How long calls take, by those that were answered and those that are out."""

from __future__ import annotations

import random
from bisect import bisect_right

import pytest

from chaindesk.engine.run.progress.call_latencies import QUANTILES, CallLatencies


def latencies_of(seconds: list[float]) -> CallLatencies:
    latencies = CallLatencies()
    for one in seconds:
        latencies.add(one)
    return latencies


def test_nothing_is_known_before_an_answer() -> None:
    assert CallLatencies().quantiles([1.0]) == []


def test_answered_calls_alone_give_their_own_quantiles() -> None:
    shuffled = [float(one) for one in range(1, QUANTILES + 1)]
    random.Random(1).shuffle(shuffled)
    assert latencies_of(shuffled).quantiles([]) == [float(one) for one in range(1, QUANTILES + 1)]


def test_calls_that_are_out_for_long_make_the_others_long() -> None:
    answered = [1.0 + index / 100 for index in range(50)]
    quantiles = latencies_of(answered).quantiles([5.0] * 50)
    assert quantiles[QUANTILES // 4] == pytest.approx(1.25, abs=0.02)
    assert bisect_right(quantiles, answered[-1]) == QUANTILES // 2
    assert min(quantiles[QUANTILES // 2 :]) >= 5.0


def test_a_long_run_tells_by_its_newest_calls_alone() -> None:
    assert set(latencies_of([1.0] * 1500 + [2.0] * 1500).quantiles([9.0])) == {2.0}
