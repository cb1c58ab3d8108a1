"""One pooled aiohttp session, and the one place where what aiohttp and the system raise becomes a ``CallError``.

No exception of aiohttp's leaves this module: their texts can hold the headers, and with them the key.
"""

from __future__ import annotations

import base64
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import aiohttp
from yarl import URL

from chaindesk import __version__
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.wire import Reply, Sending

if TYPE_CHECKING:
    from aiohttp.client import _RequestContextManager as _Context

MAX_REPLY = 64 * 1024 * 1024
_CONNECT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 50.0


@dataclass(frozen=True, slots=True)
class _Proxy:
    url: str | None = None
    authorization: str | None = None


class Transport:
    """Sends requests over connections that all calls share."""

    def __init__(self, session: aiohttp.ClientSession, max_reply: int = MAX_REPLY) -> None:
        self._session = session
        self._max_reply = max_reply
        self._urls: dict[str, URL] = {}
        self._proxies: dict[str, _Proxy] = {}
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}
        self._tls: ssl.SSLContext | None = None

    async def exchange(self, sending: Sending) -> Reply:
        """Send one request and read its whole reply, whatever its status.

        Raises:
            CallError: there was no reply, or not a whole one.
        """
        failed: CallError | None = None
        try:
            async with self._request(sending) as response:
                return Reply(response.status, response.headers, await self._read(response, sending))
        except _FOREIGN as error:
            failed = translated(error, sending)
        # Raised here, outside the handler, so that the foreign exception is not even this one's context.
        raise failed

    @asynccontextmanager
    async def streamed(self, sending: Sending) -> AsyncIterator[tuple[Reply, AsyncIterator[bytes]]]:
        """Send one request and give its reply without the body, and the body's bytes as they come.

        Raises:
            CallError: there was no reply; the iterator raises it where the reply breaks off.
        """
        failed: CallError | None = None
        try:
            response = await self._request(sending)
        except _FOREIGN as error:
            failed = translated(error, sending)
        if failed is not None:
            raise failed
        async with response:
            yield Reply(response.status, response.headers, b""), self._chunks(response, sending)

    def _request(self, sending: Sending) -> _Context:
        target = self._urls.get(sending.url)
        if target is None:
            target = self._urls[sending.url] = URL(sending.url, encoded=True)
        limits = self._timeouts.get(sending.patience)
        if limits is None:
            limits = self._timeouts[sending.patience] = aiohttp.ClientTimeout(
                total=None, sock_connect=min(_CONNECT_SECONDS, sending.patience), sock_read=sending.patience
            )
        proxy = self._proxy(target)
        headers = sending.headers
        secure = target.scheme == "https"
        authorization = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else {}
        if authorization and not secure:
            headers = {**headers, **authorization}
        return self._session.request(
            "GET" if sending.body is None else "POST",
            target,
            data=sending.body,
            headers=headers,
            timeout=limits,
            allow_redirects=False,
            proxy=proxy.url,
            proxy_headers=authorization if authorization and secure else None,
            ssl=self._context() if secure else True,
        )

    async def _read(self, response: aiohttp.ClientResponse, sending: Sending) -> bytes:
        pieces: list[bytes] = []
        size = 0
        async for piece in response.content.iter_any():
            pieces.append(piece)
            size += len(piece)
            if size > self._max_reply:
                raise _TooMuch(_too_much(sending.name, self._max_reply))
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _chunks(self, response: aiohttp.ClientResponse, sending: Sending) -> AsyncIterator[bytes]:
        failed: CallError | None = None
        size = 0
        try:
            async for piece in response.content.iter_any():
                size += len(piece)
                if size > self._max_reply:
                    raise _TooMuch(_too_much(sending.name, self._max_reply))
                yield piece
        except _FOREIGN as error:
            failed = translated(error, sending)
        if failed is not None:
            raise failed

    def _context(self) -> ssl.SSLContext:
        """The system's certificates, corporate ones included; made with the first https call only, for it is slow."""
        if self._tls is None:
            import truststore

            self._tls = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._tls

    def _proxy(self, target: URL) -> _Proxy:
        """The environment's proxy for a host. aiohttp's ``trust_env`` would read ``.netrc`` into Authorization too."""
        origin = f"{target.scheme}://{target.host}"
        found = self._proxies.get(origin)
        if found is None:
            found = self._proxies[origin] = _environment_proxy(target)
        return found


class _TooMuch(Exception):
    """A reply that is larger than any answer."""


_FOREIGN = (aiohttp.ClientError, OSError, ValueError, TypeError, _TooMuch, EOFError)


