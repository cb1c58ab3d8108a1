"""The report of a past run as one page of HTML that opens offline: no script, and nothing comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePath, PureWindowsPath

import jinja2
from markupsafe import Markup

import chaindesk
from chaindesk import settings
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.reports import svg_charts
from chaindesk.engine.reports.call_timeline import quantile
from chaindesk.engine.reports.html_tables import (
    Section,
    cut_sections,
    failure_section,
    figures_of,
    review_sections,
    slowest_section,
    step_section,
)
from chaindesk.engine.reports.markup import escaped
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.engine.reports.text import saved_words, speed_words
from chaindesk.engine.run.progress.snapshot import MIN_SHOWN_SPEED_UP
from chaindesk.formatting import count, duration, money

_MAX_BARS = 1800
_MAX_LANES = 100
_BUCKETS = 180
_COLUMNS = 60
_MAX_MARKS = 300
_STATES = {
    RunState.FINISHED: "finished",
    RunState.STOPPED: "stopped by the user",
    RunState.HALTED: "halted: key, quota, model or budget",
    RunState.RUNNING: "running",
    RunState.INTERRUPTED: "interrupted: it never ended",
}


@dataclass(frozen=True, slots=True)
class _Tile:
    name: str
    value: str
    more: str


def report_page(report: RunReport) -> str:
    """Return the page. Its texts are escaped, and its security policy lets it load and run nothing at all.

    Raises:
        InputError: the installation lacks the style sheet or the template.
    """
    style = settings.resource("report/report.css").read_text("utf-8")
    template = settings.resource("report/report.html.j2").read_text("utf-8")
    environment = jinja2.Environment(
        autoescape=True, finalize=escaped, undefined=jinja2.StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    run, failed = report.run, report.rows.get(Status.FAILED, 0)
    return environment.from_string(template).render(
        title=f"Run {run.id}: {run.chain}",
        style=Markup(style),  # noqa: S704 - a file of ours
        style_digest=base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii"),
        run=run,
        workbook=_name(run.workbook),
        started=f"{run.started_at.astimezone():%A %d %B %Y, %H:%M:%S %Z}",
        state=_STATES[run.state] + (f", {count(failed, 'row')} failed" if failed else ""),
        state_style="failed" if failed else run.state.value,
        tiles=_tiles(report),
        sections=list(_sections(report)),
        version=chaindesk.__version__,
    )


def _tiles(report: RunReport) -> list[_Tile]:
    run, usage = report.run, report.usage
    speed = report.speed_up
    tiles = [
        ("Rows", f"{run.rows:,}", report.tally.words),
        ("Time", duration(report.elapsed), f"{run.concurrency} rows at once"),
        (
            "Calls",
            f"{report.calls:,}",
            f"{count(run.retries, 'retry', 'retries')}, {duration(report.call_seconds)} of calls",
        ),
        ("Tokens", f"{usage.total:,}", f"{usage.input:,} in ({usage.cached_input:,} cached), {usage.output:,} out"),
        ("Cost", money(report.cost), _about_cost(report)),
        ("Already paid for", f"{run.reused:,}", "answers from the journal"),
    ]
    if speed is not None and speed >= MIN_SHOWN_SPEED_UP:
        tiles.insert(2, ("Speed-up", f"{speed:.1f} ×", "against one call after another"))
    if report.cut or report.unfit:
        tiles.append(
            ("Look at", f"{len(report.cut) + report.unfit:,}", f"{len(report.cut):,} cut, {report.unfit:,} did not fit")
        )
    return [_Tile(*words) for words in tiles]


def _about_cost(report: RunReport) -> str:
    """Return what the sum has in it, and what it lacks."""
    parts = [f"{money(report.unusable_cost)} of it in vain"] if report.unusable_cost else []
    if report.saved:
        parts.append(f"the cache {saved_words(report.saved)}")
    if words := speed_words(report):
        parts.append(words)
    if report.unpriced:
        parts.append(f"{count(report.unpriced, 'call')} without a known price")
    if report.perhaps_billed:
        parts.append(f"{count(report.perhaps_billed, 'call')} cut off, perhaps billed")
    return "; ".join(parts)


def _sections(report: RunReport) -> Iterator[Section]:
    if not len(report.calls_made) and not report.failed:
        yield Section("timeline", "Timeline", "Timeline", empty="No call was answered in this run.")
        yield step_section(report, "Steps")
        return
    yield _timeline(report)
    yield _at_once(report)
    yield _pace(report)
    yield step_section(report, "Steps: cost and tokens")
    yield _lengths(report)
    yield failure_section(report)
    yield from review_sections(report)
    yield from cut_sections(report)
    yield slowest_section(report)


def _timeline(report: RunReport) -> Section:
    table = report.calls_made
    timeline = table.timeline(_MAX_BARS, _MAX_LANES)
    keys = {one.row_number: one.row_key for one in (*report.failed, *report.slowest)}
    note = "A line for each slot, a bar for each call that was answered; the number is the sheet row. Gaps are waiting."
    if not timeline.whole:
        note += (
            f" Only a sample is drawn: {timeline.rows:,} of {timeline.rows_in_all:,} rows, "
            f"the first {svg_charts.clock(timeline.end)}. The charts below are of the whole run."
        )
    drawn = svg_charts.timeline_chart(timeline, table.steps, lambda row: keys.get(row, str(row)))
    key = svg_charts.legend(table.steps, failed=bool(table.failures))
    return Section("timeline", "Timeline", "Timeline", note=note, chart=key + drawn)


def _at_once(report: RunReport) -> Section:
    table = report.calls_made
    width, series = table.at_once(_BUCKETS)
    marks = [at for _, at in table.failed_at()]
    some = marks if len(marks) <= _MAX_MARKS else marks[:: len(marks) // _MAX_MARKS + 1]
    note = f"The mean over each {_seconds(width)}. The dashed line is the rows at once with which the run began"
    note += "; crosses are failed rows." if marks else "."
    if len(some) < len(marks):
        note = note[:-1] + f" ({len(some)} of {len(marks):,} are marked)."
    drawn = svg_charts.stacked_areas(series, width, table.end, table.steps, limit=report.run.concurrency, failed=some)
    return Section(
        "at-once", "Calls at once", note=note, chart=svg_charts.legend(table.steps, failed=bool(marks)) + drawn
    )


def _pace(report: RunReport) -> Section:
    table = report.calls_made
    width, series, failed = table.finished(_COLUMNS)
    rate = 60 / width
    scaled = [[answers * rate for answers in its] for its in series]
    failures = [number * rate for number in failed]
    drawn = svg_charts.stacked_bars(scaled, failures, width, table.steps, "Calls answered per minute")
    rows = [
        [
            svg_charts.clock(index * width) if width >= 1 else f"{index * width:.1f} s",
            *(its[index] for its in series),
            failed[index],
        ]
        for index in range(len(failed))
    ]
    return Section(
        "pace",
        "Calls per minute",
        "Pace",
        note=f"Answers per minute, a column for each {_seconds(width)}; failed rows on top.",
        chart=svg_charts.legend(table.steps, failed=any(failed)) + drawn,
        figures=figures_of("Calls answered in each stretch", ["From", *table.steps, "failed rows"], rows),
    )


def _lengths(report: RunReport) -> Section:
    table = report.calls_made
    title = "How long calls went on"
    if not len(table):
        return Section("lengths", title, empty="No call was answered.")
    width, series = table.lengths(40)
    bins = len(series[0])
    rest = f"over {(bins - 1) * width:g} s"
    ordered = sorted(table.seconds)
    half, most = quantile(ordered, 0.5), quantile(ordered, 0.95)
    note = (
        f"Half of the calls took under {half:.2f} s, 95 of 100 under {most:.2f} s, the longest {ordered[-1]:.2f} s. "
        f"Seconds from left to right; the last column is every call {rest}."
    )
    label = "How many calls took how many seconds"
    drawn = svg_charts.stacked_bars(series, [0] * bins, width, table.steps, label, last=rest)
    rows = [
        [
            rest if index == bins - 1 else svg_charts.span(index * width, (index + 1) * width),
            *(its[index] for its in series),
        ]
        for index in range(bins)
    ]
    figures = figures_of("Calls by how long they went on", ["Seconds", *table.steps], rows)
    key = svg_charts.legend(table.steps, failed=False)
    return Section("lengths", title, note=note, chart=key + drawn, figures=figures)


def _seconds(width: float) -> str:
    return f"{width:.2g} s" if width < 60 else duration(width).removesuffix(" 00 s").removesuffix(" 00 min")


def _name(path: str) -> str:
    """Return the file's name, whichever system's path it is."""
    return (PureWindowsPath(path) if "\\" in path else PurePath(path)).name
