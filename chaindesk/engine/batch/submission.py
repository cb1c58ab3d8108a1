"""Sends a job: kept before it goes out, never sent twice, and looked for where nobody knows whether it has arrived."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Protocol

from chaindesk.domain.batch_jobs import BatchItem, BatchJob, JobStage
from chaindesk.domain.errors import CallError
from chaindesk.engine.batch.settings import LISTED_BEFORE, BatchSettings
from chaindesk.formatting import count
from chaindesk.journal.batch_jobs import BatchJobs
from chaindesk.providers.batches.protocol import BatchApi, CreationLost, JobCandidate, JobOrder

_MAYBE = (
    "A batch job of {requests} may have been accepted by {provider} at {at}: its reply was lost, and several jobs "
    "there could be it. It is found out when they have ended, within a day. To send the rows again at once, which may "
    "cost twice: chaindesk jobs --forget {nonce}"
)
_PROVISIONAL = "Its reply was lost; the one job at the provider that fits was taken for it, until its results tell."


class Keep(Protocol):
    """Stores something that may not get lost, and waits for the disk where that is wanted."""

    async def __call__(self, store: Callable[[], Awaitable[Any]]) -> Any:
        """Store it, and return what ``store`` returns."""
        ...


async def keep_at_once(store: Callable[[], Awaitable[Any]]) -> Any:
    """Store something; whoever calls this hears of a failure."""
    return await store()


@dataclass(frozen=True, slots=True)
class JobSubmitter:
    """Sends jobs and finds them again.

    Attributes:
        jobs: where they are kept.
        keep: how.
        settings: how long is waited.
    """

    jobs: BatchJobs
    keep: Keep
    settings: BatchSettings

    async def submit(
        self, api: BatchApi, job: BatchJob, items: Sequence[BatchItem], lines: Sequence[bytes]
    ) -> BatchJob:
        """Send a job, and return it as it stands then: submitted, or, where nobody can tell, as it was.

        Raises:
            CallError: the provider has none of it; its requests are free again.
        """
        await self.keep(lambda: self.jobs.begin(job, items))
        try:
            uploaded = await api.upload(job.nonce, lines)
            job = await self._update(replace(job, stage=JobStage.CREATING))
            remote = await api.create(JobOrder(job.nonce, job.model, lines, uploaded, job.count))
        except CreationLost:
            return await self.find(api, job)
        except CallError as error:
            await self._abandon(job, str(error))
            raise
        return await self._update(replace(job, stage=JobStage.SUBMITTED, remote_id=remote))

    async def find(self, api: BatchApi, job: BatchJob) -> BatchJob:
        """Find out whether a job is at the provider whose creation nobody knows of, and return it as it stands then.

        Raises:
            CallError: the provider cannot be asked now.
        """
        if job.stage is JobStage.INTENDED:
            return await self._abandon(job, "It was never sent.")
        for is_second in (False, True):
            if is_second:
                await self.settings.sleep(self.settings.look_again_s)
            found = await api.find(job.nonce, job.created_at - LISTED_BEFORE, job.count)
            certain = [one for one in found if one.certain]
            fitting = certain or await self._fitting(api, job, found)
            if len(fitting) == 1:
                message = "" if certain or fitting[0].certain else _PROVISIONAL
                remote = fitting[0].remote_id
                return await self._update(replace(job, stage=JobStage.SUBMITTED, remote_id=remote, message=message))
            if fitting:
                at = f"{job.created_at.astimezone():%Y-%m-%d %H:%M}"
                requests = count(job.count, "request")
                words = _MAYBE.format(requests=requests, provider=job.provider, at=at, nonce=job.nonce)
                return await self._update(replace(job, message=words))
        return await self._abandon(job, "The provider never had it.")

    async def _fitting(self, api: BatchApi, job: BatchJob, found: Sequence[JobCandidate]) -> Sequence[JobCandidate]:
        """Return the candidates that may be the job; one whose results carry its nonce alone."""
        others = {one.remote_id for one in self.jobs.jobs(only_open=False)} - {""}
        left = []
        for candidate in found:
            if candidate.remote_id in others:
                continue
            if (await api.state(candidate.remote_id)).phase.over:
                if not await is_of(api, candidate.remote_id, job.nonce):
                    continue
                return [replace(candidate, certain=True)]
            left.append(candidate)
        return left

    async def _update(self, job: BatchJob) -> BatchJob:
        await self.keep(lambda: self.jobs.update(job))
        return job

    async def _abandon(self, job: BatchJob, why: str) -> BatchJob:
        gone = replace(job, stage=JobStage.ABANDONED, message=why)
        await self.keep(lambda: self.jobs.close(gone))
        return gone


async def is_of(api: BatchApi, remote_id: str, nonce: str) -> bool:
    """Return whether a job's results are those of a nonce, by their first line that can be read."""
    async for line in api.results(remote_id):
        if line.custom_id:
            return line.custom_id.startswith(f"{nonce}-")
    return False
