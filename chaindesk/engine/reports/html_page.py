"""The report of a past run as one page of HTML that opens offline: no script, and nothing comes from elsewhere."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from pathlib import PurePath, PureWindowsPath

import chaindesk
from chaindesk import settings
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.reports import svg_charts as charts
from chaindesk.engine.reports.call_timeline import quantile
from chaindesk.engine.reports.html_tables import (
    cut_section,
    failure_section,
    figures,
    section,
    slowest_section,
    step_table,
)
from chaindesk.engine.reports.markup import Markup, element
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.engine.reports.text import saved_words
from chaindesk.engine.run.snapshot import LEAST_SPEED_UP_TOLD
from chaindesk.formatting import count, duration, money

_MOST_BARS = 1800
_MOST_LANES = 100
_BUCKETS = 180
_COLUMNS = 60
_MARKS = 300
_STATES = {
    RunState.FINISHED: "finished",
    RunState.STOPPED: "stopped by the user",
    RunState.HALTED: "halted: key, quota, model or budget",
    RunState.RUNNING: "running",
    RunState.INTERRUPTED: "interrupted: it never ended",
}


def report_page(report: RunReport) -> str:
    """The page. Its texts are escaped, and its security policy lets it load and run nothing at all.

    Raises:
        InputError: the installation lacks the style sheet.
    """
    style = settings.resource("report/report.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode("utf-8")).digest()).decode("ascii")
    policy = f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    title = f"Run {report.run.id}: {report.run.chain}"
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Markup(style)),
    )
    body = element(
        "body",
        element("a", "To the charts", class_="skip", href="#timeline"),
        _header(report, title),
        element("main", _tiles(report), *_sections(report)),
        element("footer", f"Made by ChainDesk {chaindesk.__version__} from the journal. The page loads nothing."),
    )
    return "<!DOCTYPE html>\n" + element("html", head, body, lang="en") + "\n"


def _header(report: RunReport, title: str) -> Markup:
    run = report.run
    failed = report.rows.get(Status.FAILED, 0)
    style = "failed" if failed else run.state.value
    state = _STATES[run.state] + (f", {count(failed, 'row')} failed" if failed else "")
    when = f"{run.started_at.astimezone():%A %d %B %Y, %H:%M:%S %Z}"
    where = element("p", element("strong", _name(run.workbook)), f", sheet {run.sheet}", class_="where")
    links = (
        ("timeline", "Timeline"),
        ("pace", "Pace"),
        ("steps", "Steps"),
        ("failures", "Failures"),
        ("slowest", "Slowest rows"),
    )
    nav = element(
        "nav", *(element("a", words, href=f"#{place}") for place, words in links), aria_label="Parts of the page"
    )
    heading = element("h1", title, " ", element("span", state, class_=f"state {style}"))
    return element("header", heading, where, element("p", when, class_="muted"), nav)


def _tiles(report: RunReport) -> Markup:
    run, usage = report.run, report.usage
    ended = ", ".join(f"{count:,} {status.value}" for status, count in report.rows.items() if count)
    before = run.rows - sum(report.rows.values())
    speed = report.speed_up
    tiles = [
        ("Rows", f"{run.rows:,}", ended + (f"; {before:,} untouched or complete before" if before > 0 else "")),
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
    if speed is not None and speed >= LEAST_SPEED_UP_TOLD:
        tiles.insert(2, ("Speed-up", f"{speed:.1f} ×", "against one call after another"))
    if report.cut or report.unfit:
        tiles.append(
            ("Look at", f"{len(report.cut) + report.unfit:,}", f"{len(report.cut):,} cut, {report.unfit:,} did not fit")
        )
    made = (
        element(
            "div",
            element("dt", name),
            element("dd", element("div", value, class_="value"), element("div", more, class_="more")),
            class_="tile",
        )
        for name, value, more in tiles
    )
    return element("dl", *made, class_="tiles")


def _about_cost(report: RunReport) -> str:
    """What the sum has in it, and what it lacks."""
    told = [f"{money(report.cost_in_vain)} of it in vain"] if report.cost_in_vain else []
    if report.saved:
        told.append(f"the cache {saved_words(report.saved)}")
    if report.unpriced:
        told.append(f"{count(report.unpriced, 'call')} without a known price")
    if report.perhaps_billed:
        told.append(f"{count(report.perhaps_billed, 'call')} cut off, perhaps billed")
    return "; ".join(told)


def _sections(report: RunReport) -> Sequence[Markup | None]:
    if not len(report.calls_made) and not report.failed:
        nothing = element("p", "No call was answered in this run.", class_="muted")
        return [section("timeline", "Timeline", nothing), section("steps", "Steps", step_table(report))]
    return [
        _timeline(report),
        section("at-once", "Calls at once", *_at_once(report)),
        section("pace", "Calls per minute", *_pace(report)),
        section("steps", "Steps: cost and tokens", step_table(report)),
        section("lengths", "How long calls went on", *_lengths(report)),
        failure_section(report),
        cut_section(report),
        slowest_section(report),
    ]


def _timeline(report: RunReport) -> Markup:
    table = report.calls_made
    timeline = table.timeline(_MOST_BARS, _MOST_LANES)
    keys = {one.row_number: one.row_key for one in (*report.failed, *report.slowest)}
    words = (
        "A line for each slot, a bar for each call that was answered; the number is the sheet row. Gaps are waiting."
    )
    if not timeline.whole:
        words += (
            f" Only a sample is drawn: {timeline.rows:,} of {timeline.rows_in_all:,} rows, "
            f"the first {charts.clock(timeline.end)}. The charts below are of the whole run."
        )
    drawn = charts.timeline_chart(timeline, table.steps, lambda row: keys.get(row, str(row)))
    key = charts.legend(table.steps, failed=bool(table.failures))
    return section("timeline", "Timeline", element("p", words, class_="note"), key, drawn)


def _at_once(report: RunReport) -> Sequence[Markup]:
    table = report.calls_made
    width, series = table.at_once(_BUCKETS)
    marks = [at for _, at in table.failed_at()]
    some = marks if len(marks) <= _MARKS else marks[:: len(marks) // _MARKS + 1]
    words = f"The mean over each {_seconds(width)}. The dashed line is the rows at once with which the run began"
    words += "; crosses are failed rows." if marks else "."
    if len(some) < len(marks):
        words = words[:-1] + f" ({len(some)} of {len(marks):,} are marked)."
    drawn = charts.stacked_areas(series, width, table.end, table.steps, limit=report.run.concurrency, failed=some)
    return element("p", words, class_="note"), charts.legend(table.steps, failed=bool(marks)), drawn


def _pace(report: RunReport) -> Sequence[Markup]:
    table = report.calls_made
    width, series, failed = table.finished(_COLUMNS)
    rate = 60 / width
    scaled = [[count * rate for count in its] for its in series]
    drawn = charts.stacked_bars(
        scaled, [count * rate for count in failed], width, table.steps, "Calls answered per minute"
    )
    words = element("p", f"Answers per minute, a column for each {_seconds(width)}; failed rows on top.", class_="note")
    heads = ["From", *table.steps, "failed rows"]
    rows = [
        [
            charts.clock(place * width) if width >= 1 else f"{place * width:.1f} s",
            *(its[place] for its in series),
            failed[place],
        ]
        for place in range(len(failed))
    ]
    key = charts.legend(table.steps, failed=any(failed))
    return words, key, drawn, figures("Calls answered in each stretch", heads, rows)


def _lengths(report: RunReport) -> Sequence[Markup]:
    table = report.calls_made
    if not len(table):
        return (element("p", "No call was answered.", class_="muted"),)
    width, series = table.lengths(40)
    bins = len(series[0])
    rest = f"over {(bins - 1) * width:g} s"
    ordered = sorted(table.seconds)
    half, most = quantile(ordered, 0.5), quantile(ordered, 0.95)
    words = (
        f"Half of the calls took under {half:.2f} s, 95 of 100 under {most:.2f} s, the longest {ordered[-1]:.2f} s. "
        f"Seconds from left to right; the last column is every call {rest}."
    )
    drawn = charts.stacked_bars(
        series, [0] * bins, width, table.steps, "How many calls took how many seconds", last=rest
    )
    rows = [
        [
            rest if place == bins - 1 else charts.span(place * width, (place + 1) * width),
            *(its[place] for its in series),
        ]
        for place in range(bins)
    ]
    told = figures("Calls by how long they went on", ["Seconds", *table.steps], rows)
    return element("p", words, class_="note"), charts.legend(table.steps, failed=False), drawn, told


def _seconds(width: float) -> str:
    return f"{width:.2g} s" if width < 60 else duration(width).removesuffix(" 00 s").removesuffix(" 00 min")


def _name(path: str) -> str:
    """The file's name, whichever system's path it is."""
    return (PureWindowsPath(path) if "\\" in path else PurePath(path)).name
