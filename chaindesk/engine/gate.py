"""The gate that every new call passes: closed while the user pauses, or while a key, an account, a model or the budget
needs the user; gone through no more once the run is halted."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, PauseCause, RunPaused, RunResumed

_CAUSES = {
    FailureKind.KEY: PauseCause.KEY,
    FailureKind.QUOTA: PauseCause.QUOTA,
    FailureKind.MODEL: PauseCause.MODEL,
    FailureKind.BUDGET: PauseCause.BUDGET,
    FailureKind.UNTRUSTED: PauseCause.TRUST,
}
_ADVICE = {
    FailureKind.KEY: "Check or replace the key of {name}, then go on.",
    FailureKind.QUOTA: "Top up the account at {name} or raise its limit, then go on.",
    FailureKind.MODEL: 'Check the model name "{model}" in the chain, or your access to it at {name}.',
}


class RunHalted(Exception):
    """The run makes no more calls; the row goes back to pending. Never leaves the engine."""


class Gate:
    """Where new calls wait.

    Attributes:
        halted: why the run was ended by itself, or "".
        on_halt: called when that happens.
        epoch: how many times the gate was opened again; a call that began in an earlier epoch failed before the user
            did something about it, and is simply made again.
    """

    def __init__(
        self, emit: Callable[[Event], None], *, halts: bool, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._emit = emit
        self._halts = halts
        self._clock = clock
        self._open = asyncio.Event()
        self._open.set()
        self._held = False
        self._paused = False
        self.halted = ""
        self.on_halt: Callable[[], None] = lambda: None
        self.epoch = 0

    @property
    def is_open(self) -> bool:
        """Whether calls may start."""
        return self._open.is_set() and not self.halted

    @property
    def is_held(self) -> bool:
        """Whether it is closed for something that the user has to do."""
        return self._held

    async def passing(self) -> None:
        """Wait until calls may start.

        Raises:
            RunHalted: no more call is to be made.
        """
        if not self._open.is_set():
            await self._open.wait()
        if self.halted:
            raise RunHalted

    def pause(self) -> None:
        """Close it for the user."""
        if not self._paused:
            self._paused = True
            self._close(PauseCause.USER, "Paused. Calls under way finish; no new one starts.")

    def hold(self, error: CallError, request: CompletionRequest, epoch: int) -> None:
        """Close it for a call that cannot succeed until the user acts; the first to say so is heard."""
        if self._held or self.halted or epoch != self.epoch:
            return
        advice = _ADVICE.get(error.kind, "").format(name=request.endpoint.name, model=request.model)
        said = str(error)
        message = said if not advice or "go on" in said or "Check the model" in said else f"{said} {advice}"
        name = request.endpoint.name
        if name.casefold() not in message.casefold() and error.kind is not FailureKind.BUDGET:
            message = f"{name}: {message}"
        self._held = True
        self._close(_CAUSES[error.kind], message)
        if self._halts:
            self.halted = message
            self._open.set()
            self.on_halt()

    def hold_again(self, message: str) -> None:
        """Close it once more, because what the user was to do is not done."""
        self._held = True
        self._close(PauseCause.KEY, message)

    def resume(self) -> None:
        """Open it again."""
        if self._open.is_set():
            return
        self._held = self._paused = False
        self.epoch += 1
        self._emit(RunResumed(self._clock()))
        self._open.set()

    def _close(self, cause: PauseCause, message: str) -> None:
        self._open.clear()
        self._emit(RunPaused(self._clock(), cause, message))
