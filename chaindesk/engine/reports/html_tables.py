"""The tables of the report page: steps, failures, cut answers, slowest rows; and how a section and a table are made."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from chaindesk.domain.records import RowOutcome
from chaindesk.engine.reports import svg_charts as charts
from chaindesk.engine.reports.call_timeline import quantile
from chaindesk.engine.reports.markup import Markup, element
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.formatting import money

_FAILED_TOLD = 500
_ROWS_NAMED = 60
_CUT_TOLD = 200


def step_table(report: RunReport) -> Markup:
    """Each step: answers, how long its calls went on, tokens and cost."""
    heads = ["Step", "Answers", "Mean", "Half under", "95 % under", "Tokens in", "cached", "out", "", "Cost", ""]
    most_tokens = max((step.usage.total for step in report.steps.values()), default=0) or 1
    most_cost = max((step.cost or 0 for step in report.steps.values()), default=0) or 1
    rows = []
    for place, (name, step) in enumerate(report.steps.items()):
        seconds = report.calls_made.seconds_of(place)
        style = charts.colour(place)
        told = [
            f"{step.answers:,}",
            *(f"{value:.2f} s" for value in (_mean(seconds), quantile(seconds, 0.5), quantile(seconds, 0.95))),
        ]
        told += [f"{count:,}" for count in (step.usage.input, step.usage.cached_input, step.usage.output)]
        cost = money(step.cost)
        cells = [element("td", figure, class_="n") for figure in told]
        cells.append(element("td", charts.share_bar(step.usage.total / most_tokens, style)))
        cells.append(element("td", cost, class_="n"))
        cells.append(element("td", charts.share_bar(float((step.cost or 0) / most_cost), style)))
        rows.append(element("tr", element("th", name, scope="row"), *cells))
    head = element(
        "thead",
        element(
            "tr",
            *(
                element("th", words, scope="col", class_=None if place in (0, 8, 10) else "n")
                for place, words in enumerate(heads)
            ),
        ),
    )
    return element(
        "div",
        element("table", head, element("tbody", *rows)),
        class_="wide",
        tabindex=0,
        role="group",
        aria_label="Steps",
    )


def failure_section(report: RunReport) -> Markup:
    """What failed, by kind and row by row."""
    if not report.failed:
        return section("failures", "Failures", element("p", "No row failed.", class_="muted"))
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in report.failed:
        if one.failure is not None:
            by_kind[one.failure.kind.value].append(one.row_key)
    kinds = _table(
        "By kind",
        ["Kind", "Rows", "Which"],
        [[kind, f"{count:,}", _named(by_kind[kind])] for kind, count in report.failures.items()],
        {1: "n", 2: "rows"},
    )
    told = report.failed[:_FAILED_TOLD]
    heads = ["Row", "Step", "Kind", "What was said", "Calls", "HTTP", "Request id"]
    each = _table("Each row", heads, [_failed_cells(one) for one in told], {3: "long", 4: "n", 5: "n", 6: "id"})
    left = len(report.failed) - len(told)
    more = (
        element("p", f"{left:,} more are left out here; chaindesk report --json has all.", class_="note")
        if left
        else None
    )
    return section("failures", "Failures", kinds, each, more, long=True)


def _failed_cells(outcome: RowOutcome) -> Sequence[object]:
    failure = outcome.failure
    if failure is None:
        return [outcome.row_key, "", "", "", "", "", ""]
    status = "" if failure.http_status is None else failure.http_status
    return [
        outcome.row_key,
        failure.step,
        failure.kind.value,
        failure.message,
        failure.attempts,
        status,
        failure.request_id,
    ]


def cut_section(report: RunReport) -> Markup | None:
    """The answers that were cut at their output limit, or None where none was."""
    if not report.cut:
        return None
    steps: dict[str, list[str]] = defaultdict(list)
    for one in report.cut:
        steps[one.step].append(one.key)
    rows = [[step, f"{len(keys):,}", _named(keys, _CUT_TOLD)] for step, keys in steps.items()]
    words = element("p", "Raise max_output_tokens of the step, and run these rows again.", class_="note")
    return section(
        "cut",
        "Answers cut at the output limit",
        words,
        _table("", ["Step", "Answers", "Rows"], rows, {1: "n", 2: "rows"}),
    )


def slowest_section(report: RunReport) -> Markup:
    """The rows that took longest."""
    longest = report.slowest[0].seconds if report.slowest else 0
    heads = ["Row", "Seconds", "", "How it ended", "At"]
    rows = [
        [
            one.row_key,
            f"{one.seconds:.1f}",
            charts.share_bar(one.seconds / longest if longest else 0, "fail" if one.failure else "s0"),
            one.status.value,
            f"{one.finished_at.astimezone():%H:%M:%S}",
        ]
        for one in report.slowest
    ]
    words = element("p", "From a row's first call to its end, waiting included.", class_="note")
    return section("slowest", "Slowest rows", words, _table("", heads, rows, {1: "n"}))


def section(place: str, title: str, *children: Markup | None, long: bool = False) -> Markup:
    """A part of the page under its heading; ``long``: it may be broken over printed pages."""
    heading = element("h2", title, id=f"{place}-title")
    style = "long" if long else None
    return element("section", heading, *children, id=place, aria_labelledby=f"{place}-title", class_=style)


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]], styles: Mapping[int, str]) -> Markup:
    head = element(
        "tr",
        *(element("th", words, scope="col", class_=_number(styles.get(place))) for place, words in enumerate(heads)),
    )
    lines = (
        element("tr", *(element("td", value, class_=styles.get(place)) for place, value in enumerate(row)))
        for row in rows
    )
    above = element("caption", caption) if caption else None
    table = element("table", above, element("thead", head), element("tbody", *lines))
    return element("div", table, class_="wide", tabindex=0, role="group", aria_label=caption or heads[0])


def figures(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Markup:
    """A chart's figures as a table, folded away: for whoever does not see the chart."""
    styles = dict.fromkeys(range(1, len(heads)), "n")
    return element("details", element("summary", "The figures"), _table(caption, heads, rows, styles))


def _number(style: str | None) -> str | None:
    return "n" if style == "n" else None


def _named(keys: Sequence[str], most: int = _ROWS_NAMED) -> str:
    more = f" and {len(keys) - most:,} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
