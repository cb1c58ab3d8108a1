"""The provider of a run on a cluster: each call that the engine asks for is made by the worker with the fewest.

Limits, retries, budget and journal are the engine's, as in any run. So no more calls are ever out than it allows, and
none goes out twice but by its word.
"""

from __future__ import annotations

import asyncio
import itertools
import logging
from collections import defaultdict, deque
from collections.abc import Sequence

from chaindesk.cluster import worker_service
from chaindesk.cluster.connection import ClusterConnection, WorkerLostError
from chaindesk.cluster.messages import (
    Attached,
    Call,
    Outcome,
    Report,
    RunSetup,
    portable_endpoint,
    portable_request,
)
from chaindesk.cluster.worker_link import PendingCall, WorkerLink
from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.records import Answer
from chaindesk.providers.base import NoticeListener, RateListener, TextListener

LOOK_INTERVAL_S = 1.0
"""Seconds from one look for new workers to the next."""
NO_WORKER_S = 10.0
"""Seconds that a call waits for a worker before it has failed, unsent."""
COMEBACK_S = 30.0
"""Seconds that calls of a lost worker wait for what its disk has kept."""
_log = logging.getLogger(__name__)
_Kept = tuple[Outcome, WorkerLink | None]
_AnswerKey = tuple[float, str, str]  # seconds, request id and text


