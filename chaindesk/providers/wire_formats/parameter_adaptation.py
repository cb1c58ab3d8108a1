"""Finds out of a refusal which parameter a server does not take, and how to ask it otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from chaindesk.providers.wire_formats.errors.body import ErrorBody
from chaindesk.providers.wire_formats.protocol import Adaptation

_UNSUPPORTED = re.compile(
    r"unsupported|not supported|does not support|doesn't support|unrecognized|unknown|unexpected|extra[_ ]forbidden"
    r"|extra (inputs|fields)|not (permitted|allowed|available)|invalid_parameter|is deprecated|use '?max_",
    re.IGNORECASE,
)
# Servers that check their input by a model of it say so of a type that they do not know; some of them with a 500.
_WRONG_FORM = re.compile(_UNSUPPORTED.pattern + r"|literal_error|input should be|must be|unavailable", re.IGNORECASE)
_MARKED = (
    r"[\"'`]{name}[\"'`]"
    r"|\b(?:parameters?|arguments?|fields?|property|properties|keys?|options?|inputs?|name)\b\W{{0,4}}"
    r"(?:supplied|named|called)?\W{{0,4}}\b{name}\b"
    r"|\b{name}\b\W{{0,3}}(?:parameter|argument|field|property|option)\b"
    r"|(?:^|[\s(\[.]){name}: "
    r"|\b{name}\s(?:is|are|does|do)\s(?:not\s)?(?:support|unsupported|deprecated|permitted)"
)
_NEVER = re.compile(r"(?!)")
_OTHER_NAME = {"max_tokens": "max_completion_tokens", "max_completion_tokens": "max_tokens", "random_seed": "seed"}
_WEAKER = {"json_schema": "json_object", "json_object": "prompt"}
_NEEDED = frozenset({"model", "messages", "input", "instructions", "system"})
TIER_NAMES = frozenset({"service_tier", "serviceTier"})
"""The parameters that ask for another speed, and so for another price."""


def adapt_parameters(
    body: Mapping[str, Any], adaptation: Adaptation, status: int, error: ErrorBody
) -> Adaptation | None:
    """A further adaptation that may get the refused body through, or None where the refusal is about another thing."""
    if status not in (400, 422, 500):
        return None
    name = _named(error, body.keys() - _NEEDED)
    wrong = _WRONG_FORM if name == "response_format" else _UNSUPPORTED if status != 500 else _NEVER
    if name is None or not wrong.search(f"{error.codes} {error.message}"):
        return None
    if name == "response_format":
        asked = body["response_format"]
        weaker = _WEAKER.get(str(asked.get("type")), "prompt") if isinstance(asked, Mapping) else "prompt"
        return replace(adaptation, structured=weaker)
    original = next((first for first, other in adaptation.renamed.items() if other == name), name)
    other = _OTHER_NAME.get(name)
    if other is not None and other not in body and original == name:
        return replace(adaptation, renamed={**adaptation.renamed, name: other})
    return replace(adaptation, dropped=adaptation.dropped | {original})


def schema_prompt(schema: Mapping[str, Any]) -> str:
    """The request for JSON of that schema, for servers that take none."""
    written = json.dumps(schema, ensure_ascii=False)
    return f"Answer with one JSON object and nothing else. It must fit this JSON Schema: {written}"


def _named(error: ErrorBody, names: Collection[str]) -> str | None:
    """The sent parameter that the error is about: its ``param``, or the only one that its message names."""
    param = re.split(r"[.\[]", error.param, maxsplit=1)[0]
    if param in names:
        return param
    if param in _NEEDED:
        return None
    # A message may name the right parameter beside the wrong one: the one that was sent is meant.
    # xAI speaks of reasoningEffort where reasoning_effort was sent.
    message = f"{error.message} {re.sub(r'(?<=[a-z])(?=[A-Z])', '_', error.message).lower()}"
    said = [name for name in names if _is_named(name, message)]
    if not said and "response_format" in names and re.search(r"json_(schema|object)|response format", error.message):
        return "response_format"
    return said[0] if len(said) == 1 else None


def _is_named(name: str, message: str) -> bool:
    """Whether a message speaks of a parameter: a name that is a plain word too, such as ``stop``, needs a mark."""
    exact = re.escape(name)
    if not name.isalpha() or not name.islower():
        return re.search(rf"\b{exact}\b", message) is not None
    return re.search(_MARKED.format(name=exact), message, re.IGNORECASE) is not None
