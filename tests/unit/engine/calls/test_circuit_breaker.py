"""Providers that are away: rows wait and go on, over real connections to a real server, and by a scripted provider."""

from __future__ import annotations

import asyncio
import gc
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import Any

import pytest

from chaindesk.domain.completion import CompletionRequest
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import Event, PauseCause, RowFinished, RunPaused, RunResumed, StepFinished, StepWaiting
from chaindesk.domain.records import RunState
from chaindesk.domain.status import Status
from chaindesk.engine.calls.outages.outage import BreakerSettings
from chaindesk.engine.run.dependencies import RunDependencies
from chaindesk.engine.run.options import RunOptions
from chaindesk.engine.run.progress.snapshot import Snapshot
from chaindesk.providers.base import NoticeListener, Provider, RateListener
from chaindesk.providers.http.client import open_providers
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.engine import EngineHarness, make_chain, make_topics
from tests.support.waiting import pass_rounds

TWO = ({"prompt": "Notes on {{Topic}}"}, {"prompt": "Draft: {{s1}}"})
# A connection that comes in while its server closes is nobody's, in asyncio's servers.
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.fixture(autouse=True)
def _let_go_of_sockets() -> Iterator[None]:
    """So that such a connection is found here, and not while another test runs."""
    yield
    gc.collect()


QUICK = BreakerSettings(first_delay=0.01, max_delay=0.02, patience_unanswered=60.0, patience_unreached=60.0)


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


class Switch:
    """A server that can be closed and opened again at one place."""

    def __init__(self) -> None:
        self.port = free_port()
        self.answers = 0
        self.calls = 0
        self._stack: AsyncExitStack | None = None
        self._server: SimulatorServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    async def open(self, **options: Any) -> None:
        self._stack = AsyncExitStack()
        server = SimulatorServer(SimulatorOptions(**{"latency": 0.005} | options), port=self.port)
        self._server = await self._stack.enter_async_context(server)

    async def close(self) -> None:
        stack, self._stack = self._stack, None
        if stack is not None and self._server is not None:
            self.answers += self._server.counters.delivered
            await stack.aclose()


class HttpHarness(EngineHarness):
    """An engine whose calls go out over HTTP, to ``url``."""

    url = ""
    pace = QUICK

    def _dependencies(self) -> RunDependencies:
        addresses = {endpoint.base_url: self.url for endpoint in self.endpoints.values()}

        @asynccontextmanager
        async def open_provider(on_rate: RateListener, on_notice: NoticeListener) -> AsyncIterator[Provider]:
            async with open_providers({}, 50, on_rate, addresses=addresses, on_notice=on_notice) as provider:
                yield provider

        return replace(super()._dependencies(), open_provider=open_provider, breaker_settings=self.pace)


class BreakerHarness(EngineHarness):
    """An engine whose circuit breakers are quick, and whose computer sleeps as ``asleep`` says."""

    pace = QUICK
    asleep: Callable[[], float] = staticmethod(lambda: 0.0)

    def _dependencies(self) -> RunDependencies:
        return replace(super()._dependencies(), breaker_settings=self.pace, asleep=self.asleep)


def outages(bench: EngineHarness) -> list[RunPaused]:
    return [event for event in bench.of(RunPaused) if event.cause is PauseCause.OUTAGE]


async def test_a_server_that_dies_and_comes_back_fails_no_row() -> None:
    bench = HttpHarness(make_topics(40), make_chain(*TWO))
    switch = Switch()
    bench.url = switch.url
    await switch.open()
    tasks: list[asyncio.Task[None]] = []

    def listen(event: Event) -> None:
        match event:
            case StepFinished() if len(bench.of(StepFinished)) == 20:
                tasks.append(asyncio.create_task(switch.close()))
            case RunPaused(cause=PauseCause.OUTAGE) if len(outages(bench)) == 3:
                tasks.append(asyncio.create_task(switch.open()))

    result = await bench.run(RunOptions(concurrency=8), listen)
    await switch.close()
    assert result.counts == {Status.DONE: 40}
    assert len(tasks) == 2
    told = outages(bench)[0]
    assert ("lab" in told.message, told.provider, told.until is not None) == (True, "lab", True)
    assert bench.of(RunResumed)[-1].cause is PauseCause.OUTAGE
    waiting = [event for event in bench.of(StepWaiting) if event.cause is PauseCause.OUTAGE]
    assert waiting
    assert all(event.until is None for event in waiting)
    assert all(bench.text(number, 1).strip() for number in range(2, 42))


