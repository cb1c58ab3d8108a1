"""One worker as a run sees it: calls go there in batches, and what becomes of them comes back in reports."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Protocol

from chaindesk.cluster import worker_service
from chaindesk.cluster.messages import Attached, Batch, Call, Outcome, Report
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError
from chaindesk.providers.base import TextListener

MAX_CALLS = 50
"""Calls in one batch, at the most."""
MAX_BATCHES = 2
"""Batches that a worker has not accepted yet, at the most: with the report, three requests to it are out at once."""
_LINGER_S, _MAX_LINGER_S = 0.025, 0.25
_LINGER_SHARE = 0.05  # a batch waits for more calls for this share of a call's time, within these bounds

Ask = Callable[..., Awaitable[Any]]
"""Calls a function of ``worker_service`` on a worker; see ``ClusterConnection.ask``."""


@dataclass(slots=True, eq=False)
class PendingCall:
    """A call that is waited for.

    Attributes:
        call: as it is sent.
        request: as the engine made it.
        future: of its outcome.
        on_text: called with its text as it grows.
        link: the worker that makes it, or None while there is none.
    """

    call: Call
    request: CompletionRequest
    future: asyncio.Future[tuple[Outcome, WorkerLink | None]]
    on_text: TextListener | None = None
    link: WorkerLink | None = None

    def answer(self, outcome: Outcome, link: WorkerLink | None) -> None:
        """Tell how it ended."""
        if not self.future.done():
            self.future.set_result((outcome, link))

    def fail(self, error: CallError) -> None:
        """Tell why its end is not known."""
        if not self.future.done():
            self.future.set_exception(error)


class LinkListener(Protocol):
    """Whom a link turns to."""

    def on_report(self, link: WorkerLink, report: Report) -> None:
        """Handle what a worker tells."""
        ...

    def on_lost(self, link: WorkerLink, reason: str) -> None:
        """Handle that a worker does not answer any more."""
        ...


class WorkerLink:
    """Sends calls to one worker and hears of them.

    Attributes:
        worker: its address.
        process: tells its process from every other.
        calls: those that it has or will get, by id.
        lost: whether it has stopped answering.
    """

    def __init__(self, worker: str, attached: Attached, run: str, ask: Ask, listener: LinkListener) -> None:
        self.worker = worker
        self.process = attached.process
        self.calls: dict[str, PendingCall] = {}
        self.lost = False
        self._run = run
        self._attachment = attached.attachment
        self._ask = ask
        self._listener = listener
        self._unsent: deque[PendingCall] = deque()
        self._cancelled: list[str] = []
        self._stored: list[str] = []
        self._on_their_way: list[Batch] = []
        self._work = asyncio.Event()
        self._seconds = 0.0  # that a call takes, about

    @property
    def unsent(self) -> list[PendingCall]:
        """Return the calls that the worker has not been told of."""
        return list(self._unsent)

    @property
    def linger(self) -> float:
        """Return the seconds that a batch waits for more calls."""
        return max(min(_LINGER_SHARE * self._seconds, _MAX_LINGER_S), _LINGER_S)

    @property
    def untold(self) -> list[str]:
        """Return the ids of answers that are stored, of which the worker may not know."""
        return [*self._stored, *(id_ for batch in self._on_their_way for id_ in batch.stored)]

    def put(self, pending: PendingCall) -> None:
        """Let the worker make a call."""
        pending.link = self
        self.calls[pending.call.id] = pending
        self._unsent.append(pending)
        self._work.set()

    def end(self, outcome: Outcome) -> PendingCall | None:
        """A call has ended: return it, None where nobody waits for it."""
        if outcome.completion is not None:
            self._seconds += (outcome.completion.seconds - self._seconds) / 10
        return self.calls.pop(outcome.id, None)

    def cancel(self, pending: PendingCall) -> None:
        """Nobody waits for a call any more."""
        self.calls.pop(pending.call.id, None)
        if pending in self._unsent:
            self._unsent.remove(pending)
        else:
            self.cut_off(pending.call.id)

    def cut_off(self, id_: str) -> None:
        """Let the worker cut a call off that it makes for nobody."""
        self._cancelled.append(id_)
        self._work.set()

    def stored(self, id_: str) -> None:
        """An answer is stored, so that the worker need not keep it. It is told with the next batch."""
        self._stored.append(id_)
        if len(self._stored) >= MAX_CALLS:
            self._work.set()

    def last_batch(self) -> Batch:
        """Return what the worker is to know at the end of the run."""
        return Batch((), tuple(self.calls), tuple(self.untold))

    async def serve(self) -> None:
        """Send calls and hear of them, until the worker does not answer any more."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._listen())
                for _ in range(MAX_BATCHES):
                    group.create_task(self._send())
        except* Exception as errors:
            reason = str(errors.exceptions[0])
            self.lost = True
            self._listener.on_lost(self, reason)

    async def _listen(self) -> None:
        while True:
            self._listener.on_report(self, await self._call(worker_service.report))

    async def _send(self) -> None:
        while True:
            await self._work.wait()
            await asyncio.sleep(self.linger)
            batch = self._next_batch()
            if batch is None:
                continue
            self._on_their_way.append(batch)
            report = await self._call(worker_service.begin, batch)
            self._on_their_way.remove(batch)
            self._listener.on_report(self, report)

    async def _call(self, function: Callable[..., Awaitable[Report]], *arguments: object) -> Report:
        report: Report = await self._ask(self.worker, function, self._run, self._attachment, *arguments)
        return report

    def _next_batch(self) -> Batch | None:
        calls = tuple(self._unsent.popleft().call for _ in range(min(MAX_CALLS, len(self._unsent))))
        cancelled, self._cancelled = tuple(self._cancelled), []
        stored, self._stored = tuple(self._stored), []
        if not self._unsent:
            self._work.clear()
        return Batch(calls, cancelled, stored) if calls or cancelled or stored else None
