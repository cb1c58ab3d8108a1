"""The calls of one run in one worker: made over one HTTP session, kept by the spool, reported in lists."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Callable
from contextlib import AsyncExitStack
from contextvars import ContextVar

from chaindesk.cluster.messages import Attached, Batch, Call, Failed, Outcome, Report, RunSetup
from chaindesk.cluster.spool import Spool
from chaindesk.credentials import KeyStore
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, ChainDeskError, FailureKind
from chaindesk.engine.endpoints import open_provider, read_keys
from chaindesk.providers.base import Provider, RateHint

MAX_OUTCOMES = 50
"""Answers in one report, at the most."""
LINGER_S = 0.03
MAX_LINGER_S = 0.25
_LINGER_SHARE = 0.05
"""A report waits for more answers after its first for this share of a call's time, within these bounds."""
HOLD_S = 20.0
"""Seconds after which a report is sent with nothing in it, so that its reader sees that the worker is there."""
SILENCE_S = 45.0
"""Seconds without a word of the run after which it may have given its calls up, so that none begins any more."""
SYNC_S = 1.0
"""Seconds that an answer waits for the run to store it before it is written through to the disk."""
_call_id: ContextVar[str] = ContextVar("call_id")  # of the task that makes the call


class RunLostError(Exception):
    """A run and its worker have lost sight of each other meanwhile: it has to attach again."""


class RunCalls:
    """What a worker does for one run.

    Attributes:
        heard_at: when the run was heard of last; by the clock on the wall, since a machine's own stands still while it
            sleeps.
    """

    def __init__(self, setup: RunSetup, spool: Spool, keys: KeyStore) -> None:
        self.heard_at = time.time()
        self._setup = setup
        self._spool = spool
        self._store = keys
        self._keys: dict[str, str] = {}
        self._stack = AsyncExitStack()
        self._provider: Provider
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._outcomes: list[Outcome] = []
        self._texts: dict[str, str] = {}
        self._hints: list[tuple[str, RateHint]] = []
        self._notices: list[str] = []
        self._news = asyncio.Event()
        self._syncing: asyncio.Task[None] | None = None
        self._attachment = 0
        self._seconds = 0.0  # that a call takes, about

    @property
    def is_busy(self) -> bool:
        """Return whether a call is out."""
        return bool(self._tasks)

    async def open(self) -> None:
        """Open the HTTP session."""
        opened = open_provider(
            self._setup.endpoints, self._keys, self._setup.addresses, self._on_rate, self._notices.append
        )
        self._provider = await self._stack.enter_async_context(opened)

    async def close(self) -> None:
        """Cut off what is still out, and close the session."""
        tasks = list(self._tasks.values())
        if self._syncing is not None:
            tasks.append(self._syncing)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await self._stack.aclose()

    async def read_keys(self) -> str:
        """Read the keys of this machine again; return what keeps the endpoints from being called, or ""."""
        try:
            return await read_keys(self._setup.endpoints, self._store, self._keys)
        except ChainDeskError as error:
            return str(error)

    def attached(self, lacking: str) -> Attached:
        """Return what the run is to know of this worker; everything that is kept is told again."""
        self.heard_at = time.time()
        self._attachment += 1
        unpaid = tuple(outcome for outcome in self._outcomes if not outcome.is_paid)
        self._outcomes.clear()
        return Attached(
            self._spool.process,
            frozenset(self._spool.processes),
            frozenset(self._tasks),
            (*self._spool.outcomes(), *unpaid),
            lacking,
            self._attachment,
        )

    def begin(self, attachment: int, batch: Batch) -> Report:
        """Begin calls, cut others off, and forget answers that are stored. Return what there is to tell.

        Raises:
            RunLostError: the batch comes late, when the run may have given its calls up.
        """
        if attachment != self._attachment or time.time() - self.heard_at > SILENCE_S:
            raise RunLostError("it had not heard of this run for a while")
        self.heard_at = time.time()
        self.note(batch)
        for call in batch.calls:
            task = asyncio.create_task(self._make(call))
            self._tasks[call.id] = task
            task.add_done_callback(lambda _, id_=call.id: self._tasks.pop(id_, None))  # type: ignore[misc]
        return self._told()

    def note(self, batch: Batch) -> None:
        """Cut calls off that nobody waits for, and forget answers that are stored."""
        self._spool.remove(batch.stored)
        for id_ in batch.cancelled:
            if (task := self._tasks.get(id_)) is not None:
                task.cancel()

    async def report(self, attachment: int) -> Report:
        """Wait for something to tell, and return it.

        Raises:
            RunLostError: the run has attached again meanwhile, and does not hear this.
        """
        self.heard_at = time.time()
        with contextlib.suppress(TimeoutError):  # there is nothing to tell, which is told as well
            async with asyncio.timeout(HOLD_S):
                await self._wait_for_news()
        if attachment != self._attachment:
            raise RunLostError("it has been attached again")
        return self._told()

    async def _wait_for_news(self) -> None:
        """Return once there is enough to tell that no batch has taken along."""
        while True:
            await self._news.wait()
            if self._tasks and len(self._outcomes) < MAX_OUTCOMES:
                await asyncio.sleep(min(max(LINGER_S, _LINGER_SHARE * self._seconds), MAX_LINGER_S))
            if self._news.is_set():
                return

    def _told(self) -> Report:
        told, self._outcomes = self._outcomes[:MAX_OUTCOMES], self._outcomes[MAX_OUTCOMES:]
        report = Report(tuple(told), self._texts, tuple(self._hints), tuple(self._notices))
        self._texts = {}
        self._hints.clear()
        self._notices.clear()
        if not self._outcomes:
            self._news.clear()
        return report

    async def _make(self, call: Call) -> None:
        _call_id.set(call.id)
        began = time.monotonic()
        listener = self._text_listener(call.id) if call.watched else None
        try:
            completion = await self._provider.complete(call.request, listener)
        except CallError as error:
            outcome = Outcome(call.id, call.fingerprint, failed=Failed.of(error))
        except Exception as error:
            message = f"ChainDesk made a mistake of its own on a worker ({type(error).__name__}). Please report it."
            outcome = Outcome(call.id, call.fingerprint, failed=Failed(FailureKind.INTERNAL, message))
        else:
            outcome = Outcome(call.id, call.fingerprint, completion)
        if outcome.is_paid:
            self._spool.add(outcome)
            if self._syncing is None or self._syncing.done():
                self._syncing = asyncio.create_task(self._sync())
        self._seconds += (time.monotonic() - began - self._seconds) / 10
        self._tasks.pop(call.id, None)
        self._outcomes.append(outcome)
        self._news.set()

    async def _sync(self) -> None:
        """Write what is kept through to the disk, aside: the system has it, so that only a loss of power loses it."""
        await asyncio.sleep(SYNC_S)  # the run stores most of it meanwhile
        if self._spool.holds_any:
            await asyncio.to_thread(self._spool.begin_sync())

    def _text_listener(self, id_: str) -> Callable[[str], None]:
        def listen(text: str) -> None:
            self._texts[id_] = text
            self._news.set()

        return listen

    def _on_rate(self, request: CompletionRequest, hint: RateHint) -> None:
        self._hints.append((_call_id.get(""), hint))
