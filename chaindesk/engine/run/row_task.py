"""The chain of one row: for each step look, ask, keep, tell. Whatever goes wrong here fails this row alone."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from chaindesk.domain.chain import Step
from chaindesk.domain.completion import Completion, CompletionRequest, Finish
from chaindesk.domain.errors import CallError, FailureKind, JournalError
from chaindesk.domain.events import CallInVain, Event, RowFinished, StepFinished
from chaindesk.domain.records import Answer, Failure, RowOutcome
from chaindesk.domain.status import Status
from chaindesk.engine.answers.answer_pool import LOST, UNFIT
from chaindesk.engine.answers.ledger import Ledger
from chaindesk.engine.calls.executor import Caller, Calling
from chaindesk.engine.calls.pause_gate import RunHalted
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.prompting.request_builder import RowChain
from chaindesk.engine.prompting.structured_output import NO_FIELDS, FieldsMistake, Scalar, read_fields, repair
from chaindesk.engine.run.durable_writer import Keeper, to_the_end

_log = logging.getLogger(__name__)
_CUT = (
    "The answer was cut at the output limit before its fields were complete. Raise the step's max_output_tokens, or "
    "ask for less."
)


@dataclass(frozen=True, slots=True)
class Desk:
    """What every row of a run works with.

    Attributes:
        run_id: the run.
        workbook_id: the journal's number of the workbook and sheet.
        chain: what is said for a row.
        keeper: keeps answers, and waits where they cannot be kept.
        caller: makes the calls.
        ledger: what the journal knows of every row; it says who takes over which answer, and is told of new ones.
        emit: told what happens, after the journal has it.
        now: the time of day, which never jumps.
        clock: seconds.
    """

    run_id: int
    workbook_id: int
    chain: RowChain
    keeper: Keeper
    caller: Caller
    ledger: Ledger
    emit: Callable[[Event], None]
    now: Callable[[], datetime]
    clock: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class _Fresh:
    """An answer that was just paid for, and what is told once it is kept."""

    answer: Answer
    event: StepFinished


class RowTask:
    """Runs the chain of one row.

    Attributes:
        planned: the row.
        answers: the answers of the steps done so far that the journal has; None where a step was skipped.
        ended: how it ended, as soon as everybody was told.
        failure: why it failed, if it did.
    """

    def __init__(self, planned: PlannedRow, desk: Desk) -> None:
        self.planned = planned
        self.answers: list[Answer | None] = []
        self.ended: Status | None = None
        self.failure: Failure | None = None
        self._row = planned.row
        self._desk = desk
        self._outputs: dict[str, str] = {}
        self._started = desk.clock()
        self._calling: Calling | None = None
        self._asked: CompletionRequest | None = None
        self._last: _Fresh | None = None
        self._closing: tuple[Status, Failure | None] = (Status.PENDING, None)

    @property
    def under_way(self) -> bool:
        """Whether a call of it is out at this moment."""
        return self._calling is not None and self._calling.under_way

    async def run(self) -> None:
        """Make the calls that are missing. Nothing but cancellation gets out.

        What is left to be kept and told then is for ``close``, so that the next row need not wait for it.
        """
        try:
            for index in range(self._desk.chain.count):
                await self._step(index)
        except RunHalted:
            return
        except CallError as error:
            self._closing = Status.FAILED, self._failure(error.kind, str(error), error.http_status, error.request_id)
        except JournalError as error:  # of reading: no row may go on paying
            self._desk.keeper.end(error)
        except Exception as error:
            _log.exception("Row %s failed by a mistake in ChainDesk", self._row.number)
            message = f"ChainDesk made a mistake of its own ({type(error).__name__}). Please report it; see the log."
            self._closing = Status.FAILED, self._failure(FailureKind.INTERNAL, message)
        else:
            answered = self._last is not None or any(self.answers)
            self._closing = Status.DONE if answered else Status.SKIPPED, None

    async def close(self) -> Status:
        """Keep the last answer and how the row ended, tell, and give how it ended."""
        status, failure = self._closing
        if status is Status.PENDING:
            return self._rest(status)
        try:
            return await self._end(status, failure)
        except RunHalted:  # it could not be kept
            return self._rest(Status.PENDING)

    async def cut_off(self, *, halted: bool) -> Status:
        """The row was cancelled: it is pending again. That a call of it was cut off by the user is kept for reports."""
        if self.ended is not None:
            return self.ended
        if self._last is not None:
            return await self.close()
        if self._calling is None or not self._calling.attempts:
            return self._rest(Status.PENDING)
        if self._desk.ledger.state(self._row.number).status is Status.DONE:  # its last answer had just been kept
            return await self._end(Status.DONE, None)
        if halted:
            return self._rest(Status.PENDING)
        try:
            if self._calling.cut and self._asked is not None:
                lost = Completion("", self._asked.model, None)
                await self._keep_unfit(self._calling, self._asked.fingerprint, lost, None)
            return await self._end(Status.STOPPED, None)
        except RunHalted:  # that could not be kept
            return self._rest(Status.PENDING)

    # --- one step ----------------------------------------------------------------------------------------------

    async def _step(self, index: int) -> None:
        chain = self._desk.chain
        name = chain.steps[index].step.name
        if not chain.holds(index, self._row, self._outputs):
            self.answers.append(None)
            self._desk.ledger.skip(self._row, index)
            self._outputs |= chain.outputs(index, None)
            self._desk.emit(self._finished(name, None, skipped=True))
            return
        request = chain.request(index, self._row, self._outputs)
        fingerprint = request.fingerprint
        again = index in self.planned.anew
        answer = None if again else self._desk.ledger.take(self._row, index, fingerprint)
        if answer is None:
            fresh = await self._paid(index, request, fingerprint)
            if index == chain.count - 1:
                self._last = fresh
                return
            answer = await to_the_end(self._keep(fresh), self._desk.keeper.give_up)
        else:
            if answer.id != self.planned.answers[index]:
                await self._desk.keeper.store_reuse(self._desk.run_id, [(answer.id, self._row.key)])
            self.answers.append(answer)
            kept = index in self._desk.ledger.entries[self._row.number].kept
            self._desk.emit(replace(self._finished(name, answer, reused=True), kept=kept))
        self._outputs |= chain.outputs(index, answer)

    async def _paid(self, index: int, request: CompletionRequest, fingerprint: str) -> _Fresh:
        """Have the call made, and its fields read where the step has some."""
        step = self._desk.chain.steps[index].step
        self._calling = calling = Calling(self._row, step.name)
        self._asked = request

        async def in_vain(error: CallError, seconds: float) -> None:
            said = Completion(
                error.raw_text,
                request.model,
                error.usage,
                request_id=error.request_id,
                seconds=seconds,
                cost=error.cost,
            )
            await self._keep_unfit(calling, fingerprint, said, error.kind)

        calling.in_vain = in_vain
        completion = await self._desk.caller.complete(calling, request)
        if not step.fields:
            return self._fresh(calling, fingerprint, completion, NO_FIELDS)
        try:
            fields = read_fields(completion.text, step.fields)
        except FieldsMistake as mistake:
            if completion.finish is Finish.LENGTH:  # it would be cut again
                await self._keep_unfit(calling, fingerprint, completion, FailureKind.FIELDS)
                raise CallError(FailureKind.FIELDS, _CUT, raw_text=completion.text) from None
            return await self._repaired(step, calling, request, completion, mistake)
        return self._fresh(calling, fingerprint, completion, fields)

    async def _repaired(
        self, step: Step, calling: Calling, request: CompletionRequest, first: Completion, mistake: FieldsMistake
    ) -> _Fresh:
        """Ask once more with the mistake told; what cannot be used is kept all the same, since it was paid for."""
        fingerprint = request.fingerprint
        await self._keep_unfit(calling, fingerprint, first, FailureKind.FIELDS)
        second = await self._desk.caller.complete(calling, repair(request, first.text, mistake))
        try:
            fields = read_fields(second.text, step.fields)
        except FieldsMistake as again:
            await self._keep_unfit(calling, fingerprint, second, FailureKind.FIELDS)
            cut = " It was cut at the output limit." if second.finish is Finish.LENGTH else ""
            message = f"The answer does not fit the step's fields, even when asked again: {again}.{cut}"
            raise CallError(FailureKind.FIELDS, message, raw_text=second.text) from None
        return self._fresh(calling, fingerprint, second, fields)

    # --- keeping and telling -----------------------------------------------------------------------------------

    def _fresh(
        self, calling: Calling, fingerprint: str, completion: Completion, fields: Mapping[str, Scalar]
    ) -> _Fresh:
        answer = self._answer(calling, fingerprint, completion, fields)
        saved = None if self._asked is None else self._desk.caller.saved(self._asked, completion.usage)
        return _Fresh(answer, replace(self._finished(calling.step, answer), saved=saved))

    async def _keep(self, fresh: _Fresh) -> Answer:
        answer = replace(fresh.answer, id=await self._desk.keeper.store_answer(fresh.answer))
        self._desk.ledger.paid(self._row, len(self.answers), answer)
        self.answers.append(answer)
        self._desk.emit(fresh.event)
        return answer

    async def _keep_unfit(
        self, calling: Calling, fingerprint: str, completion: Completion, kind: FailureKind | None
    ) -> None:
        """Keep what a call in vain said and took, and tell of it."""
        desk, row = self._desk, self._row
        unknown = kind is not FailureKind.FIELDS and completion.usage is None and completion.cost is None
        answer = self._answer(calling, (LOST if unknown else UNFIT) + fingerprint, completion, NO_FIELDS)
        event = CallInVain(
            desk.clock(), row.number, row.key, calling.step, kind, completion.usage, completion.cost, unknown
        )

        async def keep() -> None:
            await desk.keeper.store_answer(answer)
            desk.emit(event)

        await to_the_end(keep(), desk.keeper.give_up)

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
            finished_at=self._desk.now(),
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

    def _failure(
        self, kind: FailureKind, message: str, http_status: int | None = None, request_id: str = ""
    ) -> Failure:
        calling = self._calling
        step = self._desk.chain.steps[min(len(self.answers), self._desk.chain.count - 1)].step.name
        attempts = calling.attempts if calling is not None and calling.step == step else 0
        return Failure(step, kind, message, attempts, http_status, request_id)

    async def _end(self, status: Status, failure: Failure | None) -> Status:
        """Keep how the row ended, then tell."""
        desk = self._desk
        seconds = desk.clock() - self._started
        outcome = RowOutcome(
            run_id=desk.run_id,
            workbook_id=desk.workbook_id,
            row_key=self._row.key,
            row_number=self._row.number,
            digest=desk.ledger.digests[self._row.number],
            status=status,
            failure=failure,
            seconds=seconds,
            finished_at=desk.now(),
        )

        async def keep() -> Status:
            last, self._last = self._last, None
            if self.planned.known_as is not None:  # it has moved: what it took over goes by its new key
                taken = [(one.id, self._row.key) for one in self.answers if one and one.run_id != desk.run_id]
                await desk.keeper.store_reuse(desk.run_id, taken)
            if last is None:
                await desk.keeper.store_outcome(outcome)
            else:  # both go out at once, and mostly into one commit
                await asyncio.gather(self._keep(last), desk.keeper.store_outcome(outcome))
            shown = Status.PENDING if status is Status.STOPPED else status
            self.ended, self.failure = shown, failure
            desk.emit(RowFinished(desk.clock(), self._row.number, self._row.key, shown, failure, seconds))
            return shown

        return await to_the_end(keep(), desk.keeper.give_up)

    def _rest(self, status: Status) -> Status:
        self.ended = status
        seconds = self._desk.clock() - self._started
        self._desk.emit(RowFinished(self._desk.clock(), self._row.number, self._row.key, status, None, seconds))
        return status
