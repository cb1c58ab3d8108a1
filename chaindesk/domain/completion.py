"""One model call as values: what is asked, of whom, what came back, and the fingerprint that ties the two together."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import Enum
from types import MappingProxyType
from typing import Any

from chaindesk.domain.fast_values import fast_init


class ProviderKind(Enum):
    """The wire formats that ChainDesk speaks."""

    OPENAI_CHAT = "openai-chat"
    OPENAI_RESPONSES = "openai-responses"
    AZURE_OPENAI = "azure-openai"
    ANTHROPIC_MESSAGES = "anthropic-messages"
    GEMINI = "gemini"

    __hash__ = object.__hash__  # an enum's own is Python's, and every call looks its kind up


class Speed(Enum):
    """How soon an answer is wanted, and so what it costs. The answer is the same, so that no fingerprint holds it."""

    STANDARD = "standard"
    FLEX = "flex"  # the same call at a lower priority: it takes minutes, and may be refused while there is no capacity
    BATCH = "batch"  # in a job of many requests, within hours

    @property
    def price_share(self) -> Decimal:
        """What it costs of the standard price; every provider that has it takes half."""
        return Decimal(1) if self is Speed.STANDARD else Decimal("0.5")


DEMO_BASE_URL = "demo:embedded"
"""The base URL of the simulated provider, whatever port it gets; fingerprints and chains hold it."""

ANY_MODEL = "*"
"""In a provider's prices: whatever model has no price of its own there."""


@dataclass(frozen=True, slots=True)
class ModelPrice:
    """What a model's tokens cost, in US dollars per million. None: as any other input."""

    input: Decimal
    output: Decimal
    cached_input: Decimal | None = None
    cache_write: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A provider as one run uses it. It holds no key: keys are fetched by ``name`` when the run opens.

    Attributes:
        name: the provider's name in model references, such as ``openai``.
        kind: its wire format.
        base_url: without a trailing slash, such as ``https://api.openai.com/v1``.
        key_variable: the environment variable that may hold its key, or "" where it needs no key.
        key_trusted: whether that variable belongs to this address by itself, so that it may be sent without asking.
        key_required: whether a call without a key is pointless.
        accepts_key: whether there can be a key at all: the simulated provider and well-known local ones need none.
        requests_per_minute: the limit that the chain names, or None.
        tokens_per_minute: the limit that the chain names, or None.
        input_tokens_per_minute: the limit for tokens sent alone, or None.
        output_tokens_per_minute: the limit for tokens made alone, or None.
        prices: the user's own, by model name, ``ANY_MODEL`` among them; they go before the price list.
        adaptive: whether fewer calls are sent at once than the user allows where more make the server slower.
        speeds: those that the provider has.
        key_name: the name under which its key is kept, or "" for its own name.
        servers: of a provider that has several servers or keys: each of them, the first of which stands for all in
            fingerprints.
    """

    name: str
    kind: ProviderKind
    base_url: str
    key_variable: str = ""
    key_trusted: bool = False
    key_required: bool = True
    accepts_key: bool = True
    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    input_tokens_per_minute: float | None = None
    output_tokens_per_minute: float | None = None
    prices: Mapping[str, ModelPrice] = field(default_factory=lambda: MappingProxyType({}), hash=False)
    adaptive: bool = False
    speeds: frozenset[Speed] = frozenset({Speed.STANDARD})
    key_name: str = ""
    servers: tuple[Endpoint, ...] = ()

    @property
    def asked(self) -> tuple[Endpoint, ...]:
        """Whom calls go to: its servers where it has several, else itself."""
        return self.servers or (self,)

    @property
    def key_holder(self) -> str:
        """The name under which its key is kept."""
        return self.key_name or self.name


@fast_init
@dataclass(frozen=True, slots=True)
class Message:
    """One message of a request: its role (``system``, ``user`` or ``assistant``) and its text."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class Example:
    """An approved answer that is said before a request, as though the model had given it.

    Attributes:
        answer_id: the journal's number of it.
        row: the sheet number of its row.
        prompt: what was asked.
        text: the answer, as the person approved or wrote it.
    """

    answer_id: int
    row: int
    prompt: str
    text: str

    @property
    def messages(self) -> tuple[Message, Message]:
        """The question and the answer."""
        return Message("user", self.prompt), Message("assistant", self.text)


