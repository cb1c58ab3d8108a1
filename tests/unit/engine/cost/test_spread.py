"""The statistics behind an estimate and a forecast."""

from __future__ import annotations

import statistics
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.engine.cost.spread import MAX_COSTS, MIN_SURE_COSTS, CostSpread, dollars

COSTS = st.lists(st.floats(0.0001, 10.0), min_size=2, max_size=60)


@given(COSTS)
def test_costs_added_one_by_one_have_their_mean_and_variance(costs: list[float]) -> None:
    spread = CostSpread.of(costs)
    assert spread.mean == pytest.approx(statistics.fmean(costs))
    assert spread.squares / (spread.count - 1) == pytest.approx(statistics.variance(costs), abs=1e-9)


@given(COSTS, st.integers(1, 50))
def test_further_calls_cost_the_mean_each_between_two_bounds(costs: list[float], calls: int) -> None:
    likely, low, high = CostSpread.of(costs).total(calls)
    assert likely == pytest.approx(calls * statistics.fmean(costs))
    assert 0 <= low <= likely <= high


def test_few_equal_costs_still_have_a_spread_and_many_have_none() -> None:
    _, low, high = CostSpread.of([1.0] * 3).total(10)
    assert low < 10 < high
    assert CostSpread.of([1.0] * MIN_SURE_COSTS).total(10) == (10.0, 10.0, 10.0)


def test_a_call_that_is_still_out_costs_the_mean_of_those_that_cost_more() -> None:
    """Of 1, 2, 3, 4 and one that has spent 2.5: by Kaplan and Meier 1/5, 1/5, 3/10 and 3/10 of all."""
    spread = CostSpread.of([1.0, 2.0, 3.0, 4.0])
    (likely, _, _) = spread.total(1, [2.5])
    assert likely == pytest.approx((3.0 * 0.3 + 4.0 * 0.3) / 0.6)
    (likely, _, _) = spread.total(2, [2.5])
    assert likely == pytest.approx(3.5 + 1.0 * 0.2 + 2.0 * 0.2 + 3.0 * 0.3 + 4.0 * 0.3)


def test_a_call_that_is_dearer_than_all_before_costs_more_than_it_has_spent() -> None:
    likely, low, high = CostSpread.of([1.0, 1.0]).total(1, [5.0])
    assert likely == pytest.approx(7.0)
    assert (low <= 5.0, high >= 12.5) == (True, True)


def test_waste_is_expected_of_further_calls_too() -> None:
    spread = CostSpread.of([1.0] * MIN_SURE_COSTS)
    spread.wasted = MIN_SURE_COSTS / 2
    assert spread.total(10) == (15.0, 15.0, 15.0)


def test_a_long_run_stores_the_newest_costs_alone() -> None:
    spread = CostSpread.of([1.0] * MAX_COSTS + [2.0] * MAX_COSTS)
    assert spread.samples == [2.0] * MAX_COSTS
    assert (spread.count, spread.mean) == (2 * MAX_COSTS, pytest.approx(1.5))


@pytest.mark.parametrize(
    ("amount", "shown"), [(0.0, "0.000000"), (1.23456789, "1.234568"), (0.000123456, "0.000123456")]
)
def test_figures_are_money_to_the_millionth_or_finer(amount: float, shown: str) -> None:
    assert dollars(amount) == Decimal(shown)
