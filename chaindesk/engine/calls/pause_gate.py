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


class PauseGate:
    """Where new calls wait.

    Attributes:
        halted: why the run was ended by itself, or "".
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
        self._held: RunPaused | None = None
        self._paused: RunPaused | None = None
        self.halted = ""
        self._on_halt: Callable[[], None] = lambda: None
        self.epoch = 0

    @property
    def is_open(self) -> bool:
        """Whether calls may start."""
        return self._open.is_set() and not self.halted

    @property
    def held_for(self) -> PauseCause | None:
        """For what it is closed that the user has to do, if it is."""
        return None if self._held is None else self._held.cause

    def subscribe_halt(self, listener: Callable[[], None]) -> None:
        """Call the one listener when the run is halted."""
        self._on_halt = listener

    async def wait_open(self, on_wait: Callable[[RunPaused], None] = lambda why: None) -> None:
        """Wait until calls may start.

        Args:
            on_wait: told why it is closed, before it waits.

        Raises:
            RunHalted: no more call is to be made.
        """
        if not self._open.is_set():
            why = self._held or self._paused
            if why is not None:
                on_wait(why)
            await self._open.wait()
        if self.halted:
            raise RunHalted

    def pause(self) -> None:
        """Close it for the user."""
        if self._paused is None:
            self._paused = self._close(PauseCause.USER, "Paused. Calls under way finish; no new one starts.")

    def hold(self, error: CallError, request: CompletionRequest, epoch: int) -> None:
        """Close it for a call that cannot succeed until the user acts; the first to say so is heard."""
        if epoch != self.epoch:
            return
        advice = _ADVICE.get(error.kind, "").format(name=request.endpoint.name, model=request.model)
        said = str(error)
        message = said if not advice or "go on" in said or "Check the model" in said else f"{said} {advice}"
        name = request.endpoint.name
        if name.casefold() not in message.casefold() and error.kind is not FailureKind.BUDGET:
            message = f"{name}: {message}"
        self.hold_for(_CAUSES[error.kind], message)

    def hold_for(self, cause: PauseCause, message: str, *, halts: bool = True, renotify: bool = False) -> None:
        """Close it for something that the user has to do; the first to say so is heard.

        Args:
            cause: what it is.
            message: what the user is told.
            halts: whether a run that waits for nobody ends here.
            renotify: whether it is told once more where it is closed already.
        """
        if self.halted:
            return
        if self._held is None or renotify:
            self._held = self._close(cause, message)
        if self._halts and halts:
            self.halt(message)

    def halt(self, message: str, *, ends_waits: bool = True) -> None:
        """End the run: no more call is made.

        Args:
            message: why.
            ends_waits: whether rows that only wait are ended; else they have been told to end before.
        """
        if self.halted:
            return
        self.halted = message
        self._open.set()
        if ends_waits:
            self._on_halt()

    def end_user_pause(self) -> None:
        """The user goes on; what else it is closed for stays."""
        self._paused = None

    def hold_again(self, message: str) -> None:
        """Close it once more, because what the user was to do is not done."""
        self._held = self._close(PauseCause.KEY, message)

    def release(self, cause: PauseCause) -> None:
        """What it was closed for has passed by itself: open it, unless the user holds it too."""
        if self._held is not None and self._held.cause is cause and not self.halted:
            self.resume(users=False)

    def resume(self, *, users: bool = True) -> None:
        """Open it again.

        Args:
            users: whether the user's own pause ends as well.
        """
        if self._open.is_set():
            return
        self._held = None
        self.epoch += 1
        self._emit(RunResumed(self._clock()))
        if users:
            self._paused = None
        if self._paused is not None:
            self._emit(self._paused)
        else:
            self._open.set()

    def _close(self, cause: PauseCause, message: str) -> RunPaused:
        self._open.clear()
        paused = RunPaused(self._clock(), cause, message)
        self._emit(paused)
        return paused
