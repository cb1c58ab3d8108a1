"""The chain of one row: for each step look, ask, keep, tell. Whatever goes wrong here fails this row alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar

from chaindesk.domain.answer import Answer, Failure, RowOutcome
from chaindesk.domain.completion import Completion, CompletionRequest, Finish, Usage
from chaindesk.domain.errors import CallError, FailureKind, JournalError
from chaindesk.domain.events import Event, RowFinished, StepFinished
from chaindesk.domain.status import Status
from chaindesk.engine.caller import Caller, Calling
from chaindesk.engine.claims import UNFIT, ClaimBook
from chaindesk.engine.fields import NO_FIELDS, FieldsMistake, Scalar, read_fields, repair
from chaindesk.engine.gate import RunHalted
from chaindesk.engine.planned import PlannedRow
from chaindesk.engine.row_chain import RowChain
from chaindesk.journal.base import Journal

_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Desk:
    """What every row of a run works with.

    Attributes:
        run_id: the run.
        workbook_id: the journal's number of the workbook and sheet.
        chain: what is said for a row.
        journal: where answers are kept.
        caller: makes the calls.
        book: who gets which answer that is still free; None pays for everything again.
        digests: the hash of each row's inputs, by sheet number.
        emit: told what happens, after the journal has it.
        clock: seconds.
    """

    run_id: int
    workbook_id: int
    chain: RowChain
    journal: Journal
    caller: Caller
    book: ClaimBook | None
    digests: Mapping[int, str]
    emit: Callable[[Event], None]
    clock: Callable[[], float] = time.monotonic


class RowTask:
    """Runs the chain of one row.

    Attributes:
        planned: the row.
        answers: for each step done so far the number of its answer, or 0 where it was skipped.
        ended: how it ended, as soon as everybody was told.
        failure: why it failed, if it did.
    """

    def __init__(self, planned: PlannedRow, desk: Desk) -> None:
        self.planned = planned
        self.answers: list[int] = []
        self.ended: Status | None = None
        self.failure: Failure | None = None
        self._row = planned.row
        self._desk = desk
        self._outputs: dict[str, str] = {}
        self._started = desk.clock()
        self._calling: Calling | None = None

    @property
    def under_way(self) -> bool:
        """Whether a call of it is out at this moment."""
        return self._calling is not None and self._calling.under_way

    async def run(self) -> Status:
        """Run what is missing, and give how the row ended. Nothing but cancellation and a broken journal gets out."""
        try:
            for index in range(self._desk.chain.count):
                await self._step(index)
        except RunHalted:
            return self._rest(Status.PENDING)
        except CallError as error:
            return await self._end(Status.FAILED, self._failure(error.kind, str(error)))
        except JournalError:
            raise  # nothing can be kept any more: no row may go on paying
        except Exception as error:
            _log.exception("Row %s failed by a mistake in ChainDesk", self._row.number)
            message = f"ChainDesk made a mistake of its own ({type(error).__name__}). Please report it; see the log."
            return await self._end(Status.FAILED, self._failure(FailureKind.INTERNAL, message))
        return await self._end(Status.DONE if any(self.answers) else Status.SKIPPED, None)

    async def cut_off(self, *, halted: bool) -> Status:
        """The row was cancelled: say so, and keep it where a call of it had gone out and the user stopped the run."""
        if self.ended is not None:
            return self.ended
        if halted or self._calling is None or not self._calling.attempts:
            return self._rest(Status.PENDING)
        try:
            return await self._end(Status.STOPPED, None)
        except JournalError as error:
            _log.warning("Row %s: that it was stopped could not be kept: %s", self._row.number, error)
            return self._rest(Status.STOPPED)

    # --- one step ----------------------------------------------------------------------------------------------

    async def _step(self, index: int) -> None:
        step = self._desk.chain.steps[index].step
        if not self._desk.chain.holds(index, self._row, self._outputs):
            self.answers.append(0)
            self._outputs |= self._desk.chain.outputs(index, None)
            self._desk.emit(self._finished(step.name, None, skipped=True))
            return
        request = self._desk.chain.request(index, self._row, self._outputs)
        answer = self._reused(index, request)
        if answer is None:
            answer = await self._paid(index, request)
        else:
            self._desk.emit(self._finished(step.name, answer, reused=True))
        self.answers.append(answer.id)
        self._outputs |= self._desk.chain.outputs(index, answer)

    def _reused(self, index: int, request: CompletionRequest) -> Answer | None:
        desk = self._desk
        if desk.book is None:
            return None
        fingerprint = request.fingerprint
        planned = self.planned.answers[index]
        if planned:
            answer = desk.journal.answer(planned)
            if answer is not None and answer.fingerprint == fingerprint:
                return answer
            if answer is not None:
                desk.book.release(answer)
        number = desk.book.claim(desk.chain.steps[index].step.name, self._row.key, fingerprint)
        return None if number is None else desk.journal.answer(number)

    async def _paid(self, index: int, request: CompletionRequest) -> Answer:
        """Have the call made, and keep its answer before anybody is told."""
        step = self._desk.chain.steps[index].step
        self._calling = calling = Calling(self._row, step.name)
        completion = await self._desk.caller.complete(calling, request)
        if not step.fields:
            return await self._kept(calling, request, completion, NO_FIELDS)
        try:
            fields = read_fields(completion.text, step.fields)
        except FieldsMistake as mistake:
            return await self._repaired(index, calling, request, completion, mistake)
        return await self._kept(calling, request, completion, fields)

    async def _repaired(
        self, index: int, calling: Calling, request: CompletionRequest, first: Completion, mistake: FieldsMistake
    ) -> Answer:
        """Ask once more with the mistake told; what cannot be used is kept all the same, since it was paid for."""
        step = self._desk.chain.steps[index].step
        await self._keep_unfit(calling, request, first)
        second = await self._desk.caller.complete(calling, repair(request, first.text, mistake))
        try:
            fields = read_fields(second.text, step.fields)
        except FieldsMistake as again:
            await self._keep_unfit(calling, request, second)
            cut = " It was cut at the output limit." if second.finish is Finish.LENGTH else ""
            message = f"The answer does not fit the step's fields, even when asked again: {again}.{cut}"
            raise CallError(FailureKind.FIELDS, message, raw_text=second.text) from None
        return await self._kept(calling, request, second, fields, before=first)

    # --- keeping and telling -----------------------------------------------------------------------------------

    async def _kept(
        self,
        calling: Calling,
        request: CompletionRequest,
        completion: Completion,
        fields: Mapping[str, Scalar],
        before: Completion | None = None,
    ) -> Answer:
        answer = self._answer(calling, request.fingerprint, completion, fields)
        event = self._finished(calling.step, answer)
        if before is not None:
            event = replace(
                event,
                usage=_add_usage(before.usage, answer.usage),
                cost=_add_cost(before.cost, answer.cost),
                seconds=before.seconds + answer.seconds,
            )

        async def keep() -> int:
            number = await self._desk.journal.store_answer(answer)
            self._desk.emit(event)
            return number

        return replace(answer, id=await _to_the_end(keep()))

    async def _keep_unfit(self, calling: Calling, request: CompletionRequest, completion: Completion) -> None:
        answer = self._answer(calling, UNFIT + request.fingerprint, completion, NO_FIELDS)
        await _to_the_end(self._desk.journal.store_answer(answer))

    def _answer(
        self, calling: Calling, fingerprint: str, completion: Completion, fields: Mapping[str, Scalar]
    ) -> Answer:
        return Answer(
            run_id=self._desk.run_id,
            workbook_id=self._desk.workbook_id,
            row_key=self._row.key,
            row_number=self._row.number,
            step=calling.step,
            fingerprint=fingerprint,
            text=completion.text,
            fields=fields,
            model=completion.model,
            usage=completion.usage,
            cost=completion.cost,
            seconds=completion.seconds,
            attempts=calling.attempts,
            finish=completion.finish,
            request_id=completion.request_id,
            finished_at=datetime.now(UTC),
        )

    def _finished(
        self, step: str, answer: Answer | None, *, reused: bool = False, skipped: bool = False
    ) -> StepFinished:
        return StepFinished(
            at=self._desk.clock(),
            row=self._row.number,
            key=self._row.key,
            step=step,
            text="" if answer is None else answer.shown_text,
            model="" if answer is None else answer.model,
            usage=None if answer is None else answer.usage,
            cost=None if answer is None else answer.cost,
            seconds=0.0 if answer is None else answer.seconds,
            attempts=0 if answer is None else answer.attempts,
            finish=Finish.STOP if answer is None else answer.finish,
            reused=reused,
            skipped=skipped,
        )

    def _failure(self, kind: FailureKind, message: str) -> Failure:
        calling = self._calling
        step = self._desk.chain.steps[min(len(self.answers), self._desk.chain.count - 1)].step.name
        attempts = calling.attempts if calling is not None and calling.step == step else 0
        return Failure(step, kind, message, attempts)

    async def _end(self, status: Status, failure: Failure | None) -> Status:
        """Keep how the row ended, then tell."""
        desk = self._desk
        seconds = desk.clock() - self._started
        outcome = RowOutcome(
            run_id=desk.run_id,
            workbook_id=desk.workbook_id,
            row_key=self._row.key,
            row_number=self._row.number,
            digest=desk.digests[self._row.number],
            status=status,
            failure=failure,
            seconds=seconds,
            finished_at=datetime.now(UTC),
        )

        async def keep() -> Status:
            await desk.journal.store_outcome(outcome)
            self.ended, self.failure = status, failure
            desk.emit(RowFinished(desk.clock(), self._row.number, self._row.key, status, failure, seconds))
            return status

        return await _to_the_end(keep())

    def _rest(self, status: Status) -> Status:
        self.ended = status
        seconds = self._desk.clock() - self._started
        self._desk.emit(RowFinished(self._desk.clock(), self._row.number, self._row.key, status, None, seconds))
        return status


async def _to_the_end(keeping: Coroutine[Any, Any, T]) -> T:
    """Await something that a cancellation must not cut off: it is finished first, then the cancellation goes on."""
    task = asyncio.ensure_future(keeping)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        if not task.done():
            await asyncio.wait([task])
        if not task.cancelled() and (error := task.exception()) is not None:
            raise error from None
        raise


def _add_usage(first: Usage | None, second: Usage | None) -> Usage | None:
    return second if first is None else first + (second or Usage())


def _add_cost(first: Decimal | None, second: Decimal | None) -> Decimal | None:
    return second if first is None else first + (second or Decimal(0))
