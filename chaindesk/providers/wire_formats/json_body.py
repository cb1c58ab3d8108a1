"""A reply's body as JSON, and what a body that is none looks like."""

from __future__ import annotations

import json
from typing import Any

import orjson

from chaindesk.domain.errors import CallError, FailureKind
from chaindesk.providers.redaction import shortened

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))  # json.dumps would make one for each call
_STRICT = orjson.OPT_PASSTHROUGH_DATACLASS | orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_SUBCLASS


def parsed(body: bytes) -> Any:
    """A body's JSON.

    Raises:
        ValueError: it is none.
    """
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return _leniently_parsed(body)


def _leniently_parsed(body: bytes) -> Any:
    """The JSON of a body that is not quite as the standard has it: ``NaN``, a lone surrogate, a damaged letter."""
    try:
        try:
            return json.loads(body)
        except UnicodeDecodeError:
            return json.loads(body.decode("utf-8", "replace"))  # one damaged letter must not lose a paid-for answer
    except RecursionError:
        raise ValueError("nested too deeply") from None


def described(body: bytes) -> str:
    """What a body that is no JSON looks like, in words for the user."""
    start = body[:4096].lstrip().lower()
    if not start:
        return "an empty body"
    if start.startswith((b"<!doctype", b"<html", b"<head", b"<?xml")):
        return "a web page instead of JSON"
    return f'something other than JSON ("{shortened(body[:200].decode("utf-8", "replace"), 80)}")'


def encoded(body: dict[str, Any]) -> bytes:
    """A body as JSON.

    Raises:
        CallError: it holds what JSON has no word for.
    """
    try:
        return orjson.dumps(body, option=_STRICT)
    except orjson.JSONEncodeError:
        return _leniently_encoded(body)


def _leniently_encoded(body: dict[str, Any]) -> bytes:
    """A body as JSON that holds a lone surrogate, a huge number, or values of a type derived from a plain one."""
    failed = ""
    try:
        return _ENCODER.encode(body).encode("utf-8", "replace")
    except (TypeError, ValueError) as error:
        failed = str(error)
    raise CallError(FailureKind.REJECTED, f"The step's parameters cannot be sent as JSON: {failed}. Correct them.")