@asynccontextmanager
async def open_transport(connections: int, max_reply: int = MAX_REPLY) -> AsyncIterator[Transport]:
    """A transport that never holds more than ``connections`` sockets, closed at the end."""
    connector = aiohttp.TCPConnector(
        limit=connections,
        limit_per_host=0,
        keepalive_timeout=_KEEP_ALIVE_SECONDS,
        ttl_dns_cache=300,
    )
    session = aiohttp.ClientSession(
        connector=connector,
        headers={"User-Agent": f"ChainDesk/{__version__}", "Accept": "application/json, text/event-stream"},
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        raise_for_status=False,
    )
    async with session:
        yield Transport(session, max_reply)


def translated(error: BaseException, sending: Sending) -> CallError:
    """The failure that a foreign exception stands for, most specific first; nothing of its own text but the reason."""
    name = sending.name
    host = urlsplit(sending.url).netloc
    if isinstance(error, _TooMuch):
        return CallError(FailureKind.MALFORMED, str(error))
    if isinstance(error, (aiohttp.ConnectionTimeoutError,)):
        return CallError(FailureKind.TIMEOUT, f"{name} could not be reached at {host} in time. Is the network up?")
    if isinstance(error, TimeoutError):
        message = f"{name} sent nothing for {sending.patience:g} seconds. If it is that slow, raise the step's timeout."
        return CallError(FailureKind.TIMEOUT, message)
    if isinstance(error, (aiohttp.ClientConnectorCertificateError, ssl.SSLCertVerificationError)):
        message = (
            f"The certificate of {host} is not trusted by this computer. Check base_url, the clock, "
            "or have your network's certificate installed in the system."
        )
        return CallError(FailureKind.CONNECTION, message)
    if isinstance(error, (aiohttp.ClientSSLError, ssl.SSLError)):
        return CallError(FailureKind.CONNECTION, f"No secure connection to {host} could be made. Check base_url.")
    if isinstance(error, aiohttp.ClientProxyConnectionError):
        return CallError(FailureKind.CONNECTION, "The proxy could not be reached. Check HTTPS_PROXY and HTTP_PROXY.")
    if isinstance(error, aiohttp.ClientHttpProxyError):
        return CallError(FailureKind.CONNECTION, f"The proxy refused to connect to {host} ({error.status}).")
    if isinstance(error, aiohttp.ClientConnectorDNSError):
        return CallError(FailureKind.CONNECTION, f"No computer is known as {host}. Check the network and base_url.")
    if isinstance(error, aiohttp.ClientConnectorError):
        return CallError(
            FailureKind.CONNECTION, f"{name} does not answer at {host}. Is it running, and base_url right?"
        )
    return _broken(error, name, host)


def _broken(error: BaseException, name: str, host: str) -> CallError:
    if isinstance(error, aiohttp.ClientPayloadError):
        return CallError(FailureKind.CONNECTION, f"{name} broke off in the middle of its reply.")
    if isinstance(error, (aiohttp.ClientConnectionError, ConnectionError)):
        return CallError(FailureKind.CONNECTION, f"{name} closed the connection without a reply.")
    if isinstance(error, aiohttp.ClientResponseError):
        return CallError(FailureKind.MALFORMED, f"{name} answered with something that is not HTTP. Check base_url.")
    if isinstance(error, aiohttp.InvalidURL):
        return CallError(FailureKind.REJECTED, f"The base_url of {name} cannot be called. Check how it is written.")
    if isinstance(error, OSError):
        return CallError(FailureKind.CONNECTION, f"The connection to {host} failed. Check the network.")
    # What is left is aiohttp refusing to send a header or a body; its text would show them.
    return CallError(FailureKind.REJECTED, f"The request to {name} could not be sent. Check its key and base_url.")


def _too_much(name: str, limit: int) -> str:
    return f"{name} sent more than {limit / 1024 / 1024:g} MB in answer to one call. Check base_url."


def _environment_proxy(target: URL) -> _Proxy:
    host = target.host or ""
    if host == "localhost" or host.startswith("127.") or host == "::1" or proxy_bypass(host):
        return _Proxy()
    address = getproxies().get(target.scheme, "")
    parts = urlsplit(address if "//" in address else f"http://{address}")
    if not address or not parts.hostname or parts.scheme != "http":
        return _Proxy()
    shown = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    url = f"http://{shown}:{parts.port or 80}"
    if parts.username is None:
        return _Proxy(url)
    secret = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return _Proxy(url, "Basic " + base64.b64encode(secret.encode()).decode("ascii"))
