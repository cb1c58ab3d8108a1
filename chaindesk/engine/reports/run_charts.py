"""The charts of a run as values, from its report: of a past run and of one that goes on alike.

However many calls there are, a chart has a few hundred values, so that it is drawn in no time. What draws them knows
nothing of runs.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from chaindesk.engine.reports.call_timeline import FAILED, Timeline, quantile
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.formatting import count, duration, figure, listed, money

_BUCKETS = 160
_COLUMNS = 60
_MAX_BARS = 600
_MAX_LANES = 40
_MAX_KINDS = 12


class Quantity(Enum):
    """What an axis measures; the value is the unit that stands beside it."""

    TIME = "time since the run began"
    SECONDS = "seconds"
    CALLS = "calls"
    ROWS = "rows"
    PER_MINUTE = "answers a minute"
    DOLLARS = "US dollars"


class Shape(Enum):
    """How the values of a plot are drawn."""

    AREA = "area"  # stacked
    COLUMNS = "columns"  # stacked
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Series:
    """The values of one step, one for each bucket; ``colour`` is the step's index, or ``FAILED``."""

    name: str
    values: Sequence[float]
    colour: int


@dataclass(frozen=True, slots=True)
class Plot:
    """Values over time.

    Attributes:
        title: what it is called.
        summary: what it says, in words.
        shape: how it is drawn.
        y: what the values are.
        width: seconds of a bucket.
        end: seconds that are shown.
        series: the values, in the order in which they are stacked.
        limit: a value that is marked by a line, or None.
        limit_name: what that is.
    """

    title: str
    summary: str
    shape: Shape
    y: Quantity
    width: float
    end: float
    series: Sequence[Series]
    limit: float | None = None
    limit_name: str = ""


@dataclass(frozen=True, slots=True)
class Measure:
    """One bar: its name, value, colour, and what is told of it."""

    name: str
    value: float
    colour: int
    told: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Values side by side."""

    title: str
    summary: str
    x: Quantity
    bars: Sequence[Measure]


@dataclass(frozen=True, slots=True)
class Spread:
    """How long the calls of a step took: between which seconds 90 %, the middle half, and the median lie."""

    name: str
    colour: int
    calls: int
    low: float
    quarter: float
    median: float
    three_quarters: float
    high: float


@dataclass(frozen=True, slots=True)
class Spreads:
    """Spreads side by side."""

    title: str
    summary: str
    spreads: Sequence[Spread]


@dataclass(frozen=True, slots=True)
class Lanes:
    """Rows side by side over time, each call a bar, and the waits between them."""

    title: str
    summary: str
    steps: Sequence[str]
    timeline: Timeline


Chart = Plot | Bars | Spreads | Lanes


def run_charts(report: RunReport) -> tuple[Chart, ...]:
    """Return the charts of a run; none before anything of it is known."""
    table = report.calls_made
    if not len(table) and not table.failures:
        return ()
    return tuple(_charts(report))


def _charts(report: RunReport) -> Iterator[Chart]:
    yield _timeline(report)
    yield _in_flight(report)
    yield _throughput(report)
    yield _latency(report)
    yield _failures(report)
    yield _spend(report)


def _timeline(report: RunReport) -> Lanes:
    table = report.calls_made
    timeline = table.timeline(_MAX_BARS, _MAX_LANES)
    shown = (
        f"all {count(timeline.rows, 'row')}"
        if timeline.whole
        else f"{count(timeline.rows)} of {count(timeline.rows_in_all, 'row')}, the first ones"
    )
    waited = sum(bar.end - bar.start for bar in timeline.waits)
    summary = f"Rows side by side over {duration(timeline.end)}, a bar for each call: {shown}."
    if waited >= 1:
        summary += f" They waited {duration(waited)} in all for limits, retries or a pause."
    return Lanes("Timeline by step", summary, table.steps, timeline)


def _in_flight(report: RunReport) -> Plot:
    table, at_once = report.calls_made, report.run.concurrency
    width, means = table.at_once(_BUCKETS)
    totals = [sum(column) for column in zip(*means, strict=True)] or [0.0]
    summary = (
        f"Calls in flight: {figure(sum(totals) / len(totals))} on average and {figure(max(totals))} at most, "
        f"with {count(at_once, 'row')} at once at the beginning."
    )
    series = _by_step(table.steps, means)
    return Plot(
        "Calls in flight", summary, Shape.AREA, Quantity.CALLS, width, table.end, series, at_once, "rows at once"
    )


def _throughput(report: RunReport) -> Plot:
    table = report.calls_made
    width, counts, failed = table.finished(_COLUMNS)
    minutes = width / 60
    series = _by_step(table.steps, [[value / minutes for value in values] for values in counts])
    if any(failed):
        series.append(Series("failed rows", [value / minutes for value in failed], FAILED))
    whole = table.end / 60
    summary = (
        f"{count(len(table), 'answer')} in {duration(table.end)}: {figure(len(table) / whole if whole else 0.0)} "
        f"a minute; {count(table.failures, 'row')} failed."
    )
    return Plot(
        "Throughput", summary, Shape.COLUMNS, Quantity.PER_MINUTE, width, max(width * len(failed), table.end), series
    )


def _latency(report: RunReport) -> Spreads:
    table = report.calls_made
    spreads = []
    for index, name in enumerate(table.steps):
        seconds = table.seconds_of(index)
        if seconds:
            five = (quantile(seconds, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95))
            spreads.append(Spread(name, index, len(seconds), *five))
    told = (f"{one.name}: half under {duration(one.median)}, 95 % under {duration(one.high)}" for one in spreads)
    summary = "How long calls took. " + "; ".join(told) + "." if spreads else "No call was answered."
    return Spreads("Latency by step", summary, spreads)


def _failures(report: RunReport) -> Bars:
    kinds = list(report.failures.items())[:_MAX_KINDS]
    bars = []
    for kind, number in kinds:
        keys = [one.row_key for one in report.failed if one.failure is not None and one.failure.kind.value == kind]
        bars.append(Measure(kind, number, FAILED, f"{kind}: {count(number, 'row')}: {listed(keys, 10)}"))
    told = ", ".join(f"{count(number, 'row')}: {kind}" for kind, number in kinds)
    return Bars("Failures by kind", f"Failed rows by kind. {told}." if told else "No row failed.", Quantity.ROWS, bars)


def _spend(report: RunReport) -> Plot:
    table, budget = report.calls_made, report.run.budget
    width, sums = table.spent(_BUCKETS)
    summary = f"Spent in all: {money(report.cost)}."
    if report.cost is not None and report.unusable_cost:
        summary += f" Of that {money(report.unusable_cost)} gave nothing that can be used."
    if budget is not None:
        summary += f" The budget was {money(budget)}."
    series = _by_step(table.steps, sums)
    return Plot(
        "Spend",
        summary,
        Shape.AREA,
        Quantity.DOLLARS,
        width,
        table.end,
        series,
        None if budget is None else float(budget),
        "budget",
    )


def _by_step(steps: Sequence[str], values: Sequence[Sequence[float]]) -> list[Series]:
    return [Series(name, its, index) for index, (name, its) in enumerate(zip(steps, values, strict=True))]
