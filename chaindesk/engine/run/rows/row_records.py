"""What is stored and emitted of one row: its answers, their events, and how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from chaindesk.domain.chains.answer_fields import FieldValue
from chaindesk.domain.check_results import Verdict
from chaindesk.domain.completion import Completion, Finish
from chaindesk.domain.events import StepFinished
from chaindesk.domain.fast_values import copier, fast_init
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, Failure, RowOutcome
from chaindesk.domain.status import Status
from chaindesk.engine.calls.call_state import CallState

numbered = copier(Answer, "id")
"""Returns an answer with the journal's number of it."""


@fast_init
@dataclass(frozen=True, slots=True)
class NewAnswer:
    """An answer that was just paid for, and the event that is emitted once it is stored.

    Attributes:
        answer: it; one with a number is stored as a draft.
        event: is emitted once it is stored.
        verdict: what checks found of it, where the step has some.
        others: the numbers of the row's other drafts for it.
    """

    answer: Answer
    event: StepFinished
    verdict: Verdict | None = None
    others: tuple[int, ...] = ()

    @property
    def checked(self) -> bool:
        """Return whether there is more to store than the answer."""
        return self.verdict is not None or bool(self.answer.id)


@fast_init
@dataclass(frozen=True, slots=True)
class RowRecords:
    """Makes the records and events of one row.

    Attributes:
        row: the row.
        run_id: the run.
        workbook_id: the journal's number of the workbook and sheet.
    """

    row: Row
    run_id: int
    workbook_id: int

    def answer(
        self,
        call: CallState,
        fingerprint: str,
        completion: Completion,
        fields: Mapping[str, FieldValue],
        finished_at: datetime,
    ) -> Answer:
        """Return what a call has brought, as the journal keeps it."""
        return Answer(
            run_id=self.run_id,
            workbook_id=self.workbook_id,
            row_key=self.row.key,
            row_number=self.row.number,
            step=call.step,
            fingerprint=fingerprint,
            text=completion.text,
            fields=fields,
            model=completion.model,
            usage=completion.usage,
            cost=completion.cost,
            seconds=completion.seconds,
            attempts=call.attempts,
            finish=completion.finish,
            request_id=completion.request_id,
            finished_at=finished_at,
            speed=completion.speed,
            examples=call.examples,
        )

    def outcome(
        self, digest: str, status: Status, failure: Failure | None, seconds: float, finished_at: datetime
    ) -> RowOutcome:
        """Return how the row ended, as the journal keeps it."""
        return RowOutcome(
            self.run_id,
            self.workbook_id,
            self.row.key,
            self.row.number,
            digest,
            status,
            failure,
            seconds,
            finished_at,
        )

    def step_finished(self, at: float, answer: Answer, saved: Decimal | None) -> StepFinished:
        """Return the event of an answer that was just paid for."""
        return self._finished(at, answer, saved=saved)

    def step_reused(self, at: float, step: str, answer: Answer, *, kept: bool) -> StepFinished:
        """Return the event of an answer that was there already; ``kept`` as in ``StepFinished``."""
        return self._finished(at, answer, step=step, reused=True, kept=kept)

    def step_skipped(self, at: float, step: str) -> StepFinished:
        """Return the event of a step whose condition does not hold."""
        return StepFinished(
            at, self.row.number, self.row.key, step, "", "", None, None, 0.0, 0, Finish.STOP, skipped=True
        )

    def _finished(
        self,
        at: float,
        answer: Answer,
        *,
        step: str = "",
        reused: bool = False,
        kept: bool = False,
        saved: Decimal | None = None,
    ) -> StepFinished:
        return StepFinished(
            at=at,
            row=self.row.number,
            key=self.row.key,
            step=step or answer.step,
            text=answer.shown_text,
            model=answer.model,
            usage=answer.usage,
            cost=answer.cost,
            seconds=answer.seconds,
            attempts=answer.attempts,
            finish=answer.finish,
            reused=reused,
            kept=kept,
            saved=saved,
        )
