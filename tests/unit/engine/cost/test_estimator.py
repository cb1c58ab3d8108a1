"""What a run is likely to cost: before it, and from its first answers, against what it then cost."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import Endpoint, Finish, ProviderKind, Usage
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.estimate import Estimate, StepEstimate
from chaindesk.domain.events import CallInVain, RowFinished, StepFinished, StepStarted
from chaindesk.domain.status import Status
from chaindesk.engine.cost.estimator import StepDemand, estimate
from chaindesk.engine.cost.forecast import CostForecaster

LAB = Endpoint("lab", ProviderKind.OPENAI_CHAT, "https://llm.example.org/v1")
CASES = 100
ROWS = 100


def dollars(endpoint: Endpoint, model: str, usage: Usage) -> Decimal | None:
    if model == "unlisted":
        return None
    dear = 2 if usage.input > 200_000 else 1
    return (Decimal(usage.input - usage.cached_input) * dear + usage.output * 5) / 1_000_000


def step_of(**settings: Any) -> Step:
    return Step.model_validate({"name": "draft", "model": "lab/m", "prompt": "Hi"} | settings)


def before(calls: int, cost: Decimal | None = Decimal(1), **more: Any) -> Estimate:
    low, high = (None, None) if cost is None else (cost / 3, cost * 3)
    return Estimate(steps=(StepEstimate("draft", "lab/m", calls, cost=cost, low=low, high=high, **more),))


def answer(at: float, row: int, cost: Decimal | None, seconds: float = 1.0, **more: Any) -> StepFinished:
    return StepFinished(at, row, str(row), "draft", "", "m", Usage(1, 1), cost, seconds, 1, Finish.STOP, **more)


# --- while a run goes on ---------------------------------------------------------------------------------------------

SPREADS: dict[str, Callable[[random.Random], float]] = {
    "alike": lambda rng: 1.0,
    "even": lambda rng: rng.uniform(0.5, 1.5),
    "lengths": lambda rng: rng.lognormvariate(0, 0.4),
    "wide": lambda rng: rng.lognormvariate(0, 0.7),
    "capped": lambda rng: min(rng.lognormvariate(0, 0.8), 1.5),
    "exponential": lambda rng: rng.expovariate(1),
}


def simulated(spread: Callable[[random.Random], float], at_once: int, after: int, seed: int) -> bool:
    """Whether the interval after some answers of a simulated run holds what it cost in the end.

    Long answers cost more and come later, as they do.
    """
    rng = random.Random(seed)
    lengths = [spread(rng) for _ in range(ROWS)]
    costs = [Decimal(f"{0.01 * (length + 0.3):.6f}") for length in lengths]
    live = CostForecaster(before(ROWS, Decimal(5)))
    out: list[tuple[float, int, float]] = []
    now, begun = 0.0, 0
    for _ in range(after):
        while begun < ROWS and len(out) < at_once:
            live.fold(StepStarted(now, begun, "k", "draft", 1))
            heapq.heappush(out, (now + 5 * lengths[begun], begun, now))
            begun += 1
        now, row, began = heapq.heappop(out)
        live.fold(answer(now, row, costs[row], now - began))
    forecast = live.forecast(now)
    assert forecast.low is not None
    assert forecast.high is not None
    return forecast.low <= sum(costs) <= forecast.high


@pytest.mark.parametrize("at_once", [1, 10, 25])
@pytest.mark.parametrize("spread", SPREADS)
def test_after_some_rows_four_intervals_of_five_hold_what_a_run_costs_in_the_end(spread: str, at_once: int) -> None:
    for after in (3, 5, 10, 20, 40, 80):
        held = sum(simulated(SPREADS[spread], at_once, after, seed) for seed in range(CASES))
        assert held >= 0.8 * CASES, (after, held)


def test_the_interval_narrows_with_every_answer_and_closes_at_the_end() -> None:
    rng = random.Random(7)
    live = CostForecaster(before(200))
    widths = []
    for row in range(200):
        live.fold(answer(row, row, Decimal(f"{rng.uniform(0.01, 0.02):.6f}")))
        forecast = live.forecast(row)
        assert forecast.high is not None
        assert forecast.low is not None
        widths.append(forecast.high - forecast.low)
    assert widths[9] > widths[39] > widths[99] > widths[198] > widths[199] == 0
    assert forecast.cost == forecast.spent
    assert forecast.answers == 200


def test_before_the_first_answer_the_estimate_from_before_stands() -> None:
    forecast = CostForecaster(before(10, Decimal(3))).forecast(0.0)
    assert (forecast.spent, forecast.cost, forecast.low, forecast.high) == (None, 3, 1, 9)
    assert forecast.answers == 0


def test_rows_that_will_not_go_on_are_taken_off() -> None:
    live = CostForecaster(before(10))
    for row in range(5):
        live.fold(answer(row, row, Decimal("0.1")))
    for row in range(5, 9):
        live.fold(RowFinished(9.0, row, str(row), Status.FAILED, None, 1.0), 0)
    assert live.forecast(9.0).cost == Decimal("0.6")


def test_what_is_paid_in_vain_is_expected_of_the_calls_to_come_too() -> None:
    live = CostForecaster(before(20))
    for row in range(10):
        live.fold(answer(row, row, Decimal("0.1")))
        live.fold(CallInVain(row, row, str(row), "draft", FailureKind.FIELDS, Usage(1, 1), Decimal("0.05")))
    forecast = live.forecast(10.0)
    assert forecast.spent == Decimal("1.5")
    assert forecast.cost == Decimal("3.0")


def test_an_unknown_price_stays_unknown_until_the_provider_tells_it() -> None:
    live = CostForecaster(before(10, None))
    forecast = live.forecast(0.0)
    assert (forecast.cost, forecast.spent, forecast.unknown) == (None, None, ("lab/m",))
    live.fold(answer(1.0, 1, None))
    assert live.forecast(1.0).cost is None
    for row in range(2, 6):
        live.fold(answer(row, row, Decimal("0.1")))
    assert live.forecast(9.0).cost == Decimal("0.9")


def test_a_call_that_hangs_does_not_blow_the_estimate_up() -> None:
    live = CostForecaster(before(20))
    live.fold(StepStarted(0.0, 99, "k", "draft", 1))
    for row in range(15):
        live.fold(answer(row, row, Decimal("0.1")))
    high = live.forecast(500.0).high
    assert high is not None
    assert high < 3


# --- before a run ----------------------------------------------------------------------------------------------------


def test_the_ceiling_of_an_answer_is_no_expectation_but_bounds_it() -> None:
    open_end = estimate([StepDemand(step_of(), LAB, 10, 1000)], dollars)
    wide = estimate([StepDemand(step_of(max_output_tokens=8000), LAB, 10, 1000)], dollars)
    tight = estimate([StepDemand(step_of(max_output_tokens=50), LAB, 10, 1000)], dollars)
    assert wide == open_end
    assert tight.output_tokens == 500
    assert open_end.low is not None
    assert open_end.cost is not None
    assert open_end.high is not None
    assert open_end.low < open_end.cost < open_end.high
    assert tight.high is not None
    assert tight.high < Decimal("0.0041")


def test_fields_are_short_and_reasoning_is_long() -> None:
    short = estimate([StepDemand(step_of(fields={"quality": "integer"}), LAB, 1, 100)], dollars)
    long = estimate([StepDemand(step_of(reasoning_effort="high"), LAB, 1, 100)], dollars)
    assert short.output_tokens < 100 < 1000 < long.output_tokens


def test_earlier_answers_are_what_the_next_ones_are_measured_by() -> None:
    rng = random.Random(3)
    earlier = [Usage(120, rng.randint(900, 1100)) for _ in range(30)]
    measured = estimate([StepDemand(step_of(), LAB, 100, 12_000, earlier)], dollars)
    assert measured.steps[0].measured == 30
    assert 90_000 < measured.output_tokens < 110_000
    assert measured.low is not None
    assert measured.high is not None
    assert measured.low > Decimal("0.45")
    assert measured.high < Decimal("0.57")


def test_what_the_cache_gave_before_is_expected_again() -> None:
    cached = estimate([StepDemand(step_of(), LAB, 10, 10_000, [Usage(1000, 10, 900)] * 5)], dollars)
    plain = estimate([StepDemand(step_of(), LAB, 10, 10_000, [Usage(1000, 10)] * 5)], dollars)
    assert cached.cost is not None
    assert plain.cost is not None
    assert plain.cost - cached.cost == Decimal("0.009")


def test_many_short_calls_are_not_priced_like_a_long_one() -> None:
    many = estimate([StepDemand(step_of(), LAB, 1000, 300_000)], dollars)
    assert many.cost == Decimal("0.3") + 5 * Decimal("0.5")


def test_a_step_without_a_price_is_named_and_in_no_figure() -> None:
    steps = [StepDemand(step_of(), LAB, 10, 1000), StepDemand(step_of(name="b", model="lab/unlisted"), LAB, 10, 1000)]
    both = estimate(steps, dollars)
    assert both.unknown_prices == ("lab/unlisted",)
    assert both.cost == estimate(steps[:1], dollars).cost
    assert estimate(steps[1:], dollars).cost is None
    assert estimate([StepDemand(step_of(model="lab/unlisted"), LAB, 0, 0)], dollars).unknown_prices == ()
