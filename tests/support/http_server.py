"""A server that answers exactly the bytes it is told, so that replies can be as wrong as real ones are."""

from __future__ import annotations

import asyncio
import contextlib
import json
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from chaindesk.domain.chains.provider_settings import ProviderSettings
from chaindesk.domain.completion import CompletionRequest, Endpoint, Message
from chaindesk.providers.registry import resolve


@dataclass
class ReceivedRequest:
    """One request as it arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Answer = bytes | Callable[[ReceivedRequest, asyncio.StreamWriter], Awaitable[None]]


@dataclass
class ScriptedServer:
    """Answers the n-th request with the n-th answer, and goes on with the last one."""

    answers: list[Answer]
    received: list[ReceivedRequest] = field(default_factory=list)
    connections: int = 0
    first: asyncio.Event = field(default_factory=asyncio.Event)
    _server: asyncio.Server | None = None
    _writers: set[asyncio.StreamWriter] = field(default_factory=set)

    @property
    def url(self) -> str:
        assert self._server is not None
        return f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}/v1"

    def endpoint(self, name: str = "lab", **settings: Any) -> Endpoint:
        return resolve(name, ProviderSettings(base_url=self.url, **settings))

    def request(self, prompt: str = "Say hello.", name: str = "lab", **rest: Any) -> CompletionRequest:
        settings = rest.pop("settings", {})
        return CompletionRequest(self.endpoint(name, **settings), "model-1", (Message("user", prompt),), **rest)

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        for writer in self._writers:
            writer.transport.abort()
        await self._server.wait_closed()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self._writers.add(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):  # the client has left
            while not writer.is_closing():
                received = await _read(reader)
                self.received.append(received)
                self.first.set()
                answer = self.answers[min(len(self.received), len(self.answers)) - 1]
                if isinstance(answer, bytes):
                    writer.write(answer)
                    await writer.drain()
                else:
                    await answer(received, writer)
        writer.close()


async def _read(reader: asyncio.StreamReader) -> ReceivedRequest:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head.strip().split("\r\n")
    method, path, _ = first.split(" ")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return ReceivedRequest(method, path, headers, body)


def http_reply(status: int = 200, body: Any = b"", headers: Mapping[str, str] | None = None) -> bytes:
    """A whole HTTP reply; a body that is not bytes goes out as JSON."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    lines = {"Content-Type": "application/json", "Content-Length": str(len(content)), **(headers or {})}
    head = f"HTTP/1.1 {status} Whatever\r\n" + "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return head.encode() + b"\r\n" + content


def chat_completion(content: Any = "Hello.", finish: str | int | None = "stop", **rest: Any) -> dict[str, Any]:
    """A chat completion."""
    message = {"role": "assistant", "content": content}
    usage = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
    choices = [{"index": 0, "message": message, "finish_reason": finish}]
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "model": "model-1",
        "choices": choices,
        "usage": usage,
    } | rest


def sse_events(*data: Any, done: bool = True) -> bytes:
    """Server-sent events."""
    texts = [one if isinstance(one, str) else json.dumps(one) for one in data] + (["[DONE]"] if done else [])
    return "".join(f"data: {text}\n\n" for text in texts).encode()


def chat_chunk(content: Any = None, finish: str | None = None, **rest: Any) -> dict[str, Any]:
    """One chunk of a streamed chat completion."""
    delta = {} if content is None else {"content": content}
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}]
    return {"id": "chatcmpl-1", "object": "chat.completion.chunk", "model": "model-1", "choices": choices} | rest


def scripted_server(*answers: Answer) -> ScriptedServer:
    """Return a server that gives these answers."""
    return ScriptedServer(list(answers))
