"""Comparisons in words: the same figures on the command line and in the window."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from chaindesk.engine.comparison.comparison import ComparisonFigures
from chaindesk.engine.comparison.plan import ComparisonPlan
from chaindesk.engine.comparison.run_difference import Change, RunDifference
from chaindesk.engine.comparison.side import SideAnswer
from chaindesk.formatting import count, duration, money

NOTHING_TO_JUDGE_BY = (
    "Neither checks nor approved answers say which is better: give the step checks, approve some rows, or pick the "
    "better answer row by row."
)


def plan_words(plan: ComparisonPlan) -> str:
    """Return what a comparison would do and cost, in a sentence or two."""
    if not plan.calls:
        return f"No call: all {count(plan.reused, 'answer')} are known."
    cost = "price unknown" if plan.cost is None else f"about {money(plan.cost)}" if plan.high else "free"
    if plan.cost is not None and plan.high is not None and plan.high > plan.cost:
        cost += f", hardly more than {money(plan.high)}"
    unknown = f" without {', '.join(plan.unknown_prices)}, whose price is unknown" if plan.unknown_prices else ""
    shared = f" {count(plan.shared, 'call')} of B's is made once for both." if plan.shared == 1 else ""
    shared = f" {count(plan.shared, 'call')} are made once for both." if plan.shared > 1 else shared
    beside = f" and up to {plan.side_calls:,} for checks and votes" if plan.side_calls else ""
    return (
        f"{count(plan.calls, 'call')} at most{beside}, {count(plan.reused, 'answer')} reused: {cost}{unknown}.{shared}"
    )


def figure_lines(figures: ComparisonFigures) -> Iterator[str]:
    """Yield what a comparison came to, a sentence a line."""
    left = figures.rows - figures.answered
    lacking = f" {count(left, 'row')} without an answer of both count for neither." if left else ""
    yield f"{count(figures.answered, 'row')} compared, {figures.differing:,} differ.{lacking}"
    for measure in figures.measures:
        yield measure.sentence
    if not figures.measures:
        yield NOTHING_TO_JUDGE_BY
    a, b = figures.costs
    if a is not None and b is not None:
        yield f"These answers cost {money(a)} in A and {money(b)} in B{_relation(a, b)}."
    if all(figures.seconds):
        yield f"Their calls took {duration(figures.seconds[0])} in A and {duration(figures.seconds[1])} in B."


def words_apart(answer: SideAnswer, other: SideAnswer) -> str:
    """Return what an answer says where another says otherwise: those fields of it, else its text."""
    if answer.answer is None:
        return "(no answer)"
    apart = [f"{name}: {text}" for name, text in answer.fields.items() if other.fields.get(name) != text]
    return "; ".join(apart) or answer.text


def difference_lines(found: RunDifference) -> Iterator[str]:
    """Yield what differs between two runs, a sentence a line."""
    a, b = found.a.run, found.b.run
    yield f"Run {a.id} ({a.chain}) and run {b.id} ({b.chain}): {count(found.changed_rows, 'row')} changed."
    for step, changes in found.counts.items():
        parts = [f"{changes[kind]:,} {kind.value}" for kind in Change if changes.get(kind)]
        yield f"{step}: {', '.join(parts)}."
    moved = {one.key for one in found.rows if one.moved_inputs}
    if moved:
        yield f"In {count(len(moved), 'row')} the inputs had changed as well."
    for shift in found.shifts:
        yield f"{shift.step}, {shift.field}: {shift.before or '(blank)'} → {shift.after or '(blank)'} in " + count(
            shift.rows, "row"
        )
    if found.checks is not None:
        pairs = found.checks.pairs
        yield f"Checks won in {count(pairs.better, 'row')}, lost in {pairs.worse:,}. {found.checks.sentence}"
    yield _cost_and_time(found)


def _cost_and_time(found: RunDifference) -> str:
    a, b = found.a, found.b
    cost = f"Cost {money(a.cost)} and {money(b.cost)}"
    if found.more_cost is not None:
        cost += f": {_more(found.more_cost)}"
    seconds = found.more_seconds
    longer = f"{duration(abs(seconds))} {'longer' if seconds > 0 else 'shorter'}"
    return f"{cost}. Time {duration(a.elapsed)} and {duration(b.elapsed)}: {longer}."


def _more(dollars: Decimal) -> str:
    return "the same" if not dollars else f"{money(abs(dollars))} {'more' if dollars > 0 else 'less'}"


def _relation(a: Decimal, b: Decimal) -> str:
    if not a or not b or a == b:
        return ""
    return f", {b / a:.1f} times as much" if b > a else f", {b / a:.0%} of it"
