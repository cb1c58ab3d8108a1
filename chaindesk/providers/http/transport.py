"""One pooled aiohttp session for all calls.

No exception of aiohttp's leaves this module: their texts can hold the headers, and with them the key.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import aiohttp
from yarl import URL

from chaindesk import __version__
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.http.inflater import GZIP_MARK, Inflater
from chaindesk.providers.http.lenient_head import MAX_HEADER_BYTES, MAX_HEADERS, LenientConnector
from chaindesk.providers.http.network_errors import TRANSPORT_ERRORS, NoContent, reply_too_large, to_call_error
from chaindesk.providers.proxies import Proxy, proxy_for
from chaindesk.providers.wire_formats.errors.mapping import request_id
from chaindesk.providers.wire_formats.protocol import HttpReply, HttpRequest

if TYPE_CHECKING:
    from aiohttp.client import _RequestContextManager as _Context

MAX_REPLY = 64 * 1024 * 1024
_CONNECT_SECONDS = 10.0
_KEEP_ALIVE_SECONDS = 50.0


class Transport:
    """Sends requests over connections that all calls share."""

    def __init__(
        self,
        session: aiohttp.ClientSession,
        max_reply: int = MAX_REPLY,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._session = session
        self._clock = clock
        self._max_reply = max_reply
        self._targets: dict[str, _Target] = {}
        self._proxies: dict[str, Proxy] = {}
        self._timeouts: dict[tuple[float, float], aiohttp.ClientTimeout] = {}
        self._tls: ssl.SSLContext | None = None

    async def exchange(self, request: HttpRequest) -> HttpReply:
        """Send one request and read its whole reply, whatever its status.

        Raises:
            CallError: there was no reply, or not a whole one.
        """
        failed: CallError | None = None
        head: aiohttp.ClientResponse | None = None
        try:
            async with self._request(request) as response:
                head = response
                return HttpReply(response.status, response.headers, await self._read(response, request))
        except TRANSPORT_ERRORS as error:
            failed = to_call_error(error, request, begun=head is not None)
        if head is not None:
            failed.request_id = request_id(head.headers)
        # Raised here, outside the handler, so that the foreign exception is not even this one's context.
        raise failed

    @asynccontextmanager
    async def streamed(self, request: HttpRequest) -> AsyncIterator[tuple[HttpReply, AsyncIterator[bytes]]]:
        """Send one request and give its reply without the body, and the body's bytes as they come.

        Raises:
            CallError: there was no reply; the iterator raises it where the reply breaks off.
        """
        failed: CallError | None = None
        try:
            response = await self._request(request)
        except TRANSPORT_ERRORS as error:
            failed = to_call_error(error, request)
        if failed is not None:
            raise failed
        async with response:
            yield HttpReply(response.status, response.headers, b""), self._chunks(response, request)

    def _request(self, request: HttpRequest) -> _Context:
        target = self._targets.get(request.url)
        if target is None:
            target = self._targets[request.url] = self._target(request.url)
        seconds = (request.timeout, request.total_timeout)
        limits = self._timeouts.get(seconds)
        if limits is None:
            limits = self._timeouts[seconds] = aiohttp.ClientTimeout(
                total=request.total_timeout,
                sock_connect=min(_CONNECT_SECONDS, request.timeout),
                sock_read=request.timeout,
            )
        return self._session.request(
            "GET" if request.body is None else "POST",
            target.url,
            data=request.body,
            headers={**request.headers, **target.headers} if target.headers else request.headers,
            timeout=limits,
            allow_redirects=False,
            proxy=target.proxy,
            proxy_headers=target.proxy_headers,
            ssl=target.tls,
        )

    def _target(self, address: str) -> _Target:
        url = URL(address, encoded=True)
        proxy = self._proxy(url)
        authorization = {"Proxy-Authorization": proxy.authorization} if proxy.authorization else None
        if url.scheme == "https":
            return _Target(url, proxy.url, proxy_headers=authorization, tls=self._context())
        return _Target(url, proxy.url, headers=authorization)

    async def _read(self, response: aiohttp.ClientResponse, request: HttpRequest) -> bytes:
        """Return the whole body. Most come in one piece that needs no more looking at."""
        content = response.content
        begun = b""
        if content.is_eof() and content.total_bytes <= self._max_reply:
            begun = await content.readany()
            if content.at_eof() and begun.strip() and not begun.startswith(GZIP_MARK):
                return begun
        pieces = [piece async for piece in self._pieces(response, request, begun)]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    async def _pieces(
        self, response: aiohttp.ClientResponse, request: HttpRequest, begun: bytes = b""
    ) -> AsyncIterator[bytes]:
        """The body as it comes, decompressed, and never more of it than any answer has; ``begun`` was read already.

        Blanks that keep a connection alive are passed on, and are no content.
        """
        size, most = 0, request.max_reply or self._max_reply
        content_at = self._clock()
        inflater: Inflater | None = None
        raw = begun or await response.content.readany()
        while raw:
            if size == 0 and inflater is None and raw.startswith(GZIP_MARK):
                inflater = Inflater()
            piece = raw if inflater is None else inflater.feed(raw, most - size)
            size += len(piece)
            now = self._clock()
            if piece.strip():
                content_at = now
            elif now - content_at > request.timeout:
                raise NoContent
            if size > most or (inflater is not None and inflater.has_more):
                raise reply_too_large(request.name, most)
            yield piece
            raw = await response.content.readany()

    async def _chunks(self, response: aiohttp.ClientResponse, request: HttpRequest) -> AsyncIterator[bytes]:
        failed: CallError | None = None
        try:
            async for piece in self._pieces(response, request):
                yield piece
        except TRANSPORT_ERRORS as error:
            failed = to_call_error(error, request, begun=True)
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


@dataclass(frozen=True, slots=True)
class _Target:
    """How an address is reached.

    Attributes:
        url: the address.
        proxy: the proxy's address, or None.
        headers: what a plain proxy is told with each request.
        proxy_headers: what a proxy is told that passes encrypted connections on.
        tls: whose certificates are trusted; True where nothing is encrypted.
    """

    url: URL
    proxy: str | None
    headers: Mapping[str, str] | None = None
    proxy_headers: Mapping[str, str] | None = None
    tls: ssl.SSLContext | bool = True


@asynccontextmanager
async def open_transport(
    connections: int, max_reply: int = MAX_REPLY, clock: Callable[[], float] = time.monotonic
) -> AsyncIterator[Transport]:
    """A transport that never holds more than ``connections`` sockets, closed at the end."""
    connector = LenientConnector(
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
        max_line_size=MAX_HEADER_BYTES,
        max_field_size=MAX_HEADER_BYTES,
        max_headers=MAX_HEADERS,
    )
    async with session:
        yield Transport(session, max_reply, clock)
