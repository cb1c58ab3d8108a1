"""What a refused call means: an OpenAI-like reply's status, code and words become a kind and a plain message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlsplit

from chaindesk.domain.completion import Endpoint
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.proxies import password_wanted
from chaindesk.providers.redaction import shortened
from chaindesk.providers.registry import key_command
from chaindesk.providers.wire_formats.error_body import ErrorBody, read_error
from chaindesk.providers.wire_formats.protocol import HttpReply
from chaindesk.providers.wire_formats.rate_headers import (
    exhausted_reset,
    read_rate_hint,
    retry_after,
    retry_after_in_text,
)

_QUOTA_CODES = re.compile(
    r"insufficient_(quota|balance|credits?|funds)|credit_balance|spend_limit|usage_limit_exceeded|billing|payment_required"
)
_QUOTA_WORDS = re.compile(
    r"exceeded your current quota|specified api usage limits|insufficient (balance|credits?|funds)"
    r"|credit balance is too low|used all available credits|monthly spending limit|have any credits",
    re.IGNORECASE,
)
_KEY_WORDS = re.compile(
    r"(incorrect|invalid|wrong|expired|revoked|missing|no) api[ _-]?key|api[ _-]?key (not valid|is invalid|expired)"
    r"|api_key_invalid|invalid_api_key|invalid_authentication",
    re.IGNORECASE,
)
_LONG_WORDS = re.compile(
    r"context[ _-]?(length|size|window)|maximum context|(prompt|input|request)[ _](is )?too[ _](long|large)"
    r"|too many (input )?tokens"
    r"|exceeds? .{0,40}(token limit|number of tokens|context)|string_above_max_length",
    re.IGNORECASE,
)
_FILTER_WORDS = re.compile(
    r"content[ _]?(filter|policy|management)|responsibleai|safety system|flagged|moderation", re.IGNORECASE
)
_MODEL_WORDS = re.compile(
    r"model[ _]?not[ _]?found|unexpected endpoint|invalid[ _]model|unknown model|no such model|not a valid model"
    r"|model\b.{0,120}(does not exist|not exist|not found|not available|no access|is not supported)"
    r"|model\b.{0,120}(not loaded|decommissioned)|no models? loaded|location is not supported"
    r"|(does not|not) have access to (the )?model",
    re.IGNORECASE | re.DOTALL,
)
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


def reply_error(endpoint: Endpoint, model: str, reply: HttpReply, words: ErrorBody | None = None) -> CallError:
    """The failure that a reply tells; ``words`` where its error was found inside a good-looking body."""
    if reply.status == 407:
        message = password_wanted(urlsplit(endpoint.base_url).netloc)
        return CallError(FailureKind.UNTRUSTED, message, http_status=reply.status)
    words = words or read_error(reply.body)
    status = reply.status if reply.status >= 300 else _inner_status(words)
    delay = _delay(reply, words)
    kind = kind_of(status, words, delay)
    return CallError(
        kind,
        _message(endpoint, model, kind, status, words),
        http_status=status,
        retry_after=delay,
        request_id=request_id(reply.headers),
    )


def kind_of(status: int, words: ErrorBody, delay: float | None = None) -> FailureKind:
    """The kind of a failure, most telling sign first: what the code and the words say outweighs the status."""
    said = words.everything
    if status == 401 or (status == 400 and _KEY_WORDS.search(said)):
        return FailureKind.KEY
    if status == 402:
        return FailureKind.QUOTA if delay is None else FailureKind.RATE_LIMIT
    # Google says "exceeded your current quota" of its limits a minute, too; only its daily ones end a run.
    by_words = words.type != "RESOURCE_EXHAUSTED" and _QUOTA_WORDS.search(said)
    if status in (400, 403, 429) and (by_words or _QUOTA_CODES.search(f"{words.code} {words.type}")):
        return FailureKind.QUOTA
    if status == 429:
        # What is larger than a minute's whole limit never passes, however long it waits.
        return FailureKind.TOO_LONG if "request too large" in said.lower() else FailureKind.RATE_LIMIT
    if status == 403:
        return _forbidden(said)
    if status in (400, 404, 413, 422, 500):
        told = _told(status, said)
        if told is not None:
            return told
    return _by_status(status)


def request_id(headers: Mapping[str, str]) -> str:
    """The provider's own id of a request, for its support."""
    return headers.get("x-request-id") or headers.get("request-id") or headers.get("apim-request-id") or ""


def _forbidden(said: str) -> FailureKind:
    if _FILTER_WORDS.search(said):
        return FailureKind.REFUSED
    return FailureKind.MODEL if _MODEL_WORDS.search(said) else FailureKind.KEY


def _told(status: int, said: str) -> FailureKind | None:
    if _LONG_WORDS.search(said):
        return FailureKind.TOO_LONG
    if status in (400, 422) and _FILTER_WORDS.search(said):
        return FailureKind.REFUSED
    if status in (400, 422) and _MODEL_WORDS.search(said) and "parameter" not in said.lower():
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


def _inner_status(words: ErrorBody) -> int:
    """The status that an error inside a 200 body stands for: by code, else by words, else a server error."""
    if words.code.isdecimal() and 300 <= int(words.code) <= 599:
        return int(words.code)
    for name in (words.code, words.type):
        if name.lower() in _BY_CODE:
            return _BY_CODE[name.lower()]
    for pattern, status in ((_KEY_WORDS, 401), (_LONG_WORDS, 400), (_MODEL_WORDS, 404)):
        if pattern.search(words.everything):
            return status
    return 500


def _delay(reply: HttpReply, words: ErrorBody) -> float | None:
    delay = retry_after(reply.headers)
    if delay is None:
        delay = words.retry_delay
    if delay is None and reply.status == 429:
        delay = retry_after_in_text(words.message)
    if delay is None and reply.status == 429:
        delay = exhausted_reset(read_rate_hint(reply.headers))
    return delay


def _message(endpoint: Endpoint, model: str, kind: FailureKind, status: int, words: ErrorBody) -> str:
    told = f': "{shortened(words.message)}"' if words.message else ""
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
    if kind is FailureKind.RATE_LIMIT:
        return f"{name} asks to go slower ({status}){told}."
    if kind is FailureKind.TOO_LONG:
        return (
            f'The prompt is too long for "{model}" ({status}){told}. Shorten the row\'s text or choose another model.'
        )
    if kind is FailureKind.REFUSED:
        return f"{name} refused to answer ({status}){told}. Reword the prompt or the row's text."
    if kind is FailureKind.REJECTED:
        return f"{answered}. Check the step's settings and this row's text."
    return f"{answered}."


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
