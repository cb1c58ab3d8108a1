"""What the lines of a job's results mean for the rows that asked: answers as the journal keeps them, and failures."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal

from chaindesk.domain.batch_jobs import BatchItem, BatchJob, ItemResult, ItemState
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import Completion, Finish, Speed, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.structured_output import NO_FIELDS, read_fields
from chaindesk.providers.batches.protocol import Unprocessed

PriceOf = Callable[[Usage], Decimal | None]
"""Returns the standard price of tokens of a job's model."""
NO_LINE = (
    "The batch job has ended, and its results have no line for this row that can be read. It may have been paid for. "
    "Run the failed rows again to ask once more."
)


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads the lines of one job.

    Attributes:
        job: the job.
        step: the step that asks, as it was then.
        price: returns the standard price of tokens.
        now: the time of day.
    """

    job: BatchJob
    step: Step
    price: PriceOf
    now: Callable[[], datetime]

    def result(self, item: BatchItem, outcome: Completion | CallError | Unprocessed) -> ItemResult:
        """Return what became of a request."""
        match outcome:
            case Completion():
                return self._answered(item, outcome)
            case CallError():
                return self._failed(item, outcome)
        return ItemResult(item.custom_id, ItemState.UNPROCESSED, message=outcome.value)

    def _answered(self, item: BatchItem, completion: Completion) -> ItemResult:
        fields = NO_FIELDS
        if self.step.fields:
            try:
                fields = read_fields(completion.text, self.step.fields)
            except InvalidFields as mistake:
                kept = AnswerKind.UNUSABLE.fingerprint(item.fingerprint)
                answer = self._answer(item, completion, kept)
                return ItemResult(item.custom_id, ItemState.FAILED, answer, FailureKind.FIELDS, str(mistake))
        kind = AnswerKind.DRAFT if item.draft else AnswerKind.USABLE
        answer = self._answer(item, completion, kind.fingerprint(item.fingerprint))
        return ItemResult(item.custom_id, ItemState.ANSWERED, replace(answer, fields=fields))

    def _failed(self, item: BatchItem, error: CallError) -> ItemResult:
        answer = None
        if error.billed or error.perhaps_billed:
            kind = AnswerKind.UNUSABLE if error.billed else AnswerKind.POSSIBLY_BILLED
            said = Completion(
                error.raw_text,
                self.job.model,
                error.usage,
                request_id=error.request_id,
                cost=error.cost,
                speed=Speed.BATCH,
            )
            answer = self._answer(item, said, kind.fingerprint(item.fingerprint))
        return ItemResult(item.custom_id, ItemState.FAILED, answer, error.suspected or error.kind, str(error))

    def _answer(self, item: BatchItem, completion: Completion, fingerprint: str) -> Answer:
        cost = completion.cost
        if cost is None and completion.usage is not None:
            price = self.price(completion.usage)
            cost = None if price is None else price * completion.speed.price_share
        return Answer(
            run_id=self.job.run_id,
            workbook_id=self.job.workbook_id,
            row_key=item.row_key,
            row_number=item.row_number,
            step=item.step,
            fingerprint=fingerprint,
            text=completion.text,
            model=completion.model or self.job.model,
            usage=completion.usage,
            cost=cost,
            seconds=completion.seconds,
            attempts=1,
            finish=completion.finish,
            request_id=completion.request_id,
            finished_at=self.now(),
            speed=completion.speed,
        )


def was_cut(answer: Answer) -> bool:
    """Return whether an answer was cut at its output limit, so that asking again would be of no use."""
    return answer.finish is Finish.LENGTH
