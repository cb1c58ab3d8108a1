"""What a chart tells of the place under the pointer, or under the cursor that the arrow keys move."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from chaindesk.desktop.charts.geometry import Geometry
from chaindesk.desktop.ui.translation import tr, tr_counted
from chaindesk.engine.reports.call_timeline import FAILED, Bar
from chaindesk.engine.reports.run_charts import Bars, Chart, Lanes, Plot, Quantity, Spreads
from chaindesk.engine.reports.svg_charts import clock
from chaindesk.formatting import duration, figure, money


def told_at(chart: Chart, where: Geometry, place: QPointF) -> str:
    """Return what stands there, or ""."""
    if not where.area.adjusted(-2, -2, 2, 2).contains(place):
        return ""
    match chart:
        case Plot():
            return _told_of_plot(chart, where.x.value(place.x()))
        case Lanes():
            return _told_of_lane(chart, where.x.value(place.x()), int(where.y.value(place.y())))
        case Bars(bars=bars):
            index = int(where.y.value(place.y()))
            return bars[index].told if 0 <= index < len(bars) else ""
        case Spreads(spreads=spreads):
            index = int(where.y.value(place.y()))
            if not 0 <= index < len(spreads):
                return ""
            one = spreads[index]
            return tr("{step}: {answers}, half under {median}, 5 to 95 % from {low} to {high}").format(
                step=one.name,
                answers=tr_counted(one.calls, "answer"),
                median=duration(one.median),
                low=duration(one.low),
                high=duration(one.high),
            )


def _told_of_plot(chart: Plot, at: float) -> str:
    buckets = max((len(one.values) for one in chart.series), default=0)
    index = min(int(max(at, 0.0) / chart.width), buckets - 1)
    if index < 0:
        return ""
    values = [(one.name, one.values[index]) for one in chart.series]
    parts = [f"{name} {_value(value, chart.y)}" for name, value in values]
    if len(values) > 1:
        parts.append(tr("in all {value}").format(value=_value(sum(value for _, value in values), chart.y)))
    since, until = clock(index * chart.width), clock((index + 1) * chart.width)
    return f"{since} – {until}: {', '.join(parts)} ({tr(chart.y.value)})"


def _value(value: float, quantity: Quantity) -> str:
    return money(value) if quantity is Quantity.DOLLARS else figure(value)


def _told_of_lane(chart: Lanes, at: float, lane: int) -> str:
    for bar in (*chart.timeline.bars, *chart.timeline.waits):
        if bar.lane == lane and bar.start <= at <= bar.end:
            return _told_of_bar(chart, bar)
    return ""


def _told_of_bar(chart: Lanes, bar: Bar) -> str:
    step = tr("failed") if bar.step == FAILED else tr("waits") if bar.step < 0 else chart.steps[bar.step]
    times = f"{duration(bar.end - bar.start)}, {clock(bar.start)} – {clock(bar.end)}"
    return tr("Row {row}, {step}: {times}").format(row=bar.row, step=step, times=times)
