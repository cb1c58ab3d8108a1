"""The connections of the simulated provider: counted, and broken as a crashed server breaks them."""

from __future__ import annotations

import asyncio
import socket
import struct
import sys
from typing import Any

from aiohttp import web

from chaindesk.simulator.counters import Counters

_LARGEST_REQUEST = 256 * 1024 * 1024
_LINGER_NOT = struct.pack("hh" if sys.platform == "win32" else "ii", 1, 0)


class CountingServer(web.Server):
    """aiohttp's server, which drops calls whose client is gone, and counts the sockets."""

    def __init__(self, handler: Any, counters: Counters) -> None:
        super().__init__(handler, handler_cancellation=True, access_log=None, tcp_keepalive=True, keepalive_timeout=300)
        self._counters = counters

    def connection_made(self, handler: Any, transport: asyncio.Transport) -> None:
        """Count it."""
        self._counters.connections += 1
        super().connection_made(handler, transport)

    def _make_request(
        self, message: Any, payload: Any, protocol: Any, writer: Any, task: asyncio.Task[None]
    ) -> web.BaseRequest:
        loop = self._loop
        return web.BaseRequest(message, payload, protocol, writer, task, loop, client_max_size=_LARGEST_REQUEST)


def reset_connection(request: web.BaseRequest) -> None:
    """Break the connection as a crashed server does: with RST, not FIN."""
    transport = request.transport
    if transport is None:
        return
    sock = transport.get_extra_info("socket")
    if sock is not None:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER_NOT)
    transport.abort()
