"""Many calls at once through a storm of faults: each is answered with its own answer or fails with the right kind."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from contextlib import AbstractAsyncContextManager
from dataclasses import replace

import pytest

from chaindesk.domain.completion import Completion, CompletionRequest, Message
from chaindesk.domain.errors import CallError, Disposition, FailureKind
from chaindesk.providers.base import Provider
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.simulator.faults import Fault, draw_fault
from chaindesk.simulator.options import SimulatorOptions, request_digest
from chaindesk.simulator.server import SimulatorServer, answer_of

pytestmark = pytest.mark.slow

STORM = SimulatorOptions(
    latency=0.01, seed=11, error_429=0.10, error_500=0.05, error_503=0.05, reset=0.05, hang=0.02, malformed=0.03
)
EXPECTED: dict[Fault | None, set[FailureKind]] = {
    Fault.ERROR_429: {FailureKind.RATE_LIMIT},
    Fault.ERROR_500: {FailureKind.SERVER},
    Fault.ERROR_503: {FailureKind.SERVER},
    Fault.RESET: {FailureKind.CONNECTION},
    Fault.HANG: {FailureKind.TIMEOUT, FailureKind.UNREACHABLE},  # so little patience may end while it still connects
    Fault.MALFORMED: {FailureKind.MALFORMED},
    None: set(),
}


def _request(number: int) -> CompletionRequest:
    parameters = {"stream": True} if number % 3 == 0 else {}
    messages = (Message("user", f"Write about lamp number {number}."),)
    return CompletionRequest(resolve("demo"), "writer", messages, parameters, timeout=60.0)


def _call(provider: Provider, request: CompletionRequest, attempt: int) -> Awaitable[Completion]:
    """Call, and wait little where no answer will come; all others are answered, however busy the machine is."""
    hangs = _fault(request, attempt) is Fault.HANG
    return provider.complete(replace(request, timeout=0.2) if hangs else request)


def _opened(server: SimulatorServer, connections: int) -> AbstractAsyncContextManager[Provider]:
    return open_providers({}, connections, addresses={"demo:embedded": server.base_url})


def _fault(request: CompletionRequest, attempt: int) -> Fault | None:
    messages = [{"role": message.role, "content": message.content} for message in request.messages]
    return draw_fault(STORM, request_digest(request.model, messages), attempt)


async def test_each_call_of_a_storm_gets_its_own_answer_or_the_right_failure() -> None:
    requests = [_request(number) for number in range(400)]
    async with SimulatorServer(STORM) as server, _opened(server, 40) as provider:
        first = (_call(provider, request, 1) for request in requests)
        outcomes = await asyncio.gather(*first, return_exceptions=True)
        met: set[Fault | None] = set()
        for request, outcome in zip(requests, outcomes, strict=True):
            fault = _fault(request, 1)
            if isinstance(outcome, BaseException):
                assert isinstance(outcome, CallError), outcome
                assert outcome.kind in EXPECTED[fault]
                assert outcome.kind.disposition is Disposition.RETRY
            else:
                assert fault is None
                assert outcome.text == answer_of(STORM, request)
            met.add(fault)
        assert met == set(EXPECTED)
        await _until_all_are_answered(provider, requests)
    assert set(server.counters.answers.values()) == {1, 2}  # the second pass pays again for what had its answer


async def _until_all_are_answered(provider: Provider, requests: list[CompletionRequest]) -> None:
    """Call again what failed, as the engine does; six attempts are enough for every call of this storm."""
    waiting = requests
    for attempt in range(2, 8):
        calls = (_call(provider, request, attempt) for request in waiting)
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        pairs = list(zip(waiting, outcomes, strict=True))
        for request, outcome in pairs:
            if not isinstance(outcome, CallError):
                assert isinstance(outcome, Completion), outcome
                assert outcome.text == answer_of(STORM, request)
        waiting = [request for request, outcome in pairs if isinstance(outcome, CallError)]
    assert waiting == []


async def test_no_more_sockets_are_opened_than_rows_run_at_once() -> None:
    gate = asyncio.Semaphore(25)
    async with SimulatorServer(SimulatorOptions(latency=0.01)) as server, _opened(server, 25) as provider:

        async def call(number: int) -> None:
            async with gate:
                await provider.complete(_request(number))

        await asyncio.gather(*map(call, range(300)))
    assert server.counters.delivered == 300
    assert server.counters.connections <= 25
    assert server.counters.peak == 25
