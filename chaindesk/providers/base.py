"""What the engine sees of a provider: one protocol, free of HTTP."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from chaindesk.domain.completion import Completion, CompletionRequest, Endpoint
from chaindesk.domain.fast_values import fast_init


@fast_init
@dataclass(frozen=True, slots=True)
class RateHint:
    """What one reply reports about the limits of its key. None: it does not say.

    Attributes:
        requests_limit: requests a minute.
        requests_remaining: of them, still free now.
        requests_reset: seconds until they are all free again.
        tokens_limit: tokens a minute.
        tokens_remaining: of them, still free now.
        tokens_reset: seconds until they are all free again.
        input_tokens_limit: tokens a minute that may be sent, where a provider counts them apart.
        input_tokens_remaining: of them, still free now.
        input_tokens_reset: seconds until they are all free again.
        output_tokens_limit: tokens a minute that may be made.
        output_tokens_remaining: of them, still free now.
        output_tokens_reset: seconds until they are all free again.
        refused: whether the reply was no answer but a refusal or another failure.
    """

    requests_limit: float | None = None
    requests_remaining: float | None = None
    requests_reset: float | None = None
    tokens_limit: float | None = None
    tokens_remaining: float | None = None
    tokens_reset: float | None = None
    input_tokens_limit: float | None = None
    input_tokens_remaining: float | None = None
    input_tokens_reset: float | None = None
    output_tokens_limit: float | None = None
    output_tokens_remaining: float | None = None
    output_tokens_reset: float | None = None
    refused: bool = False


class RateListener(Protocol):
    """Called with the limits in each reply, the refused ones included."""

    def __call__(self, request: CompletionRequest, hint: RateHint) -> None:
        """Handle the limits that a reply to ``request`` reports."""
        ...


class NoticeListener(Protocol):
    """Called with what the user should know and what stops nothing, once each."""

    def __call__(self, message: str, /) -> None:
        """Handle a message, a whole sentence."""
        ...


class TextListener(Protocol):
    """Called with the text of an answer that is being written, several times as it grows."""

    def __call__(self, text: str, /) -> None:
        """Handle the text so far. It is no answer yet."""
        ...


class Provider(Protocol):
    """Makes calls. One object serves all endpoints of a run over one pooled HTTP session."""

    async def complete(self, request: CompletionRequest, on_text: TextListener | None = None) -> Completion:
        """Make one call, once.

        Args:
            request: the call.
            on_text: called with the text as it grows; a stream is asked for then where the server has one.

        Raises:
            CallError: it failed, with its kind and a reason in plain words.
        """
        ...

    async def models(self, endpoint: Endpoint) -> Sequence[str]:
        """The models that the endpoint offers.

        Raises:
            CallError: they cannot be had.
        """
        ...


Keys = Mapping[str, str]
"""API keys by endpoint name. Never logged, shown or stored."""
