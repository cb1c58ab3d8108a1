"""Where a prompt's long common text stands behind a row's own, so that no provider's cache can keep it."""

from __future__ import annotations

from chaindesk.domain.chains.chain_binding import BoundStep
from chaindesk.domain.chains.template import byte_length
from chaindesk.domain.manifest import Notice
from chaindesk.engine.planning.plan import Plan
from chaindesk.engine.prompting.request_builder import MIN_CACHED_BYTES, RequestBuilder

_MIN_CALLS = 10


def order_hints(chain: RequestBuilder, plan: Plan) -> list[Notice]:
    """Return which steps would be cheaper with the row's own text last."""
    calls = {one.step: one.calls for one in plan.estimate.steps}
    return [
        Notice(
            f"Step {step.step.name}: about {behind // 4:,} tokens that are the same in every row stand behind the "
            "row's own text. Put the row's text last, and the provider's cache can keep them."
        )
        for step in chain.steps
        if calls.get(step.step.name, 0) >= _MIN_CALLS and (behind := _common_bytes_behind(step)) >= MIN_CACHED_BYTES
    ]


def _common_bytes_behind(step: BoundStep) -> int:
    """Return how long the text is that every row's call has behind the first of what is the row's own."""
    own = False
    behind = 0
    for part in (*step.system.parts, *step.prompt.parts):
        if not isinstance(part, str):
            own = True
        elif own:
            behind += byte_length(part)
    return behind
