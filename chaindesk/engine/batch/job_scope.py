"""Whose batch jobs a run sends and follows, and how they and their requests stand in the journal."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from chaindesk.domain.batch_jobs import BatchItem, BatchJob
from chaindesk.domain.completion import CompletionRequest, Endpoint
from chaindesk.domain.estimate import Price
from chaindesk.domain.events import BatchJobChanged
from chaindesk.engine.batch.line_results import PriceOf
from chaindesk.engine.batch.requests import BatchRequest, ShardQueue
from chaindesk.journal.batch_jobs import BatchJobs


@dataclass(frozen=True, slots=True)
class JobScope:
    """Whose jobs these are.

    Attributes:
        workbook_id: the journal's number of the workbook and sheet.
        run_id: the run that pays for new ones.
        endpoints: each provider of the chain, by name.
        jobs: where they are kept.
        price: what tokens cost.
        now: the time of day.
    """

    workbook_id: int
    run_id: int
    endpoints: Mapping[str, Endpoint]
    jobs: BatchJobs
    price: Price
    now: Callable[[], datetime]

    def endpoint_of(self, job: BatchJob) -> Endpoint | None:
        """Return whom a job is at, where the chain still asks it."""
        for endpoint in self.endpoints.values():
            for server in endpoint.asked:
                if (server.name, server.base_url) == (job.provider, job.base_url):
                    return server
        return None

    def price_of(self, endpoint: Endpoint, job: BatchJob) -> PriceOf:
        """Return what tells the standard price of tokens of a job's model."""
        return lambda usage: self.price(endpoint, job.model, usage)

    def new_job(self, nonce: str, queue: ShardQueue, requests: Sequence[BatchRequest], size: int) -> BatchJob:
        """Return the job that holds these requests of a queue, which are so many bytes."""
        server = queue.endpoint.asked[0]
        return BatchJob(
            nonce,
            self.workbook_id,
            self.run_id,
            requests[0].step.model_dump_json(exclude_defaults=True),
            server.name,
            server.base_url,
            requests[0].request.model,
            len(requests),
            size,
            self.now(),
        )


def item_of(custom_id: str, asking: BatchRequest) -> BatchItem:
    """Return a request as the journal keeps it."""
    row = asking.row
    return BatchItem(custom_id, row.key, row.number, asking.step.name, asking.request.fingerprint, asking.draft)


def any_request(endpoint: Endpoint, job: BatchJob) -> CompletionRequest:
    """Return a request that stands for all of a job, to tell of a failure of all."""
    return CompletionRequest(endpoint, job.model, ())


def has_changed(before: BatchJob | None, job: BatchJob) -> bool:
    """Return whether there is news of a job."""
    return before is None or _told(before) != _told(job)


def changed(job: BatchJob, at: float) -> BatchJobChanged:
    """Return the event that tells how a job stands."""
    return BatchJobChanged(
        at=at,
        job=job.nonce,
        provider=job.provider,
        model=job.model,
        step=job.step_name,
        stage=job.stage,
        phase=job.phase,
        requests=job.count,
        finished=job.succeeded + job.failed,
        created_at=job.created_at,
        expires_at=job.expires_at,
        results_until=job.results_until,
        message=job.message,
    )


def _told(job: BatchJob) -> tuple[object, ...]:
    return job.stage, job.phase, job.succeeded, job.failed, job.expires_at, job.results_until, job.message
