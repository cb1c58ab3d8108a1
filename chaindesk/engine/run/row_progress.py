"""How the state of one row follows the events of a run: plain functions from one state to the next."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.events import RowFinished, StepFinished, StepStarted, StepWaiting
from chaindesk.domain.records import Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status


def begun(state: RowState) -> RowState:
    """Return the state of a row that moves; its figures of earlier runs go as soon as it does so in this one."""
    if state.status is not Status.QUEUED:
        return state
    return RowState(status=Status.QUEUED, review=state.review, stale=state.stale)


def calling(state: RowState, event: StepStarted) -> RowState:
    """Return the state of a row whose call goes out."""
    return replace(state, status=Status.RUNNING, step=event.step, attempts=event.attempt, until=None, failure=None)


def waiting(state: RowState, event: StepWaiting) -> RowState:
    """Return the state of a row that waits."""
    failure = None
    if event.kind is not None:
        failure = Failure(event.step, event.kind, event.message or "", state.attempts)
    return replace(state, status=Status.WAITING, step=event.step, until=event.until, failure=failure, cause=event.cause)


def answered(state: RowState, event: StepFinished) -> RowState:
    """Return the state of a row whose step has its answer."""
    if is_new(event):
        state = replace(state, review=Review.UNREVIEWED, reason="")  # a word on an answer is none on the next
    usage = state.usage if event.usage is None else (state.usage or Usage()) + event.usage
    return replace(
        state,
        status=Status.RUNNING,
        step=event.step,
        step_index=state.step_index + 1,
        attempts=event.attempts,
        failure=None,
        usage=usage,
        cost=known_sum(state.cost, event.cost),
        seconds=state.seconds + event.seconds,
        until=None,
        cut=state.cut or event.finish is Finish.LENGTH,
        kept=state.kept or event.kept,
        flags=state.flags + event.flags if event.flags else state.flags,
    )


def ended(state: RowState, event: RowFinished, steps: int) -> RowState:
    """Return the state of a row that came to rest, in a chain of so many steps."""
    if event.status is Status.DONE:
        return replace(state, status=Status.DONE, step_index=steps, failure=None, until=None, stale=False)
    return replace(state, status=event.status, failure=event.failure, until=None)


def is_new(event: StepFinished) -> bool:
    """Return whether a call was made for an answer."""
    return not event.reused and not event.skipped


def known_sum(total: Decimal | None, more: Decimal | None) -> Decimal | None:
    """Return the sum of what is known of two amounts; None where neither is."""
    if more is None:
        return total
    return more if total is None else total + more
