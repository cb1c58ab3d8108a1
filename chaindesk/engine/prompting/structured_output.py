"""Structured answers: reading the JSON of a step's ``fields``, checking it here, asking once more where it fails."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType

from chaindesk.domain.chain import FieldType, Step
from chaindesk.domain.completion import CompletionRequest, Message
from chaindesk.domain.records import Answer

Scalar = str | int | float | bool | None
NO_FIELDS: Mapping[str, Scalar] = MappingProxyType({})
_DECODER = json.JSONDecoder()
_MOST_OBJECTS = 200
_LARGEST = 1e300  # a workbook's numbers end at some 1e308
_TRUTHS = frozenset({"true", "false"})
_NUMERAL = re.compile(r"-?(0|[1-9][0-9]{0,18})(\.[0-9]{1,18})?")
_FENCED = re.compile(r"```[\w-]*\s*\n(.*?)\n?\s*```", re.DOTALL)


class InvalidFields(Exception):
    """An answer does not fit its step's fields; the text says how, in words that help a model to do better."""


def read_fields(text: str, fields: Mapping[str, FieldType]) -> Mapping[str, Scalar]:
    """Return the values of a structured answer.

    A code fence, words around the JSON object and further fields are tolerated.

    Raises:
        InvalidFields: it is no JSON object with these fields in these types.
    """
    found = _object(text, fields)
    missing = [name for name in fields if name not in found]
    if missing:
        raise InvalidFields(f"it lacks {', '.join(missing)}")
    return MappingProxyType({name: _value(found[name], kind, name) for name, kind in fields.items()})


def field_text(value: Scalar) -> str:
    """Return a field as text, as prompts, conditions and people see it."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    return "" if value is None else str(value)


def shown_fields(step: Step, answer: Answer) -> Mapping[str, Scalar]:
    """Return the fields of an answer: those of the person's edit where there is one that fits, else the model's."""
    if answer.edited_text is None or not step.fields:
        return answer.fields
    try:
        return read_fields(answer.edited_text, step.fields)
    except InvalidFields:
        return answer.fields


def repair_request(request: CompletionRequest, raw: str, mistake: InvalidFields) -> CompletionRequest:
    """Return the request that asks once more, with the mistake explained."""
    told = f"Your answer cannot be used: {mistake}. Answer again with nothing but the JSON object."
    messages = (*request.messages, Message("assistant", raw), Message("user", told))
    return replace(request, messages=messages)


def _object(text: str, names: Collection[str]) -> Mapping[str, object]:
    """Return the JSON object in an answer: all of it, in a code fence, or among words.

    Of several the last counts that has all the fields: a model that thinks aloud may begin with a sketch.
    """
    found: list[Mapping[str, object]] = []
    for candidate in (text.strip(), *reversed(_FENCED.findall(text))):
        whole = _decoded(candidate)
        if whole is not None:
            found.append(whole)
    found = found or list(reversed(_among_words(text)))
    if not found:
        raise InvalidFields("it is not a JSON object")
    return next((one for one in found if all(name in one for name in names)), found[0])


def _among_words(text: str) -> list[Mapping[str, object]]:
    found: list[Mapping[str, object]] = []
    place = text.find("{")
    for _ in range(_MOST_OBJECTS):
        if place < 0:
            break
        try:
            value, end = _DECODER.raw_decode(text, place)
        except (ValueError, RecursionError):
            end = place + 1
        else:
            found.append(value)
        place = text.find("{", end)
    return found


def _decoded(text: str) -> Mapping[str, object] | None:
    """Return a text as the JSON object that it is, or that is alone in its list."""
    try:
        value = _DECODER.decode(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(value, list) and len(value) == 1:
        value = value[0]
    return value if isinstance(value, dict) else None


def _value(value: object, kind: FieldType, name: str) -> Scalar:
    """Return a field's value in its type. What is written in another form but can mean one thing only is converted."""
    match kind, value:
        case FieldType.STRING, str():
            return value
        case FieldType.BOOLEAN, bool():
            return value
        case FieldType.BOOLEAN, str() if value.strip().lower() in _TRUTHS:
            return value.strip().lower() == "true"
        case (_, bool()):
            pass
        case FieldType.STRING, (int() | float()) if _fits(value):
            return json.dumps(value)
        case FieldType.INTEGER, int() if _fits(value):
            return value
        case FieldType.INTEGER, float() if _fits(value) and value.is_integer():
            return int(value)
        case FieldType.NUMBER, (int() | float()) if _fits(value):
            return value
        case ((FieldType.INTEGER | FieldType.NUMBER), str()) if _NUMERAL.fullmatch(value.strip()):
            return _value(json.loads(value.strip()), kind, name)
    article = "an" if kind is FieldType.INTEGER else "a"
    raise InvalidFields(f"{name} must be {article} {kind.value}, not {json.dumps(value)[:80]}")


def _fits(number: float) -> bool:
    """Return whether a cell can hold the number."""
    return -_LARGEST < number < _LARGEST
