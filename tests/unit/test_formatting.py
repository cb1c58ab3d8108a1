"""Figures read the same wherever they stand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chaindesk.formatting import count, duration, figure, listed, money, money_range, row_ranges, size, visible


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-1, "0.0 s"),
        (0.42, "0.4 s"),
        (9.94, "9.9 s"),
        (9.99, "10 s"),
        (42, "42 s"),
        (59.7, "1 min 00 s"),
        (65, "1 min 05 s"),
        (7380, "2 h 03 min"),
    ],
)
def test_durations_read_as_people_say_them(seconds: float, words: str) -> None:
    assert duration(seconds) == words


@pytest.mark.parametrize(
    ("dollars", "words"),
    [
        (None, "unknown"),
        (Decimal(0), "$0.00"),
        (Decimal("0.00001"), "under $0.001"),
        (Decimal("0.00123"), "$0.0012"),
        (Decimal("0.00996"), "$0.010"),
        (Decimal("0.04"), "$0.040"),
        (Decimal("0.0994"), "$0.099"),
        (Decimal("0.0996"), "$0.10"),
        (0.5, "$0.50"),
        (Decimal("12.346"), "$12.35"),
        (1234.5, "$1,234.50"),
        (Decimal(-3), "-$3.00"),
    ],
)
def test_money_has_as_many_digits_as_say_something(dollars: Decimal | float | None, words: str) -> None:
    assert money(dollars) == words


@pytest.mark.parametrize(
    ("low", "high", "words"),
    [
        ("2.8", "3.4", "$2.80–3.40"),
        ("0.05", "1.2", "$0.050–1.20"),
        ("0", "0.02", "up to $0.020"),
        ("3.001", "3.002", "$3.00"),
    ],
)
def test_a_range_of_money_names_the_dollar_once(low: str, high: str, words: str) -> None:
    assert money_range(Decimal(low), Decimal(high)) == words


def test_counts_have_their_plural() -> None:
    assert [count(1200), count(1, "row"), count(1200, "row"), count(2, "retry", "retries")] == [
        "1,200",
        "1 row",
        "1,200 rows",
        "2 retries",
    ]


def test_measured_figures_have_no_more_digits_than_say_something() -> None:
    assert [figure(3.14), figure(1234.5)] == ["3.1", "1,234"]


def test_sizes_are_told_as_people_read_them() -> None:
    assert [size(number) for number in (0, 1, 640_000, 12_400_000, 2_500_000_000)] == [
        "0 KB",
        "1 KB",
        "640 KB",
        "12.4 MB",
        "2.50 GB",
    ]


def test_words_are_listed_up_to_a_number() -> None:
    assert [listed(["a", "b"]), listed(["a", "b", "c"], most=1), listed([])] == ["a, b", "a and 2 more", ""]


def test_rows_are_listed_as_ranges() -> None:
    assert row_ranges([5, 2, 3, 4, 9]) == "2–5, 9"
    assert row_ranges(list(range(1, 41, 2)), most=3) == "1, 3, 5 and 17 more"
    assert row_ranges([]) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[2J\x1b]0;title\x07", "\\x1b[2J\\x1b]0;title\\x07"),
        ("\x9b31m", "\\x9b31m"),
        ("a\rb\x08", "a\\x0db\\x08"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\U000e0041", "\\U000e0041"),
        ("one\n\ttwo – größer, 漢字, 👩‍🚀 \\x1b", "one\n\ttwo – größer, 漢字, 👩‍🚀 \\x1b"),
    ],
)
def test_control_characters_are_spelt_out_and_nothing_else_is(text: str, shown: str) -> None:
    assert visible(text) == shown
