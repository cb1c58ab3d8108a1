"""Limits of a day are told from those of a minute, with the time at which they end."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest

from chaindesk.domain.completion import Endpoint, ProviderKind
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.wire_formats.errors.mapping import reply_error
from chaindesk.providers.wire_formats.protocol import HttpReply

ENDPOINT = Endpoint("lab", ProviderKind.OPENAI_CHAT, "http://lab/v1")


def refusal(message: str, headers: dict[str, str] | None = None, prompt: str = "Hi", **more: Any) -> CallError:
    body = json.dumps({"error": {"message": message, "code": 429} | more}).encode()
    return reply_error(ENDPOINT, "m", HttpReply(429, headers or {}, body), prompt=prompt)


@pytest.mark.parametrize(
    ("message", "headers", "seconds"),
    [
        (
            "Rate limit reached for m on requests per day (RPD): Limit 200, Used 200. Please try again in 28m48s.",
            {},
            1728,
        ),
        (
            "Rate limit reached on tokens per day (TPD): Limit 100000, Used 99990, Requested 90. Try again in 1m9.12s.",
            {"retry-after": "70"},
            70,
        ),
        ("You have reached your daily limit.", {"retry-after": "3600"}, 3600),
        ("You have reached your daily limit.", {}, None),
        ("You have reached your weekly usage limit. Resets on Monday.", {}, None),
        ("You have exceeded the maximum of 500 requests in 24 hours", {}, None),
        ("Monthly request quota exceeded", {}, None),
        ("The quota for today is exhausted", {}, None),
        ("You have used up your daily free allocation of 10,000 neurons", {}, None),
        ("quota_daily is used up", {}, None),
        ("您已达到每日请求额度上限", {}, None),
    ],
)
def test_a_limit_of_a_day_is_no_limit_of_a_minute(message: str, headers: dict[str, str], seconds: float | None) -> None:
    failure = refusal(message, headers)
    assert (failure.kind, failure.retry_after) == (FailureKind.DAY_LIMIT, seconds)
    assert "The limit of a day or longer at lab is reached" in str(failure)


def test_the_end_of_a_day_is_read_where_openrouter_tells_it() -> None:
    moment = int((time.time() + 7200) * 1000)
    metadata = {"headers": {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": str(moment)}}
    failure = refusal("Rate limit exceeded: free-models-per-day", metadata=metadata)
    assert failure.kind is FailureKind.DAY_LIMIT
    assert failure.retry_after == pytest.approx(7200, abs=30)
    by_header = refusal("Rate limit exceeded: free-models-per-day", {"x-ratelimit-reset": str(moment)})
    assert by_header.retry_after == pytest.approx(7200, abs=30)


@pytest.mark.parametrize(
    "message",
    [
        "Rate limit reached on requests per min (RPM): Limit 60. Try again in 1s.",
        "Slow down.",
        "Upgrade today to raise your rate limit.",
    ],
)
def test_a_limit_of_a_minute_stays_one(message: str) -> None:
    assert refusal(message).kind is FailureKind.RATE_LIMIT


def test_a_prompt_that_speaks_of_days_is_not_taken_for_the_servers_words() -> None:
    prompt = "Write on the daily limit of sugar per day"
    failure = refusal('Too many requests for "Write on the daily limit of sugar per day".', prompt=prompt)
    assert failure.kind is FailureKind.RATE_LIMIT


def forbidden(message: str, headers: dict[str, str] | None = None, prompt: str = "Hi", **more: Any) -> CallError:
    body = json.dumps({"error": {"message": message} | more}).encode()
    return reply_error(ENDPOINT, "m", HttpReply(403, headers or {}, body), prompt=prompt)


@pytest.mark.parametrize(
    ("message", "more"),
    [
        ("Daily quota exceeded for this key.", {}),
        ("Quota exceeded.", {}),
        ("You have exceeded your monthly request quota.", {}),
        ("The call failed.", {"code": "quotaExceeded"}),
        ("The call failed.", {"code": "dailyLimitExceeded"}),
        ("The call failed.", {"errors": [{"reason": "quotaExceeded", "message": "The call failed."}], "code": 403}),
    ],
)
def test_a_quota_that_is_told_with_403_is_no_bad_key(message: str, more: dict[str, Any]) -> None:
    failure = forbidden(message, **more)
    assert failure.kind is FailureKind.DAY_LIMIT
    assert "Set a good one" not in str(failure)


@pytest.mark.parametrize(
    ("message", "headers", "more", "seconds"),
    [
        ("Rate Limit Exceeded", {}, {"errors": [{"reason": "rateLimitExceeded", "message": "x"}]}, None),
        ("The call failed.", {}, {"code": "userRateLimitExceeded"}, None),
        ("Quota exceeded. Try again in 30s.", {}, {}, 30),
        ("API rate limit exceeded", {"retry-after": "7200"}, {}, 7200),
    ],
)
def test_a_limit_of_a_minute_that_is_told_with_403_is_waited_out(
    message: str, headers: dict[str, str], more: dict[str, Any], seconds: float | None
) -> None:
    failure = forbidden(message, headers, **more)
    assert (failure.kind, failure.retry_after) == (FailureKind.RATE_LIMIT, seconds)


def test_a_403_that_quotes_a_prompt_about_quotas_is_no_limit() -> None:
    prompt = "Explain: my daily quota was exceeded"
    assert forbidden('Blocked: "my daily quota was exceeded"', prompt=prompt).kind is FailureKind.REJECTED
