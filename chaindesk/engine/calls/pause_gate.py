"""The gate that every new call passes.

It is closed while the user pauses, while a key, an account, a model or the budget needs the user, and while a limit of
a day or an hour is used up. Once the run is halted, no call passes it any more.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, PauseCause, RunPaused, RunResumed
from chaindesk.engine.ratelimit.backoff import MAX_RETRY_AFTER_S
from chaindesk.formatting import duration

MAX_WAIT_UNASKED_S = 600.0
"""A run that nobody can resume waits no longer than this for a provider's limit, unless it is told to."""
DEFAULT_LIMIT_WAIT_S = 3600.0
"""How long a daily limit is waited for where the provider does not say when it ends."""
_CAUSES = {
    FailureKind.KEY: PauseCause.KEY,
    FailureKind.QUOTA: PauseCause.QUOTA,
    FailureKind.MODEL: PauseCause.MODEL,
    FailureKind.BUDGET: PauseCause.BUDGET,
    FailureKind.UNTRUSTED: PauseCause.TRUST,
    FailureKind.RATE_LIMIT: PauseCause.LIMIT,
}
_ADVICE = {
    FailureKind.KEY: "Check or replace the key of {name}, then go on.",
    FailureKind.QUOTA: "Top up the account at {name} or raise its limit, then go on.",
    FailureKind.MODEL: 'Check the model name "{model}" in the chain, or your access to it at {name}.',
}


class RunHalted(Exception):
    """The run makes no more calls; the row goes back to pending. Never leaves the engine."""


def is_long_limit(error: CallError) -> bool:
    """Return whether a provider's limit is used up for longer than calls wait between retries: for an hour or a day."""
    if error.kind is FailureKind.RATE_LIMIT:
        return (error.retry_after or 0.0) > MAX_RETRY_AFTER_S
    return error.kind is FailureKind.DAY_LIMIT


class PauseGate:
    """Where new calls wait.

    Args:
        emit: called with pauses and resumptions.
        halts: whether a run that needs the user ends, instead of waiting for ``resume``.
        waits_for_limits: whether such a run waits for a limit of a day all the same.
        clock: seconds.

    Attributes:
        halted: why the run was ended by itself, or "".
        epoch: how many times the gate was opened again; a call that began in an earlier epoch failed before the user
            did something about it, and is simply made again.
    """

    def __init__(
        self,
        emit: Callable[[Event], None],
        *,
        halts: bool,
        waits_for_limits: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._emit = emit
        self._halts = halts
        self._waits_for_limits = waits_for_limits
        self._clock = clock
        self._open = asyncio.Event()
        self._open.set()
        self._held: RunPaused | None = None
        self._paused: RunPaused | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._on_halt: Callable[[], None] = lambda: None
        self.halted = ""
        self.epoch = 0

    @property
    def is_open(self) -> bool:
        """Return whether calls may start."""
        return self._open.is_set() and not self.halted

    @property
    def held_for(self) -> PauseCause | None:
        """Return what the user has to see to before it opens, or None."""
        return None if self._held is None else self._held.cause

    @property
    def end_cause(self) -> PauseCause:
        """Return why rows stay pending once the run is over: what halted it, or else the user, who stopped it."""
        if not self.halted:
            return PauseCause.USER
        return PauseCause.DISK if self._held is None else self._held.cause

    def subscribe_halt(self, listener: Callable[[], None]) -> None:
        """Call the one listener when the run is halted."""
        self._on_halt = listener

    async def wait_open(self, on_wait: Callable[[RunPaused], None] = lambda why: None) -> None:
        """Wait until calls may start.

        Args:
            on_wait: called with why it is closed, before it waits.

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
        """Close it for a call that cannot succeed until the user acts or a limit has passed; the first one counts."""
        if epoch != self.epoch:
            return
        kind = error.suspected or error.kind
        name = request.endpoint.name
        advice = _ADVICE.get(kind, "").format(name=name, model=request.model)
        said = str(error)
        message = said if not advice or "go on" in said or "Check the model" in said else f"{said} {advice}"
        if name.casefold() not in message.casefold() and kind is not FailureKind.BUDGET:
            message = f"{name}: {message}"
        if is_long_limit(error):
            self._hold_for_limit(message, error)
        else:
            self.hold_for(_CAUSES[kind], message)

    def hold_for(self, cause: PauseCause, message: str, *, halts: bool = True, renotify: bool = False) -> None:
        """Close it for something that the user has to see to; the first one counts.

        Args:
            cause: what it is.
            message: what the user is told.
            halts: whether a run that waits for nobody ends here.
            renotify: whether it is emitted once more where it is closed already.
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
        self.cancel_timer()
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
        self.cancel_timer()
        self._held = None
        self.epoch += 1
        self._emit(RunResumed(self._clock()))
        if users:
            self._paused = None
        if self._paused is not None:
            self._emit(self._paused)
        else:
            self._open.set()

    def cancel_timer(self) -> None:
        """Cancel the timer of a limit that is waited for."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _hold_for_limit(self, message: str, error: CallError) -> None:
        """Close it until a provider's limit has passed; a run that waits for nobody ends where that takes long."""
        if self.halted or self._held is not None:
            return
        seconds = error.retry_after or DEFAULT_LIMIT_WAIT_S
        known = error.retry_after is not None
        now = datetime.now().astimezone()
        until = now + timedelta(seconds=seconds)
        at = f"{until:%H:%M:%S}" if until.date() == now.date() else f"{until:%Y-%m-%d %H:%M:%S}"
        what = "Calls are taken again" if known else "It is not said until when; calls are tried again"
        message = f"{message} {what} at {at}, in {duration(seconds)}."
        self._held = self._close(PauseCause.LIMIT, message, self._clock() + seconds)
        is_long = error.kind is FailureKind.DAY_LIMIT or seconds > MAX_WAIT_UNASKED_S
        if self._halts and is_long and not self._waits_for_limits:
            self.halt(message)
            return
        self._timer = asyncio.get_running_loop().call_later(seconds, self.release, PauseCause.LIMIT)

    def _close(self, cause: PauseCause, message: str, until: float | None = None) -> RunPaused:
        self._open.clear()
        paused = RunPaused(self._clock(), cause, message, until=until)
        self._emit(paused)
        return paused
