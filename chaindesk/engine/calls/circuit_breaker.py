"""Providers that are away: a breaker for each address, so that a dead server or network makes rows wait, not fail.

While an address is out, its rows wait and one call at a time goes out to see whether it is back.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, PauseCause, RunPaused, RunResumed

OUTAGE_KINDS = frozenset(
    {
        FailureKind.UNREACHABLE,
        FailureKind.CONNECTION,
        FailureKind.TIMEOUT,
        FailureKind.SERVER,
        FailureKind.MALFORMED,
    }
)
"""Failures that an outage may be behind; any other is a provider's word, and so a sign that it is there."""

_FAILED_ROWS_TO_OPEN = 5
_ALL_ACTIVE_ROWS_TO_OPEN = 3
_MAX_PROBE_SECONDS = 600.0


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """How an outage is waited out. All in seconds.

    Attributes:
        first_delay: about how long until the first try; then twice as long each time.
        max_delay: about the longest time between two tries.
        patience: how long it goes on by itself, where the provider had answered before.
        patience_unanswered: the same where it gave nothing but errors from the beginning.
        patience_unreached: the same where it was never reached: the address is likely to be wrong, or the server is
            not started.
    """

    first_delay: float = 1.0
    max_delay: float = 30.0
    patience: float = 3600.0
    patience_unanswered: float = 300.0
    patience_unreached: float = 30.0


@dataclass(slots=True)
class _Outage:
    """An outage that is on."""

    since: datetime
    error: CallError
    delay: float
    tried: float  # when the last try was planned
    waited: float = 0.0  # since the user was asked, time asleep left out
    announced: bool = False
    until: float | None = None


