"""How a run went, in a few lines for people and in one JSON object for scripts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from chaindesk.cli.printing.output_paths import result_words, shown_path
from chaindesk.domain.manifest import Notice
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.reports.money_text import cache_words, forecast_words, unusable_calls_text
from chaindesk.engine.run.progress.jobs_wait import jobs_wait
from chaindesk.formatting import count, duration, money, row_ranges
from chaindesk.json_contract.run_lines import ProgressLine, ResultLine

if TYPE_CHECKING:
    from chaindesk.cli.exit_status import Exit
    from chaindesk.engine.exports.source import ExportReport
    from chaindesk.engine.run.options import RunResult
    from chaindesk.engine.run.progress.snapshot import Snapshot

_REPORTED = (Status.DONE, Status.FAILED, Status.SKIPPED, Status.STOPPED, Status.SUBMITTED, Status.PENDING)
_HEADS = {RunState.HALTED: "Stopped early. ", RunState.STOPPED: "Stopped. "}


def summary_lines(result: RunResult, saved: ExportReport | None, shot: Snapshot, again: str) -> Iterator[str]:
    """Yield the end of a run: rows, time, money, failures, where the result is, and what to do next."""
    if not any(result.counts.values()):
        yield result.message or "Nothing to run."
    else:
        yield from _course(result, shot, again)
    cut = [number for number, row in shot.rows.items() if row.cut]
    if cut:
        yield f"Answers cut at their output limit: rows {row_ranges(cut)}."
    flagged = [number for number, row in shot.rows.items() if row.flags]
    if flagged:
        yield f"Answers that fail their checks: rows {row_ranges(flagged)}."
    if saved is not None:
        for words in saved.notices:
            yield f"Note: {words}"
        yield result_words(saved.path)


def _course(result: RunResult, shot: Snapshot, again: str) -> Iterator[str]:
    rows = ", ".join(f"{result.counts[status]:,} {status.value}" for status in _REPORTED if result.counts.get(status))
    yield f"{_HEADS.get(result.state, '')}{count(sum(result.counts.values()), 'row')}: {rows or 'none'}."
    if result.message:
        yield result.message
    yield _effort(shot)
    yield from _money_lines(shot)
    yield from _failures(shot, again)


def _effort(shot: Snapshot) -> str:
    if not shot.calls and not shot.calls_done:
        parts = ["No call was needed"]
    elif not shot.calls_done:
        parts = [f"No call was answered in {duration(shot.elapsed)}"]
    else:
        parts = [f"{count(shot.calls_made, 'call')} in {duration(shot.elapsed)}"]
    if shot.telling_speed_up is not None:
        parts.append(f"{shot.telling_speed_up:.1f} × faster than one after another")
    if shot.retries:
        parts.append(f"{count(shot.retries, 'retry', 'retries')}")
    if shot.reused:
        parts.append(f"{count(shot.reused, 'answer')} reused")
    if shot.usage.total:
        parts.append(count(shot.usage.total, "token"))
    if shot.calls_done or shot.cost is not None:
        parts.append(f"cost {money(shot.cost)}")
    return ", ".join(parts) + "."


def _money_lines(shot: Snapshot) -> Iterator[str]:
    """Yield what an early end left unpaid, what was paid for nothing, and what caching saved."""
    expected = forecast_words(shot.estimate)
    if shot.state is not RunState.FINISHED and "in all" in expected:
        yield f"All rows were likely to cost: {expected}."
    for words in (unusable_calls_text(shot), cache_words(shot.usage, shot.saved)):
        if words:
            yield f"{words}."


def _failures(shot: Snapshot, again: str) -> Iterator[str]:
    failed = {number: row for number, row in shot.rows.items() if row.status is Status.FAILED}
    if not failed:
        return
    kinds = Counter(row.failure.kind.value for row in failed.values() if row.failure)
    for kind, number in kinds.most_common():
        rows = [sheet_row for sheet_row, row in failed.items() if row.failure and row.failure.kind.value == kind]
        yield f"  {number:,} × {kind}: rows {row_ranges(rows)}" if number > 1 else f"  1 × {kind}: row {rows[0]}"
    yield again


def result_line(
    result: RunResult,
    saved: ExportReport | None,
    shot: Snapshot,
    status: Exit,
    notices: Iterable[Notice] = (),
    export_error: str | None = None,
) -> ResultLine:
    """Return the last line of ``--json``."""
    kinds = Counter(row.failure.kind.value for row in shot.rows.values() if row.status is Status.FAILED and row.failure)
    return ResultLine(
        exit_status=int(status),
        path=shown_path(saved.path) if saved else None,
        export_error=export_error,
        run_id=result.run_id,
        state=result.state,
        message=result.message,
        counts={state: number for state, number in result.counts.items() if number},
        failures=dict(kinds),
        seconds=shot.elapsed,
        speed_up=shot.speed_up,
        calls=shot.calls_made,
        answers=shot.calls_done,
        retries=shot.retries,
        reused=shot.reused,
        tokens=shot.usage,
        cost=shot.cost,
        cost_in_vain=shot.unusable_cost,
        calls_in_vain=shot.unusable_calls,
        perhaps_billed=shot.perhaps_billed,
        saved=shot.saved,
        flagged={number: row.flags for number, row in shot.rows.items() if row.flags},
        notices=(*notices, *map(Notice, saved.notices if saved else ())),
        columns=saved.columns if saved else {},
    )


def progress_line(at: float, shot: Snapshot) -> ProgressLine:
    """Return how the run stands, with the window's own figures."""
    wait = jobs_wait(shot)
    return ProgressLine(
        at=at,
        row_count=shot.chosen,
        rows_finished=shot.finished,
        planned_calls=shot.calls,
        answers=shot.calls_done,
        rows_per_minute=shot.rate,
        time_left_seconds=shot.time_left,
        jobs_out=0 if wait is None else wait.jobs,
        jobs_since=None if wait is None else wait.since,
        jobs_until=None if wait is None else wait.until,
        cost=shot.cost,
    )
