"""The report of a past run in words for a terminal."""

from __future__ import annotations

from decimal import Decimal

from chaindesk.domain.check_results import AnswerPath
from chaindesk.domain.completion import Speed
from chaindesk.domain.records import RowOutcome
from chaindesk.engine.checks.figures import PATH_WORDS
from chaindesk.engine.quality.audit_words import audit_lines
from chaindesk.engine.reports.call_timeline import quantile
from chaindesk.engine.reports.run_report import RunReport, StepReport
from chaindesk.engine.run.progress.snapshot import MIN_SHOWN_SPEED_UP
from chaindesk.formatting import count, duration, listed, money

_MAX_FAILURES = 20
_SLOWEST_ROWS = 5


def report_lines(report: RunReport) -> list[str]:
    """Return the report as text, a line each."""
    run, usage = report.run, report.usage
    speed = (
        f", {report.speed_up:.1f} times faster than one call after another"
        if report.speed_up and report.speed_up >= MIN_SHOWN_SPEED_UP
        else ""
    )
    began = f"{run.started_at.astimezone():%Y-%m-%d %H:%M:%S}"
    held = f" ({duration(run.held_seconds)} of it held)" if run.held_seconds >= 1 else ""
    lines = [
        f"Run {run.id}: {run.chain} over {run.workbook} ({run.sheet})",
        f"  {began}, {duration(report.elapsed)}{held}, {run.state.value}{speed}",
        f"  rows: {run.rows:,} chosen, {run.concurrency} at once: {report.tally.words}",
        f"  calls: {report.calls:,}, of them {run.retries:,} retries; answers taken from the journal: {run.reused:,}",
        f"  tokens: {usage.input:,} in ({usage.cached_input:,} cached), {usage.output:,} out; cost: {_cost(report)}",
    ]
    lines += _money_lines(report)
    lines += [_step_line(report, index, name, step) for index, (name, step) in enumerate(report.steps.items())]
    lines += [f"  {line}" for line in report.reviews.lines()]
    lines += [f"  {line}" for line in audit_lines(report.audit)] if report.audit is not None else []
    lines += _check_lines(report)
    lines += [f"  check {one.check}: {one.words()}" for one in report.agreement]
    if report.cut:
        where = listed([f"row {one.key} ({one.step})" for one in report.cut], 10)
        lines.append(f"  cut at the output limit: {len(report.cut):,} answers: {where}")
    for kind, failed in report.failures.items():
        keys = [one.row_key for one in report.failed if one.failure is not None and one.failure.kind.value == kind]
        lines.append(f"  failed, {kind}: {count(failed, 'row')}: {listed(keys, 12)}")
    lines += [f"    row {one.row_key}: {reason(one)}" for one in report.failed[:_MAX_FAILURES]]
    if len(report.failed) > _MAX_FAILURES:
        lines.append(f"    … and {len(report.failed) - _MAX_FAILURES:,} more; --json and --html tell of all")
    slowest = ", ".join(f"row {one.row_key} {duration(one.seconds)}" for one in report.slowest[:_SLOWEST_ROWS])
    return [*lines, f"  slowest: {slowest}"] if slowest else lines


def reason(outcome: RowOutcome) -> str:
    """Return why a row failed: step, kind, words, calls, and what the provider's support asks for."""
    failure = outcome.failure
    if failure is None:
        return ""
    details = [f"{failure.attempts} calls"] if failure.attempts > 1 else []
    if failure.http_status is not None:
        details.append(f"HTTP {failure.http_status}")
    if failure.request_id:
        details.append(f"request {failure.request_id}")
    return f"{failure.step}: {failure.kind.value}: {failure.message}" + (f" ({', '.join(details)})" if details else "")


def _cost(report: RunReport) -> str:
    if report.cost is None:
        return "unknown" if report.unpriced or not report.steps else "none"
    more = f" and {report.unpriced:,} calls of unknown price" if report.unpriced else ""
    return f"{money(report.cost)}{more}"


def _money_lines(report: RunReport) -> list[str]:
    """Return what was paid for nothing, what may have been, and what caching saved."""
    lines = []
    if report.unfit:
        cost = f", {money(report.unusable_cost)} of the cost" if report.unusable_cost else ""
        lines.append(f"  paid for but of no use: {count(report.unfit, 'call')}{cost}")
    if report.perhaps_billed:
        lines.append(
            f"  may have been billed though cut off: {count(report.perhaps_billed, 'call')}, in no figure here"
        )
    usage = report.usage
    if usage.cached_input or usage.cache_write:
        written = f", {usage.cache_write:,} written to it" if usage.cache_write else ""
        saved = "" if report.saved is None else f"; {saved_words(report.saved)}"
        lines.append(f"  cache: {usage.cached_input:,} tokens read from it{written}{saved}")
    if words := speed_words(report):
        lines.append(f"  speed: {words}")
    return lines


def speed_words(report: RunReport) -> str:
    """Return how many answers were had at which price, and what that saved; "" where all had the standard one."""
    if not any(number for speed, number in report.speeds.items() if speed is not Speed.STANDARD):
        return ""
    parts = [
        f"{count(report.speeds[speed], 'answer')} at the {speed.value} price" for speed in Speed if report.speeds[speed]
    ]
    return ", ".join(parts) + (f"; saved {money(report.speed_saved)}" if report.speed_saved else "")


def saved_words(saved: Decimal) -> str:
    """Return what the cache saved, or cost where its entries were hardly read."""
    return f"saved {money(saved)}" if saved >= 0 else f"cost {money(-saved)} more than it saved"


def _check_lines(report: RunReport) -> list[str]:
    """Return what checks and votes came to, for a run whose chain has some."""
    if not report.paths:
        return []
    ways = ", ".join(f"{report.paths[path]:,} {PATH_WORDS[path]}" for path in AnswerPath if report.paths.get(path))
    beside = f"; {count(report.side_calls, 'call')} beside the answers" if report.side_calls else ""
    flags = ", ".join(f"{label} {number:,}" for label, number in report.flagged.items())
    return [f"  checks: {ways}{beside}", *([f"  failed checks: {flags}"] if flags else [])]


def _step_line(report: RunReport, index: int, name: str, step: StepReport) -> str:
    seconds = report.calls_made.seconds_of(index)
    spread = f" (half under {quantile(seconds, 0.5):.2f} s, 95 % under {quantile(seconds, 0.95):.2f} s)"
    cost = "" if step.cost is None else f", {money(step.cost)}"
    title = name if name.casefold().startswith("step ") else f"step {name}"
    if not step.answers:
        return f"  {title}: no answers{cost}"
    return (
        f"  {title}: {count(step.answers, 'answer')}, {step.seconds / max(step.answers, 1):.2f} s each"
        f"{spread if len(seconds) > 1 else ''}, {step.usage.total:,} tokens{cost}"
    )
