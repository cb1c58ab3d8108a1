"""Maps refused calls to failures: a reply's status, code and words become a kind and a plain message."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from chaindesk.domain.completion import CompletionRequest, Endpoint, Usage
from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.proxies import password_required
from chaindesk.providers.redaction import shortened
from chaindesk.providers.registry import key_command
from chaindesk.providers.wire_formats.errors.body import ErrorBody, error_in_reply, read_error
from chaindesk.providers.wire_formats.errors.quotations import own_words, speaks
from chaindesk.providers.wire_formats.errors.signs import (
    BUSY_WORDS,
    BY_CODE,
    CAPACITY_WORDS,
    DAY_WORDS,
    FILTER_WORDS,
    FORBIDDEN_WORDS,
    KEY_CODES,
    KEY_WORDS,
    LONG_WORDS,
    MODEL_WORDS,
    QUOTA_CODES,
    QUOTA_WORDS,
    RATE_CODES,
    RATE_WORDS,
    USED_UP_CODES,
    USED_UP_WORDS,
)
from chaindesk.providers.wire_formats.protocol import HttpReply, storable
from chaindesk.providers.wire_formats.rate_headers import (
    exhausted_reset,
    read_rate_hint,
    reset_moment,
    retry_after,
    retry_after_in_text,
)

_REQUEST_IDS = ("x-request-id", "request-id", "apim-request-id")


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
    endpoint: Endpoint,
    model: str,
    reply: HttpReply,
    error: ErrorBody | None = None,
    prompt: str = "",
    *,
    flex: bool = False,
) -> CallError:
    """The failure that a reply stands for.

    Args:
        endpoint: who was asked.
        model: the model that was asked, or "".
        reply: the reply.
        error: the error that was found inside a good reply's body; else the body is read.
        prompt: what was asked; words that the message quotes of it decide nothing.
        flex: whether it was asked at the flex price, which may be refused for want of capacity.
    """
    if reply.status == 407:
        message = password_required(urlsplit(endpoint.base_url).netloc)
        return CallError(FailureKind.UNTRUSTED, message, http_status=reply.status)
    error = error or read_error(reply.body)
    judged = _Judged(error.codes, own_words(error.message, prompt), prompt)
    status = reply.status if reply.status >= 300 else _inner_status(error, judged)
    delay = _delay(reply, error, prompt)
    kind = (
        FailureKind.CAPACITY if flex and _lacks_capacity(status, error, judged) else _kind(status, error, judged, delay)
    )
    suspected = FailureKind.KEY if status == 403 and kind is FailureKind.REJECTED else None
    return CallError(
        kind,
        _message(endpoint, model, kind, status, error, hidden=reply.status < 300),
        http_status=status,
        retry_after=delay,
        request_id=request_id(reply.headers),
        suspected=suspected,
    )


def raise_inner_error(
    request: CompletionRequest, payload: Any, *, answered: bool = True, usage: Usage | None = None
) -> None:
    """Raise the failure that a body tells although its HTTP status is good.

    Args:
        request: what was asked.
        payload: the body, or a part of it, maybe in a list.
        answered: whether it holds an answer as well.
        usage: the tokens that it counts all the same, or None.
    """
    if isinstance(payload, list) and payload:
        payload, answered = payload[0], False
    error = error_in_reply(payload, answered=answered) if isinstance(payload, dict) else None
    if error is not None:
        identity = payload.get("id")
        headers = {"x-request-id": identity} if isinstance(identity, str) else {}
        failure = reply_error(request.endpoint, request.model, HttpReply(200, headers, b""), error, request.prompt)
        failure.usage = usage if usage is not None and usage.total else None
        raise failure


def _kind(status: int, error: ErrorBody, judged: _Judged, delay: float | None) -> FailureKind:
    """The kind of a failure, most telling sign first: codes, then the server's own words, then the status."""
    if status == 401 or (status == 400 and judged.says(KEY_WORDS)):
        return FailureKind.KEY
    if status == 402:
        return FailureKind.QUOTA if delay is None else FailureKind.RATE_LIMIT
    # Google says "exceeded your current quota" of its limits a minute, too; only its daily ones end a run.
    by_words = error.type != "RESOURCE_EXHAUSTED" and judged.says(QUOTA_WORDS)
    if status in (400, 403, 429) and (by_words or QUOTA_CODES.search(judged.codes)):
        return FailureKind.QUOTA
    if status == 429:
        if "request too large" in judged.message.lower():
            return (
                FailureKind.TOO_LONG
            )  # what is larger than a minute's whole limit never passes, however long it waits
        return _limit(judged)
    if status == 403:
        return _forbidden(judged, delay)
    if status in (400, 404, 413, 422, 500):
        told = _by_words(status, judged)
        if told is not None:
            return told
    return _by_status(status)


