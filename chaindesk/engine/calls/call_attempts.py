"""One attempt of a call: it waits for all that is shared by the rows, goes out once, and settles what it has taken."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.completion import Completion, CompletionRequest
from chaindesk.domain.errors import CallError
from chaindesk.domain.events import Event, LimitSeen, PauseCause, StepStarted, StepWaiting
from chaindesk.engine.calls.cache_warming import Turn
from chaindesk.engine.calls.call_costs import CallCosts, expected_usage
from chaindesk.engine.calls.call_state import Admission, CallState
from chaindesk.engine.calls.fallback import Fallbacks
from chaindesk.engine.calls.outages.circuit_breaker import CircuitBreaker
from chaindesk.engine.calls.outages.refusal_cases import Scope
from chaindesk.engine.calls.outages.refusals import RefusalJudge
from chaindesk.engine.calls.pause_gate import PauseGate
from chaindesk.engine.calls.retry_policy import all_rows_wait
from chaindesk.engine.ratelimit.registry import RateLimiters
from chaindesk.providers.base import Provider, TextListener


@dataclass(slots=True)
class CallAttempts:
    """Admits and sends calls; its parts are those of ``CallExecutor``.

    What is shared by all rows is asked in a fixed order, so that nothing is reserved by a call that cannot go out.
    """

    _provider: Provider
    _gate: PauseGate
    _limits: RateLimiters
    _costs: CallCosts
    _refusals: RefusalJudge
    _fallbacks: Fallbacks
    _emit: Callable[[Event], None]
    _clock: Callable[[], float]
    _text_listener: Callable[[int, str], TextListener | None]

    async def admit(
        self, call: CallState, request: CompletionRequest, breaker: CircuitBreaker, scope: Scope
    ) -> Admission:
        """Wait for the gate, refusals in doubt, the breaker, the budget and the provider's limits, until all agree."""
        row = call.row.number
        while True:
            if not self._gate.is_open:
                await self._gate.wait_open(lambda why: self.tell_waiting(call, None, why.cause))
            goes = probe = False
            self._fallbacks.leave_if_away(call, request, breaker)
            try:
                if not self._refusals.may_send(scope, row):
                    self.tell_waiting(call, None)
                    await self._refusals.wait_turn(scope, row)
                if not self._gate.is_open:
                    continue
                if breaker.is_open:
                    probe = await breaker.wait_closed(row, lambda error: self._on_outage(call, error))
                admission = await self._acquire_permit(call, request, probe=probe)
                if admission is None:
                    continue
                is_admitted = self._gate.is_open and (probe or not breaker.is_open)
                goes = is_admitted and self._refusals.may_send(scope, row)
                if goes:
                    return admission
                admission.limiter.cancel(admission.permit)
                self._costs.release(admission.reserved)
            finally:
                if not goes:
                    breaker.abandon_probe(probe=probe)
                    self._refusals.release(scope, row)

    async def _acquire_permit(self, call: CallState, request: CompletionRequest, *, probe: bool) -> Admission | None:
        """Wait for the budget and the limits; None where the budget is reached, and the gate closed for it."""
        epoch = self._gate.epoch
        try:
            reserved = await self._costs.reserve(
                call.step, request, lambda: self.tell_waiting(call, None, PauseCause.BUDGET)
            )
        except CallError as error:
            self._gate.hold(error, request, epoch)
            return None
        limiter = self._limits.limiter_for(request)
        try:
            permit = await limiter.acquire(
                expected_usage(request), lambda until: self.tell_waiting(call, until), call.step
            )
        except asyncio.CancelledError:
            self._costs.release(reserved)
            raise
        return Admission(limiter, permit, reserved, self._gate.epoch, probe, self._clock())

    async def send(
        self, call: CallState, request: CompletionRequest, breaker: CircuitBreaker, admission: Admission, turn: Turn
    ) -> Completion:
        """Send a call that was admitted once, and settle what it has taken of the limits and the budget.

        Raises:
            CallError: it failed.
        """
        self._emit(StepStarted(self._clock(), call.row.number, call.row.key, call.step, call.attempts))
        self._limits.track(request, admission.limiter, admission.permit)
        cost: Decimal | None = None
        call.in_flight, call.cancelled_after_sending = True, False
        try:
            on_text = self._text_listener(call.row.number, call.step)
            if turn.leads:
                on_text = _warming_listener(turn, on_text)
            completion = await self._provider.complete(request, on_text)
        except CallError as error:
            cost = self._costs.of_failure(call.step, request, error)
            if all_rows_wait(error, is_bad_row=breaker.is_bad_row(call.row.number)):
                admission.limiter.throttled(admission.permit, error.retry_after)
            else:
                admission.limiter.failed(admission.permit)
            raise
        except BaseException:
            call.cancelled_after_sending = self._costs.may_cost(request)
            admission.limiter.failed(admission.permit)
            raise
        else:
            turn.warm()
            admission.limiter.succeeded(admission.permit, completion.usage)
            completion = self._costs.of_answer(call.step, request, completion)
            cost = completion.cost
            return completion
        finally:
            call.in_flight = False
            turn.end()
            self._limits.untrack(request)
            for unit, limit in self._limits.changed_limits(request):
                self._emit(LimitSeen(self._clock(), request.endpoint.name, unit, limit))
            self._costs.settle(admission.reserved, cost)

    def tell_waiting(self, call: CallState, until: float | None, cause: PauseCause | None = None) -> None:
        """Emit that the row waits; ``until`` None where nobody knows: a ``RunPaused`` says why the run is held."""
        kind = None if call.last_error is None else call.last_error.kind
        message = None if call.last_error is None else str(call.last_error)
        row = call.row
        self._emit(StepWaiting(self._clock(), row.number, row.key, call.step, until, kind, message, cause))

    def _on_outage(self, call: CallState, error: CallError) -> None:
        call.last_error = call.last_error or error
        self.tell_waiting(call, None, PauseCause.OUTAGE)


def _warming_listener(turn: Turn, on_text: TextListener | None) -> TextListener:
    """Return a listener that tells of the first text, too."""

    def listen(text: str) -> None:
        turn.warm()
        if on_text is not None:
            on_text(text)

    return listen
