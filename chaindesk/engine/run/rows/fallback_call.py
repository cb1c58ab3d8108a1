"""Makes a step's call, and asks the step's fallback where its own model is away or has failed for good."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import TypeVar

from chaindesk.domain.chains.chain import Step
from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError
from chaindesk.engine.batch.batch_calls import at_once
from chaindesk.engine.calls.call_state import CallState
from chaindesk.engine.calls.fallback import Fallbacks
from chaindesk.engine.prompting.check_requests import escalated
from chaindesk.engine.prompting.request_builder import RequestBuilder

Got = TypeVar("Got")


async def complete(
    fallbacks: Fallbacks,
    chain: RequestBuilder,
    step: Step,
    request: CompletionRequest,
    new_call: Callable[[CompletionRequest], CallState],
    ask: Callable[[CallState, CompletionRequest], Awaitable[Got]],
) -> tuple[CallState, CompletionRequest, Got]:
    """Return what came back, with the request that it answers and the state of its call.

    Raises:
        CallError: it failed for good, also at the fallback where there is one.
        RunHalted: the run makes no more calls.
    """
    call = new_call(request)
    if step.fallback is None or (request.endpoint.name, request.model) != (step.provider, step.model_name):
        return call, request, await ask(call, request)
    call.fallback = fallback = at_once(escalated(request, *chain.other_model(step.fallback)))
    try:
        got = await ask(call, request)
    except CallError as error:
        fallbacks.tell(step.name, request, fallback, error)
    else:
        call.fallback = None  # a repair of its answer stays with its model
        return call, request, got
    second = new_call(fallback)
    return second, fallback, await ask(second, fallback)
