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

LOSSES = frozenset(
    {
        FailureKind.UNREACHABLE,
        FailureKind.CONNECTION,
        FailureKind.TIMEOUT,
        FailureKind.SERVER,
        FailureKind.MALFORMED,
    }
)
"""Failures that an outage may be behind; any other is a provider's word, and so a sign that it is there."""

_ROWS_OUT = 5
_ALL_ROWS_OUT = 3
_LONGEST_TRY = 600.0


@dataclass(frozen=True, slots=True)
class OutagePace:
    """How an outage is waited out. All in seconds.

    Attributes:
        first: about how long until the first try; then twice as long each time.
        last: about the longest time between two tries.
        patience: how long it goes on by itself, where the provider had answered before.
        unanswered: the same where it gave nothing but errors from the beginning.
        unreached: the same where it was never reached: the address is likely to be wrong, or the server not started.
    """

    first: float = 1.0
    last: float = 30.0
    patience: float = 3600.0
    unanswered: float = 300.0
    unreached: float = 30.0


@dataclass(slots=True)
class _Out:
    """An outage that is on."""

    since: datetime
    error: CallError
    delay: float
    tried: float  # when the last try was planned
    waited: float = 0.0  # since the user was asked, time asleep left out
    told: bool = False
    until: float | None = None


