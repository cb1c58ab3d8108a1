"""A reply's body as JSON, and what a body that is none looks like."""

from __future__ import annotations

import json
from typing import Any

from chaindesk.providers.redaction import shortened


def parsed(body: bytes) -> Any:
    """A body's JSON.

    Raises:
        ValueError: it is none.
    """
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
