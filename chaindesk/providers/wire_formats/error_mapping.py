"""Maps refused calls to failures: a reply's status, code and words become a kind and a plain message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from chaindesk.domain.completion import CompletionRequest, Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.proxies import password_required
from chaindesk.providers.redaction import shortened
from chaindesk.providers.registry import key_command
from chaindesk.providers.wire_formats.error_body import ErrorBody, error_in_reply, own_words, read_error, speaks
from chaindesk.providers.wire_formats.protocol import HttpReply, storable
from chaindesk.providers.wire_formats.rate_headers import (
    exhausted_reset,
    read_rate_hint,
    reset_moment,
    retry_after,
    retry_after_in_text,
)

_QUOTA_CODES = re.compile(
    r"insufficient_(quota|balance|credits?|funds)|credit_balance|spend_limit|usage_limit_exceeded|billing"
    r"|payment_required|arrears",
    re.IGNORECASE,
)
_QUOTA_WORDS = re.compile(
    r"exceeded your current quota|specified api usage limits|insufficient (account )?(balance|credits?|funds)"
    r"|credit balance is too low|used all available credits|monthly spending limit|have any credits|in arrears"
    r"|please recharge",
    re.IGNORECASE,
)
_KEY_CODES = re.compile(
    r"api_?key|authenticat|unauthori[sz]ed|permission_(denied|error)|unsupported_country|account_deactivated",
    re.IGNORECASE,
)
_KEY_WORDS = re.compile(
    r"(incorrect|invalid|wrong|expired|revoked|missing|no) api[ _-]?key|api[ _-]?key (not valid|is invalid|expired)"
    r"|api_key_invalid|invalid_api_key|invalid_authentication|access token (is )?(invalid|expired|no longer valid)"
    r"|(invalid|expired) access token",
    re.IGNORECASE,
)
# What a 403 may add: the key is known, and may not do it, whatever the row's text.
_FORBIDDEN_WORDS = re.compile(
    r"\bkey\b.{0,60}(permission|(may )?not (do|allowed|authori[sz]ed)|disabled|blocked|restricted|leaked)"
    r"|account\b.{0,40}(deactivated|suspended|disabled|blocked)"
    r"|(country|region|territory|location)\b.{0,40}(not supported|unsupported|not available)",
    re.IGNORECASE | re.DOTALL,
)
_LONG_WORDS = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|(prompt|input|request)[ _](is )?too[ _](long|large)"
    r"|too many (input )?tokens"
    r"|exceeds? .{0,40}(token limit|number of tokens|context)|string_above_max_length",
    re.IGNORECASE,
)
_FILTER_WORDS = re.compile(
    r"content[ _]?(filter|policy|management)|responsibleai|safety system|flagged|moderation"
    r"|sensitive[ _]?(content|info)"
    r"|usage (guidelines|policy|policies)|safety_check|inappropriate content|data_?inspection|prohibited content",
    re.IGNORECASE,
)
_MODEL_WORDS = re.compile(
    r"model[ _]?not[ _]?found|unexpected endpoint|invalid[ _]model|unknown model|no such model|not a valid model"
    r"|model\b.{0,120}(does not exist|not exist|not found|not available|no access|is not supported)"
    r"|model\b.{0,120}(not loaded|decommissioned)|no models? loaded|location is not supported"
    r"|(does not|not) have access to (the )?model",
    re.IGNORECASE | re.DOTALL,
)
_RATE_WORDS = re.compile(
    r"rate[ _-]?limit|too many requests|(daily|hourly|minute|request|qps|concurrency) limit|frequency limit",
    re.IGNORECASE,
)
_LIMIT = r"(?:limit|quota|allocation|allowance|cap|maximum|budget)"
_DAY_WORDS = re.compile(
    r"per[ _-]?day|\b[RTI]PD\b|(?:per|in|within|every) (?:the last |the past )?24[ -]?h"
    rf"|(?:daily|weekly|monthly|24[ -]?hour)[ _-](?:[a-z]{{1,20}}[ _-]){{0,3}}{_LIMIT}"
    rf"|{_LIMIT}[ _-](?:daily|weekly|monthly)|per (?:week|month)"
    rf"|(?:{_LIMIT}|requests|tokens|usage) (?:for|of|used|made) (?:the day|today)"
    r"|(?:每[日天周月]|[当今本][日天周月]).{0,12}[限额]",
    re.IGNORECASE,
)
_BUSY_WORDS = re.compile(r"overload|at capacity|try (again )?later|service unavailable|is busy", re.IGNORECASE)
_REQUEST_IDS = ("x-request-id", "request-id", "apim-request-id")
_BY_CODE = {
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


@dataclass(frozen=True, slots=True)
class _Judged:
    """An error's words as they are judged: its codes, and its message without what may come from the prompt."""

    codes: str
    message: str
    prompt: str

    def says(self, pattern: re.Pattern[str]) -> bool:
        """Return whether the server itself says what the pattern looks for."""
        return pattern.search(self.codes) is not None or speaks(pattern, self.message, self.prompt)


