"""One row as it stands: what the terminal, the window and the plan show of it."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.completion import Usage
from chaindesk.domain.events import PauseCause
from chaindesk.domain.fast_values import fast_init
from chaindesk.domain.records import Failure
from chaindesk.domain.status import Review, Status


@fast_init
@dataclass(frozen=True, slots=True)
class RowState:
    """One row as it stands.

    Attributes:
        status: where it stands.
        step: the step that it is in, or was in last; "" before its first.
        step_index: how many of its steps are behind it.
        attempts: calls made for the present step, or for the last one.
        failure: why it failed, or why it waits to try again (then with the failure of the last call), or None.
        usage: tokens of all its answers, or None where none told.
        cost: US dollars of all its answers, or None where no price is known.
        seconds: of its calls, summed.
        until: while it waits: until when, in seconds of ``time.monotonic()``; else None.
        cause: while it waits: what holds the run, where it waits for that; says nothing at other times.
        review: a person's word on it.
        reason: why, in the person's words, or "".
        stale: it has answers to inputs, prompts or edits that have changed since, which the next run asks again.
        kept: it has an output that a person wrote, and that stands although its inputs or prompt have changed since.
        flags: what checks found wrong with its answers, in words.
        cut: a step's answer was cut at its output limit.
    """

    status: Status = Status.PENDING
    step: str = ""
    step_index: int = 0
    attempts: int = 0
    failure: Failure | None = None
    usage: Usage | None = None
    cost: Decimal | None = None
    seconds: float = 0.0
    until: float | None = None
    cause: PauseCause | None = None
    review: Review = Review.UNREVIEWED
    reason: str = ""
    stale: bool = False
    cut: bool = False
    kept: bool = False
    flags: tuple[str, ...] = ()
