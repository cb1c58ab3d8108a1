"""What missing calls are likely to cost, before a run: from bytes and earlier answers.

A token is guessed for every four bytes sent. What comes back is measured by the journal's answers to the same step and
model, and guessed with a wide spread where there are none: a step's ``max_output_tokens`` is a ceiling, never an
expectation. ``forecast`` improves the figure with each answer while a run goes on.
"""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chaindesk.domain.chains.call_choices import SpeedFallback
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import Endpoint, Speed, Usage
from chaindesk.domain.estimate import Estimate, Price, SideEstimate, StepEstimate
from chaindesk.engine.cost.side_calls import OtherModel, UnjudgedAnswers, side_estimates, unjudged_estimates
from chaindesk.engine.cost.spread import CostSpread, dollars

GUESSED_OUTPUT = 500
"""Tokens of an answer of which nothing is known."""
REASONING_FACTOR = 4
"""With reasoning an answer takes so many times the tokens."""
TOKENS_PER_FIELD = 40
MIN_SAMPLES = 3
"""Fewer earlier answers than these are no measure."""
_OUTPUT_LOW_FACTOR, _OUTPUT_HIGH_FACTOR = 1 / 3, 3.0
_INPUT_LOW_FACTOR, _INPUT_HIGH_FACTOR = 0.75, 1.4
_ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class StepDemand:
    """The missing calls of one step: how many, the tokens that they send, and earlier answers to measure them by.

    ``failing`` is the share of earlier answers that needed more than one call for their checks; None where none tells.
    """

    step: Step
    endpoint: Endpoint
    calls: int
    input_tokens: int
    earlier: Sequence[Usage] = ()
    failing: float | None = None


def estimate(
    demands: Sequence[StepDemand],
    price: Price,
    other: OtherModel | None = None,
    unjudged: Sequence[UnjudgedAnswers] = (),
) -> Estimate:
    """Return what missing calls are likely to take, with a spread.

    Each call is priced by itself, because long ones may cost more a token.

    Args:
        demands: the missing calls of each step.
        price: what tokens cost.
        other: returns the endpoints of models that checks ask; without it, the calls for checks are left out.
        unjudged: the answers that are there, and that judges are to be asked about.
    """
    steps = [_step_estimate(one, price) for one in demands]
    sides: list[SideEstimate] = []
    if other is not None:
        for demand, own in zip(demands, steps, strict=True):
            sides += side_estimates(demand.step, own, demand.failing, other, price)
        for found in unjudged:
            sides += unjudged_estimates(found, other, price)
    return _with_sides(_of_steps(steps), sides)


def _with_sides(own: Estimate, sides: Sequence[SideEstimate]) -> Estimate:
    """Return an estimate with what checks and votes cost besides: likely in the cost, and at most in its upper end."""
    if not sides:
        return own
    known = [side for side in sides if side.cost is not None]
    unknown = dict.fromkeys([*own.unknown_prices, *(side.model for side in sides if side.cost is None)])
    if own.cost is None and not known:
        return replace(own, sides=tuple(sides), unknown_prices=tuple(unknown))
    certain = sum((side.cost or _ZERO for side in known if side.likely == side.most), _ZERO)
    return replace(
        own,
        cost=sum((side.cost or _ZERO for side in known), own.cost or _ZERO),
        low=(own.low or _ZERO) + certain,
        high=sum((side.most_cost or _ZERO for side in known), own.high or _ZERO),
        unknown_prices=tuple(unknown),
        sides=tuple(sides),
    )


def _of_steps(steps: Sequence[StepEstimate]) -> Estimate:
    calling = [one for one in steps if one.calls]
    known = [one for one in calling if one.cost is not None]
    return Estimate(
        input_tokens=sum(one.input_tokens for one in steps),
        output_tokens=sum(one.output_tokens for one in steps),
        cost=sum((one.cost or _ZERO for one in known), _ZERO) if known else None,
        unknown_prices=tuple(dict.fromkeys(one.model for one in calling if one.cost is None)),
        low=sum((one.low or _ZERO for one in known), _ZERO) if known else None,
        high=sum((one.high or _ZERO for one in known), _ZERO) if known else None,
        steps=tuple(steps),
    )


def _step_estimate(demand: StepDemand, price: Price) -> StepEstimate:
    step = demand.step
    conditional = step.run_if is not None and step.run_if.step is not None
    if not demand.calls:
        return StepEstimate(step.name, step.model, 0, conditional=conditional)
    sent = round(demand.input_tokens / demand.calls)
    measured = demand.earlier if len(demand.earlier) >= MIN_SAMPLES else ()
    made = likely_output(step, measured)
    if measured:
        outputs = [_capped(step, usage.output) for usage in measured]
        costs = [
            price(demand.endpoint, step.model_name, Usage(sent, output, _cached(sent, usage)))
            for output, usage in zip(outputs, measured, strict=True)
        ]
        known = [float(cost) for cost in costs if cost is not None]
        spread = CostSpread.of(known).total(demand.calls) if len(known) == len(costs) else None
    else:
        spread = _guessed_spread(demand, price, sent, made)
    cost, low, high = (None, None, None) if spread is None else _at_speed(step, *map(dollars, spread))
    return StepEstimate(
        step=step.name,
        model=step.model,
        calls=demand.calls,
        input_tokens=demand.input_tokens,
        output_tokens=demand.calls * made,
        cost=cost,
        low=low,
        high=high,
        measured=len(measured),
        conditional=conditional,
        speed=step.speed or Speed.STANDARD,
    )


def _at_speed(step: Step, cost: Decimal, low: Decimal, high: Decimal) -> tuple[Decimal, Decimal, Decimal]:
    """Return the standard cost of a step's calls as its speed's; at the most all of them may have to fall back."""
    share = (step.speed or Speed.STANDARD).price_share
    falls_back = step.speed is Speed.FLEX and step.speed_fallback is SpeedFallback.STANDARD
    return cost * share, low * share, high if falls_back else high * share


def likely_output(step: Step, earlier: Sequence[Usage]) -> int:
    """Return the tokens that a step's answer is likely to take: by earlier ones, guessed where there are too few."""
    if len(earlier) >= MIN_SAMPLES:
        return round(statistics.fmean(_capped(step, usage.output) for usage in earlier))
    made = TOKENS_PER_FIELD * len(step.fields) if step.fields else GUESSED_OUTPUT
    return _capped(step, made * (REASONING_FACTOR if step.reasoning_effort else 1))


def _capped(step: Step, tokens: float) -> int:
    return round(min(tokens, step.max_output_tokens or tokens))


def _cached(sent: int, usage: Usage) -> int:
    """Return as great a part of the input as was read from the cache before."""
    return round(sent * usage.cached_input / usage.input) if usage.input else 0


def _guessed_spread(demand: StepDemand, price: Price, sent: int, made: int) -> tuple[float, float, float] | None:
    amounts = [
        price(demand.endpoint, demand.step.model_name, Usage(round(sent * more), _capped(demand.step, made * answered)))
        for more, answered in (
            (1.0, 1.0),
            (_INPUT_LOW_FACTOR, _OUTPUT_LOW_FACTOR),
            (_INPUT_HIGH_FACTOR, _OUTPUT_HIGH_FACTOR),
        )
    ]
    likely, low, high = ([float(amount * demand.calls)] if amount is not None else [] for amount in amounts)
    return (likely[0], low[0], high[0]) if likely and low and high else None
