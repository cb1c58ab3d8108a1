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
"""Seconds that a report waits for more answers after its first."""
HOLD_S = 20.0
"""Seconds after which a report is sent with nothing in it, so that its reader sees that the worker is there."""
_call_id: ContextVar[str] = ContextVar("call_id")  # of the task that makes the call


class RunCalls:
    """What a worker does for one run.

    Attributes:
        heard_at: when the run was heard of last; seconds by the monotonic clock.
    """

    def __init__(self, setup: RunSetup, spool: Spool, keys: KeyStore) -> None:
        self.heard_at = time.monotonic()
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
        self._listened = False
        self._attached = 0  # times

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
        self._attached += 1
        unpaid = tuple(outcome for outcome in self._outcomes if not outcome.is_paid)
        self._outcomes.clear()
        kept = (*self._spool.outcomes(), *unpaid)
        return Attached(self._spool.process, frozenset(self._spool.processes), frozenset(self._tasks), kept, lacking)

    def begin(self, batch: Batch) -> None:
        """Begin calls, cut others off, and forget answers that are stored."""
        self.heard_at = time.monotonic()
        self._spool.remove(batch.stored)
        for id_ in batch.cancelled:
            if (task := self._tasks.get(id_)) is not None:
                task.cancel()
        for call in batch.calls:
            task = asyncio.create_task(self._make(call))
            self._tasks[call.id] = task
            task.add_done_callback(lambda _, id_=call.id: self._tasks.pop(id_, None))  # type: ignore[misc]

    async def report(self) -> Report:
        """Wait for something to tell, and return it."""
        self.heard_at = time.monotonic()
        self._listened, attached = True, self._attached
        try:
            with contextlib.suppress(TimeoutError):  # there is nothing to tell, which is told as well
                async with asyncio.timeout(HOLD_S):
                    await self._news.wait()
            if self._outcomes and len(self._outcomes) < MAX_OUTCOMES:
                await asyncio.sleep(LINGER_S)
        finally:
            self._listened = False
        if attached != self._attached:  # the run has asked anew meanwhile, and does not hear this
            return Report()
        self.heard_at = time.monotonic()
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
            if not self._listened:  # the run may be gone, so that it stays here for long
                self._spool.sync()
        self._outcomes.append(outcome)
        self._news.set()

    def _text_listener(self, id_: str) -> Callable[[str], None]:
        def listen(text: str) -> None:
            self._texts[id_] = text
            self._news.set()

        return listen

    def _on_rate(self, request: CompletionRequest, hint: RateHint) -> None:
        self._hints.append((_call_id.get(""), hint))
