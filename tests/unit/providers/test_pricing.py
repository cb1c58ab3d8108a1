"""The price of a call."""

from __future__ import annotations

import subprocess
import sys
from decimal import Decimal

import pytest

from chaindesk.domain.chains.provider_settings import PriceSettings, ProviderSettings
from chaindesk.domain.completion import Usage
from chaindesk.providers.pricing import cost
from chaindesk.providers.registry import resolve

MILLION = 1_000_000


def test_list_prices_count_tokens_each_way_and_cached_ones_apart() -> None:
    openai = resolve("openai")
    assert cost(openai, "gpt-4o-mini", Usage(MILLION, MILLION)) == Decimal("0.75")
    assert cost(openai, "gpt-4o-mini", Usage(MILLION, 0, MILLION)) == Decimal("0.075")
    assert cost(openai, "gpt-4o-mini", Usage()) == 0


def test_what_is_written_to_the_cache_costs_more_and_what_is_read_from_it_less() -> None:
    anthropic = resolve("anthropic")
    plain = cost(anthropic, "claude-sonnet-4-5", Usage(10_000, 100))
    written = cost(anthropic, "claude-sonnet-4-5", Usage(10_000, 100, 0, 8000))
    read = cost(anthropic, "claude-sonnet-4-5", Usage(10_000, 100, 8000))
    assert (plain, written, read) == (Decimal("0.0315"), Decimal("0.0375"), Decimal("0.0099"))


def test_counts_that_contradict_each_other_still_have_a_price() -> None:
    assert cost(resolve("openai"), "gpt-4o-mini", Usage(1000, 0, 5000, 5000)) == Decimal("0.000075")
    own = resolve("lab", own_prices(m=PriceSettings(input=Decimal(1), output=Decimal(1), cached_input=Decimal(0))))
    assert cost(own, "m", Usage(1000, 0, 5000, 5000)) == 0


def own_prices(**prices: PriceSettings) -> ProviderSettings:
    named = {name.replace("any", "*"): price for name, price in prices.items()}
    return ProviderSettings(base_url="https://gateway.example.org/v1", prices=named)


def test_ones_own_prices_go_before_the_list_and_the_named_one_before_any() -> None:
    full = PriceSettings(
        input=Decimal("0.5"), output=Decimal("1.5"), cached_input=Decimal("0.05"), cache_write=Decimal("0.6")
    )
    gateway = resolve("lab", own_prices(mine=full, any=PriceSettings(input=Decimal(1), output=Decimal(2))))
    assert cost(gateway, "mine", Usage(MILLION, MILLION)) == 2
    assert cost(gateway, "mine", Usage(MILLION, 0, MILLION)) == Decimal("0.05")
    assert cost(gateway, "mine", Usage(MILLION, 0, 0, MILLION)) == Decimal("0.6")
    assert cost(gateway, "other", Usage(MILLION, MILLION, MILLION)) == 3
    openai = resolve("openai", ProviderSettings(prices={"gpt-4o-mini": full}))
    assert cost(openai, "gpt-4o-mini", Usage(MILLION, MILLION)) == 2
    assert cost(openai, "gpt-4o", Usage(MILLION, MILLION)) == Decimal("12.50")
    rack = resolve("vllm", ProviderSettings(prices={"*": full}))
    assert cost(rack, "llama3", Usage(MILLION, MILLION)) == 2


@pytest.mark.parametrize("model", ["no-such-model", "", "x" * 300])
def test_a_model_that_is_not_listed_has_no_price(model: str) -> None:
    assert cost(resolve("openai"), model, Usage(1000, 1000)) is None


def test_a_gateway_of_ones_own_has_no_price_and_ones_own_machine_costs_nothing() -> None:
    gateway = resolve("openai", ProviderSettings(base_url="https://gateway.example.org/v1"))
    assert cost(gateway, "gpt-4o-mini", Usage(1000, 1000)) is None
    for name in ("ollama", "lmstudio", "vllm", "llamacpp", "demo"):
        assert cost(resolve(name), "llama3", Usage(1000, 1000)) == 0


@pytest.mark.parametrize(
    ("provider", "model"),
    [
        ("groq", "llama-3.3-70b-versatile"),
        ("mistral", "mistral-large-latest"),
        ("deepseek", "deepseek-chat"),
        ("together", "meta-llama/Llama-3.3-70B-Instruct-Turbo"),
        ("xai", "grok-3"),
        ("openrouter", "openai/gpt-4o-mini"),
    ],
)
def test_every_paid_preset_is_in_the_price_list(provider: str, model: str) -> None:
    price = cost(resolve(provider), model, Usage(1000, 1000))
    assert price is not None
    assert 0 < price < 1


def test_prices_need_no_network() -> None:
    code = """
import socket
def refuse(*_): raise AssertionError("network")
socket.socket.connect = refuse
socket.getaddrinfo = refuse
from chaindesk.domain.completion import Usage
from chaindesk.providers.pricing import cost
from chaindesk.providers.registry import resolve
assert cost(resolve("openai"), "gpt-4o-mini", Usage(1000, 1000)) is not None
import threading
assert threading.active_count() == 1
"""
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=60)
