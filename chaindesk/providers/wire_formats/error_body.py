"""Reads what an error body says, in whatever shape: object, text, list, FastAPI's detail, a web page or nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chaindesk.providers.wire_formats.protocol import described, parsed
from chaindesk.providers.wire_formats.rate_headers import parse_duration


@dataclass(frozen=True, slots=True)
class ErrorBody:
    """What an error body says, whatever its shape: the message, the code and type as text, the parameter it names."""

    message: str = ""
    code: str = ""
    type: str = ""
    param: str = ""
    retry_delay: float | None = None

    @property
    def everything(self) -> str:
        """All its words in one text, to search in."""
        return f"{self.code} {self.type} {self.message}"


def read_error(body: bytes) -> ErrorBody:
    """The words of an error body: JSON of any known shape, a web page, plain text or nothing."""
    try:
        payload = parsed(body)
    except ValueError:
        text = body[:20_000].decode("utf-8", "replace")
        page = described(body) == "a web page instead of JSON"
        title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
        return ErrorBody(message=(title[1].strip() if title else "") if page else text.strip())
    return parse_error(payload)


def parse_error(payload: Any) -> ErrorBody:
    """The words of an error in JSON: ``error`` as object, text or list, FastAPI's ``detail``, or a bare message."""
    if isinstance(payload, list):
        return parse_error(payload[0]) if payload else ErrorBody()
    if isinstance(payload, str):
        return ErrorBody(message=payload)
    if not isinstance(payload, Mapping):
        return ErrorBody()
    error = payload.get("error") or payload.get("errors")
    if error is None and isinstance(payload.get("detail"), (str, list, Mapping)):
        return _detail(payload["detail"])
    if isinstance(error, list):
        error = error[0] if error else {}
    if isinstance(error, str):
        return ErrorBody(error, _text(payload.get("code")), _text(payload.get("type")), _text(payload.get("param")))
    source = error if isinstance(error, Mapping) else payload
    if isinstance(source.get("message"), (list, Mapping)):  # Mistral wraps FastAPI's detail in it
        return parse_error(source["message"])
    message = _text(source.get("message")) or _text(source.get("detail")) or _text(source.get("msg"))
    metadata = source.get("metadata")
    raw = _text(metadata.get("raw")) if isinstance(metadata, Mapping) else ""
    objection = _objection(source)
    if objection and objection not in message:
        message = f"{message} ({objection})"
    daily = "PerDay" in str(source.get("details") or "")
    return ErrorBody(
        message=f"{message} ({raw})" if raw and raw not in message else message,
        code=_text(source.get("code")),
        type="daily_usage_limit_exceeded" if daily else _text(source.get("type")) or _text(source.get("status")),
        param=_text(source.get("param")),
        retry_delay=_retry_delay(source.get("details")),
    )


def filter_verdict(results: Any) -> str:
    """What a content filter objected to, as Azure tells it by category: "hate: high, violence: medium"."""
    told = results.items() if isinstance(results, Mapping) else ()
    named = [(name, one) for name, one in told if isinstance(one, Mapping) and one.get("filtered") is True]
    return ", ".join(f"{name}: {one['severity']}" if _text(one.get("severity")) else str(name) for name, one in named)


def _detail(detail: Any) -> ErrorBody:
    """FastAPI's ``detail``: a text, an object, or a list of validation mistakes with the place of each."""
    if isinstance(detail, str):
        return ErrorBody(message=detail)
    if isinstance(detail, Mapping):
        return parse_error(detail)
    mistakes = [item for item in detail if isinstance(item, Mapping)]
    places = [[str(part) for part in item.get("loc") or () if part != "body"] for item in mistakes]
    said = "; ".join(
        f"{'.'.join(place)}: {_text(item.get('msg'))}" for place, item in zip(places, mistakes, strict=True)
    )
    first = mistakes[0] if mistakes else {}
    return ErrorBody(message=said, type=_text(first.get("type")), param=places[0][0] if places and places[0] else "")


def _objection(error: Mapping[str, Any]) -> str:
    """What Azure's ``innererror`` says beside the message."""
    inner = error.get("innererror")
    return filter_verdict(inner.get("content_filter_result")) if isinstance(inner, Mapping) else ""


def _retry_delay(details: Any) -> float | None:
    """Google's ``RetryInfo`` among an error's details."""
    if not isinstance(details, list):
        return None
    for item in details:
        if isinstance(item, Mapping) and isinstance(item.get("retryDelay"), str):
            return parse_duration(item["retryDelay"])
    return None


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, (int, float)) and not isinstance(value, bool) else ""
