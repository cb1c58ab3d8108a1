"""Secure connections, to servers with real certificates of our own making."""

from __future__ import annotations

import asyncio
import datetime
import ipaddress
import ssl
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.domain.errors import CallError
from chaindesk.domain.errors import FailureKind as K
from chaindesk.providers.http.client import open_providers
from chaindesk.providers.registry import resolve
from tests.support.http_server import chat_completion, http_reply, scripted_server

_DAY = datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A company's own certificate authority, in a folder."""

    folder: Path
    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def file(self) -> Path:
        return self.folder / "authority.pem"

    def server(self, host: str = "127.0.0.1", first: int = -1, last: int = 30) -> ssl.SSLContext:
        """What a server needs that shows a certificate of this authority, good from ``first`` to ``last`` (days)."""
        key = ec.generate_private_key(ec.SECP256R1())
        address = x509.IPAddress(ipaddress.ip_address(host))
        certificate = (
            _begun(host, key, self.certificate.subject, first, last)
            .add_extension(x509.SubjectAlternativeName([address]), critical=False)
            .sign(self.key, hashes.SHA256())
        )
        file = self.folder / "server.pem"
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        file.write_bytes(secret + certificate.public_bytes(serialization.Encoding.PEM))
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Example Corp Root")])
    certificate = (
        _begun("Example Corp Root", key, name, -100, 100)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    made = Authority(tmp_path, key, certificate)
    made.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return made


def _begun(
    name: str, key: ec.EllipticCurvePrivateKey, issuer: x509.Name, first: int, last: int
) -> x509.CertificateBuilder:
    now = datetime.datetime.now(datetime.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now + first * _DAY)
        .not_valid_after(now + last * _DAY)
    )


async def _ask(base_url: str, calls: int = 1, connections: int = 1) -> list[str]:
    endpoint = resolve("lab", ProviderSettings(base_url=base_url))
    async with open_providers({"lab": "a-key"}, connections) as provider:
        requests = [CompletionRequest(endpoint, "m", (Message("user", str(call)),)) for call in range(calls)]
        return [one.text for one in await asyncio.gather(*map(provider.complete, requests))]


async def _refused(context: ssl.SSLContext) -> CallError:
    server = await asyncio.start_server(lambda reader, writer: writer.close(), "127.0.0.1", 0, ssl=context)
    async with server:
        with pytest.raises(CallError, match=r"^The certificate of 127\.0\.0\.1:\d+ is not trusted") as caught:
            await _ask(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1")
    assert caught.value.kind is K.UNTRUSTED
    return caught.value


_own_stores = pytest.mark.skipif(
    sys.platform != "linux", reason="elsewhere the system keeps its certificates in stores of its own"
)


@_own_stores
@pytest.mark.parametrize("place", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
async def test_a_companys_authority_in_the_system_is_trusted_and_connections_kept(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, place: str, tmp_path: Path
) -> None:
    where = authority.file
    if place == "SSL_CERT_DIR":
        where = tmp_path / "certificates"
        where.mkdir()
        for number in range(3):  # OpenSSL finds a certificate there by a hash of its name, which only it can tell
            (where / f"{_hash(authority.file)}.{number}").write_bytes(authority.file.read_bytes())
    monkeypatch.setenv(place, str(where))
    script = scripted_server(http_reply(200, chat_completion("Safe.")))
    server = await asyncio.start_server(script.serve, "127.0.0.1", 0, ssl=authority.server())
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
    assert caught.value.kind is K.UNREACHABLE


async def test_the_certificate_of_an_unknown_authority_is_refused(authority: Authority) -> None:
    failure = await _refused(authority.server())
    assert "have it installed in the system" in str(failure)


@_own_stores
@pytest.mark.parametrize(
    ("made", "told"),
    [
        ({"first": -20, "last": -10}, "it has expired"),
        ({"first": 10, "last": 20}, "not valid yet. Check this computer's clock"),
        ({"host": "127.0.0.2"}, "made out to another name. Check base_url"),
    ],
)
async def test_a_trusted_authoritys_certificate_that_does_not_hold_is_refused_with_the_reason(
    authority: Authority, monkeypatch: pytest.MonkeyPatch, made: dict[str, Any], told: str
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(authority.file))
    assert told in str(await _refused(authority.server(**made)))


def _hash(file: Path) -> str:
    import subprocess

    try:
        command = ["openssl", "x509", "-noout", "-hash", "-in", str(file)]
        return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()
    except FileNotFoundError:
        pytest.skip("openssl is not installed")
