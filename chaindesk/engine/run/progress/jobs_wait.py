"""What a run waits for whose rows are out in batch jobs: nobody can tell how long, but since when, and until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.formatting import count, duration


@dataclass(frozen=True, slots=True)
class JobsWait:
    """The batch jobs that a run waits for.

    Attributes:
        jobs: how many.
        since: when the oldest was sent.
        until: when all are over at the latest, or None where nobody can tell.
    """

    jobs: int
    since: datetime
    until: datetime | None

    @property
    def age(self) -> float:
        """Seconds since the oldest was sent."""
        return max((datetime.now(UTC) - self.since).total_seconds(), 0.0)

    @property
    def words(self) -> str:
        """Such as ``waiting for 2 batch jobs, submitted 12 min ago; results by 2026-11-28 14:02``."""
        by = "" if self.until is None else f"; results by {self.until.astimezone():%Y-%m-%d %H:%M}"
        return f"waiting for {count(self.jobs, 'batch job')}, submitted {duration(self.age)} ago{by}"


def jobs_wait(snapshot: Snapshot) -> JobsWait | None:
    """Return what batch jobs a run waits for, or None where it waits for none."""
    jobs = [job for job in snapshot.jobs.values() if job.stage.is_open]
    if snapshot.state is not RunState.RUNNING or not snapshot.counts[Status.SUBMITTED] or not jobs:
        return None
    ends = [job.expires_at for job in jobs]
    known = [end for end in ends if end is not None]
    return JobsWait(len(jobs), min(job.created_at for job in jobs), max(known) if len(known) == len(ends) else None)
