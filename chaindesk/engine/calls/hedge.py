"""Asks a call of a run's last rows a second time where it takes far longer than its like, and takes what comes first.

One slow call keeps a whole run going while its other slots stand idle (J. Dean, L. A. Barroso, *The Tail at Scale*,
2013). The second call is paid for as well, so this is done only where the chain asks for it, and for few calls.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from chaindesk.domain.chains.call_choices import most_made_twice
from chaindesk.domain.completion import Completion, CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.calls.call_state import CallState
from chaindesk.engine.calls.pause_gate import RunHalted
from chaindesk.engine.calls.row_slots import RowSlots

_KNOWN_CALLS, _REMEMBERED = 50, 1000  # answered calls of a step by which a slow one is told
_SLOW = 0.99  # share of a step's calls that take less
_TIMES_USUAL = 1.5  # times the middle one: where all take alike, none is slow
_LOOK_S = 0.5  # between two looks whether the end of the run has come
_BEATEN = "The same call was made twice at the end of the run, and the other one was answered first."
Complete = Callable[[CallState, CompletionRequest], Awaitable[Completion]]


class Hedger:
    """Makes calls, and some of them twice.

    Args:
        calls: how many the run makes about.
        is_end: returns whether no row is left to begin.
        slots: the slots of the run's rows; a second call takes an idle one.
        clock: seconds.

    Attributes:
        made_twice: how many calls were.
    """

    def __init__(self, calls: int, is_end: Callable[[], bool], slots: RowSlots, clock: Callable[[], float]) -> None:
        self.made_twice = 0
        self._most = most_made_twice(calls)
        self._is_end = is_end
        self._slots = slots
        self._clock = clock
        self._seconds: dict[str, deque[float]] = {}

    async def ask(self, call: CallState, request: CompletionRequest, complete: Complete) -> Completion:
        """Make a call until it is answered, a second one beside it where that is allowed.

        Raises:
            CallError: it failed for good.
            RunHalted: the run makes no more calls.
        """
        began = self._clock()
        first = asyncio.ensure_future(complete(call, request))
        try:
            while not first.done() and not self._is_due(call.step, began):
                await asyncio.wait({first}, timeout=self._until_due(call.step, began))
        except asyncio.CancelledError:
            await _cancelled(first)
            if not _is_answered(first):
                raise
            _cancel_later()
        if first.done():
            completion = first.result()
            self._seconds.setdefault(call.step, deque(maxlen=_REMEMBERED)).append(completion.seconds)
            return completion
        return await self._ask_twice(call, request, complete, first)

    async def _ask_twice(
        self, call: CallState, request: CompletionRequest, complete: Complete, first: asyncio.Future[Completion]
    ) -> Completion:
        self.made_twice += 1
        began = self._clock()
        call.twin = twin = CallState(call.row, call.step, call.on_unusable, fallback=call.fallback)
        self._slots.enter()
        second = asyncio.ensure_future(complete(twin, request))
        try:
            try:
                winner = await _first_answered(first, second)
            except asyncio.CancelledError:
                await _cancelled(first)
                await _cancelled(second)
                if not (_is_answered(first) or _is_answered(second)):
                    if call.cancelled_after_sending:
                        await self._book(second, twin, self._clock() - began)
                    call.cancelled_after_sending = call.cancelled_after_sending or twin.cancelled_after_sending
                    raise
                winner = first if _is_answered(first) else second
                _cancel_later()
            loser, beaten = (second, twin) if winner is first else (first, call)
            await _cancelled(loser)
            call.attempts += twin.attempts
            try:
                await self._book(loser, beaten, self._clock() - began)
            except asyncio.CancelledError:  # it is booked all the same
                _cancel_later()
            call.cancelled_after_sending = False
            return winner.result()
        finally:
            call.twin = None
            self._slots.leave()

    async def _book(self, loser: asyncio.Future[Completion], state: CallState, seconds: float) -> None:
        """Keep what the call that came too late has cost, or that it may have cost something."""
        if loser.cancelled():
            if state.cancelled_after_sending:
                await state.on_unusable(state, CallError(FailureKind.CONNECTION, _BEATEN), seconds)
        elif loser.exception() is None:
            late = loser.result()
            error = CallError(FailureKind.CONNECTION, _BEATEN, usage=late.usage, cost=late.cost, raw_text=late.text)
            await state.on_unusable(state, error, late.seconds)

    def _is_due(self, step: str, began: float) -> bool:
        return (
            self.made_twice < self._most
            and self._is_end()
            and self._slots.has_free
            and self._clock() - began >= self._slow(step)
        )

    def _until_due(self, step: str, began: float) -> float | None:
        """Return the seconds until it is looked at again, None where it never is."""
        if self.made_twice >= self._most:
            return None
        return max(min(self._slow(step), 3600.0) - (self._clock() - began), _LOOK_S)

    def _slow(self, step: str) -> float:
        """Return the seconds after which a call of a step is slow."""
        known = sorted(self._seconds.get(step, ()))
        if len(known) < _KNOWN_CALLS:
            return float("inf")
        return max(known[int(len(known) * _SLOW)], _TIMES_USUAL * known[len(known) // 2])


async def _first_answered(
    first: asyncio.Future[Completion], second: asyncio.Future[Completion]
) -> asyncio.Future[Completion]:
    """Return the call that is answered first; where both fail, the first one."""
    waiting = {first, second}
    while waiting:
        done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
        for one in (first, second):
            if one in done and one.exception() is None:
                return one
    return first


async def _cancelled(call: asyncio.Future[Completion]) -> None:
    """Cancel a call, and wait until it has ended, in spite of a cancellation, which goes on afterwards."""
    call.cancel()
    cancelled = False
    while not call.done():
        try:
            await asyncio.wait({call})
        except asyncio.CancelledError:
            cancelled = True
    if cancelled:
        _cancel_later()
    error = None if call.cancelled() else call.exception()
    if error is not None and not isinstance(error, (CallError, RunHalted)):
        raise error


def _is_answered(call: asyncio.Future[Completion]) -> bool:
    return call.done() and not call.cancelled() and call.exception() is None


def _cancel_later() -> None:
    """Let a cancellation go on at the next wait: the answer that has come meanwhile is kept before."""
    task = asyncio.current_task()
    assert task is not None  # noqa: S101 - shows mypy that a coroutine of a task has one
    task.cancel()
