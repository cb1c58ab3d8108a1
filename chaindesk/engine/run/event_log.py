"""Writes a run's events to the log: names and figures, never a text of the user's."""

from __future__ import annotations

import logging
from collections import Counter
from pathlib import PurePath

from chaindesk.domain.events import (
    BudgetChanged,
    ConcurrencyChanged,
    Event,
    RowFinished,
    RunFinished,
    RunPaused,
    RunResumed,
    RunStarted,
    StepFinished,
    StepStarted,
    StepWaiting,
)
from chaindesk.domain.records import Failure
from chaindesk.domain.status import Status
from chaindesk.logging_setup import KNOWN

_log = logging.getLogger(__name__)
_MAX_FAILURES_LOGGED = 200
OF_CALLS = frozenset({StepStarted, StepFinished, StepWaiting})
"""Nearly all events of a run: none of them is logged, none begins or ends a pause."""


class EventLog:
    """Logs events. Of many failures only the first have a line each; the end counts them all."""

    def __init__(self) -> None:
        self._ended: Counter[Status] = Counter()
        self._kinds: Counter[str] = Counter()

    def handle(self, event: Event) -> None:
        """Log an event, if it is worth a line."""
        match event:
            case RunStarted():
                self._begun(event)
            case RunPaused(cause=cause):
                _log.info("Run held: %s", cause.value, extra=KNOWN)
            case RunResumed():
                _log.info("Run goes on", extra=KNOWN)
            case ConcurrencyChanged(concurrency=rows):
                _log.info("%s rows at once", rows, extra=KNOWN)
            case BudgetChanged():
                _log.info("The run has another budget", extra=KNOWN)
            case RowFinished(status=status, failure=failure):
                self._ended[status] += 1
                if failure is not None:
                    self._failed(event.row, failure)
            case RunFinished(run_id=run, state=state):
                _log.info("Run %s ended: %s%s", run, state.value, self._counts(), extra=KNOWN)

    def _begun(self, event: RunStarted) -> None:
        self._ended.clear()
        self._kinds.clear()
        figures = f"{len(event.rows)} rows, {event.calls} calls, {event.reused} answers taken over"
        name = PurePath(event.workbook).name
        _log.info(
            "Run %s begun over %s with chain %s of %s steps: %s, %s at once",
            event.run_id,
            name,
            event.chain,
            len(event.steps),
            figures,
            event.concurrency,
            extra=KNOWN,
        )

    def _failed(self, row: int, failure: Failure) -> None:
        self._kinds[failure.kind.value] += 1
        logged = sum(self._kinds.values())
        if logged > _MAX_FAILURES_LOGGED:
            return
        status = "" if failure.http_status is None else f", HTTP {failure.http_status}"
        request = f", request {failure.request_id}" if failure.request_id else ""
        _log.warning(
            "Row %s failed in step %s: %s%s%s, %s calls%s",
            row,
            failure.step,
            failure.kind.value,
            status,
            request,
            failure.attempts,
            "; further failures are only counted" if logged == _MAX_FAILURES_LOGGED else "",
            extra=KNOWN,
        )

    def _counts(self) -> str:
        rows = [f"{count} {status.value}" for status, count in self._ended.items()]
        kinds = [f"{kind} {count}" for kind, count in self._kinds.most_common()]
        return "".join(f"; {', '.join(words)}" for words in (rows, kinds) if words)
