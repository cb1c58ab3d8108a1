"""Takes keys out of text that others wrote, before it can reach a message, a log or a file."""

from __future__ import annotations

import base64
import re
from functools import lru_cache
from urllib.parse import quote

HIDDEN = "•••"
_TOKEN = re.compile(r"[^\s\"'`<>(){}\[\],;]{6,}")
_SHORT = 4  # a key from this length on is hidden wherever it stands as a word, unless it may be a plain one
_SPEAKS_OF_A_KEY = r"(?:bearer|key|token)(?:\W{1,3}(?:provided|given|sent|received|used|is|was|value))?"
_SHARED = 8  # so many characters in a row in common with the key give it away


def redacted(text: str, key: str) -> str:
    """The text with the key, whole, quoted, cut short or partly starred out, replaced by ``•••``."""
    if not key or not text:
        return text
    if len(key) < _SHARED:
        return _without_short_key(text, key)
    for form in {key, quote(key, safe=""), key.replace("/", "\\/")}:
        text = text.replace(form, HIDDEN)
    windows = {
        form[start : start + _SHARED]
        for form in (key, quote(key, safe=""), *_encoded(key))
        for start in range(max(len(form) - _SHARED + 1, 0))
    }

    def hide(match: re.Match[str]) -> str:
        token = match.group()
        pieces = (token[start : start + _SHARED] for start in range(len(token) - _SHARED + 1))
        if any(piece in windows for piece in pieces) or _starred(token, key):
            return HIDDEN
        return token

    return _TOKEN.sub(hide, text)


def _without_short_key(text: str, key: str) -> str:
    """Hide a short key as a word of its own; one that may be a plain word only where a key is spoken of.

    What local servers are given, such as "none" or "ollama", is no secret, and part of many a sentence.
    """
    whole = rf"(?<!\w){re.escape(key)}(?!\w)"
    if len(key) >= _SHORT and not key.isalpha():
        return re.sub(whole, HIDDEN, text)
    return re.sub(rf"({_SPEAKS_OF_A_KEY}\W{{1,4}}){whole}", rf"\1{HIDDEN}", text, flags=re.I)


def without_key(text: str, key: str) -> str:
    """An answer with the key itself replaced by ``•••``; what only resembles it may be the answer's own words."""
    if len(key) < _SHARED:
        return text
    for form in {key, quote(key, safe=""), *_encoded(key)}:
        text = text.replace(form, HIDDEN)
    return text


@lru_cache(maxsize=16)
def _encoded(key: str) -> tuple[str, ...]:
    """The parts that the key gives to any base64 that it stands in, wherever it begins there, and its hex digits."""
    raw = key.encode()
    forms = [raw.hex()]
    for before in range(3):
        digits = base64.b64encode(b"\0" * before + raw).decode()
        whole = len(raw) + before
        inner = digits[-(-before * 8 // 6) : whole * 8 // 6]  # without those that share bits with what stands beside
        forms += [inner, inner.replace("+", "-").replace("/", "_")]
    return tuple(form for form in forms if len(form) >= _SHARED)


def shortened(text: str, length: int = 300) -> str:
    """The text on one line, cut at ``length`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= length else line[: length - 1].rstrip() + "…"


def _starred(token: str, key: str) -> bool:
    """Whether the token is the key with its middle starred out: ``sk-pr****3f9a``."""
    head, stars, tail = token.partition("**")
    tail = tail.lstrip("*").rstrip(".")
    return bool(stars) and ((len(tail) >= 2 and key.endswith(tail)) or (len(head) >= 4 and key.startswith(head)))
