"""The chain of one row: for each step find the answer or make the call, store it, emit it.

Whatever goes wrong here fails this row alone.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from chaindesk.domain.answer_fields import FieldValue
from chaindesk.domain.batch_jobs import ItemState
from chaindesk.domain.call_choices import SameRequest
from chaindesk.domain.chain import Step
from chaindesk.domain.check_results import Verdict
from chaindesk.domain.completion import Completion, CompletionRequest, Finish
from chaindesk.domain.errors import CallError, FailureKind, JournalError
from chaindesk.domain.events import CallInVain, PauseCause, RowFinished, SideCall, SidePurpose, StepWaiting
from chaindesk.domain.records import Answer, AnswerKind, Failure
from chaindesk.domain.status import Status
from chaindesk.engine.batch.batch_calls import at_once
from chaindesk.engine.batch.collection import Arrival
from chaindesk.engine.calls.call_state import CallState
from chaindesk.engine.calls.pause_gate import RunHalted
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.prompting.check_requests import JUDGE_MARK
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.structured_output import NO_FIELDS, read_fields, repair_request
from chaindesk.engine.run.checked_step import CheckedCalls, CheckedStep
from chaindesk.engine.run.fallback_call import complete
from chaindesk.engine.run.pending_write import PendingWrite, finish_despite_cancel
from chaindesk.engine.run.row_context import RowContext
from chaindesk.engine.run.row_records import NewAnswer, RowRecords, numbered
from chaindesk.engine.run.shared_requests import copied_for

_log = logging.getLogger(__name__)
_CUT_MESSAGE = (
    "The answer was cut at the output limit before its fields were complete. Raise the step's max_output_tokens, or "
    "ask for less."
)


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
        self._call: CallState | None = None
        self._request: CompletionRequest | None = None
        self._last_stored: Answer
        self._unstored: NewAnswer | None = None
        self._result: tuple[Status, Failure | None] = (Status.PENDING, None)

    @property
    def in_flight(self) -> bool:
        """Return whether a call of it is out at this moment."""
        return self._call is not None and self._call.is_out

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
            is_out = self._call is not None and self._call.submitted
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
        if self._call is not None and self._call.submitted:  # its job goes on
            return self._finish_pending(Status.SUBMITTED)
        if self._call is None or not self._call.attempts:
            return self._finish_pending(Status.PENDING)
        if self._context.ledger.state(self._row.number).status is Status.DONE:  # its last answer had just been kept
            return await self._store_outcome(Status.DONE, None)
        if halted:
            return self._finish_pending(Status.PENDING)
        try:
            if self._call.cancelled_after_sending and self._request is not None:
                cut_off = Completion("", self._request.model, None)
                await self._store_unusable(self._call, self._request.fingerprint, cut_off, None)
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
            new = await self._ask(index, request, fingerprint)
            if index == chain.count - 1:
                self._unstored = new
                return
            answer = await self._store(new)
        else:
            if answer.id != self.planned.answers[index]:
                taken = [(answer.id, self._row.key)]
                await self._context.writer.finish(self._context.writer.begin_reuse(self._context.run_id, taken))
            self.answers.append(answer)
            kept = index in self._context.ledger.entries[self._row.number].manual_outdated
            flags = self._context.ledger.checks.flags.get(answer.id, ())
            event = self._records.step_reused(self._context.clock(), name, answer, kept=kept)
            self._context.emit(replace(event, flags=flags) if flags else event)
        self._outputs |= chain.outputs(index, answer)

    def _reused(self, index: int, fingerprint: str) -> Answer | None:
        """Return the answer that is there already, if the step is not to be paid for again."""
        if index in self.planned.again:
            return self._context.ledger.reuse_for_approved(self._row, index, fingerprint)
        rerun = index in self.planned.rerun_steps
        return None if rerun else self._context.ledger.reuse(self._row, index, fingerprint)

    async def _shared_answer(self, index: int, request: CompletionRequest, fingerprint: str) -> Answer:
        """Return the answer that all rows with this request share."""
        context = self._context
        again = index in self.planned.rerun_steps

        async def call() -> Answer:
            return await self._store(await self._ask(index, request, fingerprint))

        async def copy(answer: Answer) -> Answer:
            own = copied_for(self._row, answer, context.run_id, context.workbook_id, context.now())
            verdict = self._verdict(index, own)
            event = self._records.step_reused(context.clock(), own.step, own, kept=False)
            return await self._store(NewAnswer(own, replace(event, flags=verdict.failed if verdict else ()), verdict))

        def on_wait() -> None:
            name = context.chain.steps[index].step.name
            context.emit(StepWaiting(context.clock(), self._row.number, self._row.key, name, None, None, None))

        def known(paid_now: bool) -> Answer | None:  # noqa: FBT001
            return None if again and not paid_now else context.ledger.shared_answer(index, fingerprint)

        return await context.shared.obtain((index, fingerprint), known, call, copy, on_wait)

    def _verdict(self, index: int, answer: Answer) -> Verdict | None:
        """Return what the checks of a step find of another row's answer; no judge is asked. None without checks."""
        checks, row = self._context.ledger.checks, self._row
        if not checks.steps[index].active:
            return None
        failed = checks.steps[index].failed(checks.checked(index, row, self._outputs, answer))
        return Verdict(answer.id, checks.key(index, self._context.ledger.digests[row.number]), failed)

    async def _ask(self, index: int, request: CompletionRequest, fingerprint: str) -> NewAnswer:
        """Return the answer to a step: that of one call, or the one that its checks and votes have settled."""
        step, checks = self._context.chain.steps[index].step, self._context.checks
        if checks is None or not (step.checks or step.votes > 1):
            return await self._call_model(index, request, fingerprint)

        async def ask(asked: CompletionRequest) -> Answer:
            answer = (await self._call_model(index, asked, asked.fingerprint)).answer
            return self._tell_side(answer, SidePurpose.CHECKED) if answer.id else answer

        keys = frozenset({self._row.key, self.planned.known_as or self._row.key})
        calls = CheckedCalls(ask, self._ask_judge, self._store_side)
        digest = self._context.ledger.digests[self._row.number]
        checked = CheckedStep(checks, calls, index, self._row, keys, self._outputs, digest)
        settled = await checked.settle(request)
        answer, verdict = settled.answer, settled.verdict
        saved = self._context.executor.costs.saved(request, answer.usage, answer.speed)
        event = replace(
            self._records.step_finished(self._context.clock(), answer, saved),
            step=step.name,
            flags=verdict.failed,
            path=verdict.path,
            settled=bool(answer.id),
        )
        return NewAnswer(answer, event, verdict, settled.others)

    async def _ask_judge(self, name: str, request: CompletionRequest) -> Answer:
        call = self._call_of(name, request.fingerprint, request)
        completion = await self._context.executor.complete(call, request)
        return self._records.answer(call, request.fingerprint, completion, NO_FIELDS, self._context.now())

    async def _store_side(self, answer: Answer, purpose: SidePurpose) -> Answer:
        """Store an answer that is not the row's, and tell of it."""
        context = self._context

        async def keep() -> Answer:
            stored = replace(answer, id=await context.writer.store_answer(answer))
            return self._tell_side(stored, purpose)

        return await finish_despite_cancel(keep(), context.writer.stop_waiting)

    def _tell_side(self, answer: Answer, purpose: SidePurpose) -> Answer:
        context, row, step = self._context, self._row, answer.step.removesuffix(JUDGE_MARK)
        figures = (answer.model, answer.usage, answer.cost, answer.seconds, answer.attempts)
        context.emit(SideCall(context.clock(), row.number, row.key, step, purpose, *figures))
        return answer

    def _call_of(self, step: str, fingerprint: str, request: CompletionRequest) -> CallState:
        """Return the state of a new call, which is the row's present one from now on."""

        async def on_unusable(call: CallState, error: CallError, seconds: float) -> None:
            said = Completion(
                error.raw_text,
                request.model,
                error.usage,
                request_id=error.request_id,
                seconds=seconds,
                cost=error.cost,
            )
            await self._store_unusable(call, fingerprint, said, error.kind)

        shown = tuple(one.answer_id for one in request.examples)
        self._call = CallState(self._row, step, on_unusable, examples=shown)
        self._request = request
        return self._call

    async def _call_model(self, index: int, request: CompletionRequest, fingerprint: str) -> NewAnswer:
        """Make the call, and read its fields where the step has some."""
        context, step = self._context, self._context.chain.steps[index].step
        new_call, ask = partial(self._call_of, step.name, fingerprint), partial(self._complete, step)
        call, request, completion = await complete(
            context.executor.fallbacks, context.chain, step, request, new_call, ask
        )
        if isinstance(completion, Arrival):
            return await self._of_job(step, call, request, completion)
        if not step.fields:
            return self._new_answer(call, fingerprint, completion, NO_FIELDS)
        try:
            fields = read_fields(completion.text, step.fields)
        except InvalidFields as mistake:
            if completion.finish is Finish.LENGTH:  # it would be cut again
                await self._store_unusable(call, fingerprint, completion, FailureKind.FIELDS)
                raise CallError(FailureKind.FIELDS, _CUT_MESSAGE, raw_text=completion.text) from None
            await self._store_unusable(call, fingerprint, completion, FailureKind.FIELDS)
            return await self._call_repair(step, call, request, fingerprint, completion.text, mistake)
        return self._new_answer(call, fingerprint, completion, fields)

    async def _complete(self, step: Step, call: CallState, request: CompletionRequest) -> Completion | Arrival:
        """Make a call, or take what a batch job brings for it."""
        batches = self._context.batches
        if batches is None or not batches.concern(request):
            return await self._context.executor.complete(call, request)
        keys = frozenset({self._row.key, self.planned.known_as or self._row.key})
        draft = bool(step.checks) or step.votes > 1
        return await batches.ask(call, self._row, keys, step, request, draft=draft)

    async def _of_job(self, step: Step, call: CallState, request: CompletionRequest, arrival: Arrival) -> NewAnswer:
        """Return the answer that a batch job has brought, which is stored already."""
        answer = arrival.result.answer
        assert answer is not None  # noqa: S101 - shows mypy what ``BatchCalls.ask`` promises
        if arrival.result.state is ItemState.ANSWERED:
            return self._with_event(numbered(answer, arrival.number), request)
        if answer.finish is Finish.LENGTH:
            raise CallError(FailureKind.FIELDS, _CUT_MESSAGE, raw_text=answer.text)
        try:
            read_fields(answer.text, step.fields)
        except InvalidFields as mistake:
            return await self._call_repair(step, call, request, request.fingerprint, answer.text, mistake)
        raise AssertionError("unreachable")

    async def _call_repair(
        self,
        step: Step,
        call: CallState,
        request: CompletionRequest,
        fingerprint: str,
        first: str,
        mistake: InvalidFields,
    ) -> NewAnswer:
        """Ask once more with the mistake named, at once whatever the speed."""
        asked = repair_request(request, first, mistake)
        second = await self._context.executor.complete(call, at_once(asked))
        try:
            fields = read_fields(second.text, step.fields)
        except InvalidFields as again:
            await self._store_unusable(call, fingerprint, second, FailureKind.FIELDS)
            cut = " It was cut at the output limit." if second.finish is Finish.LENGTH else ""
            message = f"The answer does not fit the step's fields, even when asked again: {again}.{cut}"
            raise CallError(FailureKind.FIELDS, message, raw_text=second.text) from None
        return self._new_answer(call, fingerprint, second, fields)

    # --- storing and emitting ----------------------------------------------------------------------------------

    def _new_answer(
        self, call: CallState, fingerprint: str, completion: Completion, fields: Mapping[str, FieldValue]
    ) -> NewAnswer:
        answer = self._records.answer(call, fingerprint, completion, fields, self._context.now())
        return self._with_event(answer, self._request)

    def _with_event(self, answer: Answer, request: CompletionRequest | None) -> NewAnswer:
        costs = self._context.executor.costs
        saved = None if request is None else costs.saved(request, answer.usage, answer.speed)
        return NewAnswer(answer, self._records.step_finished(self._context.clock(), answer, saved))

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
            verdict = replace(new.verdict, answer_id=answer.id)
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

    async def _store_unusable(
        self, call: CallState, fingerprint: str, completion: Completion, kind: FailureKind | None
    ) -> None:
        """Store and emit what an unusable call said and cost."""
        context, row = self._context, self._row
        unknown = kind is not FailureKind.FIELDS and completion.usage is None and completion.cost is None
        stored_as = AnswerKind.POSSIBLY_BILLED if unknown else AnswerKind.UNUSABLE
        answer = self._records.answer(call, stored_as.fingerprint(fingerprint), completion, NO_FIELDS, context.now())
        event = CallInVain(
            context.clock(), row.number, row.key, call.step, kind, completion.usage, completion.cost, unknown
        )
        await context.writer.finish(context.writer.begin_answer(answer, lambda number: context.emit(event)))

    def _failure(
        self, kind: FailureKind, message: str, http_status: int | None = None, request_id: str = ""
    ) -> Failure:
        call = self._call
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
            self._call = None  # they refer to each other
            ended = RowFinished(context.clock(), self._row.number, self._row.key, shown, failure, seconds)
            context.emit(replace(ended, cause=PauseCause.USER) if shown is Status.PENDING else ended)

        last, self._unstored = self._unstored, None

        def begin() -> list[PendingWrite]:  # they go out at once, and mostly into one commit
            writes = []
            if self.planned.known_as is not None:  # it has moved: what it took over goes by its new key
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
        self.ended, self._call = status, None
        seconds = self._context.clock() - self._started
        ended = RowFinished(self._context.clock(), self._row.number, self._row.key, status, None, seconds)
        self._context.emit(replace(ended, cause=self._context.executor.gate.end_cause))
        return status