class Breaker:
    """Lets calls to one address through, or has them wait while it is out.

    It is out as soon as no connection can be made. For errors of the server, lost connections, time-outs and replies
    that make no sense it is out when several rows in a row met them, and no other call was answered in between: one
    row's bad luck, or a row that the server cannot digest, is no outage.
    """

    def __init__(
        self,
        endpoint: Endpoint,
        pace: OutagePace,
        emit: Callable[[Event], None],
        ask: Callable[[str], None],
        rng: random.Random,
        clock: Callable[[], float],
    ) -> None:
        self._name = endpoint.name
        self._host = urlsplit(endpoint.base_url).netloc or endpoint.base_url
        self._pace = pace
        self._emit = emit
        self._ask = ask
        self._rng = rng
        self._clock = clock
        self._out: _Out | None = None
        self._answered = False  # whether it ever gave an answer
        self._reached = False
        self._present: set[int] = set()  # rows that want something of it
        self._losers: set[int] = set()  # rows that met a loss since its last answer
        self._waiters: deque[asyncio.Future[None]] = deque()
        self._probing = False
        self._due = False
        self._timer: asyncio.TimerHandle | None = None

    @property
    def is_out(self) -> bool:
        """Whether calls wait."""
        return self._out is not None

    def enter(self, row: int) -> None:
        """A row begins a call here."""
        self._present.add(row)

    def leave(self, row: int) -> None:
        """It has ended, however it did."""
        self._present.discard(row)

    async def passing(self, on_wait: Callable[[CallError], None]) -> bool:
        """Wait until a call may go out.

        Args:
            on_wait: told what is the matter, before it waits.

        Returns:
            Whether the call is the one that tries; such a one must be told of by ``answered``, ``failed`` or
            ``not_made``.
        """
        told = False
        while (out := self._out) is not None:
            if self._due and not self._probing:
                self._due, self._probing = False, True
                return True
            if not told:
                on_wait(out.error)
                told = True
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(future)
            try:
                await future
            except asyncio.CancelledError:
                if self._due:
                    self._wake_one()  # it was this one's turn
                raise
        return False

    def not_made(self, *, probe: bool) -> None:
        """The call was not made, or was cancelled: somebody else may try."""
        if probe and self._probing and self._out is not None:
            self._probing, self._due = False, True
            self._wake_one()

    def answered(self) -> None:
        """The provider said something: it is there."""
        self._answered = self._reached = True
        self._losers.clear()
        if self._out is not None:
            told, self._out = self._out.told, None
            self._probing = self._due = False
            self._cancel_timer()
            while self._waiters:
                self._wake_one()
            if told:
                self._emit(RunResumed(self._clock(), PauseCause.OUTAGE, self._name))

    def failed(self, error: CallError, row: int, *, probe: bool) -> bool:
        """A call met a loss. Gives whether that is the outage's fault alone, and is not to be counted against the row.

        What a try met of a server that can be reached is counted: a row that the server cannot digest comes to its end.
        """
        unreachable = error.kind is FailureKind.UNREACHABLE
        self._reached = self._reached or not unreachable
        out = self._out
        if out is None:
            self._losers.add(row)
            if unreachable or self._enough():
                self._begin(error, told=not unreachable)
            return unreachable
        if probe:
            self._probing = False
            out.error = error
            self._again(out)
        elif unreachable and not out.told:
            self._tell(out)
        return unreachable or not probe

    def try_now(self) -> None:
        """Try at once, and with new patience: the user said so, or the machine woke up."""
        if self._out is not None:
            self._out.waited, self._out.delay = 0.0, self._pace.first
            self._cancel_timer()
            self._let_one()

    def close(self) -> None:
        """Let go of its timer, at the run's end."""
        self._cancel_timer()

    # --- within ------------------------------------------------------------------------------------------------

    def _enough(self) -> bool:
        losers = len(self._losers)
        return losers >= _ROWS_OUT or (losers >= _ALL_ROWS_OUT and self._present <= self._losers)

    def _begin(self, error: CallError, *, told: bool) -> None:
        self._out = out = _Out(datetime.now().astimezone(), error, self._pace.first, self._clock())
        self._schedule(out)
        if told:
            self._tell(out)

    def _again(self, out: _Out) -> None:
        out.waited += min(self._clock() - out.tried, out.delay + _LONGEST_TRY)
        if out.waited >= self._patience:
            out.until, out.told = None, True
            self._ask(f"{self._words(out)} Check its address and your network, then go on.")
            return
        out.delay = min(out.delay * 2, self._pace.last)
        self._schedule(out)
        self._tell(out)

    @property
    def _patience(self) -> float:
        if self._answered:
            return self._pace.patience
        return min(self._pace.patience, self._pace.unanswered if self._reached else self._pace.unreached)

    def _schedule(self, out: _Out) -> None:
        self._cancel_timer()
        delay = min(out.delay * self._rng.uniform(0.5, 1.0), max(self._patience - out.waited, 0.0))
        out.tried = self._clock()
        out.until = out.tried + delay
        self._timer = asyncio.get_running_loop().call_later(delay, self._let_one)

    def _let_one(self) -> None:
        self._due = True
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

    def _tell(self, out: _Out) -> None:
        out.told = True
        message = f"{self._words(out)} The run waits, and goes on by itself."
        self._emit(RunPaused(self._clock(), PauseCause.OUTAGE, message, self._name, out.until))

    def _words(self, out: _Out) -> str:
        """What is the matter, in the same words for as long as it is the same."""
        since = f"{out.since:%H:%M:%S}"
        if out.error.kind is FailureKind.UNREACHABLE:
            what = f"{self._name} ({self._host}) has not been reached since {since}."
        else:
            what = f"{self._name} ({self._host}) has given no good answer since {since}."
        return f"{what} {out.error}"


class Outages:
    """The breakers of a run: one for each provider's address.

    Args:
        pace: how outages are waited out.
        emit: told of their begin and end.
        ask: told, in words, of an outage that has lasted too long to be waited out unasked.
        rng: for the spread of tries.
        clock: seconds.
    """

    def __init__(
        self,
        pace: OutagePace,
        emit: Callable[[Event], None],
        ask: Callable[[str], None],
        rng: random.Random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._pace = pace
        self._emit = emit
        self._ask = ask
        self._rng = rng
        self._clock = clock
        self._breakers: dict[str, Breaker] = {}

    def of(self, endpoint: Endpoint) -> Breaker:
        """The breaker of a provider's address."""
        parts = urlsplit(endpoint.base_url)
        origin = f"{parts.scheme}://{parts.netloc}" if parts.netloc else endpoint.base_url
        breaker = self._breakers.get(origin)
        if breaker is None:
            breaker = Breaker(endpoint, self._pace, self._emit, self._ask, self._rng, self._clock)
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
