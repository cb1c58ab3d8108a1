"""The provider of a run on a cluster: each call that the engine asks for is made by the worker with the fewest.

Limits, retries, budget and journal are the engine's, as in any run. So no more calls are ever out than it allows, and
none goes out twice but by its word.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress

from chaindesk.cluster import worker_service
from chaindesk.cluster.connection import ClusterConnection, WorkerLostError
from chaindesk.cluster.kept_answers import IsStored, KeptAnswer, KeptAnswers
from chaindesk.cluster.lost_calls import LostCalls, lost_call_error
from chaindesk.cluster.messages import Attached, Call, Report, RunSetup, portable_endpoint, portable_request
from chaindesk.cluster.worker_link import PendingCall, WorkerLink
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.records import Answer
from chaindesk.providers.base import NoticeListener, RateListener, TextListener

LOOK_INTERVAL_S = 1.0
"""Seconds from one look for new workers to the next."""
NO_WORKER_S = 10.0
"""Seconds that a call waits for a worker before it has failed, unsent."""
FIRST_LOOK_S = 30.0
"""Seconds that the first calls wait for all workers to tell what they keep, once one has."""
DETACH_S = 10.0
"""Seconds that the end of a run waits for its workers."""
Book = Callable[[str, Completion], Awaitable[bool]]
"""Books an answer to a request, by its fingerprint; returns whether the row of the request has another answer."""
_log = logging.getLogger(__name__)


class ClusterProvider:
    """Makes calls; see ``base.Provider``.

    Args:
        connection: to the cluster.
        setup: what workers are told of the run.
        on_rate: called with what replies report of limits.
        on_notice: called once with each notice.
        is_stored: looks for an answer in the journal.
    """

    def __init__(
        self,
        connection: ClusterConnection,
        setup: RunSetup,
        on_rate: RateListener,
        on_notice: NoticeListener,
        is_stored: IsStored,
    ) -> None:
        self._connection = connection
        self._setup = setup
        self._on_rate = on_rate
        self._on_notice = on_notice
        self._noticed: set[str] = set()
        self._endpoints: dict[str, Endpoint] = {}
        self._ids = itertools.count()
        self._links: dict[str, WorkerLink] = {}
        self._attaching: dict[str, asyncio.Task[None]] = {}
        self._unfit: set[str] = set()
        self._waiting: deque[PendingCall] = deque()  # for a worker
        self._listed: set[str] = set()  # by the scheduler, at the last look
        self._lost = LostCalls(lambda: self._is_connected, lambda one: one in self._listed - self._unfit)
        self._kept = KeptAnswers(is_stored)
        self._group: asyncio.TaskGroup | None = None
        self._is_connected = True
        self._is_over = False
        self._may_begin = False  # once the workers have told what they keep, since any may have the answer to any call

    async def complete(self, request: CompletionRequest, on_text: TextListener | None = None) -> Completion:
        """Let a worker make one call, once.

        Raises:
            CallError: it failed, or the worker was lost.
        """
        fingerprint = request.fingerprint
        kept = self._kept.take(fingerprint) or await self._make(request, fingerprint, on_text)
        outcome, link = kept
        if outcome.completion is None:
            if outcome.is_paid and link is not None:
                link.stored(outcome.id)
            assert outcome.failed is not None  # noqa: S101 - shows mypy that it is one or the other
            raise outcome.failed.error()
        self._kept.deliver(outcome.completion, kept)
        return outcome.completion

    async def models(self, endpoint: Endpoint) -> Sequence[str]:
        """A run asks for no models."""
        raise CallError(FailureKind.INTERNAL, f"No worker was asked for the models of {endpoint.name}.")

    def stored(self, answer: Answer) -> None:
        """The journal has an answer, so that no worker need keep it."""
        self._kept.stored(answer)

    async def serve(self) -> None:
        """Find workers and hear of calls until this is cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            while True:
                workers = await self._workers()
                self._unfit &= workers
                for worker in workers - self._links.keys() - self._unfit - self._attaching.keys():
                    self._attaching[worker] = group.create_task(self._attach(worker))
                if self._attaching and not self._may_begin:
                    await asyncio.wait(self._attaching.values(), timeout=FIRST_LOOK_S)
                if self._links:
                    self._may_begin = True
                    self._place_waiting()
                await asyncio.sleep(LOOK_INTERVAL_S)

    async def read_keys(self) -> str:
        """Let each worker read its keys again; return what is missing in words for the user, or ""."""
        ask = self._connection.ask
        run = self._setup.run
        try:
            found = await asyncio.gather(*(ask(one, worker_service.read_keys, run) for one in self._links))
        except WorkerLostError as error:
            return f"A worker does not answer: {error}"
        return "\n".join(dict.fromkeys(words for words in found if words))

    async def book_late(self, book: Book) -> int:
        """Book the answers to calls that had been made again meanwhile; return how many were paid for twice."""
        booked = 0
        for outcome, link in self._kept.late(self._lost.given_up):
            if outcome.completion is not None and await book(outcome.fingerprint, outcome.completion):
                booked += 1
                if link is not None:
                    link.stored(outcome.id)
        return booked

    async def detach(self) -> None:
        """Tell the workers that the run is over."""
        self._is_over = True
        ask, run = self._connection.ask, self._setup.run
        links = list(self._links.values())
        told = (ask(link.worker, worker_service.detach, run, link.last_batch()) for link in links)
        with suppress(TimeoutError):  # what they keep is told to the next run, which knows it again
            async with asyncio.timeout(DETACH_S):
                await asyncio.gather(*told, return_exceptions=True)

    # --- calls -------------------------------------------------------------------------------------------------

    async def _make(self, request: CompletionRequest, fingerprint: str, on_text: TextListener | None) -> KeptAnswer:
        name = request.endpoint.name
        endpoint = self._endpoints.get(name)
        if endpoint is None:
            endpoint = self._endpoints[name] = portable_endpoint(request.endpoint)
        id_ = f"{self._setup.run}.{next(self._ids)}"
        call = Call(id_, portable_request(request, endpoint), fingerprint, on_text is not None)
        pending = PendingCall(call, request, asyncio.get_running_loop().create_future(), on_text)
        self._place(pending)
        try:
            return await pending.future
        except asyncio.CancelledError:
            self._drop(pending)
            raise

    def _place(self, pending: PendingCall) -> None:
        """Give a call to the worker with the fewest."""
        if self._links and self._may_begin:
            min(self._links.values(), key=lambda link: len(link.calls)).put(pending)
            return
        self._waiting.append(pending)
        asyncio.get_running_loop().call_later(NO_WORKER_S, self._fail_unsent, pending)

    def _place_waiting(self) -> None:
        """Give the calls that wait to workers, where no worker has kept an answer to them."""
        waiting = list(self._waiting)
        self._waiting.clear()
        for pending in waiting:
            kept = self._kept.take(pending.call.fingerprint)
            if kept is not None:
                pending.answer(*kept)
            else:
                self._place(pending)

    def _drop(self, pending: PendingCall) -> None:
        """Nobody waits for a call any more."""
        if pending in self._waiting:
            self._waiting.remove(pending)
        self._lost.drop(pending)
        if pending.link is not None:
            pending.link.cancel(pending)

    def _fail_unsent(self, pending: PendingCall) -> None:
        if self._attaching or self._links:  # there is one, which is slow, or has just told what it keeps
            asyncio.get_running_loop().call_later(NO_WORKER_S, self._fail_unsent, pending)
        elif pending in self._waiting:
            self._waiting.remove(pending)
            message = "No worker of the cluster is connected. Start one on each machine: chaindesk worker ADDRESS"
            pending.fail(CallError(FailureKind.UNREACHABLE, message))

    # --- workers -----------------------------------------------------------------------------------------------

    async def _workers(self) -> set[str]:
        """Return the workers that are connected now; none while the scheduler is away, which is told."""
        try:
            workers = set(await self._connection.workers())
        except WorkerLostError as error:
            if self._is_connected:
                self._notice(f"The scheduler does not answer; the run waits for it: {error}", once=False)
            self._is_connected = False
            return set()
        self._is_connected = True
        self._listed = workers
        return workers

    async def _attach(self, worker: str) -> None:
        """Begin to use a worker, where it fits; one that does not answer is asked again at the next look."""
        attached: Attached | None = None
        try:
            why = await self._connection.why_unfit(worker)
            attached = None if why else await self._connection.ask(worker, worker_service.attach, self._setup)
        except WorkerLostError as error:
            _log.info("Worker %s: %s", worker, error)
            return
        except Exception as error:  # of the worker's own, such as a disk that is full
            _log.warning("Worker %s", worker, exc_info=error)
            why = f"The worker at {worker} cannot be used: {error}"
        finally:
            del self._attaching[worker]
        if attached is None or attached.lacking:
            self._unfit.add(worker)
            self._notice(why or f"The worker at {worker} is left out. {attached.lacking if attached else ''}")
            return
        link = WorkerLink(worker, attached, self._setup.run, self._connection.ask, self)
        self._links[worker] = link
        self._take_kept(attached, link)
        assert self._group is not None  # noqa: S101 - shows mypy that workers are found inside the group alone
        self._group.create_task(link.serve())
        if self._may_begin:
            self._place_waiting()

    def on_lost(self, link: WorkerLink, reason: str) -> None:
        """Give what a lost worker had not been told of to others, and wait a while for what its disk has kept."""
        if self._is_over:
            return
        if self._links.get(link.worker) is link:
            del self._links[link.worker]
        self._kept.lose(link)
        for pending in link.unsent:
            del link.calls[pending.call.id]
            self._place(pending)
        self._lost.add(link)
        self._notice(f"The worker at {link.worker} was lost with {len(link.calls)} calls: {reason}", once=False)

    def _take_kept(self, attached: Attached, link: WorkerLink) -> None:
        """Take the answers that a worker has kept: for calls that wait for them, and for requests of later."""
        waiting = self._lost.take(attached.processes)
        for outcome in attached.outcomes:
            if (pending := waiting.pop(outcome.id, None)) is not None:
                pending.answer(outcome, link)
            else:
                self._kept.offer(outcome, link)
        self._answer_unsent()
        for id_ in attached.in_flight:
            if (pending := waiting.pop(id_, None)) is not None:
                pending.link = link
                link.calls[id_] = pending
            else:  # it was given up, and may be made elsewhere by now
                link.cut_off(id_)
        for pending in waiting.values():
            pending.fail(lost_call_error(link.worker))

    def _answer_unsent(self) -> None:
        """Give what has come late to calls that were to be made again, and have not gone out yet."""
        for link in self._links.values():
            for pending in link.unsent:
                if (kept := self._kept.take(pending.call.fingerprint)) is not None:
                    link.cancel(pending)
                    pending.answer(*kept)

    def on_report(self, link: WorkerLink, report: Report) -> None:
        """Hand on what a worker tells: limits first, while the calls that they are about are known."""
        for id_, hint in report.hints:
            if (pending := link.calls.get(id_)) is not None:
                self._on_rate(pending.request, hint)
        for id_, text in report.texts.items():
            if (pending := link.calls.get(id_)) is not None and pending.on_text is not None:
                pending.on_text(text)
        for notice in report.notices:
            self._notice(notice)
        for outcome in report.outcomes:
            if (pending := link.end(outcome)) is not None:
                pending.answer(outcome, link)

    def _notice(self, message: str, *, once: bool = True) -> None:
        if once and message in self._noticed:
            return
        self._noticed.add(message)
        self._on_notice(message)
