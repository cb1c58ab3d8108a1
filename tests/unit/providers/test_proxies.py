"""Proxies of the environment: used, left out, or told to be unusable before a call is made."""

from __future__ import annotations

import asyncio
import base64
import sys

import pytest

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.proxies import DIRECT, Proxy, proxy_for, unusable_proxy
from chaindesk.providers.registry import resolve
from tests.support.http_server import http_reply, scripted_server

HOST = "https://llm.example.org/v1"
PLAIN = "http://llm.example.org/v1"
NAMES = ("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def _no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", ["https_proxy", "HTTPS_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    "address", ["http://proxy.example.org:3128", "proxy.example.org:3128", "//proxy.example.org:3128"]
)
def test_a_proxy_is_taken_from_the_environment(monkeypatch: pytest.MonkeyPatch, name: str, address: str) -> None:
    if sys.platform == "win32" and name.islower():
        pytest.skip("Windows knows no small letters in names")
    monkeypatch.setenv(name, address)
    assert proxy_for(HOST) == Proxy("http://proxy.example.org:3128")
    assert proxy_for("https://127.0.0.1:8000/v1") == proxy_for("https://localhost/v1") == DIRECT


def test_a_password_of_a_proxy_is_not_part_of_what_can_be_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:p%40ss@proxy.example.org")
    found = proxy_for(HOST)
    assert found.url == "http://proxy.example.org:80"
    assert found.authorization == "Basic " + base64.b64encode(b"me:p@ss").decode()
    assert "Basic" not in repr(found)
    assert "p@ss" not in repr(found)


@pytest.mark.parametrize(
    ("no_proxy", "host", "left_out"),
    [
        ("example.org", "llm.example.org", True),
        (".example.org", "llm.example.org", True),
        ("*", "llm.example.org", True),
        ("other.org, llm.example.org:8443", "llm.example.org:8443", True),
        ("llm.example.org:1", "llm.example.org:8443", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.0.0.0/8,fd00::/8", "[fd12::1]:8000", True),
        ("10.0.0.0/8", "11.1.2.3", False),
        ("ample.org", "llm.example.org", False),
    ],
)
def test_no_proxy_leaves_hosts_out(monkeypatch: pytest.MonkeyPatch, no_proxy: str, host: str, left_out: bool) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example.org:3128")
    monkeypatch.setenv("NO_PROXY", no_proxy)
    assert (proxy_for(f"https://{host}/v1") == DIRECT) is left_out


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("socks5://127.0.0.1:1080", "HTTPS_PROXY names a SOCKS proxy, which ChainDesk cannot use"),
        ("socks5h://me:secret@127.0.0.1:1080", "HTTPS_PROXY names a SOCKS proxy, which ChainDesk cannot use"),
        ("https://proxy.example.org:3128", "HTTPS_PROXY names a proxy reached by https://"),
        ("http://proxy.example.org:port", "HTTPS_PROXY cannot be read"),
        ("http://", "HTTPS_PROXY cannot be read"),
    ],
)
async def test_a_proxy_that_cannot_be_used_is_told_and_nothing_sent(
    monkeypatch: pytest.MonkeyPatch, address: str, told: str
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", address)
    endpoint = resolve("lab", ProviderSettings(base_url=HOST))
    assert told in unusable_proxy(endpoint)
    async with open_providers({}, 1) as provider:
        with pytest.raises(CallError) as caught:
            await provider.complete(CompletionRequest(endpoint, "m", (Message("user", "hi"),)))
    assert caught.value.kind is FailureKind.UNTRUSTED
    assert told in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("base_url", "status", "kind"),
    [
        (HOST, 407, FailureKind.UNTRUSTED),
        (HOST, 403, FailureKind.UNREACHABLE),
        (HOST, 503, FailureKind.UNREACHABLE),
        (PLAIN, 407, FailureKind.UNTRUSTED),
    ],
)
async def test_a_proxy_that_refuses_is_told_from_a_provider_that_does(
    monkeypatch: pytest.MonkeyPatch, base_url: str, status: int, kind: FailureKind
) -> None:
    async with scripted_server(http_reply(status, b"No.")) as proxy, open_providers({}, 1) as provider:
        address = proxy.url.removesuffix("/v1")
        monkeypatch.setenv("HTTPS_PROXY", address)
        monkeypatch.setenv("HTTP_PROXY", address)
        endpoint = resolve("lab", ProviderSettings(base_url=base_url, allow_http=True))
        with pytest.raises(CallError, match=r"^The proxy .*llm\.example\.org") as caught:
            await provider.complete(CompletionRequest(endpoint, "m", (Message("user", "hi"),)))
    assert (caught.value.kind, len(proxy.received)) == (kind, 1)


async def test_a_proxy_that_is_not_there_is_not_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{port}")
    endpoint = resolve("lab", ProviderSettings(base_url=HOST))
    async with open_providers({}, 1) as provider:
        with pytest.raises(CallError, match="proxy could not be reached") as caught:
            await provider.complete(CompletionRequest(endpoint, "m", (Message("user", "hi"),)))
    assert caught.value.kind is FailureKind.UNREACHABLE
