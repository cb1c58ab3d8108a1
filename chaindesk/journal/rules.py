"""The rules that both journals share: which runs are old enough to be deleted, and the totals of each run."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from chaindesk.domain.records import RunRecord
from chaindesk.domain.status import Status
from chaindesk.journal.protocol import RunTotals

_PLACES = Decimal("0.0000000001")  # binary sums of decimal prices are right that far, for all that a run can cost


def outdated_runs(runs: Iterable[RunRecord], before: datetime, now: datetime) -> list[RunRecord]:
    """Return the runs that ended before a time, oldest first. A run that never ended counts by its start.

    A clock may have been wrong: so no run counts as older than those before it, and a run of the future is kept.

    Args:
        runs: all runs, in any order.
        before: the time.
        now: the present.
    """
    found = []
    latest: datetime | None = None
    for run in sorted(runs, key=lambda run: run.id):
        ended = max(run.started_at, run.finished_at or run.started_at)
        if ended > now:
            continue
        latest = ended if latest is None else max(latest, ended)
        if latest < before:
            found.append(run)
    return found


def run_totals(
    rows: Iterable[tuple[int, str, int]], answers: Iterable[tuple[int, int, float, float | None]]
) -> Mapping[int, RunTotals]:
    """Return the totals of each run, by its number."""
    ended: dict[int, dict[Status, int]] = {}
    for run, status, count in rows:
        ended.setdefault(run, {})[Status(status)] = count
    totals = {run: RunTotals(counts) for run, counts in ended.items()}
    for run, count, tokens, cost in answers:
        dollars = None if cost is None else Decimal(str(cost)).quantize(_PLACES)
        totals[run] = RunTotals(ended.get(run, {}), count, int(tokens), dollars)
    return totals
