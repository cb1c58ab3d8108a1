"""Four servers of very different speed behind one name, one of which dies: the whole engine on a clock that jumps."""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field, replace

import pytest

from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.events import RunPaused
from chaindesk.engine.calls.outages.outage import BreakerSettings
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.run.dependencies import RunDependencies
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics
from tests.support.rate_world import run_virtual

_SLOTS = 4
_SPEEDS = (1, 2, 4, 8)
_MEAN_S = 2.0  # of a call at the slowest
_AFTER_S, _MEASURED_S = 5.0, 20.0


@dataclass
class Server:
    """Works on some calls at once, and queues the others; from its end on, nobody reaches it.

    Attributes:
        speed: of its calls.
        dead: set when it ends.
        worked: the moments of its answers, and the seconds that each would take at speed 1.
    """

    speed: int
    dead: asyncio.Event = field(default_factory=asyncio.Event)
    slots: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(_SLOTS))
    worked: list[tuple[float, float]] = field(default_factory=list)

    async def answer(self, request: CompletionRequest, seconds: float) -> Completion:
        loop = asyncio.get_running_loop()
        began = loop.time()
        if self.dead.is_set():
            raise CallError(FailureKind.UNREACHABLE, "Nobody listens there.")
        work = asyncio.ensure_future(self._work(seconds / self.speed))
        death = asyncio.ensure_future(self.dead.wait())
        try:
            await asyncio.wait((work, death), return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise CallError(FailureKind.CONNECTION, "The connection was lost.")
        finally:
            work.cancel()
            death.cancel()
        self.worked.append((loop.time(), seconds))
        return Completion("fine", request.model, Usage(10, 20), seconds=loop.time() - began)

    async def _work(self, seconds: float) -> None:
        async with self.slots:
            await asyncio.sleep(seconds)

    def work(self, since: float, until: float) -> float:
        return sum(seconds for moment, seconds in self.worked if since <= moment < until)


class Virtual(EngineHarness):
    """Runs on the loop's clock."""

    def ask_several(self, servers: int, *, adaptive: bool) -> None:
        """Have so many servers behind the provider's name."""
        one = replace(self.endpoints["lab"], adaptive=adaptive)
        several = tuple(
            replace(one, name=f"lab ({number})", base_url=f"http://lab-{number}/v1") for number in range(servers)
        )
        self.endpoints["lab"] = replace(one, servers=several)
        bound, _ = bind(self.chain, self.manifest)
        self.request_builder = RequestBuilder(bound, self.endpoints)
        self.ledger = self.read_ledger()

    def _dependencies(self) -> RunDependencies:
        loop = asyncio.get_running_loop()
        return replace(super()._dependencies(), clock=loop.time, breaker_settings=BreakerSettings())


async def throughput_without_the_fastest(dies_after: float, at_once: int, *, adaptive: bool) -> float:
    """Run until every row is done; the fastest server dies meanwhile.

    Returns:
        The work a second from some seconds after that on, as a share of what the other servers can do.
    """
    rng, loop = random.Random(1), asyncio.get_running_loop()
    *others, fastest = servers = [Server(speed) for speed in _SPEEDS]
    capacity = _SLOTS * sum(server.speed for server in others)
    calls = dies_after * _SLOTS * sum(_SPEEDS) + (_AFTER_S + _MEASURED_S + 10) * capacity
    chain = make_chain({"prompt": "{{Topic}}."}, concurrency=at_once, retry={})
    harness = Virtual(make_topics(round(calls / _MEAN_S)), chain)
    harness.ask_several(len(servers), adaptive=adaptive)
    endpoints = harness.endpoints["lab"].servers
    by_url = {endpoint.base_url: server for endpoint, server in zip(endpoints, servers, strict=True)}

    async def answer(request: CompletionRequest) -> Completion:
        return await by_url[request.endpoint.base_url].answer(request, rng.lognormvariate(-0.125, 0.5) * _MEAN_S)

    harness.provider = ScriptedProvider(answer)
    began = loop.time()
    dies_at, since = began + dies_after, began + dies_after + _AFTER_S
    loop.call_at(dies_at, fastest.dead.set)
    await harness.run()
    assert harness.statuses() == {"done": len(harness.manifest.rows)}
    assert not harness.of(RunPaused)
    assert fastest.work(began, dies_at) > max(server.work(began, dies_at) for server in others)
    assert fastest.work(dies_at, loop.time()) == 0
    assert loop.time() > since + _MEASURED_S, "there was work enough"
    return sum(server.work(since, since + _MEASURED_S) for server in others) / _MEASURED_S / capacity


@pytest.mark.parametrize("adaptive", [False, True])
@pytest.mark.parametrize(("dies_after", "at_once"), [(3.0, 64), (10.0, 24), (20.0, 32)])
def test_five_seconds_after_the_fastest_has_died_the_others_do_all_that_they_can(
    dies_after: float, at_once: int, adaptive: bool
) -> None:
    assert run_virtual(throughput_without_the_fastest(dies_after, at_once, adaptive=adaptive)) >= 0.95
