"""Which rows the user's words choose."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chaindesk.domain.errors import UsageError
from chaindesk.domain.manifest import Row, RowValues
from chaindesk.domain.row_selection import RowSelection

ROWS = [Row(number, str(number), RowValues({}, ())) for number in (2, 3, 4, 7, 8, 50, 51, 60)]


def chosen(words: str, failed: tuple[int, ...] = ()) -> list[int]:
    return [row.number for row in RowSelection.parse(words).select(ROWS, failed)]


@pytest.mark.parametrize(
    ("words", "numbers"),
    [
        ("all", [2, 3, 4, 7, 8, 50, 51, 60]),
        (" all ", [2, 3, 4, 7, 8, 50, 51, 60]),
        ("failed", [3, 51]),
        ("first:3", [2, 3, 4]),
        ("first:100", [2, 3, 4, 7, 8, 50, 51, 60]),
        ("3", [3]),
        ("2-50,60", [2, 3, 4, 7, 8, 50, 60]),
        ("60, 3 - 4,4-7", [3, 4, 7, 60]),
        ("9-40", []),
    ],
)
def test_words_choose_sheet_rows_in_their_order(words: str, numbers: list[int]) -> None:
    assert chosen(words, failed=(3, 51)) == numbers


@pytest.mark.parametrize("words", ["", "none", "first:0", "first:x", "5-3", "0", "2,,3", "-4", "2-", "1.5", "first: "])
def test_other_words_are_refused_with_what_can_be_written(words: str) -> None:
    with pytest.raises(UsageError, match="--rows"):
        RowSelection.parse(words)


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(1, 120), st.integers(0, 30)), min_size=1, max_size=8))
def test_ranges_choose_what_a_set_of_numbers_would(spans: list[tuple[int, int]]) -> None:
    words = ",".join(f"{low}-{low + length}" for low, length in spans)
    wanted = {number for low, length in spans for number in range(low, low + length + 1)}
    rows = [Row(number, "", RowValues({}, ())) for number in range(1, 160)]
    assert {row.number for row in RowSelection.parse(words).select(rows)} == wanted & set(range(1, 160))


@settings(deadline=None)
@given(st.sets(st.integers(1, 1_000_000)))
def test_numbers_choose_just_these_rows(numbers: set[int]) -> None:
    rows = [Row(number, "", RowValues({}, ())) for number in sorted(numbers | {1_000_001})]
    assert {row.number for row in RowSelection.of_numbers(numbers).select(rows)} == numbers
