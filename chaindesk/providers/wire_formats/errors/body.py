"""Reads what an error body says, in whatever shape: object, text, list, FastAPI's detail, a web page or nothing.

Servers may send anything, so that every text is bounded here, and so is the depth to which a body is searched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from chaindesk.providers.wire_formats.errors.quotations import own_words
from chaindesk.providers.wire_formats.errors.search import joined_words, search_error
from chaindesk.providers.wire_formats.json_body import described, parsed
from chaindesk.providers.wire_formats.rate_headers import parse_duration, reset_moment

_LONGEST_BODY = 20_000  # bytes of a body that is no JSON
_LONGEST_MESSAGE = 4_000  # characters
_LONGEST_WORD = 200  # characters of a code, a type or a parameter's name
_DEEPEST = 5  # objects inside one another
_INSIDE = ("error", "errors", "base_resp", "fault", "Error", "Response", "header")
_MESSAGES = (
    "message",
    "detail",
    "msg",
    "error_msg",
    "error_message",
    "errorMessage",
    "errmsg",
    "status_msg",
    "error_description",
    "faultstring",
    "Message",
    "title",
    "reason",
)
_CODES = ("code", "error_code", "errorCode", "errcode", "status_code", "Code")
_TYPES = ("type", "status", "error_type")
_GOOD_CODES = frozenset({"", "0", "200", "ok", "success"})
_WORD = re.compile(r"\w+")
_TELLING = re.compile(r"err|msg|message|detail|reason|description|info", re.IGNORECASE)
_MAX_NAMES = 50  # of an object, that are looked at


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says, whatever its shape.

    Attributes:
        message: its message, in the server's words.
        code: its code, as text.
        type: its type or status word.
        reasons: what else it gives in one word, such as Google's reasons.
        param: the parameter that it names.
        retry_delay: seconds to wait that stand in the body.
    """

    message: str = ""
    code: str = ""
    type: str = ""
    reasons: str = ""
    param: str = ""
    retry_delay: float | None = None

    @property
    def codes(self) -> str:
        """Code, type and reasons in one text, to search in; nothing of the prompt can stand there."""
        return f"{self.code} {self.type} {self.reasons}"

    def without_prompt(self, prompt: str) -> ErrorBody:
        """The same without what its message quotes of the prompt."""
        return replace(self, message=own_words(self.message, prompt))


def read_error(body: bytes) -> ErrorBody:
    """What an error body says: JSON of any known shape, a web page, plain text or nothing."""
    try:
        payload = parsed(body)
    except ValueError:
        text = body[:_LONGEST_BODY].decode("utf-8", "replace")
        page = described(body) == "a web page instead of JSON"
        return ErrorBody(message=(_title(text) if page else text.strip())[:_LONGEST_MESSAGE])
    return _found(parse_error(payload), payload)


def parse_error(payload: Any, depth: int = 0) -> ErrorBody:
    """What an error in JSON says: an object under one of many names, a text, a list, or FastAPI's ``detail``."""
    if depth > _DEEPEST:
        return ErrorBody()
    if isinstance(payload, list):
        if all(isinstance(item, str) for item in payload):
            return ErrorBody(message=joined_words(payload)[:_LONGEST_MESSAGE])
        return parse_error(payload[0], depth + 1)
    if isinstance(payload, str):
        return ErrorBody(message=payload[:_LONGEST_MESSAGE])
    if not isinstance(payload, Mapping):
        return ErrorBody()
    inner = next((payload[name] for name in _INSIDE if payload.get(name)), None)
    if inner is None and payload.get("detail") and isinstance(payload["detail"], (list, Mapping)):
        return _detail(payload["detail"], depth)
    if isinstance(inner, list):
        inner = joined_words(inner) if all(isinstance(item, str) for item in inner) else inner[0]
    if isinstance(inner, str):
        own = _object({name: value for name, value in payload.items() if value is not inner}, depth)
        message = ": ".join(dict.fromkeys(part for part in (inner, own.message) if part))
        return replace(own, message=message[:_LONGEST_MESSAGE])
    if isinstance(inner, Mapping):
        found, own = parse_error(inner, depth + 1), _object(payload, depth)
        if not (found.message or found.code):
            return own
        reasons = f"{found.reasons} {own.reasons}".strip()
        return replace(found, code=found.code or own.code, type=found.type or own.type, reasons=reasons)
    return _object(payload, depth)


def error_in_reply(payload: Mapping[str, Any], *, answered: bool) -> ErrorBody | None:
    """The error in the body of a good reply, or None.

    Args:
        payload: the body.
        answered: whether it holds an answer as well; a message and a code are then its own affair.
    """
    if isinstance(payload.get("base_resp"), dict):
        told = parse_error({"base_resp": payload["base_resp"]})
        if told.code.lower() not in _GOOD_CODES:
            return told
    if payload.get("error"):
        return _found(parse_error(payload), payload)
    if answered:
        return None
    told = _found(parse_error(payload), payload)
    return told if told.message or told.code.lower() not in _GOOD_CODES else None


def _found(told: ErrorBody, payload: Any) -> ErrorBody:
    """What an error says; where no known shape tells its message, what is found under telling names anywhere."""
    inside = None if told.message else search_error(payload)
    if inside is None:
        return told
    return replace(told, message=inside["message"][:_LONGEST_MESSAGE], code=told.code or inside["code"])


def _title(page: str) -> str:
    """The title of a web page."""
    lowered = page.lower()
    begin = lowered.find("<title")
    begin = lowered.find(">", begin) + 1 if begin >= 0 else 0
    end = lowered.find("</title", begin)
    return page[begin:end].strip() if 0 < begin <= end else ""


