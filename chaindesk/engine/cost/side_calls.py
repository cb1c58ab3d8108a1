"""What votes, judges, failed checks and a fallback are likely to cost beside a step's own calls, and at most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.chains.checks import FailActionKind
from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.domain.estimate import FALLBACK, Price, SideEstimate, StepEstimate

GUESSED_FAILING = 0.2
"""The share of answers that fail a check, where no earlier answers tell."""
_CURED = 0.5  # of those asked again, so many pass then
_JUDGE_INPUT, _JUDGE_OUTPUT = 120, 40  # tokens around the answer that is judged, and of a verdict
OtherModel = Callable[[str], tuple[Endpoint, str]]
"""The endpoint and name of a model, given as provider/model."""


def side_estimates(
    step: Step, own: StepEstimate, failing: float | None, other: OtherModel, price: Price
) -> Iterator[SideEstimate]:
    """Yield what a step's votes, judges and failed checks cost beside its own missing calls."""
    rows = own.calls
    if not rows or not (step.checks or step.votes > 1 or step.fallback):
        return
    sent, made = own.input_tokens // rows, own.output_tokens // rows
    endpoint, model = other(step.model)

    def side(purpose: str, reference: str, likely: float, most: int, usage: Usage) -> SideEstimate:
        asked = (endpoint, model) if reference == step.model else other(reference)
        each = price(*asked, usage)
        cost = None if each is None else each * Decimal(round(likely, 3))
        return SideEstimate(
            step.name, purpose, reference, round(likely), most, cost, None if each is None else each * most
        )

    if step.fallback is not None:
        yield side(FALLBACK, step.fallback, 0, rows, Usage(sent, made))
    if step.votes > 1:
        more = (step.votes - 1) * rows
        yield side("votes", step.model, more, more, Usage(sent, made))
    left, answers, most_answers = (GUESSED_FAILING if failing is None else failing) * rows, float(rows), rows
    for action in step.on_fail:
        if action.kind is FailActionKind.REVIEW:
            break
        again = action.kind is FailActionKind.ASK_AGAIN
        usage = Usage(sent + made + 60, made) if again else Usage(sent, made)
        yield side("asking again" if again else "escalation", action.escalate or step.model, left, rows, usage)
        answers, most_answers = answers + left, most_answers + rows
        left *= _CURED
    for judge in step.checks:
        if judge.model is not None:
            usage = Usage(made + _JUDGE_INPUT + len(judge.judge or "") // 4, _JUDGE_OUTPUT)
            yield side("judge", judge.model, answers, most_answers, usage)