class ClusterProvider:
    """Makes calls; see ``base.Provider``.

    Args:
        connection: to the cluster.
        setup: what workers are told of the run.
        on_rate: called with what replies report of limits.
        on_notice: called once with each notice.
    """

    def __init__(
        self, connection: ClusterConnection, setup: RunSetup, on_rate: RateListener, on_notice: NoticeListener
    ) -> None:
        self._connection = connection
        self._setup = setup
        self._on_rate = on_rate
        self._on_notice = on_notice
        self._noticed: set[str] = set()
        self._endpoints: dict[str, Endpoint] = {}
        self._ids = itertools.count()
        self._links: dict[str, WorkerLink] = {}
        self._unfit: set[str] = set()
        self._waiting: deque[PendingCall] = deque()  # for a worker
        self._orphans: dict[str, dict[str, PendingCall]] = {}  # of lost workers, by process
        self._kept: defaultdict[str, list[_Kept]] = defaultdict(list)  # answers without a call, by fingerprint
        self._unstored: defaultdict[_AnswerKey, list[_Kept]] = defaultdict(list)
        self._stored: set[str] = set()  # answers of lost workers
        self._group: asyncio.TaskGroup | None = None

    async def complete(self, request: CompletionRequest, on_text: TextListener | None = None) -> Completion:
        """Let a worker make one call, once.

        Raises:
            CallError: it failed, or the worker was lost.
        """
        fingerprint = request.fingerprint
        kept = self._kept.get(fingerprint)
        outcome, link = kept.pop() if kept else await self._make(request, fingerprint, on_text)
        if outcome.completion is None:
            if outcome.is_paid and link is not None:
                link.stored(outcome.id)
            assert outcome.failed is not None  # noqa: S101 - shows mypy that it is one or the other
            raise outcome.failed.error()
        self._unstored[_key(outcome.completion)].append((outcome, link))
        return outcome.completion

    async def models(self, endpoint: Endpoint) -> Sequence[str]:
        """A run asks for no models."""
        raise CallError(FailureKind.INTERNAL, f"No worker was asked for the models of {endpoint.name}.")

    def stored(self, answer: Answer) -> None:
        """The journal has an answer, so that no worker need keep it."""
        key = _key(answer)
        if key not in self._unstored:
            return
        outcome, link = self._unstored[key].pop(0)
        if not self._unstored[key]:
            del self._unstored[key]
        if link is None or link.lost:
            self._stored.add(outcome.id)
        else:
            link.stored(outcome.id)

    async def serve(self) -> None:
        """Find workers and hear of calls until this is cancelled."""
        async with asyncio.TaskGroup() as group:
            self._group = group
            while True:
                try:
                    workers = set(await self._connection.workers())
                except WorkerLostError:
                    workers = set()
                self._unfit &= workers
                new = [one for one in workers if one not in self._links and one not in self._unfit]
                await asyncio.gather(*map(self._attach, new))
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

    async def detach(self) -> None:
        """Tell the workers that the run is over."""
        ask, run = self._connection.ask, self._setup.run
        links = list(self._links.values())
        told = (ask(link.worker, worker_service.detach, run, link.last_batch()) for link in links)
        await asyncio.gather(*told, return_exceptions=True)

    # --- calls -------------------------------------------------------------------------------------------------

    async def _make(self, request: CompletionRequest, fingerprint: str, on_text: TextListener | None) -> _Kept:
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
        if self._links:
            min(self._links.values(), key=lambda link: len(link.calls)).put(pending)
            return
        self._waiting.append(pending)
        asyncio.get_running_loop().call_later(NO_WORKER_S, self._fail_unsent, pending)

    def _drop(self, pending: PendingCall) -> None:
        """Nobody waits for a call any more."""
        if pending in self._waiting:
            self._waiting.remove(pending)
        for calls in self._orphans.values():
            calls.pop(pending.call.id, None)
        if pending.link is not None:
            pending.link.cancel(pending)

    def _fail_unsent(self, pending: PendingCall) -> None:
        if pending in self._waiting:
            self._waiting.remove(pending)
            message = "No worker of the cluster is connected. Start one on each machine: chaindesk worker ADDRESS"
            _fail(pending, CallError(FailureKind.UNREACHABLE, message))

    # --- workers -----------------------------------------------------------------------------------------------

    async def _attach(self, worker: str) -> None:
        """Begin to use a worker, where it fits."""
        why = await self._connection.why_unfit(worker)
        attached: Attached | None = None
        try:
            attached = None if why else await self._connection.ask(worker, worker_service.attach, self._setup)
        except WorkerLostError:
            return
        except Exception as error:  # of the worker's own, such as a disk that is full
            _log.warning("Worker %s", worker, exc_info=error)
            why = f"The worker at {worker} cannot be used: {error}"
        if attached is None or attached.lacking:
            self._unfit.add(worker)
            self._notice(why or f"The worker at {worker} is left out. {attached.lacking if attached else ''}")
            return
        link = WorkerLink(worker, attached.process, self._setup.run, self._connection.ask, self)
        self._links[worker] = link
        self._take_kept(attached, link)
        assert self._group is not None  # noqa: S101 - shows mypy that workers are found inside the group alone
        self._group.create_task(link.serve())
        while self._waiting:
            link.put(self._waiting.popleft())

    def on_lost(self, link: WorkerLink, reason: str) -> None:
        """Give what a lost worker had not been told of to others, and wait a while for what its disk has kept."""
        if self._links.get(link.worker) is link:
            del self._links[link.worker]
        self._stored.update(link.untold)
        unsent = link.unsent
        for pending in unsent:
            del link.calls[pending.call.id]
            self._place(pending)
        self._orphans.setdefault(link.process, {}).update(link.calls)
        asyncio.get_running_loop().call_later(COMEBACK_S, self._give_up, link.process, link.worker)
        self._notice(f"The worker at {link.worker} was lost with {len(link.calls)} calls: {reason}", once=False)

    def _give_up(self, process: str, worker: str) -> None:
        """What a lost worker has kept has not come: its calls have to be made again."""
        for pending in self._orphans.pop(process, {}).values():
            _fail(pending, _lost(worker))

    def _take_kept(self, attached: Attached, link: WorkerLink) -> None:
        """Take the answers that a worker has kept: for calls that wait for them, and for requests of later."""
        waiting: dict[str, PendingCall] = {}
        for process in attached.processes:
            waiting |= self._orphans.pop(process, {})
        unstored = {outcome.id: key for key, several in self._unstored.items() for outcome, _ in several}
        for outcome in attached.outcomes:
            if (pending := waiting.pop(outcome.id, None)) is not None:
                _answer(pending, outcome, link)
            elif outcome.id in self._stored:
                self._stored.remove(outcome.id)
                link.stored(outcome.id)
            elif outcome.id in unstored:
                several = self._unstored[unstored[outcome.id]]
                several[:] = [(one, link if one.id == outcome.id else before) for one, before in several]
            elif outcome.completion is not None:
                self._kept[outcome.fingerprint].append((outcome, link))
        for id_, pending in waiting.items():
            if id_ in attached.in_flight:
                pending.link = link
                link.calls[id_] = pending
            else:
                _fail(pending, _lost(link.worker))

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
            if (pending := link.calls.pop(outcome.id, None)) is not None:
                _answer(pending, outcome, link)

    def _notice(self, message: str, *, once: bool = True) -> None:
        if once and message in self._noticed:
            return
        self._noticed.add(message)
        self._on_notice(message)


def _key(answer: Completion | Answer) -> _AnswerKey:
    """Return what tells an answer from others, as a worker made it and as the journal has it."""
    return answer.seconds, answer.request_id, answer.text


def _answer(pending: PendingCall, outcome: Outcome, link: WorkerLink) -> None:
    if not pending.future.done():
        pending.future.set_result((outcome, link))


def _fail(pending: PendingCall, error: CallError) -> None:
    if not pending.future.done():
        pending.future.set_exception(error)


def _lost(worker: str) -> CallError:
    message = f"The worker at {worker} was lost while it made this call, so that nobody knows whether it was answered."
    return CallError(FailureKind.CONNECTION, message)
