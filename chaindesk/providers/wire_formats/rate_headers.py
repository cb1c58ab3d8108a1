"""What reply headers tell about a key's limits: delays, durations and what is left of a minute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chaindesk.providers.base import RateHint

_PART = re.compile(
    r"(\d+(?:\.\d+)?)\s*(milliseconds?|ms|days?|d|hours?|h|minutes?|min|m|seconds?|sec|s)", re.IGNORECASE
)
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_IN_WORDS = re.compile(
    r"(?:try again|retry|wait)[^.\d]{0,24}?(\d[\d.]*\s*[a-z]+(?:\s*\d[\d.]*\s*[a-z]+)*)", re.IGNORECASE
)
_NOTHING = RateHint()


def parse_duration(text: str) -> float | None:
    """Seconds of ``7.66s``, ``6m0s``, ``120ms``, ``1h2m``, ``34`` or None where it is none of these."""
    text = text.strip()
    try:
        seconds = float(text)
    except ValueError:
        parts = list(_PART.finditer(text))
        if not parts or _PART.sub("", text).strip():
            return None
        seconds = sum(float(part[1]) * _unit(part[2].lower()) for part in parts)
    return seconds if 0 <= seconds < float("inf") else None


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that the reply asks to wait: ``retry-after-ms``, or ``Retry-After`` as seconds or as a date."""
    milliseconds = headers.get("retry-after-ms")
    if milliseconds is not None and (value := _number(milliseconds)) is not None:
        return value / 1000
    text = headers.get("retry-after")
    if text is None:
        return None
    seconds = parse_duration(text)
    if seconds is not None:
        return seconds
    try:
        date = parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max((date - (now or datetime.now(UTC))).total_seconds(), 0.0)


def retry_after_in_text(message: str) -> float | None:
    """Seconds of "Please try again in 6m0s." in a provider's message, or None."""
    match = _IN_WORDS.search(message)
    return parse_duration(match[1].rstrip(".")) if match else None


def read_rate_hint(headers: Mapping[str, str], *, requests_per_day: bool = False) -> RateHint | None:
    """The limits that ``x-ratelimit-*`` headers tell, or None where they tell nothing."""
    hint = RateHint(
        requests_limit=None if requests_per_day else _limit(headers, "limit-requests"),
        requests_remaining=None if requests_per_day else _value(headers, "remaining-requests"),
        requests_reset=None if requests_per_day else _reset(headers, "reset-requests"),
        tokens_limit=_limit(headers, "limit-tokens"),
        tokens_remaining=_value(headers, "remaining-tokens"),
        tokens_reset=_reset(headers, "reset-tokens"),
    )
    return None if hint == _NOTHING else hint


def exhausted_reset(hint: RateHint | None) -> float | None:
    """Seconds until the limit that is used up is free again, where a reply tells no delay of its own."""
    if hint is None:
        return None
    pairs = ((hint.requests_remaining, hint.requests_reset), (hint.tokens_remaining, hint.tokens_reset))
    used_up = [reset for remaining, reset in pairs if remaining is not None and remaining < 1 and reset is not None]
    return max(used_up, default=None)


def seconds_until(text: str) -> float | None:
    """Seconds until a time in RFC 3339, 0 where it is past, or None where it is none."""
    try:
        return max((datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _value(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(f"x-ratelimit-{name}")
    return None if text is None else _number(text)


def _limit(headers: Mapping[str, str], name: str) -> float | None:
    """A limit a minute; less than one says that somebody has nothing to say."""
    limit = _value(headers, name)
    return None if limit is None or limit < 1 else limit


def _reset(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(f"x-ratelimit-{name}")
    return None if text is None else parse_duration(text)


def _number(text: str) -> float | None:
    """A number that can be meant: Azure says -1 where it has nothing to say."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _unit(word: str) -> float:
    return 0.001 if word.startswith(("ms", "milli")) else _UNITS[word[0]]
