"""What the checks of a run came to: how many answers passed, and how, at what cost beside the larger model alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.completion import Usage
from chaindesk.formatting import money

LargePrice = Callable[[str, Usage], Decimal | None]
"""US dollars that an answer of so many tokens would have cost by a model, given as provider/model."""
PATH_WORDS = {
    AnswerPath.AT_ONCE: "passed at once",
    AnswerPath.ASKED_AGAIN: "after asking again",
    AnswerPath.ESCALATED: "escalated",
    AnswerPath.REVIEW: "to review",
}


@dataclass(slots=True)
class StepFigures:
    """The answers of one step with checks.

    Attributes:
        paths: how many answers came about in each way.
        cost: US dollars of all their calls; None once one is unknown.
        large_cost: what the larger model alone would have cost, from the same tokens; None once that is unknown.
        large: the larger model, or "".
    """

    paths: Counter[AnswerPath] = field(default_factory=Counter)
    cost: Decimal | None = Decimal(0)
    large_cost: Decimal | None = Decimal(0)
    large: str = ""


class CheckFigures:
    """The figures of a run, by step."""

    def __init__(self) -> None:
        self.steps: dict[str, StepFigures] = {}

    def add(self, step: Step, path: AnswerPath, cost: Decimal | None, large_cost: Decimal | None) -> None:
        """Count an answer that is settled, with what all its calls cost."""
        figures = self.steps.setdefault(step.name, StepFigures(large=larger_model(step)))
        figures.paths[path] += 1
        figures.cost = None if figures.cost is None or cost is None else figures.cost + cost
        known = figures.large_cost is not None and large_cost is not None
        figures.large_cost = figures.large_cost + large_cost if known else None  # type: ignore[operator]

    def lines(self) -> Iterator[str]:
        """Yield a sentence for each step."""
        for name, figures in self.steps.items():
            yield f"Checks of {name}: {_path_words(figures.paths)}.{_cost_words(figures)}"


def larger_model(step: Step) -> str:
    """Return the last model that a step escalates to, or ""."""
    return next((action.escalate for action in reversed(step.on_fail) if action.escalate), "")


def _path_words(paths: Counter[AnswerPath]) -> str:
    total = sum(paths.values())
    return ", ".join(
        f"{paths[path]:,} {PATH_WORDS[path]} ({paths[path] / total:.0%})" for path in AnswerPath if paths[path]
    )


def _cost_words(figures: StepFigures) -> str:
    if figures.cost is None or not figures.cost:
        return ""
    if not figures.large or not figures.large_cost:
        return f" They cost {money(figures.cost)}."
    share = f"{figures.cost / figures.large_cost:.0%}"
    alone = f"{figures.large} alone would have cost about {money(figures.large_cost)}"
    return f" They cost {money(figures.cost)}; {alone}, of which this is {share}."
