"""Which models providers offer, and what is missing."""

from __future__ import annotations

import pytest

from chaindesk.domain.chains.chain import Chain
from chaindesk.engine.model_catalog import Offer, missing_models, offers
from chaindesk.providers.registry import resolve
from chaindesk.simulator.server import SimulatorOptions, SimulatorServer


def chain_of(model: str, **providers: object) -> Chain:
    step = {"name": "draft", "model": model, "prompt": "Hi"}
    return Chain.model_validate({"name": "c", "steps": [step], "providers": providers})


@pytest.mark.parametrize(
    ("model", "lacks"),
    [
        ("claude-sonnet-4-5", False),
        ("claude-sonnet-4-5-20250929", False),
        ("llama3", False),
        ("free-model:online", False),
        ("claude-sonnet-4", False),
        ("claude-sonet-4-5", True),
        ("gemini-flash", False),
        ("gpt", True),
    ],
)
def test_an_alias_is_no_mistake_and_a_misspelt_name_is(model: str, lacks: bool) -> None:
    offer = Offer("lab", ("claude-sonnet-4-5-20250929", "llama3:8b", "free-model", "models/gemini-flash"))
    assert offer.lacks(model) is lacks
    assert Offer("lab").lacks(model) is False


def test_what_is_missing_is_told_with_the_nearest_name() -> None:
    offered = {"lab": Offer("lab", ("writer", "editor"))}
    assert missing_models(chain_of("lab/writer"), offered) == []
    told = missing_models(chain_of("lab/writr"), offered)
    assert told == [(0, 'lab lists no model "writr". Did you mean lab/writer?')]
    assert "It lists: writer, editor." in missing_models(chain_of("lab/zzzzzzz"), offered)[0][1]


async def test_one_silent_provider_holds_up_no_other_and_nobody_is_asked_in_vain() -> None:
    async with SimulatorServer(SimulatorOptions(models=("writer",))) as server:
        there = {"there:x": server.base_url, "away:x": "http://127.0.0.1:9"}
        endpoints = [
            resolve("lab", chain_of("lab/a", lab={"base_url": server.base_url}).providers["lab"]),
            resolve("away", chain_of("away/a", away={"base_url": "http://127.0.0.1:9/v1"}).providers["away"]),
            resolve("openai"),
            resolve("demo"),
        ]
        found = await offers(endpoints, {}, addresses=there)
    assert found["lab"].models == ("writer",)
    assert "could not be listed" in found["away"].trouble
    assert found["openai"].trouble == "The models of openai are not known without its key."
    assert found["demo"] == Offer("demo")
