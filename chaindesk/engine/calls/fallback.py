"""A step's second model: asked for a row where its first provider is away, or has refused the call for good.

Each reason is told once. A provider that refuses all calls (its key, its account, its model) is not asked again in the
run for steps that have a second model.
"""

from __future__ import annotations

from collections.abc import Callable

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, RunNoticed
from chaindesk.engine.calls.call_state import CallState
from chaindesk.engine.calls.outages.circuit_breaker import CircuitBreaker
from chaindesk.engine.calls.outages.circuit_breakers import CircuitBreakers
from chaindesk.engine.calls.outages.refusal_cases import Scope, scope_of

_AWAY = "is away"


class Fallbacks:
    """Says when a call with a second model leaves the first.

    Args:
        breakers: know which providers are away.
        emit: called with what is to be told.
        clock: seconds.
    """

    def __init__(self, breakers: CircuitBreakers, emit: Callable[[Event], None], clock: Callable[[], float]) -> None:
        self._breakers, self._emit, self._clock = breakers, emit, clock
        self._refused: dict[Scope, CallError] = {}
        self._told: set[tuple[Scope, str]] = set()

    def leave_if_away(self, call: CallState, request: CompletionRequest, breaker: CircuitBreaker) -> None:
        """Have a call leave a provider that is away or refuses all calls, unless it is to find out whether it is back.

        Raises:
            CallError: the second model is to be asked.
        """
        if call.fallback is None:
            return
        self.leave_if_refused(call, request)
        away = breaker.is_open and not breaker.is_probe_due and breaker.is_alone
        if away and not self._breakers.for_endpoint(call.fallback.endpoint).is_open:
            raise CallError(FailureKind.UNREACHABLE, _AWAY)

    def leave_if_refused(self, call: CallState, request: CompletionRequest) -> None:
        """Have a call leave a provider that refuses all calls.

        Raises:
            CallError: the second model is to be asked.
        """
        refused = self._refused.get(scope_of(call.step, request))
        if call.fallback is not None and refused is not None:
            raise CallError(refused.kind, str(refused), http_status=refused.http_status)

    def takes_over(self, call: CallState, request: CompletionRequest, error: CallError) -> bool:
        """Return whether a refusal of all calls holds nothing, since the second model is asked from now on."""
        if call.fallback is None:
            return False
        self._refused[scope_of(call.step, request)] = error
        return True

    def tell(self, step: str, request: CompletionRequest, fallback: CompletionRequest, error: CallError) -> None:
        """Tell that the second model is asked, once for each reason."""
        scope = scope_of(step, request)
        if (scope, error.kind.value) in self._told:
            return
        self._told.add((scope, error.kind.value))
        asked = f"{fallback.endpoint.name}/{fallback.model}"
        first = f"{request.endpoint.name}/{request.model}"
        if str(error) == _AWAY:
            why = f"{request.endpoint.name} is away"
        elif scope in self._refused:
            why = f"{first} refuses all calls ({error.kind.value})"
        else:
            why = f"{first} fails for a row ({error.kind.value})"
        message = f"Step {step}: {why}. Such rows ask {asked}, the step's fallback; their answers name its model."
        self._emit(RunNoticed(self._clock(), message))