def _object(source: Mapping[str, Any], depth: int) -> ErrorBody:
    """What the innermost object of an error says."""
    wrapped = source.get("message")
    if isinstance(wrapped, (list, Mapping)):  # Mistral wraps FastAPI's detail in it
        return parse_error(wrapped, depth + 1)
    message = _first(source, _MESSAGES, _LONGEST_MESSAGE) or _under_another_name(source)
    metadata = source.get("metadata")
    raw = _text(metadata.get("raw"), _LONGEST_MESSAGE) if isinstance(metadata, Mapping) else ""
    objection = _objection(source)
    if objection and objection not in message:
        message = f"{message} ({objection})"
    return ErrorBody(
        message=f"{message} ({raw})" if raw and raw not in message else message,
        code=_first(source, _CODES, _LONGEST_WORD),
        type="daily_usage_limit_exceeded"
        if _is_daily(source.get("details"))
        else _first(source, _TYPES, _LONGEST_WORD),
        reasons=" ".join(_reasons(source)),
        param=_text(source.get("param"), _LONGEST_WORD),
        retry_delay=_retry_delay(source) or _reset_in(metadata),
    )


def _reasons(source: Mapping[str, Any]) -> Iterable[str]:
    """The reasons of an error and of its details, as far as they are single words."""
    details = source.get("details")
    for item in (source, *(details[:20] if isinstance(details, list) else ())):
        reason = _text(item.get("reason"), _LONGEST_WORD) if isinstance(item, Mapping) else ""
        if _WORD.fullmatch(reason):
            yield reason


def filter_verdict(results: Any) -> str:
    """What a content filter objected to, as Azure tells it by category: "hate: high, violence: medium"."""
    if not isinstance(results, dict):
        return ""
    told = list(results.items())[:20]
    named = [(name, one) for name, one in told if isinstance(one, Mapping) and one.get("filtered") is True]
    verdicts = [(_text(name, _LONGEST_WORD), _text(one.get("severity"), _LONGEST_WORD)) for name, one in named]
    return ", ".join(f"{name}: {severity}" if severity else name for name, severity in verdicts)


def _detail(detail: Any, depth: int) -> ErrorBody:
    """FastAPI's ``detail``: an object, or a list of validation mistakes with the place of each."""
    if isinstance(detail, Mapping):
        return parse_error(detail, depth + 1)
    mistakes = [item for item in detail[:20] if isinstance(item, Mapping)]
    if not mistakes:
        return parse_error(detail, depth + 1)
    places = [_place(item.get("loc")) for item in mistakes]
    said = "; ".join(
        f"{'.'.join(place)}: {_text(item.get('msg'), _LONGEST_WORD)}"
        for place, item in zip(places, mistakes, strict=True)
    )
    kind = _text(mistakes[0].get("type"), _LONGEST_WORD)
    return ErrorBody(message=said[:_LONGEST_MESSAGE], type=kind, param=places[0][0] if places[0] else "")


def _place(loc: Any) -> list[str]:
    """The path of a validation mistake, without ``body``."""
    parts = loc[:10] if isinstance(loc, (list, tuple)) else [loc]
    texts = [_text(part, _LONGEST_WORD) for part in parts]
    return [text for text in texts if text and text != "body"]


def _objection(error: Mapping[str, Any]) -> str:
    """What Azure's ``innererror`` says beside the message."""
    inner = error.get("innererror")
    return filter_verdict(inner.get("content_filter_result")) if isinstance(inner, Mapping) else ""


def _is_daily(details: Any) -> bool:
    """Whether Google's details name a quota of a day."""
    return isinstance(details, list) and any("PerDay" in one for one in _quotas(details))


def _quotas(details: list[Any]) -> Iterable[str]:
    for item in details[:20]:
        violations = item.get("violations") if isinstance(item, Mapping) else None
        for one in violations[:20] if isinstance(violations, list) else []:
            if isinstance(one, Mapping):
                yield _text(one.get("quotaId"), _LONGEST_WORD)


def _retry_delay(source: Mapping[str, Any]) -> float | None:
    """The seconds to wait that stand in an error, as ``retry_after`` or as Google's ``RetryInfo`` in its details."""
    plain = _first(source, ("retry_after", "retryAfter"), _LONGEST_WORD)
    if plain:
        return parse_duration(plain)
    details = source.get("details")
    for item in details[:20] if isinstance(details, list) else []:
        if isinstance(item, Mapping) and isinstance(item.get("retryDelay"), str):
            return parse_duration(item["retryDelay"])
    return None


def _under_another_name(source: Mapping[str, Any]) -> str:
    """A text under a name that speaks of an error, where it has none of the common names."""
    for name, value in list(source.items())[:_MAX_NAMES]:
        if isinstance(value, str) and name not in (*_CODES, *_TYPES) and _TELLING.search(name):
            return value[:_LONGEST_MESSAGE]
    return ""


def _reset_in(metadata: Any) -> float | None:
    """When a limit ends, in the headers that OpenRouter repeats in an error's metadata."""
    headers = metadata.get("headers") if isinstance(metadata, Mapping) else None
    if not isinstance(headers, Mapping):
        return None
    return reset_moment({str(name): _text(value, _LONGEST_WORD) for name, value in list(headers.items())[:20]})


def _first(source: Mapping[str, Any], names: Iterable[str], longest: int) -> str:
    return next((text for name in names if (text := _text(source.get(name), longest))), "")


def _text(value: Any, longest: int) -> str:
    """A text or number as text, of so many characters at most."""
    if isinstance(value, str):
        return value[:longest]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return ""
    # Python refuses to write out integers of thousands of digits.
    return str(value) if isinstance(value, float) or abs(value) < 10**longest else ""
