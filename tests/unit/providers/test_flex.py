"""Flex over real HTTP, in each wire format that has it: asked, served, refused for now, and refused of a model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from chaindesk.cli.main import main
from chaindesk.domain.chains.chain import Chain
from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Message, ProviderKind, Speed
from chaindesk.domain.errors import CallError, FailureKind, Problem
from chaindesk.engine.endpoints import endpoints_of
from chaindesk.providers.base import Provider
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from chaindesk.simulator.options import SimulatorOptions
from chaindesk.simulator.server import SimulatorServer
from tests.support.http_server import chat_completion, http_reply, scripted_server

KINDS = [ProviderKind.OPENAI_CHAT, ProviderKind.OPENAI_RESPONSES, ProviderKind.GEMINI]
QUICK = SimulatorOptions(latency=0)
FLEX = {"speeds": [Speed.FLEX]}


@asynccontextmanager
async def served(kind: ProviderKind, options: SimulatorOptions) -> AsyncIterator[tuple[Provider, CompletionRequest]]:
    async with SimulatorServer(options) as server, open_providers({}, 2) as provider:
        endpoint = resolve("lab", ProviderSettings(kind=kind, base_url=server.base_url, speeds=[Speed.FLEX]))
        said = (Message("user", "Say hello."),)
        yield provider, CompletionRequest(endpoint, "writer", said, speed=Speed.FLEX)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("streamed", [False, True])
async def test_the_reply_tells_at_which_speed_it_was_served(kind: ProviderKind, streamed: bool) -> None:
    async with served(kind, QUICK) as (provider, request):
        request = replace(request, parameters={"stream": True} if streamed else {})
        assert (await provider.complete(request)).speed is Speed.FLEX
        assert (await provider.complete(replace(request, speed=Speed.STANDARD))).speed is Speed.STANDARD
    async with served(kind, replace(QUICK, flex_as_standard=1.0)) as (provider, request):
        assert (await provider.complete(request)).speed is Speed.STANDARD


@pytest.mark.parametrize("kind", KINDS)
async def test_a_refusal_for_want_of_capacity_is_told_from_one_for_the_rate(kind: ProviderKind) -> None:
    async with served(kind, replace(QUICK, flex_refused=1.0)) as (provider, request):
        with pytest.raises(CallError) as refused:
            await provider.complete(request)
        assert refused.value.kind is FailureKind.CAPACITY
        assert not refused.value.perhaps_billed
        await provider.complete(replace(request, speed=Speed.STANDARD))
    async with served(kind, replace(QUICK, error_429=1.0)) as (provider, request):
        with pytest.raises(CallError) as refused:
            await provider.complete(request)
        assert refused.value.kind is FailureKind.RATE_LIMIT


def _no_flex() -> dict[str, object]:
    message = "Invalid service_tier argument: flex is not available for this model."
    return {"error": {"message": message, "param": "service_tier", "code": "unsupported_parameter"}}


async def test_no_call_goes_out_at_the_full_price_unasked() -> None:
    server = scripted_server(http_reply(400, _no_flex()), http_reply(200, chat_completion()))
    async with server, open_providers({}, 1) as provider:
        with pytest.raises(CallError, match="no flex price") as refused:
            await provider.complete(replace(server.request(settings=FLEX), speed=Speed.FLEX))
    assert refused.value.kind is FailureKind.MODEL  # holds the run: the next row would meet the same
    assert len(server.received) == 1


async def test_a_model_without_flex_is_asked_at_the_standard_price_where_that_is_allowed_and_told_once() -> None:
    told: list[str] = []
    server = scripted_server(http_reply(400, _no_flex()), http_reply(200, chat_completion()))
    async with server, open_providers({}, 1, on_notice=told.append) as provider:
        request = replace(server.request(settings=FLEX), speed=Speed.FLEX, may_fall_back=True)
        for _ in range(2):
            assert (await provider.complete(request)).speed is Speed.STANDARD
    assert told == ['lab has no flex price for "model-1": its calls go out at the standard price.']
    assert len(server.received) == 3


async def test_a_provider_without_flex_is_never_asked_for_it() -> None:
    server = scripted_server(http_reply(200, chat_completion()))
    async with server, open_providers({}, 1) as provider:
        await provider.complete(replace(server.request(), speed=Speed.FLEX))
    assert b"service_tier" not in server.received[0].body


def problems_of(model: str, speed: str, **provider: object) -> list[Problem]:
    steps = [{"name": "s", "model": model, "prompt": "Hello"}]
    chain = Chain.model_validate(
        {"name": "c", "steps": steps, "speed": speed} | ({"providers": {"lab": provider}} if provider else {})
    )
    problems: list[Problem] = []
    endpoints_of(chain, problems)
    return problems


@pytest.mark.parametrize("model", ["openai/m", "gemini/m", "demo/m"])
def test_flex_is_taken_where_the_provider_has_it(model: str) -> None:
    assert problems_of(model, "flex") == []


@pytest.mark.parametrize("model", ["anthropic/m", "mistral/m", "groq/m", "ollama/m"])
def test_flex_is_refused_plainly_where_the_provider_has_none(model: str) -> None:
    (problem,) = problems_of(model, "flex")
    assert (problem.field, 'has no speed "flex"' in problem.message) == ("speed", True)


def test_a_server_of_ones_own_has_the_speeds_that_the_chain_says() -> None:
    address = {"base_url": "https://llm.example.org/v1"}
    assert problems_of("lab/m", "flex", **address)
    assert problems_of("lab/m", "flex", **address, speeds=["flex"]) == []


@pytest.mark.parametrize("name", ["service_tier", "serviceTier"])
def test_a_step_says_its_speed_once(name: str) -> None:
    step = {"name": "s", "model": "openai/m", "prompt": "Hello", "speed": "flex", "parameters": {name: "flex"}}
    with pytest.raises(ValueError, match="out of parameters"):
        Chain.model_validate({"name": "c", "steps": [step]})


def test_a_speed_of_the_command_line_is_refused_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "jobs.csv").write_text("Topic\nBees\n", encoding="utf-8")
    chain = tmp_path / "chain.yaml"
    chain.write_text('name: c\nsteps: [{name: s, model: ollama/m, prompt: "On {{Topic}}"}]\n', encoding="utf-8")
    main(["check", str(tmp_path / "jobs.csv"), "--chain", str(chain), "--offline", "--speed", "flex"])
    assert capsys.readouterr().err.count('has no speed "flex"') == 1
