"""The calls of one row: to a step's model, its fallback and judges, and once more where an answer does not fit.

What a call has cost without bringing the row's answer is stored here; the answer itself is stored by the row's task.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from chaindesk.domain.batch_jobs import ItemState
from chaindesk.domain.chains.answer_fields import FieldValue
from chaindesk.domain.chains.chain import Step
from chaindesk.domain.check_results import Verdict
from chaindesk.domain.completion import Completion, CompletionRequest, Finish
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import CallInVain, SideCall, SidePurpose
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.batch.batch_calls import at_once
from chaindesk.engine.batch.collection import Arrival
from chaindesk.engine.calls.call_state import CallState
from chaindesk.engine.planning.plan import PlannedRow
from chaindesk.engine.prompting.check_requests import JUDGE_MARK
from chaindesk.engine.prompting.field_values import InvalidFields
from chaindesk.engine.prompting.structured_output import NO_FIELDS, read_fields, repair_request
from chaindesk.engine.run.pending_write import finish_despite_cancel
from chaindesk.engine.run.rows.checked_step import CheckContext, CheckedCalls, CheckedStep, SettledAnswer
from chaindesk.engine.run.rows.fallback_call import complete
from chaindesk.engine.run.rows.row_context import RowContext
from chaindesk.engine.run.rows.row_records import NewAnswer, RowRecords, numbered

_CUT_MESSAGE = (
    "The answer was cut at the output limit before its fields were complete. Raise the step's max_output_tokens, or "
    "ask for less."
)


class RowCalls:
    """Makes the calls of one row.

    Attributes:
        call: the row's present one, or None.
        request: what it asks.
    """

    def __init__(self, planned: PlannedRow, context: RowContext, records: RowRecords) -> None:
        self.call: CallState | None = None
        self.request: CompletionRequest | None = None
        self._planned = planned
        self._row = planned.row
        self._context = context
        self._records = records

    async def ask(
        self, index: int, request: CompletionRequest, fingerprint: str, outputs: Mapping[str, str]
    ) -> NewAnswer:
        """Return the answer to a step: that of one call, or the one that its checks and votes have settled.

        Args:
            index: the step.
            request: what it asks.
            fingerprint: of the request.
            outputs: the row's outputs before it.
        """
        step, checks = self._context.chain.steps[index].step, self._context.checks
        if checks is None or not (step.checks or step.votes > 1):
            return await self._call_model(index, request, fingerprint)
        settled = await self._checked_step(checks, index, outputs).settle(request)
        return self._of_settled(step, request, settled)

    async def judge(
        self, index: int, request: CompletionRequest, outputs: Mapping[str, str], held: Answer
    ) -> tuple[Verdict, NewAnswer | None]:
        """Ask the judges of a step about an answer that the row has, and follow up where one refuses it.

        Returns:
            What was found of it, and the answer that takes its place, if one does.
        """
        checks = self._context.checks
        assert checks is not None  # noqa: S101 - shows mypy that a step with judges has checks
        keeps = index in self._planned.work.unreplaced
        settled = await self._checked_step(checks, index, outputs).settle(request, held, keeps=keeps)
        if settled.before is None:
            return settled.verdict, None
        return settled.before, self._of_settled(self._context.chain.steps[index].step, request, settled)

    def _checked_step(self, checks: CheckContext, index: int, outputs: Mapping[str, str]) -> CheckedStep:
        async def ask(asked: CompletionRequest) -> Answer:
            answer = (await self._call_model(index, asked, asked.fingerprint)).answer
            return self._tell_side(answer, SidePurpose.CHECKED) if answer.id else answer

        keys = frozenset({self._row.key, self._planned.work.known_as or self._row.key})
        calls = CheckedCalls(ask, self._ask_judge, partial(self._context.shared.once, index), self._store_side)
        key = checks.checks.key(index, self._row, self._context.ledger)
        return CheckedStep(checks, calls, index, self._row, keys, outputs, key)

    def _of_settled(self, step: Step, request: CompletionRequest, settled: SettledAnswer) -> NewAnswer:
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
            await self.store_unusable(call, fingerprint, said, error.kind)

        shown = tuple(one.answer_id for one in request.examples)
        self.call = CallState(self._row, step, on_unusable, examples=shown)
        self.request = request
        return self.call

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
                await self.store_unusable(call, fingerprint, completion, FailureKind.FIELDS)
                raise CallError(FailureKind.FIELDS, _CUT_MESSAGE, raw_text=completion.text) from None
            await self.store_unusable(call, fingerprint, completion, FailureKind.FIELDS)
            return await self._call_repair(step, call, request, fingerprint, completion.text, mistake)
        return self._new_answer(call, fingerprint, completion, fields)

    async def _complete(self, step: Step, call: CallState, request: CompletionRequest) -> Completion | Arrival:
        """Make a call, or take what a batch job brings for it."""
        batches = self._context.batches
        if batches is None or not batches.concern(request):
            return await self._context.executor.complete(call, request)
        keys = frozenset({self._row.key, self._planned.work.known_as or self._row.key})
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
            await self.store_unusable(call, fingerprint, second, FailureKind.FIELDS)
            cut = " It was cut at the output limit." if second.finish is Finish.LENGTH else ""
            message = f"The answer does not fit the step's fields, even when asked again: {again}.{cut}"
            raise CallError(FailureKind.FIELDS, message, raw_text=second.text) from None
        return self._new_answer(call, fingerprint, second, fields)

    def _new_answer(
        self, call: CallState, fingerprint: str, completion: Completion, fields: Mapping[str, FieldValue]
    ) -> NewAnswer:
        answer = self._records.answer(call, fingerprint, completion, fields, self._context.now())
        return self._with_event(answer, self.request)

    def _with_event(self, answer: Answer, request: CompletionRequest | None) -> NewAnswer:
        costs = self._context.executor.costs
        saved = None if request is None else costs.saved(request, answer.usage, answer.speed)
        return NewAnswer(answer, self._records.step_finished(self._context.clock(), answer, saved))

    async def store_unusable(
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
