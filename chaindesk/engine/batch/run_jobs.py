"""Ties the parts that carry a run's batch jobs together."""

from __future__ import annotations

from chaindesk.domain.completion import Endpoint
from chaindesk.engine.batch.batch_calls import BatchCalls
from chaindesk.engine.batch.collection import JobCollector
from chaindesk.engine.batch.job_manager import JobManager
from chaindesk.engine.batch.job_scope import JobScope
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.engine.batch.submission import JobSubmitter, Keep
from chaindesk.engine.calls.executor import CallExecutor
from chaindesk.providers.batches.protocol import BatchApi


def job_manager(scope: JobScope, executor: CallExecutor, keep: Keep, settings: BatchSettings, rows: int) -> JobManager:
    """Return what carries the batch jobs of a run.

    Args:
        scope: whose jobs they are.
        executor: makes the run's live calls.
        keep: stores what is to be kept.
        settings: how jobs are cut and followed.
        rows: how many rows the run has.
    """
    apis: dict[str, BatchApi | None] = {}

    def api_of(endpoint: Endpoint) -> BatchApi | None:
        server = endpoint.asked[0]
        if server.name not in apis:
            batches = getattr(executor.provider, "batches", None)  # a provider may have live calls alone
            apis[server.name] = None if batches is None else batches(server)
        return apis[server.name]

    calls = BatchCalls(
        apis=api_of,
        live=executor.complete,
        gate=executor.gate,
        slots=executor.slots,
        costs=executor.costs,
        fallbacks=executor.fallbacks,
        emit=executor.emit,
        clock=executor.clock,
        settings=settings,
        rows=rows,
    )
    submitter = JobSubmitter(scope.jobs, keep, settings)
    collector = JobCollector(scope.jobs, keep, scope.now, settings.lines_at_once)
    return JobManager(scope, calls, submitter, collector, queued=lambda: 0)
