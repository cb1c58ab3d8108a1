"""How often and how soon a failed call is made again."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from chaindesk.domain.chains.retry_settings import RetrySettings
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.calls.retry_policy import RetryPolicy

PLAIN = CallError(FailureKind.SERVER, "Down.")
seeds = st.integers(0, 2**32)


def asking(seconds: float) -> CallError:
    return CallError(FailureKind.RATE_LIMIT, "Slow down.", retry_after=seconds)


@given(seeds, st.integers(1, 50))
def test_no_more_calls_than_allowed(seed: int, attempts: int) -> None:
    policy = RetryPolicy(RetrySettings(attempts=attempts, seconds=1e9), random.Random(seed))
    delays = [policy.next_delay(PLAIN, 0.0) for _ in range(attempts)]
    assert delays[-1] is None
    assert None not in delays[:-1]


@given(seeds, st.integers(1, 20))
def test_refusals_for_the_rate_use_attempts_up_four_times_as_slowly(seed: int, attempts: int) -> None:
    policy = RetryPolicy(RetrySettings(attempts=attempts, seconds=1e9), random.Random(seed))
    delays = [policy.next_delay(asking(1.0), 0.0) for _ in range(4 * attempts)]
    assert delays.index(None) == 4 * attempts - 1


@given(seeds)
def test_delays_stay_below_a_ceiling_that_doubles_from_one_to_sixty_seconds(seed: int) -> None:
    policy = RetryPolicy(RetrySettings(attempts=50, seconds=1e9), random.Random(seed))
    for failures in range(49):
        delay = policy.next_delay(PLAIN, 0.0)
        assert delay is not None
        assert 0 <= delay <= min(60.0, 2.0**failures)


@given(seeds, st.floats(-1e6, 1e6))
def test_the_servers_own_delay_is_kept_to_up_to_two_minutes(seed: int, asked: float) -> None:
    delay = RetryPolicy(RetrySettings(seconds=1e9), random.Random(seed)).next_delay(asking(asked), 0.0)
    assert delay is not None
    wanted = min(max(asked, 0.0), 120.0)
    assert wanted <= delay <= wanted + 0.25


@given(seeds, st.floats(0, 2000), st.floats(1, 1000))
def test_nothing_is_tried_that_would_begin_after_the_cap(seed: int, elapsed: float, cap: float) -> None:
    delay = RetryPolicy(RetrySettings(seconds=cap), random.Random(seed)).next_delay(PLAIN, elapsed)
    assert delay is None or elapsed + delay <= cap


def test_equal_seeds_give_equal_delays_and_rows_differ() -> None:
    def delays(seed: int) -> list[float | None]:
        policy = RetryPolicy(RetrySettings(attempts=6, seconds=1e9), random.Random(seed))
        return [policy.next_delay(PLAIN, 0.0) for _ in range(5)]

    assert delays(1) == delays(1)
    assert delays(1) != delays(2)


def test_half_of_the_first_retries_come_within_half_a_second() -> None:
    first = [RetryPolicy(RetrySettings(), random.Random(seed)).next_delay(PLAIN, 0.0) for seed in range(400)]
    assert 150 < sum(1 for delay in first if delay is not None and delay < 0.5) < 250


def test_a_row_at_fault_is_given_up_once_chance_explains_its_failures_no_more() -> None:
    def calls(chance: float, *errors: CallError) -> int:
        policy = RetryPolicy(RetrySettings(attempts=50, seconds=1e9), random.Random(1))
        return next(n for n in range(1, 51) if policy.next_delay(errors[n % len(errors)], 0.0, chance) is None)

    assert (calls(0.01, PLAIN), calls(0.1, PLAIN), calls(0.2, PLAIN), calls(1.0, PLAIN)) == (5, 7, 9, 50)
    assert calls(0.01, PLAIN, CallError(FailureKind.TIMEOUT, "Late.")) == 50, "each time something else"
