"""Stores what was paid for: an answer that has arrived is stored, whatever is cancelled and whatever the disk does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any

from chaindesk.domain.check_results import Verdict
from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.events import PauseCause
from chaindesk.domain.records import Answer, RowOutcome
from chaindesk.engine.calls.pause_gate import PauseGate, RunHalted
from chaindesk.engine.run.journal_words import spilled_words, waiting_words
from chaindesk.engine.run.pending_write import PendingWrite, Store, finish_despite_cancel, settled
from chaindesk.journal.protocol import Journal

_RETRY_INTERVAL_S = 1.0  # seconds from one try to the next


class DurableWriter:
    """Keeps what a run has to keep. While the journal cannot be written, no new call starts, what has arrived is held
    here, and one write is tried again and again; once it goes, all go, and the run goes on.

    Args:
        journal: where to.
        gate: closed meanwhile.
        patience: seconds after which the run ends, or None where it waits for as long as the user lets it.
        clock: seconds.
        on_stored: called with each answer that is on the disk.

    Attributes:
        error: why nothing can be kept at the moment, or None.
        unsaved: answers that were given up, because the run has to end; not in the journal.
    """

    def __init__(
        self,
        journal: Journal,
        gate: PauseGate,
        patience: float | None = None,
        clock: Callable[[], float] = time.monotonic,
        on_stored: Callable[[Answer], object] = lambda answer: None,
    ) -> None:
        self.error: JournalError | None = None
        self.unsaved: list[Answer] = []
        self._journal = journal
        self._gate = gate
        self._patience = patience
        self._clock = clock
        self._on_stored = on_stored
        self._failing_since: float | None = None
        self._stopped_waiting = False
        self._last_message = ""
        self._waiting: dict[PendingWrite, None] = {}  # in order
        self._rescued: set[PendingWrite] | None = None  # of what waits, what is in the copy of a journal that is gone
        self._retry_lock = asyncio.Lock()
        self._retry_now = asyncio.Event()

    # --- what rows store ---------------------------------------------------------------------------------------

    def begin_answer(self, answer: Answer, then: Callable[[int], object]) -> PendingWrite:
        """Begin to store a paid-for answer; ``then`` is called with its number once it is on the disk."""
        told = lambda number: (self._on_stored(answer), then(number))  # noqa: E731
        return self._begin(lambda retried: self._store(answer, retried=retried), told, answer)

    def begin_outcome(self, outcome: RowOutcome, then: Callable[[Any], object]) -> PendingWrite:
        """Begin to store how a row ended."""
        return self._begin(lambda retried: self._journal.store_outcome(outcome), then)

    def begin_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> PendingWrite:
        """Begin to store which answers a row reuses."""
        taken = tuple(answers)
        return self._begin(lambda retried: self._journal.store_reuse(run_id, taken), lambda _: None)

    async def store_answer(self, answer: Answer) -> int:
        """Store a paid-for answer and return its number.

        Raises:
            RunHalted: it cannot be stored, and the run ends; the answer is among ``unsaved``.
        """
        numbers: list[int] = []
        await self.finish(self.begin_answer(answer, numbers.append))
        return numbers[0]

    async def store_verdict(self, verdict: Verdict) -> None:
        """Store what checks found of an answer.

        Raises:
            RunHalted: it cannot be stored, and the run ends.
        """
        await self.finish(self._begin(lambda retried: self._journal.store_verdicts([verdict]), lambda _: None))

    async def settle(self, answer_id: int, fingerprint: str, others: Sequence[int]) -> None:
        """Make a draft the answer of its row.

        Raises:
            RunHalted: it cannot be stored, and the run ends.
        """
        store = lambda retried: self._journal.settle(answer_id, fingerprint, others)  # noqa: E731
        await self.finish(self._begin(store, lambda _: None))

    async def keep(self, store: Callable[[], Awaitable[Any]]) -> Any:
        """Store something else that is to be kept, and return what ``store`` returns.

        Raises:
            RunHalted: it cannot be stored, and the run ends.
        """
        results: list[Any] = []
        await self.finish(self._begin(lambda retried: store(), results.append))
        return results[0]

    async def finish(self, *writes: PendingWrite) -> None:
        """Wait until writes that have begun are on the disk, in spite of a cancellation, which goes on afterwards.

        Raises:
            RunHalted: one of them cannot be stored, and the run ends; an answer is then among ``unsaved``.
        """
        cancelled = False
        try:
            for write in writes:
                cancelled = await self._finish(write) or cancelled
        finally:
            for write in writes:
                if write in self._waiting:  # one before it has failed
                    self._waiting.pop(write, None)
                    write.drop()
        if cancelled:
            raise asyncio.CancelledError

    def _begin(self, store: Store, then: Callable[[Any], object], answer: Answer | None = None) -> PendingWrite:
        write = PendingWrite(store, then, answer)
        if self.error is None:
            write.begin()
        self._waiting[write] = None
        return write

    async def _finish(self, write: PendingWrite) -> bool:
        """Wait for one write; return whether this was cancelled meanwhile."""
        first = write.first
        if first is None:
            await finish_despite_cancel(self._write_until_done(write, None), self.stop_waiting)
            return False
        cancelled = not first.done() and await settled(first, self.stop_waiting)
        try:
            result = first.result()
        except JournalError as error:
            if cancelled:
                self.stop_waiting()
            await finish_despite_cancel(self._write_until_done(write, error), self.stop_waiting)
        except BaseException:
            self._end(write)
            raise
        else:
            self.error = None
            self._end(write)
            write.then(result)
        return cancelled

    def _store(self, answer: Answer, *, retried: bool) -> Awaitable[int]:
        """Store it, but not twice: a write that was reported to have failed may be on the disk all the same."""
        return self._store_again(answer) if retried else self._journal.store_answer(answer)

    async def _store_again(self, answer: Answer) -> int:
        for one in self._journal.answers(answer.workbook_id, answer.step, answer.fingerprint):
            if _identity(one) == _identity(answer):
                return one.id
        return await self._journal.store_answer(answer)

    async def _write_until_done(self, write: PendingWrite, failed: JournalError | None) -> None:
        """Try a write until it is on the disk, where its first try failed or could not be made."""
        retried = failed is not None
        try:
            if failed is not None:
                self._record_failure(failed)
            await self._rescue()
            while True:
                async with self._write_slot():
                    if self.error is not None and self._stopped_waiting:
                        if write.answer is not None:
                            self.unsaved.append(write.answer)
                        self._gate.halt(str(self.error), ends_waits=False)
                        raise RunHalted
                    try:
                        result = await write.store(retried)
                    except JournalError as error:
                        retried = True
                        self._record_failure(error)
                        await self._rescue()
                    else:
                        self.error = None
                        break
        finally:
            self._end(write)
        write.then(result)

    def _end(self, write: PendingWrite) -> None:
        """A write has come to its end, whatever that is."""
        self._waiting.pop(write, None)
        if self.error is not None or self._waiting:
            return
        self._failing_since = None
        if self._rescued is not None:
            self._rescued = None
            self._journal.drop_rescue()
        self._last_message = ""
        self._gate.release(PauseCause.DISK)

    @contextlib.asynccontextmanager
    async def _write_slot(self) -> AsyncIterator[None]:
        """Enclose a write: all at once while writes succeed; else one retries for all, now and then."""
        if self.error is None:
            yield
            return
        self._notify()
        async with self._retry_lock:
            if self.error is not None and not self._stopped_waiting:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._retry_now.wait(), _RETRY_INTERVAL_S)
                self._retry_now.clear()
            yield

    # --- how it stands -----------------------------------------------------------------------------------------

    def try_now(self) -> None:
        """Retry at once."""
        self._last_message = ""
        self._retry_now.set()

    def stop_waiting(self) -> None:
        """Wait no longer for what cannot be stored at once, because the run ends."""
        self._stopped_waiting = True
        self._retry_now.set()

    def end_run(self, error: JournalError) -> None:
        """End the run, because the journal can be used no more. Calls that are out finish, and are spilled."""
        self.error = error
        self.stop_waiting()
        self._gate.halt(str(error))

    def announce(self) -> None:
        """Hold the gate again and say why, if nothing can be stored at the moment."""
        self._last_message = ""
        self._notify()

    async def spill_unsaved(self) -> str:
        """Write what could not be stored to a spill file; return what the user is to know of it, or ""."""
        if not self.unsaved:
            return ""
        try:
            path = await asyncio.to_thread(self._journal.spill, self.unsaved)
        except JournalError as error:
            return f"{self.error} {error}"
        return spilled_words(self.error, len(self.unsaved), path)

    def _record_failure(self, error: JournalError) -> None:
        self.error = error
        self._failing_since = self._clock() if self._failing_since is None else self._failing_since
        waited = self._clock() - self._failing_since
        if not error.passing or (self._patience is not None and waited >= self._patience):
            self.end_run(error)
        else:
            self._notify()

    async def _rescue(self) -> None:
        """While the journal's file is gone, keep a copy of it with what waits: a kill must lose nothing paid for."""
        if self.error is None or self.error.trouble is not JournalTrouble.GONE:
            return
        rescued = self._rescued or set()
        new = [write for write in self._waiting if write.answer is not None and write not in rescued]
        if self._rescued is not None and not new:
            return
        self._rescued = rescued.union(new)
        try:
            await asyncio.to_thread(self._journal.rescue, [write.answer for write in new if write.answer is not None])
        except JournalError:
            self._rescued = rescued  # it is tried again with the next answer

    def _notify(self) -> None:
        if self.error is None or self._stopped_waiting or self._gate.held_for not in (None, PauseCause.DISK):
            return
        answers = sum(write.answer is not None for write in self._waiting)
        said = waiting_words(self.error.trouble, answers)
        if said != self._last_message:
            self._last_message = said
            self._gate.hold_for(PauseCause.DISK, said, halts=False, renotify=True)


def _identity(answer: Answer) -> tuple[object, ...]:
    return answer.run_id, answer.row_number, answer.attempts, answer.finished_at
