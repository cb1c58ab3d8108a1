"""How a row reads in the panel: its title, its figures, its inputs."""

from __future__ import annotations

from collections.abc import Sequence

from chaindesk.desktop.ui.status_palette import review_label
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.domain.manifest import Row
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review
from chaindesk.engine.answers.row_history import StepOutput
from chaindesk.engine.planning.plan import Plan
from chaindesk.formatting import count, duration, money

_REASON_CHARS = 60


def title(row: Row) -> str:
    """Return its number, and its key where it has one of its own."""
    return (
        tr("Row {number}").format(number=row.number)
        if row.key == str(row.number)
        else tr("Row {number}  ·  {key}").format(number=row.number, key=row.key[:80])
    )


def facts(state: RowState) -> str:
    """Return review, time, tokens and cost, as far as they are known."""
    before = tr(" before the change") if state.kept and state.review is Review.APPROVED else ""
    words = " ".join(state.reason.split())
    reason = f": {words[:_REASON_CHARS]}{'…' if len(words) > _REASON_CHARS else ''}" if words else ""
    parts = [f"{review_label(state.review)}{before}{reason}"]
    if state.seconds:
        parts.append(duration(state.seconds))
    if state.usage is not None and state.usage.total:
        parts.append(tr("{total} tokens").format(total=count(state.usage.total)))
    if state.cost:
        parts.append(money(state.cost))
    return "  ·  ".join(fact for fact in parts if fact)


def missing(plan: Plan, state: RowState) -> str:
    """Return what a run of one row would cost; "" where nothing is missing or the row is running."""
    if not plan.planned_calls or not state.status.at_rest:
        return ""
    because = tr("Its inputs, prompts or edits have changed since. ") if state.stale else ""
    cost = plan.estimate.cost
    price = tr(", about {cost}").format(cost=money(cost)) if cost else ""
    return tr("{because}A run of this row makes {calls}{price}.").format(
        because=because, calls=tr_counted(plan.planned_calls, "call"), price=price
    )


def last_answered(outputs: Sequence[StepOutput]) -> int:
    """Return the index of the newest answer."""
    answered = [place for place, output in enumerate(outputs) if output.answer is not None]
    return answered[-1] if answered else 0
