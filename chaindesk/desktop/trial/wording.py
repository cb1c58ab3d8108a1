"""What is said of a trial: what it costs before it begins, what kept it from it, and that approvals stand."""

from __future__ import annotations

from collections.abc import Sequence

from chaindesk.desktop.run_controls import figures
from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.domain.errors import ChainDeskError, ChainError
from chaindesk.engine.planning.plan import Plan
from chaindesk.formatting import row_ranges


def question_text(plan: Plan, step: str) -> str:
    """Return what a trial asks for and costs, with the steps that come first."""
    first = [one.step for one in plan.estimate.steps if one.calls and one.step != step]
    calls = tr_count(plan.planned_calls, tr_noop("{n} call"), tr_noop("{n} calls"))
    parts = [calls, *figures.cost_parts(plan.estimate)]
    rows = tr_count(len(plan.rows), tr_noop("{n} row"), tr_noop("{n} rows"))
    text = tr("Ask {step} for {rows}: {what}.").format(step=step, rows=rows, what=", ".join(parts))
    text += figures.unknown_prices_text(plan.estimate)
    if first:
        text += " " + tr("That includes what it needs first: {steps}.").format(steps=", ".join(first))
    return text


def approved_text(numbers: Sequence[int]) -> str:
    """Return that approved rows keep their answers, also once the chain is saved with the prompt that was tried."""
    if not numbers:
        return ""
    text = tr(
        "Approved: row {rows}. Its approved answer stands, also with another prompt, until you run the approved too."
    )
    return text.format(rows=row_ranges(numbers))


def error_text(error: ChainDeskError) -> str:
    """Return why a step cannot be tried."""
    if isinstance(error, ChainError):
        return tr("The step cannot be tried yet. {problem}").format(problem=error.problems[0].message)
    return str(error)
