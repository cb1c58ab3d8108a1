"""Reads a chat completion as servers really send it: usage missing, parts for text, errors inside a good reply."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from chaindesk.domain.completion import CompletionRequest, Finish, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers import failures
from chaindesk.providers.redact import shortened
from chaindesk.providers.wire import Answered, Reply, malformed, storable

_CUT = frozenset({"length", "max_tokens", "model_length", "MAX_TOKENS"})
_FILTERED = frozenset({"content_filter", "safety", "SAFETY", "PROHIBITED_CONTENT", "RECITATION"})
# Local servers often leave a reasoning model's thoughts in the text, always at its beginning.
_THOUGHTS = re.compile(r"\s*<think(?:ing)?>.*?(?:</think(?:ing)?>\s*|\Z)", re.DOTALL)


def answer(request: CompletionRequest, payload: Any) -> Answered:
    """The answer in a whole reply.

    Raises:
        CallError: it tells a failure, a refusal, or holds no text.
    """
    if not isinstance(payload, Mapping):
        raise malformed(request.endpoint, "JSON that is no chat completion")
    raise_inner_error(request, payload)
    choices = payload.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, Mapping):
        raise malformed(request.endpoint, "JSON without an answer in it")
    raise_inner_error(request, choice)
    message = choice.get("message")
    content: Any = choice.get("text")
    refusal = ""
    if isinstance(message, Mapping):
        content = message.get("content")
        refusal = text_of(message.get("refusal"))
    return made_answer(
        request,
        text=text_of(content),
        refusal=refusal,
        finish=finish_word(choice.get("finish_reason")),
        payload=payload,
    )


def made_answer(
    request: CompletionRequest, *, text: str, refusal: str, finish: str, payload: Mapping[str, Any]
) -> Answered:
    """The answer from its collected pieces; ``payload`` carries id, model and usage.

    Raises:
        CallError: the model refused, was cut before it said anything, or said nothing.
    """
    identity = payload.get("id")
    request_id = identity if isinstance(identity, str) else ""
    spoken = _THOUGHTS.sub("", text, count=1) if text.lstrip()[:6] == "<think" else text
    spoken = storable(spoken)
    if refusal or finish in _FILTERED:
        raise _refused(request, refusal, spoken, request_id)
    if finish == "error":
        message = f"{request.endpoint.name} broke off its answer with an error."
        raise CallError(FailureKind.SERVER, message, request_id=request_id, raw_text=spoken)
    if not spoken.strip():
        raise _empty(request, finish, request_id)
    model = payload.get("model")
    usage = payload.get("usage")
    return Answered(
        text=spoken,
        model=model if isinstance(model, str) and model else request.model,
        usage=usage_of(usage),
        finish=Finish.LENGTH if finish in _CUT else Finish.STOP,
        request_id=request_id,
        cost=_cost(usage),
    )


def raise_inner_error(request: CompletionRequest, payload: Mapping[str, Any]) -> None:
    """Raise the failure that a body tells although its HTTP status is good, as OpenRouter's do."""
    error = payload.get("error")
    if not error:
        return
    words = failures.error_words({"error": error, "code": payload.get("code")})
    identity = payload.get("id")
    headers = {"x-request-id": identity} if isinstance(identity, str) else {}
    raise failures.failure(request.endpoint, request.model, Reply(200, headers, b""), words)


def text_of(content: Any) -> str:
    """The text of a message's content: text as it is, or the text parts of a list without thoughts and pictures."""
    if isinstance(content, str):
        return content
    if not isinstance(content, list):
        return ""
    return "".join(_part(part) for part in content)


def finish_word(reason: Any) -> str:
    """The finish reason as text, or "" where none is given."""
    return reason if isinstance(reason, str) else ""


def usage_of(usage: Any) -> Usage | None:
    """Tokens as the server counted them, or None.

    Where the total is more than its parts, reasoning was counted apart (xAI, Gemini): it belongs to the output.
    """
    if not isinstance(usage, Mapping):
        return None
    spent = _count(usage.get("prompt_tokens"))
    made = _count(usage.get("completion_tokens"))
    total = _count(usage.get("total_tokens"))
    if spent == made == total == 0:
        return None
    details = usage.get("prompt_tokens_details")
    cached = _count(details.get("cached_tokens")) if isinstance(details, Mapping) else 0
    cached = cached or _count(usage.get("prompt_cache_hit_tokens"))
    return Usage(input=spent, output=max(made, total - spent), cached_input=min(cached, spent))


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, Mapping) or part.get("type", "text") not in ("text", "output_text"):
        return ""
    text = part.get("text")
    return text if isinstance(text, str) else ""


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
        return 0
    return max(int(value), 0)


def _cost(usage: Any) -> Decimal | None:
    """What the provider says that the call cost (OpenRouter), in US dollars."""
    value = usage.get("cost") if isinstance(usage, Mapping) else None
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        cost = Decimal(str(value))
    except InvalidOperation:
        return None
    return cost if cost.is_finite() and cost >= 0 else None


def _refused(request: CompletionRequest, refusal: str, text: str, request_id: str) -> CallError:
    told = f': "{shortened(refusal)}"' if refusal else ""
    who = f'"{request.model}" refused to answer' if refusal else f"{request.endpoint.name}'s content filter stopped it"
    message = f"{who}{told}. Reword the prompt or the row's text."
    return CallError(FailureKind.REFUSED, message, request_id=request_id, raw_text=refusal or text)


def _empty(request: CompletionRequest, finish: str, request_id: str) -> CallError:
    if finish in _CUT:
        message = (
            f'"{request.model}" reached its output limit before it wrote anything, most likely by thinking. '
            "Raise the step's max_output_tokens or lower its reasoning_effort."
        )
        return CallError(FailureKind.REJECTED, message, request_id=request_id)
    if finish in ("tool_calls", "function_call"):
        return malformed(request.endpoint, "a call of a tool instead of text", request_id=request_id)
    return malformed(request.endpoint, "an empty text", request_id=request_id)
