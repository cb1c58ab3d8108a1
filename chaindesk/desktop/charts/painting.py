"""Draws a chart into a rectangle of whatever Qt can paint on: a widget, a picture, an SVG."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen

from chaindesk.desktop.charts.colours import ChartColours
from chaindesk.desktop.charts.geometry import Geometry, geometry_of, shown_limit
from chaindesk.desktop.ui.translation import tr
from chaindesk.engine.reports.call_timeline import FAILED, WAITING
from chaindesk.engine.reports.run_charts import Bars, Chart, Lanes, Plot, Shape, Spreads

_SWATCH = 10.0


def paint_chart(painter: QPainter, rect: QRectF, chart: Chart, colours: ChartColours) -> None:
    """Draw a chart with its title's legend, axes and units."""
    metrics = QFontMetricsF(painter.font())
    where = geometry_of(chart, rect, metrics)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.fillRect(rect, colours.ground)
    _paint_axes(painter, rect, where, colours, metrics, named=isinstance(chart, (Bars, Spreads)))
    painter.save()
    painter.setClipRect(where.area.adjusted(-1, -2, 6, 1))
    painter.setPen(Qt.PenStyle.NoPen)
    match chart:
        case Plot():
            _paint_plot(painter, where, chart, colours)
        case Lanes():
            _paint_lanes(painter, where, chart, colours)
        case Bars():
            _paint_bars(painter, where, chart, colours)
        case Spreads():
            _paint_spreads(painter, where, chart, colours)
    painter.restore()
    _paint_legend(painter, rect, chart, colours, metrics)
    if empty := _empty_text(chart):
        painter.setPen(colours.faint)
        painter.drawText(where.area, Qt.AlignmentFlag.AlignCenter, empty)


def _empty_text(chart: Chart) -> str:
    match chart:
        case Bars(bars=bars) if not bars:
            return tr("No row failed")
        case Spreads(spreads=spreads) if not spreads:
            return tr("No call was answered")
        case Plot(series=series) if not any(any(one.values) for one in series):
            return tr("Nothing to show: every value is 0 or unknown")
    return ""


def _paint_axes(
    painter: QPainter,
    rect: QRectF,
    where: Geometry,
    colours: ChartColours,
    metrics: QFontMetricsF,
    *,
    named: bool,
) -> None:
    area = where.area
    for tick in where.x_ticks:
        x = where.x.place(tick.value)
        painter.setPen(QPen(colours.line, 1))
        painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom() + 3))
        painter.setPen(colours.faint)
        half = metrics.horizontalAdvance(tick.text) / 2
        left = min(max(x - half, rect.left() + 1), rect.right() - 2 * half - 1)
        painter.drawText(QPointF(left, area.bottom() + 5 + metrics.ascent()), tick.text)
    for tick in where.y_ticks:
        y = where.y.place(tick.value)
        if not named:
            painter.setPen(QPen(colours.line, 1))
            painter.drawLine(QPointF(area.left() - 3, y), QPointF(area.right(), y))
        painter.setPen(colours.text if named else colours.faint)
        room = area.left() - 6 - rect.left()
        words = metrics.elidedText(tick.text, Qt.TextElideMode.ElideMiddle, room)
        left = area.left() - 6 - metrics.horizontalAdvance(words)
        painter.drawText(QPointF(left, y + metrics.ascent() / 2 - 1), words)
    painter.setPen(QPen(colours.faint, 1))
    painter.drawLine(area.bottomLeft(), area.bottomRight())
    painter.drawLine(area.topLeft(), area.bottomLeft())
    painter.setPen(colours.faint)
    unit = tr(where.x_unit)
    painter.drawText(
        QPointF(area.right() - metrics.horizontalAdvance(unit), area.bottom() + 7 + 2 * metrics.ascent() + 2), unit
    )
    if where.y_unit:
        painter.drawText(QPointF(rect.left() + 8, area.top() - 7), tr(where.y_unit))


def _paint_plot(painter: QPainter, where: Geometry, chart: Plot, colours: ChartColours) -> None:
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    gap = 1.0 if chart.shape is Shape.COLUMNS else 0.0
    base = [0.0] * max((len(one.values) for one in chart.series), default=0)
    for one in chart.series:
        painter.setBrush(colours.of_step(one.colour))
        for index, value in enumerate(one.values):
            if not value:
                continue
            left, right = where.x.place(index * chart.width), where.x.place((index + 1) * chart.width)
            low, high = where.y.place(base[index]), where.y.place(base[index] + value)
            painter.drawRect(QRectF(left, high, max(right - left - gap, 0.6), low - high))
            base[index] += value
    limit = shown_limit(chart)
    if limit is not None:
        painter.setPen(QPen(colours.text, 1.2, Qt.PenStyle.DashLine))
        y = where.y.place(limit)
        painter.drawLine(QPointF(where.area.left(), y), QPointF(where.area.right(), y))


