"""What reply headers tell about a key's limits: delays, durations and what is left of a minute."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from chaindesk.providers.base import RateHint
from chaindesk.providers.wire_formats.errors.quotations import own_matches

# Every count is bounded: a reply may hold any number of digits, and no pattern may look at them twice.
_NUMBER = r"\d{1,15}(?:\.\d{1,15})?"
_PART = re.compile(
    rf"(?<![\d.])({_NUMBER})\s{{0,3}}(milliseconds?|ms|days?|d|hours?|h|minutes?|min|m|seconds?|sec|s)", re.IGNORECASE
)
_UNITS = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}
_IN_WORDS = re.compile(
    rf"(?:try again|retry|wait)[^.\d]{{0,24}}?({_NUMBER}\s{{0,3}}[a-z]{{1,12}}"
    rf"(?:\s{{0,3}}{_NUMBER}\s{{0,3}}[a-z]{{1,12}}){{0,5}})",
    re.IGNORECASE,
)
_LONGEST = 64  # characters of a duration or a date
_EPOCH_SECONDS = 1e9  # from here on a number is a moment since 1970, and no duration
_EPOCH_MILLISECONDS = 1e12
_NOTHING = RateHint()
_RATE_HEADERS = tuple(
    f"x-ratelimit-{about}-{unit}" for unit in ("requests", "tokens") for about in ("limit", "remaining", "reset")
)


def parse_duration(text: str) -> float | None:
    """Seconds of ``7.66s``, ``6m0s``, ``120ms``, ``1h2m``, ``34`` or None where it is none of these."""
    text = text.strip()
    if len(text) > _LONGEST:
        return None
    try:
        seconds = float(text)
    except ValueError:
        parts = list(_PART.finditer(text))
        if not parts or _PART.sub("", text).strip():
            return None
        seconds = sum(float(part[1]) * _unit(part[2].lower()) for part in parts)
    return seconds if 0 <= seconds < float("inf") else None


def retry_after(headers: Mapping[str, str], now: datetime | None = None) -> float | None:
    """Seconds that the reply asks to wait: ``retry-after-ms``, or ``Retry-After`` as a duration, a date or a moment."""
    moment = now or datetime.now(UTC)
    milliseconds = headers.get("retry-after-ms")
    if milliseconds is not None and (value := _number(milliseconds)) is not None:
        return value / 1000 if value < _EPOCH_MILLISECONDS else _from_now(value, moment)
    text = headers.get("retry-after", "").strip()
    if not text or len(text) > _LONGEST:
        return None
    seconds = parse_duration(text)
    if seconds is not None:
        return _from_now(seconds, moment)
    try:
        date = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max((date - moment).total_seconds(), 0.0)


def retry_after_in_text(message: str, prompt: str = "") -> float | None:
    """Seconds of "Please try again in 6m0s." in a provider's message, or None; what stands in the prompt is no time."""
    match = next(own_matches(_IN_WORDS, message, prompt), None)
    return parse_duration(match[1].rstrip(".")) if match else None


def read_rate_hint(headers: Mapping[str, str], *, requests_per_day: bool = False) -> RateHint | None:
    """The limits that ``x-ratelimit-*`` headers tell, or None where they tell nothing."""
    if not any(name in headers for name in _RATE_HEADERS):  # most local servers: six look-ups and parsings less
        return None
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


def reset_moment(headers: Mapping[str, str]) -> float | None:
    """Seconds until the moment since 1970 in ``X-RateLimit-Reset``, as OpenRouter tells when a day's limit ends."""
    value = _number(next((text for name, text in headers.items() if name.lower() == "x-ratelimit-reset"), ""))
    return None if value is None or value < _EPOCH_SECONDS else _from_now(value, datetime.now(UTC))


def seconds_until(text: str) -> float | None:
    """Seconds until a time in RFC 3339, 0 where it is past, or None where it is none."""
    try:
        return max((datetime.fromisoformat(text) - datetime.now(UTC)).total_seconds(), 0.0)
    except (ValueError, TypeError):
        return None


def _from_now(seconds: float, now: datetime) -> float:
    """A duration as it is; of a moment since 1970, the seconds until it comes."""
    if seconds < _EPOCH_SECONDS:
        return seconds
    moment = seconds / 1000 if seconds >= _EPOCH_MILLISECONDS else seconds
    return max(moment - now.timestamp(), 0.0)


def _value(headers: Mapping[str, str], name: str) -> float | None:
    text = headers.get(f"x-ratelimit-{name}")
    return None if text is None else _number(text)


def _limit(headers: Mapping[str, str], name: str) -> float | None:
    """A limit a minute; less than one says that somebody has nothing to say."""
    limit = _value(headers, name)
    return None if limit is None or limit < 1 else limit


def _reset(headers: Mapping[str, str], name: str) -> float | None:
    seconds = parse_duration(headers.get(f"x-ratelimit-{name}", ""))
    return None if seconds is None else _from_now(seconds, datetime.now(UTC))


def _number(text: str) -> float | None:
    """A number that can be meant: Azure says -1 where it has nothing to say."""
    try:
        value = float(text)
    except ValueError:
        return None
    return value if 0 <= value < float("inf") else None


def _unit(word: str) -> float:
    return 0.001 if word.startswith(("ms", "milli")) else _UNITS[word[0]]
