"""The lines of ``compare``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class ComparisonPlanLine:
    """What a comparison would do and cost, as ``compare --dry-run`` tells it.

    Attributes:
        planned_calls: calls that are missing, at most.
        reused: answers that are known already.
        cost: what they are likely to cost; null where no price is known.
        high: what that will hardly be more than.
        unknown_prices: model references whose price is unknown; what their calls cost is in neither.
    """

    planned_calls: int
    reused: int
    cost: Decimal | None
    high: Decimal | None
    unknown_prices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasureFigures:
    """How two sides came out by one measure.

    Attributes:
        by: what they were judged by.
        row_count: rows that could be judged.
        a: rows that are right in A.
        b: rows that are right in B.
        better: rows that are right in B alone.
        worse: rows that are right in A alone.
        p: how likely so great a difference is by chance.
        sure: whether that is too unlikely to be chance.
        gain: the share of rows by which B is better.
        gain_low: what that is hardly less than.
        gain_high: what it is hardly more than.
        rows_that_would_tell: rows that would make it sure; null where none would.
        sentence: all of it in words.
    """

    by: str
    row_count: int
    a: int
    b: int
    better: int
    worse: int
    p: float
    sure: bool
    gain: float
    gain_low: float
    gain_high: float
    rows_that_would_tell: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class ComparedAnswer:
    """What one side answered to a step of a row.

    Attributes:
        step: the step's name.
        text: its text; null where there is no answer.
        fields: the text of each field of a structured answer.
        flags: the checks that it fails.
    """

    step: str
    text: str | None
    fields: Mapping[str, str]
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ComparedRowLine:
    """A row of a comparison.

    Attributes:
        row: its sheet row number.
        key: how it is known.
        differs: whether the sides say different things.
        a: the answers of A to the compared steps.
        b: those of B.
        pick: which side a person likes better, A, B or neither; null where nobody has said.
    """

    row: int
    key: str
    differs: bool
    a: tuple[ComparedAnswer, ...]
    b: tuple[ComparedAnswer, ...]
    pick: str | None = None


@dataclass(frozen=True, slots=True)
class ComparisonLine:
    """What a comparison came to; before it stands a line for each row.

    Attributes:
        row_count: rows that were compared.
        rows_answered: rows that both sides have answered; the others count for neither.
        rows_differing: of these, rows in which the sides say different things.
        measures: by what they were judged; none where there is nothing to judge them by.
        a_cost: of the answers of A, whoever paid for them and when; null where unknown.
        b_cost: of the answers of B.
        a_seconds: of the calls of A.
        b_seconds: of the calls of B.
        spent: what this comparison cost, as far as prices are known.
        unknown_prices: models of its calls whose price is unknown.
        adopted: whether the models of B were written into the chain file, as ``--adopt`` wants.
    """

    row_count: int
    rows_answered: int
    rows_differing: int
    measures: tuple[MeasureFigures, ...]
    a_cost: Decimal | None
    b_cost: Decimal | None
    a_seconds: float
    b_seconds: float
    spent: Decimal
    unknown_prices: tuple[str, ...]
    adopted: bool


@dataclass(frozen=True, slots=True)
class FieldShift:
    """How many rows moved from one value of a field to another."""

    step: str
    field: str
    before: str
    after: str
    row_count: int


@dataclass(frozen=True, slots=True)
class ChangedAnswer:
    """A row's answer to a step that is not the same in both runs.

    Attributes:
        row: its sheet row number.
        key: how it is known.
        step: the step's name.
        change: changed, only in A or only in B.
        a: the text in the first run; null where it has none.
        b: the text in the second.
        fields: the fields whose values differ, with both values.
    """

    row: int
    key: str
    step: str
    change: str
    a: str | None
    b: str | None
    fields: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RunsComparedLine:
    """What differs between two past runs.

    Attributes:
        a_run_id: the first run.
        b_run_id: the second.
        rows_changed: rows in which an answer changed.
        steps: for each step, rows by how they differ.
        shifts: how choices and truths moved, the most frequent first.
        checks: how the rows that both had came out by their checks; null where neither run had any.
        a_cost: of the first; null where unknown.
        b_cost: of the second.
        a_seconds: from the start to the end of the first.
        b_seconds: of the second.
        changed: the answers that are not the same.
    """

    a_run_id: int
    b_run_id: int
    rows_changed: int
    steps: Mapping[str, Mapping[str, int]]
    shifts: tuple[FieldShift, ...]
    checks: MeasureFigures | None
    a_cost: Decimal | None
    b_cost: Decimal | None
    a_seconds: float
    b_seconds: float
    changed: tuple[ChangedAnswer, ...]
