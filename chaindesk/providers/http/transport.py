"""One pooled aiohttp session for all calls.

No exception of aiohttp's leaves this module: their texts can hold the headers, and with them the key.
"""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from chaindesk import __version__
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.network_errors import FOREIGN, too_much, translated
from chaindesk.providers.proxies import Proxy, proxy_for
from chaindesk.providers.wire_formats.error_mapping import request_id
from chaindesk.providers.wire_formats.protocol import Reply, Sending

if TYPE_CHECKING:
    from aiohttp.client import _RequestContextManager as _Context

MAX_REPLY = 64 * 1024 * 1024
_CONNECT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 50.0


class Transport:
    """Sends requests over connections that all calls share."""

    def __init__(self, session: aiohttp.ClientSession, max_reply: int = MAX_REPLY) -> None:
        self._session = session
        self._max_reply = max_reply
        self._urls: dict[str, URL] = {}
        self._proxies: dict[str, Proxy] = {}
        self._timeouts: dict[float, aiohttp.ClientTimeout] = {}
        self._tls: ssl.SSLContext | None = None

    async def exchange(self, sending: Sending) -> Reply:
        """Send one request and read its whole reply, whatever its status.

        Raises:
            CallError: there was no reply, or not a whole one.
        """
        failed: CallError | None = None
        head: aiohttp.ClientResponse | None = None
        try:
            async with self._request(sending) as response:
                head = response
                return Reply(response.status, response.headers, await self._read(response, sending))
        except FOREIGN as error:
            failed = translated(error, sending, begun=head is not None)
        if head is not None:
            failed.request_id = request_id(head.headers)
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
        except FOREIGN as error:
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
                raise too_much(sending.name, self._max_reply)
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _chunks(self, response: aiohttp.ClientResponse, sending: Sending) -> AsyncIterator[bytes]:
        failed: CallError | None = None
        size = 0
        try:
            async for piece in response.content.iter_any():
                size += len(piece)
                if size > self._max_reply:
                    raise too_much(sending.name, self._max_reply)
                yield piece
        except FOREIGN as error:
            failed = translated(error, sending, begun=True)
        if failed is not None:
            raise failed

    def _context(self) -> ssl.SSLContext:
        """The system's certificates, corporate ones included; made with the first https call only, for it is slow."""
        if self._tls is None:
            import truststore

            self._tls = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        return self._tls

    def _proxy(self, target: URL) -> Proxy:
        origin = str(target.origin())
        found = self._proxies.get(origin)
        if found is None:
            found = self._proxies[origin] = proxy_for(origin)
        if found.mistake:
            raise CallError(FailureKind.UNTRUSTED, found.mistake)
        return found


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
