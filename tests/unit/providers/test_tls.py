"""Secure connections, to servers with real certificates of our own making."""

from __future__ import annotations

import asyncio
import shutil
import ssl
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from chaindesk.domain.chain import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.domain.errors import CallError
from chaindesk.domain.errors import FailureKind as K
from chaindesk.providers.http import open_providers
from chaindesk.providers.registry import resolve


async def _ask(base_url: str, calls: int = 1, connections: int = 1) -> list[str]:
    endpoint = resolve("lab", ProviderSettings(base_url=base_url))
    async with open_providers({"lab": "a-key"}, connections) as provider:
        requests = [CompletionRequest(endpoint, "m", (Message("user", str(call)),)) for call in range(calls)]
        return [one.text for one in await asyncio.gather(*map(provider.complete, requests))]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere the system keeps its certificates in stores of its own")
async def test_the_systems_certificates_are_trusted_and_connections_kept(
    wire: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = _self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "certificate.pem"))
    script = wire.server(wire.reply(200, wire.completion("Safe.")))
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=context)
    async with server:
        texts = await _ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1", calls=30, connections=3)
    assert texts == ["Safe."] * 30
    assert script.connections <= 3


async def test_a_server_without_tls_is_told_plainly() -> None:
    def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        with pytest.raises(CallError, match="secure connection") as caught:
            await _ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert caught.value.kind is K.CONNECTION


async def test_an_untrusted_certificate_is_refused(tmp_path: Path) -> None:
    context = _self_signed(tmp_path)
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        with pytest.raises(CallError, match=r"certificate of 127\.0\.0\.1:\d+ is not trusted") as caught:
            await _ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert caught.value.kind is K.CONNECTION


def _self_signed(folder: Path) -> ssl.SSLContext:
    if shutil.which("openssl") is None:
        pytest.skip("openssl is not installed")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=127.0.0.1",
            "-addext",
            "subjectAltName=IP:127.0.0.1",
            "-keyout",
            str(key),
            "-out",
            str(certificate),
        ],
        check=True,
        capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    return context