async def test_a_server_that_is_not_started_is_asked_about_soon() -> None:
    bench = HttpHarness(make_topics(5), make_chain(*TWO))
    bench.url = f"http://127.0.0.1:{free_port()}/v1"
    bench.pace = replace(QUICK, patience_unreached=0.05)
    result = await bench.run()
    assert result.state is RunState.HALTED
    assert result.counts == {Status.PENDING: 5}
    assert "lab" in result.message
    assert "Check its address and your network" in result.message
    assert bench.statuses() == {"pending": 5}


async def test_a_name_that_nobody_knows_makes_the_run_wait() -> None:
    bench = HttpHarness(make_topics(5), make_chain(*TWO))
    bench.url = "http://nowhere.invalid/v1"
    bench.pace = replace(QUICK, patience_unreached=0.05)
    result = await bench.run()
    assert result.state is RunState.HALTED
    assert result.counts == {Status.PENDING: 5}


@pytest.mark.parametrize("fault", [{"error_503": 1.0}, {"error_500": 1.0}, {"reset": 1.0}, {"malformed": 1.0}])
async def test_a_phase_of_errors_is_waited_out(fault: dict[str, float]) -> None:
    bench = HttpHarness(make_topics(30), make_chain(*TWO, retry={"attempts": 50, "seconds": 60}))
    switch = Switch()
    bench.url = switch.url
    await switch.open()
    tasks: list[asyncio.Task[None]] = []
    changing = asyncio.Lock()  # calls fail between close and open, too

    async def change(**options: Any) -> None:
        async with changing:
            await switch.close()
            await switch.open(**options)

    def listen(event: Event) -> None:
        match event:
            case StepFinished() if len(bench.of(StepFinished)) == 12:
                tasks.append(asyncio.create_task(change(**fault)))
            case RunPaused(cause=PauseCause.OUTAGE) if len(outages(bench)) == 3:
                tasks.append(asyncio.create_task(change()))

    result = await bench.run(RunOptions(concurrency=8), listen)
    await switch.close()
    assert result.counts == {Status.DONE: 30}


async def test_rows_that_the_server_cannot_digest_fail_each_within_their_attempts() -> None:
    bench = BreakerHarness(make_topics(12), make_chain(TWO[0]))

    def behave(request: CompletionRequest) -> None:
        if request.messages[-1].content[-1] in "789":
            raise CallError(FailureKind.SERVER, "Oops.")

    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=6))
    assert result.state is RunState.FINISHED
    assert result.counts == {Status.DONE: 9, Status.FAILED: 3}
    assert [event.failure.attempts for event in bench.of(RowFinished) if event.failure] == [3, 3, 3]


async def test_waiting_for_a_provider_uses_up_no_attempt_of_a_row() -> None:
    bench = BreakerHarness(make_topics(10), make_chain(*TWO, retry={"attempts": 1, "seconds": 60}))

    def behave(request: CompletionRequest) -> None:
        if 10 <= len(bench.provider.requests) < 30:
            raise CallError(FailureKind.UNREACHABLE, "Nobody there.")

    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=5))
    assert result.counts == {Status.DONE: 10}
    assert {event.attempts for event in bench.of(StepFinished)} == {1}
    assert bench.journal.run(1).retries == 0


async def test_one_call_at_a_time_tries_whether_the_provider_is_back() -> None:
    bench = BreakerHarness(make_topics(10), make_chain(TWO[0]))
    at_once: list[int] = []

    async def behave(request: CompletionRequest) -> None:
        if len(bench.provider.requests) < 20:
            at_once.append(bench.provider.in_flight)
            await asyncio.sleep(0.001)
            raise CallError(FailureKind.UNREACHABLE, "Nobody there.")

    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=5))
    assert result.counts == {Status.DONE: 10}
    assert set(at_once[5:]) == {1}


