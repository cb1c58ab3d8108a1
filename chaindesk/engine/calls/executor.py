"""Makes one call until it is answered: through the gate, the breaker, the budget and the limits, and again if need be.

What is shared by all rows is asked in this order, so that nothing is reserved by a call that cannot go out.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from chaindesk.domain.chains.retry_settings import RetrySettings
from chaindesk.domain.completion import Completion, CompletionRequest, Speed
from chaindesk.domain.errors import CallError, Disposition, FailureKind
from chaindesk.domain.events import Event, RunNoticed
from chaindesk.engine.calls.cache_warming import NO_TURN, CacheWarmer
from chaindesk.engine.calls.call_attempts import CallAttempts
from chaindesk.engine.calls.call_costs import CallCosts
from chaindesk.engine.calls.call_state import Admission, CallState
from chaindesk.engine.calls.clocks import LONG_SLEEP, seconds_asleep
from chaindesk.engine.calls.fallback import Fallbacks
from chaindesk.engine.calls.hedge import Hedger
from chaindesk.engine.calls.outages.circuit_breaker import AskAnotherServer, CircuitBreaker
from chaindesk.engine.calls.outages.circuit_breakers import CircuitBreakers
from chaindesk.engine.calls.outages.outage import may_be_outage
from chaindesk.engine.calls.outages.refusal_cases import Verdict, scope_of, suspected_kind
from chaindesk.engine.calls.outages.refusals import RefusalJudge
from chaindesk.engine.calls.pause_gate import PauseGate, is_long_limit
from chaindesk.engine.calls.retry_policy import RetryPolicy, all_rows_wait
from chaindesk.engine.calls.row_slots import RowSlots
from chaindesk.engine.calls.server_choice import ServerChoices
from chaindesk.engine.ratelimit.registry import RateLimiters
from chaindesk.providers.base import Provider, TextListener

_ROW_ALONE = "Other rows' calls are answered, so it is likely to be about this row's text."
_MIN_LENT_WAIT_S = 1.0  # a row that waits no longer keeps its slot


@dataclass(slots=True)
class CallExecutor:
    """Makes calls for all rows of a run.

    Attributes:
        provider: over the run's one session.
        gate: where calls wait while the run is held.
        breakers: which providers are away.
        limits: the providers' rate limiters.
        costs: the run's money.
        slots: the slots of the run's rows.
        retry: how long a failing call is tried.
        emit: called with what happens.
        rng: for delays.
        clock: seconds.
        sleep: waits for seconds.
        asleep: seconds that the machine has slept so far.
        begin_far_row: begins a row far from others, and returns its number.
        text_listener: returns whom to call with the text of a row's step as it is written; None for nobody.
        retries: calls that were made again.
        refusals: whether a refusal concerns all rows.
        hedger: makes some of the last calls twice; None for none.
        servers: which of a provider's servers a call goes to.
        warming: which calls wait until a long beginning is in a provider's cache.
        fallbacks: which calls go to their step's second model.
    """

    provider: Provider
    gate: PauseGate
    breakers: CircuitBreakers
    limits: RateLimiters
    costs: CallCosts
    slots: RowSlots
    retry: RetrySettings
    emit: Callable[[Event], None]
    rng: random.Random = field(default_factory=random.Random)
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    asleep: Callable[[], float] = seconds_asleep
    begin_far_row: Callable[[Collection[int]], int | None] = lambda rows: None
    text_listener: Callable[[int, str], TextListener | None] = lambda row, step: None
    retries: int = 0
    refusals: RefusalJudge = field(init=False)
    hedger: Hedger | None = None
    servers: ServerChoices = field(init=False)
    warming: CacheWarmer = field(init=False)
    fallbacks: Fallbacks = field(init=False)
    _attempts: CallAttempts = field(init=False)

    def __post_init__(self) -> None:
        self.refusals = RefusalJudge(self.clock, self.slots, self.begin_far_row)
        self.servers = ServerChoices(
            self.breakers,
            lambda: self.gate.epoch,
            lambda message: self.emit(RunNoticed(self.clock(), message)),
        )
        self.warming = CacheWarmer(self.slots, self.clock)
        self.fallbacks = Fallbacks(self.breakers, self.emit, self.clock)
        self._attempts = CallAttempts(
            self.provider,
            self.gate,
            self.limits,
            self.costs,
            self.refusals,
            self.fallbacks,
            self.emit,
            self.clock,
            self.text_listener,
        )

    def complete(self, call: CallState, request: CompletionRequest) -> Coroutine[Any, Any, Completion]:
        """Make a call until it is answered.

        Raises:
            CallError: it failed for good.
            RunHalted: the run makes no more calls.
        """
        if self.hedger is not None:
            return self.hedger.ask(call, request, self._complete)
        return self._complete(call, request)

    def _complete(self, call: CallState, request: CompletionRequest) -> Coroutine[Any, Any, Completion]:
        if not request.endpoint.servers:
            return self._ask(call, request)
        return self.servers.ask(request, call.step, partial(self._ask, call))

    async def _ask(
        self, call: CallState, request: CompletionRequest, is_taken_over: Callable[[CallError], bool] = lambda _: False
    ) -> Completion:
        """Make a call to one server until it is answered.

        Raises:
            AskAnotherServer: it failed, and another server is to be asked.
        """
        breaker = self.breakers.for_endpoint(request.endpoint)
        breaker.enter(call.row.number)
        try:
            return await self._try_until_done(call, request, breaker, is_taken_over)
        finally:
            breaker.leave(call.row.number)

    async def _try_until_done(
        self,
        call: CallState,
        request: CompletionRequest,
        breaker: CircuitBreaker,
        is_taken_over: Callable[[CallError], bool],
    ) -> Completion:
        policy, scope = RetryPolicy(self.retry, self.rng), scope_of(call.step, request)
        elapsed = 0.0
        while True:
            turn = await self.warming.begin(request) if request.cache_key else NO_TURN
            try:
                admission = await self._attempts.admit(call, request, breaker, scope)
            except BaseException:
                turn.end()
                raise
            asleep = self.asleep()
            try:
                call.attempts += 1
                self.retries += call.attempts > 1
                completion = await self._attempts.send(call, request, breaker, admission, turn)
            except CallError as error:
                call.last_error = error
                slept = self.asleep() - asleep > LONG_SLEEP
                seconds = self.clock() - admission.sent_at
                elapsed += 0.0 if slept else seconds
                excused = self._not_the_calls_fault(error, call, breaker, admission, slept=slept)
                if error.billed or (error.perhaps_billed and self.costs.may_cost(request)):
                    await self._keep_unusable(call, error, seconds)
                if is_taken_over(error):
                    self.refusals.release(scope, call.row.number)
                    raise AskAnotherServer from error
                if not excused:
                    elapsed += await self._wait_or_fail(call, request, error, breaker, admission, policy, elapsed)
                if request.may_fall_back and policy.gives_up_flex:
                    request = replace(request, speed=Speed.STANDARD)
            except BaseException:
                breaker.abandon_probe(probe=admission.probe)
                self.refusals.release(scope, call.row.number)
                raise
            else:
                self._record_reply(call, breaker, admission)
                self.refusals.record_answer(scope, call.row.number, admission.sent_at)
                return completion

    async def _wait_or_fail(
        self,
        call: CallState,
        request: CompletionRequest,
        error: CallError,
        breaker: CircuitBreaker,
        admission: Admission,
        policy: RetryPolicy,
        elapsed: float,
    ) -> float:
        """Do what a failure asks for before the call is made again, and return the seconds of the wait that count.

        Raises:
            CallError: the call is not made again.
        """
        if suspected_kind(error) is not None:
            await self._judge_refusal(call, request, error, admission)
            return 0.0
        self.refusals.record_failure(error, scope_of(call.step, request), call.row.number, admission.sent_at)
        disposition = error.kind.disposition
        if disposition is Disposition.PAUSE or is_long_limit(error):
            if self.fallbacks.takes_over(call, request, error):
                raise error
            self.gate.hold(error, request, admission.epoch)
            return 0.0
        if disposition is Disposition.FAIL:
            raise error
        delay = policy.next_delay(error, elapsed, breaker.chance_of_failure(call.row.number))
        if delay is None:
            raise error
        for_limits = all_rows_wait(error, is_bad_row=breaker.is_bad_row(call.row.number))
        if breaker.is_open or (for_limits and not admission.permit.backs_off_alone):  # then all rows wait
            return 0.0
        self._attempts.tell_waiting(call, self.clock() + delay)
        if delay < _MIN_LENT_WAIT_S:
            await self.sleep(delay)
        else:
            async with self.slots.lend():
                await self.sleep(delay)
        return 0.0 if for_limits or error.kind is FailureKind.CAPACITY else delay

    async def _judge_refusal(
        self, call: CallState, request: CompletionRequest, error: CallError, admission: Admission
    ) -> None:
        """See what a refused key, account or model means, and hold the run if it concerns all rows.

        Raises:
            CallError: it concerns the row alone.
        """
        scope, row = scope_of(call.step, request), call.row.number
        held = self.gate.halted or self.gate.held_for is not None or self.gate.epoch != admission.epoch
        if held or call.was_asked_again:  # held already, or when the call went out: it waits, and is made again
            self.refusals.release(scope, row)
            verdict = Verdict.ALL_ROWS if held else Verdict.ROW_ALONE
        elif self.refusals.concerns_all(error, scope, row, admission.sent_at):
            verdict = Verdict.ALL_ROWS
        else:
            self._attempts.tell_waiting(call, None)
            verdict = await self.refusals.wait(error, scope, row, admission.sent_at)
        if verdict is Verdict.ALL_ROWS and not held and self.fallbacks.takes_over(call, request, error):
            raise error
        if verdict is Verdict.ALL_ROWS:
            self.gate.hold(error, request, admission.epoch)
        elif verdict is Verdict.ASK_AGAIN and error.suspected is None:
            call.was_asked_again = True
        else:
            if error.suspected is None:
                error.args = (f"{error} {_ROW_ALONE}",)
            raise error

    async def _keep_unusable(self, call: CallState, error: CallError, seconds: float) -> None:
        call.in_flight = True  # a halt cuts nobody off who keeps what was paid for
        try:
            await call.on_unusable(call, error, seconds)
        finally:
            call.in_flight = False

    def _not_the_calls_fault(
        self, error: CallError, call: CallState, breaker: CircuitBreaker, admission: Admission, *, slept: bool
    ) -> bool:
        """Return whether a failure is not the call's fault: the provider is away, or the machine was asleep."""
        if not may_be_outage(error):
            self._record_reply(call, breaker, admission)
            return False
        excused = breaker.record_failure(error, call.row.number, probe=admission.probe)
        if error.kind is FailureKind.UNREACHABLE:  # nothing was sent
            self.retries -= call.attempts > 1
            call.attempts -= 1
        return excused or slept

    def _record_reply(self, call: CallState, breaker: CircuitBreaker, admission: Admission) -> None:
        """The provider answered something; after an outage its rows come back bit by bit."""
        if breaker.is_open:
            self.limits.slow_start(admission.limiter)
        breaker.record_success(call.row.number, admission.sent_at)
