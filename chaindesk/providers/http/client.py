"""The provider that the engine holds: sends each call in its endpoint's wire format over one pooled session."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint, ProviderKind, Speed
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.base import Keys, NoticeListener, RateListener, TextListener
from chaindesk.providers.batches.by_endpoint import batch_api
from chaindesk.providers.batches.caller import JobAccount, JobCaller
from chaindesk.providers.batches.protocol import BatchApi, BatchProvider
from chaindesk.providers.http.flex_refusals import FlexRefusals, without_tier_dropped
from chaindesk.providers.http.ignored_parameters import IgnoredParameters
from chaindesk.providers.http.response_reader import EVENT_STREAM, known_by_request_id, read_stream, read_whole
from chaindesk.providers.redaction import redacted, without_key
from chaindesk.providers.registry import key_command
from chaindesk.providers.wire_formats.by_kind import wire_format_of
from chaindesk.providers.wire_formats.errors.body import read_error
from chaindesk.providers.wire_formats.errors.mapping import reply_error
from chaindesk.providers.wire_formats.json_body import described, encoded, parsed
from chaindesk.providers.wire_formats.protocol import (
    Adaptation,
    HttpReply,
    HttpRequest,
    Outgoing,
    WireAnswer,
    WireFormat,
    asks_flex,
    malformed,
    storable,
)

if TYPE_CHECKING:
    from chaindesk.providers.http.transport import Transport

_MAX_ADAPTATIONS = 6
_MODELS_TIMEOUTS_S = (30.0, 60.0)
_NO_ADAPTATION = Adaptation()
_log = logging.getLogger(__name__)


@asynccontextmanager
async def open_providers(
    keys: Keys,
    connections: int,
    on_rate: RateListener | None = None,
    *,
    addresses: Mapping[str, str] | None = None,
    on_notice: NoticeListener | None = None,
) -> AsyncIterator[BatchProvider]:
    """One provider for all endpoints of a run, over one HTTP session that is closed at the end.

    Args:
        keys: API keys by endpoint name.
        connections: the most sockets that are ever open; give the most rows at once.
        on_rate: called with the limits in each reply.
        addresses: where base URLs really are, such as ``{"demo:embedded": server.base_url}``; fingerprints keep to
            the endpoint's own base URL.
        on_notice: called once for each parameter that a model is asked without.
    """
    from chaindesk.providers.http.transport import open_transport

    async with open_transport(connections) as transport:
        yield HttpProvider(transport, keys, on_rate, addresses or {}, on_notice)


class HttpProvider:
    """Makes calls; see ``base.Provider``."""

    def __init__(
        self,
        transport: Transport,
        keys: Keys,
        on_rate: RateListener | None,
        addresses: Mapping[str, str],
        on_notice: NoticeListener | None = None,
    ) -> None:
        self._transport = transport
        self._keys = keys
        self._on_rate = on_rate
        self._addresses = addresses
        self._adaptations: dict[tuple[ProviderKind, str, str], Adaptation] = {}
        self._without_stream: set[tuple[str, str]] = set()  # addresses and models that refused a stream
        self._flex = FlexRefusals(on_notice)
        self._heads: dict[tuple[str, str, str, str | None], tuple[str, Mapping[str, str]]] = {}
        self._ignored = IgnoredParameters(on_notice) if on_notice is not None else None

    def __repr__(self) -> str:
        return f"HttpProvider({len(self._keys)} keys)"

    async def complete(self, request: CompletionRequest, on_text: TextListener | None = None) -> Completion:
        """Make one call, once; a parameter that the server does not take is left out and the call made again.

        With ``on_text`` a stream is asked for. A server that refuses it is asked without: a refused call costs nothing.

        Raises:
            CallError: it failed, with its kind and a reason in plain words.
        """
        started = time.monotonic()
        failed: CallError | None = None
        try:
            answered = await self._answer_watched(request, on_text) if on_text else await self._answer(request)
        except CallError as error:
            failed = self._redacted(error, request.endpoint)
        if failed is not None:
            raise failed
        key = self._keys.get(request.endpoint.name) or ""
        return Completion(
            text=without_key(answered.text, key),
            model=without_key(answered.model, key),
            usage=answered.usage,
            finish=answered.finish,
            request_id=redacted(answered.request_id, key),
            seconds=time.monotonic() - started,
            cost=answered.cost,
            speed=answered.speed,
        )

    async def models(self, endpoint: Endpoint) -> Sequence[str]:
        """The models that the endpoint offers: one cheap call, which also tells whether the key is good.

        Raises:
            CallError: they cannot be had.
        """
        failed: CallError | None = None
        try:
            return await self._models(endpoint)
        except CallError as error:
            failed = self._redacted(error, endpoint)
        raise failed

    async def _models(self, endpoint: Endpoint) -> Sequence[str]:
        wire = wire_format_of(endpoint)
        reply = await self._transport.exchange(
            self._http_request(wire, endpoint, wire.models_path, None, _MODELS_TIMEOUTS_S)
        )
        if not 200 <= reply.status < 300:
            raise reply_error(endpoint, "", reply)
        try:
            payload = parsed(reply.body)
        except ValueError:
            raise malformed(endpoint, described(reply.body)) from None
        try:
            return [name for name in wire.model_names(payload) if name.isprintable()]  # a name is one line of text
        except ValueError:
            raise malformed(endpoint, "JSON that lists no models") from None

    async def _answer_watched(self, request: CompletionRequest, on_text: TextListener) -> WireAnswer:
        place = (request.endpoint.base_url, request.model)
        if request.schema is None and place not in self._without_stream:
            key = self._keys.get(request.endpoint.name) or ""
            streamed = replace(request, parameters={**request.parameters, "stream": True})
            try:
                return await self._answer(streamed, lambda text: on_text(without_key(text, key)))
            except CallError as error:
                if error.kind is not FailureKind.REJECTED or request.parameters.get("stream"):
                    raise
                self._without_stream.add(place)
        return await self._answer(request)

    async def _answer(self, request: CompletionRequest, on_text: TextListener | None = None) -> WireAnswer:
        wire = wire_format_of(request.endpoint)
        place = (request.endpoint.kind, request.endpoint.base_url, request.model)
        request = self._flex.possible(request)
        adaptation = without_tier_dropped(request, self._adaptations.get(place, _NO_ADAPTATION))
        tried = 0
        while True:
            outgoing = wire.outgoing(request, adaptation)
            reply = await self._send(wire, request, outgoing, on_text)
            if isinstance(reply, WireAnswer):
                if tried:
                    self._remember(request, adaptation)
                if self._ignored is not None and request.parameters:
                    self._ignored.check(wire, request, adaptation, outgoing)
                return reply
            error = read_error(reply.body).without_prompt(request.prompt)
            further = wire.adapted(outgoing, adaptation, reply.status, error)
            if (at_standard := self._flex.at_standard(request, adaptation, further, reply.status, error)) is not None:
                request = at_standard
                continue
            tried += 1
            if further is None or tried > _MAX_ADAPTATIONS or wire.outgoing(request, further) == outgoing:
                flex = asks_flex(request)
                raise reply_error(request.endpoint, request.model, reply, prompt=request.prompt, flex=flex)
            adaptation = further

    def _remember(self, request: CompletionRequest, adaptation: Adaptation) -> None:
        """Ask all rows so from now on: a call that was adapted so far is answered, so that it was not its own text."""
        place = (request.endpoint.kind, request.endpoint.base_url, request.model)
        if self._adaptations.get(place) != adaptation:
            self._adaptations[place] = adaptation
            _log.info("%s: %s does not take a parameter; calls go on without it", request.endpoint.name, request.model)

    async def _send(
        self, wire: WireFormat, request: CompletionRequest, outgoing: Outgoing, on_text: TextListener | None
    ) -> WireAnswer | HttpReply:
        """The answer, or the reply that refuses it."""
        body, timeouts = encoded(outgoing.body), (request.timeout, request.total_timeout)
        http_request = self._http_request(wire, request.endpoint, outgoing.path, body, timeouts)
        if outgoing.streamed:
            return await self._send_streamed(wire, request, http_request, on_text)
        reply = await self._transport.exchange(http_request)
        self._report_rate(wire, request, reply)
        return read_whole(wire, request, reply) if 200 <= reply.status < 300 else reply

    async def _send_streamed(
        self, wire: WireFormat, request: CompletionRequest, http_request: HttpRequest, on_text: TextListener | None
    ) -> WireAnswer | HttpReply:
        async with self._transport.streamed(http_request) as (head, chunks):
            self._report_rate(wire, request, head)
            good = 200 <= head.status < 300
            if good and head.headers.get("Content-Type", "").lower().startswith(EVENT_STREAM):
                return await read_stream(wire, request, chunks, head.headers, on_text=on_text)
            with known_by_request_id(head.headers):
                reply = HttpReply(head.status, head.headers, b"".join([chunk async for chunk in chunks]))
            return read_whole(wire, request, reply) if good else reply

    def batches(self, endpoint: Endpoint) -> BatchApi | None:
        """The batch jobs of an endpoint, or None where it has none."""
        wire = wire_format_of(endpoint)
        account = JobAccount(
            endpoint=endpoint,
            base_url=self._base(endpoint),
            headers=partial(self._headers, wire, endpoint),
            redact=partial(self._redacted, endpoint=endpoint),
            clean=partial(without_key, key=self._keys.get(endpoint.name) or ""),
            request_body=partial(self._batch_body, wire),
        )
        return batch_api(JobCaller(self._transport, account))

    def _batch_body(self, wire: WireFormat, request: CompletionRequest) -> tuple[str, dict[str, Any]]:
        parameters = {name: value for name, value in request.parameters.items() if name != "stream"}
        plain = replace(request, parameters=parameters, speed=Speed.STANDARD)
        place = (request.endpoint.kind, request.endpoint.base_url, request.model)
        outgoing = wire.outgoing(plain, self._adaptations.get(place, _NO_ADAPTATION))
        return outgoing.path, outgoing.body

    def _http_request(
        self, wire: WireFormat, endpoint: Endpoint, path: str, body: bytes | None, timeouts: tuple[float, float]
    ) -> HttpRequest:
        place = (endpoint.name, endpoint.base_url, path, self._keys.get(endpoint.name))
        head = self._heads.get(place)
        if head is None:
            content = {} if body is None else {"Content-Type": "application/json"}
            head = self._heads[place] = (self._base(endpoint) + path, self._headers(wire, endpoint) | content)
        return HttpRequest(head[0], endpoint.name, head[1], body, *timeouts)

    def _base(self, endpoint: Endpoint) -> str:
        address = self._addresses.get(endpoint.base_url, endpoint.base_url)
        if not address.startswith(("http://", "https://")):
            message = f"The simulated provider for {endpoint.name} was not started. This is a mistake in ChainDesk."
            raise CallError(FailureKind.INTERNAL, message)
        return address.rstrip("/")

    def _headers(self, wire: WireFormat, endpoint: Endpoint) -> dict[str, str]:
        key = self._keys.get(endpoint.name)
        if key is None and endpoint.key_required:
            raise CallError(FailureKind.KEY, f"There is no key for {endpoint.name}. {_key_hint(endpoint)}")
        if key is not None and not (key.isascii() and key.isprintable() and " " not in key):
            message = f"The key for {endpoint.name} holds a space, a line break or a character that no key has. "
            raise CallError(FailureKind.KEY, message + _key_hint(endpoint))
        return wire.headers(key)

    def _report_rate(self, wire: WireFormat, request: CompletionRequest, reply: HttpReply) -> None:
        if self._on_rate is None:
            return
        hint = wire.rate_hint(request.endpoint, reply.headers)
        if hint is not None:
            self._on_rate(request, hint if reply.status < 300 else replace(hint, refused=True))

    def _redacted(self, error: CallError, endpoint: Endpoint) -> CallError:
        """Return the same failure without the key, as a new object without the traceback and context of the old one."""
        key = self._keys.get(endpoint.name) or ""
        safe = CallError(
            error.kind,
            redacted(storable(str(error)), key),
            http_status=error.http_status,
            retry_after=error.retry_after,
            request_id=redacted(storable(error.request_id), key),
            raw_text=redacted(storable(error.raw_text), key),
            usage=error.usage,
            cost=error.cost,
            suspected=error.suspected,
        )
        safe.speed = error.speed
        return safe


def _key_hint(endpoint: Endpoint) -> str:
    variable = f" or in the variable {endpoint.key_variable}" if endpoint.key_variable else ""
    return f"Give it with `{key_command(endpoint)}`{variable}, then go on."
