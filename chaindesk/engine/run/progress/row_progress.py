"""How the state of one row follows the events of a run: plain functions from one state to the next.

The states that every row comes through are made by place: ``replace`` takes three times as long, for every event.
"""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from chaindesk.domain.completion import Finish, Usage
from chaindesk.domain.events import RowFinished, StepFinished, StepStarted, StepSubmitted, StepWaiting
from chaindesk.domain.records import Failure
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import Review, Status

PENDING, _QUEUED = RowState(), RowState(status=Status.QUEUED)


def begun(state: RowState) -> RowState:
    """Return the state of a row that moves; its figures of earlier runs go as soon as it does so in this one."""
    if state.status is not Status.QUEUED:
        return state
    if state is _QUEUED:
        return state
    return RowState(status=Status.QUEUED, review=state.review, stale=state.stale)


def queued(state: RowState) -> RowState:
    """Return the state of a row that is chosen for a run; a row of which nothing is known shares one with its like."""
    if state is PENDING or state == PENDING:
        return _QUEUED
    return replace(state, status=Status.QUEUED, failure=None, until=None)


def calling(state: RowState, event: StepStarted) -> RowState:
    """Return the state of a row whose call goes out."""
    return RowState(
        Status.RUNNING,
        event.step,
        state.step_index,
        event.attempt,
        None,
        state.usage,
        state.cost,
        state.seconds,
        None,
        state.cause,
        state.review,
        state.reason,
        state.stale,
        state.cut,
        state.kept,
        state.flags,
    )


def waiting(state: RowState, event: StepWaiting) -> RowState:
    """Return the state of a row that waits."""
    failure = None
    if event.kind is not None:
        failure = Failure(event.step, event.kind, event.message or "", state.attempts)
    return replace(state, status=Status.WAITING, step=event.step, until=event.until, failure=failure, cause=event.cause)


def submitted(state: RowState, event: StepSubmitted) -> RowState:
    """Return the state of a row whose request is out in a batch job."""
    return replace(state, status=Status.SUBMITTED, step=event.step, until=None, failure=None, cause=None)


def answered(state: RowState, event: StepFinished) -> RowState:
    """Return the state of a row whose step has its answer."""
    new = is_new(event)  # a word on an answer is none on the next
    return RowState(
        Status.RUNNING,
        event.step,
        state.step_index + 1,
        event.attempts,
        None,
        known_usage(state.usage, event.usage),
        known_sum(state.cost, event.cost),
        state.seconds + event.seconds,
        None,
        state.cause,
        Review.UNREVIEWED if new else state.review,
        "" if new else state.reason,
        state.stale,
        state.cut or event.finish is Finish.LENGTH,
        state.kept or event.kept,
        state.flags + event.flags if event.flags else state.flags,
    )


def ended(state: RowState, event: RowFinished, steps: int) -> RowState:
    """Return the state of a row that came to rest, in a chain of so many steps."""
    if event.status is Status.DONE:
        return RowState(
            Status.DONE,
            state.step,
            steps,
            state.attempts,
            None,
            state.usage,
            state.cost,
            state.seconds,
            None,
            state.cause,
            state.review,
            state.reason,
            False,
            state.cut,
            state.kept,
            state.flags,
        )
    return replace(state, status=event.status, failure=event.failure, until=None)


def is_new(event: StepFinished) -> bool:
    """Return whether a call was made for an answer."""
    return not event.reused and not event.skipped


def known_usage(total: Usage | None, more: Usage | None) -> Usage | None:
    """Return the sum of what is known of two usages; None where neither is."""
    if more is None:
        return total
    return more if total is None else total + more


def known_sum(total: Decimal | None, more: Decimal | None) -> Decimal | None:
    """Return the sum of what is known of two amounts; None where neither is."""
    if more is None:
        return total
    return more if total is None else total + more
