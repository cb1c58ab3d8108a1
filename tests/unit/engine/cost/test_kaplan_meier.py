"""The Kaplan–Meier estimator in blocks, held against its definition."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.engine.cost.kaplan_meier import kaplan_meier

VALUES = st.lists(st.integers(1, 12).map(float), max_size=40).map(sorted)


def shares_of(ended: list[float], not_ended: list[float]) -> tuple[list[float], float]:
    """Return the share of each ended value, and what is left, one value after another as the definition has it."""
    seen = sorted([(value, False) for value in ended] + [(value, True) for value in not_ended])
    shares, left = [], 1.0
    for passed, (_, still_on) in enumerate(seen):
        if not still_on:
            shares.append(left / (len(seen) - passed))
            left -= shares[-1]
    return shares, left


@given(VALUES, VALUES)
def test_the_blocks_hold_the_shares_of_the_definition(ended: list[float], not_ended: list[float]) -> None:
    blocks, left = kaplan_meier(ended, not_ended)
    found = [block.share for block in blocks for _ in range(block.first, block.end)]
    shares, rest = shares_of(ended, not_ended)
    assert found == pytest.approx(shares)
    assert left == pytest.approx(rest, abs=1e-9)
    assert [block.first for block in blocks[1:]] == [block.end for block in blocks[:-1]]


@given(VALUES, st.integers(2, 9), VALUES)
def test_a_value_that_stands_for_many_counts_as_that_many(
    ended: list[float], weight: int, not_ended: list[float]
) -> None:
    blocks, left = kaplan_meier(ended, not_ended, weight)
    shares, rest = shares_of([value for value in ended for _ in range(weight)], not_ended)
    found = [block.share for block in blocks for _ in range(block.first, block.end)]
    assert found == pytest.approx([sum(shares[at : at + weight]) for at in range(0, len(shares), weight)])
    assert left == pytest.approx(rest, abs=1e-9)


def test_many_ended_values_are_few_blocks() -> None:
    blocks, _ = kaplan_meier([float(value) for value in range(100_000)], [10.0, 500.5, 70_000.5])
    assert [(block.first, block.end) for block in blocks] == [(0, 11), (11, 501), (501, 70_001), (70_001, 100_000)]
