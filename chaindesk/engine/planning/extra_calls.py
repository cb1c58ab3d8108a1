"""The calls that a run may make beyond the planned ones: they cost, so they are said before."""

from __future__ import annotations

from chaindesk.domain.chains.call_choices import most_made_twice
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.estimate import FALLBACK, JUDGE, JUDGE_KNOWN, Estimate
from chaindesk.domain.manifest import Notice
from chaindesk.engine.planning.plan import Plan
from chaindesk.formatting import count

_UNREPAIRED = frozenset({JUDGE, JUDGE_KNOWN, FALLBACK})  # a verdict has no fields of the step's


def made_twice(chain: Chain, plan: Plan) -> int:
    """Return how many calls of the last rows a run of a plan may make twice at most."""
    return most_made_twice(plan.calls) if chain.hedge else 0


def most_repairs(chain: Chain, estimate: Estimate) -> int:
    """Return how many answers may be asked for once more at most, since they do not fit their step's fields."""
    structured = {step.name for step in chain.steps if step.fields}
    own = sum(one.calls for one in estimate.steps if one.step in structured)
    sides = (one for one in estimate.sides if one.step in structured and one.purpose not in _UNREPAIRED)
    return own + sum(one.most for one in sides)


def extra_call_hints(chain: Chain, plan: Plan) -> list[Notice]:
    """Return what calls a run of a plan may make besides, in words."""
    hints = []
    if plan.follow_ups:
        said = "on_fail is followed for known answers that a judge refuses now: at most"
        hints.append(Notice(f"{said} {count(plan.follow_ups, 'call')} beyond these."))
    if repairs := most_repairs(chain, plan.estimate):
        said = f"An answer that does not fit its step's fields is asked for once more: at most {count(repairs, 'call')}"
        hints.append(Notice(f"{said} beyond these."))
    if twice := made_twice(chain, plan):
        hints.append(Notice(f"hedge: at most {count(twice, 'call')} beyond these may be made at the end of the run."))
    return hints
