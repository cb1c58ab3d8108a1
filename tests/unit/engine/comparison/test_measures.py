"""What a comparison says of its rows: true to within two points, and in words that promise no more than it knows."""

from __future__ import annotations

import random

import pytest

from chaindesk.domain.manifest import Row, RowValues
from chaindesk.engine.comparison.measures import Measure, MeasureKind
from chaindesk.engine.comparison.row_sample import sample
from chaindesk.engine.statistics.paired import Pairs


def sentence(pairs: Pairs, kind: MeasureKind = MeasureKind.CHECKS) -> str:
    return Measure(kind, pairs, {}).sentence


def test_a_difference_that_is_not_sure_names_the_rows_that_would_tell() -> None:
    assert sentence(Pairs(79, 12, 5, 4)) == (
        "B passes all checks in 91 of 100 rows, A in 84; 12 better, 5 worse: not yet sure (p = 0.14), about 190 more "
        "rows would tell. B gains between −1 and +15 points on all rows, most likely."
    )


@pytest.mark.parametrize(
    ("pairs", "words"),
    [
        (Pairs(60, 30, 5, 5), "B is better, that is sure (p under 0.001)"),
        (Pairs(60, 5, 30, 5), "A is better, that is sure (p under 0.001)"),
        (Pairs(60, 6, 6, 5), "no difference to be seen (p = 1.00)"),
        (Pairs(60, 0, 0, 5), "no difference in any row."),
    ],
)
def test_what_is_sure_is_said_so(pairs: Pairs, words: str) -> None:
    assert words in sentence(pairs)


def test_picks_are_told_as_picks() -> None:
    words = sentence(Pairs(4, 9, 2, 0), MeasureKind.PICKS)
    assert words.startswith("You picked B in 9 of 15 rows, A in 2, neither in 4: not yet sure (p = 0.065)")


def test_the_shown_gain_is_within_two_points_of_the_truth_in_95_of_100_trials() -> None:
    rows = [Row(number, f"J-{number}", RowValues({}, ())) for number in range(2, 6_002)]
    within = 0
    for trial in range(100):
        chance = random.Random(trial)
        right_a = {row.number: chance.random() < 0.8 for row in rows}
        right_b = {
            number: right if chance.random() < 0.85 else chance.random() < 0.9 for number, right in right_a.items()
        }
        truth = (sum(right_b.values()) - sum(right_a.values())) / len(rows)
        keys = [Row(row.number, f"{trial} {row.key}", row.values) for row in rows]
        measure = Measure.of(MeasureKind.CHECKS, {one: (right_a[one], right_b[one]) for one in sample(keys, 600)})
        assert measure is not None
        within += abs(measure.pairs.gain - truth) <= 0.02
    assert within >= 95


def test_a_longer_sample_begins_with_the_shorter_one() -> None:
    rows = [Row(number, str(number), RowValues({}, ())) for number in range(2, 202)]
    short, long = sample(rows, 20), sample(rows, 60)
    assert set(short) < set(long)
    assert short == sorted(short)
    assert short != list(range(2, 22))
    assert len(sample(rows, 500)) == 200
