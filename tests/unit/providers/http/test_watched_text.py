"""The text of one watched call is told as it is written; no other call is streamed for it."""

from __future__ import annotations

from itertools import pairwise

import pytest

from chaindesk.domain.completion import CompletionRequest, Endpoint, Message, ProviderKind
from chaindesk.domain.manifest import Manifest
from chaindesk.engine.run.control import RunControl
from chaindesk.engine.run.options import RunOptions
from chaindesk.providers.http.client import open_providers
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.engine import EngineHarness, ScriptedProvider, make_chain, make_topics

SLOW = SimulatorOptions(latency=0.6, distribution="constant", words=60)


def request(kind: ProviderKind = ProviderKind.OPENAI_CHAT, **others: object) -> CompletionRequest:
    endpoint = Endpoint("demo", kind, "demo:embedded", key_required=False)
    return CompletionRequest(endpoint, "writer", (Message("user", "On tea."),), **others)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", [ProviderKind.OPENAI_CHAT, ProviderKind.ANTHROPIC_MESSAGES, ProviderKind.GEMINI])
async def test_the_text_grows_until_it_is_the_answer(kind: ProviderKind) -> None:
    told: list[str] = []
    async with (
        SimulatorServer(SLOW) as server,
        open_providers({}, 4, addresses={"demo:embedded": server.base_url}) as provider,
    ):
        plain = await provider.complete(request(kind))
        watched = await provider.complete(request(kind), told.append)
    assert watched.text == plain.text
    assert watched.usage == plain.usage
    assert len(told) >= 2
    assert all(len(before) < len(after) for before, after in pairwise(told))
    assert all(watched.text.startswith(text) for text in told)


async def test_a_server_without_streams_answers_a_watched_call_all_the_same() -> None:
    told: list[str] = []
    options = SimulatorOptions(latency=0.0, unsupported=("stream",))
    async with (
        SimulatorServer(options) as server,
        open_providers({}, 4, addresses={"demo:embedded": server.base_url}) as provider,
    ):
        assert (await provider.complete(request(), told.append)).text
        asked = server.counters.requests
        assert (await provider.complete(request(), told.append)).text
        assert server.counters.requests == asked + 1, "it is not asked for a stream again"
    assert not told


async def test_an_answer_with_fields_is_not_streamed() -> None:
    told: list[str] = []
    schema = {"type": "object", "properties": {"n": {"type": "integer"}}, "required": ["n"]}
    async with (
        SimulatorServer(SLOW) as server,
        open_providers({}, 4, addresses={"demo:embedded": server.base_url}) as provider,
    ):
        await provider.complete(request(schema=schema), told.append)
    assert not told


class _Watched(ScriptedProvider):
    """Tells half of its answer first, and notes which calls were watched."""

    def __init__(self) -> None:
        super().__init__()
        self.watched: list[str] = []

    async def complete(self, request, on_text=None):  # type: ignore[no-untyped-def]
        if on_text is not None:
            self.watched.append(request.messages[-1].content)
            on_text("half")
        return await super().complete(request, on_text)


async def test_only_the_row_on_screen_is_watched() -> None:
    manifest: Manifest = make_topics(5)
    provider = _Watched()
    bench = EngineHarness(manifest, make_chain({"prompt": "A {{Topic}}"}), provider=provider)
    told: list[tuple[int, str, str]] = []
    bench.control = RunControl()
    bench.control.watch_text(4, lambda *text: told.append(text))
    await bench.run(RunOptions())
    assert provider.watched == ["A T2"]
    assert told == [(4, "s1", "half")]


async def test_a_row_that_comes_back_on_screen_while_its_call_is_out_shows_what_there_is_of_it() -> None:
    manifest: Manifest = make_topics(3)
    control = RunControl()
    told: list[tuple[int, str, str]] = []

    class Turning(_Watched):
        """Turns to another row and back while the call of a row is out, whose text has begun."""

        async def complete(self, request, on_text=None):  # type: ignore[no-untyped-def]
            if on_text is not None:
                control.watch_text(2, listener)
                on_text("so far")
                control.watch_text(3, listener)
                on_text("so far and on")
            return await super().complete(request, None)

    def listener(*text: object) -> None:
        told.append(text)  # type: ignore[arg-type]

    bench = EngineHarness(manifest, make_chain({"prompt": "A {{Topic}}"}), provider=Turning())
    bench.control = control
    control.watch_text(3, listener)
    await bench.run(RunOptions())
    assert told == [(3, "s1", "so far"), (3, "s1", "so far and on")]
    control.watch_text(3, listener)
    assert len(told) == 2, "an answer that is there is no text that grows"
