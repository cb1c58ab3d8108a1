"""The simulated provider: a real HTTP server on loopback that speaks OpenAI's and Anthropic's formats.

The demo, the tests and the bench all run against it. ``python -m chaindesk.simulator.server`` serves it alone.
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Callable, Mapping
from typing import Any, Self

from aiohttp import web

from chaindesk.domain.errors import EnvironmentFailure
from chaindesk.simulator import faults
from chaindesk.simulator.batches.reply import Lost
from chaindesk.simulator.batches.routes import CLOCK_PATH, BatchRoutes
from chaindesk.simulator.call import Call, Dialect, answer_call, asks_flex
from chaindesk.simulator.capacity import SharedTime
from chaindesk.simulator.connections import CountingServer, reset_connection
from chaindesk.simulator.counters import Counters
from chaindesk.simulator.dialect_anthropic_messages import MessagesDialect
from chaindesk.simulator.dialect_azure import AzureDialect
from chaindesk.simulator.dialect_gemini import GEMINI_PATH, GeminiDialect
from chaindesk.simulator.dialect_openai_chat import ChatDialect, model_list
from chaindesk.simulator.dialect_openai_responses import ResponsesDialect
from chaindesk.simulator.faults import Fault
from chaindesk.simulator.key_limits import KeyLimits
from chaindesk.simulator.options import SimulatorOptions, draw_latency, latency_of
from chaindesk.simulator.prompt_cache import PromptCache
from chaindesk.simulator.text import answer_of

__all__ = ["SimulatorOptions", "SimulatorServer", "answer_of", "latency_of", "serve_forever"]
_DIALECTS: Mapping[str, Dialect] = {
    "/chat/completions": ChatDialect(),
    "/responses": ResponsesDialect(),
    "/messages": MessagesDialect(),
}
_AZURE = AzureDialect()
_GEMINI = GeminiDialect()
_GRACE = 0.05


class SimulatorServer:
    """The simulated provider within the running loop: ``async with SimulatorServer(options) as server``.

    Attributes:
        options: how it behaves; assign others between calls to change it.
        counters: what it saw; also at ``GET /counters``, and ``POST /counters/reset`` resets them.
        on_request: called with method and path of each request as it arrives.
        batches: its batch jobs, whose counters are at ``GET /counters`` under ``batch``.
    """

    def __init__(self, options: SimulatorOptions | None = None, host: str = "127.0.0.1", port: int = 0) -> None:
        self.options = options or SimulatorOptions()
        self.counters = Counters()
        self.on_request: Callable[[str, str], object] = lambda method, path: None
        self.batches = BatchRoutes(lambda: self.options, _DIALECTS, _AZURE, _GEMINI)
        self._host = host
        self._port = port
        self._limits: dict[str, KeyLimits] = {}
        self._cache = PromptCache()
        self._shared = SharedTime(self.options.capacity, self.options.overload) if self.options.capacity else None
        self._listener: asyncio.Server | None = None
        self._http: CountingServer | None = None

    @property
    def base_url(self) -> str:
        """Where it is called, such as ``http://127.0.0.1:40123/v1``; known once it is open."""
        return f"{self.root_url}/v1"

    @property
    def root_url(self) -> str:
        """Where ``/counters`` lies."""
        return f"http://{self._host}:{self._port}"

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._http = CountingServer(self._handle, self.counters)
        try:
            self._listener = await loop.create_server(self._http, self._host, self._port, backlog=2048)
        except OSError as error:
            message = f"Port {self._port} on {self._host} cannot be used: {error.strerror}. Choose another."
            raise EnvironmentFailure(message) from error
        self._port = self._listener.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._listener is not None and self._http is not None:
            self._listener.close()
            await self._http.shutdown(_GRACE)  # 0 would be for ever
            await self._listener.wait_closed()

    async def _handle(self, request: web.BaseRequest) -> web.StreamResponse:
        arrived = asyncio.get_running_loop().time()
        path = request.path.rstrip("/")
        self.on_request(request.method, path)
        if BatchRoutes.concern(path) and (said := await self._batch(request, path)) is not None:
            return said
        dialect = next((_DIALECTS[end] for end in _DIALECTS if path.endswith(end)), None)
        if "api-key" in request.headers and path.endswith("/chat/completions"):
            dialect = _AZURE
        if dialect is None and GEMINI_PATH.search(path):
            dialect = _GEMINI
        if request.method == "POST" and dialect is not None:
            return await self._complete(request, dialect, arrived)
        if request.method == "GET" and path.endswith("/models"):
            refused = self._unknown_key(request)
            return refused or _json(model_list(self.options))
        if path == "/counters":
            return _json(self.counters.as_json() | {"batch": self.batches.store.counters.as_json()})
        if request.method == "POST" and path == "/counters/reset":
            self.counters.reset()
            return _json({})
        message = f"Unknown request URL: {request.method} {request.path}."
        return _error(404, faults.error_body(message, "invalid_request_error", code="unknown_url"))

    async def _batch(self, request: web.BaseRequest, path: str) -> web.StreamResponse | None:
        refused = None if path == CLOCK_PATH else self._unknown_key(request)
        if refused is not None:
            return refused
        body = await request.read()
        said = self.batches.handle(request.method, path, request.query, request.headers, body, self.root_url)
        if said is None:
            return None
        if isinstance(said, Lost):
            reset_connection(request)
            return web.StreamResponse()
        whole = said.headers.get("X-Whole")
        if whole is None:
            return web.Response(
                status=said.status, body=said.body, content_type=said.content_type, headers=dict(said.headers)
            )
        response = web.StreamResponse(headers={"Content-Length": whole, "Content-Type": said.content_type})
        await response.prepare(request)
        await response.write(said.body)
        reset_connection(request)
        return response

    async def _complete(self, request: web.BaseRequest, dialect: Dialect, arrived: float) -> web.StreamResponse:
        order = self.counters.requests
        response: web.StreamResponse
        try:
            call = answer_call(self.options, dialect.read(await request.read(), request.path))
        except ValueError as error:
            response = _error(400, faults.error_body(str(error), "invalid_request_error"))
        else:
            attempt = self.counters.began(call.digest)
            try:
                response = await self._answer(request, dialect, call, attempt, arrived, order)
            finally:
                self.counters.ended()
        if response.status >= 400 and isinstance(response, web.Response) and isinstance(response.body, bytes):
            headers = dialect.limits({name.lower(): value for name, value in response.headers.items()})
            headers.pop("content-length", None)
            response = web.Response(
                status=response.status, body=dialect.error(response.status, response.body), headers=headers
            )
        if _reachable(request):
            self.counters.by_status[response.status] += 1
        return response

    async def _answer(
        self, request: web.BaseRequest, dialect: Dialect, call: Call, attempt: int, arrived: float, order: int
    ) -> web.StreamResponse:
        options = self.options
        refused = self._unknown_key(request) or self._unsupported(call)
        if refused is not None:
            return refused
        fault = faults.draw_fault(options, call.digest, attempt)
        if asks_flex(call.asked) and faults.lacks_capacity(options, call.digest, attempt):
            self.counters.flex_refused += 1
            status = 503 if isinstance(dialect, GeminiDialect) else 429
            return _error(status, faults.capacity_error())
        if fault is Fault.ERROR_429:
            return _error(429, faults.status_error(429, call.model, ""), {"retry-after": "1"})
        limits = self._limits_of(request, arrived)
        refusal = limits.acquire(call.input_tokens + call.output_tokens, arrived)
        if refusal is not None:
            headers, body = faults.limit_error(refusal, call.model)
            return _error(429, body, headers | limits.headers())
        self.counters.tokens += call.input_tokens + call.output_tokens
        if options.prompt_cache:
            call = self._cache.look_up(_key(request), call, implicit=not isinstance(dialect, MessagesDialect))
            self.counters.cache_writes += call.written > 0
            self.counters.cache_reads += call.cached > 0
        due = arrived + draw_latency(options, call.digest, order)
        headers = {"x-request-id": f"req_{call.digest[:20]}{attempt:02d}", **limits.headers()}
        if faults.is_marked(options, call.prompt, attempt):
            await _sleep_until(due)
            body = faults.status_error(options.fail_status, call.model, _key(request))
            return _error(options.fail_status, body, headers)
        if fault is not None:
            return await self._fail(request, call, dialect.whole(call), fault, due, headers)
        told = dialect.limits(headers)
        if call.streamed:
            return await self._stream(request, call, dialect.chunks(call), arrived, due, told)
        await (_sleep_until(due) if self._shared is None else self._shared.work(due - arrived))
        self._cache.begin(_key(request), call)
        return await self._deliver(request, call, dialect.whole(call), told)

    async def _deliver(
        self, request: web.BaseRequest, call: Call, body: bytes, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        response = web.Response(body=body, content_type="application/json", headers=headers)
        await response.prepare(request)
        await response.write_eof()
        self._record_delivery(request, call)
        return response

    async def _stream(
        self,
        request: web.BaseRequest,
        call: Call,
        chunks: list[bytes],
        arrived: float,
        due: float,
        headers: Mapping[str, str],
    ) -> web.StreamResponse:
        begin = arrived + (due - arrived) * 0.2
        await _sleep_until(begin)
        self._cache.begin(_key(request), call)
        response = web.StreamResponse(headers={**headers, "Content-Type": "text/event-stream; charset=utf-8"})
        await response.prepare(request)
        for number, chunk in enumerate(chunks, 1):
            await _sleep_until(begin + (due - begin) * number / len(chunks))
            await response.write(chunk)
        await response.write_eof()
        self._record_delivery(request, call)
        return response

    async def _fail(
        self, request: web.BaseRequest, call: Call, whole: bytes, fault: Fault, due: float, headers: Mapping[str, str]
    ) -> web.StreamResponse:
        if fault is Fault.HANG:
            await asyncio.Event().wait()  # until the client gives up, which cancels this
        await _sleep_until(due)
        match fault:
            case Fault.ERROR_500:
                return _error(500, faults.status_error(500, call.model, ""), headers)
            case Fault.ERROR_503:
                body = faults.status_error(503, call.model, "")
                return _error(503, body, {**headers, "retry-after": "1"})
            case Fault.MALFORMED:
                body = faults.malformed_body(self.options, call.digest, whole)
                return web.Response(body=body, content_type="application/json", headers=headers)
        response = web.StreamResponse(headers={**headers, "Content-Type": "application/json"})
        if faults.breaks_in_the_middle(self.options, call.digest):
            await response.prepare(request)
            await response.write(whole[:40])
        reset_connection(request)
        return response

    def _record_delivery(self, request: web.BaseRequest, call: Call) -> None:
        if _reachable(request):
            self.counters.answered(call.digest, call.input_tokens, call.output_tokens, flex=call.flex)

    def _limits_of(self, request: web.BaseRequest, now: float) -> KeyLimits:
        key = _key(request)
        if key not in self._limits:
            self._limits[key] = KeyLimits(self.options, now)
        return self._limits[key]

    def _unknown_key(self, request: web.BaseRequest) -> web.StreamResponse | None:
        key = _key(request)
        if not self.options.require_key or key == self.options.require_key:
            return None
        return _error(401, faults.status_error(401, "", key))

    def _unsupported(self, call: Call) -> web.StreamResponse | None:
        name = next((name for name in self.options.unsupported if name in call.asked.body), None)
        if name is None:
            return None
        message = f"Unsupported parameter: '{name}' is not supported with this model."
        kind = "invalid_request_error"
        return _error(400, faults.error_body(message, kind, code="unsupported_parameter", param=name))


async def serve_forever(options: SimulatorOptions, host: str = "127.0.0.1", port: int = 0) -> None:
    """Serve until cancelled, after one line that tells the address.

    Raises:
        EnvironmentFailure: the port cannot be used.
    """
    async with SimulatorServer(options, host, port) as server:
        print(f"The simulated provider listens at {server.base_url}", flush=True)  # noqa: T201
        await asyncio.Event().wait()


async def _sleep_until(due: float) -> None:
    """Sleep until the loop's clock says ``due``."""
    await asyncio.sleep(max(due - asyncio.get_running_loop().time(), 0))


def _key(request: web.BaseRequest) -> str:
    own = request.headers.get("x-api-key") or request.headers.get("x-goog-api-key") or request.headers.get("api-key")
    return own or request.headers.get("Authorization", "").removeprefix("Bearer ").strip()


def _reachable(request: web.BaseRequest) -> bool:
    """Whether the client is still there."""
    return request.transport is not None and not request.transport.is_closing()


def _json(value: Any) -> web.StreamResponse:
    return web.Response(body=json.dumps(value).encode(), content_type="application/json")


def _error(status: int, body: bytes, headers: Mapping[str, str] | None = None) -> web.StreamResponse:
    return web.Response(status=status, body=body, content_type="application/json", headers=headers)


if __name__ == "__main__":
    asyncio.run(serve_forever(SimulatorOptions.from_json(sys.argv[1] if len(sys.argv) > 1 else "{}")))
