"""Sends the calls around batch jobs over the session that all calls share; its failures are without the key."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import urlencode, urlsplit

from chaindesk.domain.completion import CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.batches.protocol import CreationLost, JobUnknown
from chaindesk.providers.wire_formats.errors.mapping import reply_error
from chaindesk.providers.wire_formats.json_body import described, parsed
from chaindesk.providers.wire_formats.protocol import HttpReply, HttpRequest, malformed

MAX_RESULTS = 4 * 1024**3
"""Bytes of a file of results that are read at the most."""
_TIMEOUTS_S = (120.0, 600.0)
_TRANSFER_TIMEOUTS_S = (300.0, 6 * 3600.0)
_SURELY_REFUSED = frozenset({400, 401, 402, 403, 404, 405, 413, 422, 429})
_NOT_SENT = frozenset({FailureKind.UNREACHABLE, FailureKind.UNTRUSTED, FailureKind.KEY, FailureKind.INTERNAL})
_GONE = frozenset({404, 410})


class Transport(Protocol):
    """What of ``http.transport.Transport`` is used here."""

    async def exchange(self, request: HttpRequest) -> HttpReply:
        """Send one request and read its whole reply."""
        ...

    def streamed(self, request: HttpRequest) -> AbstractAsyncContextManager[tuple[HttpReply, AsyncIterator[bytes]]]:
        """Send one request, and give its reply and the bytes of its body as they come."""
        ...


@dataclass(frozen=True, slots=True)
class JobAccount:
    """Whose jobs these are.

    Attributes:
        endpoint: the provider.
        base_url: where it really is, without a trailing slash.
        headers: those that carry the key.
        redact: returns a failure without the key.
        clean: returns a text without the key.
        request_body: returns the body of the live call that a request would be.
    """

    endpoint: Endpoint
    base_url: str
    headers: Callable[[], Mapping[str, str]]
    redact: Callable[[CallError], CallError]
    clean: Callable[[str], str]
    request_body: Callable[[CompletionRequest], tuple[str, dict[str, Any]]]


class JobCaller:
    """Makes the calls of one account."""

    def __init__(self, transport: Transport, account: JobAccount) -> None:
        self._transport = transport
        self._account = account

    @property
    def endpoint(self) -> Endpoint:
        """The provider."""
        return self._account.endpoint

    async def get(self, path: str, query: Mapping[str, str | int] | None = None) -> dict[str, Any]:
        """The JSON object at a path behind the base URL.

        Raises:
            JobUnknown: there is none (any more).
            CallError: it cannot be had.
        """
        asked = f"?{urlencode(query)}" if query else ""
        return self._object(await self._exchange(self._request(f"{self._account.base_url}{path}{asked}", None)))

    async def post(self, path: str, body: Any) -> dict[str, Any]:
        """Post JSON, and return the object that comes back. A lost reply is a plain failure: repeating does no harm.

        Raises:
            JobUnknown: there is no such job.
            CallError: it was refused, or lost.
        """
        encoded = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
        return self._object(await self._exchange(self._request(f"{self._account.base_url}{path}", encoded)))

    async def create(self, path: str, body: bytes, remote_id: Callable[[Mapping[str, Any]], str]) -> str:
        """Post what creates a job, once, and return the job's id.

        Raises:
            CreationLost: nobody can tell whether it was created.
            CallError: it was refused, or never sent.
        """
        try:
            reply = await self._exchange(
                self._request(f"{self._account.base_url}{path}", body, timeouts=_TRANSFER_TIMEOUTS_S), of_job=False
            )
            created = remote_id(self._object(reply))
            if created:
                return created
            raise malformed(self.endpoint, "JSON that names no job")
        except CallError as error:
            status = error.http_status
            refused = status is not None and (300 <= status < 400 or status in _SURELY_REFUSED)
            if refused or (status is None and error.kind in _NOT_SENT):
                raise
            lost = CreationLost(error.kind, f"{error} The batch job may have been accepted.")
        raise lost

    async def upload(self, url: str, body: bytes, headers: Mapping[str, str]) -> HttpReply:
        """Post a file to an address of this provider, and return the good reply.

        Raises:
            CallError: it was refused, or lost; nothing was paid for.
        """
        if urlsplit(url)[:2] != urlsplit(self._account.base_url)[:2]:
            message = f"{self.endpoint.name} wants the file of a batch job sent to another server. It was not sent."
            raise CallError(FailureKind.UNTRUSTED, message)
        return await self._exchange(self._request(url, body, headers, _TRANSFER_TIMEOUTS_S), of_job=False)

    async def lines(self, url: str) -> AsyncIterator[bytes]:
        """The lines of a file that the provider has, as they come, without line ends and blank ones.

        Raises:
            JobUnknown: it is not there (any more).
            CallError: it cannot be read, or not to its end.
        """
        failed: CallError | None = None
        request = self._request(url, None, timeouts=_TRANSFER_TIMEOUTS_S, max_reply=MAX_RESULTS)
        try:
            async with self._transport.streamed(request) as (head, chunks):
                if not 200 <= head.status < 300:
                    body = b"".join([chunk async for chunk in chunks])
                    raise self._error(HttpReply(head.status, head.headers, body))
                async for line in _cut(chunks):
                    yield line
        except CallError as error:
            failed = self._safe(error)
        if failed is not None:
            raise failed

    def url(self, path: str) -> str:
        """The address of a path behind the base URL."""
        return f"{self._account.base_url}{path}"

    def beside(self, word: str, path: str) -> str:
        """The address of a path behind the base URL, with a word in front of the version: ``/upload/v1beta/files``."""
        root, _, version = self._account.base_url.rpartition("/")
        return f"{root}/{word}/{version}{path}"

    def clean(self, text: str) -> str:
        """A text without the key."""
        return self._account.clean(text)

    def request_body(self, request: CompletionRequest) -> tuple[str, dict[str, Any]]:
        """The path and the body of the live call that a request would be."""
        return self._account.request_body(request)

    async def _exchange(self, request: HttpRequest, *, of_job: bool = True) -> HttpReply:
        failed: CallError | None = None
        try:
            reply = await self._transport.exchange(request)
            if 200 <= reply.status < 300:
                return reply
            failed = self._safe(self._error(reply) if of_job else reply_error(self.endpoint, "", reply))
        except CallError as error:
            failed = self._safe(error)
        raise failed

    def _request(
        self,
        url: str,
        body: bytes | None,
        headers: Mapping[str, str] | None = None,
        timeouts: tuple[float, float] = _TIMEOUTS_S,
        max_reply: int | None = None,
    ) -> HttpRequest:
        own = dict(self._account.headers())
        if body is not None:
            own["Content-Type"] = "application/json"
        return HttpRequest(url, self.endpoint.name, own | dict(headers or {}), body, *timeouts, max_reply)

    def _error(self, reply: HttpReply) -> CallError:
        error = reply_error(self.endpoint, "", reply)
        if reply.status in _GONE:
            name = self.endpoint.name
            message = f"{name} does not know this batch job (any more), or has deleted its results ({reply.status})."
            return JobUnknown(error.kind, message, http_status=reply.status, request_id=error.request_id)
        return error

    def _safe(self, error: CallError) -> CallError:
        safe = self._account.redact(error)
        if isinstance(error, JobUnknown):
            return JobUnknown(safe.kind, str(safe), http_status=safe.http_status, request_id=safe.request_id)
        return safe

    def _object(self, reply: HttpReply) -> dict[str, Any]:
        try:
            payload = parsed(reply.body)
        except ValueError:
            raise malformed(self.endpoint, described(reply.body)) from None
        if not isinstance(payload, dict):
            raise malformed(self.endpoint, "JSON that is no batch job")
        return payload


def multipart(nonce: str, lines: Sequence[bytes]) -> tuple[bytes, dict[str, str]]:
    """Lines as the form that uploads a file for a batch job, and its headers."""
    boundary = f"chaindesk-{nonce}-boundary"
    name = f"chaindesk-{nonce}.jsonl"
    head = (
        f'--{boundary}\r\nContent-Disposition: form-data; name="purpose"\r\n\r\nbatch\r\n'
        f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
        "Content-Type: application/jsonl\r\n\r\n"
    )
    body = b"".join([head.encode(), file_of(lines), f"\r\n--{boundary}--\r\n".encode()])
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


def file_of(lines: Sequence[bytes]) -> bytes:
    """Lines as one file."""
    return b"\n".join(lines) + b"\n"


async def _cut(chunks: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    rest: list[bytes] = []
    async for chunk in chunks:
        *whole, last = chunk.split(b"\n")
        for piece in whole:
            line = b"".join([*rest, piece]).strip()
            rest.clear()
            if line:
                yield line
        if last:
            rest.append(last)
    if line := b"".join(rest).strip():
        yield line
