"""Follows a job at the provider, and stores what became of its requests, line by line and each once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from chaindesk.domain.batch_jobs import BatchItem, BatchJob, ItemResult, ItemState, JobStage
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.errors import FailureKind
from chaindesk.engine.batch.line_results import NO_LINE, LineReader, PriceOf
from chaindesk.engine.batch.submission import Keep
from chaindesk.journal.batch_jobs import BatchJobs
from chaindesk.providers.batches.protocol import BatchApi, JobPhase, JobState, JobUnknown

UNKNOWN_PHASE = "unknown"
"""The phase of a job that its provider does not know any more."""
QUEUE_FULL = "queue full"
"""The message of requests whose job was refused since too much waits at the provider."""
_UNKNOWN = (
    "{provider} does not know this batch job any more, or has deleted its results. Its rows may have been paid for, so "
    "they are not sent again by themselves. To send them again: chaindesk jobs --forget {nonce}"
)


@dataclass(frozen=True, slots=True)
class Arrival:
    """What became of a request, as it is in the journal: the number of its answer is 0 where there is none."""

    item: BatchItem
    result: ItemResult
    number: int

    @property
    def nonce(self) -> str:
        """The word by which its job is known."""
        return self.item.custom_id.rpartition("-")[0]


OnArrivals = Callable[[BatchJob, Sequence[Arrival]], None]
"""Called with a job and what has come of its requests, after the journal has it."""


@dataclass(frozen=True, slots=True)
class JobCollector:
    """Asks for jobs, and collects those that are over.

    Attributes:
        jobs: where they are kept.
        keep: how.
        now: the time of day.
        lines_at_once: how many lines of results are stored together.
    """

    jobs: BatchJobs
    keep: Keep
    now: Callable[[], datetime]
    lines_at_once: int

    async def check(self, api: BatchApi, job: BatchJob, price: PriceOf, on_arrivals: OnArrivals) -> BatchJob:
        """Ask how a submitted job stands, collect it where it is over, and return it as it stands then.

        Raises:
            CallError: the provider cannot be asked, or its results not be read to their end; what was read is kept.
        """
        try:
            state = await api.state(job.remote_id)
        except JobUnknown:
            return await self._update(
                replace(
                    job,
                    checked_at=self.now(),
                    phase=UNKNOWN_PHASE,
                    message=_UNKNOWN.format(provider=job.provider, nonce=job.nonce),
                )
            )
        job = replace(
            job,
            phase=state.phase.value,
            succeeded=state.counts.succeeded,
            failed=state.counts.failed,
            expires_at=state.expires_at or job.expires_at,
            results_until=state.results_until or job.results_until,
            checked_at=self.now(),
            message="",
        )
        if not state.phase.over:
            return await self._update(job)
        return await self._collect(api, job, state, price, on_arrivals)

    async def cancel(self, api: BatchApi, job: BatchJob) -> BatchJob:
        """Ask the provider to end a job. What it has answered is paid for, and collected as usual.

        Raises:
            CallError: the provider cannot be asked.
        """
        if job.stage is not JobStage.SUBMITTED:
            return job
        await api.cancel(job.remote_id)
        return await self._update(replace(job, cancelling=True))

    async def forget(self, job: BatchJob) -> BatchJob:
        """Give a job up at the user's word: its requests may be sent again."""
        gone = replace(job, stage=JobStage.ABANDONED, message="Given up by the user.")
        await self.keep(lambda: self.jobs.close(gone))
        return gone

    async def _collect(
        self, api: BatchApi, job: BatchJob, state: JobState, price: PriceOf, on_arrivals: OnArrivals
    ) -> BatchJob:
        reader = LineReader(job, Step.model_validate_json(job.step), price, self.now)
        left = {item.custom_id: item for item in self.jobs.items(job.nonce)}
        read = foreign = 0
        chunk: list[tuple[BatchItem, ItemResult]] = []
        try:
            async for line in api.results(job.remote_id):
                read += 1
                item = left.pop(line.custom_id, None)
                if item is None:
                    foreign += bool(line.custom_id) and not line.custom_id.startswith(f"{job.nonce}-")
                    continue
                chunk.append((item, reader.result(item, line.outcome)))
                if len(chunk) == self.lines_at_once:
                    await self._store(job, chunk, on_arrivals)
                    chunk = []
        finally:
            await self._store(job, chunk, on_arrivals)
        if foreign and foreign == read:  # it was taken for the job by its time and size, and is another one
            return await self._update(replace(job, stage=JobStage.CREATING, remote_id="", message=""))
        rest = [(item, _of_missing(item, state)) for item in left.values()]
        await self._store(job, rest, on_arrivals)
        over = replace(job, stage=JobStage.COLLECTED, message=state.error)
        await self.keep(lambda: self.jobs.close(over))
        return over

    async def _store(
        self, job: BatchJob, chunk: Sequence[tuple[BatchItem, ItemResult]], on_arrivals: OnArrivals
    ) -> None:
        if not chunk:
            return
        results = [result for _, result in chunk]
        numbers = await self.keep(lambda: self.jobs.store_results(job.nonce, results))
        on_arrivals(job, [Arrival(*one, number) for one, number in zip(chunk, numbers, strict=True)])

    async def _update(self, job: BatchJob) -> BatchJob:
        await self.keep(lambda: self.jobs.update(job))
        return job


def _of_missing(item: BatchItem, state: JobState) -> ItemResult:
    """Return what became of a request of which the results of a job that is over say nothing."""
    match state.phase:
        case JobPhase.EXPIRED | JobPhase.CANCELLED:
            return ItemResult(item.custom_id, ItemState.UNPROCESSED, message=state.phase.value)
        case JobPhase.FAILED if state.queue_full:
            return ItemResult(item.custom_id, ItemState.UNPROCESSED, message=QUEUE_FULL)
        case JobPhase.FAILED:
            why = state.error or "The provider refused the batch job as a whole, and does not say why."
            return ItemResult(item.custom_id, ItemState.FAILED, None, FailureKind.REJECTED, why)
    return ItemResult(item.custom_id, ItemState.FAILED, None, FailureKind.MALFORMED, NO_LINE)
