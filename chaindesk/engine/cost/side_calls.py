"""What votes, judges, failed checks and a fallback are likely to cost beside a step's own calls, and at most."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.chains.checks import FailActionKind
from chaindesk.domain.completion import Endpoint, Usage
from chaindesk.domain.estimate import ASKED_ANEW, FALLBACK, JUDGE, JUDGE_KNOWN, Price, SideEstimate, StepEstimate

GUESSED_FAILING = 0.2
"""The share of answers that fail a check, where no earlier answers tell."""
_CURED = 0.5  # of those asked again, so many pass then
_JUDGE_INPUT, _JUDGE_OUTPUT = 120, 40  # tokens around the answer that is judged, and of a verdict
OtherModel = Callable[[str], tuple[Endpoint, str]]
"""The endpoint and name of a model, given as provider/model."""


@dataclass(frozen=True, slots=True)
class LaterStep:
    """A step whose answers use one that a judge may refuse: how many, and the tokens of one call and its answer."""

    step: Step
    answers: int
    sent: int
    made: int


@dataclass(frozen=True, slots=True)
class UnjudgedAnswers:
    """The answers to one step that judges have not settled.

    Attributes:
        step: the step.
        asked: how many calls each of its judges is asked, in order.
        replaced: how many of the answers may be asked for again where a judge refuses them.
        sent: the tokens of one call of the step.
        made: the tokens of its answer.
        failing: the share of earlier answers that needed more than one call; None where none tells.
        later: the steps that use its answers, with those answers of them that would be asked for anew.
    """

    step: Step
    asked: tuple[int, ...]
    replaced: int
    sent: int
    made: int
    failing: float | None = None
    later: tuple[LaterStep, ...] = ()


def side_estimates(
    step: Step, own: StepEstimate, failing: float | None, other: OtherModel, price: Price
) -> Iterator[SideEstimate]:
    """Yield what a step's votes, judges and failed checks cost beside its own missing calls."""
    rows = own.calls
    if not rows or not (step.checks or step.votes > 1 or step.fallback):
        return
    side = _Sides(step, own.input_tokens // rows, own.output_tokens // rows, other, price)
    if step.fallback is not None:
        yield side.of(FALLBACK, step.fallback, 0, rows)
    if step.votes > 1:
        more = (step.votes - 1) * rows
        yield side.of("votes", step.model, more, more)
    yield from side.failed(rows, failing, rows, rows)


def unjudged_estimates(found: UnjudgedAnswers, other: OtherModel, price: Price) -> Iterator[SideEstimate]:
    """Yield what judges cost that are asked about answers which are there, and what follows where they refuse some."""
    side = _Sides(found.step, found.sent, found.made, other, price)
    judges = [check for check in found.step.checks if check.model is not None]
    for judge, calls in zip(judges, found.asked, strict=True):
        if calls:
            yield side.of(JUDGE_KNOWN, judge.model or "", calls, calls, judge.judge)
    if not found.replaced:
        return
    yield from side.failed(found.replaced, found.failing, 0, 0)
    share = GUESSED_FAILING if found.failing is None else found.failing
    for later in found.later:
        sides = _Sides(later.step, later.sent, later.made, other, price)
        yield sides.of(ASKED_ANEW, later.step.model, share * later.answers, later.answers)
        sent, made = later.sent * later.answers, later.made * later.answers
        own = StepEstimate(later.step.name, later.step.model, later.answers, sent, made)
        for one in side_estimates(later.step, own, None, other, price):
            cost = None if one.cost is None else one.cost * Decimal(round(share, 3))
            yield replace(one, likely=round(one.likely * share), cost=cost)


def most_follow_ups(unjudged: Iterable[UnjudgedAnswers], other: OtherModel, price: Price) -> int:
    """Return how many calls there can be at most where judges refuse answers that are there."""
    sides = (side for found in unjudged for side in unjudged_estimates(found, other, price))
    return sum(side.most for side in sides if side.purpose != JUDGE_KNOWN)


class _Sides:
    """Estimates of a step's calls besides, from the tokens of one of its own calls and of its answer."""

    def __init__(self, step: Step, sent: int, made: int, other: OtherModel, price: Price) -> None:
        self._step, self._sent, self._made, self._other, self._price = step, sent, made, other, price

    def of(self, purpose: str, model: str, likely: float, most: int, question: str | None = None) -> SideEstimate:
        """Return one: of calls like the step's own, or of a judge's that answers a question."""
        usage = Usage(self._sent, self._made)
        if question is not None:
            usage = Usage(self._made + _JUDGE_INPUT + len(question) // 4, _JUDGE_OUTPUT)
        elif purpose == "asking again":
            usage = Usage(self._sent + self._made + 60, self._made)
        each = self._price(*self._other(model), usage)
        cost = None if each is None else each * Decimal(round(likely, 3))
        most_cost = None if each is None else each * most
        return SideEstimate(self._step.name, purpose, model, round(likely), most, cost, most_cost)

    def failed(self, rows: int, failing: float | None, answers: float, most_answers: int) -> Iterator[SideEstimate]:
        """Yield what follows where checks fail, and the judges of all answers.

        Args:
            rows: the answers of which some may fail.
            failing: the share that does; None where nobody knows.
            answers: so many answers the judges are asked about already.
            most_answers: the same at most.
        """
        left = (GUESSED_FAILING if failing is None else failing) * rows
        for action in self._step.on_fail:
            if action.kind is FailActionKind.REVIEW:
                break
            again = action.kind is FailActionKind.ASK_AGAIN
            yield self.of("asking again" if again else "escalation", action.escalate or self._step.model, left, rows)
            answers, most_answers = answers + left, most_answers + rows
            left *= _CURED
        for judge in self._step.checks:
            if judge.model is not None and most_answers:
                yield self.of(JUDGE, judge.model, answers, most_answers, judge.judge)
