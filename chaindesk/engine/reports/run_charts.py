"""The charts of a run as values, from its report: of a past run and of one that goes on alike.

However many calls there are, a chart has a few hundred values, so that it is drawn in no time. What draws them knows
nothing of runs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum

from chaindesk.engine.reports.call_timeline import FAILED, Timeline, quantile
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.formatting import count, duration, figure, listed, money

Say = Callable[[str], str]
"""Returns a template in the reader's language."""
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


def run_charts(report: RunReport, say: Say = str) -> tuple[Chart, ...]:
    """Return the charts of a run, their words by ``say``; none before anything of it is known."""
    table = report.calls_made
    if not len(table) and not table.failures:
        return ()
    return tuple(_charts(report, say))


def _charts(report: RunReport, say: Say) -> Iterator[Chart]:
    yield _timeline(report, say)
    yield _in_flight(report, say)
    yield _throughput(report, say)
    yield _latency(report, say)
    yield _failures(report, say)
    yield _spend(report, say)


def _rows(number: int, say: Say) -> str:
    return (say("{n} row") if number == 1 else say("{n} rows")).format(n=count(number))


def _timeline(report: RunReport, say: Say) -> Lanes:
    table = report.calls_made
    timeline = table.timeline(_MAX_BARS, _MAX_LANES)
    shown = say("all {rows}") if timeline.whole else say("{shown} of {rows}, the first ones")
    summary = say("Rows side by side over {time}, a bar for each call: {shown}.").format(
        time=duration(timeline.end),
        shown=shown.format(shown=count(timeline.rows), rows=_rows(timeline.rows_in_all, say)),
    )
    waited = sum(bar.end - bar.start for bar in timeline.waits)
    if waited >= 1:
        waits = say("They waited {time} in all for limits, retries or a pause.")
        summary += " " + waits.format(time=duration(waited))
    return Lanes(say("Timeline by step"), summary, table.steps, timeline)


def _in_flight(report: RunReport, say: Say) -> Plot:
    table, at_once = report.calls_made, report.run.concurrency
    width, means = table.at_once(_BUCKETS)
    totals = [sum(column) for column in zip(*means, strict=True)] or [0.0]
    summary = say(
        "Calls in flight: {mean} on average and {most} at most, with {rows} at once at the beginning."
    ).format(mean=figure(sum(totals) / len(totals)), most=figure(max(totals)), rows=_rows(at_once, say))
    series, limit = _by_step(table.steps, means), say("rows at once")
    title = say("Calls in flight")
    return Plot(title, summary, Shape.AREA, Quantity.CALLS, width, table.end, series, at_once, limit)


def _throughput(report: RunReport, say: Say) -> Plot:
    table = report.calls_made
    width, counts, failed = table.finished(_COLUMNS)
    minutes = width / 60
    series = _by_step(table.steps, [[value / minutes for value in values] for values in counts])
    if any(failed):
        series.append(Series(say("failed rows"), [value / minutes for value in failed], FAILED))
    whole, number = table.end / 60, len(table)
    answers = say("{n} answer") if number == 1 else say("{n} answers")
    summary = say("{answers} in {time}: {rate} a minute; {rows} failed.").format(
        answers=answers.format(n=count(number)),
        time=duration(table.end),
        rate=figure(number / whole if whole else 0.0),
        rows=_rows(table.failures, say),
    )
    end = max(width * len(failed), table.end)
    return Plot(say("Throughput"), summary, Shape.COLUMNS, Quantity.PER_MINUTE, width, end, series)


def _latency(report: RunReport, say: Say) -> Spreads:
    table = report.calls_made
    spreads = []
    for index, name in enumerate(table.steps):
        seconds = table.seconds_of(index)
        if seconds:
            five = (quantile(seconds, share) for share in (0.05, 0.25, 0.5, 0.75, 0.95))
            spreads.append(Spread(name, index, len(seconds), *five))
    each = say("{step}: half under {half}, 95 % under {most}")
    told = (each.format(step=one.name, half=duration(one.median), most=duration(one.high)) for one in spreads)
    summary = say("How long calls took.") + " " + "; ".join(told) + "." if spreads else say("No call was answered.")
    return Spreads(say("Latency by step"), summary, spreads)


def _failures(report: RunReport, say: Say) -> Bars:
    kinds = list(report.failures.items())[:_MAX_KINDS]
    bars = []
    for kind, number in kinds:
        keys = [one.row_key for one in report.failed if one.failure is not None and one.failure.kind.value == kind]
        bars.append(Measure(kind, number, FAILED, f"{kind}: {_rows(number, say)}: {listed(keys, 10)}"))
    told = ", ".join(f"{_rows(number, say)}: {kind}" for kind, number in kinds)
    summary = say("Failed rows by kind.") + f" {told}." if told else say("No row failed.")
    return Bars(say("Failures by kind"), summary, Quantity.ROWS, bars)


def _spend(report: RunReport, say: Say) -> Plot:
    table, budget = report.calls_made, report.run.budget
    width, sums = table.spent(_BUCKETS)
    summary = say("Spent in all: {cost}.").format(cost=money(report.cost))
    if report.cost is not None and report.unusable_cost:
        useless = say("Of that {cost} gave nothing that can be used.")
        summary += " " + useless.format(cost=money(report.unusable_cost))
    if budget is not None:
        summary += " " + say("The budget was {budget}.").format(budget=money(budget))
    series, limit = _by_step(table.steps, sums), None if budget is None else float(budget)
    return Plot(say("Spend"), summary, Shape.AREA, Quantity.DOLLARS, width, table.end, series, limit, say("budget"))


def _by_step(steps: Sequence[str], values: Sequence[Sequence[float]]) -> list[Series]:
    return [Series(name, its, index) for index, (name, its) in enumerate(zip(steps, values, strict=True))]