@fast_init
@dataclass(frozen=True, slots=True)
class CompletionRequest:
    """One call, wholly rendered.

    Attributes:
        endpoint: who is asked.
        model: the model's name as the provider knows it.
        messages: what is said of the row, in order.
        parameters: settings by ChainDesk's own neutral names (``max_output_tokens``, ``temperature``, ``top_p``,
            ``seed``, ``stop``, ``reasoning_effort``) and any others, which are sent as they are.
        schema: the JSON Schema of the answer where the step has fields, else None.
        timeout: seconds without anything of the answer after which the call has timed out; pings and blanks are none.
        total_timeout: seconds after which the call has timed out, whatever still comes.
        revision: tells the request from others that say the same, where an answer to those may not be reused.
        shared_system: whether every row says the same system text, so that caching it may pay; no part of the
            fingerprint.
        shared_prefix: how the prompt begins in every row, where that is long; no part of the fingerprint.
        cache_key: what the calls of a step have in common whose long beginning a provider's cache may keep, or "".
        speed: how soon the answer is wanted; no part of the fingerprint.
        may_fall_back: whether it may be sent at the standard price where its speed is refused.
        examples: approved answers that are said before; the revision has their rule, which counts in the fingerprint
            in their place.
    """

    endpoint: Endpoint
    model: str
    messages: tuple[Message, ...]
    parameters: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    schema: Mapping[str, Any] | None = None
    timeout: float = 600.0
    total_timeout: float = 3600.0
    shared_system: bool = False
    revision: str = ""
    shared_prefix: str = ""
    cache_key: str = ""
    speed: Speed = Speed.STANDARD
    may_fall_back: bool = False
    examples: tuple[Example, ...] = ()

    @property
    def said(self) -> tuple[Message, ...]:
        """All that is said, in order: system texts, examples, then what is asked."""
        if not self.examples:
            return self.messages
        system = [one for one in self.messages if one.role == "system"]
        shown = [message for example in self.examples for message in example.messages]
        return (*system, *shown, *(one for one in self.messages if one.role != "system"))

    @property
    def prompt(self) -> str:
        """All that is said, in one text."""
        return "\n".join(message.content for message in self.said)

    @property
    def fingerprint(self) -> str:
        """A hash of everything that decides the answer (hex, SHA-256). Equal fingerprints may share a paid answer."""
        frame = FingerprintFrame.of(self.endpoint, self.model, self.parameters, self.schema)
        return frame.fingerprint(self.messages, self.revision)


@dataclass(frozen=True, slots=True)
class FingerprintFrame:
    """What of a request's fingerprint does not depend on what is said: canonical JSON around the messages.

    Attributes:
        before: the JSON before the messages.
        after: the JSON after them.
    """

    before: str
    after: str

    @classmethod
    def of(
        cls, endpoint: Endpoint, model: str, parameters: Mapping[str, Any], schema: Mapping[str, Any] | None
    ) -> FingerprintFrame:
        """Return the frame of all requests that share these."""
        decisive: dict[str, object] = {
            "kind": endpoint.kind.value,
            "base_url": endpoint.base_url,
            "model": model,
            "messages": [],
            "parameters": dict(parameters),
            "schema": None if schema is None else dict(schema),
        }
        # The keys are sorted, so that nothing that a user writes stands before the messages but the base URL.
        before, _, after = _canonical(decisive).partition('"messages":[]')
        return cls(f'{before}"messages":', after)

    def fingerprint(self, messages: Sequence[Message], revision: str = "") -> str:
        """Return the hash (hex, SHA-256) of a request that says this."""
        said = f"[{','.join([f'[{_quoted(message.role)},{_quoted(message.content)}]' for message in messages])}]"
        return hashlib.sha256(f"{self.before}{said}{self.after}{revision}".encode("ascii")).hexdigest()


_quoted = json.encoder.encode_basestring_ascii
_canonical = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True, default=str).encode


@fast_init
@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one or more calls.

    Attributes:
        input: tokens in, those of the cache included.
        output: tokens out, reasoning included.
        cached_input: of the input, those read from the provider's cache, which are cheaper.
        cache_write: of the input, those written to its cache for later calls, which cost more where writing is charged.
    """

    input: int = 0
    output: int = 0
    cached_input: int = 0
    cache_write: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input + other.input,
            self.output + other.output,
            self.cached_input + other.cached_input,
            self.cache_write + other.cache_write,
        )

    @property
    def total(self) -> int:
        """Tokens in and out."""
        return self.input + self.output


class Finish(Enum):
    """Why the model stopped."""

    STOP = "stop"
    LENGTH = "length"  # cut at the output limit: the text is kept, and the row says so


@fast_init
@dataclass(frozen=True, slots=True)
class Completion:
    """A usable answer to one call.

    Attributes:
        text: the answer's text, without reasoning parts.
        model: the model that the provider says it used.
        usage: tokens, or None where the provider did not say.
        finish: why it stopped.
        request_id: the provider's own id of the request, or "".
        seconds: from sending the request to the last byte of the reply.
        cost: US dollars, or None where the price is unknown.
        speed: the speed that it was served at, and so is charged for, whatever was asked.
    """

    text: str
    model: str
    usage: Usage | None
    finish: Finish = Finish.STOP
    request_id: str = ""
    seconds: float = 0.0
    cost: Decimal | None = None
    speed: Speed = Speed.STANDARD
