"""A run over time in a small picture: rows side by side where there are few, else how many calls were under way."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QHelpEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from chaindesk.engine.reports.call_timeline import FAILED, CallTable, Timeline, nice
from chaindesk.engine.reports.svg_charts import clock
from chaindesk.formatting import duration

_LIGHT = ("2563C9", "B45F06", "0D7A5F", "7B3FB5", "0E7490", "A8275F", "5B7A10", "5C5650")
_DARK = ("78A9FF", "F0A35E", "4FD1AC", "C79BF2", "5CC8E0", "F28AB8", "B4D455", "BDB5AC")
_FAILED = ("C62828", "FF7B72")
_MAX_BARS = 400
_MAX_LANES = 30
_BUCKETS = 120
_FOOT, _TOP, _SIDE = 22, 24, 8  # pixels


class TimelineChart(QWidget):
    """Shows the calls of one run. Hovering shows the details of a bar."""

    def __init__(self, *, dark: bool = False) -> None:
        super().__init__()
        self._dark = dark
        self._steps: list[str] = []
        self._timeline: Timeline | None = None
        self._areas: list[list[float]] = []
        self._end = 0.0
        self.caption = ""
        self.setMinimumHeight(110)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Timeline of the run")

    def sizeHint(self) -> QSize:
        """Room for some ten rows."""
        return QSize(480, 210)

    def show_calls(self, table: CallTable | None) -> None:
        """Show the calls of a run; None shows nothing."""
        self._timeline, self._areas, self._steps, self._end = None, [], [], 0.0
        self.caption = ""
        if table is not None and (len(table) or table.failures):
            self._steps, self._end = list(table.steps), max(table.end, 0.001)
            timeline = table.timeline(_MAX_BARS, _MAX_LANES)
            if timeline.whole:
                self._timeline = timeline
                self.caption = "Rows side by side, a bar for each call"
            else:
                _, self._areas = table.at_once(_BUCKETS)
                self.caption = "Calls under way over time; the report page shows rows too"
        self.setAccessibleDescription(self.caption)
        self.update()

    def set_dark(self, *, dark: bool) -> None:
        """Use the other colours."""
        self._dark = dark
        self.update()

    def tip_at(self, place: QPointF) -> str:
        """What stands there, or ""."""
        area = self._area()
        at = (place.x() - area.left()) / max(area.width(), 1) * self._end
        if self._timeline is not None:
            lane = int((place.y() - area.top()) / self._lane(area))
            for bar in self._timeline.bars:
                if bar.lane == lane and bar.start <= at <= bar.end:
                    step = "failed" if bar.step == FAILED else self._steps[bar.step]
                    took = duration(bar.end - bar.start)
                    return f"Row {bar.row}, {step}: {took}, {clock(bar.start)} to {clock(bar.end)}"
        elif self._areas and 0 <= at <= self._end and area.contains(place):
            bucket = min(int(at / self._end * _BUCKETS), _BUCKETS - 1)
            told = (f"{name} {values[bucket]:.1f}" for name, values in zip(self._steps, self._areas, strict=True))
            return f"{clock(at)}: {', '.join(told)}"
        return ""

    def event(self, event: QEvent) -> bool:
        """Show the details of what is under the pointer."""
        if isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), self.tip_at(QPointF(event.pos())), self)
            return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        area = self._area()
        if self._timeline is None and not self._areas:
            painter.setPen(self.palette().placeholderText().color())
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, "No call was answered in this run")
            return
        self._paint_legend(painter)
        self._paint_axis(painter, area)
        painter.setPen(Qt.PenStyle.NoPen)
        if self._timeline is not None:
            self._paint_bars(painter, area, self._timeline)
        else:
            self._paint_areas(painter, area)

    def _paint_bars(self, painter: QPainter, area: QRectF, timeline: Timeline) -> None:
        lane, scale = self._lane(area), area.width() / self._end
        for bar in timeline.bars:
            box = QRectF(
                area.left() + bar.start * scale,
                area.top() + bar.lane * lane + 0.5,
                max((bar.end - bar.start) * scale - 0.5, 1.0),
                max(lane - 1.5, 1.0),
            )
            painter.setBrush(self._colour(bar.step))
            painter.drawRoundedRect(box, 1.5, 1.5)
            if bar.step == FAILED and lane >= 6:
                painter.setPen(QPen(self.palette().base().color(), 1.6))
                middle, arm = box.center(), 2.6
                painter.drawLine(middle + QPointF(-arm, -arm), middle + QPointF(arm, arm))
                painter.drawLine(middle + QPointF(-arm, arm), middle + QPointF(arm, -arm))
                painter.setPen(Qt.PenStyle.NoPen)

    def _paint_areas(self, painter: QPainter, area: QRectF) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
        top = max(sum(column) for column in zip(*self._areas, strict=True)) or 1.0
        room = area.width() / _BUCKETS
        for bucket in range(_BUCKETS):
            base = area.bottom()
            left = round(area.left() + bucket * room)
            right = round(area.left() + (bucket + 1) * room)
            for step, values in enumerate(self._areas):
                tall = values[bucket] / top * area.height()
                painter.setBrush(self._colour(step))
                painter.drawRect(QRectF(left, base - tall, right - left, tall))
                base -= tall

    def _paint_legend(self, painter: QPainter) -> None:
        names = [(step, name) for step, name in enumerate(self._steps)]
        if self._timeline is not None and any(bar.step == FAILED for bar in self._timeline.bars):
            names.append((FAILED, "failed"))
        x, metrics = float(_SIDE), painter.fontMetrics()
        for step, name in names:
            words = metrics.elidedText(name, Qt.TextElideMode.ElideRight, 140)
            if x + 24 + metrics.horizontalAdvance(words) > self.width():
                break
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._colour(step))
            painter.drawRoundedRect(QRectF(x, 6, 10, 10), 2, 2)
            painter.setPen(self.palette().text().color())
            painter.drawText(QPointF(x + 15, 6 + metrics.ascent() - 2), words)
            x += 30 + metrics.horizontalAdvance(words)

    def _paint_axis(self, painter: QPainter, area: QRectF) -> None:
        step = nice(self._end / 6)
        metrics = painter.fontMetrics()
        for place in range(int(self._end / step + 1e-6) + 1):
            x = area.left() + place * step / self._end * area.width()
            painter.setPen(self.palette().mid().color())
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom() + 3))
            words = clock(place * step) if step >= 1 else f"{place * step:.1f} s"
            half = metrics.horizontalAdvance(words) / 2
            painter.setPen(self.palette().placeholderText().color())
            left = min(max(x - half, 0.0), self.width() - 2 * half)
            painter.drawText(QPointF(left, area.bottom() + 4 + metrics.ascent()), words)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(_SIDE, _TOP, -_SIDE, -_FOOT)

    def _lane(self, area: QRectF) -> float:
        lanes = self._timeline.lanes if self._timeline is not None else 1
        return min(area.height() / max(lanes, 1), 26.0)

    def _colour(self, step: int) -> QColor:
        colours = _DARK if self._dark else _LIGHT
        return QColor(f"#{_FAILED[self._dark] if step == FAILED else colours[step % len(colours)]}")
