"""Reads a chat completion as servers really send it: usage missing, parts for text, errors inside a good reply."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from chaindesk.domain.completion import CompletionRequest, Usage
from chaindesk.providers.wire_formats.answer_builder import ReplyMetadata, build_answer
from chaindesk.providers.wire_formats.errors.body import filter_verdict
from chaindesk.providers.wire_formats.errors.mapping import raise_inner_error
from chaindesk.providers.wire_formats.protocol import WireAnswer, malformed, speed_of

_MAX_TOKENS = 10**12
_MAX_DIGITS = 12
_MAX_DOLLARS = 10_000
_REASONING = frozenset({"reasoning_content", "reasoning", "reasoning_details", "thinking"})
_TICKS = 10**10  # of xAI's, to a US dollar
_CACHED = frozenset(
    {"prompt_cache_hit_tokens", "cached_tokens", "num_cached_tokens", "cache_creation_input_tokens"}
)  # beside the details


def read_reply(request: CompletionRequest, payload: Any) -> WireAnswer:
    """The answer in a whole reply.

    Raises:
        CallError: it tells a failure, a refusal, or holds no text.
    """
    if not isinstance(payload, dict):
        raise_inner_error(request, payload)
        raise malformed(request.endpoint, "JSON that is no chat completion")
    choices = payload.get("choices")
    choice = choices[0] if isinstance(choices, list) and choices else None
    if not isinstance(choice, dict):
        used = usage_of(usage_in(payload))
        raise_inner_error(request, payload, answered=False, usage=used)
        raise malformed(request.endpoint, "JSON without an answer in it", usage=used)
    raise_inner_error(request, payload)
    raise_inner_error(request, choice)
    message = choice.get("message")
    content: Any = choice.get("text")
    refusal = ""
    thought = False
    if isinstance(message, dict):
        thought = has_reasoning(message)
        content = message.get("content")
        refusal = text_of(message.get("refusal"))
    elif isinstance(message, str):
        content = message
    return build_answer(
        request,
        text=text_of(content),
        refusal=refusal,
        finish=finish_word(choice.get("finish_reason")),
        metadata=metadata_of(payload, filter_verdict(choice.get("content_filter_results")), thought=thought),
    )


def metadata_of(payload: Mapping[str, Any], objection: str = "", *, thought: bool = False) -> ReplyMetadata:
    """What a reply says of itself: its id, model and usage."""
    usage, used = _counted_usage(payload)
    identity, model = text_of(payload.get("id")), text_of(payload.get("model"))
    speed = speed_of(payload.get("service_tier"))
    return ReplyMetadata(identity, model, used, _cost(usage), objection, thought, speed)


def usage_in(payload: Mapping[str, Any]) -> Mapping[str, Any]:
    """The usage of a reply or chunk: beside its choices, in the first of them, or in a vendor's ``x_…`` extension."""
    return _counted_usage(payload)[0]


def _counted_usage(payload: Mapping[str, Any]) -> tuple[Mapping[str, Any], Usage | None]:
    """The usage as the server tells it, and as it is counted."""
    beside = payload.get("usage")
    if isinstance(beside, dict) and (counted := usage_of(beside)) is not None:
        return beside, counted
    first: Mapping[str, Any] = {}
    for holder in _usage_holders(payload):
        if usage := mapping(holder.get("usage")):
            if (counted := usage_of(usage)) is not None:
                return usage, counted
            first = first or usage
    return first, None


def _usage_holders(payload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield payload
    choice = mapping(next(iter(entries(payload.get("choices"))), None))
    yield from (choice, mapping(choice.get("message")), mapping(choice.get("delta")))
    yield from (mapping(value) for name, value in payload.items() if isinstance(name, str) and name.startswith("x_"))


def has_reasoning(message: Mapping[str, Any]) -> bool:
    """Whether a message or delta holds reasoning apart from its text."""
    if not _REASONING.isdisjoint(message) and any(message.get(name) for name in _REASONING):
        return True
    content = message.get("content")
    if not isinstance(content, list):
        return False
    return any(mapping(part).get("type") in ("thinking", "reasoning") for part in content)


def text_of(content: Any) -> str:
    """The text of a message's content: text as it is, or that of its part or parts without thoughts and pictures."""
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join([_part(part) for part in content])
    return _part(content)


def finish_word(reason: Any) -> str:
    """Return the finish reason as text, "" where none is given; a number or a list is a word that nobody knows."""
    return "" if reason is None or reason is False else str(reason)[:100]


def usage_of(usage: Any) -> Usage | None:
    """Tokens as the server counted them, or None.

    Where the total is more than its parts, reasoning was counted apart (xAI, Gemini): it belongs to the output.
    Tokens read from a cache stand in one of four places, those written to it in one of two.
    """
    if not isinstance(usage, dict):
        return None
    spent = token_count(usage.get("prompt_tokens")) or token_count(usage.get("input_tokens"))
    made = token_count(usage.get("completion_tokens")) or token_count(usage.get("output_tokens"))
    total = token_count(usage.get("total_tokens"))
    if spent == made == total == 0:
        return None
    details = mapping(usage.get("prompt_tokens_details"))
    if _CACHED.isdisjoint(usage) and not any(details.values()):
        return Usage(spent, max(made, total - spent))
    read = token_count(details.get("cached_tokens")) or token_count(usage.get("prompt_cache_hit_tokens"))
    read = read or token_count(usage.get("cached_tokens")) or token_count(usage.get("num_cached_tokens"))
    read = min(read, spent)
    written = token_count(details.get("cache_write_tokens")) or token_count(usage.get("cache_creation_input_tokens"))
    return Usage(spent, max(made, total - spent), read, min(written, spent - read))


def entries(value: Any) -> list[Any]:
    """The value where it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mapping(value: Any) -> Mapping[str, Any]:
    """The value where it is names with values, else none."""
    return value if isinstance(value, dict) else {}


def _part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or part.get("type", "text") not in ("text", "output_text"):
        return ""
    text = part.get("text")
    return text if isinstance(text, str) else ""


def token_count(value: Any) -> int:
    """A number of tokens, where it can be one: no call takes a million millions, and no journal holds any number."""
    if value is None:
        return 0
    if type(value) is int:
        return value if 0 <= value <= _MAX_TOKENS else 0
    if isinstance(value, str) and len(value) <= _MAX_DIGITS and value.isdecimal():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 <= value <= _MAX_TOKENS:
        return 0
    return int(value)


def _cost(usage: Any) -> Decimal | None:
    """What the provider says that the call cost, in US dollars.

    OpenRouter tells ``cost``; with a key of one's own for the vendor behind it (``is_byok``) that is its fee alone,
    and the vendor's bill comes on top. xAI tells ticks, ten thousand million to the dollar.
    """
    told = mapping(usage)
    if "cost" not in told and "cost_in_usd_ticks" not in told:
        return None
    cost = _dollars(told.get("cost"))
    if cost is None:
        ticks = _dollars(told.get("cost_in_usd_ticks"), _MAX_DOLLARS * _TICKS)
        return None if ticks is None else ticks / _TICKS
    if told.get("is_byok") is True:
        return cost + (_dollars(mapping(told.get("cost_details")).get("upstream_inference_cost")) or 0)
    return cost


def _dollars(value: Any, most: int = _MAX_DOLLARS) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, (int, float, str)):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    return amount if amount.is_finite() and 0 <= amount <= most else None
