"""Structured answers: reading the JSON of a step's ``fields``, checking it here, asking once more where it fails."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from chaindesk.domain.answer import Answer
from chaindesk.domain.chain import FieldType, Step
from chaindesk.domain.completion import CompletionRequest, Message

Scalar = str | int | float | bool | None
NO_FIELDS: Mapping[str, Scalar] = MappingProxyType({})
_FENCED = re.compile(r"```[\w-]*\s*\n(.*?)\n?\s*```", re.DOTALL)


class FieldsMistake(Exception):
    """An answer does not fit its step's fields; the text says how, in words that help a model to do better."""


def read_fields(text: str, fields: Mapping[str, FieldType]) -> Mapping[str, Scalar]:
    """The values of a structured answer. A code fence or words around the JSON object are tolerated.

    Raises:
        FieldsMistake: it is not one JSON object with just these fields in these types.
    """
    found = _object(text)
    missing = [name for name in fields if name not in found]
    if missing:
        raise FieldsMistake(f"it lacks {', '.join(missing)}")
    return MappingProxyType({name: _value(found[name], kind, name) for name, kind in fields.items()})


def field_text(value: Scalar) -> str:
    """A field as text, as prompts, conditions and people see it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def shown_fields(step: Step, answer: Answer) -> Mapping[str, Scalar]:
    """The fields of an answer: those of the person's edit where there is one that fits, else the model's."""
    if answer.edited_text is None or not step.fields:
        return answer.fields
    try:
        return read_fields(answer.edited_text, step.fields)
    except FieldsMistake:
        return answer.fields


def repair(request: CompletionRequest, raw: str, mistake: FieldsMistake) -> CompletionRequest:
    """The request that asks once more, with the mistake told."""
    told = f"Your answer cannot be used: {mistake}. Answer again with nothing but the JSON object."
    messages = (*request.messages, Message("assistant", raw), Message("user", told))
    return replace(request, messages=messages)


def _object(text: str) -> Mapping[str, object]:
    fence = _FENCED.search(text)
    candidates = [text.strip(), *([fence.group(1)] if fence else []), text[text.find("{") : text.rfind("}") + 1]]
    for candidate in candidates:
        try:
            found = json.loads(candidate)
        except ValueError:
            continue
        if isinstance(found, dict):
            return found
    raise FieldsMistake("it is not a JSON object")


def _value(value: object, kind: FieldType, name: str) -> Scalar:
    match kind, value:
        case FieldType.STRING, str():
            return value
        case FieldType.BOOLEAN, bool():
            return value
        case ((FieldType.INTEGER | FieldType.NUMBER), bool()):
            pass
        case FieldType.INTEGER, int():
            return value
        case FieldType.INTEGER, float() if value.is_integer():
            return int(value)
        case FieldType.NUMBER, (int() | float()) if value == value and abs(value) != float("inf"):
            return value
    article = "an" if kind is FieldType.INTEGER else "a"
    raise FieldsMistake(f"{name} must be {article} {kind.value}, not {json.dumps(value)[:80]}")