def reply_error(
    endpoint: Endpoint, model: str, reply: HttpReply, error: ErrorBody | None = None, prompt: str = ""
) -> CallError:
    """The failure that a reply stands for.

    Args:
        endpoint: who was asked.
        model: the model that was asked, or "".
        reply: the reply.
        error: the error that was found inside a good reply's body; else the body is read.
        prompt: what was asked; words that the message quotes of it decide nothing.
    """
    if reply.status == 407:
        message = password_required(urlsplit(endpoint.base_url).netloc)
        return CallError(FailureKind.UNTRUSTED, message, http_status=reply.status)
    error = error or read_error(reply.body)
    judged = _Judged(error.codes, own_words(error.message, prompt), prompt)
    status = reply.status if reply.status >= 300 else _inner_status(error, judged)
    delay = _delay(reply, error)
    kind = _kind(status, error, judged, delay)
    suspected = FailureKind.KEY if status == 403 and kind is FailureKind.REJECTED else None
    return CallError(
        kind,
        _message(endpoint, model, kind, status, error),
        http_status=status,
        retry_after=delay,
        request_id=request_id(reply.headers),
        suspected=suspected,
    )


def raise_inner_error(request: CompletionRequest, payload: Any, *, answered: bool = True) -> None:
    """Raise the failure that a body tells although its HTTP status is good.

    Args:
        request: what was asked.
        payload: the body, or a part of it, maybe in a list.
        answered: whether it holds an answer as well.
    """
    if isinstance(payload, list) and payload:
        payload, answered = payload[0], False
    error = error_in_reply(payload, answered=answered) if isinstance(payload, Mapping) else None
    if error is not None:
        identity = payload.get("id")
        headers = {"x-request-id": identity} if isinstance(identity, str) else {}
        raise reply_error(request.endpoint, request.model, HttpReply(200, headers, b""), error, request.prompt)


def _kind(status: int, error: ErrorBody, judged: _Judged, delay: float | None) -> FailureKind:
    """The kind of a failure, most telling sign first: codes, then the server's own words, then the status."""
    if status == 401 or (status == 400 and judged.says(_KEY_WORDS)):
        return FailureKind.KEY
    if status == 402:
        return FailureKind.QUOTA if delay is None else FailureKind.RATE_LIMIT
    # Google says "exceeded your current quota" of its limits a minute, too; only its daily ones end a run.
    by_words = error.type != "RESOURCE_EXHAUSTED" and judged.says(_QUOTA_WORDS)
    if status in (400, 403, 429) and (by_words or _QUOTA_CODES.search(judged.codes)):
        return FailureKind.QUOTA
    if status == 429:
        if "request too large" in judged.message.lower():
            return (
                FailureKind.TOO_LONG
            )  # what is larger than a minute's whole limit never passes, however long it waits
        return FailureKind.DAY_LIMIT if judged.says(_DAY_WORDS) else FailureKind.RATE_LIMIT
    if status == 403:
        return _forbidden(judged)
    if status in (400, 404, 413, 422, 500):
        told = _by_words(status, judged)
        if told is not None:
            return told
    return _by_status(status)


def request_id(headers: Mapping[str, str]) -> str:
    """The provider's own id of a request, for its support."""
    return storable(next((found for name in _REQUEST_IDS if (found := headers.get(name))), ""))


def _forbidden(judged: _Judged) -> FailureKind:
    """What a 403 means: often a firewall's or a filter's word on one row's text, where nothing speaks of the key."""
    if judged.says(_FILTER_WORDS):
        return FailureKind.REFUSED
    if judged.says(_MODEL_WORDS):
        return FailureKind.MODEL
    of_the_key = _KEY_CODES.search(judged.codes) or judged.says(_KEY_WORDS) or judged.says(_FORBIDDEN_WORDS)
    return FailureKind.KEY if of_the_key else FailureKind.REJECTED


