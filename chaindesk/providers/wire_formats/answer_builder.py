"""From the pieces of a reply, in whatever wire format, to a usable answer, or to the failure that it really is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from chaindesk.domain.completion import CompletionRequest, Finish, ProviderKind, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.redaction import shortened
from chaindesk.providers.registry import PRESETS
from chaindesk.providers.wire_formats.protocol import WireAnswer, malformed, storable

_OPENAI = PRESETS["openai"].base_url
_CUT = frozenset({"length", "max_tokens", "model_length", "MAX_TOKENS", "model_context_window_exceeded"})
_FILTERED = frozenset({"content_filter", "safety", "SAFETY", "PROHIBITED_CONTENT", "RECITATION", "refusal"})
_TOOLS = frozenset({"tool_calls", "function_call", "tool_use", "pause_turn"})
# Servers of open models often leave a reasoning model's thoughts in the text, always at its beginning.
_THOUGHTS = re.compile(r"\s*<(think|thinking)>.*?</\1>\s*", re.DOTALL)
_BEGUN_THOUGHTS = re.compile(r"\s*<(think|thinking)>(?!.*</\1>)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ReplyMetadata:
    """What a reply says beside its text: the provider's id, the model, tokens, cost, and what a filter objected to."""

    identity: str = ""
    model: str = ""
    usage: Usage | None = None
    cost: Decimal | None = None
    objection: str = ""


def build_answer(
    request: CompletionRequest, *, text: str, refusal: str, finish: str, metadata: ReplyMetadata
) -> WireAnswer:
    """The answer.

    Raises:
        CallError: the model refused, was cut before it said anything, or said nothing.
    """
    spoken = storable(_without_thoughts(request, text, finish))
    if refusal or finish in _FILTERED:
        raise _refused(request, refusal, finish, spoken, metadata)
    if finish == "error":
        message = f"{request.endpoint.name} broke off its answer with an error."
        raise _billed(CallError(FailureKind.SERVER, message, raw_text=spoken), metadata)
    if not spoken.strip():
        raise _empty(request, finish, metadata)
    return WireAnswer(
        text=spoken,
        model=metadata.model or request.model,
        usage=metadata.usage,
        finish=Finish.LENGTH if finish in _CUT else Finish.STOP,
        request_id=metadata.identity,
        cost=metadata.cost,
    )


def _without_thoughts(request: CompletionRequest, text: str, finish: str) -> str:
    """The text behind a block of thoughts, as servers of open models leave it in; none where it was cut in thinking.

    The vendors with a wire format of their own, and OpenAI, tell thoughts apart: there it is the answer's own text.
    """
    apart = request.endpoint.kind is not ProviderKind.OPENAI_CHAT or request.endpoint.base_url == _OPENAI
    if apart or text.lstrip()[:6] != "<think":
        return text
    if finish in _CUT and _BEGUN_THOUGHTS.match(text):
        return ""
    return _THOUGHTS.sub("", text, count=1) if _THOUGHTS.match(text) else text


def _billed(error: CallError, metadata: ReplyMetadata) -> CallError:
    """The failure of a call that the provider answered, and so charges for."""
    error.request_id, error.usage, error.cost = metadata.identity, metadata.usage, metadata.cost
    return error


def _refused(request: CompletionRequest, refusal: str, finish: str, text: str, metadata: ReplyMetadata) -> CallError:
    told = (
        f': "{shortened(refusal)}"' if refusal else f" ({shortened(metadata.objection)})" if metadata.objection else ""
    )
    itself = refusal or finish == "refusal"
    who = f'"{request.model}" refused to answer' if itself else f"{request.endpoint.name}'s content filter stopped it"
    message = f"{who}{told}. Reword the prompt or the row's text."
    return _billed(CallError(FailureKind.REFUSED, message, raw_text=refusal or text), metadata)


def _empty(request: CompletionRequest, finish: str, metadata: ReplyMetadata) -> CallError:
    if finish in _CUT:
        message = (
            f'"{request.model}" reached its output limit before it wrote anything, most likely by thinking. '
            "Raise the step's max_output_tokens or lower its reasoning_effort."
        )
        return _billed(CallError(FailureKind.REJECTED, message), metadata)
    if finish in _TOOLS:
        message = f'"{request.model}" called a tool instead of writing. Take the tools out of the step\'s parameters.'
        return _billed(CallError(FailureKind.REJECTED, message), metadata)
    return _billed(malformed(request.endpoint, "an empty text"), metadata)
