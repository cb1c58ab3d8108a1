"""What two things compared on the same rows let one say: against sums by hand and against chance itself."""

from __future__ import annotations

import math
import random

import pytest

from chaindesk.engine.statistics.paired import POWER, SURE, Pairs, power, rows_needed


@pytest.mark.parametrize(
    ("better", "worse", "chance"),
    [
        (12, 5, 0.143463),
        (5, 12, 0.143463),
        (6, 0, 0.03125),
        (5, 0, 0.0625),
        (20, 8, 0.035698),
        (3, 3, 1.0),
        (0, 0, 1.0),
    ],
)
def test_chance_is_that_of_the_exact_test(better: int, worse: int, chance: float) -> None:
    assert Pairs(50, better, worse, 3).chance == pytest.approx(chance, abs=1e-6)


def test_a_difference_is_sure_from_six_against_none_on() -> None:
    assert [Pairs(10, better, 0, 0).sure for better in (5, 6)] == [False, True]


def test_rows_are_counted_by_what_they_are_in_each() -> None:
    pairs = Pairs.of([(True, True), (False, True), (False, True), (True, False), (False, False)])
    assert pairs == Pairs(both=1, better=2, worse=1, neither=1)
    assert (pairs.rows, pairs.right_in_a, pairs.right_in_b, pairs.gain) == (5, 2, 3, 0.2)


def test_power_is_that_of_every_outcome_added_up() -> None:
    rows, better, worse = 14, 0.4, 0.1
    found = 0.0
    for up in range(rows + 1):
        for down in range(rows - up + 1):
            ways = math.factorial(rows) / math.factorial(up) / math.factorial(down) / math.factorial(rows - up - down)
            if up > down and Pairs(rows - up - down, up, down, 0).sure:
                found += ways * better**up * worse**down * (1 - better - worse) ** (rows - up - down)
    assert power(rows, better, worse) == pytest.approx(found, abs=1e-9)


@pytest.mark.parametrize(("better", "worse"), [(0.12, 0.05), (0.3, 0.1), (0.5, 0.0), (0.05, 0.12)])
def test_so_many_rows_tell_four_times_in_five(better: float, worse: float) -> None:
    rows = rows_needed(better, worse)
    assert rows is not None
    assert POWER <= power(rows, better, worse) < POWER + 0.06


def test_no_number_of_rows_shows_a_difference_that_is_not_there() -> None:
    assert rows_needed(0.1, 0.1) is None
    assert Pairs(80, 4, 4, 12).rows_that_would_tell() is None
    assert Pairs().rows_that_would_tell() is None


def test_where_nothing_is_between_them_a_difference_is_hardly_ever_sure() -> None:
    chance = random.Random(7)
    sure = 0
    for _ in range(2_000):
        rows = [chance.choices([(True, True), (False, True), (True, False)], [0.7, 0.15, 0.15])[0] for _ in range(100)]
        sure += Pairs.of(rows).sure
    assert sure / 2_000 <= SURE


def test_the_interval_holds_the_real_gain_in_nineteen_of_twenty() -> None:
    chance, held = random.Random(11), 0
    for _ in range(2_000):
        rows = [chance.choices([(True, True), (False, True), (True, False)], [0.8, 0.14, 0.06])[0] for _ in range(150)]
        low, high = Pairs.of(rows).interval()
        held += low <= 0.08 <= high
    assert held / 2_000 >= 0.945
