"""Presets, and how a chain's provider becomes an endpoint."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Message, ProviderKind
from chaindesk.domain.errors import InputError
from chaindesk.providers.registry import PRESETS, is_loopback, key_command, quirks_of, resolve


@pytest.mark.parametrize("name", [name for name in PRESETS if name != "azure"])
def test_every_preset_needs_no_settings(name: str) -> None:
    endpoint = resolve(name)
    assert endpoint.name == name
    assert endpoint.base_url == PRESETS[name].base_url
    assert not endpoint.base_url.endswith("/")
    assert endpoint.key_required == bool(endpoint.key_variable)


def test_every_promised_preset_is_there() -> None:
    promised = (
        "openai anthropic gemini azure openrouter groq mistral deepseek together xai ollama lmstudio vllm llamacpp"
    )
    assert [*promised.split(), "demo"] == list(PRESETS)


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://res.openai.azure.com", "https://res.openai.azure.com/openai/v1"),
        ("https://res.openai.azure.com/openai/", "https://res.openai.azure.com/openai/v1"),
        ("https://res.openai.azure.com/openai/v1/", "https://res.openai.azure.com/openai/v1"),
        ("https://res.services.ai.azure.com/openai/v1/chat/completions", "https://res.services.ai.azure.com/openai/v1"),
        ("https://gateway.example.org/azure", "https://gateway.example.org/azure"),
    ],
)
def test_azure_needs_the_address_of_ones_resource_alone(written: str, kept: str) -> None:
    endpoint = resolve("azure", ProviderSettings(base_url=written))
    assert (endpoint.base_url, endpoint.kind) == (kept, ProviderKind.AZURE_OPENAI)
    microsofts = "azure.com" in written
    assert endpoint.key_variable == ("AZURE_OPENAI_API_KEY" if microsofts else "")
    assert endpoint.key_required


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (None, "RESOURCE.openai.azure.com"),
        (ProviderSettings(), "RESOURCE.openai.azure.com"),
        (ProviderSettings(base_url="https://res.openai.azure.com/openai/deployments/gpt"), "deployment as the model"),
    ],
)
def test_azure_without_its_address_says_what_to_write(settings: ProviderSettings | None, told: str) -> None:
    with pytest.raises(InputError, match=told):
        resolve("azure", settings)


@pytest.mark.parametrize(
    ("variable", "base_url", "fine"),
    [
        ("OPENAI_API_KEY", "https://evil.example.org/v1", False),
        ("OPENAI_API_KEY", "https://api.openai.com.example.org/v1", False),
        ("OPENAI_API_KEY", "http://api.openai.com/v1", False),
        ("AZURE_OPENAI_API_KEY", "https://evil.cloudapp.azure.com/openai/v1", False),
        ("OPENAI_API_KEY", "https://api.openai.com/v2", True),
        ("OPENAI_API_KEY", "http://localhost:4000/v1", True),
        ("LAB_KEY", "https://llm.example.org/v1", True),
    ],
)
def test_a_chain_cannot_send_a_well_known_key_to_another_address(variable: str, base_url: str, fine: bool) -> None:
    settings = ProviderSettings(base_url=base_url, api_key_env=variable, allow_http=True)
    if fine:
        assert resolve("lab", settings).key_variable == variable
        return
    with pytest.raises(InputError, match=f"{variable} holds a key of"):
        resolve("lab", settings)


def test_an_unknown_name_is_refused_with_the_nearest_and_what_to_write() -> None:
    with pytest.raises(InputError, match=r'No provider is called "opnai"\. Did you mean "openai"\?.*base_url'):
        resolve("opnai")
    with pytest.raises(InputError, match="Well known are: openai"):
        resolve("zzz")
    with pytest.raises(InputError, match='provider "mine" has no base_url'):
        resolve("mine", ProviderSettings())


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        ("https://llm.example.org/v1/", "https://llm.example.org/v1"),
        ("  HTTPS://LLM.Example.org:443/v1//", "https://llm.example.org/v1"),
        ("https://llm.example.org/v1/chat/completions", "https://llm.example.org/v1"),
        ("http://localhost:80", "http://localhost"),
        ("http://[::1]:8080/v1", "http://[::1]:8080/v1"),
    ],
)
def test_one_address_has_one_form(written: str, kept: str) -> None:
    assert resolve("mine", ProviderSettings(base_url=written)).base_url == kept


@pytest.mark.parametrize(
    ("base_url", "words"),
    [
        ("llm.example.org/v1", "not a web address"),
        ("ftp://example.org", "not a web address"),
        ("https://", "not a web address"),
        ("https://exa mple.org", "not a web address"),
        ("https://example.org:port/v1", "not a web address"),
        ("https://[oops/v1", "not a web address"),
        ("https://user:secret@example.org/v1", "user name or password"),
        ("https://example.org/v1?key=secret", "before any"),
        ("https://example.org/v1#top", "before any"),
        ("http://example.org/v1", "allow_http"),
        ("http://192.168.1.5:11434/v1", "allow_http"),
    ],
)
def test_an_address_that_cannot_be_used_is_refused_without_showing_secrets(base_url: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        resolve("mine", ProviderSettings(base_url=base_url))
    assert "secret" not in str(caught.value)


def test_plain_http_beyond_this_machine_can_be_allowed() -> None:
    settings = ProviderSettings(base_url="http://192.168.1.5:11434/v1/", allow_http=True)
    assert resolve("nas", settings).base_url == "http://192.168.1.5:11434/v1"


def test_a_presets_variable_is_not_read_for_another_address() -> None:
    moved = resolve("openai", ProviderSettings(base_url="https://proxy.example.org/v1"))
    assert moved.key_variable == ""
    assert moved.key_required
    named = resolve("openai", ProviderSettings(base_url="https://proxy.example.org/v1", api_key_env="PROXY_KEY"))
    assert named.key_variable == "PROXY_KEY"
    same = resolve("openai", ProviderSettings(base_url="https://api.openai.com/v1/"))
    assert same.key_variable == "OPENAI_API_KEY"


def test_a_server_of_ones_own_needs_a_key_only_where_its_variable_is_named() -> None:
    assert not resolve("mine", ProviderSettings(base_url="https://example.org/v1")).key_required
    assert resolve("mine", ProviderSettings(base_url="https://example.org/v1", api_key_env="MINE")).key_required
    assert not resolve("openai", ProviderSettings(base_url="http://localhost:4000/v1")).key_required


def test_quirks_go_by_the_address() -> None:
    assert quirks_of(resolve("mine", ProviderSettings(base_url="https://api.openai.com/v1"))) == quirks_of(
        resolve("openai")
    )
    assert quirks_of(resolve("openai")).output_limit == "max_completion_tokens"
    assert quirks_of(resolve("ollama")).output_limit == "max_tokens"


def test_limits_of_the_chain_reach_the_endpoint() -> None:
    endpoint = resolve("openai", ProviderSettings(requests_per_minute=500, tokens_per_minute=200_000))
    assert (endpoint.requests_per_minute, endpoint.tokens_per_minute) == (500, 200_000)


def test_the_demo_endpoint_fingerprint_does_not_depend_on_a_port() -> None:
    request = CompletionRequest(resolve("demo"), "writer", (Message("user", "hello"),))
    assert request.endpoint.base_url == "demo:embedded"
    assert len(request.fingerprint) == 64


@pytest.mark.parametrize("address", ["http://localhost", "http://127.0.0.2:1", "http://[::1]:8", "http://a.localhost"])
def test_loopback_is_this_machine(address: str) -> None:
    assert is_loopback(address)
    assert not is_loopback("http://127.example.org")


@pytest.mark.parametrize(
    "module",
    [
        "providers.registry",
        "providers.pricing",
        "providers.base",
        "providers.http.client",
        "providers.wire_formats.openai_chat",
        "providers.wire_formats.protocol",
        "simulator.options",
        "simulator.text",
    ],
)
def test_aiohttp_is_loaded_only_where_calls_are_made(module: str) -> None:
    code = (
        f"import sys, chaindesk.{module}, chaindesk.credentials\n"
        "heavy = {'aiohttp', 'keyring', 'genai_prices', 'truststore'} & set(sys.modules)\n"
        "assert not heavy, heavy"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize(
    ("name", "settings", "command"),
    [
        ("openai", None, "chaindesk keys set openai"),
        (
            "lab",
            {"base_url": "https://llm.example.org/v1"},
            "chaindesk keys set lab --base-url https://llm.example.org/v1",
        ),
        ("openai", {"base_url": "https://llm.example.org/v1"}, "… openai --base-url https://llm.example.org/v1"),
        (
            "lab",
            {"base_url": "http://10.0.0.1/v1", "allow_http": True},
            "… lab --base-url http://10.0.0.1/v1 --allow-http",
        ),
    ],
)
def test_the_command_that_keeps_a_key_names_the_address_where_it_must(name: str, settings: Any, command: str) -> None:
    endpoint = resolve(name, ProviderSettings.model_validate(settings) if settings else None)
    assert key_command(endpoint) == command.replace("…", "chaindesk keys set")