def _paint_lanes(painter: QPainter, where: Geometry, chart: Lanes, colours: ChartColours) -> None:
    thin = max(where.lane - 1.5, 1.0)
    for bar in chart.timeline.waits:
        left, right = where.x.place(bar.start), where.x.place(bar.end)
        painter.setBrush(colours.of_step(WAITING))
        middle = where.y.place(bar.lane) + where.lane / 2
        painter.drawRect(QRectF(left, middle - max(thin / 8, 0.5), max(right - left, 0.5), max(thin / 4, 1.0)))
    for bar in chart.timeline.bars:
        left, right = where.x.place(bar.start), where.x.place(bar.end)
        box = QRectF(left, where.y.place(bar.lane) + 0.5, max(right - left - 0.5, 1.0), thin)
        painter.setBrush(colours.of_step(bar.step))
        painter.drawRoundedRect(box, 1.5, 1.5)
        if bar.step == FAILED and where.lane >= 6:
            painter.setPen(QPen(colours.ground, 1.6))
            middle_of, arm = box.center(), 2.6
            painter.drawLine(middle_of + QPointF(-arm, -arm), middle_of + QPointF(arm, arm))
            painter.drawLine(middle_of + QPointF(-arm, arm), middle_of + QPointF(arm, -arm))
            painter.setPen(Qt.PenStyle.NoPen)


def _paint_bars(painter: QPainter, where: Geometry, chart: Bars, colours: ChartColours) -> None:
    for index, bar in enumerate(chart.bars):
        painter.setBrush(colours.of_step(bar.colour))
        width = where.x.place(bar.value) - where.area.left()
        painter.drawRoundedRect(
            QRectF(where.area.left(), where.y.place(index) + where.lane * 0.2, max(width, 1.0), where.lane * 0.6), 2, 2
        )


def _paint_spreads(painter: QPainter, where: Geometry, chart: Spreads, colours: ChartColours) -> None:
    for index, one in enumerate(chart.spreads):
        colour = colours.of_step(one.colour)
        middle, tall = where.y.place(index + 0.5), where.lane * 0.5
        low, quarter, median, three_quarters, high = map(
            where.x.place, (one.low, one.quarter, one.median, one.three_quarters, one.high)
        )
        painter.setPen(QPen(colour, 2))
        painter.drawLine(QPointF(low, middle), QPointF(high, middle))
        for end in (low, high):
            painter.drawLine(QPointF(end, middle - tall / 4), QPointF(end, middle + tall / 4))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour)
        painter.drawRect(QRectF(quarter, middle - tall / 2, max(three_quarters - quarter, 1.0), tall))
        painter.setPen(QPen(colours.ground, 2))
        painter.drawLine(QPointF(median, middle - tall / 2), QPointF(median, middle + tall / 2))
        painter.setPen(Qt.PenStyle.NoPen)


def legend_of(chart: Chart) -> list[tuple[int, str]]:
    """Return which colour is what."""
    match chart:
        case Plot(series=series):
            return [(one.colour, one.name) for one in series]
        case Lanes(steps=steps, timeline=timeline):
            names = list(enumerate(steps))
            if any(bar.step == FAILED for bar in timeline.bars):
                names.append((FAILED, tr("failed")))
            return [*names, (WAITING, tr("waits"))] if timeline.waits else names
    return []


def _paint_legend(painter: QPainter, rect: QRectF, chart: Chart, colours: ChartColours, metrics: QFontMetricsF) -> None:
    x, top = rect.left() + 8, rect.top() + 6
    limit = chart.limit_name if isinstance(chart, Plot) and shown_limit(chart) is not None else ""
    for colour, name in legend_of(chart):
        words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 150)
        if x + 40 + metrics.horizontalAdvance(words) > rect.right():
            painter.drawText(QPointF(x, top + metrics.ascent() - 2), "…")
            break
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colours.of_step(colour))
        painter.drawRoundedRect(QRectF(x, top, _SWATCH, _SWATCH), 2, 2)
        painter.setPen(colours.text)
        painter.drawText(QPointF(x + 15, top + metrics.ascent() - 2), words)
        x += 30 + metrics.horizontalAdvance(words)
    if limit:
        painter.setPen(QPen(colours.text, 1.2, Qt.PenStyle.DashLine))
        painter.drawLine(QPointF(x, top + 5), QPointF(x + 14, top + 5))
        painter.setPen(colours.text)
        painter.drawText(QPointF(x + 19, top + metrics.ascent() - 2), tr(limit))
