"""What steps at batch speed save, how long they may take, and for how long their results wait."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from chaindesk.domain.completion import Endpoint, Speed
from chaindesk.domain.manifest import Notice
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.formatting import count, listed, money
from chaindesk.providers.batches.protocol import BatchLimits


def batch_hints(chain: RequestBuilder, plan: Plan, limits_of: Callable[[Endpoint], BatchLimits | None]) -> list[Notice]:
    """Return what is to be known of a plan's batch jobs before they are sent."""
    found = []
    asked = [one for one in plan.estimate.steps if one.speed is Speed.BATCH and one.calls]
    if asked:
        found.append(Notice(_saving([one.step for one in asked], [one.cost for one in asked])))
    names = {one.step for one in asked}
    steps = [index for index, step in enumerate(chain.steps) if step.step.name in names]
    for endpoint in {chain.endpoint(index).name: chain.endpoint(index) for index in steps}.values():
        limits = limits_of(endpoint)
        if limits is not None:
            found.append(Notice(_lifetime(endpoint.name, limits)))
    if plan.submitted:
        are = "is" if plan.submitted == 1 else "are"
        found.append(Notice(f"{count(plan.submitted, 'row')} {are} out in batch jobs: nothing is sent twice."))
    return found


def _saving(steps: list[str], costs: list[Decimal | None]) -> str:
    known = sum((cost for cost in costs if cost is not None), Decimal(0))
    saves = f", which saves about {money(known)}" if known else ""
    which = f"Step {steps[0]} goes" if len(steps) == 1 else f"Steps {listed(steps, 5)} go"
    return f"{which} by batch jobs at half the price{saves}. One row of each goes first, at once and at the full price."


def _lifetime(name: str, limits: BatchLimits) -> str:
    hours, days = limits.hours, limits.results_days
    longest = "and go on until they are" if hours is None else f"and at the latest after {hours:.0f} hours"
    kept = "" if days is None else f" Results wait there for {count(round(days), 'day')}."
    return f"Batch jobs at {name} are mostly over within an hour or two, {longest}. Each step takes so long.{kept}"