class CircuitBreaker:
    """Lets calls to one address through, or has them wait while it is out.

    It is out as soon as no connection can be made. For errors of the server, lost connections, time-outs and replies
    that make no sense it is out when several rows in a row met them, and no other call was answered in between: one
    row's bad luck, or a row that the server cannot digest, is no outage.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        settings: BreakerSettings,
        emit: Callable[[Event], None],
        ask_user: Callable[[str], None],
        rng: random.Random,
        clock: Callable[[], float],
    ) -> None:
        self._name = endpoint.name
        self._host = urlsplit(endpoint.base_url).netloc or endpoint.base_url
        self._settings = settings
        self._emit = emit
        self._ask_user = ask_user
        self._rng = rng
        self._clock = clock
        self._outage: _Outage | None = None
        self._ever_answered = False  # whether it ever gave an answer
        self._ever_reached = False
        self._active_rows: set[int] = set()  # rows that want something of it
        self._failed_rows: set[int] = set()  # rows that met such a failure since its last answer
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._probing = False
        self._probe_due = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_open(self) -> bool:
        """Whether calls wait."""
        return self._outage is not None

    def enter(self, row: int) -> None:
        """A row begins a call here."""
        self._active_rows.add(row)

    def leave(self, row: int) -> None:
        """It has ended, however it did."""
        self._active_rows.discard(row)

    async def wait_closed(self, on_wait: Callable[[CallError], None]) -> bool:
        """Wait until a call may go out.

        Args:
            on_wait: called with the error behind the outage, before it waits.

        Returns:
            Whether the call is the probe; a probe must be followed by ``record_success``, ``record_failure`` or
            ``abandon_probe``.
        """
        announced = False
        while (out := self._outage) is not None:
            if self._probe_due and not self._probing:
                self._probe_due, self._probing = False, True
                return True
            if not announced:
                on_wait(out.error)
                announced = True
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(future)
            try:
                await future
            except asyncio.CancelledError:
                if self._probe_due:
                    self._wake_one()  # it was this one's turn
                raise
        return False

    def abandon_probe(self, *, probe: bool) -> None:
        """The call was not made, or was cancelled: somebody else may try."""
        if probe and self._probing and self._outage is not None:
            self._probing, self._probe_due = False, True
            self._wake_one()

    def record_success(self) -> None:
        """The provider said something: it is there."""
        self._ever_answered = self._ever_reached = True
        self._failed_rows.clear()
        if self._outage is not None:
            announced, self._outage = self._outage.announced, None
            self._probing = self._probe_due = False
            self._cancel_timer()
            while self._waiters:
                self._wake_one()
            if announced:
                self._emit(RunResumed(self._clock(), PauseCause.OUTAGE, self._name))

    def record_failure(self, error: CallError, row: int, *, probe: bool) -> bool:
        """A call met a loss. Gives whether that is the outage's fault alone, and is not to be counted against the row.

        What a try met of a server that can be reached is counted: a row that the server cannot digest comes to its end.
        """
        unreachable = error.kind is FailureKind.UNREACHABLE
        self._ever_reached = self._ever_reached or not unreachable
        out = self._outage
        if out is None:
            self._failed_rows.add(row)
            if unreachable or self._threshold_reached():
                self._open(error, announced=not unreachable)
            return unreachable
        if probe:
            self._probing = False
            out.error = error
            self._extend(out)
        elif unreachable and not out.announced:
            self._announce(out)
        return unreachable or not probe

    def try_now(self) -> None:
        """Try at once, and with new patience: the user said so, or the machine woke up."""
        if self._outage is not None:
            self._outage.waited, self._outage.delay = 0.0, self._settings.first_delay
            self._cancel_timer()
            self._allow_probe()

    def close(self) -> None:
        """Let go of its timer, at the run's end."""
        self._cancel_timer()

    # --- within ------------------------------------------------------------------------------------------------

    def _threshold_reached(self) -> bool:
        failed = len(self._failed_rows)
        all_active = self._active_rows <= self._failed_rows
        return failed >= _FAILED_ROWS_TO_OPEN or (failed >= _ALL_ACTIVE_ROWS_TO_OPEN and all_active)

    def _open(self, error: CallError, *, announced: bool) -> None:
        self._outage = out = _Outage(datetime.now().astimezone(), error, self._settings.first_delay, self._clock())
        self._schedule(out)
        if announced:
            self._announce(out)

    def _extend(self, out: _Outage) -> None:
        out.waited += min(self._clock() - out.tried, out.delay + _MAX_PROBE_SECONDS)
        if out.waited >= self._patience:
            out.until, out.announced = None, True
            self._ask_user(f"{self._description(out)} Check its address and your network, then go on.")
            return
        out.delay = min(out.delay * 2, self._settings.max_delay)
        self._schedule(out)
        self._announce(out)

    @property
    def _patience(self) -> float:
        if self._ever_answered:
            return self._settings.patience
        settings = self._settings
        return min(
            settings.patience, settings.patience_unanswered if self._ever_reached else settings.patience_unreached
        )

    def _schedule(self, out: _Outage) -> None:
        self._cancel_timer()
        delay = min(out.delay * self._rng.uniform(0.5, 1.0), max(self._patience - out.waited, 0.0))
        out.tried = self._clock()
        out.until = out.tried + delay
        self._timer = asyncio.get_running_loop().call_later(delay, self._allow_probe)

    def _allow_probe(self) -> None:
        self._probe_due = True
        self._wake_one()

    def _wake_one(self) -> None:
        while self._waiters:
            future = self._waiters.popleft()
            if not future.done():
                future.set_result(None)
                return

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _announce(self, out: _Outage) -> None:
        out.announced = True
        message = f"{self._description(out)} The run waits, and goes on by itself."
        self._emit(RunPaused(self._clock(), PauseCause.OUTAGE, message, self._name, out.until))

    def _description(self, out: _Outage) -> str:
        """What is the matter, in the same words for as long as it is the same."""
        since = f"{out.since:%H:%M:%S}"
        if out.error.kind is FailureKind.UNREACHABLE:
            what = f"{self._name} ({self._host}) has not been reached since {since}."
        else:
            what = f"{self._name} ({self._host}) has given no good answer since {since}."
        return f"{what} {out.error}"


class CircuitBreakers:
    """The breakers of a run: one for each provider's address.

    Args:
        settings: how outages are waited out.
        emit: called with their begin and end.
        ask_user: called with a message about an outage that has lasted too long to be waited out unasked.
        rng: for the spread of tries.
        clock: seconds.
    """

    def __init__(
        self,
        settings: BreakerSettings,
        emit: Callable[[Event], None],
        ask_user: Callable[[str], None],
        rng: random.Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._settings = settings
        self._emit = emit
        self._ask_user = ask_user
        self._rng = rng
        self._clock = clock
        self._breakers: dict[str, CircuitBreaker] = {}

    def for_endpoint(self, endpoint: Endpoint) -> CircuitBreaker:
        """The breaker of a provider's address."""
        parts = urlsplit(endpoint.base_url)
        origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else endpoint.base_url
        breaker = self._breakers.get(origin)
        if breaker is None:
            breaker = CircuitBreaker(endpoint, self._settings, self._emit, self._ask_user, self._rng, self._clock)
            self._breakers[origin] = breaker
        return breaker

    def try_now(self) -> None:
        """Try all that are out at once."""
        for breaker in self._breakers.values():
            breaker.try_now()

    def close(self) -> None:
        """Let go of all timers."""
        for breaker in self._breakers.values():
            breaker.close()
