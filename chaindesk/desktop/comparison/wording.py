"""What a comparison says in the window: the figures of ``chaindesk compare``, in the user's language."""

from __future__ import annotations

from chaindesk.desktop.ui.translation import tr, tr_count, tr_noop
from chaindesk.engine.comparison.comparison import ComparisonFigures
from chaindesk.engine.comparison.measures import Measure, MeasureKind, more_rows
from chaindesk.engine.comparison.plan import ComparisonPlan
from chaindesk.engine.statistics.paired import Pairs
from chaindesk.formatting import money

_FIGURES = {
    MeasureKind.APPROVED: tr_noop(
        "B gives the approved answer in {b} of {rows}, A in {a}; {better} better, {worse} worse"
    ),
    MeasureKind.CHECKS: tr_noop("B passes all checks in {b} of {rows}, A in {a}; {better} better, {worse} worse"),
    MeasureKind.PICKS: tr_noop("You picked B in {better} of {rows}, A in {worse}, neither in {same}"),
}


def rows_text(number: int) -> str:
    """Return a number of rows."""
    return tr_count(number, tr_noop("{n} row"), tr_noop("{n} rows"))


def plan_text(plan: ComparisonPlan) -> str:
    """Return what a comparison would do and cost."""
    if not plan.calls:
        return tr("No call: every answer is known.")
    parts = [tr_count(plan.calls, tr_noop("{n} call at most"), tr_noop("{n} calls at most"))]
    if plan.side_calls:
        parts.append(tr("up to {n} for checks and votes").format(n=f"{plan.side_calls:,}"))
    if plan.cost is None:
        parts.append(tr("price unknown"))
    elif not plan.high:
        parts.append(tr("free"))
    else:
        parts.append(tr("about {cost}, hardly more than {high}").format(cost=money(plan.cost), high=money(plan.high)))
    text = ", ".join(parts) + "."
    if plan.unknown_prices and plan.cost is not None:
        text += " " + tr("No price is known for {models}.").format(models=", ".join(plan.unknown_prices))
    if plan.shared:
        text += " " + tr_count(
            plan.shared, tr_noop("{n} is made once for both."), tr_noop("{n} are made once for both.")
        )
    return text


def figures_text(figures: ComparisonFigures) -> str:
    """Return what a comparison came to, a line for each kind of judgement."""
    first = tr("{rows} compared, {n} differ.").format(rows=rows_text(figures.answered), n=f"{figures.differing:,}")
    if left := figures.rows - figures.answered:
        first += " " + tr_count(
            left,
            tr_noop("{n} row without an answer of both counts for neither."),
            tr_noop("{n} rows without an answer of both count for neither."),
        )
    lines = [first, *(measure_text(one) for one in figures.measures)]
    if not figures.measures:
        lines.append(tr("No checks and no approved answers tell which is better: pick the better answer, row by row."))
    a, b = figures.costs
    if a is not None and b is not None and (a or b):
        lines.append(tr("These answers cost {a} in A and {b} in B.").format(a=money(a), b=money(b)))
    return "\n".join(lines)


def measure_text(measure: Measure) -> str:
    """Return how the sides compare by one kind of judgement, and how sure that is."""
    pairs = measure.pairs
    told = tr(_FIGURES[measure.kind]).format(
        a=f"{pairs.right_in_a:,}",
        b=f"{pairs.right_in_b:,}",
        rows=rows_text(pairs.rows),
        better=f"{pairs.better:,}",
        worse=f"{pairs.worse:,}",
        same=f"{pairs.rows - pairs.better - pairs.worse:,}",
    )
    return f"{told}: {verdict_text(pairs)}"


def verdict_text(pairs: Pairs) -> str:
    """Return whether a difference is sure, and how many more rows would tell where it is not."""
    if not pairs.better and not pairs.worse:
        return tr("no difference in any row.")
    p = "p < 0.001" if pairs.chance < 0.001 else f"p = {pairs.chance:.{3 if pairs.chance < 0.1 else 2}f}"
    if pairs.sure:
        winner = "B" if pairs.gain > 0 else "A"
        return tr("{winner} is better, that is sure ({p}).").format(winner=winner, p=p)
    more = more_rows(pairs)
    if more is None:
        return tr("no difference to be seen ({p}).").format(p=p)
    tell = tr_count(more, tr_noop("about {n} more row would tell"), tr_noop("about {n} more rows would tell"))
    return tr("not yet sure ({p}), {tell}.").format(p=p, tell=tell)
