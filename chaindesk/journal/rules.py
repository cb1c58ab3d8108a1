"""What cleaning up takes away: the rule by which a run counts as old. Shared by every kind of journal."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from chaindesk.domain.records import RunRecord


def outdated(runs: Iterable[RunRecord], before: datetime, now: datetime) -> list[RunRecord]:
    """The runs that ended before a time, oldest first. One that never ended counts by its beginning.

    A clock may have been wrong. So a run is never older than those before it, and one of the future is kept.

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