def _by_words(status: int, judged: _Judged) -> FailureKind | None:
    if judged.says(_LONG_WORDS):
        return FailureKind.TOO_LONG
    if status in (400, 422) and judged.says(_FILTER_WORDS):
        return FailureKind.REFUSED
    if status in (400, 422) and judged.says(_MODEL_WORDS) and "parameter" not in judged.message.lower():
        return FailureKind.MODEL
    return None


def _by_status(status: int) -> FailureKind:
    if 300 <= status < 400 or status in (404, 405, 410):
        # The address or the model is wrong, so every row would fail alike: the run pauses.
        return FailureKind.MODEL
    if status in (408, 504, 524):
        return FailureKind.TIMEOUT
    if status in (409, 425, 498, 499) or status >= 500:
        return FailureKind.SERVER
    return FailureKind.REJECTED


def _inner_status(error: ErrorBody, judged: _Judged) -> int:
    """The status that an error inside a 200 body stands for: by code, else by words, else a server error."""
    for name in (error.code.lower(), error.type.lower()):
        if len(name) == 3 and name.isdecimal() and 300 <= int(name) <= 599:
            return int(name)
        if name in _BY_CODE:
            return _BY_CODE[name]
    if _QUOTA_CODES.search(judged.codes):
        return 402
    if _KEY_CODES.search(judged.codes):
        return 401
    signs = (
        (_KEY_WORDS, 401),
        (_QUOTA_WORDS, 402),
        (_RATE_WORDS, 429),
        (_LONG_WORDS, 400),
        (_FILTER_WORDS, 400),
        (_MODEL_WORDS, 404),
        (_BUSY_WORDS, 503),
    )
    return next((status for pattern, status in signs if judged.says(pattern)), 500)


def _delay(reply: HttpReply, error: ErrorBody) -> float | None:
    delay = retry_after(reply.headers)
    if delay is None:
        delay = error.retry_delay
    if delay is None and reply.status == 429:
        delay = retry_after_in_text(error.message)
    if delay is None and reply.status == 429:
        delay = exhausted_reset(read_rate_hint(reply.headers)) or reset_moment(reply.headers)
    return delay


def _message(endpoint: Endpoint, model: str, kind: FailureKind, status: int, error: ErrorBody) -> str:
    told = f': "{shortened(error.message)}"' if error.message else ""
    name = endpoint.name
    answered = f"{name} answered {status} {_phrase(status)}".rstrip() + told
    if kind is FailureKind.KEY:
        first = f"; {endpoint.key_variable} comes first where it is set" if endpoint.key_variable else ""
        refused = "does not allow this with this key" if status == 403 else "refused the key"
        return f"{name} {refused} ({status}){told}. Set a good one (`{key_command(endpoint)}`{first}), then go on."
    if kind is FailureKind.QUOTA:
        return f"The account at {name} has nothing left ({status}){told}. Add credit or raise its limit, then go on."
    if kind is FailureKind.MODEL:
        if 300 <= status < 400:
            return f"{answered}. Redirects are not followed: write the final address as base_url ({endpoint.base_url})."
        asked = f'the model "{model}" and ' if model else ""
        return f"{answered}. Check {asked}the base_url {endpoint.base_url}."
    if kind is FailureKind.DAY_LIMIT:
        return f"The limit of a day or longer at {name} is reached ({status}){told}."
    if kind is FailureKind.RATE_LIMIT:
        return f"{name} asks to go slower ({status}){told}."
    if kind is FailureKind.TOO_LONG:
        return (
            f'The prompt is too long for "{model}" ({status}){told}. Shorten the row\'s text or choose another model.'
        )
    if kind is FailureKind.REFUSED:
        return f"{name} refused to answer ({status}){told}. Reword the prompt or the row's text."
    if kind is FailureKind.REJECTED and status == 403:
        return (
            f"{name} does not allow this call ({status}){told}. Look at this row's text; where every row is refused, "
            f"check the key (`{key_command(endpoint)}`)."
        )
    if kind is FailureKind.REJECTED:
        return f"{answered}. Check the step's settings and this row's text."
    return f"{answered}."


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