async def test_the_user_can_pause_and_stop_in_an_outage() -> None:
    bench = BreakerHarness(make_topics(10), make_chain(TWO[0]))
    asked: list[int] = []

    def behave(request: CompletionRequest) -> None:
        raise CallError(FailureKind.UNREACHABLE, "Nobody there.")

    async def steer() -> None:
        bench.control.pause()
        await pass_rounds()  # a try may be under way
        asked.append(len(bench.provider.requests))
        await pass_rounds()
        asked.append(len(bench.provider.requests))
        bench.control.stop()

    tasks: list[asyncio.Task[None]] = []

    def listen(event: Event) -> None:
        if len(outages(bench)) == 3 and not tasks:
            tasks.append(asyncio.create_task(steer()))

    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=5), listen)
    assert result.state is RunState.STOPPED
    assert result.counts == {Status.PENDING: 10}
    assert asked[0] == asked[1] == len(bench.provider.requests)


async def test_resume_tries_at_once() -> None:
    bench = BreakerHarness(make_topics(4), make_chain(TWO[0]))
    bench.pace = BreakerSettings(first_delay=0.01, max_delay=3600.0)
    away = [True]

    def behave(request: CompletionRequest) -> None:
        if away[0]:
            raise CallError(FailureKind.UNREACHABLE, "Nobody there.")

    def listen(event: Event) -> None:
        if len(outages(bench)) == 8 and away[0]:
            away[0] = False
            asyncio.get_running_loop().call_soon(bench.control.resume)

    bench.provider.behave = behave
    bench.pace = BreakerSettings(first_delay=0.001, max_delay=3600.0)
    async with asyncio.timeout(20):
        result = await bench.run(listener=listen)
    assert result.counts == {Status.DONE: 4}


async def test_an_outage_that_lasts_asks_and_goes_on_when_told() -> None:
    bench = BreakerHarness(make_topics(6), make_chain(*TWO, retry={"outage_minutes": 0.0}))
    away = [True]

    def behave(request: CompletionRequest) -> None:
        if away[0] and len(bench.provider.requests) > 3:
            raise CallError(FailureKind.UNREACHABLE, "Nobody there.")

    def listen(event: Event) -> None:
        if isinstance(event, RunPaused) and not event.provider:
            away[0] = False
            asyncio.get_running_loop().call_soon(bench.control.resume)

    bench.provider.behave = behave
    result = await bench.run(RunOptions(on_pause="wait", concurrency=3), listen)
    assert result.counts == {Status.DONE: 6}
    assert [event.until for event in outages(bench) if not event.provider] == [None]


async def test_other_providers_go_on_meanwhile() -> None:
    steps = ({"prompt": "Notes on {{Topic}}", "model": "near/writer"}, {"prompt": "Draft: {{s1}}"})
    bench = BreakerHarness(make_topics(6), make_chain(*steps))
    done: list[int] = []

    def behave(request: CompletionRequest) -> None:
        near = sum(prompt.startswith("Notes") for prompt in bench.provider.prompts)
        if request.endpoint.name == "lab" and near < 6:
            raise CallError(FailureKind.UNREACHABLE, "Nobody there.")
        done.append(near)

    bench.provider.behave = behave
    result = await bench.run(RunOptions(concurrency=6))
    assert result.counts == {Status.DONE: 6}


async def test_an_outage_is_folded_into_what_is_shown() -> None:
    bench = BreakerHarness(make_topics(6), make_chain(TWO[0]))
    shot = Snapshot()
    seen: list[tuple[int, int, bool]] = []

    def behave(request: CompletionRequest) -> None:
        if len(bench.provider.requests) < 9:
            raise CallError(FailureKind.UNREACHABLE, "Nobody there.")

    def listen(event: Event) -> None:
        shot.fold(event)
        if isinstance(event, RunPaused):
            seen.append((shot.waiting, shot.running, shot.paused is not None))

    bench.provider.behave = behave
    await bench.run(RunOptions(concurrency=3), listen)
    assert seen[-1] in {(2, 1, True), (3, 0, True)}
    assert (shot.paused, shot.waiting) == (None, 0)


async def test_what_failed_while_the_machine_slept_is_made_again() -> None:
    slept = [0.0]
    bench = BreakerHarness(make_topics(2), make_chain(TWO[0], retry={"attempts": 1, "seconds": 60}))
    bench.asleep = lambda: slept[0]

    def behave(request: CompletionRequest) -> None:
        if len(bench.provider.requests) <= 2:
            slept[0] += 3600
            raise CallError(FailureKind.TIMEOUT, "Nothing came.")

    bench.provider.behave = behave
    assert (await bench.run()).counts == {Status.DONE: 2}
