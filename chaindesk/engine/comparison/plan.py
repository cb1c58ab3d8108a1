"""What a comparison of two chains would do and cost, before anything is asked."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.estimate import JUDGE_KNOWN
from chaindesk.engine.planning.plan import Plan


@dataclass(frozen=True, slots=True)
class ComparisonPlan:
    """What a comparison would do.

    Attributes:
        a: what A lacks.
        b: what B lacks, the steps that it shares with A included.
        shared: the calls among them that are made once for both.
        calls: the calls in all, at most, those to judges about known answers included.
        side_calls: calls for votes, judges and failed checks that there can be besides, at most.
        reused: answers that are known already.
        cost: US dollars that they are likely to take, or None where no price is known.
        high: what it will hardly be more than.
        unknown_prices: model references whose price is unknown.
    """

    a: Plan
    b: Plan
    shared: int
    calls: int
    side_calls: int
    reused: int
    cost: Decimal | None
    high: Decimal | None
    unknown_prices: tuple[str, ...]


def comparison_plan(a: Plan, b: Plan, same: Container[str]) -> ComparisonPlan:
    """Return what both sides would do; a call of a step in ``same``, which both need alike, is counted once."""
    calls_of_a = {one.step: one.calls for one in a.estimate.steps}
    shared, saved, saved_high = 0, Decimal(0), Decimal(0)
    for one in b.estimate.steps:
        if one.step in same and one.calls:
            both = min(one.calls, calls_of_a.get(one.step, 0))
            shared += both
            saved += (one.cost or Decimal(0)) * both / one.calls
            saved_high += (one.high or Decimal(0)) * both / one.calls
    estimates = (a.estimate, b.estimate)
    costs = [one.cost for one in estimates if one.cost is not None]
    highs = [one.high for one in estimates if one.high is not None]
    return ComparisonPlan(
        a,
        b,
        shared,
        a.planned_calls + b.planned_calls - shared,
        sum(side.most for one in estimates for side in one.sides if side.purpose != JUDGE_KNOWN),
        a.reused + b.reused,
        sum(costs, Decimal(0)) - saved if costs else None,
        sum(highs, Decimal(0)) - saved_high if highs else None,
        tuple(dict.fromkeys((*a.estimate.unknown_prices, *b.estimate.unknown_prices))),
    )
