"""Where the parts of a chart stand in a rectangle: its axes and the room between them."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRectF
from PySide6.QtGui import QFontMetricsF

from chaindesk.desktop.charts.scale import Scale, Tick, axis_end, ticks
from chaindesk.desktop.ui.translation import tr
from chaindesk.engine.reports.run_charts import Bars, Chart, Lanes, Plot, Quantity, Spreads

_MARGIN = 10.0
_MAX_NAME = 150.0  # pixels for a name beside a bar
_TICK_ROOM_X, _TICK_ROOM_Y = 70.0, 34.0  # pixels for each mark of an axis
MAX_LANE = 26.0


@dataclass(frozen=True, slots=True)
class Geometry:
    """The axes of a chart.

    Attributes:
        area: the room between the axes.
        x: the horizontal axis.
        x_ticks: its marks.
        x_unit: what it measures.
        y: the vertical axis, where it measures something.
        y_ticks: its marks; where it has names instead, each stands at the middle of its lane.
        y_unit: what it measures, or "".
        lane: how high a lane is, where there are lanes.
    """

    area: QRectF
    x: Scale
    x_ticks: list[Tick]
    x_unit: str
    y: Scale
    y_ticks: list[Tick]
    y_unit: str
    lane: float = 0.0


def geometry_of(chart: Chart, rect: QRectF, metrics: QFontMetricsF) -> Geometry:
    """Return where the parts of a chart stand."""
    line = metrics.height()
    top = rect.top() + 2 * line + 14  # the legend, and the unit of the vertical axis
    bottom = rect.bottom() - 2 * line - 10  # marks and the unit of the horizontal axis
    match chart:
        case Plot():
            largest = max(_stacked_largest(chart), chart.limit or 0.0 if _shows_limit(chart) else 0.0)
            end = axis_end(largest, chart.y, max(int((bottom - top) / _TICK_ROOM_Y), 2))
            marks = ticks(end, chart.y, max(int((bottom - top) / _TICK_ROOM_Y), 2))
            area = _area(rect, top, bottom, max(metrics.horizontalAdvance(mark.text) for mark in marks))
            y = Scale(area.bottom(), -area.height(), end)
            return _timed(area, max(chart.end, 0.001), y, marks, tr(chart.y.value))
        case Lanes(timeline=timeline):
            lanes = max(timeline.lanes, 1)
            marks = ticks(lanes, Quantity.ROWS, max(int((bottom - top) / _TICK_ROOM_Y), 1))
            area = _area(rect, top, bottom, metrics.horizontalAdvance("999"))
            lane = min(area.height() / lanes, MAX_LANE)
            y = Scale(area.top(), lane * lanes, lanes)
            return _timed(area, max(timeline.end, 0.001), y, marks, tr("rows at once"), lane)
        case Bars(bars=bars):
            largest = max((bar.value for bar in bars), default=0.0)
            names = [bar.name for bar in bars]
            return _named(rect, top, bottom, names, largest, chart.x, metrics)
        case Spreads(spreads=spreads):
            largest = max((spread.high for spread in spreads), default=0.0)
            names = [spread.name for spread in spreads]
            return _named(rect, top, bottom, names, largest, Quantity.SECONDS, metrics)


def _timed(area: QRectF, end: float, y: Scale, marks: list[Tick], unit: str, lane: float = 0.0) -> Geometry:
    x_ticks = ticks(end, Quantity.TIME, max(int(area.width() / _TICK_ROOM_X), 2))
    return Geometry(area, Scale(area.left(), area.width(), end), x_ticks, tr(Quantity.TIME.value), y, marks, unit, lane)


def _named(
    rect: QRectF, top: float, bottom: float, names: list[str], largest: float, x: Quantity, metrics: QFontMetricsF
) -> Geometry:
    room = min(max((metrics.horizontalAdvance(name) for name in names), default=0.0), _MAX_NAME)
    area = _area(rect, top - metrics.height(), bottom, room)
    most = max(int(area.width() / _TICK_ROOM_X), 2)
    end = axis_end(largest, x, most)
    lane = min(area.height() / max(len(names), 1), 2 * MAX_LANE)
    y = Scale(area.top(), lane * max(len(names), 1), max(len(names), 1))
    marks = [Tick(index + 0.5, name) for index, name in enumerate(names)]
    return Geometry(area, Scale(area.left(), area.width(), end), ticks(end, x, most), tr(x.value), y, marks, "", lane)


def _area(rect: QRectF, top: float, bottom: float, left: float) -> QRectF:
    begin = rect.left() + _MARGIN + left + 6
    return QRectF(begin, top, max(rect.right() - _MARGIN - 8 - begin, 20.0), max(bottom - top, 20.0))


def _stacked_largest(chart: Plot) -> float:
    return max((sum(column) for column in zip(*(one.values for one in chart.series), strict=True)), default=0.0)


def _shows_limit(chart: Plot) -> bool:
    """Return whether the limit is near enough that the values can be read beside it."""
    return chart.limit is not None and chart.limit <= 20 * _stacked_largest(chart)


def shown_limit(chart: Plot) -> float | None:
    """Return the limit that is drawn, if any."""
    return chart.limit if _shows_limit(chart) else None
