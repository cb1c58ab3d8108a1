"""Keeping what was paid for: an answer that has arrived is kept, whatever is cancelled, and whatever the disk does."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable
from typing import Any, TypeVar

from chaindesk.domain.errors import JournalError, JournalTrouble
from chaindesk.domain.events import PauseCause
from chaindesk.domain.records import Answer, RowOutcome
from chaindesk.engine.calls.pause_gate import Gate, RunHalted
from chaindesk.journal.protocol import Journal

T = TypeVar("T")

_EVERY = 1.0  # seconds from one try to the next
_SAID = {
    JournalTrouble.FULL: "The disk with the journal is full. Free some space",
    JournalTrouble.READ_ONLY: "The journal is read-only at the moment. Allow writing to it and to its folder",
    JournalTrouble.BUSY: "Another program holds the journal. Close that program",
    JournalTrouble.DISK: "The disk with the journal gives errors. Check the disk or the network drive",
    JournalTrouble.GONE: "The journal is not there any more. Bring its file or its drive back",
}


async def to_the_end(keeping: Coroutine[Any, Any, T], hurry: Callable[[], None] = lambda: None) -> T:
    """Await something that a cancellation must not cut off: it is finished first, then the cancellation goes on.

    Args:
        keeping: what is to be finished.
        hurry: called on a cancellation, so that it does not take for ever.
    """
    task = asyncio.ensure_future(keeping)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            hurry()
            await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error from None
        raise


class Keeper:
    """Keeps what a run has to keep. While the journal cannot be written, no new call starts, what has arrived is held
    here, and one write is tried again and again; once it goes, all go, and the run goes on.

    Args:
        journal: where to.
        gate: closed meanwhile.
        patience: seconds after which the run ends, or None where it waits for as long as the user lets it.
        clock: seconds.

    Attributes:
        error: why nothing can be kept at the moment, or None.
        unsaved: answers that were given up, because the run has to end; not in the journal.
    """

    def __init__(
        self,
        journal: Journal,
        gate: Gate,
        patience: float | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.error: JournalError | None = None
        self.unsaved: list[Answer] = []
        self._journal = journal
        self._gate = gate
        self._patience = patience
        self._clock = clock
        self._since: float | None = None
        self._over = False
        self._told = ""
        self._waiting: dict[object, Answer | None] = {}
        self._one_tries = asyncio.Lock()
        self._now = asyncio.Event()

    # --- what rows keep ----------------------------------------------------------------------------------------

    async def store_answer(self, answer: Answer) -> int:
        """Keep a paid-for answer and give its number.

        Raises:
            RunHalted: it cannot be kept, and the run ends; the answer is among ``unsaved``.
        """
        return await self._kept(lambda again: self._store(answer, again=again), answer)

    async def store_outcome(self, outcome: RowOutcome) -> None:
        """Keep how a row ended.

        Raises:
            RunHalted: it cannot be kept, and the run ends.
        """
        await self._kept(lambda again: self._journal.store_outcome(outcome))

    async def store_reuse(self, run_id: int, answers: Iterable[tuple[int, str]]) -> None:
        """Keep which answers a row takes over.

        Raises:
            RunHalted: it cannot be kept, and the run ends.
        """
        taken = tuple(answers)
        await self._kept(lambda again: self._journal.store_reuse(run_id, taken))

    async def _store(self, answer: Answer, *, again: bool) -> int:
        """Store it, but not twice: a write that was told to have failed may be on the disk all the same."""
        if again:
            for one in self._journal.answers(answer.workbook_id, answer.step, answer.fingerprint):
                if _marks(one) == _marks(answer):
                    return one.id
        return await self._journal.store_answer(answer)

    async def _kept(self, write: Callable[[bool], Awaitable[T]], answer: Answer | None = None) -> T:
        place = object()
        self._waiting[place] = answer
        again = False
        try:
            while True:
                async with self._turn():
                    if self.error is not None and self._over:
                        if answer is not None:
                            self.unsaved.append(answer)
                        self._gate.halt(str(self.error), ends_waits=False)
                        raise RunHalted
                    try:
                        result = await write(again)
                    except JournalError as error:
                        again = True
                        self._fails(error)
                    else:
                        self.error = None
                        return result
        finally:
            del self._waiting[place]
            if self.error is None and not self._waiting:
                self._told, self._since = "", None
                self._gate.let_go(PauseCause.DISK)

    @contextlib.asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        """All write at once while it goes well; else one tries for all, now and then."""
        if self.error is None:
            yield
            return
        self._tell()
        async with self._one_tries:
            if self.error is not None and not self._over:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._now.wait(), _EVERY)
                self._now.clear()
            yield

    # --- how it stands -----------------------------------------------------------------------------------------

    def try_now(self) -> None:
        """Do not wait any longer for the next try."""
        self._told = ""
        self._now.set()

    def give_up(self) -> None:
        """The run ends: what cannot be kept at once is not waited for any more."""
        self._over = True
        self._now.set()

    def end(self, error: JournalError) -> None:
        """End the run, because the journal can be used no more. Calls that are out finish, and are kept elsewhere."""
        self.error = error
        self.give_up()
        self._gate.halt(str(error))

    def hold(self) -> None:
        """Let no call start while nothing can be kept."""
        self._told = ""
        self._tell()

    async def farewell(self) -> str:
        """Keep elsewhere what could not be kept; what the user is told of it, or "" where there is nothing to tell."""
        if not self.unsaved:
            return ""
        count = _count(len(self.unsaved))
        try:
            path = await asyncio.to_thread(self._journal.rescue, self.unsaved)
        except JournalError as error:
            return f"{self.error} {error}"
        return (
            f"{self.error} {count} that had arrived meanwhile {_is(len(self.unsaved))} kept in {path}. "
            "The next run takes them in, and pays for nothing twice."
        )

    def _fails(self, error: JournalError) -> None:
        self.error = error
        self._since = self._clock() if self._since is None else self._since
        waited = self._clock() - self._since
        if not error.passing or (self._patience is not None and waited >= self._patience):
            self.end(error)
        else:
            self._tell()

    def _tell(self) -> None:
        if self.error is None or self._over or self._gate.held_for not in (None, PauseCause.DISK):
            return
        answers = sum(answer is not None for answer in self._waiting.values())
        waits = f" {_count(answers)} {'waits' if answers == 1 else 'wait'} to be kept." if answers else ""
        said = f"{_SAID[self.error.trouble]}, and the run goes on by itself.{waits}"
        if said != self._told:
            self._told = said
            self._gate.hold_for(PauseCause.DISK, said, halts=False, anew=True)


def _marks(answer: Answer) -> tuple[object, ...]:
    return answer.run_id, answer.row_number, answer.attempts, answer.finished_at


def _count(answers: int) -> str:
    return "One answer" if answers == 1 else f"{answers} answers"


def _is(number: int) -> str:
    return "is" if number == 1 else "are"
