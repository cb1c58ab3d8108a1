"""Sends, follows and collects the batch jobs of a run, beside the rows that wait for them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

from chaindesk.domain.batch_jobs import BatchItem, BatchJob, ItemState, JobStage
from chaindesk.domain.errors import CallError, Disposition
from chaindesk.domain.events import StepSubmitted
from chaindesk.engine.batch.batch_calls import BatchCalls
from chaindesk.engine.batch.collection import QUEUE_FULL, UNKNOWN_PHASE, Arrival, JobCollector
from chaindesk.engine.batch.job_scope import JobScope, any_request, changed, has_changed, item_of
from chaindesk.engine.batch.refused_jobs import not_sent
from chaindesk.engine.batch.requests import AskAgain, BatchRequest, ShardQueue
from chaindesk.engine.batch.shard_sizes import fitting
from chaindesk.engine.batch.submission import JobSubmitter
from chaindesk.engine.batch.waits import happened
from chaindesk.engine.calls.pause_gate import RunHalted
from chaindesk.providers.batches.protocol import BatchApi, QueueFull

_log = logging.getLogger(__name__)
_ELSEWHERE = "The chain asks {name} no more, so this job is not followed here; chaindesk collect does so."
_LEAVE_S = 10.0  # seconds that a job which is being sent is waited for where the run ends


@dataclass(slots=True)
class JobManager:
    """The jobs of one run.

    Attributes:
        scope: whose they are.
        calls: the calls that go by them.
        submitter: sends them.
        collector: follows and collects them.
        queued: returns how many rows have not begun.
        detach: whether the run ends once all that can be sent is sent.
        open: the jobs that are not over, by nonce.
    """

    scope: JobScope
    calls: BatchCalls
    submitter: JobSubmitter
    collector: JobCollector
    queued: Callable[[], int]
    detach: bool = False
    open: dict[str, BatchJob] = field(default_factory=dict)
    _due: dict[str, float] = field(default_factory=dict)
    _to_send: asyncio.Event = field(default_factory=asyncio.Event)
    _to_ask: asyncio.Event = field(default_factory=asyncio.Event)
    _looked: bool = False
    _sending: int = 0

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        """Run beside the rows for as long as this is open; jobs go on afterwards."""
        self.calls.changed = self._to_send.set
        self.calls.slots.subscribe_idle(self._to_send.set)
        await self._adopt()
        tasks = [asyncio.ensure_future(self._guarded(work)) for work in (self._send_jobs, self._follow_jobs)]
        try:
            yield
        finally:
            self.calls.slots.subscribe_idle(lambda: None)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _guarded(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do some work while the run goes on; a mistake in it ends the run, and no job is sent again for it."""
        try:
            await work()
        except RunHalted:
            return
        except Exception as error:
            _log.exception("The batch jobs of a run failed by a mistake in ChainDesk")
            self.calls.gate.halt(f"ChainDesk made a mistake of its own ({type(error).__name__}). Please report it.")

    async def finish_live(self) -> None:
        """Ask what is left at once: cancel the jobs, take what they have answered, and make calls for the rest."""
        self.calls.live_now = True
        for queue in self.calls.queues.values():
            while queue.waiting:
                queue.waiting.popleft().arrived.set_exception(AskAgain())
        self._due |= dict.fromkeys(self.open, 0.0)
        self._to_ask.set()

    async def cancel_jobs(self) -> None:
        """Ask the providers to end the jobs."""
        for job in list(self.open.values()):
            api = self._api(job)
            if api is None:
                continue
            try:
                self._note(await self.collector.cancel(api, job))
            except CallError as error:
                _log.warning("The batch job %s could not be cancelled: %s", job.nonce, error)
                self._note(replace(job, message=f"It could not be cancelled: {error}"))
            self._due[job.nonce] = 0.0
        self._to_ask.set()

    # --- jobs of before ----------------------------------------------------------------------------------------

    async def _adopt(self) -> None:
        for job in self.scope.jobs.jobs(self.scope.workbook_id):
            self.open[job.nonce] = job
            self._due[job.nonce] = 0.0
            if job.cancelling:
                self.calls.cancelled_before.add(job.nonce)
            for item in self.scope.jobs.items(job.nonce):
                if item.state is ItemState.OUT:
                    self.calls.out.add(job.nonce, item)

    def _api(self, job: BatchJob) -> BatchApi | None:
        endpoint = self.scope.endpoint_of(job)
        return None if endpoint is None else self.calls.apis(endpoint)

    # --- sending -----------------------------------------------------------------------------------------------

    async def _send_jobs(self) -> None:
        while True:
            self._to_send.clear()
            for queue in list(self.calls.queues.values()):
                while self._is_due(queue):
                    await self._send(queue)
            self._detach_if_idle()
            timeout = self._until_due()
            await happened(self._to_send, timeout)

    @property
    def _idle(self) -> bool:
        """Whether no row is at work that could ask for more."""
        return not (self.calls.slots.active or self.calls.resuming or self.queued())

    def _is_due(self, queue: ShardQueue) -> bool:
        if not (queue.waiting and queue.proven and self.calls.gate.is_open) or self.calls.live_now:
            return False
        now = self.calls.clock()
        if now < queue.not_before:
            return False
        is_full = len(queue.waiting) >= queue.shard
        return is_full or self._idle or now - queue.waiting[0].since >= self.calls.settings.hold_s

    def _until_due(self) -> float | None:
        """Return the seconds until a queue is looked at again; None where something else will call for it."""
        now = self.calls.clock()
        waits = [
            max(queue.not_before - now, queue.waiting[0].since + self.calls.settings.hold_s - now, 0.01)
            if not self._idle
            else max(queue.not_before - now, 1.0)
            for queue in self.calls.queues.values()
            if queue.waiting and queue.proven
        ]
        return min(waits, default=None)

    async def _send(self, queue: ShardQueue) -> None:
        requests = queue.take()
        self._sending += 1
        sending = asyncio.ensure_future(self._send_requests(queue, requests))
        try:
            await asyncio.shield(sending)
        except asyncio.CancelledError:  # a job on its way is not left without its number, if that takes no longer
            await asyncio.wait({sending}, timeout=_LEAVE_S)
            sending.cancel()
            await asyncio.gather(sending, return_exceptions=True)
            raise
        finally:
            self._sending -= 1

    async def _send_requests(self, queue: ShardQueue, requests: list[BatchRequest]) -> None:
        api = self.calls.apis(queue.endpoint)
        if api is None:
            queue.put_back(requests)
            return
        nonce = self.calls.settings.nonce()
        ids = [f"{nonce}-{number}" for number in range(len(requests))]
        lines = [api.line(one, asking.request) for one, asking in zip(ids, requests, strict=True)]
        held = {job.count for job in self.open.values() if job.provider == queue.endpoint.asked[0].name}
        most = fitting(api.limits, lines, held)
        queue.put_back(requests[most:])
        requests, lines = requests[:most], lines[:most]
        items = [item_of(one, asking) for one, asking in zip(ids, requests, strict=False)]
        job = self.scope.new_job(nonce, queue, requests, sum(map(len, lines)))
        try:
            job = await self.submitter.submit(api, job, items, lines)
        except QueueFull as error:
            not_sent(self.calls, queue, requests, error, halved=True)
        except CallError as error:
            not_sent(self.calls, queue, requests, error, halved=False)
        else:
            if job.stage is JobStage.ABANDONED:
                queue.put_back(requests)
                return
            self._sent(queue, job, items, requests)

    def _sent(
        self, queue: ShardQueue, job: BatchJob, items: Sequence[BatchItem], requests: Sequence[BatchRequest]
    ) -> None:
        queue.failures = 0
        self._note(job)
        for item, asking in zip(items, requests, strict=True):
            asking.call.submitted = True
            self.calls.out.add(job.nonce, item, asking)
            now, row = self.calls.clock(), asking.row
            self.calls.emit(StepSubmitted(now, row.number, row.key, asking.step.name, job.nonce))
        self._due[job.nonce] = self.calls.clock() + self.calls.settings.poll_s
        self._to_ask.set()

    # --- following ---------------------------------------------------------------------------------------------

    async def _follow_jobs(self) -> None:
        while True:
            self._to_ask.clear()
            for nonce, job in list(self.open.items()):
                if self._due[nonce] <= self.calls.clock():
                    await self._follow(job)
            self._looked = True
            self._to_send.set()
            now = self.calls.clock()
            timeout = min((max(due - now, 0.0) for due in self._due.values()), default=None)
            await happened(self._to_ask, timeout)

    async def _follow(self, job: BatchJob) -> None:
        age = (self.scope.now() - job.created_at).total_seconds()
        self._due[job.nonce] = self.calls.clock() + self.calls.settings.poll_after(max(age, 0.0))
        endpoint, api = self.scope.endpoint_of(job), self._api(job)
        if endpoint is None or api is None:
            self._note(replace(job, message=_ELSEWHERE.format(name=job.provider)))
            self._wait_no_longer(job)
            return
        price = self.scope.price_of(endpoint, job)

        try:
            if self.calls.live_now and not job.cancelling:
                job = await self.collector.cancel(api, job)
            if job.stage is JobStage.SUBMITTED:
                self._note(await self.collector.check(api, job, price, self._arrived))
            else:
                self._note(await self.submitter.find(api, job))
        except CallError as error:
            if error.kind.disposition is Disposition.PAUSE:
                self.calls.gate.hold(error, any_request(endpoint, job), self.calls.gate.epoch)
            self._note(replace(job, message=f"It cannot be asked for at the moment: {error}"))
        else:
            if (now := self.open.get(job.nonce)) is not None and now.phase == UNKNOWN_PHASE:
                self._wait_no_longer(job)  # nobody knows whether anything will ever come

    def _wait_no_longer(self, job: BatchJob) -> None:
        for out in self.calls.out.of_job(job.nonce):
            out.arrived.cancel()

    def _arrived(self, job: BatchJob, arrivals: Sequence[Arrival]) -> None:
        if any(arrival.result.message == QUEUE_FULL for arrival in arrivals):
            self.calls.make_smaller(job)
        for arrival in arrivals:
            self.calls.out.arrive(job.nonce, arrival)

    def _note(self, job: BatchJob) -> None:
        """Note how a job stands, and tell of it where that is news."""
        before = self.open.get(job.nonce)
        if job.stage.is_open:
            self.open[job.nonce] = job
            self._due.setdefault(job.nonce, 0.0)
        else:
            self.open.pop(job.nonce, None)
            self._due.pop(job.nonce, None)
            self._free(job)
        if has_changed(before, job):
            self.calls.emit(changed(job, self.calls.clock()))

    def _free(self, job: BatchJob) -> None:
        """Let rows ask again whose request was in a job that is over, and of which nothing has come."""
        for out in self.calls.out.drop(job.nonce):
            if not out.arrived.done():
                out.arrived.set_exception(AskAgain())
                if out.owner is None:
                    out.arrived.exception()  # nobody may wait for it
        self._to_send.set()

    # --- the end -----------------------------------------------------------------------------------------------

    def _detach_if_idle(self) -> None:
        """End the rows that wait for jobs alone, where the run does not wait for them."""
        if not (self.detach and self._looked and self._idle) or self._sending:
            return
        if any(queue.waiting for queue in self.calls.queues.values()) and self.calls.gate.is_open:
            return
        self.calls.detached = True
        for nonce in list(self.open):
            for out in self.calls.out.of_job(nonce):
                out.arrived.cancel()
        for queue in self.calls.queues.values():
            for waiting in list(queue.waiting):
                waiting.arrived.cancel()
