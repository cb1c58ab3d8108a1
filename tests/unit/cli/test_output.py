from __future__ import annotations

from decimal import Decimal

import pytest

from chaindesk.cli.output import count, duration, listed, money, table


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0, "0.0 s"), (9.94, "9.9 s"), (9.99, "10 s"), (59.7, "1 min 0 s"), (200, "3 min 20 s"), (7500, "2 h 5 min")],
)
def test_times_are_told_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        (None, "unknown"),
        (Decimal(0), "$0.00"),
        (Decimal("0.00001"), "under $0.0001"),
        (Decimal("0.1234"), "$0.1234"),
        (1234.5, "$1,234.50"),
    ],
)
def test_money_has_as_many_digits_as_say_something(dollars: Decimal | float | None, words: str) -> None:
    assert money(dollars) == words


def test_counts_have_their_plural() -> None:
    assert [count(1, "row"), count(1200, "row"), count(2, "retry", "retries")] == ["1 row", "1,200 rows", "2 retries"]


def test_rows_are_listed_as_ranges() -> None:
    assert listed([5, 2, 3, 4, 9]) == "2–5, 9"
    assert listed(list(range(1, 41, 2)), most=3) == "1, 3, 5 and 17 more"
    assert listed([]) == ""


def test_a_table_is_aligned() -> None:
    assert table([["a", "1"], ["bcd", "20"]], right=" r") == ["a     1", "bcd  20"]
