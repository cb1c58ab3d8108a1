"""Batch jobs in words, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from chaindesk.cli.printing.output import table
from chaindesk.cli.program import command
from chaindesk.domain.batch_jobs import BatchJob, JobStage
from chaindesk.domain.events import BatchJobChanged
from chaindesk.domain.status import Status
from chaindesk.formatting import count, duration, money
from chaindesk.json_contract.job_lines import JobLine

if TYPE_CHECKING:
    from chaindesk.engine.jobs import JobView
    from chaindesk.engine.run.options import RunResult
    from chaindesk.engine.run.progress.snapshot import Snapshot

_HEADS = ["job", "provider", "model", "step", "rows", "over", "state", "age", "cost", "results until", "workbook"]


def job_line(event: BatchJobChanged) -> str:
    """Return what a run tells of a job in one line."""
    job = f"Batch job {event.job}, {count(event.requests, 'row')} of {event.step} at {event.provider}"
    if event.stage is JobStage.COLLECTED:
        return f"{job}: {event.phase}, collected"
    if event.stage is JobStage.ABANDONED:
        return f"{job}: it never arrived, and its rows are sent again"
    parts = [event.phase or event.stage.value]
    if event.finished:
        parts.append(f"{event.finished:,} over")
    if event.results_until is not None:
        parts.append(f"results wait until {moment(event.results_until)}")
    elif event.expires_at is not None:
        parts.append(f"ends by {moment(event.expires_at)}")
    return ". ".join(filter(None, [f"{job}: {', '.join(parts)}", event.message]))


def out_lines(shot: Snapshot, result: RunResult) -> Iterator[str]:
    """Yield what goes on at the providers after a run, and how it is collected."""
    out = result.counts.get(Status.SUBMITTED, 0)
    if not out:
        return
    jobs = [job for job in shot.jobs.values() if job.stage.is_open]
    where = f" in {count(len(jobs), 'batch job')}" if jobs else " in batch jobs"
    times = [at for job in jobs if (at := job.results_until or job.expires_at) is not None]
    kept = f" Collect by {moment(min(times))}." if times else ""
    go = "which goes on" if len(jobs) == 1 else "which go on"
    yield f"{count(out, 'row')} {'is' if out == 1 else 'are'} out{where}, {go} without ChainDesk.{kept}"
    yield f"How they stand: {command('jobs')}   Store what they have brought: {command('collect')}"


def job_table(views: list[JobView], now: datetime) -> list[str]:
    """Return jobs as lines of a table."""
    return table([_HEADS, *[_cells(view, now) for view in views]], right="    rr  r")


def line_of(view: JobView) -> JobLine:
    """Return a job as ``--json`` tells it."""
    job = view.job
    return JobLine(
        job=job.nonce,
        provider=job.provider,
        remote_id=job.remote_id,
        model=job.model,
        step=job.step_name,
        request_count=job.count,
        succeeded=job.succeeded,
        unanswered=job.failed,
        stage=job.stage,
        phase=job.phase,
        cancelling=job.cancelling,
        created_at=job.created_at,
        expires_at=job.expires_at,
        results_until=job.results_until,
        checked_at=job.checked_at,
        stored_answers=view.money.answers,
        cost=view.money.cost,
        message=job.message,
        run_id=job.run_id,
        chain=view.chain,
        workbook=view.workbook,
    )


def state_word(job: BatchJob) -> str:
    """Return how a job stands in a word or two."""
    if job.cancelling and job.stage.is_open:
        return "cancelling"
    return job.phase if job.stage is JobStage.SUBMITTED and job.phase else job.stage.value


def moment(at: datetime) -> str:
    """Return a time as people read it where they are."""
    return f"{at.astimezone():%Y-%m-%d %H:%M}"


def _cells(view: JobView, now: datetime) -> list[str]:
    job, cost = view.job, view.money.cost
    age = duration(max((now - job.created_at).total_seconds(), 0.0))
    until = job.results_until or job.expires_at
    name = view.workbook.replace("\\", "/").rpartition("/")[2]
    numbers = [f"{job.count:,}", f"{job.succeeded + job.failed:,}"]
    named = [job.nonce, job.provider, job.model, job.step_name]
    kept = "–" if until is None else moment(until)
    return [*named, *numbers, state_word(job), age, "–" if cost is None else money(cost), kept, name]
