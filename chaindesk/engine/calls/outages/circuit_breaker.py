"""The circuit breaker of one address, so that a dead server or network makes rows wait, not fail.

A breaker is closed while calls go through. It opens on signs of an outage; then its rows wait, and one call at a time
goes out as a probe. A row that fails where others succeed is no sign of an outage: see ``FailedRows``.
"""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import PauseCause, RunNoticed, RunPaused, RunResumed
from chaindesk.engine.calls.outages.failed_rows import FailedRows
from chaindesk.engine.calls.outages.outage import BreakerHooks, BreakerSettings, Outage, is_typical_of_outage
from chaindesk.engine.calls.row_slots import RowSlots

MAX_PROBE_ROWS = 20
"""New rows that an outage may begin, so that a probe is more than a row that failed before."""
_QUICK_PROBES = 8
"""Probes of new rows that follow one another without growing pauses: bad rows may be neighbours."""
_MAX_PROBE_SECONDS = 600.0
_ANSWERS_PER_BAD_ROW = 5


class AskAnotherServer(Exception):
    """A call is not to wait for its server, or to try it again: another one of the same provider answers."""


class CircuitBreaker:
    """Lets calls to one address through while it is closed, and has them wait while it is open.

    It opens as soon as no connection can be made. For errors of the server, lost connections, time-outs and replies
    that make no sense it opens when several rows in a row met them, and no other call was answered in between. The
    probes are rows that have not failed yet, as long as there are any.

    Attributes:
        rows_wait: whether rows wait while it is open; not where each step that asks here has a fallback.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        settings: BreakerSettings,
        hooks: BreakerHooks,
        slots: RowSlots,
        rng: random.Random,
        clock: Callable[[], float],
    ) -> None:
        self.rows_wait = True
        self._name = endpoint.name
        self._who = (endpoint.name, urlsplit(endpoint.base_url).netloc or endpoint.base_url)
        self._settings = settings
        self._hooks = hooks
        self._slots = slots
        self._rng = rng
        self._clock = clock
        self._outage: Outage | None = None
        self._answers = 0
        self._ever_reached = False
        self._failed_rows = FailedRows()
        self._waiters: deque[tuple[asyncio.Future[None], int]] = deque()
        self._probing = False
        self._probe_due = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Return whether calls wait."""
        return self._outage is not None

    @property
    def is_probe_due(self) -> bool:
        """Return whether a call is to go out that shows whether the server is back."""
        return self._outage is not None and self._probe_due and not self._probing

    @property
    def is_alone(self) -> bool:
        """Return whether no other server takes its calls while it is open."""
        return self._hooks.is_alone()

    def enter(self, row: int) -> None:
        """A row begins a call here."""
        self._failed_rows.enter(row)

    def leave(self, row: int) -> None:
        """The row's call has ended, however it did."""
        self._failed_rows.leave(row)

    async def wait_closed(self, row: int, on_wait: Callable[[CallError], None]) -> bool:
        """Wait until a call may go out.

        Args:
            row: whose call it is.
            on_wait: called with the error behind the outage, before it waits.

        Returns:
            Whether the call is the probe; a probe must be followed by ``record_success``, ``record_failure`` or
            ``abandon_probe``.

        Raises:
            AskAnotherServer: another server of the provider takes the call.
        """
        if self._outage is None:
            return False
        if self._begin_probe(row):
            return True
        if not self._hooks.is_alone():
            raise AskAnotherServer
        on_wait(self._outage.error)
        probe = False
        try:
            async with self._slots.step_aside():
                probe = await self._wait(row)
        except BaseException:
            self.abandon_probe(probe=probe)
            raise
        return probe

    async def _wait(self, row: int) -> bool:
        """Wait until the outage is over or the row is to be the probe; return whether it is."""
        while self._outage is not None:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append((future, row))
            try:
                await future
            except asyncio.CancelledError:
                if self._probe_due:
                    self._wake_probe()  # it may have been chosen
                raise
            if self._begin_probe(row):
                return True
            if self._outage is not None and not self._hooks.is_alone():
                raise AskAnotherServer
        return False

    def abandon_probe(self, *, probe: bool) -> None:
        """The call was not made, or was cancelled: another one may be the probe."""
        if probe and self._probing and self._outage is not None:
            self._probing, self._probe_due = False, True
            self._wake_probe()

    def record_success(self, row: int, sent_at: float) -> None:
        """The provider answered a call: it is there."""
        self._answers += 1
        self._ever_reached = True
        self._failed_rows.record_success(row, sent_at)
        self._close()

    def _close(self) -> None:
        if self._outage is None:
            return
        announced, self._outage = self._outage.announced, None
        self._probing = self._probe_due = False
        self._cancel_timer()
        self._wake_all()
        if announced:
            self._hooks.emit(RunResumed(self._clock(), PauseCause.OUTAGE, self._name))
        self._hooks.on_closed()

    def _wake_all(self) -> None:
        waiters, self._waiters = self._waiters, deque()
        for future, _ in waiters:
            if not future.done():
                future.set_result(None)

    def another_is_back(self) -> None:
        """Another server of the provider answers again: nothing waits for this one any more."""
        if self._outage is None:
            return
        if self._outage.announced:
            self._outage.announced = False
            self._hooks.emit(RunResumed(self._clock(), PauseCause.OUTAGE, self._name))
        self._wake_all()

    def record_failure(self, error: CallError, row: int, *, probe: bool) -> bool:
        """A call failed in a way that an outage may be behind.

        Returns:
            Whether the outage alone is to blame, so that the failure is not counted against the row. That of a probe
            which reached the server is counted: a row that the server cannot digest comes to its end.
        """
        unreachable = error.kind is FailureKind.UNREACHABLE
        self._ever_reached = self._ever_reached or not unreachable
        self._failed_rows.record_failure(row, self._clock())
        outage = self._outage
        if outage is None:
            if unreachable or self._failed_rows.look_like_outage():
                self._open(error)
            return unreachable
        known = row in outage.rows
        outage.rows.add(row)
        if probe:
            self._probing = False
            outage.error = error
            self._extend(outage, repeated=known)
        elif unreachable and not outage.announced:
            self._announce(outage)
        return unreachable or not (probe or self._failed_rows.is_bad(row))

    def is_bad_row(self, row: int) -> bool:
        """Return whether a row has failed while other rows succeeded."""
        return self._failed_rows.is_bad(row)

    def chance_of_failure(self, row: int) -> float:
        """Return how likely a call is to fail whatever its row; 1.0 for a row that is not known to be at fault."""
        return self._failed_rows.share if self._failed_rows.is_bad(row) else 1.0

    def try_now(self) -> None:
        """Send a probe at once, and with new patience: the user said so, or the machine woke up."""
        if self._outage is not None:
            self._outage.waited, self._outage.delay = 0.0, self._settings.first_delay
            self._cancel_timer()
            self._allow_probe()

    def close(self) -> None:
        """Cancel its timer, at the run's end."""
        self._cancel_timer()

    # --- probes ------------------------------------------------------------------------------------------------

    def _begin_probe(self, row: int) -> bool:
        """Make the row's call the probe, if it may be; return whether it is."""
        outage = self._outage
        if outage is None or not self._probe_due or self._probing or (row in outage.rows and not outage.any_row):
            return False
        self._probe_due, self._probing = False, True
        return True

    def _allow_probe(self) -> None:
        self._timer = None
        self._probe_due = True
        self._wake_probe()

    def _wake_probe(self) -> None:
        """Wake the row that is to be the probe: one that has not failed yet, if need be a new one; else the first."""
        outage = self._outage
        if outage is None or not self._hooks.is_alone():
            return
        waiting = [waiter for waiter in self._waiters if not waiter[0].done()]
        new = next((waiter for waiter in waiting if waiter[1] not in outage.rows), None)
        if new is None and not outage.any_row and outage.begun_rows < MAX_PROBE_ROWS and self._hooks.begin_row():
            outage.begun_rows += 1
            self._timer = asyncio.get_running_loop().call_later(self._settings.first_delay, self._allow_any_row)
            return
        if new is None and not outage.any_row:
            outage.any_row = True
            outage.is_outnumbered = self._is_outnumbered(outage)
            if outage.is_outnumbered and not is_typical_of_outage(outage.error):
                self._failed_rows.mark_bad(outage.rows)
                self._close()
                return
        chosen = new or next(iter(waiting), None)
        if chosen is not None:
            self._waiters = deque(waiter for waiter in waiting if waiter is not chosen)
            chosen[0].set_result(None)

    def _is_outnumbered(self, outage: Outage) -> bool:
        """Return whether so many calls were answered that the few rows which are left are likely to be bad."""
        return not outage.begun_rows and self._answers >= _ANSWERS_PER_BAD_ROW * len(outage.rows)

    def _allow_any_row(self) -> None:
        """The row that was begun has not come here, such as when its step is answered already or asks another."""
        self._timer = None
        if self._outage is not None and self._probe_due and not self._probing:
            self._outage.any_row = True
            self._wake_probe()

    # --- the outage --------------------------------------------------------------------------------------------

    def _open(self, error: CallError) -> None:
        self._outage = outage = Outage(datetime.now().astimezone(), error, self._settings.first_delay, self._clock())
        outage.rows = self._failed_rows.failed
        outage.any_row = error.kind is FailureKind.UNREACHABLE
        self._schedule(outage)

    def _extend(self, outage: Outage, *, repeated: bool) -> None:
        outage.waited += min(self._clock() - outage.planned_at, outage.delay + _MAX_PROBE_SECONDS)
        outage.any_row = outage.error.kind is FailureKind.UNREACHABLE  # no row is at fault for that
        if outage.waited >= self._patience and self._hooks.is_alone() and self.rows_wait:
            outage.until, outage.announced = None, True
            self._hooks.ask_user(f"{outage.described(*self._who)} Check its address and your network, then go on.")
            return
        if repeated or outage.begun_rows > _QUICK_PROBES or not outage.begun_rows:
            outage.delay = min(outage.delay * 2, self._settings.max_delay)
        self._schedule(outage)
        if not (outage.is_outnumbered and outage.announced):  # such probes follow one another too fast to emit each
            self._announce(outage)

    @property
    def _patience(self) -> float:
        settings = self._settings
        if self._answers:
            return settings.patience
        unanswered = settings.patience_unanswered if self._ever_reached else settings.patience_unreached
        return min(settings.patience, unanswered)

    def _schedule(self, outage: Outage) -> None:
        """Plan the next probe. Rows that are likely to be bad share the time between two probes."""
        self._cancel_timer()
        shared = len(self._waiters) if outage.is_outnumbered else 1
        delay = outage.delay * self._rng.uniform(0.5, 1.0) / max(shared, 1)
        if self._hooks.is_alone():
            delay = min(delay, max(self._patience - outage.waited, 0.0))
        outage.planned_at = self._clock()
        outage.until = None if outage.is_outnumbered else outage.planned_at + delay
        self._timer = asyncio.get_running_loop().call_later(delay, self._allow_probe)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _announce(self, outage: Outage) -> None:
        if not self._hooks.is_alone():
            if not outage.noticed:
                outage.noticed = True
                message = f"{outage.described(*self._who)} The other servers take its calls until it is back."
                self._hooks.emit(RunNoticed(self._clock(), message))
            return
        if not self.rows_wait:
            return
        outage.announced = True
        message = f"{outage.described(*self._who)} The run waits, and goes on by itself."
        self._hooks.emit(RunPaused(self._clock(), PauseCause.OUTAGE, message, self._name, outage.until))
