"""The text of a row's status, for the table, the panel and screen readers."""

from __future__ import annotations

from chaindesk.desktop.ui.engine_words import finding_text
from chaindesk.desktop.ui.status_palette import word
from chaindesk.desktop.ui.translation import tr, tr_noop
from chaindesk.domain.errors import FailureKind
from chaindesk.domain.events import PauseCause
from chaindesk.domain.row_state import RowState
from chaindesk.domain.status import STATUS_STYLES, Status
from chaindesk.formatting import clock_time

_STALE = tr_noop("stale")
_OFF_LINE = frozenset({FailureKind.UNREACHABLE, FailureKind.CONNECTION})
_WAITS = {
    PauseCause.USER: tr_noop("Waiting: paused"),
    PauseCause.KEY: tr_noop("Waiting for a key"),
    PauseCause.QUOTA: tr_noop("Waiting for the account"),
    PauseCause.MODEL: tr_noop("Waiting for the model"),
    PauseCause.BUDGET: tr_noop("Waiting for the budget"),
    PauseCause.LIMIT: tr_noop("Waiting for the provider's limit"),
    PauseCause.TRUST: tr_noop("Waiting for trust"),
    PauseCause.OUTAGE: tr_noop("Waiting for the provider"),
    PauseCause.FAILURES: tr_noop("Waiting for your word"),
    PauseCause.DISK: tr_noop("Waiting for the disk"),
}


def status_text(state: RowState, steps: int) -> str:
    """Return symbol and word, the step that a running row is in, and the marks for stale and cut answers."""
    text = f"{STATUS_STYLES[state.status].symbol} {word(state.status)}"
    if state.status is Status.WAITING and (why := waiting_text(state)):
        return f"{STATUS_STYLES[Status.WAITING].symbol} {why}"
    if state.status in (Status.RUNNING, Status.WAITING, Status.SUBMITTED) and steps > 1:
        return f"{text} {min(state.step_index + 1, steps)}/{steps}"
    marks = [tr(mark) for mark, there in ((_STALE, state.stale), ("✎", state.kept), ("✂", state.cut)) if there]
    return f"{text} · {' '.join(marks)}" if marks else text


def waiting_text(state: RowState) -> str:
    """Return until when a row waits, or what for; "" if unknown."""
    if state.cause is not None:
        if state.cause is PauseCause.OUTAGE and state.failure is not None and state.failure.kind in _OFF_LINE:
            return tr("Waiting for the network")
        return tr(_WAITS[state.cause])
    if state.until is not None:
        return tr("Waiting until {until}").format(until=clock_time(state.until))
    if state.failure is not None and state.failure.kind in _OFF_LINE:
        return tr("Waiting for the network")
    return ""


_REASONS = {
    PauseCause.BUDGET: tr_noop(
        "Each call holds back the most that it can cost until its answer is there. What is left of the budget is held "
        "back by the calls under way, so this row waits for one of them to end. A larger budget lets more rows run."
    ),
    PauseCause.LIMIT: tr_noop("The provider allows only so many requests or tokens in a minute or a day."),
    PauseCause.USER: tr_noop("The run is paused."),
}


def waiting_reason(state: RowState) -> str:
    """Return until when a row waits, or what for, and why in a sentence where that helps."""
    reason = _REASONS.get(state.cause) if state.cause is not None else None
    return "\n".join(filter(None, (waiting_text(state), tr(reason) if reason else "")))


def marks_text(state: RowState) -> str:
    """Return what the marks beside a status mean, one a line."""
    told = {
        tr("Stale: it has answers to inputs, prompts or edits that have changed since. A run asks again."): state.stale,
        tr(
            "✎ Kept: an output that you wrote or approved stays although its inputs or prompt have changed."
        ): state.kept,
        tr("✂ Cut: an answer was cut at the output limit."): state.cut,
    }
    flags = [tr("⚑ Check: {words}").format(words=finding_text(words)) for words in state.flags]
    return "\n".join([*(text for text, there in told.items() if there), *flags])
