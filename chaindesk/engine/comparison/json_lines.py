"""Comparisons as lines of JSON: the same figures as in words."""

from __future__ import annotations

from decimal import Decimal

from chaindesk.engine.comparison.comparison import ComparedRow, ComparisonFigures, Pick
from chaindesk.engine.comparison.measures import Measure
from chaindesk.engine.comparison.run_difference import Change, RunDifference
from chaindesk.engine.comparison.side import SideAnswer
from chaindesk.json_contract.comparison_lines import (
    ChangedAnswer,
    ComparedAnswer,
    ComparedRowLine,
    ComparisonLine,
    FieldShift,
    MeasureFigures,
    RunsComparedLine,
)


def comparison_line(
    figures: ComparisonFigures, spent: Decimal, unknown_prices: tuple[str, ...], *, adopted: bool
) -> ComparisonLine:
    """Return what a comparison came to, what it cost, and whether B was taken."""
    return ComparisonLine(
        row_count=figures.rows,
        rows_answered=figures.answered,
        rows_differing=figures.differing,
        measures=tuple(map(_measure, figures.measures)),
        a_cost=figures.costs[0],
        b_cost=figures.costs[1],
        a_seconds=figures.seconds[0],
        b_seconds=figures.seconds[1],
        spent=spent,
        unknown_prices=unknown_prices,
        adopted=adopted,
    )


def row_line(row: ComparedRow, pick: Pick | None) -> ComparedRowLine:
    """Return a compared row, and what a person has picked in it."""
    a, b = tuple(map(_answer, row.a)), tuple(map(_answer, row.b))
    return ComparedRowLine(row.row.number, row.row.key, row.differs, a, b, None if pick is None else pick.value)


def difference_line(found: RunDifference) -> RunsComparedLine:
    """Return what differs between two runs."""
    return RunsComparedLine(
        a_run_id=found.a.run.id,
        b_run_id=found.b.run.id,
        rows_changed=found.changed_rows,
        steps={step: {kind.value: number for kind, number in one.items()} for step, one in found.counts.items()},
        shifts=tuple(FieldShift(one.step, one.field, one.before, one.after, one.rows) for one in found.shifts),
        checks=None if found.checks is None else _measure(found.checks),
        a_cost=found.a.cost,
        b_cost=found.b.cost,
        a_seconds=found.a.elapsed,
        b_seconds=found.b.elapsed,
        changed=tuple(
            ChangedAnswer(
                row=one.number,
                key=one.key,
                step=one.step,
                change=one.change.value,
                a=None if one.a is None else one.a.text,
                b=None if one.b is None else one.b.text,
                fields=one.fields,
            )
            for one in found.rows
            if one.change not in (Change.SAME_ANSWER, Change.SAME_TEXT)
        ),
    )


def _measure(measure: Measure) -> MeasureFigures:
    pairs = measure.pairs
    low, high = pairs.interval()
    return MeasureFigures(
        by=measure.kind.value,
        row_count=pairs.rows,
        a=pairs.right_in_a,
        b=pairs.right_in_b,
        better=pairs.better,
        worse=pairs.worse,
        p=pairs.chance,
        sure=pairs.sure,
        gain=pairs.gain,
        gain_low=low,
        gain_high=high,
        rows_that_would_tell=pairs.rows_that_would_tell(),
        sentence=measure.sentence,
    )


def _answer(answer: SideAnswer) -> ComparedAnswer:
    text = answer.text if answer.answer is not None else None
    return ComparedAnswer(answer.step, text, answer.fields, answer.flags)
