"""The batch jobs of a journal without a run: how they stand, what has come of them, and their end at the user's word.

Nothing here asks a model anything: what is collected was paid for when its job was sent.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from chaindesk.domain.batch_jobs import BatchJob, JobMoney, JobStage
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import CallError, ChainDeskError, InputError, UsageError
from chaindesk.domain.records import RunRecord
from chaindesk.engine.batch.collection import Arrival, JobCollector
from chaindesk.engine.batch.settings import BatchSettings
from chaindesk.engine.batch.submission import JobSubmitter, keep_at_once
from chaindesk.engine.endpoints import open_provider, price, read_keys
from chaindesk.engine.run.progress.row_progress import known_sum
from chaindesk.journal.protocol import Journal
from chaindesk.providers.batches.protocol import BatchApi

if TYPE_CHECKING:
    from chaindesk.credentials import KeyStore

_NOWHERE = "The chain of its run names no provider {name} at {url} any more."
_NO_BATCHES = "The provider {name} has no batch jobs."
_BUSY = "A run is going on over this workbook; it collects its jobs itself."


@dataclass(frozen=True, slots=True)
class JobView:
    """A job as it is listed.

    Attributes:
        job: the job.
        money: what its answers have cost so far.
        workbook: the workbook's path, as it was, or "" where its run is gone.
        chain: the chain's name.
    """

    job: BatchJob
    money: JobMoney
    workbook: str
    chain: str


@dataclass(slots=True)
class CollectReport:
    """What collecting has come to.

    Attributes:
        answers: requests of which something has come.
        cost: what their answers cost; None where no price is known.
        ended: jobs that are over.
        open: jobs that go on.
        problems: what could not be done, in words, by the job's nonce.
        workbooks: the workbooks that have something new.
    """

    answers: int = 0
    cost: Decimal | None = None
    ended: int = 0
    open: int = 0
    problems: dict[str, str] = field(default_factory=dict)
    workbooks: set[str] = field(default_factory=set)


def list_jobs(
    journal: Journal, workbook: Path | None = None, *, workbook_id: int | None = None, only_open: bool = True
) -> list[JobView]:
    """Return the jobs of a journal, oldest first: all, or those of a workbook by its path or the journal's number."""
    runs = {run.id: run for run in journal.runs()}
    money = journal.batch_jobs.money()
    wanted = None if workbook is None else str(workbook.absolute())
    views = []
    for job in journal.batch_jobs.jobs(workbook_id, only_open=only_open):
        run = runs.get(job.run_id)
        path = "" if run is None else run.workbook
        if wanted in (None, path):
            chain = "" if run is None else run.chain
            views.append(JobView(job, money.get(job.nonce, JobMoney()), path, chain))
    return views


class JobControl:
    """Follows, collects and ends jobs.

    Args:
        journal: where they are kept.
        keys: where API keys come from.
        addresses: where to find a base URL really.
        settings: how long is waited.
    """

    def __init__(
        self,
        journal: Journal,
        keys: KeyStore,
        addresses: Mapping[str, str] | None = None,
        settings: BatchSettings | None = None,
    ) -> None:
        self._journal = journal
        self._keys = keys
        self._addresses = dict(addresses or {})
        jobs, now = journal.batch_jobs, partial(datetime.now, UTC)
        settings = settings or BatchSettings()
        self._submitter = JobSubmitter(jobs, keep_at_once, settings)
        self._collector = JobCollector(jobs, keep_at_once, now, settings.lines_at_once)

    async def collect(
        self, views: Iterable[JobView], on_job: Callable[[BatchJob], object] = lambda job: None
    ) -> CollectReport:
        """Ask how jobs stand, and store what has come of those that are over. Nothing is paid for by it.

        Args:
            views: the jobs.
            on_job: called with each job as it stands then.

        Raises:
            JournalError: what has come cannot be stored; it waits at the provider.
        """
        report = CollectReport()

        def arrived(job: BatchJob, arrivals: Sequence[Arrival]) -> None:
            report.answers += len(arrivals)
            for arrival in arrivals:
                answer = arrival.result.answer
                report.cost = known_sum(report.cost, None if answer is None else answer.cost)

        async def follow(view: JobView, endpoint: Endpoint, api: BatchApi) -> None:
            before, job = report.answers, view.job
            if job.stage is JobStage.SUBMITTED:
                costs = partial(price, endpoint, job.model)
                job = await self._collector.check(api, job, costs, arrived)
            else:
                job = await self._submitter.find(api, job)
            on_job(job)
            report.ended += not job.stage.is_open
            report.open += job.stage.is_open
            if job.stage.is_open and job.message:
                report.problems[job.nonce] = job.message
            if report.answers > before:
                report.workbooks.add(view.workbook)

        await self._with_each(views, report, follow)
        return report

    async def cancel(self, views: Iterable[JobView]) -> CollectReport:
        """Ask the providers to end jobs. What they have answered is paid for, and collected as usual."""
        report = CollectReport()

        async def end(view: JobView, endpoint: Endpoint, api: BatchApi) -> None:
            if view.job.stage is JobStage.SUBMITTED:
                await self._collector.cancel(api, view.job)
                report.ended += 1

        await self._with_each(views, report, end, locked=False)
        return report

    async def forget(self, view: JobView) -> None:
        """Give a job up: its rows may be asked again, and may so be paid for twice.

        Raises:
            UsageError: a run is going on over its workbook.
        """
        with self._journal.lock_workbook(view.job.workbook_id):
            await self._collector.forget(view.job)

    async def _with_each(
        self,
        views: Iterable[JobView],
        report: CollectReport,
        work: Callable[[JobView, Endpoint, BatchApi], Awaitable[None]],
        *,
        locked: bool = True,
    ) -> None:
        for view in views:
            try:
                with self._journal.lock_workbook(view.job.workbook_id) if locked else nullcontext():
                    await self._with_one(view, work)
            except UsageError:
                report.open += 1
                report.problems[view.job.nonce] = _BUSY
            except (CallError, InputError) as error:
                report.open += 1
                report.problems[view.job.nonce] = str(error)

    async def _with_one(self, view: JobView, work: Callable[[JobView, Endpoint, BatchApi], Awaitable[None]]) -> None:
        endpoint = self._endpoint_of(view.job)
        keys: dict[str, str] = {}
        if lacking := await read_keys([endpoint], self._keys, keys):
            raise InputError(lacking)
        opened = open_provider([endpoint], keys, self._addresses, lambda *_: None, lambda _: None)
        async with opened as provider:
            api = provider.batches(endpoint)
            if api is None:
                raise InputError(_NO_BATCHES.format(name=endpoint.name))
            await work(view, endpoint, api)

    def _endpoint_of(self, job: BatchJob) -> Endpoint:
        from chaindesk.providers.registry import resolve

        run: RunRecord | None = self._journal.run(job.run_id)
        try:
            chain = Chain.model_validate_json(run.definition) if run is not None and run.definition else None
        except ValueError:
            chain = None
        names = {job.provider: None} if chain is None else {**chain.providers, job.provider: None}
        for name in names:
            try:
                found = resolve(name, chain.providers.get(name) if chain is not None else None)
            except ChainDeskError:
                continue
            for server in found.asked:
                if (server.name, server.base_url) == (job.provider, job.base_url):
                    return server
        raise InputError(_NOWHERE.format(name=job.provider, url=job.base_url))
