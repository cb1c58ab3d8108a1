"""One call of a row: how far it has come, and what it may go out with."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError
from chaindesk.domain.fast_values import fast_init
from chaindesk.domain.manifest import Row
from chaindesk.engine.ratelimit.registry import Permit, RateLimiter


@dataclass(slots=True)
class CallState:
    """One call of a row, with the attempts made for it so far. A repaired answer goes on with the same one.

    Attributes:
        row: whose it is.
        step: the step's name.
        on_unusable: stores and emits a call that was, or may have been, billed and gave nothing usable, with its
            seconds. It is given the call, since a reference of its own would close a cycle for each call.
        attempts: calls made.
        in_flight: whether one is out at this moment.
        last_error: how the last one failed, or None.
        cancelled_after_sending: whether a call was cut off that may have been billed all the same.
        was_asked_again: whether it was made again after a refusal that was found to be no other row's.
        submitted: whether it is out in a batch job.
        examples: the numbers of the approved answers that are shown with it.
        fallback: the request to its step's second model, which is made instead where this one fails for good, or None.
        twin: the same call, made a second time beside this one at the moment, or None.
    """

    row: Row
    step: str
    on_unusable: Callable[[CallState, CallError, float], Awaitable[None]]
    attempts: int = 0
    in_flight: bool = False
    last_error: CallError | None = None
    cancelled_after_sending: bool = False
    was_asked_again: bool = False
    submitted: bool = False
    examples: tuple[int, ...] = ()
    fallback: CompletionRequest | None = None
    twin: CallState | None = None

    @property
    def is_out(self) -> bool:
        """Return whether it, or its twin, is out at this moment."""
        return self.in_flight or (self.twin is not None and self.twin.in_flight)


@fast_init
@dataclass(frozen=True, slots=True)
class Admission:
    """What a call may go out with, and when it did."""

    limiter: RateLimiter
    permit: Permit
    reserved: Decimal
    epoch: int
    probe: bool
    sent_at: float
