"""What an outage of a provider is: its signs, its state while it lasts, and how it is waited out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event

OUTAGE_KINDS = frozenset(
    {
        FailureKind.UNREACHABLE,
        FailureKind.CONNECTION,
        FailureKind.TIMEOUT,
        FailureKind.SERVER,
        FailureKind.MALFORMED,
    }
)
"""Failures that an outage may be behind; any other is a provider's answer, and so a sign that it is there."""

_OUTAGE_STATUSES = frozenset({502, 503, 504, 529})


def may_be_outage(error: CallError) -> bool:
    """Return whether an outage may be behind a failure: what was billed was answered, however badly."""
    return error.kind in OUTAGE_KINDS and not error.billed


@dataclass(frozen=True, slots=True)
class BreakerSettings:
    """How an outage is waited out. All in seconds.

    Attributes:
        first_delay: about how long until the first probe; then twice as long each time.
        max_delay: about the longest time between two probes.
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


@dataclass(frozen=True, slots=True)
class BreakerHooks:
    """Whom a breaker turns to.

    Attributes:
        emit: called with the begin and end of outages.
        ask_user: called with a message about an outage that has lasted too long to be waited out unasked.
        begin_row: begins a new row, so that it is the next probe; returns whether there is one.
        is_alone: returns whether no other server takes the calls meanwhile.
        on_closed: called when the outage is over.
    """

    emit: Callable[[Event], None]
    ask_user: Callable[[str], None]
    begin_row: Callable[[], bool] = lambda: False
    is_alone: Callable[[], bool] = lambda: True
    on_closed: Callable[[], None] = lambda: None


@dataclass(slots=True)
class Outage:
    """An outage that is on.

    Attributes:
        since: the time of day when it began.
        error: the last failure.
        delay: seconds until the next probe, before jitter.
        planned_at: when the next probe was planned.
        waited: seconds since the user was asked, time asleep left out.
        announced: whether it was emitted that the run waits.
        noticed: whether it was emitted that other servers take the calls.
        until: when the next probe goes out, or None.
        rows: rows that failed in it.
        begun_rows: rows that were begun for probes.
        any_row: whether a row that has failed may be the next probe.
        is_outnumbered: whether it may as well be a few bad rows, and no other row is left to tell by.
    """

    since: datetime
    error: CallError
    delay: float
    planned_at: float
    waited: float = 0.0
    announced: bool = False
    noticed: bool = False
    until: float | None = None
    rows: set[int] = field(default_factory=set)
    begun_rows: int = 0
    any_row: bool = False
    is_outnumbered: bool = False

    def described(self, name: str, host: str) -> str:
        """Return what is the matter with a provider at a host, in the same words for as long as it is the same."""
        named = name if f"({host})" in name else f"{name} ({host})"
        unreached = self.error.kind is FailureKind.UNREACHABLE
        what = "has not been reached" if unreached else "has given no good answer"
        return f"{named} {what} since {self.since:%H:%M:%S}. {self.error}"


def is_typical_of_outage(error: CallError) -> bool:
    """Return whether it is what servers say in an outage, rather than what they say to a prompt."""
    return error.kind is FailureKind.CONNECTION or error.http_status in _OUTAGE_STATUSES
