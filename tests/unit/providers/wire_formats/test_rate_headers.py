"""Limits and waits as vendors write them into headers."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaindesk.providers.base import RateHint
from chaindesk.providers.wire_formats.rate_headers import (
    exhausted_reset,
    parse_duration,
    read_rate_hint,
    retry_after,
    retry_after_in_text,
)
from chaindesk.simulator.key_limits import as_duration


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("1s", 1),
        ("6m0s", 360),
        ("7.66s", 7.66),
        ("120ms", 0.12),
        ("1h2m3s", 3723),
        ("1d", 86400),
        ("20", 20),
        ("0", 0),
        ("34.07s", 34.07),
        ("-1", None),
        ("soon", None),
        ("", None),
        ("nan", None),
        ("inf", None),
        ("5 apples", None),
    ],
)
def test_durations_are_read_as_vendors_write_them(text: str, seconds: float | None) -> None:
    assert parse_duration(text) == (None if seconds is None else pytest.approx(seconds))


@given(st.floats(0, 7000))
def test_what_the_simulated_provider_writes_is_read_back(seconds: float) -> None:
    assert parse_duration(as_duration(seconds)) == pytest.approx(seconds, abs=0.51)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7),
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "2s"}, 2),
        ({"retry-after-ms": "250", "retry-after": "1"}, 0.25),
        ({"retry-after-ms": "junk", "retry-after": "1"}, 1),
        ({"retry-after": "Sun, 22 Nov 2026 12:00:30 GMT"}, 30),
        ({"retry-after": "Sun, 22 Nov 2026 11:00:00 GMT"}, 0),
        ({"retry-after": "whenever"}, None),
        ({}, None),
    ],
)
def test_retry_after_is_seconds_milliseconds_or_a_date(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, now=datetime(2026, 11, 22, 12, 0, 0, tzinfo=UTC)) == seconds


@pytest.mark.parametrize(
    ("message", "seconds"),
    [
        ("Rate limit reached. Please try again in 6m0s. Visit the docs.", 360),
        ("Please try again in 20ms.", 0.02),
        ("Please retry in 34.074824224s.", 34.074824224),
        ("Please retry after 12 seconds", 12),
        ("Try again later.", None),
    ],
)
def test_a_delay_in_words_is_found(message: str, seconds: float | None) -> None:
    assert retry_after_in_text(message) == (None if seconds is None else pytest.approx(seconds))


def test_openai_headers_make_a_hint() -> None:
    headers = {
        "x-ratelimit-limit-requests": "600",
        "x-ratelimit-remaining-requests": "0",
        "x-ratelimit-reset-requests": "1m0s",
        "x-ratelimit-limit-tokens": "200000",
        "x-ratelimit-remaining-tokens": "199000",
        "x-ratelimit-reset-tokens": "7.66s",
    }
    hint = read_rate_hint(headers)
    assert hint == RateHint(600, 0, 60, 200000, 199000, 7.66)
    assert exhausted_reset(hint) == 60
    daily = read_rate_hint(headers, requests_per_day=True)
    assert daily == RateHint(tokens_limit=200000, tokens_remaining=199000, tokens_reset=7.66)


def test_azures_minus_one_and_no_headers_tell_nothing() -> None:
    assert read_rate_hint({"x-ratelimit-remaining-requests": "-1", "x-ratelimit-limit-tokens": "none"}) is None
    assert read_rate_hint({}) is None


@pytest.mark.parametrize("limit", ["0", "0.001", "-1", "nan", "inf"])
def test_a_limit_that_cannot_be_meant_is_none(limit: str) -> None:
    assert read_rate_hint({"x-ratelimit-limit-requests": limit, "x-ratelimit-limit-tokens": limit}) is None


def test_a_moment_since_1970_is_no_duration() -> None:
    now = datetime(2026, 11, 27, tzinfo=UTC)
    in_a_minute = now.timestamp() + 60
    assert retry_after({"retry-after": f"{in_a_minute:.0f}"}, now) == pytest.approx(60)
    assert retry_after({"retry-after": f"{in_a_minute * 1000:.0f}"}, now) == pytest.approx(60)
    assert retry_after({"retry-after-ms": f"{in_a_minute * 1000:.0f}"}, now) == pytest.approx(60)
    assert retry_after({"retry-after": f"{now.timestamp() - 5:.0f}"}, now) == 0
    assert retry_after({"retry-after": "3600"}, now) == 3600


def test_a_number_without_end_is_no_delay() -> None:
    assert parse_duration("1" * 100_000) is None
    assert retry_after({"retry-after": "9" * 100_000}) is None
    assert retry_after_in_text(f"try again in {'1' * 100_000}") is None
