"""The signs by which failures are told: codes and words that vendors use for keys, accounts, models and limits."""

from __future__ import annotations

import re

QUOTA_CODES = re.compile(
    r"insufficient_(quota|balance|credits?|funds)|credit_balance|spend_limit|usage_limit_exceeded|billing"
    r"|payment_required|arrears",
    re.IGNORECASE,
)
QUOTA_WORDS = re.compile(
    r"exceeded your current quota|specified api usage limits|insufficient (account )?(balance|credits?|funds)"
    r"|credit balance is too low|used all available credits|monthly spending limit|have any credits|in arrears"
    r"|please recharge",
    re.IGNORECASE,
)
KEY_CODES = re.compile(
    r"api_?key|authenticat|unauthori[sz]ed|permission_(denied|error)|unsupported_country|account_deactivated",
    re.IGNORECASE,
)
KEY_WORDS = re.compile(
    r"(incorrect|invalid|wrong|expired|revoked|missing|no) api[ _-]?key|api[ _-]?key (not valid|is invalid|expired)"
    r"|api_key_invalid|invalid_api_key|invalid_authentication|access token (is )?(invalid|expired|no longer valid)"
    r"|(invalid|expired) access token",
    re.IGNORECASE,
)
# What a 403 may add: the key is known, and may not do it, whatever the row's text.
FORBIDDEN_WORDS = re.compile(
    r"\bkey\b.{0,60}(permission|(may )?not (do|allowed|authori[sz]ed)|disabled|blocked|restricted|leaked)"
    r"|account\b.{0,40}(deactivated|suspended|disabled|blocked)"
    r"|(country|region|territory|location)\b.{0,40}(not supported|unsupported|not available)",
    re.IGNORECASE | re.DOTALL,
)
LONG_WORDS = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|(prompt|input|request)[ _](is )?too[ _](long|large)"
    r"|too many (input )?tokens"
    r"|exceeds? .{0,40}(token limit|number of tokens|context)|string_above_max_length",
    re.IGNORECASE,
)
FILTER_WORDS = re.compile(
    r"content[ _]?(filter|policy|management)|responsibleai|safety system|flagged|moderation"
    r"|sensitive[ _]?(content|info)"
    r"|usage (guidelines|policy|policies)|safety_check|inappropriate content|data_?inspection|prohibited content",
    re.IGNORECASE,
)
MODEL_WORDS = re.compile(
    r"model[ _]?not[ _]?found|unexpected endpoint|invalid[ _]model|unknown model|no such model|not a valid model"
    r"|model\b.{0,120}(does not exist|not exist|not found|not available|no access|is not supported)"
    r"|model\b.{0,120}(not loaded|decommissioned)|no models? loaded|location is not supported"
    r"|(does not|not) have access to (the )?model",
    re.IGNORECASE | re.DOTALL,
)
RATE_WORDS = re.compile(
    r"rate[ _-]?limit|too many requests|(daily|hourly|minute|request|qps|concurrency) limit|frequency limit",
    re.IGNORECASE,
)
LIMIT = r"(?:limit|quota|allocation|allowance|cap|maximum|budget)"
DAY_WORDS = re.compile(
    r"per[ _-]?day|\b[RTI]PD\b|(?:per|in|within|every) (?:the last |the past )?24[ -]?h"
    rf"|(?:daily|weekly|monthly|24[ -]?hour)[ _-](?:[a-z]{{1,20}}[ _-]){{0,3}}{LIMIT}"
    rf"|{LIMIT}[ _-](?:daily|weekly|monthly)|per (?:week|month)"
    rf"|(?:{LIMIT}|requests|tokens|usage) (?:for|of|used|made) (?:the day|today)"
    r"|(?:每[日天周月]|[当今本][日天周月]).{0,12}[限额]",
    re.IGNORECASE,
)
RATE_CODES = re.compile(r"rate_?limit|too_?many_?requests|throttl", re.IGNORECASE)
USED_UP_CODES = re.compile(r"(quota|daily_?limit|usage_?limit)_?(exceeded|reached|exhausted)", re.IGNORECASE)
USED_UP_WORDS = re.compile(
    r"quota[ _]?(?:has been |was |is |limit )?(?:exceeded|exhausted|reached|used up)"
    r"|(?:exceed|exhaust)(?:ed|ing|s)? .{0,40}\bquota"
    rf"|(?:reached|exceeded|used up) (?:your|the|its) (?:[a-z]{{1,20}} ){{0,3}}{LIMIT}",
    re.IGNORECASE,
)
CAPACITY_WORDS = re.compile(r"resource[ _-]?unavailable|(no|not enough|insufficient) (flex )?capacity", re.IGNORECASE)
BUSY_WORDS = re.compile(r"overload|at capacity|try (again )?later|service unavailable|is busy", re.IGNORECASE)
BY_CODE = {
    "rate_limit": 429,
    "rate_limit_exceeded": 429,
    "rate_limit_error": 429,
    "too_many_requests": 429,
    "slow_down": 429,
    "insufficient_quota": 429,
    "authentication_error": 401,
    "invalid_api_key": 401,
    "permission_denied": 403,
    "invalid_request_error": 400,
    "context_length_exceeded": 400,
    "content_filter": 400,
    "model_not_found": 404,
    "not_found_error": 404,
    "timeout": 408,
    "overloaded_error": 529,
    "server_error": 500,
    "internal_server_error": 500,
}
