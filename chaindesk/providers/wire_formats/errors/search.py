"""Finds what a reply says of a failure where no vendor's shape is known: under telling names, wherever they stand.

The search is bounded in depth and in values, and it never takes a text that no name calls an error's: an answer in an
unknown shape is no server's word.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any

_DEEPEST = 6
_MAX_VALUES = 400
_MAX_WORDS = 5  # of a list or an object, that are told
_MAX_INSIDE = 3  # objects and lists inside one another, whose words are told
_ERROR_NAME = re.compile(
    r"(?:error|err|fault|exception|failure)s?"
    r"|(?:error|err|fault|failure|exception|ret|return|result|status)[ _-]?"
    r"(?:messages?|msg|descriptions?|details?|info|reasons?|text|string|cause)",
    re.IGNORECASE,
)
_WORDS_NAME = re.compile(r"(?:.{0,30}(?:message|msg|reason|detail|description|info|cause)|text|title)s?", re.IGNORECASE)
_CODE_NAME = re.compile(r"(?:error|err|ret|return|result|status)?[ _-]?(?:code|no)", re.IGNORECASE)
_FLAGS = {"success": False, "succeeded": False, "ok": False, "error": True, "failed": True}
_FAILED = frozenset({"error", "failed", "failure", "fail", "exception"})
_GOOD_CODES = frozenset({"", "0", "00000", "200", "ok", "success"})
_ASKED_OR_ANSWERED = frozenset(
    {"content", "text", "parts", "delta", "arguments", "input", "prompt", "messages", "request", "usage", "metadata"}
)


def search_error(payload: Any) -> Mapping[str, str] | None:
    """Return message and code of an error that stands anywhere in a body, or None."""
    waiting: deque[tuple[Any, int]] = deque([(payload, 0)])
    looked_at = 0
    while waiting and looked_at < _MAX_VALUES:
        value, depth = waiting.popleft()
        looked_at += 1
        if isinstance(value, Mapping):
            message = _message_of(value)
            if message:
                return {"message": message, "code": _code_of(value)}
        if depth < _DEEPEST:
            waiting.extend((child, depth + 1) for child in _children(value))
    return None


def joined_words(value: Any, depth: int = 0) -> str:
    """Return the words of an error's value: a text, the texts of a list, or each text with its name."""
    if isinstance(value, str):
        return value.strip()
    if depth > _MAX_INSIDE:
        return ""
    if isinstance(value, list):
        return "; ".join(filter(None, (joined_words(item, depth + 1) for item in value[:_MAX_WORDS])))
    if isinstance(value, Mapping):
        named = {
            str(name): words
            for name, item in _first(value)[: 2 * _MAX_WORDS]
            if (words := joined_words(item, depth + 1))
        }
        told = next((named[name] for name in named if _WORDS_NAME.fullmatch(name)), None)
        return told or "; ".join(f"{name}: {words}" for name, words in list(named.items())[:_MAX_WORDS])
    return ""


def _message_of(source: Mapping[str, Any]) -> str:
    """What an object says of a failure, or ""."""
    for name, value in _first(source):
        if _ERROR_NAME.fullmatch(str(name)) and not isinstance(value, bool) and (words := joined_words(value)):
            return words
    code = _code_of(source)
    if code.lower() not in _GOOD_CODES or _is_flagged(source):
        own = {str(name): value for name, value in _first(source) if _WORDS_NAME.fullmatch(str(name))}
        inner = [value for name, value in _first(source) if str(name).lower() not in _ASKED_OR_ANSWERED]
        for value in (own, *(inner if _is_flagged(source) else ())):
            if isinstance(value, Mapping):
                texts = (joined_words(item) for name, item in _first(value) if _WORDS_NAME.fullmatch(str(name)))
                if words := next(filter(None, texts), ""):
                    return words
    return ""


def _is_flagged(source: Mapping[str, Any]) -> bool:
    status = source.get("status")
    failed = isinstance(status, str) and status.lower() in _FAILED
    return failed or any(source.get(name) is flag for name, flag in _FLAGS.items())


def _code_of(source: Mapping[str, Any]) -> str:
    for name, value in _first(source):
        if _CODE_NAME.fullmatch(str(name)) and isinstance(value, (str, int)) and not isinstance(value, bool):
            code = value if isinstance(value, str) else str(value) if abs(value) < 10**12 else ""
            return code[:200]
    return ""


def _children(value: Any) -> Iterator[Any]:
    if isinstance(value, list):
        yield from value[:_MAX_WORDS]
    elif isinstance(value, Mapping):
        yield from (item for name, item in _first(value) if str(name).lower() not in _ASKED_OR_ANSWERED)


def _first(source: Mapping[str, Any]) -> list[tuple[Any, Any]]:
    """Return the first names and values of an object, which may have any number."""
    return [item for item, _ in zip(source.items(), range(50), strict=False)]
