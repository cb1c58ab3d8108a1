"""One call to the simulated provider and its answer, whatever the wire format in which they travel."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from chaindesk.simulator.options import SimulatorOptions, generator, request_digest
from chaindesk.simulator.text import answer_text, count_tokens, cut_to_tokens, message_text

CREATED = 1_760_000_000  # answers are the same whenever they are given
_PIECE = re.compile(r"\S+\s*|\s+")


@dataclass(frozen=True, slots=True)
class ParsedRequest:
    """What a wire format reads out of a request: its messages, system texts first, and what the answer is to be."""

    body: Mapping[str, Any]
    model: str
    messages: Sequence[Mapping[str, Any]]
    schema: Mapping[str, Any] | None
    limit: int | None
    streamed: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One call and its answer.

    Attributes:
        asked: the request.
        digest: what it is known by.
        prompt: all its messages' texts.
        text: the answer's text.
        cut: whether the output limit cut it.
        input_tokens: tokens in.
        output_tokens: tokens out.
        flex: whether it is served, and charged, at the flex price.
        cached: of the tokens in, those read from the prompt cache.
        written: of the tokens in, those written to it.
    """

    asked: ParsedRequest
    digest: str
    prompt: str
    text: str
    cut: bool
    input_tokens: int
    output_tokens: int
    flex: bool = False
    cached: int = 0
    written: int = 0

    @property
    def model(self) -> str:
        """The model that was asked."""
        return self.asked.model

    @property
    def streamed(self) -> bool:
        """Whether the answer is wanted in pieces."""
        return self.asked.streamed

    @property
    def pieces(self) -> list[str]:
        """The text in pieces of some words each."""
        words = _PIECE.findall(self.text)
        size = max(len(words) // 16, 1)
        return ["".join(words[start : start + size]) for start in range(0, len(words), size)]


def asks_flex(asked: ParsedRequest) -> bool:
    """Whether a request asks for the flex price."""
    return "flex" in (asked.body.get("service_tier"), asked.body.get("serviceTier"))


class Dialect(Protocol):
    """One wire format as a server speaks it."""

    def read(self, body: bytes, path: str) -> ParsedRequest:
        """What a request to ``path`` asks.

        Raises:
            ValueError: it is none; the text says what is missing, as a server would.
        """
        ...

    def whole(self, call: Call) -> bytes:
        """The answer as one JSON body."""
        ...

    def chunks(self, call: Call) -> list[bytes]:
        """The answer as server-sent events, to be written one after another."""
        ...

    def error(self, status: int, body: bytes) -> bytes:
        """An error, given as OpenAI writes it, in the format's own form."""
        ...

    def limits(self, headers: Mapping[str, str]) -> dict[str, str]:
        """What is left of the limits, given in OpenAI's headers, in the format's own."""
        ...


def answer_call(options: SimulatorOptions, asked: ParsedRequest) -> Call:
    """The call with its answer."""
    text = answer_text(options, asked.model, asked.messages, asked.schema)
    cut = False
    if asked.limit is not None and asked.limit > 0:
        text, cut = cut_to_tokens(text, asked.limit)
    digest = request_digest(asked.model, asked.messages)
    everything = "\n".join(message_text(message) for message in asked.messages)
    return Call(
        asked=asked,
        digest=digest,
        prompt=everything,
        text=text,
        cut=cut,
        input_tokens=count_tokens(everything) + 4 * len(asked.messages),
        output_tokens=count_tokens(text),
        flex=asks_flex(asked) and generator(options.seed, "tier", digest).random() >= options.flex_as_standard,
    )


def read_json(body: bytes) -> tuple[dict[str, Any], str, list[dict[str, Any]]]:
    """A request's JSON, its model and its messages.

    Raises:
        ValueError: one of them is missing.
    """
    try:
        asked = json.loads(body)
    except ValueError:
        raise ValueError("We could not parse the JSON body of your request.") from None
    if not isinstance(asked, dict) or not isinstance(asked.get("model"), str) or not asked["model"]:
        raise ValueError("you must provide a model parameter")
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise ValueError("Missing required parameter: 'messages'.")
    return asked, asked["model"], messages


def to_json_bytes(value: Any) -> bytes:
    """JSON as servers send it."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
