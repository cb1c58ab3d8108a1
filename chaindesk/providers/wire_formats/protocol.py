"""What a wire format is: pure functions between ChainDesk's values and one vendor's JSON, free of any socket.

Each provider kind implements ``WireFormat``; ``http.client`` does the sending and reading for all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Protocol

from chaindesk.domain.completion import CompletionRequest, Endpoint, Finish, Speed, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.domain.estimate import OutputLimit
from chaindesk.domain.fast_values import fast_init
from chaindesk.providers.base import RateHint
from chaindesk.providers.wire_formats.errors.body import ErrorBody
from chaindesk.providers.wire_formats.sse import ServerEvent


@fast_init
@dataclass(frozen=True, slots=True)
class Outgoing:
    """A call ready to be sent: the path behind the base URL, its JSON body, and whether a stream is asked for."""

    path: str
    body: dict[str, Any]
    streamed: bool = False


@fast_init
@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request.

    Attributes:
        url: the whole address.
        name: the provider's name, for messages.
        headers: all that are special to the call. They are not part of the repr: they hold the key.
        body: JSON to post, or None to get.
        timeout: seconds without a byte of content after which the call has timed out.
        total_timeout: seconds after which the call has timed out, whatever still comes.
        max_reply: bytes that a reply may have where it is longer than any answer; None for the usual bound.
    """

    url: str
    name: str
    headers: Mapping[str, str] = field(repr=False)
    body: bytes | None
    timeout: float
    total_timeout: float = 3600.0
    max_reply: int | None = None


@fast_init
@dataclass(frozen=True, slots=True)
class HttpReply:
    """A reply as it came: HTTP status, headers without regard to case, and the whole body."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(slots=True)
class WireAnswer:
    """What a wire format reads out of a good reply."""

    text: str
    model: str
    usage: Usage | None
    finish: Finish = Finish.STOP
    request_id: str = ""
    cost: Decimal | None = None
    speed: Speed = Speed.STANDARD


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What one server was found to refuse for one model: parameters left out, renamed, and a weaker JSON mode.

    Attributes:
        dropped: wire names that are not sent.
        renamed: other wire names for some.
        structured: ``json_schema``, ``json_object``, ``prompt``, or "" where the server's own habit holds.
    """

    dropped: frozenset[str] = frozenset()
    renamed: Mapping[str, str] = field(default_factory=dict)
    structured: str = ""


class StreamReader(Protocol):
    """Puts one streamed answer together."""

    @property
    def text(self) -> str:
        """The text so far."""
        ...

    @property
    def complete(self) -> bool:
        """Whether the stream has reached its end."""
        ...

    def feed(self, event: ServerEvent) -> None:
        """Handle one event.

        Raises:
            CallError: it tells a failure.
        """
        ...

    def answer(self) -> WireAnswer:
        """The whole answer, once the stream is complete.

        Raises:
            CallError: it cannot be used.
        """
        ...


class WireFormat(Protocol):
    """One vendor's wire format. Stateless; errors may still hold a key in their texts: ``http.client`` redacts them."""

    def headers(self, key: str | None) -> dict[str, str]:
        """The headers that carry the key and whatever else the vendor wants."""
        ...

    def outgoing(self, request: CompletionRequest, adaptation: Adaptation) -> Outgoing:
        """The call that asks for the request's answer."""
        ...

    def output_limit(self, request: CompletionRequest) -> OutputLimit:
        """The limit that the call is sent with."""
        ...

    def answer(self, request: CompletionRequest, payload: Any) -> WireAnswer:
        """The answer in a good reply's JSON.

        Raises:
            CallError: it holds none that can be used.
        """
        ...

    def stream(self, request: CompletionRequest) -> StreamReader:
        """A reader for one streamed answer."""
        ...

    def adapted(self, outgoing: Outgoing, adaptation: Adaptation, status: int, error: ErrorBody) -> Adaptation | None:
        """A further adaptation that may get a refused call through; None where the refusal is of another sort.

        Args:
            outgoing: the call that was refused.
            adaptation: what it was adapted to already.
            status: the HTTP status of the refusal.
            error: what it says, without the prompt's own words.
        """
        ...

    def rate_hint(self, endpoint: Endpoint, headers: Mapping[str, str]) -> RateHint | None:
        """The limits that a reply's headers report."""
        ...

    @property
    def models_path(self) -> str:
        """Where the models are listed, behind the base URL."""
        ...

    def model_names(self, payload: Any) -> Sequence[str]:
        """The models in a good reply to ``models_path``.

        Raises:
            CallError: it lists none that can be read.
        """
        ...


def refuse_own_names(parameters: Mapping[str, Any], names: Sequence[str]) -> None:
    """Refuse parameters under names that ChainDesk fills in itself.

    Raises:
        CallError: there is one.
    """
    for name in names:
        if name in parameters:
            message = f'A step\'s parameters may not hold "{name}": ChainDesk fills that in itself. Take it out.'
            raise CallError(FailureKind.REJECTED, message)


def system_text(request: CompletionRequest) -> str:
    """The texts of the system messages as one, for wire formats that have a field for it."""
    return "\n\n".join(one.content for one in request.messages if one.role == "system" and one.content)


def speed_of(tier: Any) -> Speed:
    """The speed that a reply says it was served at: whatever is not said to be cheaper is charged as standard."""
    return Speed.FLEX if isinstance(tier, str) and tier.lower().endswith("flex") else Speed.STANDARD


def asks_flex(request: CompletionRequest) -> bool:
    """Whether a call asks for the flex price, which a larger model or a judge of another provider may not have."""
    return request.speed is Speed.FLEX and Speed.FLEX in request.endpoint.speeds


def limit_in(parameters: Mapping[str, Any], limits: Sequence[str], counts: Sequence[str] = ()) -> OutputLimit:
    """The output limit that a step's parameters set: the first of ``limits``, and the most of the answer ``counts``."""
    tokens = next((value for name in limits if isinstance(value := parameters.get(name), int)), None)
    answers = (value for name in counts if isinstance(value := parameters.get(name), int))
    return OutputLimit(tokens, max([1, *answers]))


def listed_names(payload: Any) -> Sequence[str]:
    """The names in a list of models, in the server's order, in any of the shapes that servers give it.

    Raises:
        ValueError: it is no list.
    """
    listed = payload
    if isinstance(payload, Mapping):
        listed = payload.get("data", payload.get("models"))
    if not isinstance(listed, list):
        raise ValueError("no list of models")
    names = (_model_name(item) for item in listed)
    return tuple(dict.fromkeys(name for name in names if name))


def malformed(
    endpoint: Endpoint, what: str, raw: str = "", request_id: str = "", usage: Usage | None = None
) -> CallError:
    """The failure of a reply that is not what its wire format promises."""
    return CallError(
        FailureKind.MALFORMED,
        f"{endpoint.name} answered with {what}. If it keeps doing so, check base_url: {endpoint.base_url}",
        raw_text=raw,
        request_id=request_id,
        usage=usage,
    )


def no_content(name: str, seconds: float) -> CallError:
    """A reply that brought nothing of an answer for so many seconds."""
    message = f"{name} sent nothing for {seconds:g} seconds. If it is that slow, raise the step's timeout."
    return CallError(FailureKind.TIMEOUT, message)


def _model_name(item: Any) -> str:
    if isinstance(item, str):
        return item
    if isinstance(item, Mapping):
        return next((item[key] for key in ("id", "name", "model") if isinstance(item.get(key), str)), "")
    return ""


def storable(text: str) -> str:
    """The text without lone surrogates, which neither a file nor the journal could hold."""
    if text.isascii():
        return text
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
