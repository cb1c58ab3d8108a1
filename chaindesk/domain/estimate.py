"""What calls that are not made yet are likely to cost, as values: from ``engine.estimate`` to whoever shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.completion import CompletionRequest, Endpoint, Speed, Usage

Price = Callable[[Endpoint, str, Usage], Decimal | None]
"""US dollars for the tokens of one call to a model, or None where unknown."""


@dataclass(frozen=True, slots=True)
class OutputLimit:
    """How much a call can answer at most.

    Attributes:
        tokens: the limit of one answer as it is sent, or None where none is sent.
        answers: how many answers the call asks for.
    """

    tokens: int | None = None
    answers: int = 1


OutputLimitOf = Callable[[CompletionRequest], OutputLimit]
"""The limit that a call's wire format sends."""


@dataclass(frozen=True, slots=True)
class StepEstimate:
    """What the missing calls of one step are likely to take, all of them together.

    Attributes:
        step: the step's name.
        model: its model reference.
        calls: how many are missing.
        input_tokens: sent.
        output_tokens: answered.
        cost: US dollars, or None where the price is not known.
        low: what it will hardly be less than.
        high: what it will hardly be more than.
        measured: so many earlier answers it was measured by; 0: it is a guess.
        conditional: whether an earlier step's output decides if a call is made.
        speed: how soon its answers are wanted; the cost is that of this speed.
    """

    step: str
    model: str
    calls: int
    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    measured: int = 0
    conditional: bool = False
    speed: Speed = Speed.STANDARD


FALLBACK = "fallback"
"""The purpose of calls to a step's second model."""
JUDGE = "judge"
"""The purpose of calls to a judge about new answers."""
JUDGE_KNOWN = "judge of known answers"
"""The purpose of calls to a judge about answers that are there already."""
ASKED_ANEW = "asking anew"
"""The purpose of calls for answers that use one which a judge may refuse."""


@dataclass(frozen=True, slots=True)
class SideEstimate:
    """What the votes, a judge or the failed checks of a step are likely to take beside its own calls, and at most.

    Attributes:
        step: the step's name.
        purpose: ``fallback``, ``votes``, ``asking again``, ``escalation``, ``judge``, ``judge of known answers`` or
            ``asking anew``.
        model: the model that is asked, as provider/model.
        likely: calls that are likely.
        most: calls that there can be at most.
        cost: US dollars of the likely calls, or None where the price is not known.
        most_cost: US dollars of the most calls.
    """

    step: str
    purpose: str
    model: str
    likely: int
    most: int
    cost: Decimal | None
    most_cost: Decimal | None


@dataclass(frozen=True, slots=True)
class Estimate:
    """What missing calls are likely to take.

    Attributes:
        input_tokens: sent, a token for every four bytes; prompts that use outputs yet unknown are guessed.
        output_tokens: answered.
        cost: US dollars of the calls whose price is known, or None where none is.
        unknown_prices: model references whose price is unknown.
        low: what the cost will hardly be less than.
        high: what it will hardly be more than.
        steps: each step's part, without what its checks and votes cost besides.
        sides: that, which is part of the cost; ``high`` counts the most of it.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cost: Decimal | None = None
    unknown_prices: tuple[str, ...] = ()
    low: Decimal | None = None
    high: Decimal | None = None
    steps: tuple[StepEstimate, ...] = ()
    sides: tuple[SideEstimate, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run that is going on will have cost in the end, as its calls so far let one expect.

    Attributes:
        spent: US dollars so far, or None where no price is known.
        cost: likely in all, or None where no price is known.
        low: what it will hardly be less than.
        high: what it will hardly be more than; between the two it ends four times of five or oftener.
        unknown: model references whose price is unknown, and which are in no figure.
        answers: so many answers of this run it goes by; 0: it is the estimate from before the run.
    """

    spent: Decimal | None
    cost: Decimal | None
    low: Decimal | None
    high: Decimal | None
    unknown: tuple[str, ...] = ()
    answers: int = 0
