"""How many calls are out after an outage of a server that tells no limits: the whole engine on a clock that jumps."""

from __future__ import annotations

import asyncio
import random
from dataclasses import replace

import pytest

from chaindesk.domain.chains.chain_binding import bind
from chaindesk.domain.completion import Completion, CompletionRequest, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.engine.calls.outages.outage import BreakerSettings
from chaindesk.engine.prompting.request_builder import RequestBuilder
from chaindesk.engine.run.dependencies import RunDependencies
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics
from tests.support.rate_world import run_virtual

_AT_ONCE, _CALLS = 200, 3000
_MEAN_S, _AWAY_S = 5.0, 60.0


class Virtual(EngineHarness):
    """Runs on the loop's clock, before a server of the user's own."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.endpoints = {name: replace(one, adaptive=True) for name, one in self.endpoints.items()}
        bound, _ = bind(self.chain, self.manifest)
        self.request_builder = RequestBuilder(bound, self.endpoints)
        self.ledger = self.read_ledger()

    def _dependencies(self) -> RunDependencies:
        loop = asyncio.get_running_loop()
        return replace(super()._dependencies(), clock=loop.time, breaker_settings=BreakerSettings())


async def seconds(away_after: float) -> float:
    """Run all calls; the server, which has room for all, stalls for a while, and then fails what it has."""
    rng, loop = random.Random(1), asyncio.get_running_loop()
    away_at = loop.time() + away_after
    back_at = away_at + _AWAY_S

    async def answer(request: CompletionRequest) -> Completion:
        taken = rng.lognormvariate(-0.125, 0.5) * _MEAN_S
        if loop.time() < back_at and loop.time() + taken >= away_at:
            await asyncio.sleep(back_at - loop.time())
            raise CallError(FailureKind.TIMEOUT, "Nothing came.")
        await asyncio.sleep(taken)
        return Completion("fine", request.model, Usage(10, 20), seconds=taken)

    chain = make_chain({"prompt": "{{Topic}}."}, concurrency=_AT_ONCE, retry={})
    harness = Virtual(make_topics(_CALLS), chain, provider=ScriptedProvider(answer))
    began = loop.time()
    await harness.run()
    assert harness.statuses() == {"done": _CALLS}
    return loop.time() - began


@pytest.mark.parametrize("away_after", [7.0, 8.0, 12.0])  # while it is tried with how many calls it is fastest
def test_what_calls_met_in_an_outage_does_not_keep_later_ones_few(away_after: float) -> None:
    least = _CALLS / _AT_ONCE * _MEAN_S + _AWAY_S
    assert run_virtual(seconds(away_after)) <= 1.6 * least  # calls come back bit by bit, and the last ones end apart
