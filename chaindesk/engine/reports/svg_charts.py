"""The charts of the report page, as SVG that needs no script: hover titles show the figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markupsafe import Markup

from chaindesk.engine.reports.call_timeline import FAILED, Timeline, nice
from chaindesk.engine.reports.markup import element, join
from chaindesk.formatting import duration

WIDTH = 1080
_LEFT, _RIGHT, _TOP, _FOOT = 46, 14, 8, 34
_PLOT = WIDTH - _LEFT - _RIGHT
_COLOURS = 8
_LABELLED = 13.0  # pixels: a lower bar has no room for a word


def colour(step: int) -> str:
    """Return the class that colours a step."""
    return "fail" if step == FAILED else f"s{step % _COLOURS}"


def clock(seconds: float) -> str:
    """Return a time since the beginning: ``0:07``, ``12:30``, ``1:02:03``."""
    whole = int(seconds)
    hours, minutes, rest = whole // 3600, whole % 3600 // 60, whole % 60
    return f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"


def legend(steps: Sequence[str], *, failed: bool) -> Markup:
    """Return which colour is which step."""
    names = [(colour(index), name) for index, name in enumerate(steps)]
    if failed:
        names.append(("fail", "✕ failed"))
    items = (element("li", element("span", class_=f"swatch {style}"), name) for style, name in names)
    return element("ul", *items, class_="key")


def timeline_chart(timeline: Timeline, names: Sequence[str], keys: Callable[[int], str]) -> Markup:
    """Rows side by side: a bar for each call."""
    lane = min(max(420 / max(timeline.lanes, 1), 4.0), 22.0)
    height = timeline.lanes * lane
    scale = _PLOT / max(timeline.end, 0.001)
    shapes: list[Markup] = []
    marks: list[Markup] = []
    for bar in timeline.bars:
        x, y = _LEFT + bar.start * scale, _TOP + bar.lane * lane
        width, thick = max((bar.end - bar.start) * scale - 0.5, 0.8), max(lane - 2, lane * 0.75)
        step = "failed" if bar.step == FAILED else names[bar.step]
        words = (
            f"Row {keys(bar.row)} · {step} · {duration(bar.end - bar.start)}, {clock(bar.start)} to {clock(bar.end)}"
        )
        words += " · cut at the output limit" if bar.cut else ""
        shape = {"x": x, "y": y, "width": width, "height": thick, "rx": 1.5}
        shapes.append(element("rect", element("title", words), class_=f"bar {colour(bar.step)}", **shape))
        if bar.cut:
            marks.append(element("rect", class_="cut", x=x + width - 2, y=y, width=2, height=thick))
        if bar.step == FAILED:
            marks.append(_cross(x + width - min(width / 2, 7), y + thick / 2, inside=width > 10))
        elif lane >= _LABELLED and width > 7.0 * len(str(bar.row)) + 6:
            marks.append(element("text", bar.row, class_="on", x=x + 4, y=y + thick / 2 + 4))
    label = f"Timeline: {timeline.rows} rows in {timeline.lanes} slots over {clock(timeline.end)}"
    return _svg(height, label, _time_axis(height, timeline.end), *shapes, *marks)


def stacked_areas(
    series: Sequence[Sequence[float]],
    width: float,
    end: float,
    names: Sequence[str],
    *,
    limit: int,
    failed: Sequence[float],
) -> Markup:
    """Return each series over time, one upon the other, with a line at a limit and a cross at each failure."""
    height = 190.0
    totals = [sum(column) for column in zip(*series, strict=True)] or [0.0]
    top = _round_top(max(limit * 1.05, *totals))

    def x(bucket: float) -> float:
        return _LEFT + min(bucket * width, end) / max(end, 0.001) * _PLOT

    def y(value: float) -> float:
        return _TOP + height * (1 - value / top)

    below = [0.0] * len(totals)
    areas = []
    for index, values in enumerate(series):
        above = [low + value for low, value in zip(below, values, strict=True)]
        there = _steps(above, x, y)
        back = _steps(below, x, y)[::-1]
        points = " ".join(f"{px:.1f},{py:.1f}" for px, py in (*there, *back))
        areas.append(element("polygon", class_=colour(index), points=points, fill_opacity=0.85))
        below = above
    line = element("path", class_="limit", d=f"M{_LEFT} {y(limit):.1f}H{WIDTH - _RIGHT}")
    marks = [_cross(_LEFT + at / max(end, 0.001) * _PLOT, _TOP + height - 5) for at in failed]
    hovers = _hovers(series, width, names, x, height, "{value:.1f}")
    label = f"Calls under way over time, at most {max(totals):.0f}, with {limit} rows at once"
    return _svg(height, label, _time_axis(height, end), _value_axis(height, top), *areas, line, *marks, *hovers)


def stacked_bars(
    series: Sequence[Sequence[float]],
    failed: Sequence[float],
    width: float,
    names: Sequence[str],
    label: str,
    *,
    last: str = "",
) -> Markup:
    """Return a column for each bucket, the series one upon the other. ``last`` names the bucket of all the rest."""
    height = 170.0
    buckets = len(failed)
    totals = [sum(column) for column in zip(*series, failed, strict=True)] or [0.0]
    top = _round_top(max(totals))
    room = _PLOT / max(buckets, 1)
    shapes = []
    below = [0.0] * buckets
    for index, values in [*enumerate(series), (FAILED, failed)]:
        for bucket, value in enumerate(values):
            if value:
                tall = height * value / top
                low = _TOP + height * (1 - below[bucket] / top)
                shape = {
                    "x": _LEFT + bucket * room + 0.5,
                    "y": low - tall,
                    "width": max(room - 1.5, 0.7),
                    "height": tall,
                }
                shapes.append(element("rect", class_=colour(index), **shape))
                below[bucket] += value
    every = [*series, failed]
    hovers = _hovers(
        every, width, [*names, "failed"], lambda bucket: _LEFT + bucket * room, height, "{value:,.0f}", last
    )
    axis = _bucket_axis(height, buckets, width, room, last)
    return _svg(height, label, axis, _value_axis(height, top), *shapes, *hovers)


def share_bar(share: float, style: str) -> Markup:
    """Return a small bar for a cell of a table."""
    full = element("rect", class_=style, x=0, y=2, width=max(130 * share, 0.0), height=10, rx=2)
    return element("svg", full, viewBox="0 0 130 14", aria_hidden="true")


def _steps(
    values: Sequence[float], x: Callable[[float], float], y: Callable[[float], float]
) -> list[tuple[float, float]]:
    return [point for at, value in enumerate(values) for point in ((x(at), y(value)), (x(at + 1), y(value)))]


def _hovers(
    series: Sequence[Sequence[float]],
    width: float,
    names: Sequence[str],
    x: Callable[[float], float],
    height: float,
    form: str,
    last: str = "",
) -> list[Markup]:
    """Columns that are seen only under the pointer, and show its figures."""
    made = []
    count = len(series[0]) if series else 0
    for bucket in range(count):
        values = [(name, its[bucket]) for name, its in zip(names, series, strict=True) if its[bucket]]
        if values:
            figures = ", ".join(f"{name} {form.format(value=value)}" for name, value in values)
            when = last if last and bucket == count - 1 else span(bucket * width, (bucket + 1) * width)
            shape = {"x": x(bucket), "y": _TOP, "width": max(x(bucket + 1) - x(bucket), 0.1), "height": height}
            made.append(element("rect", element("title", f"{when}: {figures}"), class_="hover", **shape))
    return made


def span(start: float, end: float) -> str:
    """Return a stretch of time: ``0.5–1 s`` where it is short, else ``1:00–2:00``."""
    if end < 60:
        return f"{start:g}–{end:g} s" if end >= 0.1 else f"{start:.3f}–{end:.3f} s"
    return f"{clock(start)}–{clock(end)}"


def _svg(height: float, label: str, *children: Markup) -> Markup:
    drawn = element("svg", *children, viewBox=f"0 0 {WIDTH} {height + _TOP + _FOOT:.0f}", role="img", aria_label=label)
    return element("div", drawn, class_="chart", tabindex=0, role="group", aria_label=label)


def _cross(x: float, y: float, *, inside: bool = False) -> Markup:
    return element("path", class_="mark inside" if inside else "mark", d=f"M{x - 3.5:.1f} {y - 3.5:.1f}l7 7m0 -7l-7 7")


def _time_axis(height: float, end: float) -> Markup:
    step = nice(end / 8) if end > 0 else 1.0
    ticks = [index * step for index in range(int(end / step + 1e-6) + 1)]
    return _ticks(height, [(_LEFT + at / max(end, 0.001) * _PLOT, _time(at, step)) for at in ticks])


def _time(at: float, step: float) -> str:
    return clock(at) if step >= 1 else f"{at:.1f} s"


def _bucket_axis(height: float, buckets: int, width: float, room: float, last: str) -> Markup:
    every = max(-(-buckets // 10), 1)
    ticks = []
    for index in range(0, buckets if last else buckets + 1, every):
        at = round(index * width, 3)
        ticks.append((_LEFT + index * room, f"{at:g}" if last else _time(at, width)))
    return _ticks(height, ticks)


def _ticks(height: float, ticks: Sequence[tuple[float, str]]) -> Markup:
    base = _TOP + height
    drawn = [element("line", class_="axis", x1=_LEFT, x2=WIDTH - _RIGHT, y1=base, y2=base)]
    for x, words in ticks:
        drawn.append(element("line", class_="grid", x1=x, x2=x, y1=_TOP, y2=base + 4))
        anchor = "end" if x > WIDTH - 40 else "middle"
        drawn.append(element("text", words, x=x, y=base + 20, text_anchor=anchor))
    return join(*drawn)


def _value_axis(height: float, top: float) -> Markup:
    drawn = []
    for part in (0.0, 0.5, 1.0):
        y = _TOP + height * (1 - part)
        drawn.append(element("line", class_="grid", x1=_LEFT, x2=WIDTH - _RIGHT, y1=y, y2=y))
        drawn.append(
            element(
                "text",
                f"{top * part:,.3g}" if top < 1000 else f"{top * part:,.0f}",
                x=_LEFT - 7,
                y=y + 4,
                text_anchor="end",
            )
        )
    return join(*drawn)


def _round_top(value: float) -> float:
    """Return a round number that is no less, so that the axis has round numbers."""
    size = 1.0
    while size * 10 < value:
        size *= 10
    while size > value > 0:
        size /= 10
    return next((size * step for step in (1, 1.2, 1.6, 2, 3, 4, 5, 6, 8, 10) if size * step >= value), max(value, 1.0))
