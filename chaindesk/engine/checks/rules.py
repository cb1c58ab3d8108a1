"""Each rule of a check as a function that tells what is wrong with a text, compiled once for a step."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import urlsplit

from chaindesk.domain.chains.answer_fields import folded_text
from chaindesk.domain.chains.checks import split_range
from chaindesk.domain.check_results import CheckedAnswer
from chaindesk.engine.checks.evidence import missing_numbers, missing_quotes, passages
from chaindesk.engine.checks.language import other_language
from chaindesk.engine.prompting.field_values import read_date

Rule = Callable[[str, CheckedAnswer], str]
"""Tells what is wrong with a text of an answer; "" where nothing is."""
Sources = Callable[[CheckedAnswer], list[str]]
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_]{2,24}")
_HOST = re.compile(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W_][\w-]{1,62}|localhost|[0-9a-f:]{3,}", re.I)
_NUMERAL = re.compile(r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?:[eE][+-]?\d+)?")
_SHOWN = 60


def compile_rule(name: str, wanted: Any, sources: Sources) -> Rule:
    """Return a rule that looks at one text of one answer alone.

    Args:
        name: the rule's name.
        wanted: its value in the chain file.
        sources: returns the texts that quotes and numbers must stand in, or that the text may not equal.
    """
    match name:
        case "not_empty":
            return lambda text, answer: "" if text.strip() else "it is empty"
        case "words":
            return _counted(wanted, lambda text: len(text.split()), "word")
        case "characters":
            return _counted(wanted, lambda text: len(text.strip()), "character")
        case "contains":
            return _contains(wanted)
        case "not_contains":
            return _not_contains(wanted)
        case "matches" | "not_matches":
            return _matching(name, wanted)
        case "starts_with":
            return _starts_with(wanted)
        case "one_of":
            return _one_of(wanted)
        case "number":
            return _number(wanted)
        case "date":
            return _date(wanted)
        case "json_schema":
            return _json(wanted)
        case "url":
            return lambda text, answer: "" if _is_url(text.strip()) else f"{_shown(text)} is no web address"
        case "email":
            return lambda text, answer: "" if _EMAIL.fullmatch(text.strip()) else f"{_shown(text)} is no e-mail address"
        case "language":
            return _language(wanted)
        case "not_equal_to":
            return _not_equal(sources)
        case "numbers_from":
            return _numbers(sources)
    raise ValueError(name)


def quotes_rule(sources: Sources, quotes: Callable[[str, CheckedAnswer], Sequence[str]] | None) -> Rule:
    """Return the rule that every quote stands in a source: each of ``quotes``, else what is in quotation marks."""

    def rule(text: str, answer: CheckedAnswer) -> str:
        said = passages(text) if quotes is None else quotes(text, answer)
        missing = list(missing_quotes(said, sources(answer))) if said else []
        return f"{_shown(missing[0])} does not stand word for word in its source" if missing else ""

    return rule


def _counted(wanted: str, count: Callable[[str], int], unit: str) -> Rule:
    low, high = (int(end) if end else None for end in split_range(wanted))
    words = _range_words(*split_range(wanted))

    def rule(text: str, answer: CheckedAnswer) -> str:
        found = count(text)
        if (low is not None and found < low) or (high is not None and found > high):
            return f"it has {found} {unit}{'' if found == 1 else 's'}, wanted {words}"
        return ""

    return rule


def _range_words(low: str, high: str) -> str:
    if low == high:
        return low
    return f"{low} to {high}" if low and high else f"at least {low}" if low else f"at most {high}"


def _contains(wanted: Sequence[str]) -> Rule:
    needles = [(text, text.casefold()) for text in wanted]

    def rule(text: str, answer: CheckedAnswer) -> str:
        folded = text.casefold()
        return next((f"it lacks {_shown(said)}" for said, needle in needles if needle not in folded), "")

    return rule


def _not_contains(wanted: Sequence[str]) -> Rule:
    needles = [(text, text.casefold()) for text in wanted]

    def rule(text: str, answer: CheckedAnswer) -> str:
        folded = text.casefold()
        return next((f"it contains {_shown(said)}" for said, needle in needles if needle in folded), "")

    return rule


def _matching(name: str, wanted: str) -> Rule:
    pattern = re.compile(wanted)
    if name == "matches":
        return lambda text, answer: "" if pattern.search(text) else f"it does not match {wanted}"
    return lambda text, answer: f"it matches {wanted}" if pattern.search(text) else ""


def _starts_with(wanted: Sequence[str]) -> Rule:
    starts = tuple(text.casefold() for text in wanted)
    words = " or ".join(map(_shown, wanted))
    return lambda text, answer: "" if text.lstrip().casefold().startswith(starts) else f"it does not start with {words}"


def _one_of(wanted: Sequence[str]) -> Rule:
    allowed = frozenset(map(folded_text, wanted))
    words = ", ".join(wanted)
    return lambda text, answer: "" if folded_text(text) in allowed else f"{_shown(text)} is none of {words}"


def _number(wanted: str) -> Rule:
    low, high = (float(end) if end else None for end in split_range(wanted))
    words = _range_words(*split_range(wanted))

    def rule(text: str, answer: CheckedAnswer) -> str:
        said = text.strip()
        if not _NUMERAL.fullmatch(said):
            return f"{_shown(text)} is no number"
        value = float(said.replace(",", ""))
        outside = (low is not None and value < low) or (high is not None and value > high)
        return f"{said} is not {words}" if outside else ""

    return rule


def _date(wanted: str) -> Rule:
    low, high = (date.fromisoformat(end) if end else None for end in split_range(wanted))
    words = _range_words(*split_range(wanted))

    def rule(text: str, answer: CheckedAnswer) -> str:
        found = read_date(text)
        if found is None:
            return f"{_shown(text)} is no date"
        outside = (low is not None and found < low) or (high is not None and found > high)
        return f"{found} is not {words}" if outside else ""

    return rule


def _json(wanted: object) -> Rule:
    validator: Any = None
    if isinstance(wanted, Mapping):
        from jsonschema.validators import validator_for  # heavy: only where a chain has such a check

        validator = validator_for(wanted)(wanted)

    def rule(text: str, answer: CheckedAnswer) -> str:
        try:
            value = json.loads(text)
        except ValueError:
            return "it is no JSON"
        error = next(iter(validator.iter_errors(value)), None) if validator is not None else None
        if error is None:
            return ""
        return f"its JSON does not fit: {error.json_path}: {error.message[:120]}"

    return rule


def _is_url(text: str) -> bool:
    if any(letter.isspace() for letter in text):
        return False
    try:
        parts = urlsplit(text)
        host, _ = parts.hostname, parts.port
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and host is not None and _HOST.fullmatch(host) is not None


def _language(wanted: str) -> Rule:
    def rule(text: str, answer: CheckedAnswer) -> str:
        other = other_language(text, wanted)
        return f"it looks like {other[0]}, wanted {wanted} ({other[1]:.0%} sure)" if other is not None else ""

    return rule


def _not_equal(sources: Sources) -> Rule:
    def rule(text: str, answer: CheckedAnswer) -> str:
        said = ""
        for source in sources(answer):
            if _may_be_equal(text, source):
                said = said or folded_text(text)
                if said and said == folded_text(source):
                    return "it is the same as its input"
        return ""

    return rule


def _may_be_equal(one: str, other: str) -> bool:
    """Return whether two texts may be equal but for case and blanks; a quick look that spares most of the work."""
    first, second = one.lstrip()[:1].casefold(), other.lstrip()[:1].casefold()
    return first == second or not (first + second).isascii()


def _numbers(sources: Sources) -> Rule:
    def rule(text: str, answer: CheckedAnswer) -> str:
        missing = missing_numbers(text, sources(answer))
        if not missing:
            return ""
        more = f" and {len(missing) - 3} more" if len(missing) > 3 else ""
        return f"{', '.join(missing[:3])}{more} {'stands' if len(missing) == 1 else 'stand'} in no input"

    return rule


def _shown(text: str) -> str:
    said = " ".join(text.split())
    return f'"{said if len(said) <= _SHOWN else said[: _SHOWN - 1] + "…"}"'
