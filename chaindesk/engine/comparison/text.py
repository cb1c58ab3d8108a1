"""Comparisons in words and as JSON values: the same figures on the command line and in the window."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from chaindesk.engine.comparison.comparison import ComparedRow, ComparisonFigures, ComparisonPlan
from chaindesk.engine.comparison.measures import Measure
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


def figures_json(figures: ComparisonFigures) -> dict[str, Any]:
    """Return the figures as JSON values."""
    return {
        "rows": figures.rows,
        "answered": figures.answered,
        "differing": figures.differing,
        "measures": [measure_json(one) for one in figures.measures],
        "cost_usd": [None if one is None else float(one) for one in figures.costs],
        "seconds": [round(one, 3) for one in figures.seconds],
    }


def measure_json(measure: Measure) -> dict[str, Any]:
    """Return one measure as JSON values."""
    pairs = measure.pairs
    low, high = pairs.interval()
    return {
        "by": measure.kind.value,
        "rows": pairs.rows,
        "a": pairs.right_in_a,
        "b": pairs.right_in_b,
        "better": pairs.better,
        "worse": pairs.worse,
        "p": pairs.chance,
        "sure": pairs.sure,
        "gain": pairs.gain,
        "gain_low": low,
        "gain_high": high,
        "rows_that_would_tell": pairs.rows_that_would_tell(),
        "sentence": measure.sentence,
    }


def row_json(row: ComparedRow) -> dict[str, Any]:
    """Return a compared row as JSON values."""
    return {
        "row": row.row.number,
        "key": row.row.key,
        "differs": row.differs,
        "a": [_answer_json(one) for one in row.a],
        "b": [_answer_json(one) for one in row.b],
    }


def words_apart(answer: SideAnswer, other: SideAnswer) -> str:
    """Return what an answer says where another says otherwise: those fields of it, else its text."""
    if answer.answer is None:
        return "(no answer)"
    apart = [f"{name}: {text}" for name, text in answer.fields.items() if other.fields.get(name) != text]
    return "; ".join(apart) or answer.text


def _answer_json(answer: SideAnswer) -> dict[str, Any]:
    return {
        "step": answer.step,
        "text": answer.text if answer.answer is not None else None,
        "fields": dict(answer.fields),
        "flags": answer.flags,
    }


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


def difference_json(found: RunDifference) -> dict[str, Any]:
    """Return what differs between two runs as JSON values."""
    return {
        "runs": [found.a.run.id, found.b.run.id],
        "changed_rows": found.changed_rows,
        "steps": {step: {kind.value: number for kind, number in one.items()} for step, one in found.counts.items()},
        "shifts": [asdict(one) for one in found.shifts],
        "checks": None if found.checks is None else measure_json(found.checks),
        "cost_usd": [None if one.cost is None else float(one.cost) for one in (found.a, found.b)],
        "seconds": [round(one.elapsed, 3) for one in (found.a, found.b)],
        "rows": [
            {
                "row": one.number,
                "key": one.key,
                "step": one.step,
                "change": one.change.value,
                "a": None if one.a is None else one.a.text,
                "b": None if one.b is None else one.b.text,
                "fields": {name: list(values) for name, values in one.fields.items()},
            }
            for one in found.rows
            if one.change not in (Change.SAME_ANSWER, Change.SAME_TEXT)
        ],
    }


def _relation(a: Decimal, b: Decimal) -> str:
    if not a or not b or a == b:
        return ""
    return f", {b / a:.1f} times as much" if b > a else f", {b / a:.0%} of it"
