"""What a row of answers and refusals says of their cause."""

from __future__ import annotations

from chaindesk.engine.ratelimit.refusal_history import RefusalHistory


def history_of(outcomes: str, in_flight: list[int] | None = None) -> RefusalHistory:
    """``.`` for a call that passed, ``x`` for a refused one."""
    history = RefusalHistory()
    for number, outcome in enumerate(outcomes, 1):
        history.add((in_flight or [number] * len(outcomes))[number - 1])
        if outcome == "x":
            history.mark_refused(number)
    return history


def test_refusals_in_a_row_are_dense_and_single_ones_are_not() -> None:
    assert history_of("..xxx").is_dense(5, noise=False)
    assert not history_of(".x..x...x").is_dense(9, noise=False)
    assert history_of(".xx.xx.xx.").is_dense(10, noise=False)


def test_where_refusals_come_at_random_it_takes_more_of_them() -> None:
    assert not history_of(".........xxx").is_dense(12, noise=True)
    assert history_of("xxxxxxxxxxxx").is_dense(12, noise=True)


def test_a_cap_is_where_refusals_begin() -> None:
    assert history_of(".....xxx", [1, 2, 3, 4, 5, 6, 7, 8]).in_flight_cap(0) == 5
    assert history_of(".....xxx", [1, 2, 3, 4, 5, 3, 4, 2]).in_flight_cap(0) is None
    assert history_of(".....xxx", [1, 2, 3, 4, 5, 6, 7, 8]).in_flight_cap(30) is None