def _lacks_capacity(status: int, error: ErrorBody, judged: _Judged) -> bool:
    """Return whether a flex call is refused since there is no capacity at that price, and not for the key's own limits.

    OpenAI says "Resource Unavailable" with a 429, Google that the model is overloaded, with a 503.
    """
    if status == 429:
        return error.type != "RESOURCE_EXHAUSTED" and judged.says(CAPACITY_WORDS)
    return status == 503


def request_id(headers: Mapping[str, str]) -> str:
    """The provider's own id of a request, for its support."""
    for name in _REQUEST_IDS:
        if found := headers.get(name):
            return storable(found)
    return ""


def _forbidden(judged: _Judged, delay: float | None) -> FailureKind:
    """What a 403 means: often a firewall's or a filter's word on one row's text, where nothing speaks of the key."""
    if judged.says(FILTER_WORDS):
        return FailureKind.REFUSED
    used_up = judged.says(USED_UP_WORDS) or USED_UP_CODES.search(judged.codes)
    if used_up or RATE_CODES.search(judged.codes) or judged.says(RATE_WORDS):
        of_a_minute = delay is not None and not judged.says(DAY_WORDS)
        return FailureKind.DAY_LIMIT if used_up and not of_a_minute else _limit(judged)
    if judged.says(MODEL_WORDS):
        return FailureKind.MODEL
    of_the_key = KEY_CODES.search(judged.codes) or judged.says(KEY_WORDS) or judged.says(FORBIDDEN_WORDS)
    return FailureKind.KEY if of_the_key else FailureKind.REJECTED


def _limit(judged: _Judged) -> FailureKind:
    """Whether a limit is one of a minute, or of a day and longer."""
    return FailureKind.DAY_LIMIT if judged.says(DAY_WORDS) else FailureKind.RATE_LIMIT


def _by_words(status: int, judged: _Judged) -> FailureKind | None:
    if judged.says(LONG_WORDS):
        return FailureKind.TOO_LONG
    if status in (400, 422) and judged.says(FILTER_WORDS):
        return FailureKind.REFUSED
    if status in (400, 422) and judged.says(MODEL_WORDS) and "parameter" not in judged.message.lower():
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
        if name in BY_CODE:
            return BY_CODE[name]
    if QUOTA_CODES.search(judged.codes):
        return 402
    if KEY_CODES.search(judged.codes):
        return 401
    signs = (
        (KEY_WORDS, 401),
        (QUOTA_WORDS, 402),
        (RATE_WORDS, 429),
        (DAY_WORDS, 429),
        (LONG_WORDS, 400),
        (FILTER_WORDS, 400),
        (MODEL_WORDS, 404),
        (BUSY_WORDS, 503),
    )
    return next((status for pattern, status in signs if judged.says(pattern)), 500)


def _delay(reply: HttpReply, error: ErrorBody, prompt: str) -> float | None:
    delay = retry_after(reply.headers)
    if delay is None:
        delay = error.retry_delay
    if delay is None and reply.status in (200, 403, 429):
        delay = retry_after_in_text(error.message, prompt)
    if delay is None and reply.status in (403, 429):
        delay = exhausted_reset(read_rate_hint(reply.headers)) or reset_moment(reply.headers)
    return delay


def _message(endpoint: Endpoint, model: str, kind: FailureKind, status: int, error: ErrorBody, *, hidden: bool) -> str:
    """The failure in words for the user; ``hidden`` where a good status hid it."""
    told = f': "{shortened(error.message)}"' if error.message else ""
    name = endpoint.name
    how = "with an error inside a good reply" if hidden else f"{status} {_phrase(status)}".rstrip()
    answered = f"{name} answered {how}{told}"
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
    if kind is FailureKind.CAPACITY:
        return f"{name} has no capacity at the flex price now ({status}){told}. Nothing is charged for that."
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
