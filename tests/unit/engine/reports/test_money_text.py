"""Costs in words."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.completion import Usage
from chaindesk.domain.estimate import Estimate, Forecast
from chaindesk.domain.events import CallInVain, Event
from chaindesk.engine.reports.money_text import cache_words, estimate_words, forecast_words, unusable_calls_text
from chaindesk.engine.run.progress.snapshot import Snapshot


def amounts(*texts: str | None) -> list[Any]:
    return [None if text is None else Decimal(text) for text in texts]


@pytest.mark.parametrize(
    ("forecast", "words"),
    [
        (Forecast(*amounts("0.42", "3.1", "2.8", "3.4")), "spent $0.42, about $3.10 in all ($2.80–3.40)"),
        (Forecast(*amounts(None, "0.02", "0.01", "0.05")), "spent $0.00, about $0.020 in all ($0.010–0.050)"),
        (Forecast(*amounts("3", "3", "3", "3")), "spent $3.00"),
        (Forecast(*amounts("1", "2", "2", "2"), unknown=("lab/m",)), "spent $1.00, about $2.00 in all, without lab/m"),
        (Forecast(*amounts(None, None, None, None), unknown=("lab/m",)), ""),
        (Forecast(*amounts("0", "0", "0", "0")), ""),
    ],
)
def test_a_run_that_goes_on_tells_what_it_spent_and_will_cost(forecast: Forecast, words: str) -> None:
    assert forecast_words(forecast) == words


def test_an_estimate_names_its_spread_and_what_has_no_price() -> None:
    known = Estimate(1, 1, Decimal(3), (), Decimal(1), Decimal(9))
    assert estimate_words(known) == "about $3.00 ($1.00–9.00)"
    assert estimate_words(Estimate(1, 1, None, ("lab/m",))) == "no price is known for lab/m"
    some = Estimate(1, 1, Decimal(3), ("lab/m",), Decimal(3), Decimal(3))
    assert estimate_words(some) == "about $3.00, no price is known for lab/m"


def test_the_cache_tells_what_it_saved_or_cost() -> None:
    assert cache_words(Usage(9, 9), None) == ""
    assert cache_words(Usage(9000, 9, 8000), None) == "8,000 tokens read from the cache"
    assert cache_words(Usage(9000, 9, 8000), Decimal(2)) == "8,000 tokens read from the cache, saved $2.00"
    dear = "0 tokens read from the cache, 9,000 written to it, cost $2.00 more than it saved"
    assert cache_words(Usage(9000, 9, 0, 9000), Decimal(-2)) == dear


def test_calls_in_vain_are_told_apart_from_those_that_nobody_knows_of() -> None:
    snapshot = Snapshot()
    assert unusable_calls_text(snapshot) == ""
    told: list[Event] = [
        CallInVain(1.0, 2, "2", "s", None, Usage(1, 1), Decimal("0.5")),
        CallInVain(1.0, 2, "2", "s", None, None, None, perhaps=True),
    ]
    for event in told:
        snapshot.fold(event)
    assert unusable_calls_text(snapshot) == (
        "1 call paid for but of no use ($0.50 of the cost), "
        "1 call cut off that may have been billed all the same, not counted"
    )
