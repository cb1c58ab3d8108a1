"""Bounds and kappa are the published ones, and hold as often as they say."""

from __future__ import annotations

from fractions import Fraction
from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.engine.quality.statistics import (
    hypergeometric,
    kappa,
    most_wrong,
    rows_to_read,
    share_interval,
)


@pytest.mark.parametrize(
    ("hits", "total", "low", "high"),
    [
        # R's binom.test(682, 925), of its manual: 0.7076683 0.7654066
        (682, 925, 0.7076683, 0.7654066),
        # R's binom.test(7, 20): 0.1539092 0.5921885
        (7, 20, 0.1539092, 0.5921885),
        # In closed form where nothing is found: 1 - 0.025 ** (1 / n)
        (0, 60, 0.0, 1 - 0.025 ** (1 / 60)),
        (10, 10, 0.025 ** (1 / 10), 1.0),
    ],
)
def test_the_interval_of_a_share_is_that_of_clopper_and_pearson(hits: int, total: int, low: float, high: float) -> None:
    found = share_interval(hits, total)
    assert found.low == pytest.approx(low, abs=1e-7)
    assert found.high == pytest.approx(high, abs=1e-7)


def test_a_share_of_nothing_may_be_anything() -> None:
    assert (share_interval(0, 0).low, share_interval(0, 0).high) == (0.0, 1.0)


def exact(found: int, total: int, marked: int, drawn: int) -> Fraction:
    ways = sum(comb(marked, n) * comb(total - marked, drawn - n) for n in range(min(found, drawn, marked) + 1))
    return Fraction(ways, comb(total, drawn))


@given(st.integers(1, 60), st.data())
def test_sums_of_logarithms_are_the_exact_probabilities(total: int, data: st.DataObject) -> None:
    marked = data.draw(st.integers(0, total))
    drawn = data.draw(st.integers(0, total))
    found = data.draw(st.integers(0, drawn))
    assert hypergeometric(found, total, marked, drawn) == pytest.approx(float(exact(found, total, marked, drawn)))


@given(st.integers(1, 40), st.data())
def test_the_bound_is_the_largest_number_that_the_sample_does_not_rule_out(total: int, data: st.DataObject) -> None:
    read = data.draw(st.integers(0, total))
    wrong = data.draw(st.integers(0, read))
    level = Fraction(5, 100)
    possible = [
        marked for marked in range(wrong, total - (read - wrong) + 1) if exact(wrong, total, marked, read) >= level
    ]
    assert most_wrong(wrong, read, total) == max(possible, default=wrong)


def test_sixty_of_ten_thousand_without_a_fault_leave_fewer_than_five_per_cent() -> None:
    most = most_wrong(0, 60, 10_000)
    assert most / (10_000 - 60) < 0.05
    assert most_wrong(0, 58, 10_000) / (10_000 - 58) > 0.05
    assert rows_to_read(10_000, 0.05) == 59  # the binomial's 59 of the textbooks: 0.95 ** 59 < 0.05
    assert rows_to_read(100_000, 0.01) in (297, 298, 299)  # 299 of an infinite population
    assert rows_to_read(40, 0.05) < 40
    assert rows_to_read(1, 0.05) == 1


def test_what_is_read_whole_is_known() -> None:
    assert most_wrong(3, 20, 20) == 3
    assert most_wrong(0, 0, 0) == 0


def test_kappa_and_its_interval_are_those_of_the_published_example() -> None:
    """SAS, PROC FREQ, "Tests and Measures of Agreement": two dermatologists, 88 patients."""
    found = kappa([[10, 4, 1, 0], [5, 10, 12, 2], [2, 4, 12, 5], [0, 2, 6, 13]])
    assert found is not None
    assert found.value == pytest.approx(0.3449, abs=5e-5)
    assert (found.high - found.value) / 1.96 == pytest.approx(0.0724, abs=5e-5)
    assert found.low == pytest.approx(0.2030, abs=1e-4)
    assert found.high == pytest.approx(0.4868, abs=1e-4)


def test_kappa_of_raters_who_choose_one_class_is_unknown() -> None:
    assert kappa([[12, 0], [0, 0]]) is None
    assert kappa([[0, 0], [0, 0]]) is None
    same = kappa([[10, 0], [0, 10]])
    assert same is not None
    assert same.value == same.low == same.high == 1
