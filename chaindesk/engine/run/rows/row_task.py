"""The chain of one row: for each step find the answer or make the call, store it, emit it.

Whatever goes wrong here fails this row alone.
"""

from __future__ import annotations

import logging
from dataclasses import replace

from chaindesk.domain.chains.call_choices import SameRequest
from chaindesk.domain.completion import Completion, CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind, JournalError
from chaindesk.domain.events import PauseCause, RowFinished, StepWaiting
from chaindesk.domain.records import Answer, Failure
from chaindesk.domain.status import Status
from chaindesk.engine.calls.pause_gate import RunHalted
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.run.pending_write import PendingWrite, finish_despite_cancel
from chaindesk.engine.run.rows.row_calls import RowCalls
from chaindesk.engine.run.rows.row_context import RowContext
from chaindesk.engine.run.rows.row_records import NewAnswer, RowRecords, numbered
from chaindesk.engine.run.rows.shared_requests import copied_for

_log = logging.getLogger(__name__)


class RowTask:
    """Runs the chain of one row.

    Attributes:
        planned: the row.
        answers: the answers of the steps done so far that the journal has; None where a step was skipped.
        ended: how it ended, as soon as that is emitted.
        failure: why it failed, if it did.
    """

    def __init__(self, planned: PlannedRow, context: RowContext) -> None:
        self.planned = planned
        self.answers: list[Answer | None] = []
        self.ended: Status | None = None
        self.failure: Failure | None = None
        self._row = planned.row
        self._context = context
        self._records = RowRecords(planned.row, context.run_id, context.workbook_id)
        self._outputs: dict[str, str] = {}
        self._started = context.clock()
        self._calls = RowCalls(planned, context, self._records)
        self._last_stored: Answer
        self._unstored: NewAnswer | None = None
        self._result: tuple[Status, Failure | None] = (Status.PENDING, None)

    @property
    def in_flight(self) -> bool:
        """Return whether a call of it is out at this moment."""
        return self._calls.call is not None and self._calls.call.is_out

    @property
    def seconds_a_call(self) -> float:
        """Return the mean seconds of the calls that this run made for it; 0 where it made none."""
        run = self._context.run_id
        made = [answer.seconds for answer in self.answers if answer is not None and answer.run_id == run]
        return sum(made) / len(made) if made else 0.0

    async def run(self) -> None:
        """Make the calls that are missing. Nothing but cancellation gets out.

        What is left to be stored and emitted then is for ``finish``, so that the next row need not wait for it.
        """
        try:
            for index in range(self._context.chain.count):
                await self._step(index)
        except RunHalted:
            return
        except CallError as error:
            self._result = Status.FAILED, self._failure(error.kind, str(error), error.http_status, error.request_id)
        except JournalError as error:  # of reading: no row may go on paying
            self._context.writer.end_run(error)
        except Exception as error:
            _log.exception("Row %s failed by a mistake in ChainDesk", self._row.number)
            message = f"ChainDesk made a mistake of its own ({type(error).__name__}). Please report it; see the log."
            self._result = Status.FAILED, self._failure(FailureKind.INTERNAL, message)
        else:
            answered = self._unstored is not None or any(self.answers)
            self._result = Status.DONE if answered else Status.SKIPPED, None

    async def finish(self) -> Status:
        """Store the last answer and how the row ended, emit that, and return it."""
        status, failure = self._result
        if status is Status.PENDING:
            is_out = self._calls.call is not None and self._calls.call.submitted
            return self._finish_pending(Status.SUBMITTED if is_out else status)
        try:
            return await self._store_outcome(status, failure)
        except RunHalted:  # it could not be kept
            return self._finish_pending(Status.PENDING)

    async def cancelled(self, *, halted: bool) -> Status:
        """The row was cancelled: it is pending again. That the user cut off a call of it is stored for reports."""
        if self.ended is not None:
            return self.ended
        if self._unstored is not None:
            return await self.finish()
        if self._calls.call is not None and self._calls.call.submitted:  # its job goes on
            return self._finish_pending(Status.SUBMITTED)
        if self._calls.call is None or not self._calls.call.attempts:
            return self._finish_pending(Status.PENDING)
        done = self._context.ledger.state(self._row.number).status is Status.DONE and not self.planned.work.unjudged
        if done:  # its last answer had just been kept
            return await self._store_outcome(Status.DONE, None)
        if halted:
            return self._finish_pending(Status.PENDING)
        try:
            if self._calls.call.cancelled_after_sending and self._calls.request is not None:
                cut_off = Completion("", self._calls.request.model, None)
                await self._calls.store_unusable(self._calls.call, self._calls.request.fingerprint, cut_off, None)
            return await self._store_outcome(Status.STOPPED, None)
        except RunHalted:  # that could not be kept
            return self._finish_pending(Status.PENDING)

    # --- one step ----------------------------------------------------------------------------------------------

    async def _step(self, index: int) -> None:
        chain = self._context.chain
        name = chain.steps[index].step.name
        if not chain.should_run(index, self._row, self._outputs):
            self.answers.append(None)
            self._context.ledger.record_skip(self._row, index)
            self._outputs |= chain.outputs(index, None)
            self._context.emit(self._records.step_skipped(self._context.clock(), name))
            return
        request = chain.request(index, self._row, self._outputs)
        fingerprint = chain.fingerprint_of(index, request)
        answer = self._reused(index, fingerprint)
        if answer is None and chain.steps[index].step.same_request is SameRequest.ONE_ANSWER:
            answer = await self._shared_answer(index, request, fingerprint)
        elif answer is None:
            new = await self._calls.ask(index, request, fingerprint, self._outputs)
            if index == chain.count - 1:
                self._unstored = new
                return
            answer = await self._store(new)
        elif index in self.planned.work.unjudged and answer.id == self.planned.work.answers[index]:
            answer = await self._judged(index, request, answer)
        else:
            if answer.id != self.planned.work.answers[index]:
                taken = [(answer.id, self._row.key)]
                await self._context.writer.finish(self._context.writer.begin_reuse(self._context.run_id, taken))
            self._reuse(index, answer)
        self._outputs |= chain.outputs(index, answer)

    def _reuse(self, index: int, answer: Answer) -> None:
        """Take an answer that is there already for a step's, and emit that."""
        ledger, name = self._context.ledger, self._context.chain.steps[index].step.name
        self.answers.append(answer)
        kept = index in ledger.entries[self._row.number].manual_outdated
        flags = ledger.checks.flags.get(answer.id, ())
        event = self._records.step_reused(self._context.clock(), name, answer, kept=kept)
        self._context.emit(replace(event, flags=flags) if flags else event)

    async def _judged(self, index: int, request: CompletionRequest, held: Answer) -> Answer:
        """Return the row's answer to a step once judges were asked about the one that it had."""
        verdict, new = await self._calls.judge(index, request, self._outputs, held)
        answer = held if new is None else await self._store(new)
        await self._context.writer.store_verdict(verdict)  # last: until the new answer is there, more is to be done
        self._context.ledger.checks.record(verdict)
        if new is None:
            self._reuse(index, held)
        return answer

    def _reused(self, index: int, fingerprint: str) -> Answer | None:
        """Return the answer that is there already, if the step is not to be paid for again."""
        if index in self.planned.work.again:
            return self._context.ledger.reuse_for_approved(self._row, index, fingerprint)
        rerun = index in self.planned.work.rerun_steps
        return None if rerun else self._context.ledger.reuse(self._row, index, fingerprint)

    async def _shared_answer(self, index: int, request: CompletionRequest, fingerprint: str) -> Answer:
        """Return the answer that all rows with this request share."""
        context = self._context
        again = index in self.planned.work.rerun_steps

        async def call() -> Answer:
            return await self._store(await self._calls.ask(index, request, fingerprint, self._outputs))

        async def copy(answer: Answer) -> Answer:
            own = copied_for(self._row, answer, context.run_id, context.workbook_id, context.now())
            event = self._records.step_reused(context.clock(), own.step, own, kept=False)
            return await self._store(NewAnswer(own, event))

        def on_wait() -> None:
            name = context.chain.steps[index].step.name
            context.emit(StepWaiting(context.clock(), self._row.number, self._row.key, name, None, None, None))

        def known(paid_now: bool) -> Answer | None:  # noqa: FBT001
            return None if again and not paid_now else context.ledger.shared_answer(index, fingerprint)

        return await context.shared.obtain((index, fingerprint), known, call, copy, on_wait)

    # --- storing and emitting ----------------------------------------------------------------------------------

    async def _store(self, new: NewAnswer) -> Answer:
        """Store an answer, emit it once it is on the disk, and return it with its number, cancelled or not."""
        writer = self._context.writer
        if new.checked:
            await finish_despite_cancel(self._store_checked(new), writer.stop_waiting)
        else:
            await writer.finish(self._begin_storing(new))
        return self._last_stored

    def _begin_storing(self, new: NewAnswer) -> PendingWrite:
        """Begin to store an answer that no checks have seen."""
        return self._context.writer.begin_answer(
            new.answer, lambda number: self._stored(new, numbered(new.answer, number))
        )

    async def _store_checked(self, new: NewAnswer) -> None:
        """Store an answer with what checks found of it; one with a number is there already, as a draft."""
        writer, answer = self._context.writer, new.answer
        if not answer.id:
            answer = numbered(answer, await writer.store_answer(answer))
        if new.verdict is not None:
            verdict = new.verdict._replace(answer_id=answer.id)
            await writer.store_verdict(verdict)
            if new.answer.id or new.others:
                await writer.settle(answer.id, answer.fingerprint, new.others)
            self._context.ledger.checks.record(verdict)
        self._stored(new, answer)

    def _stored(self, new: NewAnswer, answer: Answer) -> None:
        """The answer is on the disk."""
        self._context.ledger.record_answer(self._row, len(self.answers), answer)
        self.answers.append(answer)
        self._last_stored = answer
        self._context.emit(new.event)

    def _failure(
        self, kind: FailureKind, message: str, http_status: int | None = None, request_id: str = ""
    ) -> Failure:
        call = self._calls.call
        step = self._context.chain.steps[min(len(self.answers), self._context.chain.count - 1)].step.name
        attempts = call.attempts if call is not None and call.step == step else 0
        return Failure(step, kind, message, attempts, http_status, request_id)

    async def _store_outcome(self, status: Status, failure: Failure | None) -> Status:
        """Store how the row ended, then emit it."""
        context = self._context
        writer = context.writer
        seconds = context.clock() - self._started
        digest = context.ledger.digests[self._row.number]
        outcome = self._records.outcome(digest, status, failure, seconds, context.now())
        shown = Status.PENDING if status is Status.STOPPED else status

        def stored(_: object) -> None:
            self.ended, self.failure = shown, failure
            self._calls.call = None  # they refer to each other
            ended = RowFinished(context.clock(), self._row.number, self._row.key, shown, failure, seconds)
            context.emit(replace(ended, cause=PauseCause.USER) if shown is Status.PENDING else ended)

        last, self._unstored = self._unstored, None

        def begin() -> list[PendingWrite]:  # they go out at once, and mostly into one commit
            writes = []
            if self.planned.work.known_as is not None:  # it has moved: what it took over goes by its new key
                taken = [(one.id, self._row.key) for one in self.answers if one and one.run_id != context.run_id]
                writes.append(writer.begin_reuse(context.run_id, taken))
            if last is not None and not last.checked:
                writes.append(self._begin_storing(last))
            return [*writes, writer.begin_outcome(outcome, stored)]

        async def keep_checked(last: NewAnswer) -> None:
            await self._store_checked(last)
            await writer.finish(*begin())

        if last is not None and last.checked:
            await finish_despite_cancel(keep_checked(last), writer.stop_waiting)
        else:
            await writer.finish(*begin())
        return shown

    def _finish_pending(self, status: Status) -> Status:
        self.ended, self._calls.call = status, None
        seconds = self._context.clock() - self._started
        ended = RowFinished(self._context.clock(), self._row.number, self._row.key, status, None, seconds)
        self._context.emit(replace(ended, cause=self._context.executor.gate.end_cause))
        return status
