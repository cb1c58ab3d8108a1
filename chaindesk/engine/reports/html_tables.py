"""What the sections of the report page say, as values that its template lays out."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from markupsafe import Markup

from chaindesk.domain.records import RowOutcome
from chaindesk.engine.quality.audit_words import audit_lines
from chaindesk.engine.reports import svg_charts
from chaindesk.engine.reports.call_timeline import quantile
from chaindesk.engine.reports.run_report import RunReport
from chaindesk.formatting import listed, money

_MAX_FAILURES = 500
_MAX_ROWS_NAMED = 60
_MAX_CUT_ROWS_NAMED = 200
_NO_CHART = Markup()


@dataclass(frozen=True, slots=True)
class Table:
    """A table of a section.

    Attributes:
        heads: the column titles.
        rows: the cells; what is no ``Markup`` is escaped.
        styles: the class of a column's cells, by index: ``n`` for figures.
        caption: above it, or "".
        name: what it is called for whoever does not see it; by default its caption.
        row_heads: whether the first cell of a row is its title.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[object]]
    styles: Mapping[int, str] = field(default_factory=dict)
    caption: str = ""
    name: str = ""
    row_heads: bool = False

    @property
    def label(self) -> str:
        """What it is called."""
        return self.name or self.caption or self.heads[0]


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the page under its heading, in the order of its attributes.

    Attributes:
        id: what links lead to.
        title: its heading.
        link: its name among the links at the top, or "".
        empty: what stands there where it has nothing to show.
        note: an explanation.
        chart: its legend and charts.
        tables: its tables.
        figures: a chart's figures as a table, folded away: for whoever does not see the chart.
        more: what was left out.
        long: whether it may be broken over printed pages.
    """

    id: str
    title: str
    link: str = ""
    empty: str = ""
    note: str = ""
    chart: Markup = _NO_CHART
    tables: Sequence[Table] = ()
    figures: Table | None = None
    more: str = ""
    long: bool = False


def step_section(report: RunReport, title: str) -> Section:
    """Return each step: answers, how long its calls went on, tokens and cost."""
    heads = ["Step", "Answers", "Mean", "Half under", "95 % under", "Tokens in", "cached", "out", "", "Cost", ""]
    most_tokens = max((step.usage.total for step in report.steps.values()), default=0) or 1
    most_cost = max((step.cost or 0 for step in report.steps.values()), default=0) or 1
    rows = []
    for index, (name, step) in enumerate(report.steps.items()):
        seconds = report.calls_made.seconds_of(index)
        style = svg_charts.colour(index)
        figures = [_mean(seconds), quantile(seconds, 0.5), quantile(seconds, 0.95)]
        tokens = [step.usage.input, step.usage.cached_input, step.usage.output]
        cells = [name, f"{step.answers:,}", *(f"{value:.2f} s" for value in figures), *map("{:,}".format, tokens)]
        cells += [svg_charts.share_bar(step.usage.total / most_tokens, style), money(step.cost)]
        rows.append([*cells, svg_charts.share_bar(float((step.cost or 0) / most_cost), style)])
    numbers = dict.fromkeys((*range(1, 8), 9), "n")
    return Section("steps", title, "Steps", tables=[Table(heads, rows, numbers, name="Steps", row_heads=True)])


def failure_section(report: RunReport) -> Section:
    """Return what failed, by kind and row by row."""
    if not report.failed:
        return Section("failures", "Failures", "Failures", empty="No row failed.")
    by_kind: dict[str, list[str]] = defaultdict(list)
    for one in report.failed:
        if one.failure is not None:
            by_kind[one.failure.kind.value].append(one.row_key)
    kinds = [[kind, f"{count:,}", _named(by_kind[kind])] for kind, count in report.failures.items()]
    heads = ["Row", "Step", "Kind", "What was said", "Calls", "HTTP", "Request id"]
    each = list(map(_failed_cells, report.failed[:_MAX_FAILURES]))
    left = len(report.failed) - len(each)
    tables = [
        Table(["Kind", "Rows", "Which"], kinds, {1: "n", 2: "rows"}, "By kind"),
        Table(heads, each, {3: "long", 4: "n", 5: "n", 6: "id"}, "Each row"),
    ]
    more = f"{left:,} more are left out here; chaindesk report --json has all." if left else ""
    return Section("failures", "Failures", "Failures", tables=tables, more=more, long=True)


def review_sections(report: RunReport) -> Iterable[Section]:
    """Yield what people said of the answers, and why they rejected some, where they did."""
    reviews = report.reviews
    if report.audit is not None:
        first, *rest = audit_lines(report.audit)
        tables = [Table(["Of the classes"], [(line.strip(),) for line in rest])] if rest else []
        yield Section("audit", "Audit", "Audit", note=first, tables=tables)
    if report.agreement:
        table = Table(
            ["Check", "Beside the reviews"], [(one.check, one.words()) for one in report.agreement], {1: "long"}
        )
        yield Section("agreement", "Agreement", "Checks and people", tables=[table])
    if not reviews.words:
        return
    rows = [
        (reason, f"{len(found):,}", listed([one.key for one in found], _MAX_ROWS_NAMED))
        for reason, found in reviews.by_reason.items()
    ]
    tables = [Table(["Rejected because", "Rows", "Which"], rows, {1: "n"}, row_heads=True)] if rows else []
    yield Section("reviews", "Reviews", "Reviews", note=f"{reviews.words}.", tables=tables)


def cut_sections(report: RunReport) -> Iterable[Section]:
    """Return the answers that were cut at their output limit, where there are any."""
    steps: dict[str, list[str]] = defaultdict(list)
    for one in report.cut:
        steps[one.step].append(one.key)
    if steps:
        rows = [[step, f"{len(keys):,}", _named(keys, _MAX_CUT_ROWS_NAMED)] for step, keys in steps.items()]
        table = Table(["Step", "Answers", "Rows"], rows, {1: "n", 2: "rows"})
        note = "Raise max_output_tokens of the step, and run these rows again."
        yield Section("cut", "Answers cut at the output limit", note=note, tables=[table])


def slowest_section(report: RunReport) -> Section:
    """Return the rows that took longest."""
    longest = report.slowest[0].seconds if report.slowest else 0
    rows = [
        [
            one.row_key,
            f"{one.seconds:.1f}",
            svg_charts.share_bar(one.seconds / longest if longest else 0, "fail" if one.failure else "s0"),
            one.status.value,
            f"{one.finished_at.astimezone():%H:%M:%S}",
        ]
        for one in report.slowest
    ]
    table = Table(["Row", "Seconds", "", "How it ended", "At"], rows, {1: "n"})
    note = "From a row's first call to its end, waiting included."
    return Section("slowest", "Slowest rows", "Slowest rows", note=note, tables=[table])


def figures_of(caption: str, heads: Sequence[str], rows: Sequence[Sequence[object]]) -> Table:
    """Return a chart's figures as a table."""
    return Table(heads, rows, dict.fromkeys(range(1, len(heads)), "n"), caption)


def _failed_cells(outcome: RowOutcome) -> Sequence[object]:
    failure = outcome.failure
    if failure is None:
        return [outcome.row_key, "", "", "", "", "", ""]
    status = "" if failure.http_status is None else failure.http_status
    kind = failure.kind.value
    return [outcome.row_key, failure.step, kind, failure.message, failure.attempts, status, failure.request_id]


def _named(keys: Sequence[str], most: int = _MAX_ROWS_NAMED) -> str:
    more = f" and {len(keys) - most:,} more" if len(keys) > most else ""
    return ", ".join(keys[:most]) + more


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0
