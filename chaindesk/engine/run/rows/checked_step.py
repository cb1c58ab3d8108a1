"""Settles a step with checks or votes for one row: its votes, what its answer fails, and what is done about it.

Every answer is stored as a draft before anything else is asked because of it, under the fingerprint of its own request.
A run that was cut off so finds each of them again, and pays for nothing twice. One becomes the row's answer in the end.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.chains.checks import Check, FailAction, FailActionKind
from chaindesk.domain.check_results import AnswerPath, Verdict
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import SidePurpose
from chaindesk.domain.manifest import Row
from chaindesk.domain.records import Answer, AnswerKind
from chaindesk.engine.answers.row_checks import RowChecks
from chaindesk.engine.checks.figures import CheckFigures, LargePrice, larger_model
from chaindesk.engine.checks.votes import elect
from chaindesk.engine.prompting.check_requests import (
    JUDGE_MARK,
    ask_again,
    escalated,
    judge_request,
    objection,
    vote,
)
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.journal.protocol import Journal


@dataclass(frozen=True, slots=True)
class CheckedCalls:
    """What a checked step makes its calls with.

    Attributes:
        ask: makes a call of the step and returns its answer, which is not stored yet.
        judge: makes a call to a judge, and returns its answer likewise; given the name for it.
        once: returns what is known of a request, given its fingerprint, else what its call has stored: one row makes
            it, and the others that want the same wait for it.
        store: stores an answer that is not the row's, tells of it, and returns it with its number.
    """

    ask: Callable[[CompletionRequest], Awaitable[Answer]]
    judge: Callable[[str, CompletionRequest], Awaitable[Answer]]
    once: Callable[[str, Callable[[], Answer | None], Callable[[], Awaitable[Answer]]], Awaitable[Answer]]
    store: Callable[[Answer, SidePurpose], Awaitable[Answer]]


@dataclass(frozen=True, slots=True)
class CheckContext:
    """What is shared by all rows: the requests, the checks, the journal, and the figures of the run."""

    chain: RequestBuilder
    checks: RowChecks
    journal: Journal
    workbook_id: int
    figures: CheckFigures
    large_price: LargePrice


@dataclass(frozen=True, slots=True)
class SettledAnswer:
    """A row's answer to a step.

    Attributes:
        answer: it; with a number where it is stored as a draft already.
        verdict: what the checks found of it.
        others: the numbers of the row's other drafts.
        before: what they found of the answer that the row had already, where another takes its place.
    """

    answer: Answer
    verdict: Verdict
    others: tuple[int, ...]
    before: Verdict | None = None


@dataclass(slots=True)
class _State:
    """How far an answer has come: it, what it fails, how the row came by it, and the last one that did not fit."""

    current: Answer | None = None
    failed: tuple[str, ...] = ()
    path: AnswerPath = AnswerPath.AT_ONCE
    agreement: float | None = None
    misfit: CallError | None = None


class CheckedStep:
    """Settles the answer of one row to one step."""

    def __init__(
        self,
        context: CheckContext,
        calls: CheckedCalls,
        index: int,
        row: Row,
        keys: frozenset[str],
        outputs: Mapping[str, str],
        verdict_key: str,
    ) -> None:
        """Prepare; ``keys`` are those under which the row's drafts may stand, ``verdict_key`` is its verdict's."""
        self._context = context
        self._calls = calls
        self._index = index
        self._row = row
        self._keys = keys
        self._outputs = outputs
        self._key = verdict_key
        self._step: Step = context.chain.steps[index].step
        self._drafts: list[int] = []
        self._spent: list[Answer] = []
        self._asked = ""  # the fingerprint of what the row asks, under which its answer is stored in the end

    async def settle(
        self, request: CompletionRequest, held: Answer | None = None, *, keeps: bool = False
    ) -> SettledAnswer:
        """Return the answer that counts.

        Args:
            request: what the row asks.
            held: the answer that the row has already, which is judged instead of a new one.
            keeps: whether it stays the row's answer whatever is found of it.

        Raises:
            CallError: a call failed for good, or no answer fits the step's fields.
            RunHalted: the run makes no more calls.
        """
        self._asked = request.fingerprint
        before = None if held is None else self._context.checks.verdicts.get(held.id)
        state = _State(agreement=None if before is None else before.agreement)
        try:
            if held is not None:
                self._spent.append(held)
                state.current = held
            elif self._step.votes > 1:
                state.current, state.agreement = await self._elected(request)
            else:
                state.current = await self._slot(request)
            state.current, state.failed = await self._checked(request, state.current)
        except CallError as error:
            if error.kind is not FailureKind.FIELDS or not larger_model(self._step):
                raise
            state.failed, state.misfit = (str(error),), error
        refused = state.failed
        if before is not None and not state.failed:
            state.path = before.path
        await self._follow(() if keeps else self._step.on_fail, request, state)
        if state.current is None:
            raise state.misfit or CallError(FailureKind.FIELDS, "No answer fits the step's fields.")
        path = AnswerPath.REVIEW if state.failed else state.path
        self._count(path, state.current)
        others = tuple(number for number in self._drafts if number != state.current.id)
        verdict = Verdict(state.current.id, self._key, state.failed, path, state.agreement)
        if held is not None and state.current.id == held.id:
            return SettledAnswer(held, verdict, others)
        final = replace(state.current, fingerprint=request.fingerprint)
        earlier = None if held is None else (before or Verdict(held.id, ""))._replace(key=self._key, failed=refused)
        return SettledAnswer(final, verdict, others, earlier)

    async def _follow(self, actions: Sequence[FailAction], request: CompletionRequest, state: _State) -> None:
        """Do what is to be done while an answer fails its checks, stage by stage."""
        for action in actions:
            if not state.failed or action.kind is FailActionKind.REVIEW:
                return
            if action.kind is FailActionKind.ASK_AGAIN:
                if state.current is None:  # it was asked again with its mistake already
                    continue
                state.current = await self._draft(state.current)
                again = ask_again(request, state.current.text, state.failed)
                state.path = AnswerPath.ASKED_AGAIN
            else:
                state.current = None if state.current is None else await self._draft(state.current)
                endpoint, model = self._context.chain.other_model(action.escalate or "")
                again = escalated(request, endpoint, model)
                state.path = AnswerPath.ESCALATED
            try:
                state.current, state.failed = await self._checked(request, await self._slot(again))
            except CallError as error:
                if error.kind is not FailureKind.FIELDS:
                    raise
                state.failed, state.misfit = (str(error),), error

    # --- answers -----------------------------------------------------------------------------------------------

    async def _slot(self, request: CompletionRequest) -> Answer:
        """Return the answer to a request: a draft of this row that is there already, else a new one.

        Drafts from before the row had its answer led to that: a run was cut off before it could mark them as used.
        """
        own = self._own(AnswerKind.DRAFT.fingerprint(request.fingerprint))
        if own:
            settled = max((answer.id for answer in self._own(self._asked)), default=0)
            own = [answer for answer in own if answer.id > settled]
        answer = own[-1] if own else await self._calls.ask(request)
        self._spent.append(answer)
        if answer.id:
            self._drafts.append(answer.id)
        return answer

    def _own(self, fingerprint: str) -> list[Answer]:
        """Return the row's answers to its step that are stored under a fingerprint, the oldest first."""
        known = self._context.journal.answers(self._context.workbook_id, self._step.name, fingerprint)
        return [answer for answer in known if answer.row_key in self._keys]

    async def _draft(self, answer: Answer, purpose: SidePurpose = SidePurpose.CHECKED) -> Answer:
        """Store an answer before anything is asked because of it."""
        if answer.id:
            return answer
        stored = await self._calls.store(
            replace(answer, fingerprint=AnswerKind.DRAFT.fingerprint(answer.fingerprint)), purpose
        )
        self._drafts.append(stored.id)
        return stored

    async def _elected(self, request: CompletionRequest) -> tuple[Answer, float]:
        votes: list[Answer] = []
        misfit: CallError | None = None
        for number in range(1, self._step.votes + 1):
            try:
                votes.append(await self._draft(await self._slot(vote(request, number)), SidePurpose.VOTE))
            except CallError as error:
                if error.kind is not FailureKind.FIELDS:
                    raise
                misfit = error
        if not votes:
            raise misfit or CallError(FailureKind.FIELDS, "No vote fits the step's fields.")
        place, agreement = elect([answer.fields for answer in votes], self._step.fields)
        return votes[place], agreement * len(votes) / self._step.votes

    # --- checks ------------------------------------------------------------------------------------------------

    async def _checked(self, request: CompletionRequest, answer: Answer) -> tuple[Answer, tuple[str, ...]]:
        """Return an answer, stored as a draft where a judge was asked about it, and what it fails in words."""
        checks = self._context.checks
        failed = checks.steps[self._index].failed(checks.checked(self._index, self._row, self._outputs, answer))
        judges = checks.steps[self._index].judges
        if failed or not judges:
            return answer, failed
        stored = await self._draft(answer)
        templates = self._context.chain.steps[self._index].judges
        values = {**self._row.values, **self._outputs, **self._context.chain.outputs(self._index, stored)}
        for judge, question in zip(judges, templates, strict=True):
            if words := await self._judged(judge, request, question.render(values), stored):
                return stored, (words,)
        return stored, ()

    async def _judged(self, judge: Check, request: CompletionRequest, question: str, answer: Answer) -> str:
        """Return what a judge has against an answer, or "". The same question about the same text is asked once."""
        endpoint, model = self._context.chain.other_model(judge.model or "")
        asked = judge_request(endpoint, model, question, answer.text)
        asked = replace(asked, timeout=request.timeout, total_timeout=request.total_timeout)
        name, kept = f"{self._step.name}{JUDGE_MARK}", AnswerKind.VERDICT.fingerprint(asked.fingerprint)

        def known() -> Answer | None:
            found = self._context.journal.answers(self._context.workbook_id, name, kept)
            return found[-1] if found else None

        async def call() -> Answer:
            said = replace(await self._calls.judge(name, asked), fingerprint=kept)
            self._spent.append(stored := await self._calls.store(said, SidePurpose.JUDGE))
            return stored

        return objection(judge, model, (await self._calls.once(kept, known, call)).text)

    def _count(self, path: AnswerPath, answer: Answer) -> None:
        """Count what the row's answer came to, against the larger model alone for the same tokens."""
        costs = [one.cost for one in self._spent]
        cost = None if None in costs else sum((one for one in costs if one is not None), Decimal(0))
        large, usage = larger_model(self._step), answer.usage
        alone = self._context.large_price(large, usage) if large and usage is not None else None
        self._context.figures.add(self._step, path, cost, alone)
